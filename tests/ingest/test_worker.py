"""Claim, read, apply, settle: over a source in memory that lags, fails, forgets and goes back."""

import asyncio
from random import Random
from typing import Any
from uuid import UUID

import pytest

from fkorg.catalogue import Objekttype
from fkorg.errors import Malformed, Refused, Unavailable
from fkorg.registrering import Objekt, Registrering
from ingest.worker import Worker
from model import dirty, feed_state
from tests import registreringer as r
from tests.ingest.conftest import Hus
from tests.ingest.test_receive import besked
from tests.registreringer import dag, uuid

ENHED, BRUGER, FUNKTION = Objekttype.ORGANISATION_ENHED, Objekttype.BRUGER, Objekttype.ORGANISATION_FUNKTION
LIVSCYKLUS = "select livscyklus from objekt where objekttype = 'ORGANISATION_ENHED' and uuid = $1"


def objekt(navn: str, objekttype: Objekttype = ENHED) -> Objekt:
    return Objekt(r.KOMMUNE, objekttype, uuid(navn))


async def maerk(hus: Hus, navn: str, objekttype: Objekttype = ENHED, **more: Any) -> None:
    async with hus.pool.transaction() as tx:
        await dirty.mark(tx, objekt(navn, objekttype), **({"aarsag": "AFSTEMNING", "now": hus.ur()} | more))


async def navn_nu(hus: Hus, navn: str) -> str | None:
    found = await hus.rows(
        "select enhedsnavn from organisation_enhed where uuid = $1 and registreret_til = 9223372036854775807",
        uuid(navn),
    )
    return found[0][0] if found else None


async def test_a_source_behind_its_message_is_asked_again_until_it_has_it(fuldt_hus: Hus) -> None:
    hus = fuldt_hus
    await maerk(hus, "skole", want_ns=dag(100), aarsag="BESKED")
    first = await hus.worker.drain(hus.ur())
    hus.kilde.put(ENHED, uuid("skole"), r.enhed("Ny skole", tid=100))
    at_once = await hus.worker.once(hus.ur())
    hus.ur.go(seconds=1)

    later = await hus.worker.drain(hus.ur())

    assert first.beslutninger["Igen"] == 1
    assert not at_once.beslutninger
    assert later.beslutninger["Faerdig"] >= 1
    assert await navn_nu(hus, "skole") == "Ny skole"
    assert await hus.rows("select * from dirty where uuid = $1", uuid("skole")) == []


async def test_a_confirm_read_that_waits_for_a_back_off_is_nothing_to_do_yet(fuldt_hus: Hus) -> None:
    """Else the worker asks the database without pause for as long as the source lags."""
    hus = fuldt_hus
    await hus.modtager.modtag(besked("skole", ENHED, tid=300), feed_state.AMQP, hus.ur())
    hus.ur.go(seconds=61)
    await hus.worker.once(hus.ur())

    async with hus.pool.connection() as connection:
        due = await dirty.next_due(connection, r.KOMMUNE)

    assert due is not None
    assert due > hus.ur()


async def test_a_source_behind_for_long_is_set_aside_and_heals_later(fuldt_hus: Hus) -> None:
    hus = fuldt_hus
    await maerk(hus, "skole", want_ns=dag(100), aarsag="BESKED")
    hus.ur.go(minutes=16)
    await hus.worker.drain(hus.ur())
    parked = await hus.rows("select uuid, reason from parked")
    hus.kilde.put(ENHED, uuid("skole"), r.enhed("Ny skole", tid=100))

    await maerk(hus, "skole")
    await hus.worker.drain(hus.ur())

    assert parked == [(uuid("skole"), "source_behind_message")]
    assert await hus.rows("select * from parked") == []


async def test_a_row_marked_while_it_is_read_is_not_cleared(fuldt_hus: Hus) -> None:
    hus = fuldt_hus
    await maerk(hus, "skole")
    laes = hus.kilde.laes

    async def laes_and_mark(objekttype: Objekttype, uuid_: Any) -> Any:
        found = await laes(objekttype, uuid_)
        hus.kilde.put(ENHED, uuid("skole"), r.enhed("Ny skole", tid=100))
        await maerk(hus, "skole", want_ns=dag(100))
        return found

    hus.kilde.laes = laes_and_mark  # type: ignore[method-assign]
    await hus.worker.once(hus.ur())
    hus.kilde.laes = laes  # type: ignore[method-assign]
    left = await hus.rows("select want_ns from dirty where uuid = $1", uuid("skole"))

    await hus.worker.drain(hus.ur())

    assert left == [(dag(100),)]
    assert await navn_nu(hus, "skole") == "Ny skole"


async def test_an_object_not_found_is_gone_when_a_second_read_says_so(fuldt_hus: Hus) -> None:
    hus = fuldt_hus
    hus.kilde.forget(ENHED, uuid("skole"))
    await maerk(hus, "skole")

    await hus.worker.drain(hus.ur())
    once = await hus.rows(LIVSCYKLUS, uuid("skole"))
    hus.ur.go(seconds=61)
    await hus.worker.drain(hus.ur())

    assert once == [("IMPORTERET",)]
    assert await hus.rows(LIVSCYKLUS, uuid("skole")) == [("SLETTET",)]
    assert await navn_nu(hus, "skole") is None
    assert await hus.rows("select kilde from registrering where uuid = $1 order by reg_ns", uuid("skole")) == [
        ("BOOTSTRAP",),
        ("FRAVAER",),
    ]


async def test_an_object_that_was_away_for_a_moment_stays(fuldt_hus: Hus) -> None:
    hus = fuldt_hus
    hus.kilde.forget(ENHED, uuid("skole"))
    await maerk(hus, "skole")
    await hus.worker.drain(hus.ur())
    hus.kilde.put(ENHED, uuid("skole"), r.enhed("Skolen"))
    hus.ur.go(seconds=61)

    await hus.worker.drain(hus.ur())

    assert await hus.rows(LIVSCYKLUS, uuid("skole")) == [("IMPORTERET",)]
    assert await hus.rows("select * from confirm where uuid = $1", uuid("skole")) == []


async def test_after_a_mutation_one_read_that_finds_nothing_is_enough(fuldt_hus: Hus) -> None:
    hus = fuldt_hus
    hus.kilde.forget(ENHED, uuid("skole"))

    await maerk(hus, "skole", want_ns=dag(50), aarsag="MUTATION")
    await hus.worker.drain(hus.ur())

    assert await hus.rows("select livscyklus, reg_ns from objekt where uuid = $1", uuid("skole")) == [
        ("SLETTET", dag(50))
    ]
    assert await hus.rows("select * from dirty") == []


async def test_two_contents_of_one_time_are_settled_by_a_confirm_read(fuldt_hus: Hus) -> None:
    hus = fuldt_hus
    hus.kilde.put(ENHED, uuid("skole"), r.enhed("Samme tid"))
    await maerk(hus, "skole")

    await hus.worker.drain(hus.ur())
    before = await navn_nu(hus, "skole")
    hus.ur.go(seconds=61)
    await hus.worker.drain(hus.ur())

    assert before == "Skolen"
    assert await navn_nu(hus, "skole") == "Samme tid"


async def test_what_a_confirm_read_finds_is_told_as_a_comparison_with_the_source(fuldt_hus: Hus) -> None:
    hus = fuldt_hus
    hus.kilde.put(ENHED, uuid("skole"), r.enhed("Ny", tid=100))
    await maerk(hus, "skole", want_ns=dag(100), aarsag="BESKED")
    await hus.worker.drain(hus.ur())
    hus.kilde.put(ENHED, uuid("skole"), r.enhed("Nyere", tid=101))
    hus.ur.go(seconds=61)

    await hus.worker.drain(hus.ur())

    told = "select aarsag from aendring where uuid = $1 order by seq"
    assert await hus.rows(told, uuid("skole")) == [("BOOTSTRAP",), ("BESKED",), ("AFSTEMNING",)]
    assert await hus.rows("select aarsag from objekt where uuid = $1", uuid("skole")) == [("AFSTEMNING",)]


async def test_a_source_that_was_rewound_is_followed_after_two_confirm_reads(fuldt_hus: Hus) -> None:
    hus = fuldt_hus
    hus.kilde.put(ENHED, uuid("skole"), r.enhed("Ny", tid=100))
    await maerk(hus, "skole")
    await hus.worker.drain(hus.ur())
    hus.kilde.objekter[ENHED, uuid("skole")].pop()

    for _ in range(3):
        hus.ur.go(seconds=61)
        await hus.worker.drain(hus.ur())

    assert await navn_nu(hus, "skole") == "Skolen"
    assert await hus.rows("select rewind, reg_ns from objekt where uuid = $1", uuid("skole")) == [(1, dag(0))]


FAULTS = {
    "a broken answer": (Malformed("x"), "malformed"),
    "a refusal": (Refused("x", status_kode=40), "refused"),
}


@pytest.mark.parametrize("error, reason", FAULTS.values(), ids=FAULTS)
async def test_one_object_at_fault_is_set_aside_and_the_others_applied(
    fuldt_hus: Hus, error: Malformed | Refused, reason: str
) -> None:
    hus = fuldt_hus
    names = ["skole", "raadhus", "borger"]
    for navn in names:
        hus.kilde.put(ENHED, uuid(navn), r.enhed(f"Ny {navn}", tid=100))
        await maerk(hus, navn)
    hus.kilde.fejl[uuid("skole")] = error

    await hus.worker.drain(hus.ur())

    assert await hus.rows("select uuid, reason from parked") == [(uuid("skole"), reason)]
    assert [await navn_nu(hus, navn) for navn in names] == ["Skolen", "Ny raadhus", "Ny borger"]
    assert await hus.rows("select * from dirty where due_at <= $1", hus.ur()) == []


async def test_an_object_we_cannot_project_is_set_aside_loudly(
    fuldt_hus: Hus, caplog: pytest.LogCaptureFixture
) -> None:
    hus = fuldt_hus
    broken = Registrering(dag(100), "UKENDT")  # type: ignore[arg-type]
    hus.kilde.put(ENHED, uuid("skole"), broken)
    hus.kilde.put(ENHED, uuid("raadhus"), r.enhed("Nyt rådhus", tid=100))
    await maerk(hus, "skole")
    await maerk(hus, "raadhus")

    await hus.worker.drain(hus.ur())

    assert await hus.rows("select uuid, reason from parked") == [(uuid("skole"), "bug:AttributeError")]
    assert await navn_nu(hus, "raadhus") == "Nyt rådhus"
    assert "cannot apply" in caplog.text


async def test_a_source_that_is_away_costs_few_calls_and_is_tried_again(fuldt_hus: Hus) -> None:
    hus = fuldt_hus
    hus.kilde.fejl[None] = Unavailable("away")
    for number in range(40):
        await maerk(hus, f"enhed {number}", objekttype=Objekttype.ADRESSE)

    ud = await hus.worker.once(hus.ur())

    assert ud.beslutninger == {"Igen": 40}
    assert len(hus.kilde.kald) < 15
    assert len(await hus.rows("select source_failed_at from feed_state where kanal = 'SOAP'")) == 1
    assert await hus.rows("select * from parked") == []


async def test_an_object_that_the_source_fails_on_for_long_is_set_aside_and_heals_later(fuldt_hus: Hus) -> None:
    hus = fuldt_hus
    hus.kilde.fejl[uuid("skole")] = Unavailable("a fault, each time")
    await maerk(hus, "skole")
    source = []
    done = []
    for _ in range(8):  # far apart, as after an outage of ours: time alone condemns nobody
        done.append((await hus.worker.once(hus.ur())).beslutninger)
        source += await hus.rows("select source_failed_at from feed_state where kanal = 'SOAP'")
        hus.ur.go(minutes=16)
    parked = await hus.rows("select uuid, reason from parked")
    hus.kilde.fejl.clear()
    await maerk(hus, "skole")
    await hus.worker.drain(hus.ur())

    assert done == [{"Igen": 1}] * 7 + [{"Parker": 1}]
    assert set(source) == {(None,)}, "the source answers about others"
    assert parked == [(uuid("skole"), "source_fails")]
    assert await hus.rows("select * from parked") == []


async def test_a_source_that_is_away_for_long_is_waited_for(fuldt_hus: Hus) -> None:
    hus = fuldt_hus
    hus.kilde.fejl[None] = Unavailable("away")
    await maerk(hus, "skole")
    hus.ur.go(hours=5)

    ud = await hus.worker.once(hus.ur())

    assert ud.beslutninger == {"Igen": 1}
    assert await hus.rows("select * from parked") == []


async def test_a_message_about_a_user_reads_back_what_hangs_on_it(fuldt_hus: Hus) -> None:
    hus = fuldt_hus
    hus.kilde.put(Objekttype.PERSON, uuid("ulla-person"), r.person("Ulla Nyskov", tid=100))
    hus.kilde.put(Objekttype.ADRESSE, uuid("ulla-mail"), r.adresse("ny@korsbaek.example", tid=100))
    nyt_job = r.funktion(r.klassifikation.ENHEDSROLLE, [uuid("skole")], [uuid("ulla")], tid=100)
    hus.kilde.put(FUNKTION, uuid("ullas nye job"), nyt_job)

    await hus.modtager.modtag(besked("ulla", BRUGER, tid=None), feed_state.PUSH, hus.ur())
    await hus.worker.drain(hus.ur())

    known = "registreret_til = 9223372036854775807"
    assert await hus.rows(f"select navn from person where uuid = $1 and {known}", uuid("ulla-person")) == [
        ("Ulla Nyskov",)
    ]
    assert await hus.rows(f"select adressetekst from adresse where uuid = $1 and {known}", uuid("ulla-mail")) == [
        ("ny@korsbaek.example",)
    ]
    assert {enhed for (enhed,) in await hus.rows("select enhed from medlemskab where bruger = $1", uuid("ulla"))} == {
        uuid("borger"),
        uuid("skole"),
    }


async def test_a_change_is_stored_before_its_functions_are_found_and_a_crash_there_forgets_none(
    fuldt_hus: Hus, monkeypatch: pytest.MonkeyPatch
) -> None:
    hus, asked = fuldt_hus, asyncio.Event()

    async def never(*_: object) -> list[UUID]:
        asked.set()
        await asyncio.Event().wait()
        return []

    hus.kilde.put(BRUGER, uuid("ulla"), r.bruger("ny-ulla", tid=100))
    nyt_job = r.funktion(r.klassifikation.ENHEDSROLLE, [uuid("skole")], [uuid("ulla")], tid=100)
    hus.kilde.put(FUNKTION, uuid("ullas nye job"), nyt_job)
    await hus.modtager.modtag(besked("ulla", BRUGER, tid=100), feed_state.PUSH, hus.ur())

    with monkeypatch.context() as patched:
        patched.setattr(hus.kilde, "soeg", never)
        worked = asyncio.create_task(hus.worker.once(hus.ur()))
        async with asyncio.timeout(10):
            await asked.wait()
        worked.cancel()
        await asyncio.gather(worked, return_exceptions=True)
    stored = await hus.rows(
        "select brugernavn from bruger where uuid = $1 and registreret_fra = $2", uuid("ulla"), dag(100)
    )
    hus.ur.go(seconds=61)
    await hus.worker.drain(hus.ur())

    assert stored == [("ny-ulla",)]
    assert (uuid("skole"),) in await hus.rows("select enhed from medlemskab where bruger = $1", uuid("ulla"))
    assert await hus.rows("select * from dirty") == []


async def test_what_a_changed_object_points_at_and_we_lack_is_read(fuldt_hus: Hus) -> None:
    hus = fuldt_hus
    ny = r.adresse_til(uuid("ny adresse"), r.klassifikation.ENHED_EMAIL)
    tabt = r.adresse_til(uuid("findes ikke"), r.klassifikation.ENHED_TELEFON)
    hus.kilde.put(ENHED, uuid("skole"), r.enhed("Skolen", r.ROD, ny, tabt, tid=100))
    hus.kilde.put(Objekttype.ADRESSE, uuid("ny adresse"), r.adresse("skolen@korsbaek.example"))

    await maerk(hus, "skole", aarsag="MUTATION")
    await hus.worker.drain(hus.ur())

    assert await hus.rows("select adressetekst from adresse where uuid = $1", uuid("ny adresse")) == [
        ("skolen@korsbaek.example",)
    ]
    assert await hus.rows("select * from dirty") == []
    assert await hus.rows("select * from parked") == []


async def test_who_receives_and_who_reads_in_vain_never_wait_for_each_other(fuldt_hus: Hus) -> None:
    """Of two that did, the database would end one, after a second: messages would be kept at a crawl."""
    hus, rng = fuldt_hus, Random(1)
    worker = Worker(hus.pool, hus.kilde, hus.leder, chance=rng.random)
    hus.kilde.fejl[None] = Unavailable("away")
    received = asyncio.Event()

    async def receive() -> None:
        for gang in range(25):
            bodies = [besked(f"enhed-{nr}", ENHED, tid=300 + gang, id_=f"{gang}-{nr}") for nr in range(50)]
            await hus.modtager.modtag_mange(bodies, feed_state.AMQP, hus.ur())
        received.set()

    async def read() -> None:
        while not received.is_set():
            hus.ur.go(seconds=1)
            await worker.once(hus.ur())

    async with asyncio.timeout(60), asyncio.TaskGroup() as tasks:
        tasks.create_task(receive())
        tasks.create_task(read())
    assert await hus.rows("select count(*) from inbox where status = 'MODTAGET'") == [(25 * 50,)]

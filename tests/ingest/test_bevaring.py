"""What is old is forgotten by whoever leads, in bounded parts, and what is still to be answered stays."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from fkorg.catalogue import Objekttype
from fkorg.tasks import cancelled
from ingest import bevaring
from ingest.bevaring import Bevaring
from model import aendringslog, opslag, stand
from model.aendringslog import Filter
from model.leader import Afloest
from model.log import Log
from model.opslag import Opslag
from model.pool import Connection
from model.stand import Stand
from model.tail import Tail
from tests import registreringer as r
from tests.ingest.conftest import Hus
from tests.ingest.test_receive import besked
from tests.registreringer import uuid

ENHED = Objekttype.ORGANISATION_ENHED
REGLER = Bevaring(historik=timedelta(days=365))
GAMMEL = timedelta(days=400)


async def forget(hus: Hus, regler: Bevaring = REGLER, portion: int = 1000) -> dict[str, int]:
    async def at_once(_: float) -> None: ...

    return dict(await bevaring.once(hus.pool, hus.leder, regler, hus.ur(), portion=portion, sov=at_once))


async def rename(hus: Hus, navn: str, tid: float) -> None:
    hus.kilde.put(ENHED, uuid("skole"), r.enhed(navn, tid=tid))
    await hus.modtager.modtag(besked("skole", ENHED, id_=navn, tid=tid), "PUSH", hus.ur())
    await hus.worker.drain(hus.ur())


async def test_of_a_fresh_model_nothing_is_forgotten(fuldt_hus: Hus) -> None:
    await rename(fuldt_hus, "Ny skole", 100)

    assert await forget(fuldt_hus) == {}


async def test_old_changes_and_applied_messages_go_in_bounded_parts_and_what_waits_stays(fuldt_hus: Hus) -> None:
    hus = fuldt_hus
    await rename(hus, "Ny skole", 100)
    await hus.modtager.modtag(besked("ulla", tid=900), "PUSH", hus.ur())
    ((changes,),) = await hus.rows("select count(*) from aendring")

    hus.ur.go(days=31)
    gone = await forget(hus, Bevaring(), portion=3)

    assert gone == {"messages": 1, "changes": changes}
    assert await hus.rows("select uuid, status from inbox") == [(uuid("ulla"), "MODTAGET")]
    assert await hus.rows("select * from aendring") == []
    assert (uuid("ulla"),) in await hus.rows("select uuid from dirty")


@pytest.mark.parametrize("days", [0, 6, 6.9, 7, 8, 8.5, 30])
async def test_a_position_is_told_all_that_came_after_it_or_that_it_is_too_old(fuldt_hus: Hus, days: float) -> None:
    hus = fuldt_hus
    log = Log(hus.pool, Tail(""), b"x" * 32, hus.ur)
    text = log.text(r.KOMMUNE, await log.begin(r.KOMMUNE, None), hus.ur())
    hus.ur.go(seconds=1)
    await rename(hus, "Ny skole", 100)

    hus.ur.go(days=days)
    await forget(hus)

    try:
        position = await log.begin(r.KOMMUNE, text)
    except stand.Udloebet:
        assert days >= 7
        return
    side = await log.read(r.KOMMUNE, position, Filter(), 100)
    assert uuid("skole") in {one.uuid for one in side.aendringer}
    assert days < 7


async def test_the_log_is_cut_from_its_beginning_so_that_nothing_is_missing_in_between(fuldt_hus: Hus) -> None:
    """Times of the log do not rise strictly: a row that is young keeps all that come after it."""
    hus = fuldt_hus
    await hus.pool.execute("update aendring set anvendt_at = anvendt_at + interval '20 days' where seq = 3")
    hus.ur.go(days=9)

    assert await forget(hus, portion=100) == {"changes": 2}

    async with hus.pool.connection() as connection:
        aktuel = await aendringslog.aktuel(connection)
        side = await aendringslog.read(
            connection, r.KOMMUNE, Stand(aktuel.incarnation, 0), Filter(), antal=500, now=hus.ur()
        )
    assert len(side.aendringer) == len(await hus.rows("select seq from aendring"))


async def test_history_goes_as_far_as_is_said_and_every_kept_moment_answers_as_before(fuldt_hus: Hus) -> None:
    hus = fuldt_hus
    for number, tid in enumerate((10, 40, 70)):
        await rename(hus, f"Skole {number}", tid)
    known = (
        "select e.enhedsnavn from organisation_enhed e where e.uuid = $1 and e.registreret_fra <= $2"
        " and e.registreret_til > $2 order by 1"
    )
    moments = [r.dag(day) for day in (45, 60, 70, 71)]
    before = [await hus.rows(known, uuid("skole"), moment) for moment in moments]
    assert before[0] != before[-1]

    limit = hus.ur() - hus.ur.now.__class__.fromtimestamp(r.dag(45) / 10**9, hus.ur.now.tzinfo)
    gone = await forget(hus, replace(REGLER, historik=limit - timedelta(days=1)))

    assert gone["history"] > 0
    assert [await hus.rows(known, uuid("skole"), moment) for moment in moments] == before
    kept = await hus.rows("select reg_ns from registrering where uuid = $1 order by 1", uuid("skole"))
    assert kept == [(r.dag(40),), (r.dag(70),)], "what was known at the limit, and what came later"


async def test_the_newest_of_an_object_is_kept_however_old(fuldt_hus: Hus) -> None:
    hus = fuldt_hus
    newest = "select objekttype, uuid, reg_ns from registrering order by 1, 2, 3"
    rows, stored = await hus.rows("select count(*) from organisation_enhed"), await hus.rows(newest)

    hus.ur.go(days=20 * 365)
    await forget(hus)

    assert await hus.rows(newest) == stored
    assert await hus.rows("select count(*) from organisation_enhed") == rows


WRITES = {
    "done": ("UDFOERT", 8, 0),
    "refused": ("AFVIST", 8, 0),
    "whose key still holds": ("UDFOERT", 6, 1),
    "that never ended": ("STARTET", 800, 1),
    "in doubt": ("UVIS", 800, 1),
}


@pytest.mark.parametrize("status, days, left", WRITES.values(), ids=WRITES)
async def test_a_write_is_forgotten_when_its_key_is_and_never_while_its_outcome_is_open(
    fuldt_hus: Hus, status: str, days: int, left: int
) -> None:
    await fuldt_hus.pool.execute(
        "insert into write_request (organisation, id, caller, operation, input_hash, status, kvitteringer, started_at)"
        " values ($1, $1, '', '', '', $2, '{}', $3)",
        r.KOMMUNE,
        status,
        fuldt_hus.ur() - timedelta(days=days),
    )

    await forget(fuldt_hus)

    assert await fuldt_hus.rows("select count(*) from write_request") == [(left,)]


async def test_of_comparisons_the_latest_outcome_stays(fuldt_hus: Hus) -> None:
    hus = fuldt_hus
    for rettet in (1, 2, None):  # the last one was given up
        await hus.pool.execute(
            "insert into afstemning"
            " (organisation, started_seq, started_at, finished_at, straks, phase, page_token, rettet)"
            " values ($1, 0, $2, $2, false, '', '{}', $3)",
            *(r.KOMMUNE, hus.ur(), rettet),
        )
    await hus.pool.execute(
        "insert into afstemning_forskel select organisation, id, 'BRUGER', gen_random_uuid(), 'UENS'"
        " from afstemning, generate_series(1, 5)"
    )

    hus.ur.go(days=91)
    gone = await forget(hus, portion=2)

    assert gone["comparisons"] == 2 + 10
    assert await hus.rows("select rettet from afstemning") == [(2,)]
    assert await hus.rows("select count(*) from afstemning_forskel") == [(5,)]


async def test_one_who_does_not_lead_forgets_nothing(fuldt_hus: Hus) -> None:
    fuldt_hus.ur.go(days=31)
    fuldt_hus.leder = replace(fuldt_hus.leder, epoch=fuldt_hus.leder.epoch - 1)

    with pytest.raises(Afloest):
        await forget(fuldt_hus)

    assert await fuldt_hus.rows("select count(*) > 0 from aendring") == [(True,)]


async def test_who_has_seen_whom_is_kept_as_long_as_is_said(fuldt_hus: Hus) -> None:
    hus = fuldt_hus
    async with hus.pool.connection() as connection:
        for organisation in (r.KOMMUNE, uuid("nabo")):
            await opslag.skriv(connection, [Opslag(organisation, hus.ur(), "a", ["navn"], [uuid("ulla")])] * 3)

    hus.ur.go(days=729)
    assert "reads" not in await forget(hus)
    hus.ur.go(days=2)

    assert (await forget(hus, portion=2))["reads"] == 3
    assert await hus.rows("select distinct organisation from access_log") == [(uuid("nabo"),)]


async def test_the_log_of_reads_is_put_in_order_where_no_answer_waits(
    fuldt_hus: Hus, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Emptying the index's list of new rows says of how many pages it was: of none, when somebody did before."""
    hus, unsorted = fuldt_hus, "select access_log_sorteres() > 0"
    row = Opslag(r.KOMMUNE, hus.ur(), "a", ["navn"], [uuid("ulla")])
    async with hus.pool.connection() as connection:
        await opslag.skriv(connection, [row])
    assert await hus.rows(unsorted) == [(True,)]

    async with hus.pool.connection() as connection:
        await opslag.skriv(connection, [row])
    done, real = asyncio.Event(), opslag.sorteres

    async def told(connection: Connection) -> None:
        await real(connection)
        done.set()

    monkeypatch.setattr(opslag, "sorteres", told)
    monkeypatch.setattr(bevaring, "SORTERES_S", 0.01)
    sorting = asyncio.create_task(bevaring.sorter(hus.pool))
    async with asyncio.timeout(20):
        await done.wait()
    await cancelled(sorting)

    assert await hus.rows(unsorted) == [(False,)]

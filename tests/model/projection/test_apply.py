"""Objects into real tables: what is stored, what is closed, what is logged; and that order never matters."""

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fkorg import klassifikation
from fkorg.catalogue import Objekttype
from fkorg.registrering import Gyldighed, Livscyklus, Registrering
from fkorg.tid import from_datetime
from ingest import rebuild
from model import leader, snapshot
from model.indhold import indhold
from model.leader import Afloest, Leder
from model.pool import Pool
from model.projection import apply
from model.projection.apply import Anvendt, Post
from model.projection.vaern import Udfald
from model.tables import PROJEKTION
from tests import registreringer as r
from tests.registreringer import adresse_til, dag, til, uuid

ENHED, BRUGER, FUNKTION = Objekttype.ORGANISATION_ENHED, Objekttype.BRUGER, Objekttype.ORGANISATION_FUNKTION
NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
EN = uuid("en")
NAVNE = ["brugervendtNoegle", "enhedsnavn"]


class Model:
    """A database with one municipality, led by us."""

    def __init__(self, pool: Pool, leder: Leder) -> None:
        self.pool, self.leder = pool, leder

    async def anvend(self, *poster: Post, now: datetime = NOW) -> Anvendt:
        async with self.pool.transaction() as tx:
            kontekst = await apply.kontekst_af(tx, r.KOMMUNE)
            return await apply.anvend(tx, self.leder, kontekst, poster, now)

    async def rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in await self.pool.fetch(sql, *values)]

    async def dump(self) -> dict[str, list[str]]:
        """Every row of the projection, as text."""
        return {
            tabel.name: sorted(text for (text,) in await self.rows(f"select t::text from {tabel.name} t"))
            for tabel in PROJEKTION
        }


@pytest.fixture
async def model(dsn: str) -> AsyncIterator[Model]:
    async with await Pool.open(dsn, size=3) as pool:
        async with pool.transaction() as tx:
            await snapshot.set_kontekst(tx, r.CVR, r.KOMMUNE, r.ROD)
        leder = await leader.take(pool, r.KOMMUNE, "test", seen_epoch=None)
        assert leder is not None
        model = Model(pool, leder)
        await model.anvend(post(r.ROD, r.enhed("Korsbæk", None)))
        yield model


def post(
    uuid_: UUID, reg: Registrering | None, objekttype: Objekttype = ENHED, aarsag: str = "BESKED", **more: Any
) -> Post:
    return Post(objekttype, uuid_, reg, aarsag, **more)


LOG = "select art, aarsag, felter from aendring where uuid = $1 order by seq"


async def test_a_newer_registration_closes_what_differs_and_keeps_the_rest(model: Model) -> None:
    mail = adresse_til(uuid("mail"), klassifikation.ENHED_EMAIL)
    await model.anvend(post(EN, r.enhed("Før", r.ROD, mail, tid=1)))

    await model.anvend(post(EN, r.enhed("Efter", r.ROD, mail, tid=2)))

    assert await model.rows(
        "select enhedsnavn, registreret_fra, registreret_til from organisation_enhed where uuid = $1 order by 2", EN
    ) == [("Før", dag(1), dag(2)), ("Efter", dag(2), 2**63 - 1)]
    assert await model.rows("select registreret_fra, registreret_til from adressering") == [(dag(1), 2**63 - 1)]
    assert await model.rows(LOG, EN) == [
        ("OPSTAAET", "BESKED", ["adresser", *NAVNE, "overordnetEnhed", "tilhoerer", "tilstand"]),
        ("AENDRET", "BESKED", NAVNE),
    ]


async def test_what_is_older_or_the_same_changes_nothing(model: Model) -> None:
    await model.anvend(post(EN, r.enhed("Ny", tid=2)))
    before = await model.dump()

    older = await model.anvend(post(EN, r.enhed("Gammel", tid=1)))
    same = await model.anvend(post(EN, r.enhed("Ny", tid=2)))
    other = await model.anvend(post(EN, r.enhed("Anden", tid=2)))

    assert [*older.udfald.values(), *same.udfald.values(), *other.udfald.values()] == [
        Udfald.FORAELDET,
        Udfald.SAMME,
        Udfald.UENS,
    ]
    assert await model.dump() == before
    assert len(await model.rows(LOG, EN)) == 1


async def test_only_a_confirm_read_overwrites_at_the_same_time(model: Model) -> None:
    await model.anvend(post(EN, r.enhed("En", tid=2)))

    await model.anvend(post(EN, r.enhed("To", tid=2), bekraefter=True))

    assert await model.rows("select enhedsnavn, registreret_fra from organisation_enhed where uuid = $1", EN) == [
        ("To", dag(2))
    ]
    assert await model.rows("select reg_ns, tie from registrering where uuid = $1 order by tie", EN) == [
        (dag(2), 0),
        (dag(2), 1),
    ]


async def test_a_source_that_has_gone_back_is_followed(model: Model) -> None:
    await model.anvend(post(EN, r.enhed("En", tid=1)))
    await model.anvend(post(EN, r.enhed("To", tid=3)))

    await model.anvend(post(EN, r.enhed("Tilbage", tid=2), tilbage=True))
    await model.anvend(post(EN, r.enhed("Videre", tid=4)))

    assert await model.rows(
        "select enhedsnavn, registreret_fra, registreret_til from organisation_enhed where uuid = $1 order by 2", EN
    ) == [("En", dag(1), dag(3)), ("Tilbage", dag(2), dag(4)), ("Videre", dag(4), 2**63 - 1)]
    assert await model.rows("select rewind, reg_ns from aendring where uuid = $1 order by seq", EN) == [
        (0, dag(1)),
        (0, dag(3)),
        (1, dag(2)),
        (1, dag(4)),
    ]


GONE = {
    "passive": r.enhed("Væk", tid=2, livscyklus=Livscyklus.PASSIVERET),
    "deleted": r.enhed("Væk", tid=2, livscyklus=Livscyklus.SLETTET),
    "not found": None,
}


@pytest.mark.parametrize("reg", GONE.values(), ids=GONE)
async def test_what_is_gone_leaves_a_tombstone_and_may_be_revived(model: Model, reg: Registrering | None) -> None:
    await model.anvend(post(EN, r.enhed("En", tid=1)))

    await model.anvend(post(EN, reg, tilbage=True))
    late = await model.anvend(post(EN, r.enhed("For sent", tid=0.5)))
    gone = await model.rows(
        "select count(*) from organisation_enhed where uuid = $1 and registreret_til > $2", EN, dag(9)
    )
    await model.anvend(post(EN, r.enhed("Genopstået", tid=5)))

    assert gone == [(0,)]
    assert [*late.udfald.values()] == [Udfald.FORAELDET]
    assert [art for art, *_ in await model.rows(LOG, EN)] == ["OPSTAAET", "SLETTET", "OPSTAAET"]
    assert await model.rows("select livscyklus from objekt where uuid = $1", EN) == [("IMPORTERET",)]


async def test_becoming_inactive_is_told_as_that(model: Model) -> None:
    await model.anvend(post(EN, r.enhed("En", tid=1)))

    await model.anvend(post(EN, r.enhed("En", tid=2, status=Gyldighed.INAKTIV)))
    await model.anvend(post(EN, r.enhed("En igen", tid=3, status=Gyldighed.INAKTIV)))

    assert [art for art, *_ in await model.rows(LOG, EN)] == ["OPSTAAET", "INAKTIV", "AENDRET"]


async def test_a_foreign_unit_stands_in_no_tree_and_a_ring_neither(model: Model) -> None:
    await model.anvend(
        post(uuid("fremmed"), r.enhed("Fremmed", tilhoerer=uuid("nabo"))),
        post(uuid("a"), r.enhed("A", uuid("b"))),
        post(uuid("b"), r.enhed("B", uuid("a"))),
        post(uuid("vores"), r.enhed("Vores")),
    )

    assert await model.rows("select enhed, dybde from enhed_sti order by dybde") == [(r.ROD, 0), (uuid("vores"), 1)]


async def test_a_move_takes_the_subtree_along_and_tells_each_unit_of_it(model: Model) -> None:
    chain = [("a", r.ROD), ("b", uuid("a")), ("c", uuid("b")), ("ny", r.ROD)]
    await model.anvend(*(post(uuid(navn), r.enhed(navn, over)) for navn, over in chain))

    await model.anvend(post(uuid("b"), r.enhed("b", uuid("ny"), tid=1)))

    assert await model.rows("select sti from enhed_sti where enhed = $1", uuid("c")) == [
        ([r.ROD, uuid("ny"), uuid("b"), uuid("c")],)
    ]
    assert await model.rows(
        "select a.uuid, a.felter, o.uuid from aendring a join aendring o on o.seq = a.afledt_af"
        " where a.aarsag = 'AFLEDT'"
    ) == [(uuid("c"), ["sti", "dybde", "effektivLeder"], uuid("b"))]


async def test_a_parent_that_comes_late_gathers_its_children(model: Model) -> None:
    await model.anvend(post(uuid("barn"), r.enhed("barn", uuid("sen"))))
    before = await model.rows("select count(*) from enhed_sti")

    await model.anvend(post(uuid("sen"), r.enhed("sen")))

    assert before == [(1,)]
    assert await model.rows("select enhed from enhed_sti order by dybde") == [(r.ROD,), (uuid("sen"),), (uuid("barn"),)]


async def test_a_unit_that_goes_takes_the_paths_below_it(model: Model) -> None:
    await model.anvend(post(uuid("a"), r.enhed("a")), post(uuid("b"), r.enhed("b", uuid("a"))))

    await model.anvend(post(uuid("a"), r.enhed("a", tid=1, livscyklus=Livscyklus.PASSIVERET)))

    assert await model.rows("select enhed from enhed_sti") == [(r.ROD,)]


async def test_a_new_manager_is_told_to_those_who_inherit(model: Model) -> None:
    chain = [("a", r.ROD), ("b", uuid("a")), ("c", uuid("b")), ("d", uuid("c"))]
    await model.anvend(*(post(uuid(navn), r.enhed(navn, over)) for navn, over in chain))
    await model.anvend(post(uuid("mads"), r.bruger("mads"), BRUGER), post(uuid("ulla"), r.bruger("ulla"), BRUGER))
    egen = r.funktion(klassifikation.LEDERROLLE, [uuid("c")], [uuid("ulla")])
    await model.anvend(post(uuid("ullas"), egen, FUNKTION))

    await model.anvend(
        post(uuid("mads'"), r.funktion(klassifikation.LEDERROLLE, [uuid("a")], [uuid("mads")]), FUNKTION)
    )

    told = (
        "select a.uuid, a.felter from aendring a join aendring o on o.seq = a.afledt_af and o.uuid = $1"
        " order by a.felter desc, a.uuid"
    )
    assert await model.rows(told, uuid("mads'")) == [
        (uuid("a"), ["ledere", "effektivLeder"]),
        (uuid("b"), ["effektivLeder"]),
    ]

    await model.anvend(post(uuid("mads"), r.bruger("mads", tid=1, status=Gyldighed.INAKTIV), BRUGER))

    assert {enhed for enhed, _ in await model.rows(told, uuid("mads"))} == {uuid("a"), uuid("b")}


async def test_another_root_sorts_first_and_carries_the_tree(model: Model) -> None:
    await model.anvend(post(uuid("a"), r.enhed("A", None)), post(uuid("b"), r.enhed("B", uuid("a"))))

    await model.anvend(post(r.KOMMUNE, r.organisation(uuid("a"), tid=1), Objekttype.ORGANISATION))

    assert await model.rows("select rod from anvenderkontekst") == [(uuid("a"),)]
    assert await model.rows("select enhed from enhed_sti order by dybde") == [(uuid("a"),), (uuid("b"),)]
    assert await model.rows("select sortering from organisation_enhed order by 1") == [(" a",), ("b",), ("korsb{k",)]


async def test_words_follow_the_object(model: Model) -> None:
    await model.anvend(post(EN, r.enhed("Ældrecenter", tid=1)))
    await model.anvend(post(EN, r.enhed("Børnehave", tid=2)))

    assert await model.rows("select felt, ord from soegetekst where uuid = $1", EN) == [("enhedsnavn", " børnehave")]


async def test_who_no_longer_leads_writes_nothing(model: Model) -> None:
    await leader.take(model.pool, r.KOMMUNE, "anden", seen_epoch=model.leder.epoch)
    before = await model.dump()

    with pytest.raises(Afloest):
        await model.anvend(post(EN, r.enhed("For sent")))

    assert await model.dump() == before


def test_content_hashes_are_keyed_and_know_the_life_cycle() -> None:
    reg = r.enhed("En")
    passive = r.enhed("En", livscyklus=Livscyklus.PASSIVERET)

    hashes = {indhold(reg, b"k1").hash, indhold(reg, b"k2").hash, indhold(passive, b"k1").hash}

    assert len(hashes) == 3
    assert indhold(reg, b"k1") == indhold(reg, b"k1")


async def test_times_beyond_what_a_bigint_holds_are_cut_to_it(model: Model) -> None:
    far = Registrering(10**19, Livscyklus.IMPORTERET, r.enhed("Fjern").egenskaber)

    await model.anvend(post(EN, far))

    assert await model.rows("select reg_ns from objekt where uuid = $1", EN) == [(2**63 - 2,)]


@st.composite
def schedules(draw: st.DrawFn) -> tuple[list[Post], list[int]]:
    """Some objects' registrations in order of time, and an order of delivery with repeats that holds every one."""
    poster = []
    for number in range(draw(st.integers(1, 3))):
        for tid in range(draw(st.integers(1, 3))):
            poster.append(draw(_poster(number, tid)))
    order = draw(st.permutations([*range(len(poster)), *draw(st.lists(st.integers(0, len(poster) - 1), max_size=4))]))
    return poster, list(order)


@st.composite
def _poster(draw: st.DrawFn, number: int, tid: int) -> Post:
    over = draw(st.sampled_from([None, r.ROD, uuid("0"), uuid("1")]))
    navn = draw(st.sampled_from(["A", "B"]))
    livscyklus = draw(st.sampled_from([Livscyklus.IMPORTERET] * 4 + [Livscyklus.PASSIVERET]))
    mail = [adresse_til(uuid("m"), klassifikation.ENHED_EMAIL)] if draw(st.booleans()) else []
    return post(uuid(str(number)), r.enhed(navn, over, *mail, tid=tid, livscyklus=livscyklus))


KNOWN = "registreret_til = 9223372036854775807"
STATES = (
    f"select uuid, enhedsnavn, overordnet, virkning_fra from organisation_enhed where {KNOWN}",
    f"select ejer, adresse from adressering where {KNOWN}",
    "select enhed, sti from enhed_sti",
    "select uuid, felt, ord from soegetekst",
    "select uuid, reg_ns, livscyklus from objekt",
)


async def _clear(model: Model) -> None:
    for tabel in ("organisation_enhed", "adressering", "enhed_sti", "soegetekst", "objekt", "registrering", "aendring"):
        await model.pool.execute(f"truncate {tabel}")
    await model.anvend(post(r.ROD, r.enhed("Korsbæk", None)))


async def _state(model: Model) -> list[list[tuple[Any, ...]]]:
    return [sorted(await model.rows(sql), key=repr) for sql in STATES]


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(schedules())
async def test_any_order_and_repeat_of_reads_ends_the_same(model: Model, made: tuple[list[Post], list[int]]) -> None:
    poster, order = made
    await _clear(model)
    await _in_batches(model, poster)
    expected = await _state(model)
    await _clear(model)

    for number in order:
        await model.anvend(poster[number])

    assert await _state(model) == expected


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(schedules())
async def test_a_rebuild_writes_what_is_there(model: Model, made: tuple[list[Post], list[int]]) -> None:
    poster, _ = made
    await _clear(model)
    await _in_batches(model, poster)
    expected, expected_now = await model.dump(), await _state(model)
    await model.pool.execute("truncate organisation_enhed, adressering, enhed_sti, soegetekst")

    await rebuild.run(model.pool, model.leder, NOW)

    assert await model.dump() == expected
    assert await _state(model) == expected_now


async def _in_batches(model: Model, poster: Sequence[Post]) -> None:
    """In order of time, the objects of one time together."""
    times = sorted({p.registrering.tidspunkt_ns for p in poster if p.registrering is not None})
    for ns in times:
        await model.anvend(*(p for p in poster if p.registrering is not None and p.registrering.tidspunkt_ns == ns))


async def test_the_next_boundary_is_stored(model: Model) -> None:
    await model.anvend(post(EN, r.reg({"enhedsnavn": "x"}, [til("Overordnet", r.ROD, r.fra(300))])))

    assert [from_datetime(t) for (t,) in await model.rows("select naeste_graense from objekt where uuid = $1", EN)] == [
        dag(300)
    ]

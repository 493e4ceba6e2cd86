"""Rows made anew from what is stored are the rows that apply made, history included."""

from fkorg.catalogue import Objekttype
from fkorg.registrering import Objekt
from ingest import rebuild
from model import dirty, tables
from tests import registreringer as r
from tests.ingest.conftest import Hus

ENHED = Objekttype.ORGANISATION_ENHED
DERIVED = [table.name for table in (*tables.PROJEKTION, tables.soegetekst, tables.enhed_sti)]


async def _all_rows(hus: Hus) -> dict[str, list[tuple[object, ...]]]:
    read = {name: f"select x::text from {name} x order by 1" for name in DERIVED}
    read["objekt"] = "select uuid::text, naeste_graense from objekt order by 1"
    return {name: await hus.rows(sql) for name, sql in read.items()}


async def _with_history(hus: Hus) -> None:
    """Rådhuset is renamed twice, Skolen moves below it, Ulla's job is deleted."""
    kilde, uuid = hus.kilde, r.uuid
    for tid, navn in ((100, "Rådhuset 2"), (200, "Rådhuset 3")):
        kilde.put(ENHED, uuid("raadhus"), r.enhed(navn, tid=tid))
        await _apply(hus, ENHED, "raadhus")
    kilde.put(ENHED, uuid("skole"), r.enhed("Skolen", uuid("raadhus"), tid=300))
    await _apply(hus, ENHED, "skole")
    kilde.forget(Objekttype.ORGANISATION_FUNKTION, uuid("ulla-job"))
    await _apply(hus, Objekttype.ORGANISATION_FUNKTION, "ulla-job")


async def _apply(hus: Hus, objekttype: Objekttype, navn: str) -> None:
    async with hus.pool.transaction() as tx:
        await dirty.mark(tx, Objekt(r.KOMMUNE, objekttype, r.uuid(navn)), aarsag="MUTATION", now=hus.ur())
    await hus.worker.drain(hus.ur())


async def test_a_rebuild_gives_the_same_rows(fuldt_hus: Hus) -> None:
    hus = fuldt_hus
    await _with_history(hus)
    before = await _all_rows(hus)
    assert len(before["organisation_enhed"]) == 7, "four units, and three superseded rows"

    antal = await rebuild.run(hus.pool, hus.leder, hus.ur())

    assert antal == len({*hus.kilde.objekter}) + 1
    assert await _all_rows(hus) == before


async def test_a_rebuild_mends_rows_that_were_lost_and_asks_the_source_nothing(fuldt_hus: Hus) -> None:
    hus = fuldt_hus
    before = await _all_rows(hus)
    for name in DERIVED:
        await hus.pool.execute(f"delete from {name}")

    await rebuild.run(hus.pool, hus.leder, hus.ur())

    assert await _all_rows(hus) == before
    assert hus.kilde.kald == []


async def test_a_rebuild_changes_nothing_in_the_change_log(fuldt_hus: Hus) -> None:
    hus = fuldt_hus
    before = await hus.rows("select max(seq), count(*) from aendring")

    await rebuild.run(hus.pool, hus.leder, hus.ur())

    assert await hus.rows("select max(seq), count(*) from aendring") == before

"""The clock as a source: what begins and ends by its date is told and searched from then on, with nothing read."""

import asyncio
from typing import Any

from fkorg import klassifikation
from fkorg.catalogue import Objekttype
from fkorg.registrering import Objekt
from ingest import kalender, worker
from ingest.refresh import Resultat
from model import dirty
from tests import registreringer as r
from tests.ingest.conftest import Hus
from tests.registreringer import fra, til, uuid

ENHED, BRUGER, FUNKTION = Objekttype.ORGANISATION_ENHED, Objekttype.BRUGER, Objekttype.ORGANISATION_FUNKTION
LOG = "select art, felter from aendring where uuid = $1 and aarsag = 'KALENDER' order by seq"


def flytter(dag: float) -> object:
    """A unit that moves under Rådhuset on that day of 2026."""
    relationer = [
        til("Tilhoerer", r.KOMMUNE),
        til("Overordnet", uuid("skole"), fra(0, dag)),
        til("Overordnet", uuid("raadhus"), fra(dag)),
    ]
    return r.reg({"brugervendtnoegle": "SFO", "enhedsnavn": "SFO"}, relationer)


async def test_a_planned_move_takes_effect_on_its_day(hus: Hus) -> None:
    hus.kilde.put(ENHED, uuid("sfo"), flytter(200))  # type: ignore[arg-type]
    hus.kilde.put(ENHED, uuid("sfo-hold"), r.enhed("Hold", uuid("sfo")))
    await hus.fyld()
    before = await kalender.once(hus.pool, hus.leder, hus.ur())
    hus.ur.go(days=60)

    passed = await kalender.once(hus.pool, hus.leder, hus.ur())

    assert (before, passed) == (0, 1)
    assert await hus.rows(LOG, uuid("sfo")) == [("AENDRET", ["overordnetEnhed"])]
    assert await hus.rows("select sti[2] from enhed_sti where enhed = any($1)", [uuid("sfo"), uuid("sfo-hold")]) == [
        (uuid("raadhus"),),
        (uuid("raadhus"),),
    ]
    assert await hus.rows("select felter from aendring where aarsag = 'AFLEDT' and uuid = $1", uuid("sfo-hold")) == [
        (["sti", "dybde", "effektivLeder"],)
    ]


async def test_dates_pass_while_there_is_always_something_to_read(hus: Hus, dsn: str) -> None:
    hus.kilde.put(ENHED, uuid("sfo"), flytter(200))  # type: ignore[arg-type]
    await hus.fyld()
    hus.ur.go(days=60)

    async def mark() -> None:
        async with hus.pool.transaction() as tx:
            objekt = Objekt(r.KOMMUNE, ENHED, uuid("skole"))
            await dirty.mark(tx, objekt, want_ns=dirty.NOGET, aarsag="AFSTEMNING", now=hus.ur())

    class Always(worker.Worker):
        async def runde(self, *asked: Any) -> Resultat:
            await mark()
            return await super().runde(*asked)

    always = Always(hus.pool, hus.kilde, hus.leder)
    running = asyncio.create_task(worker.run(always, dsn, clock=hus.ur, poll_s=0.1))
    try:
        async with asyncio.timeout(5):
            while not await hus.rows(LOG, uuid("sfo")):
                await asyncio.sleep(0.02)
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def test_each_boundary_is_told_once_and_in_order(hus: Hus) -> None:
    periods = [til("Overordnet", r.ROD), til("Tilhoerer", r.KOMMUNE)]
    names = [r.reg({"enhedsnavn": navn}, virkning=fra(start, slut), status=None) for navn, start, slut in
             (("et", 0, 160), ("to", 160, 170), ("tre", 170, None))]  # fmt: skip
    reg = r.reg({}, periods)
    reg = type(reg)(
        reg.tidspunkt_ns, reg.livscyklus, tuple(n.egenskaber[0] for n in names), reg.tilstande, reg.relationer
    )
    hus.kilde.put(ENHED, uuid("navneskift"), reg)
    await hus.fyld()
    hus.ur.go(days=60)

    await kalender.once(hus.pool, hus.leder, hus.ur(), portion=1)
    again = await kalender.once(hus.pool, hus.leder, hus.ur())

    assert again == 0
    assert await hus.rows(LOG, uuid("navneskift")) == [("AENDRET", ["enhedsnavn"])] * 2
    assert await hus.rows("select ord from soegetekst where uuid = $1", uuid("navneskift")) == [(" tre",)]


async def test_an_employment_that_begins_and_a_manager_who_ends(hus: Hus) -> None:
    job = r.funktion(klassifikation.LEDERROLLE, [uuid("skole")], [uuid("ulla")], virkning=fra(0, 180))
    hus.kilde.put(FUNKTION, uuid("lederjob"), job)
    await hus.fyld()
    hus.ur.go(days=60)

    await kalender.once(hus.pool, hus.leder, hus.ur())

    assert [art for art, _ in await hus.rows(LOG, uuid("lederjob"))] == ["AENDRET"]
    assert await hus.rows("select felter from aendring where aarsag = 'AFLEDT' and uuid = $1", uuid("skole")) == [
        (["ledere", "effektivLeder"],)
    ]


async def test_the_worker_lets_time_pass_by_itself(hus: Hus) -> None:
    hus.kilde.put(ENHED, uuid("sfo"), flytter(200))  # type: ignore[arg-type]
    await hus.fyld()

    assert await hus.rows("select count(*) from objekt where naeste_graense is not null") == [(1,)]

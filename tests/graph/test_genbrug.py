"""Answers given again: only while nothing has changed, to nobody whom they were not made for, never what is logged."""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import count
from random import Random
from typing import Any
from uuid import UUID

import asyncpg
import orjson
import pytest

from fkorg.catalogue import Objekttype
from graph import genbrug as modul
from graph.answer import Spoergsmaal, Svar
from graph.caller import Principal, Ret
from graph.changes import Changes
from graph.documents import Dokumenter
from graph.execute import Udfoerer
from graph.genbrug import Genbrug
from model.freshness import Freshness
from model.lease import Lease
from model.log import Log
from model.projection import ur
from tests.builders import Kommune, Row, en_bruger, en_enhed, en_person, en_sti, et_objekt, insert
from tests.graph.fixture import CORE, NOW
from tests.graph.log_fixture import BY, LAESER, a_log, no_objects
from tests.model.log import en_aendring

NAVN = "query ($u: [UUID!]!) { organisationEnhed(uuid: $u) { enhedsnavn } }"
PERSON = "query ($u: [UUID!]!) { bruger(uuid: $u) { brugernavn person { navn } } }"
ENHED = Objekttype.ORGANISATION_ENHED
SKOLE = en_enhed(BY, "Skolen")
MADS = en_person(BY, "Mads")
BRUGER = en_bruger(BY, "mads", person=MADS["uuid"])
SENAVN = replace(LAESER, rettigheder=LAESER.rettigheder | {Ret.SENAVN})


@dataclass
class Sted:
    """An engine that gives answers again, over a database; `asked` counts statements, `talt` how each was answered."""

    log: Log
    lease: Lease
    budget: int = 1_000_000
    asked: int = 0
    efter: Callable[[], Awaitable[None]] | None = None
    """What happens after a statement, before its answer is seen."""
    talt: list[str] = field(default_factory=list)
    genbrug: Genbrug = field(init=False)
    motor: Udfoerer = field(init=False)

    def __post_init__(self) -> None:
        self.changes = Changes(self.log, Freshness(self.log.database))
        self.genbrug = Genbrug(self.log, self._graense, self.budget, self.talt.append)
        self.motor = Udfoerer(Dokumenter(CORE), self, lambda principal, now: no_objects, None, self.genbrug)

    async def fetchrow(self, text: str, *values: object, kommune: object = None) -> Any:
        self.asked += 1
        found = await self.lease.fetchrow(text, *values)
        if self.efter is not None:
            await self.efter()
        return found

    async def _graense(self, organisation: UUID) -> datetime | None:
        async with self.log.database.connection() as connection:
            return await ur.foerste_graense(connection, organisation)

    async def svar(self, query: str = NAVN, *, som: Principal = LAESER, u: Row = SKOLE, **more: Any) -> Svar:
        variables = {"u": [str(u["uuid"])], **more}
        return await self.motor.besvar(Spoergsmaal(query, None, variables), som, self.log.ur())

    async def data(self, query: str = NAVN, **more: Any) -> str:
        """The data, as it is given to a caller: with a position."""
        svar = await self.svar(query, **more)
        await self.changes.extensions(more.get("som", LAESER), svar)
        assert svar.data is not None
        return svar.data.decode()

    async def omdoeb(self, navn: str, u: Row = SKOLE, *, ring: bool = True, log: bool = True) -> None:
        """The unit is named so, and everybody knows when this returns, if the bell was rung."""
        version = self.log.tail.version(BY.uuid)
        async with self.log.database.transaction() as tx:
            await _omdoeb(tx, navn, u, ring=ring, log=log)
        if ring and log:
            assert await self.log.tail.news(BY.uuid, version, 5)


async def _omdoeb(tx: Any, navn: str, u: Row, *, ring: bool = True, log: bool = True) -> None:
    await tx.execute("update organisation_enhed set enhedsnavn = $1 where uuid = $2", navn, UUID(str(u["uuid"])))
    if log:
        await en_aendring(tx, BY, UUID(str(u["uuid"])))
    if ring:
        await tx.execute("select pg_notify('aendring', '')")


@asynccontextmanager
async def et_sted(dsn: str, **more: Any) -> AsyncIterator[Sted]:
    async with a_log(dsn) as log, Lease(dsn, 4) as lease:
        async with log.database.transaction() as tx:
            await insert(tx, [SKOLE, en_sti(BY, BY.rod, SKOLE["uuid"]), MADS, BRUGER])
        log.ur.now = NOW  # type: ignore[attr-defined]  # a clock that a test sets
        assert await log.tail.started(5)
        while not log.tail.hears:
            await asyncio.sleep(0.01)
        yield Sted(log, lease, **more)


@pytest.fixture
async def sted(dsn: str) -> AsyncIterator[Sted]:
    async with et_sted(dsn) as found:
        yield found


async def test_an_answer_is_given_again_until_something_changes(sted: Sted) -> None:
    first, again = await sted.svar(), await sted.svar()
    await sted.omdoeb("Skolen ved åen")
    changed, last = await sted.svar(), await sted.svar()

    assert sted.talt == ["MISS", "HIT", "MISS", "HIT"]
    assert sted.asked == 2
    assert again.data == first.data != changed.data == last.data
    assert first.etag == again.etag != changed.etag
    assert again.horisont is not None


async def test_an_answer_that_is_given_again_has_the_newest_position_at_which_it_holds(sted: Sted) -> None:
    first = await sted.svar()
    async with sted.log.database.transaction() as tx:
        xid = int(await tx.fetchval("select pg_current_xact_id()::text"))  # ids move on, the log does not
    here = await sted.log.begin(BY.uuid, None)
    assert await sted.log.tail.passed(replace(here, xid=xid, seq=1), 60)  # transactions of other databases hold it back
    again = await sted.svar()

    assert first.horisont is not None
    assert again.horisont is not None
    assert again.horisont > first.horisont
    assert sted.talt == ["MISS", "HIT"]


ANDRE: dict[str, dict[str, Any]] = {
    "other variables": {"u": BRUGER},
    "another document": {"query": NAVN.replace("enhedsnavn", "navn: enhedsnavn")},
    "other rights": {"som": SENAVN},
    "another municipality": {"som": replace(LAESER, organisation=UUID(int=7))},
}


@pytest.mark.parametrize("more", ANDRE.values(), ids=ANDRE)
async def test_another_question_has_an_answer_of_its_own(sted: Sted, more: dict[str, Any]) -> None:
    await sted.svar()

    await sted.svar(**more)

    assert sted.talt == ["MISS", "MISS"]
    assert len(sted.genbrug) == 2


ALDRIG = {
    "a person's name": PERSON,
    "a name below a fragment": (
        "query ($u: [UUID!]!) { bruger(uuid: $u) { ...F } } fragment F on Bruger { person { navn } }"
    ),
    "a CPR number": "query ($u: [UUID!]!) { bruger(uuid: $u) { person { cpr } } }",
    "how well it is known": "query ($u: [UUID!]!) { organisationEnhed(uuid: $u) { meta { afventer } } }",
    "a search": '{ soeg(cvr: "11111111", tekst: "x") { edges { node { __typename } } } }',
    "whether a search finds more": '{ soeg(cvr: "11111111", tekst: "x") { pageInfo { hasNextPage } } }',
    "users by something of a person": (
        '{ brugerListe(cvr: "11111111", status: AKTIV, brugerFilter: {personFilter: {cpr: "0101010101"}})'
        " { edges { node { uuid } } } }"
    ),
    "another time": (
        'query ($u: [UUID!]!) @tidspunkt(virkningstid: "2025-01-01T00:00:00Z")'
        " { organisationEnhed(uuid: $u) { enhedsnavn } }"
    ),
}


@pytest.mark.parametrize("query", ALDRIG.values(), ids=ALDRIG)
async def test_what_is_logged_or_changes_unlogged_is_never_kept(sted: Sted, query: str) -> None:
    for _ in range(2):
        svar = await sted.svar(query, som=SENAVN, u=BRUGER)
        assert svar.udfoert, svar.errors
        assert svar.etag is None

    assert len(sted.genbrug) == 0
    assert sted.talt == []


async def test_an_answer_ends_when_an_effect_date_passes(sted: Sted) -> None:
    clock: Any = sted.log.ur
    async with sted.log.database.transaction() as tx:
        graense = (NOW + timedelta(seconds=10)).isoformat()
        await insert(tx, [et_objekt(BY, ENHED, SKOLE["uuid"], naeste_graense=graense)])

    told = []
    for seconds in (0, 9.9, 10, 10.5, 9.5):
        clock.now = NOW + timedelta(seconds=seconds)
        await sted.svar()
        told.append(sted.talt[-1])

    assert told == ["MISS", "HIT", "MISS", "MISS", "HIT"], "while the calendar is late nothing is kept"


async def test_no_answer_is_given_again_for_ever(sted: Sted) -> None:
    clock: Any = sted.log.ur
    await sted.svar()
    clock.now = NOW + modul.LAENGST - timedelta(seconds=1)
    await sted.svar()
    clock.now = NOW + modul.LAENGST
    await sted.svar()

    assert sted.talt == ["MISS", "HIT", "MISS"]


async def test_while_the_bell_is_not_heard_every_answer_is_made_anew(sted: Sted) -> None:
    await sted.svar()
    sted.log.tail.hears = False
    await sted.omdoeb("Uhørt", ring=False)

    assert "Uhørt" in await sted.data()
    assert sted.talt == ["MISS", "BYPASS"]


async def test_who_was_given_a_position_is_shown_nothing_older_though_no_bell_rang(sted: Sted) -> None:
    before = await sted.data()
    await sted.omdoeb("Uhørt", ring=False)
    async with sted.log.database.transaction() as tx:
        await insert(tx, [et_objekt(BY, ENHED, SKOLE["uuid"])])
    known = await sted.data("query ($u: [UUID!]!) { organisationEnhed(uuid: $u) { enhedsnavn meta { afventer } } }")
    after = await sted.data()

    assert "Skolen" in before
    assert "Uhørt" in known
    assert "Uhørt" in after


async def test_a_change_above_the_horizon_is_not_passed_by(sted: Sted, dsn: str) -> None:
    """An older transaction is still running: no version tells of the change, and it can be read."""
    older = await asyncpg.connect(dsn)
    try:
        await sted.data()
        async with older.transaction():
            await older.fetchval("select pg_current_xact_id()")
            async with sted.log.database.transaction() as tx:
                await _omdoeb(tx, "Ny", SKOLE)
            async with asyncio.timeout(5):
                while not sted.log.tail.venter:
                    await asyncio.sleep(0.005)
            assert "Ny" in await sted.data()
            assert sted.talt[-1] == "BYPASS"
        async with asyncio.timeout(5):
            while sted.log.tail.venter:
                await asyncio.sleep(0.005)
        assert "Ny" in await sted.data()
    finally:
        await older.close()


async def test_what_changed_while_it_was_made_is_not_kept(sted: Sted) -> None:
    async def renamed() -> None:
        sted.efter = None
        await sted.omdoeb("Imens")

    sted.efter = renamed
    first, second = await sted.data(), await sted.data()

    assert "Skolen" in first
    assert "Imens" in second


async def test_those_who_ask_meanwhile_wait_for_one_statement(sted: Sted) -> None:
    asking = [asyncio.create_task(sted.svar()) for _ in range(10)]
    await asyncio.sleep(0)
    asking[0].cancel()
    found = await asyncio.gather(*asking, return_exceptions=True)

    assert sted.asked == 1
    assert isinstance(found[0], asyncio.CancelledError)
    assert len({one.data for one in found if isinstance(one, Svar)}) == 1


async def test_the_least_asked_for_goes_when_memory_is_used_up(dsn: str) -> None:
    async with et_sted(dsn, budget=8_000) as sted:
        for nr in range(40):
            await sted.svar(NAVN.replace("enhedsnavn", f"a{nr}: enhedsnavn"))
            await sted.svar(NAVN.replace("enhedsnavn", "a0: enhedsnavn"))

        assert 2 < len(sted.genbrug) < 40
        assert sted.genbrug.bytes_ <= 8_000
        assert sted.talt.count("MISS") == 40, "that which is asked for each time stays"


async def test_an_answer_too_large_for_the_memory_is_given_all_the_same(dsn: str) -> None:
    async with et_sted(dsn, budget=100) as sted:
        assert "Skolen" in await sted.data()
        assert (len(sted.genbrug), sted.genbrug.bytes_) == (0, 0)


async def test_a_refusal_is_not_kept(sted: Sted) -> None:
    svar = await sted.svar("query ($u: [UUID!]!) { organisationEnhed(uuid: $u) { findesIkke } }")

    assert (svar.data, svar.etag, len(sted.genbrug)) == (None, None, 0)


async def test_findings_in_the_data_are_part_of_the_answer(sted: Sted) -> None:
    answers = [await sted.svar(u=MADS) for _ in range(2)]

    assert sted.talt == ["MISS", "HIT"]
    assert orjson.loads(answers[1].data or b"") == {"organisationEnhed": [None]}
    assert answers[0].errors == answers[1].errors != []


SVAR = int(os.environ.get("ORGRAF_REUSE_ANSWERS", "3000"))
"""How many answers the readers look at together; 100,000 for the long run."""
LAESERE, ENHEDER = 12, 6


async def test_nobody_is_shown_what_is_stale_or_not_for_him(dsn: str) -> None:
    """Writers rename units, with and without a bell; readers of two municipalities ask for them, by documents that may
    be kept and by one that may not. An answer shows at least the name of any commit of which somebody had a position
    when its question began, and never the other municipality's."""
    rnd = Random(1)
    anden = Kommune(cvr="22222222")
    units = {by: [en_enhed(by, f"{by.cvr} 0") for _ in range(ENHEDER)] for by in (BY, anden)}
    rows = [row for by, some in units.items() for unit in some for row in (unit, et_objekt(by, ENHED, unit["uuid"]))]
    callers = {by: replace(LAESER, cvr=by.cvr, organisation=by.uuid) for by in units}
    more = ("enhedsnavn", "uuid enhedsnavn", "enhedsnavn dybde", "enhedsnavn meta { afventer }")
    documents = [NAVN.replace("enhedsnavn", fields) for fields in more]
    numbers, writing_one = count(1), asyncio.Lock()
    xids, known, shown = {0: 0}, dict.fromkeys((UUID(str(u["uuid"])) for some in units.values() for u in some), 0), 0

    async with et_sted(dsn, budget=20_000) as sted:
        async with sted.log.database.transaction() as tx:
            await insert(tx, [*anden.rows(), *rows])

        async def write() -> None:
            while True:
                await asyncio.sleep(rnd.choice((0, 0.002, 0.01, 0.03)))
                by = rnd.choice(list(units))
                uuid = UUID(str(rnd.choice(units[by])["uuid"]))
                async with writing_one, sted.log.database.transaction() as tx:
                    number = next(numbers)
                    xids[number] = int(await tx.fetchval("select pg_current_xact_id()::text"))
                    name = f"{by.cvr} {number}"
                    await tx.execute("update organisation_enhed set enhedsnavn = $1 where uuid = $2", name, uuid)
                    await en_aendring(tx, by, uuid)
                    if rnd.random() < 0.7:
                        await tx.execute("select pg_notify('aendring', '')")
                if rnd.random() < 0.5:
                    position = await sted.log.begin(by.uuid, None)
                    sted.log.text(by.uuid, position, sted.log.ur())
                    learned(uuid, number, position.xid)

        def learned(uuid: UUID, number: int, below: int | None) -> None:
            """Somebody has a position below which everything was shown to him, this commit too."""
            if below is not None and xids[number] < below:
                known[uuid] = max(number, known[uuid])

        async def read() -> None:
            nonlocal shown
            while shown < SVAR:
                by = rnd.choice(list(units))
                unit = rnd.choice(units[by])
                uuid = UUID(str(unit["uuid"]))
                at_least = known[uuid]
                svar = await sted.svar(rnd.choice(documents), som=callers[by], u=unit)
                await sted.changes.extensions(callers[BY], svar)
                cvr, number = orjson.loads(svar.data or b"")["organisationEnhed"][0]["enhedsnavn"].split()
                assert cvr == by.cvr
                assert int(number) >= at_least
                learned(uuid, int(number), svar.horisont)
                foreign = await sted.svar(som=callers[anden if by is BY else BY], u=unit)
                assert orjson.loads(foreign.data or b"") == {"organisationEnhed": [None]}
                shown += 2

        writing = [asyncio.create_task(write()) for _ in range(2)]
        try:
            await asyncio.gather(*(read() for _ in range(LAESERE)))
        finally:
            for task in writing:
                task.cancel()
            await asyncio.gather(*writing, return_exceptions=True)

    assert sted.talt.count("HIT") > SVAR // 20
    assert max(known.values()) > 20

"""One world from one seed: a source that changes, a broker that repeats and reorders, two consumers, two workers."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any, Final, cast
from unittest.mock import patch
from uuid import UUID

from fkorg.besked import Besked
from fkorg.catalogue import Objekttype
from fkorg.errors import Unavailable
from fkorg.registrering import Egenskab, Livscyklus, Registrering
from fkorg.virkning import ALTID
from fkorg.wire import besked_xml
from ingest import bootstrap, worker
from ingest.afstemning import Gang, Rytme
from ingest.beslut import Regler
from ingest.receive import Modtager
from ingest.retry import Again
from ingest.worker import Worker
from model import afstemning, feed_state, leader
from model import pool as pools
from model.afstemning import EKSPORT
from model.leader import Afloest
from model.pool import Connection, Pool
from tests.simulation import loefter
from tests.simulation.hukommelse import Tabeller
from tests.simulation.kilde import Laeser, Noegle, Sandhed
from tests.simulation.loekke import Loekke
from tests.simulation.proces import Database, Doed, Proces, Pulje
from tests.simulation.sted import CVR, ORG, START
from tests.simulation.uro import Uro

START_NS: Final = int(START.timestamp()) * 10**9
BUNDFAELDNING: Final = 10.0
REGLER: Final = Regler(
    timedelta(seconds=BUNDFAELDNING), Again(timedelta(seconds=0.5), timedelta(seconds=8)), timedelta(seconds=90)
)
RYTME: Final = Rytme(side=2, batch=2, bundfaeldning=REGLER.bundfaeldning, kig=5.0)
HVAD: Final = ("ny", "ny", "ny", "slet", "samme tid", "glem", "tilbage")
"""What may happen to an object."""
TYPER: Final = (Objekttype.ORGANISATION_ENHED, Objekttype.ORGANISATION_ENHED, Objekttype.BRUGER)


STANDSET: Final = "the world stopped"
KVITTER_FOERST = False
"""A wrong variant: a message is acknowledged before it is kept."""


@dataclass(frozen=True, slots=True)
class Udfald:
    """How a world went: the promises that were broken, the schedule, and how much happened."""

    seed: int
    brud: list[str]
    spor: list[str]
    skridt: int
    doede: int
    aendringer: int


@dataclass(slots=True)
class Verden:
    """What stands between the processes."""

    seed: int
    loop: Loekke
    uro: Uro = field(init=False)
    sandhed: Sandhed = field(init=False)
    database: Database = field(init=False)
    koe: list[bytes] = field(default_factory=list)
    kommet: asyncio.Event = field(default_factory=asyncio.Event)
    """Something is in the queue."""
    paa_vej: int = 0
    beskeder: dict[bytes, Besked] = field(default_factory=dict)
    utalte: set[Noegle] = field(default_factory=set)
    """Objects whose latest change no message tells of."""
    numre: int = 0
    forbi: bool = False
    """The world has ended, and its processes are to end."""
    brud: list[str] = field(default_factory=list)
    """The promises that were broken."""

    def __post_init__(self) -> None:
        tilfaeldig = Random(self.seed)
        self.uro = Uro.begynd(tilfaeldig)
        self.sandhed = Sandhed(self.loop.time, self.uro, tilfaeldig.choice((0.0, BUNDFAELDNING * 0.7)))
        self.database = Database(self.uro)
        self.database.tables.seconds = self.loop.time
        self.database.tables.kontekst[CVR] = {"cvr": CVR, "organisation": ORG, "rod": None, "tilstand": "BOOTSTRAP"}

    def ur(self) -> datetime:
        """The clock of all processes."""
        now = START + timedelta(seconds=self.loop.time())
        self.database.tables.clock = now
        return now

    def spor(self, hvad: str) -> None:
        """A line of the schedule."""
        self.uro.spor.append(f"{self.loop.time():8.2f}  {hvad}")


def koer(seed: int) -> Udfald:
    """Run one world to its end, when everything is quiet, and judge it."""
    with asyncio.Runner(loop_factory=Loekke) as runner:
        verden = Verden(seed, cast(Loekke, runner.get_loop()))
        bells = verden.database.bells

        @asynccontextmanager
        async def listen(dsn: str, kanal: str, ring: Callable[[], None]) -> AsyncIterator[Any]:
            bells.append(ring)
            try:
                yield _Aaben()
            finally:
                bells.remove(ring)

        def read(body: bytes, _: object) -> Besked:
            return verden.beskeder[body]

        with patch.object(pools, "listen", listen), patch.object(besked_xml, "read", read):
            try:
                runner.run(_forloeb(verden))
            except Exception as error:  # noqa: BLE001  whatever stops a world is told with its schedule
                verden.brud.append(f"{STANDSET}: {error!r}")
    uro = verden.uro
    return Udfald(seed, verden.brud, uro.spor, uro.skridt, uro.doede, len(verden.database.tables.aendring))


class _Aaben:
    def is_closed(self) -> bool:
        return False


async def _forloeb(verden: Verden) -> None:
    tilfaeldig = verden.uro.tilfaeldig
    keys = [(tilfaeldig.choice(TYPER), UUID(int=100 + n)) for n in range(tilfaeldig.randint(2, 6))]
    for key in keys:
        if tilfaeldig.random() < 0.7:
            verden.sandhed.put(key, _registrering(verden, -3600 * 10**9), 0.0)
            verden.utalte.add(key)
    running = [asyncio.create_task(_liv(verden, navn, _forbruger)) for navn in ("consumer 1", "consumer 2")]
    running += [asyncio.create_task(_liv(verden, navn, _ingest)) for navn in ("worker 1", "worker 2")]
    key = keys[0]
    for _ in range(tilfaeldig.randint(3, 16)):
        key = key if tilfaeldig.random() < 0.5 else tilfaeldig.choice(keys)
        await asyncio.sleep(tilfaeldig.choice((0.01, 0.5, 5.0, 20.0)) * tilfaeldig.random())
        _aendr(verden, key)
    if tilfaeldig.random() < 0.5:
        await _to_taet(verden, tilfaeldig.choice(keys))
    await asyncio.sleep(max(0.0, verden.sandhed.rolig() - verden.loop.time()))
    verden.uro.ro()
    verden.spor("calm from here on")
    await _ro(verden, running)
    verden.brud = loefter.brud(verden, undtagen=verden.utalte)
    verden.spor("everything is compared with the source")
    await _afstem(verden, running)
    await _ro(verden, running)
    verden.brud += loefter.brud(verden)
    await _slut(verden, running)


async def _slut(verden: Verden, running: "list[asyncio.Task[None]]") -> None:
    """All are told to end, and do: whoever goes on has forgotten that it was told."""
    verden.forbi = True
    for task in running:
        task.cancel()
    _, going_on = await asyncio.wait(running, timeout=600)
    verden.brud += [f"goes on, though told to end: {task.get_coro()}" for task in going_on]


async def _ro(verden: Verden, running: "list[asyncio.Task[None]]") -> None:
    """Until nothing waits any more."""

    def quiet(t: Tabeller) -> bool:
        return not (verden.koe or verden.paa_vej or t.dirty or t.confirm) and t.kontekst[CVR]["tilstand"] == "KLAR"

    await _indtil(verden, running, quiet)


async def _indtil(verden: Verden, running: "list[asyncio.Task[None]]", reached: Callable[[Tabeller], bool]) -> None:
    deadline = verden.loop.time() + 1800
    while not reached(tables := verden.database.tables):
        for task in running:
            if task.done():
                task.result()
        if verden.loop.time() > deadline:
            waiting = [row for row in tables.afstemning.values() if not row["finished_at"]]
            raise AssertionError(f"never quiet: {tables.dirty} {tables.confirm} {verden.koe} {waiting}")
        await asyncio.sleep(1.0)


def _registrering(verden: Verden, ns: int, livscyklus: Livscyklus = Livscyklus.OPSTAAET) -> Registrering:
    verden.numre += 1
    return Registrering(ns + START_NS, livscyklus, (Egenskab(ALTID, {"enhedsnavn": f"udgave {verden.numre}"}),))


async def _to_taet(verden: Verden, key: Noegle) -> None:
    """Two changes close together, the second seen late: its message comes while the first is being read."""
    for lag in (0.0, BUNDFAELDNING * 4):
        _aendr(verden, key, lag)
        await asyncio.sleep(verden.uro.tilfaeldig.random() * 2)


def _aendr(verden: Verden, key: Noegle, set_efter: float | None = None) -> None:
    """Something happens to an object, and its message sets out, unless it is lost. `set_efter`: it is a new version,
    seen so many seconds late, and its message comes soon and tells when it was made."""
    tilfaeldig, sandhed = verden.uro.tilfaeldig, verden.sandhed
    known = sandhed.nu(key)
    ns = int(verden.loop.time() * 1e9)
    if known is not None:
        ns = max(ns, known.tidspunkt_ns - START_NS + 1)
    hvad = "ny" if set_efter is not None else tilfaeldig.choice(HVAD)
    livscyklus = Livscyklus.SLETTET if hvad == "slet" else Livscyklus.OPSTAAET
    reg: Registrering | None = _registrering(verden, ns, livscyklus)
    if hvad == "samme tid" and known is not None:
        reg = _registrering(verden, known.tidspunkt_ns - START_NS)
    elif hvad == "glem":
        reg = None
    elif hvad == "tilbage" and known is not None:
        reg = _registrering(verden, known.tidspunkt_ns - START_NS - tilfaeldig.choice((1, 10**9)))
    lag = tilfaeldig.choice((0.0, 0.0, 0.5, BUNDFAELDNING * 0.2))
    told = None if tilfaeldig.random() < 0.2 or reg is None else reg.tidspunkt_ns
    if told is not None and hvad == "ny":
        lag *= tilfaeldig.choice((1, 20))
    if set_efter is not None and reg is not None:
        lag, told = set_efter, reg.tidspunkt_ns
    foer = [one.registrering.tidspunkt_ns for one in sandhed.udgaver.get(key, ()) if one.registrering is not None]
    sandhed.put(key, reg, lag)
    when = None if reg is None else reg.tidspunkt_ns - START_NS
    verden.spor(f"{key[0].value} {key[1].int} {hvad}: {when}, seen {lag:.1f} s late")
    if set_efter is None and verden.uro.ja(verden.uro.tab):
        verden.utalte.add(key)
        verden.spor("its message is lost")
        return
    late = sandhed.udgaver[key][-1].synlig + sandhed.flimmer - verden.loop.time() > BUNDFAELDNING
    ventes = told is not None and told > max(foer, default=0)
    if late and not ventes:  # what is here is as new as what is told of, and the confirm read comes too early
        verden.utalte.add(key)
    else:
        verden.utalte.discard(key)
    verden.numre += 1
    body = str(verden.numre).encode()
    typer = (key[0],) if tilfaeldig.random() < 0.9 else (Objekttype.ORGANISATION_ENHED, Objekttype.BRUGER)
    verden.beskeder[body] = Besked(f"besked {verden.numre}", key[1], typer, told)
    for _ in range(2 if verden.uro.ja(verden.uro.gentag) else 1):
        verden.paa_vej += 1
        latest = 0.5 if set_efter is not None else tilfaeldig.choice((0.0, 1.0, 30.0))
        verden.loop.call_later(latest * tilfaeldig.random(), _frem, verden, body)


def _frem(verden: Verden, body: bytes) -> None:
    verden.paa_vej -= 1
    verden.koe.insert(verden.uro.tilfaeldig.randint(0, len(verden.koe)), body)
    verden.kommet.set()


async def _liv(verden: Verden, navn: str, liv: Callable[[Verden, Proces], Awaitable[None]]) -> None:
    """Start the process again whenever it has died, but for a death that comes as the world ends: `Doed` then takes the
    place of the cancellation."""
    while not verden.forbi:
        proces = Proces(navn, verden.uro)
        with suppress(Doed):
            await _indtil_doed(liv(verden, proces), proces)
        await asyncio.sleep(verden.uro.tilfaeldig.uniform(0.1, 3.0))
        verden.spor(f"{navn} starts")


async def _indtil_doed(work: Awaitable[None], proces: Proces) -> None:
    try:
        await work
    finally:
        proces.alive = False


async def _forbruger(verden: Verden, proces: Proces) -> None:
    """Take what has come, keep it, acknowledge one after the other. What is not acknowledged comes again."""
    modtager = Modtager(cast(Pool, Pulje(proces, verden.database)), CVR, bundfaeldning=REGLER.bundfaeldning)
    while True:
        await proces.skridt("waits")
        if not verden.koe:
            verden.kommet.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(10.0):
                    await verden.kommet.wait()
            continue
        bodies = [verden.koe.pop(0) for _ in range(min(len(verden.koe), verden.uro.tilfaeldig.randint(1, 3)))]
        taken = len(bodies)
        verden.paa_vej += taken
        left = [] if KVITTER_FOERST else list(bodies)
        try:
            await modtager.modtag_mange(bodies, feed_state.AMQP, verden.ur())
            while left:
                await proces.skridt("acknowledges")
                left.pop(0)
        except Unavailable as error:
            verden.spor(f"{proces.navn} could not keep {bodies!r}: {error}")
        finally:
            verden.paa_vej -= taken
            verden.koe += left
            if left:
                verden.kommet.set()


async def _ingest(verden: Verden, proces: Proces) -> None:
    """Lead when nobody else does: fill first, then work."""
    pool = cast(Pool, Pulje(proces, verden.database))
    kilde = Laeser(proces, verden.sandhed, verden.uro)
    quick = {"beat_every": timedelta(seconds=4), "missed_after": timedelta(seconds=15)}
    while True:
        try:
            async with leader.hold(pool, ORG, proces.navn, **quick) as leder:
                verden.spor(f"{proces.navn} leads, epoch {leder.epoch}")
                ours = Worker(pool, kilde, leder, REGLER, timedelta(seconds=20), chance=verden.uro.tilfaeldig.random)
                if verden.database.tables.kontekst[CVR]["tilstand"] == "BOOTSTRAP":
                    await bootstrap.run(pool, kilde, leder, clock=verden.ur, sidelaengde=2, batch=2, worker=ours)
                async with asyncio.TaskGroup() as tasks:
                    tasks.create_task(Gang(pool, kilde, leder, verden.ur, RYTME).run())
                    tasks.create_task(worker.run(ours, "", clock=verden.ur, poll_s=30.0))
        except* (Afloest, Unavailable) as errors:
            verden.spor(f"{proces.navn} waits: {', '.join(map(str, errors.exceptions))}")
        await asyncio.sleep(1.0)


async def _afstem(verden: Verden, running: "list[asyncio.Task[None]]") -> None:
    """Ask for a comparison with the source, and wait for its end."""
    async with Pulje(Proces("operator", verden.uro), verden.database).transaction() as tx:
        await afstemning.begynd(cast(Connection, tx), ORG, EKSPORT, verden.ur(), straks=True)
    await _indtil(verden, running, lambda t: all(row["finished_at"] for row in t.afstemning.values()))

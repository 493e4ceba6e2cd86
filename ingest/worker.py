"""Claim, read back, apply, settle, until told to stop. One worker per municipality, under its leader's epoch.

Owns the rhythm: what is claimed together, what is read at the same time, when to look again. Refuses to decide what
becomes of an object (`beslut`) and how it is stored (`model.projection.apply`).
"""

import asyncio
import logging
import math
import random
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final, TypeAlias, TypeVar

from fkorg.catalogue import Objekttype
from fkorg.errors import Unavailable
from fkorg.failpoint import failpoint
from fkorg.registrering import Objekt
from fkorg.tasks import cancelled
from ingest import glemsel, kalender, laes, refresh, relateret
from ingest.beslut import Regler
from ingest.kilde import Kilde
from ingest.refresh import LaestKrav, Resultat
from model import dirty
from model import pool as pools
from model.dirty import Krav
from model.leader import Afloest, Leder
from model.pool import Pool
from model.projection import kort
from model.projection.kort import Vandring

T = TypeVar("T")
_Laesning: TypeAlias = "asyncio.Task[list[LaestKrav]]"
LOG: Final = logging.getLogger(__name__)
POLL_S: Final = 1.0
"""How long a mark may stay unnoticed when its bell was missed."""
SAMTIDIGE: Final = 4
"""Reads at the same time, as the most used client has it (domain.md 7)."""
HVIL_S: Final = 0.25
"""Between two rounds in which the source answered nobody."""
BAGVED: Final = 3
"""So many of them at most are searches and reads that no message asked for: what was told of finds a place."""
UFULGTE: Final = 5_000
"""So many applied objects may wait to be asked about; while they do no more is claimed. They take memory alone: their
claims are prolonged."""
FORNYES: Final = 1 / 3
"""After so much of their lease."""
SAMMEN: Final = 500
"""Claims that are prolonged in one transaction: who marks them waits for it."""


@dataclass(slots=True)
class Worker:
    """What a worker needs. `lease`: how long claims are ours; `antal`: claims a round; `batch`: ids a `list`."""

    pool: Pool
    kilde: Kilde
    leder: Leder
    regler: Regler = field(default_factory=Regler)
    lease: timedelta = timedelta(seconds=60)
    antal: int = 500
    batch: int = 50
    chance: Callable[[], float] = random.random
    _kalender_set: float = field(default=-math.inf, init=False)
    """When the calendar was last looked at, by the loop's clock."""
    _tur: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(SAMTIDIGE), init=False)
    _bagved: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(BAGVED), init=False)
    klokke: asyncio.Event = field(default_factory=asyncio.Event, init=False)
    """Rung when something was marked."""
    _kort: Vandring | None = field(default=None, init=False)
    """Where the look for missing cards stands."""

    async def begynd(self, now: datetime) -> None:
        """We lead: the cards are ours; what an earlier leader had claimed is due now, its leases need not run out.

        Raises Afloest.
        """
        async with self.pool.transaction() as tx:
            await kort.overtag(tx, self.leder)
            await dirty.release(tx, self.leder.organisation, now)
        self._kort = Vandring(self.leder)

    async def once(self, now: datetime) -> Resultat:
        """One round and all that follows from it. An empty result: nothing was due.

        Raises Unavailable when the database is away, Afloest when somebody else leads.
        """
        async with _opfoelgning(self) as efter:
            return await self.runde(lambda: now, efter)

    async def runde(self, clock: Callable[[], datetime], efter: "_Opfoelgning") -> Resultat:
        """One round: what is due is claimed, read and applied. What hangs on it is asked for behind its back.

        What messages tell of while the rest is being read is claimed, read and applied before more of the rest.
        """
        await efter.plads(clock())
        ud = Resultat()
        async with (
            _samtidig([asyncio.create_task(self.klokke.wait())]) as ringing,
            _samtidig(await self._fortalte(clock())) as told,
            _samtidig(await self._resten(clock())) as rest,
        ):
            while told or rest:
                await asyncio.wait([*told, *rest, *(ringing if rest else ())], return_when=asyncio.FIRST_COMPLETED)
                if rest and self.klokke.is_set():
                    self.klokke.clear()
                    ringing[:] = [asyncio.create_task(self.klokke.wait())]
                    told += await self._fortalte(clock())
                for reads, some in ((told, len(told)), (rest, 1)):
                    if done := [read for read in reads if read.done()][:some]:
                        ud.add(await self._anvend(done, clock(), efter))
                        reads[:] = [read for read in reads if read not in done]
        return ud

    async def drain(self, now: datetime, *, rounds: int = 1000) -> Resultat:
        """Round after round until nothing is due at `now`."""
        ud = Resultat()
        for _ in range(rounds):
            one = await self.once(now)
            if not one.beslutninger:
                break
            ud.add(one)
        return ud

    async def se_kalender(self, now: datetime, *, efter_s: float) -> None:
        """Let effect dates pass, and forget who was made anonymous, if it is `efter_s` since that was last done.

        Raises Unavailable, Afloest.
        """
        if (at := asyncio.get_running_loop().time()) >= self._kalender_set + efter_s:
            await kalender.once(self.pool, self.leder, now)
            await glemsel.once(self.pool, self.leder, now)
            self._kalender_set = at

    async def fyld_kort(self, now: datetime) -> bool:
        """Make the next cards that are missing; False when none is. Raises Unavailable, Afloest."""
        if self._kort is None:
            return False
        async with self.pool.transaction() as tx:
            if await self._kort.videre(tx, now) is None:
                self._kort = None
        return self._kort is not None

    async def _fortalte(self, now: datetime) -> list[_Laesning]:
        """Claim what messages and writes told of, and begin to read it."""
        async with self.pool.connection() as connection:
            krav = await dirty.claim(connection, self.leder.organisation, now=now, lease=self.lease, count=self.antal)
        return await self._begynd(krav, nullcontext())

    async def _resten(self, now: datetime) -> list[_Laesning]:
        """The same of what nobody told of: what hangs on others, what is to be compared or confirmed."""
        organisation, lease = self.leder.organisation, self.lease
        async with self.pool.connection() as connection:
            count = SAMTIDIGE * self.batch
            krav = await dirty.claim(connection, organisation, now=now, lease=lease, count=count, resten=True)
            krav += await dirty.claim_confirm(connection, organisation, now=now, lease=lease, count=self.antal)
        return await self._begynd(krav, self._bagved)

    async def _begynd(self, krav: Sequence[Krav], plads: AbstractAsyncContextManager[None]) -> list[_Laesning]:
        if krav:
            await failpoint("worker.claimed")
        return [asyncio.create_task(self._laes(group, plads)) for group in _grupper(krav, self.batch)]

    async def _anvend(self, reads: Iterable[_Laesning], now: datetime, efter: "_Opfoelgning") -> Resultat:
        """Apply what was read. Of an object that was claimed again meanwhile the later claim stands."""
        await failpoint("worker.read")
        laest = {krav.objekt: (krav, hentet) for read in reads for krav, hentet in read.result()}
        ud = await refresh.anvend(self.pool, self.leder, [*laest.values()], self.regler, now, self.chance)
        efter.begynd(ud.holdt, now)
        return ud

    async def _laes(self, krav: list[Krav], plads: AbstractAsyncContextManager[None]) -> list[LaestKrav]:
        objekttype = krav[0].objekt.objekttype
        async with plads, self._tur:
            hentet = await laes.hent(self.kilde, objekttype, [one.objekt.uuid for one in krav], batch=self.batch)
            await laes.proev(self.kilde, self.leder.organisation, objekttype, hentet)
        return [(one, hentet) for one in krav]

    async def foelg(self, krav: Sequence[Krav], now: datetime) -> None:
        """Have read what the source says to hang on these, and let their claims go."""
        async with _samtidig(asyncio.create_task(self._funktioner(one.objekt)) for one in krav) as searches:
            ogsaa = [objekt for search in searches for objekt in await search]
        try:
            await refresh.fulgt(self.pool, krav, ogsaa, now)
        except Unavailable as error:
            LOG.warning("what was applied is read again when its lease is over: %s", error)

    async def forlaeng(self, krav: Sequence[Krav], now: datetime) -> None:
        """These claims do not end yet. A database that is away lets them end: what they are of is read again."""
        try:
            for start in range(0, len(krav), SAMMEN):
                async with self.pool.transaction() as tx:
                    await dirty.forlaeng(tx, krav[start : start + SAMMEN], now + self.lease)
        except Unavailable as error:
            LOG.warning("what was applied is read again when its lease is over: %s", error)

    async def _funktioner(self, objekt: Objekt) -> list[Objekt]:
        async with self._bagved, self._tur:
            return await relateret.funktioner(self.kilde, objekt)


@dataclass(slots=True)
class _Opfoelgning:
    """What is asked of the source behind the rounds' backs: what hangs on the objects that were applied."""

    worker: Worker
    _now: datetime = field(default=datetime.min, init=False)
    _venter: "OrderedDict[Objekt, Krav]" = field(default_factory=OrderedDict, init=False)
    """The latest claim of each: one that was marked again meanwhile is asked about once."""
    _i_gang: list[Krav] = field(default_factory=list, init=False)
    _fornyet: datetime = field(default=datetime.max.replace(tzinfo=UTC), init=False)
    """When the claims of all of them were prolonged last."""
    _task: "asyncio.Task[None] | None" = field(default=None, init=False)
    _videre: asyncio.Event = field(default_factory=asyncio.Event, init=False)

    def begynd(self, krav: Sequence[Krav], now: datetime) -> None:
        """Ask about these too."""
        self._venter |= {one.objekt: one for one in krav}
        self._now = now
        self._tag_imod()
        if self._venter and self._task is None:
            self._fornyet = now
            self._task = asyncio.create_task(self._run())

    async def plads(self, now: datetime) -> None:
        """Prolong the claims of who waits, and wait until no more than `UFULGTE` do. Raises what asking failed with."""
        self._tag_imod()
        if self._task is not None and now - self._fornyet >= FORNYES * self.worker.lease:
            self._fornyet = now
            await self.worker.forlaeng([*self._i_gang, *self._venter.values()], now)
        while self._task is not None and len(self._venter) > UFULGTE:
            self._videre.clear()
            await self._videre.wait()
            self._tag_imod()

    async def slut(self) -> None:
        """Wait until all is asked. Raises what asking failed with."""
        if self._task is not None:
            await asyncio.wait([self._task])
            self._tag_imod()

    async def afbryd(self) -> None:
        """Ask no more: the claims' lease runs out."""
        if self._task is not None:
            await cancelled(self._task)

    def _tag_imod(self) -> None:
        """What has ended is over; what it failed with is raised."""
        if self._task is not None and self._task.done():
            task, self._task = self._task, None
            task.result()

    async def _run(self) -> None:
        try:
            while self._venter:
                antal = min(self.worker.batch, len(self._venter))
                self._i_gang = [self._venter.popitem(last=False)[1] for _ in range(antal)]
                await self.worker.foelg(self._i_gang, self._now)
                self._videre.set()
        finally:
            self._i_gang = []
            self._videre.set()


@asynccontextmanager
async def _opfoelgning(worker: Worker) -> AsyncIterator[_Opfoelgning]:
    """Ended when the block ends; it does not go on when the block fails."""
    efter = _Opfoelgning(worker)
    try:
        yield efter
        await efter.slut()
    finally:
        await efter.afbryd()


async def run(
    worker: Worker,
    dsn: str,
    *,
    clock: Callable[[], datetime],
    efter: Callable[[Resultat], None] = lambda _: None,
    poll_s: float = POLL_S,
) -> None:
    """Work until cancelled. Wakes at the bell, when the next row is due, and each `poll_s` at the latest.

    `efter` gets each round's result. A database or source that is away is waited for. Raises Afloest.
    """
    while True:
        try:
            async with (
                pools.translated(),
                pools.listen(dsn, dirty.KANAL, worker.klokke.set) as listening,
                _opfoelgning(worker) as opfoelgning,
            ):
                await worker.begynd(clock())
                while not listening.is_closed():
                    await _work(worker, opfoelgning, clock, efter, poll_s)
                raise Unavailable("the connection that hears the bell is lost")
        except Afloest:
            raise
        except Unavailable as error:
            LOG.warning("the database is away, trying again: %s", error)
            await asyncio.sleep(poll_s)


async def _work(
    worker: Worker,
    opfoelgning: _Opfoelgning,
    clock: Callable[[], datetime],
    efter: Callable[[Resultat], None],
    poll_s: float,
) -> None:
    """One round, or when nothing is due some cards, or a wait for more; the calendar when nothing is due, and each
    `poll_s` else."""
    worker.klokke.clear()
    ud = await worker.runde(clock, opfoelgning)
    if ud.beslutninger:
        efter(ud)
        if not ud.svarede:  # messages that come in make all of it due at once again, which would leave them no room
            await asyncio.sleep(HVIL_S)
    await worker.se_kalender(clock(), efter_s=poll_s if ud.beslutninger else 0.0)
    if ud.beslutninger or await worker.fyld_kort(clock()):
        return
    async with worker.pool.connection() as connection:
        due = await dirty.next_due(connection, worker.leder.organisation)
    wait = poll_s if due is None else min(poll_s, max(0.0, (due - clock()).total_seconds()))
    with suppress(TimeoutError):
        async with asyncio.timeout(wait):
            await worker.klokke.wait()


@asynccontextmanager
async def _samtidig(tasks: "Iterable[asyncio.Task[T]]") -> AsyncIterator["list[asyncio.Task[T]]"]:
    """These, and what is added to them: none goes on when the block ends."""
    under_way = [*tasks]
    try:
        yield under_way
    finally:
        await cancelled(*under_way)


def _grupper(krav: Sequence[Krav], batch: int) -> list[list[Krav]]:
    """Claims that can be read by one call: of one type, at most a batch; those of callers who wait first."""
    by_type: dict[tuple[Objekttype, bool], list[Krav]] = {}
    for one in sorted(krav, key=lambda k: (k.aarsag != "MUTATION", k.bekraefter)):
        by_type.setdefault((one.objekt.objekttype, one.bekraefter), []).append(one)
    return [group[start : start + batch] for group in by_type.values() for start in range(0, len(group), batch)]

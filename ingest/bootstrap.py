"""The first fill, and every later walk through the export: page by page, resumable, through the same apply.

Owns the order of a walk and its brake. Refuses to decide which version of an object wins: the guard does. Absence
never deletes: what was not met becomes dirty and is decided by a point read. Source: ingest.md 5, domain.md 7.
"""

import logging
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

from fkorg.catalogue import Objekttype
from fkorg.errors import Unavailable
from fkorg.failpoint import failpoint
from fkorg.operationer import HIERARKITYPER, SoegVirkning
from fkorg.registrering import Objekt, Oejebliksbillede
from fkorg.tid import ALTID_NS, UENDELIG_NS
from ingest import laes, side
from ingest.forud import forud
from ingest.kilde import Kilde
from ingest.laes import Hentet
from ingest.refresh import Resultat
from ingest.sammenlign import for_mange
from ingest.side import Generationer
from ingest.worker import Worker
from model import dirty, feed_state, snapshot, vedligehold
from model.leader import Leder
from model.pool import Connection, Pool
from model.projection import apply, foelger, kort
from model.projection.kort import Vandring
from model.projection.vaern import Udfald
from model.snapshot import Run

LOG: Final = logging.getLogger(__name__)
SIDE: Final = 500
"""The page that the export allows (domain.md 7)."""
HULLER: Final = (
    Objekttype.ORGANISATION_FUNKTION,
    Objekttype.IT_SYSTEM,
    Objekttype.VIRKSOMHED,
    Objekttype.MYNDIGHED,
    Objekttype.PERSON,
    Objekttype.ADRESSE,
)
"""What the export leaves out, or may have: found as references, read by `list`."""
TOEMNING: Final = "TOEMNING"
"""The last phase: what was not met is marked, what is dirty is being drained."""
FAA: Final = 0.05
"""So small a part of what was applied changes no plan."""
ALT: Final = SoegVirkning(ALTID_NS, UENDELIG_NS)
_NUL: Final = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Fremdrift:
    """How far it is: for the progress bar. `fase` is HIERARKI, one of the types of HULLER, or AFSLUT."""

    fase: str
    objekter: int
    """Objects read in this run."""


@dataclass(slots=True)
class Fyldning:
    """What a walk came to."""

    objekter: int = 0
    anvendt: int = 0
    fravaerende: int = 0
    bremset: bool = False
    uden_registrering: int = 0
    resultat: Resultat = field(default_factory=Resultat)


async def run(
    pool: Pool,
    kilde: Kilde,
    leder: Leder,
    *,
    clock: Callable[[], datetime],
    fremdrift: Callable[[Fremdrift], None] = lambda _: None,
    sidelaengde: int = SIDE,
    batch: int = laes.STOERST,
    worker: Worker | None = None,
) -> Fyldning:
    """Walk through the export of the leader's municipality, from where an earlier walk was cut short.

    The municipality is among those served already (`kommune.find`). `worker` drains what is dirty at the end; the
    municipality is KLAR when a first fill has ended so. Raises Unavailable, Afloest: call again, it goes on.
    """
    gang = _Gang(pool, kilde, leder, clock, fremdrift, sidelaengde, batch)
    run_, foerste = await gang.begynd()
    run_ = await gang.hierarki(run_)
    run_ = await gang.huller(run_)
    await gang.afslut(run_, foerste, worker or Worker(pool, kilde, leder))
    return gang.ud


@dataclass(slots=True)
class _Gang:
    """One walk: its arguments, and what it has come to."""

    pool: Pool
    kilde: Kilde
    leder: Leder
    clock: Callable[[], datetime]
    fremdrift: Callable[[Fremdrift], None]
    sidelaengde: int
    batch: int
    ud: Fyldning = field(default_factory=Fyldning)
    foerste: bool = True
    _talte: int | None = field(default=None, init=False)
    """How many had been applied when statistics were made last."""

    async def begynd(self) -> tuple[Run, bool]:
        """The run that was cut short, or a new one; and whether it is the first fill."""
        async with self.pool.transaction() as tx:
            kontekster = await snapshot.kontekster(tx)
            self.foerste = any(
                k.organisation == self.leder.organisation and k.tilstand == "BOOTSTRAP" for k in kontekster
            )
            found = await snapshot.resume(tx, self.leder.organisation)
            run_ = found or await snapshot.begin(tx, self.leder.organisation, "HIERARKI", self.clock())
            return run_, self.foerste

    async def hierarki(self, run_: Run) -> Run:
        """All pages of the export, until one is empty in every list. The next is read while one is applied."""
        if run_.phase != "HIERARKI":
            return run_
        async with aclosing(forud(self._sider(run_))) as sider:
            async for naeste, generationer, billeder in sider:
                await failpoint("bootstrap.page_read")
                async with self.pool.transaction() as tx:
                    await self._anvend(tx, run_, billeder, generationer)
                    run_ = await snapshot.step(tx, run_, "HIERARKI", {"fra": naeste})
                    await failpoint("bootstrap.page_applied")
                await failpoint("bootstrap.page_committed")
                self._sig("HIERARKI", len(billeder))
        async with self.pool.transaction() as tx:
            if self.foerste:
                await foelger.genopbyg(tx, await apply.kontekst_af(tx, self.leder.organisation), self.clock())
            return await snapshot.step(tx, run_, HULLER[0].value, {})

    async def huller(self, run_: Run) -> Run:
        """What others point at and nobody has sent."""
        phases = [objekttype.value for objekttype in HULLER]
        for objekttype in HULLER:
            if run_.phase not in phases or phases.index(run_.phase) > HULLER.index(objekttype):
                continue
            await self._analyser()
            async with aclosing(forud(self._manglende(run_, objekttype))) as portioner:
                async for efter, generationer, hentet in portioner:
                    billeder = [(objekttype, uuid, reg) for uuid, reg in hentet.fundet.items() if reg is not None]
                    async with self.pool.transaction() as tx:
                        fundne = [(objekttype, Oejebliksbillede(uuid, (reg,))) for objekttype, uuid, reg in billeder]
                        await self._anvend(tx, run_, fundne, generationer)
                        await self._fejlede(tx, objekttype, hentet)
                        run_ = await snapshot.step(tx, run_, objekttype.value, {"efter": str(efter)})
                        await failpoint("bootstrap.gap_applied")
                    self._sig(objekttype.value, len(billeder))
            after = phases[phases.index(objekttype.value) + 1 :]
            async with self.pool.transaction() as tx:
                run_ = await snapshot.step(tx, run_, after[0] if after else "AFSLUT", {})
        return run_

    async def afslut(self, run_: Run, foerste: bool, worker: Worker) -> None:
        """Decide on what was not met, drain what is dirty, and be ready."""
        if run_.phase != TOEMNING:
            run_ = await self._usete(run_)
        await failpoint("bootstrap.finished")
        self.ud.bremset = run_.page_token["bremset"]
        self.ud.resultat.add(await worker.drain(self.clock()))
        await failpoint("bootstrap.drained")
        await self._kort()
        async with self.pool.transaction() as tx:
            await snapshot.finish(tx, run_, "BRAKED" if self.ud.bremset else "DONE", self.clock())
            if foerste:
                await snapshot.set_tilstand(tx, self.leder.organisation, "KLAR")

    async def _kort(self) -> None:
        """The cards that are missing."""
        async with self.pool.transaction() as tx:
            await kort.overtag(tx, self.leder)
        vandring, flere = Vandring(self.leder, antal=1000), True
        while flere:
            async with self.pool.transaction() as tx:
                flere = await vandring.videre(tx, self.clock()) is not None
            self._sig("KORT", 0)

    async def _analyser(self) -> None:
        """Statistics anew, unless few were filled in since the last time: they cost as much as twenty pages."""
        if self._talte is None or self.ud.anvendt - self._talte > FAA * self.ud.anvendt:
            await vedligehold.analyser(self.pool)
            self._talte = self.ud.anvendt

    async def _usete(self, run_: Run) -> Run:
        """What the walk has not met is read alone, unless it is too much to believe."""
        await self._analyser()
        async with self.pool.transaction() as tx:
            unseen, live = await snapshot.unseen(tx, run_, HIERARKITYPER)
            self.ud.fravaerende = len(unseen)
            bremset = for_mange(len(unseen), live)
            if bremset:
                LOG.error("the export lacks %s of %s live objects: nothing is touched", len(unseen), live)
            else:
                objekter = [(Objekt(self.leder.organisation, *key), dirty.UANSET) for key in unseen]
                await dirty.mark_many(tx, objekter, aarsag="AFSTEMNING", now=self.clock())
            run_ = await snapshot.step(tx, run_, TOEMNING, {"bremset": bremset})
            await feed_state.source(tx, self.leder.organisation, self.clock(), ok=True)
        self._sig("AFSLUT", 0)
        return run_

    async def _sider(
        self, run_: Run
    ) -> AsyncGenerator[tuple[int, Generationer, list[tuple[Objekttype, Oejebliksbillede]]]]:
        fra = int(run_.page_token.get("fra", 0))
        while True:
            generationer = await side.generationer(self.pool, self.leder.organisation)
            async with aclosing(self.kilde.hierarki(fra, self.sidelaengde, virkning=ALT)) as page:
                billeder = [pair async for pair in page]
            if not billeder:
                return
            fra += self.sidelaengde
            yield fra, generationer, billeder

    async def _manglende(self, run_: Run, objekttype: Objekttype) -> AsyncGenerator[tuple[UUID, Generationer, Hentet]]:
        token = run_.page_token.get("efter") if run_.phase == objekttype.value else None
        efter = _NUL if token is None else UUID(token)
        while True:
            async with self.pool.connection() as connection:
                uuids = await snapshot.manglende(connection, self.leder.organisation, objekttype, efter, self.batch)
            if not uuids:
                return
            efter = uuids[-1]
            generationer = await side.generationer(self.pool, self.leder.organisation)
            hentet = await laes.hent(self.kilde, objekttype, uuids, batch=self.batch)
            await laes.proev(self.kilde, self.leder.organisation, objekttype, hentet)
            if not hentet.svarede():
                why = next(iter(hentet.fejl.values()))
                raise Unavailable(f"the source does not answer for {objekttype}: {why}") from why
            yield efter, generationer, hentet

    async def _anvend(
        self,
        tx: Connection,
        run_: Run,
        billeder: list[tuple[Objekttype, Oejebliksbillede]],
        generationer: Generationer,
    ) -> None:
        """One page in its transaction."""
        anvendt = await side.anvend(
            tx, self.leder, billeder, generationer, "BOOTSTRAP", self.clock(), mange=self.foerste
        )
        if not self.foerste:
            await snapshot.seen(tx, run_, [(t, b.uuid, _reg_ns(b)) for t, b in billeder])
        self.ud.uden_registrering += sum(billede.nyeste is None for _, billede in billeder)
        self.ud.anvendt += sum(udfald is Udfald.NY for udfald in anvendt.udfald.values())
        self.ud.resultat.afvigelser += anvendt.afvigelser

    async def _fejlede(self, tx: Connection, objekttype: Objekttype, hentet: Hentet) -> None:
        """What could not be read in its batch is read alone, later."""
        objekter = [(Objekt(self.leder.organisation, objekttype, uuid), dirty.UANSET) for uuid in hentet.fejl]
        await dirty.mark_many(tx, objekter, aarsag="BOOTSTRAP", now=self.clock())

    def _sig(self, fase: str, objekter: int) -> None:
        self.ud.objekter += objekter
        self.fremdrift(Fremdrift(fase, self.ud.objekter))


def _reg_ns(billede: Oejebliksbillede) -> int | None:
    return None if billede.nyeste is None else billede.nyeste.tidspunkt_ns

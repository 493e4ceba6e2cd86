"""Everything compared with the source, page by page, resumable: what differs is read back by the one path.

Owns the order of a comparison, its pace and its brake. Refuses to name differences (`sammenlign`) and to put anything
right. An object that is marked while its page is read is passed by: it is read anyway. Source: ingest.md 6.
"""

import asyncio
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from fkorg.catalogue import Objekttype
from fkorg.errors import FkorgError, Unavailable
from fkorg.failpoint import failpoint
from fkorg.operationer import HIERARKITYPER
from fkorg.registrering import Objekt, Registrering
from ingest import kommune, laes, side
from ingest.bootstrap import ALT, HULLER, SIDE
from ingest.kilde import Kilde
from ingest.sammenlign import BEKRAEFTES, Forskel, Set, for_mange, sammenlign
from ingest.side import Generationer
from model import afstemning, anonymisering, dirty, leader, snapshot, state
from model.afstemning import EKSPORT, Afstemning, Noegle, Rapport
from model.indhold import indhold
from model.leader import Afloest, Leder
from model.pool import Connection, Pool
from model.projection import apply
from model.projection.kort import Vandring

LOG: Final = logging.getLogger(__name__)
FASER: Final = (
    EKSPORT,
    *(f"LISTE:{objekttype.value}" for objekttype in Objekttype),
    *(f"HULLER:{objekttype.value}" for objekttype in HULLER),
    "KORT",
    "RETTER",
)
"""The export's pages; what is stored and was not met there; what is pointed at and not stored; our own cards, with the
tables; the putting right."""
_NUL: Final = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Rytme:
    """`hver`: how often everything is compared. `side` and `batch`: objects in a page of the export, in a `list`."""

    hver: timedelta = timedelta(hours=24)
    side: int = SIDE
    batch: int = laes.STOERST
    bundfaeldning: timedelta = dirty.BUNDFAELDNING
    kig: float = 1.0
    """Seconds between two looks at whether somebody asks, or whether all is put right."""

    def pause(self, levende: int) -> float:
        """Seconds between two pages of a comparison that has all its time; some is left for what goes slowly."""
        return 0.8 * self.hver.total_seconds() / (levende // min(self.side, self.batch) + len(FASER))


@dataclass(frozen=True, slots=True)
class Portion:
    """What the source showed (None: nothing), when it was asked, the marks that stood then, where to go on."""

    token: dict[str, Any]
    spurgt: datetime
    foer: Generationer
    fundet: dict[Noegle, Registrering | None]


@dataclass(frozen=True, slots=True)
class Gang:
    """What a comparison needs. `fremdrift` is told each phase and how many objects a page of it held."""

    pool: Pool
    kilde: Kilde
    leder: Leder
    clock: Callable[[], datetime]
    rytme: Rytme = field(default_factory=Rytme)
    fremdrift: Callable[[str, int], None] = lambda *_: None
    sov: Callable[[float], Awaitable[None]] = asyncio.sleep

    async def once(self, *, straks: bool = True) -> Rapport:
        """One comparison, from where an earlier one was cut short. A worker must run, to put right what it finds.

        Raises the five errors, Afloest: call again, it goes on.
        """
        async with self.pool.transaction() as tx:
            await leader.check(tx, self.leder)
            await kommune.genlaes(tx, self.leder.organisation, self.clock())
            await afstemning.begynd(tx, self.leder.organisation, EKSPORT, self.clock(), straks=straks)
            levende = await afstemning.levende(tx, self.leder.organisation, tuple(Objekttype))
        while (en := await self._aaben()).phase != FASER[-1]:
            if await self._fase(en, levende):
                async with self.pool.transaction() as tx:
                    await leader.check(tx, self.leder)
                    await afstemning.skridt(tx, en, FASER[FASER.index(en.phase) + 1], {}, 0)
        return await self._ret(en)

    async def _fase(self, en: Afstemning, levende: int) -> bool:
        """One phase; False when the comparison has given way to another meanwhile."""
        if en.phase == "KORT":
            return await self._kort(en, levende)
        async with aclosing(self._portioner(en)) as portioner:
            async for portion in portioner:
                async with self.pool.transaction() as tx:
                    await leader.check(tx, self.leder)
                    await self._sammenlign(tx, en, portion)
                    await afstemning.skridt(tx, en, en.phase, portion.token, len(portion.fundet))
                    await failpoint("compare.page_compared")
                await failpoint("compare.page_committed")
                self.fremdrift(en.phase, len(portion.fundet))
                if not await self._pause(en, levende):
                    return False
        return True

    async def _kort(self, en: Afstemning, levende: int) -> bool:
        """The cards, page by page; from the first again when it was cut short."""
        vandring = Vandring(self.leder)
        while True:
            async with self.pool.transaction() as tx:
                forkerte = await vandring.videre(tx, self.clock(), alle=True)
                if forkerte is None:
                    return True
                if forkerte:
                    await afstemning.forkerte_kort(tx, en, forkerte)
            if not await self._pause(en, levende):
                return False

    async def run(self) -> None:
        """Compare again and again until cancelled, and at once when somebody asks for it. A source or database that
        is away, or a source that refuses us or breaks its contract, is asked again. Raises Afloest."""
        while True:
            try:
                if await self._er_tid():
                    _meld(await self.once(straks=False))
            except Afloest:
                raise
            except FkorgError as error:
                LOG.warning("the comparison with the source waits: %s", error)
            await self.sov(self.rytme.kig)

    async def _er_tid(self) -> bool:
        async with self.pool.connection() as connection:
            if await afstemning.aaben(connection, self.leder.organisation) is not None:
                return True
            seneste = await afstemning.rapport(connection, self.leder.organisation)
        return seneste is None or self.clock() - seneste.startet >= self.rytme.hver

    async def _aaben(self) -> Afstemning:
        async with self.pool.connection() as connection:
            en = await afstemning.aaben(connection, self.leder.organisation)
        if en is None:
            raise Afloest("the comparison was ended by another leader")
        return en

    async def _pause(self, en: Afstemning, levende: int) -> bool:
        """Between two pages, unless somebody waits for the outcome. False: it has given way to another."""
        left = self.rytme.pause(levende)
        while (nu := await self._aaben()).id == en.id:
            if nu.straks or left <= 0:
                return True
            await self.sov(min(left, self.rytme.kig))
            left -= self.rytme.kig
        return False

    async def _portioner(self, en: Afstemning) -> AsyncGenerator[Portion]:
        """What is to be compared in the phase."""
        art, _, navn = en.phase.partition(":")
        if art == EKSPORT:
            portioner = self._eksport(en)
        elif art == "LISTE" and navn in HIERARKITYPER and await self._bremset(en, Objekttype(navn)):
            return
        else:
            portioner = self._ved_list(en, Objekttype(navn), self._uset if art == "LISTE" else self._manglende)
        async with aclosing(portioner):
            async for portion in portioner:
                yield portion

    async def _eksport(self, en: Afstemning) -> AsyncGenerator[Portion]:
        fra = int(en.page_token.get("fra", 0))
        while True:
            spurgt, foer = self.clock(), await side.generationer(self.pool, self.leder.organisation)
            async with aclosing(self.kilde.hierarki(fra, self.rytme.side, virkning=ALT)) as page:
                fundet = {(objekttype, billede.uuid): billede.nyeste async for objekttype, billede in page}
            if not fundet:
                return
            fra += self.rytme.side
            yield Portion({"fra": fra}, spurgt, foer, {k: reg for k, reg in fundet.items() if reg is not None})

    async def _ved_list(
        self,
        en: Afstemning,
        objekttype: Objekttype,
        naeste: Callable[[Afstemning, Objekttype, UUID], Awaitable[list[UUID]]],
    ) -> AsyncGenerator[Portion]:
        efter = UUID(en.page_token["efter"]) if en.page_token else _NUL
        while uuids := await naeste(en, objekttype, efter):
            efter = uuids[-1]
            spurgt, foer = self.clock(), await side.generationer(self.pool, self.leder.organisation)
            hentet = await laes.hent(self.kilde, objekttype, uuids, batch=self.rytme.batch)
            await laes.proev(self.kilde, self.leder.organisation, objekttype, hentet)
            if not hentet.svarede():
                why = next(iter(hentet.fejl.values()))
                raise Unavailable(f"the source does not answer for {objekttype}: {why}") from why
            fundet = {(objekttype, uuid): reg for uuid, reg in hentet.fundet.items()}
            yield Portion({"efter": str(efter)}, spurgt, foer, fundet)

    async def _uset(self, en: Afstemning, objekttype: Objekttype, efter: UUID) -> list[UUID]:
        async with self.pool.connection() as connection:
            return await afstemning.uset(connection, en, objekttype, efter, self.rytme.batch)

    async def _manglende(self, en: Afstemning, objekttype: Objekttype, efter: UUID) -> list[UUID]:
        async with self.pool.connection() as connection:
            return await snapshot.manglende(connection, en.organisation, objekttype, efter, self.rytme.batch)

    async def _bremset(self, en: Afstemning, objekttype: Objekttype) -> bool:
        """Does the export lack more than can be believed?"""
        async with self.pool.transaction() as tx:
            uset = await afstemning.antal_uset(tx, en, objekttype)
            return await self._brems(tx, en, uset)

    async def _brems(self, tx: Connection, en: Afstemning, fravaerende: int) -> bool:
        levende = await afstemning.levende(tx, en.organisation, tuple(Objekttype))
        if not for_mange(fravaerende, levende):
            return False
        LOG.error("the source lacks %s of %s live objects: nothing is touched", fravaerende, levende)
        await afstemning.brems(tx, en, fravaerende)
        return True

    async def _sammenlign(self, tx: Connection, en: Afstemning, portion: Portion) -> None:
        """One page in its transaction: what agrees is verified, what differs is noted and read back."""
        nu = await dirty.generations(tx, en.organisation)
        umaerkede = [noegle for noegle in portion.fundet if noegle not in nu and noegle not in portion.foer]
        lagrede, senere = await afstemning.lagrede(tx, en.organisation, umaerkede, portion.spurgt)
        secret = await state.secret(tx)
        fundet = ((objekttype, uuid, portion.fundet[objekttype, uuid]) for objekttype, uuid in umaerkede)
        anonyme = await anonymisering.uden_personer(tx, en.organisation, fundet)
        vist = portion.fundet | anonyme
        forskelle = {
            noegle: sammenlign(lagrede.get(noegle), _set(vist[noegle], secret))
            for noegle in umaerkede
            if noegle not in senere
        }
        ens = [noegle for noegle, forskel in forskelle.items() if forskel is None and noegle in lagrede]
        await apply.verificeret(tx, en.organisation, ens, self.clock())
        found = {noegle: forskel for noegle, forskel in forskelle.items() if forskel is not None}
        ekstra = sum(forskel is Forskel.EKSTRA for forskel in found.values())
        if ekstra and await self._brems(tx, en, ekstra + await afstemning.antal_ekstra(tx, en)):
            found = {noegle: forskel for noegle, forskel in found.items() if forskel is not Forskel.EKSTRA}
        await afstemning.noter(tx, en, [(noegle, forskel.value) for noegle, forskel in found.items()])
        await self._laes_igen(tx, en, found)

    async def _laes_igen(self, tx: Connection, en: Afstemning, found: dict[Noegle, Forskel]) -> None:
        """After the settle time, so that a message that is under way comes first."""
        now = self.clock()
        due_at = now + self.rytme.bundfaeldning
        wanted = []
        for noegle, forskel in found.items():
            objekt = Objekt(en.organisation, *noegle)
            if forskel in BEKRAEFTES:
                await dirty.confirm(tx, objekt, due_at)
            else:
                wanted.append((objekt, dirty.UANSET))
        await dirty.mark_many(tx, wanted, aarsag="AFSTEMNING", now=now, due_at=due_at, bundfaeldning=None)

    async def _ret(self, en: Afstemning) -> Rapport:
        """Wait for the worker to put right what was found."""
        while True:
            async with self.pool.transaction() as tx:
                await leader.check(tx, self.leder)
                if not await afstemning.udestaaende(tx, en):
                    await failpoint("compare.repaired")
                    await afstemning.afslut(tx, en, self.clock())
                    break
            await self.sov(self.rytme.kig)
        async with self.pool.connection() as connection:
            rapport = await afstemning.rapport(connection, en.organisation, en.id)
        assert rapport is not None
        return rapport


def _set(registrering: Registrering | None, secret: bytes) -> Set | None:
    if registrering is None:
        return None
    return Set(registrering.tidspunkt_ns, indhold(registrering, secret).hash, registrering.livscyklus.levende)


def _meld(rapport: Rapport) -> None:
    LOG.info("compared with the source: %s objects, %s put right", rapport.skannet, rapport.rettet)
    if rapport.tabt_besked:
        LOG.error("messages were lost: no message told of %s changes of units and users", len(rapport.tabt_besked))
    if rapport.kort:
        LOG.error("%s cards did not say what the tables say, and were made anew: a fault of ours", rapport.kort)

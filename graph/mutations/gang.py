"""One mutation under way: it reads the source, sends what has to change, and remembers what it did.

Owns the order read, compare, send, and what is remembered of each step. Refuses to know inputs, locks and answers.
"""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from fkorg import ret, tid
from fkorg.catalogue import KATALOG, Objekttype
from fkorg.errors import Conflict, NotFound, Uncertain
from fkorg.forskelle import Forskel, forskelle
from fkorg.kvittering import Kvittering
from fkorg.registrering import (
    UDEN_TIDSPUNKT_NS,
    Ansvar,
    Lister,
    Livscyklus,
    Reference,
    Registrering,
)
from fkorg.ret import Skridt
from graph.mutations.fejl import konflikt, ugyldig
from graph.mutations.kontekst import Kilde
from graph.types.scalars import Tidspunkt

INGENTING = Registrering(UDEN_TIDSPUNKT_NS, Livscyklus.OPSTAAET)
"""What a new object is before it says anything."""
UKENDT = UUID(int=0)
"""The uuid of an object that a dry run would have made."""


@dataclass(frozen=True, slots=True)
class Roert:
    """An object that was written, or found as wanted: the model shows it when it has reached `want_ns`."""

    objekttype: Objekttype
    uuid: UUID
    want_ns: int
    sendt: bool = True


@dataclass(frozen=True, slots=True)
class Maal:
    """What a run was about: the payload's object, and the membership that a task made."""

    uuid: UUID | None
    medlemskab: UUID | None = None


@dataclass(slots=True)
class Gang:
    """One run. `laas`: takes the turn of one more object; `kvitteringer` has None for a step with nothing to send."""

    kilde: Kilde
    organisation: UUID
    now: datetime
    laas: Callable[[UUID], Awaitable[None]]
    note: str | None = None
    proeve: bool = False
    forventet: Tidspunkt | None = None
    kvitteringer: list[Kvittering | None] = field(default_factory=list)
    forskelle: list[tuple[Objekttype, Forskel]] = field(default_factory=list)
    roert: list[Roert] = field(default_factory=list)

    @property
    def now_ns(self) -> int:
        """The moment of the run."""
        return tid.from_datetime(self.now)

    @property
    def ansvar(self) -> Ansvar:
        """Who answers for what we write: the municipality. Source: domain.md 4.1, AktoerRef."""
        return Ansvar(Reference(str(self.organisation)), "Organisation")

    # ---- reading

    async def laes(self, objekttype: Objekttype, uuid: UUID) -> Registrering:
        """The newest registration at the source. Raises NotFound, also when there is none."""
        try:
            nyeste = (await self.kilde.laes(objekttype, uuid)).nyeste
        except NotFound as cause:
            raise NotFound(f"there is no {KATALOG[objekttype].navn} {uuid} in this municipality") from cause
        if nyeste is None:
            raise NotFound(f"{KATALOG[objekttype].navn} {uuid} has no registration at the source")
        return nyeste

    async def maaske(self, objekttype: Objekttype, uuid: UUID) -> Registrering | None:
        """The newest registration at the source; None when there is none."""
        try:
            return await self.laes(objekttype, uuid)
        except NotFound:
            return None

    async def laes_maal(self, objekttype: Objekttype, uuid: UUID) -> Registrering:
        """The object that is to change, not recorded after what the caller expects. Raises NotFound, Skrivefejl."""
        registrering = await self.laes(objekttype, uuid)
        if self.forventet is not None and registrering.tidspunkt_ns > self.forventet.sidste_ns:
            raise konflikt("the object was recorded after forventetRegistrering: read it again and decide anew")
        return registrering

    async def laes_levende(self, objekttype: Objekttype, uuid: UUID) -> Registrering:
        """As `laes_maal`, and alive: a task does nothing for what is gone."""
        registrering = await self.laes_maal(objekttype, uuid)
        self._levende(objekttype, registrering)
        return registrering

    async def findes(self, objekttype: Objekttype, uuid: UUID, argument: str) -> Registrering:
        """An object that is to be pointed at: it must be alive. Raises Skrivefejl, which names the argument."""
        registrering = await self.maaske(objekttype, uuid)
        if registrering is None:
            raise ugyldig(argument, f"there is no such {KATALOG[objekttype].navn} in this municipality")
        if not registrering.livscyklus.levende:
            raise ugyldig(argument, f"that {KATALOG[objekttype].navn} is {registrering.livscyklus.value}")
        return registrering

    # ---- writing

    async def opret(self, objekttype: Objekttype, skridt: Iterable[Skridt]) -> UUID:
        """A new object; the source gives the uuid."""
        lister = self._ny(objekttype, skridt)
        if self.proeve:
            self.kvitteringer.append(None)
            self.roert.append(Roert(objekttype, UKENDT, 0, sendt=False))
            return UKENDT
        uuid, kvittering = await self.kilde.opret(objekttype, lister, self.note)
        self._sendt(kvittering, Roert(objekttype, uuid, 1))
        return uuid

    async def importer(
        self, objekttype: Objekttype, uuid: UUID, tidspunkt: Tidspunkt | None, skridt: Iterable[Skridt]
    ) -> None:
        """A new object under the caller's uuid and registration time; what is passive or deleted is revived."""
        lister = self._ny(objekttype, skridt)
        registrering = Registrering(
            tidspunkt.ns if tidspunkt else UDEN_TIDSPUNKT_NS,
            Livscyklus.IMPORTERET,
            lister.egenskaber or (),
            lister.tilstande or (),
            lister.relationer or (),
            bruger=self.ansvar.aktoer,
            note=self.note,
        )
        foer = await self.maaske(objekttype, uuid)
        want_ns = tidspunkt.ns if tidspunkt else (foer.tidspunkt_ns + 1 if foer else 1)
        if self.proeve:
            self.kvitteringer.append(None)
            self.roert.append(Roert(objekttype, uuid, want_ns, sendt=False))
            return
        kvittering = await self.kilde.importer(objekttype, uuid, (registrering,))
        self._sendt(kvittering, Roert(objekttype, uuid, want_ns))

    async def ret(
        self, objekttype: Objekttype, uuid: UUID, registrering: Registrering, skridt: Sequence[Skridt]
    ) -> None:
        """Change an object from the registration just read; nothing is sent when it says all that already."""
        lister = ret.ret(registrering, skridt, self.now_ns, self.ansvar)
        if lister is None or self.proeve:
            self._levende(objekttype, registrering)
        if lister is None or self.proeve:
            self.kvitteringer.append(None)
            self.roert.append(Roert(objekttype, uuid, registrering.tidspunkt_ns, sendt=False))
        if lister is None:
            return
        self._forskel(objekttype, Lister.af(registrering), lister)
        if self.proeve:
            return
        try:
            kvittering = await self.kilde.ret(objekttype, uuid, lister, self.note)
        except (Uncertain, Conflict):
            self.roert.append(Roert(objekttype, uuid, registrering.tidspunkt_ns))
            raise
        self._sendt(kvittering, Roert(objekttype, uuid, registrering.tidspunkt_ns + 1))

    async def afslut_liv(self, objekttype: Objekttype, uuid: UUID, til: Livscyklus) -> None:
        """passiver or slet; nothing is sent when it is so already."""
        registrering = await self.laes_maal(objekttype, uuid)
        if registrering.livscyklus is til or self.proeve:
            self.kvitteringer.append(None)
            self.roert.append(Roert(objekttype, uuid, registrering.tidspunkt_ns, sendt=False))
        if registrering.livscyklus is til:
            return
        self.forskelle.append((objekttype, Forskel("livscyklus", registrering.livscyklus.value, til.value)))
        if self.proeve:
            return
        call = self.kilde.slet if til is Livscyklus.SLETTET else self.kilde.passiver
        try:
            kvittering = await call(objekttype, uuid, self.note)
        except (Uncertain, Conflict):
            self.roert.append(Roert(objekttype, uuid, registrering.tidspunkt_ns))
            raise
        self._sendt(kvittering, Roert(objekttype, uuid, registrering.tidspunkt_ns + 1))

    def _levende(self, objekttype: Objekttype, registrering: Registrering) -> None:
        if not registrering.livscyklus.levende:
            raise konflikt(f"{KATALOG[objekttype].navn} is {registrering.livscyklus.value}: only importer revives it")

    def _ny(self, objekttype: Objekttype, skridt: Iterable[Skridt]) -> Lister:
        lister = ret.ret(INGENTING, skridt, self.now_ns, self.ansvar) or Lister.af(INGENTING)
        self._forskel(objekttype, Lister(), lister)
        return lister

    def _forskel(self, objekttype: Objekttype, foer: Lister, efter: Lister) -> None:
        self.forskelle.extend((objekttype, forskel) for forskel in forskelle(foer, efter))

    def _sendt(self, kvittering: Kvittering, roert: Roert) -> None:
        self.kvitteringer.append(kvittering)
        self.roert.append(roert)

"""What a run reads at the source: never older than what we know, for the source may lag behind its own writes.

Owns when a reading is good enough to build on. Refuses to know what is to change.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from fkorg import tid
from fkorg.catalogue import KATALOG, Objekttype
from fkorg.errors import NotFound, Unavailable
from fkorg.registrering import Registrering
from graph.mutations.bog import Bog
from graph.mutations.eftersyn import SIDE
from graph.mutations.fejl import konflikt, ugyldig
from graph.mutations.kontekst import Kilde
from graph.mutations.taalmod import Taalmod
from graph.types.scalars import Tidspunkt

I_TVIVL: Final = "an earlier change of the object is still in doubt: try again in a minute"


@dataclass(slots=True, kw_only=True)
class Laesning:
    """`bog` is None in a dry run: it is content with what the source says. `forventet`: what the caller has seen."""

    kilde: Kilde
    organisation: UUID
    now: datetime
    bog: Bog | None = None
    forventet: Tidspunkt | None = None

    @property
    def now_ns(self) -> int:
        """The moment of the run."""
        return tid.from_datetime(self.now)

    async def laes(self, objekttype: Objekttype, uuid: UUID, *, til_ret: bool = False) -> Registrering:
        """The newest registration. Raises NotFound, also when there is none.

        One that is older than what is known is read again for a while. With `til_ret`, to build a change on, it raises
        Unavailable when the source still shows only older ones, or another write of the object is in doubt.
        """
        if self.bog is None:
            return await self._nyeste(objekttype, uuid)
        taalmod = Taalmod(self.bog.skrivere)
        while True:
            tvivl = til_ret and await self.bog.andres([uuid])
            kendt = (await self.bog.kendte(objekttype, [uuid]))[uuid]
            try:
                found = await self._nyeste(objekttype, uuid)
            except NotFound:
                if not kendt.findes or not await taalmod.pause():
                    raise
                continue
            if found.tidspunkt_ns >= kendt.ns and not tvivl:
                return found
            if not await taalmod.pause():
                break
        if not til_ret:
            return found
        if tvivl:
            raise Unavailable(I_TVIVL)
        raise Unavailable("the source still shows an older registration of the object than is known: try again later")

    async def laes_flere(self, objekttype: Objekttype, uuids: Sequence[UUID]) -> list[tuple[UUID, Registrering]]:
        """The newest registrations of those that have one."""
        found: dict[UUID, Registrering] = {}
        for start in range(0, len(uuids), SIDE):
            billeder = await self.kilde.list(objekttype, uuids[start : start + SIDE])
            found |= {billede.uuid: nyeste for billede in billeder if (nyeste := billede.nyeste) is not None}
        kendte = {} if self.bog is None else await self.bog.kendte(objekttype, uuids)
        for uuid, kendt in kendte.items():
            behind = kendt.findes if uuid not in found else found[uuid].tidspunkt_ns < kendt.ns
            if behind and (nyeste := await self.maaske(objekttype, uuid)) is not None:
                found[uuid] = nyeste
        return [(uuid, found[uuid]) for uuid in uuids if uuid in found]

    async def maaske(self, objekttype: Objekttype, uuid: UUID, *, til_ret: bool = False) -> Registrering | None:
        """As `laes`; None when there is none."""
        try:
            return await self.laes(objekttype, uuid, til_ret=til_ret)
        except NotFound:
            return None

    async def laes_maal(self, objekttype: Objekttype, uuid: UUID) -> Registrering:
        """The object that is to change, not recorded after what the caller expects. Raises NotFound, Skrivefejl."""
        registrering = await self.laes(objekttype, uuid, til_ret=True)
        if self.forventet is not None and registrering.tidspunkt_ns > self.forventet.sidste_ns:
            raise konflikt("the object was recorded after forventetRegistrering: read it again and decide anew")
        return registrering

    async def laes_levende(self, objekttype: Objekttype, uuid: UUID) -> Registrering:
        """As `laes_maal`, and alive: a task does nothing for what is gone."""
        registrering = await self.laes_maal(objekttype, uuid)
        levende(objekttype, registrering)
        return registrering

    async def findes(self, objekttype: Objekttype, uuid: UUID, argument: str) -> Registrering:
        """An object that is to be pointed at: it must be alive. Raises Skrivefejl, which names the argument."""
        registrering = await self.maaske(objekttype, uuid)
        if registrering is None:
            raise ugyldig(argument, f"there is no such {KATALOG[objekttype].navn} in this municipality")
        if not registrering.livscyklus.levende:
            raise ugyldig(argument, f"that {KATALOG[objekttype].navn} is {registrering.livscyklus.value}")
        return registrering

    async def _nyeste(self, objekttype: Objekttype, uuid: UUID) -> Registrering:
        try:
            nyeste = (await self.kilde.laes(objekttype, uuid)).nyeste
        except NotFound as cause:
            raise NotFound(f"there is no {KATALOG[objekttype].navn} {uuid} in this municipality") from cause
        if nyeste is None:
            raise NotFound(f"{KATALOG[objekttype].navn} {uuid} has no registration at the source")
        return nyeste


def levende(objekttype: Objekttype, registrering: Registrering) -> None:
    """Raises Skrivefejl for what is passive or deleted."""
    if not registrering.livscyklus.levende:
        raise konflikt(f"{KATALOG[objekttype].navn} is {registrering.livscyklus.value}: only importer revives it")

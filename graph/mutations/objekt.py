"""The five writes every object type has: opret, importer, ret, passiver, slet. Each type hands in what is its own."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar
from uuid import UUID

import strawberry

from fkorg.catalogue import Objekttype
from fkorg.registrering import Livscyklus, Registrering
from fkorg.ret import Afslut, SaetEnkelt, Skridt
from graph.mutations import periode, tekster
from graph.mutations.forloeb import Maal
from graph.mutations.gang import Gang
from graph.mutations.skriv import Wish
from graph.mutations.typer import Skrivevalg, Skrivning
from graph.mutations.udfoer import kontrol_cvr, udfoer
from graph.types.scalars import CVR, Tidspunkt


class Opretter(Protocol):
    """An input that makes an object."""

    cvr: CVR


class Retter(Protocol):
    """An input that changes an object."""

    uuid: UUID


P = TypeVar("P", bound=Skrivning)
N = TypeVar("N", bound=Opretter)
R = TypeVar("R", bound=Retter)


@dataclass(frozen=True, slots=True)
class Skriver(Generic[P, N, R]):
    """The five of one object type. `navn`: as in the names of the mutations; `nye` and `rettede`: input -> steps."""

    objekttype: Objekttype
    navn: str
    payload: type[P]
    nye: Callable[[Gang, N], Awaitable[list[Skridt]]]
    rettede: Callable[[Gang, R, Registrering], Awaitable[list[Skridt]]]

    async def opret(self, info: strawberry.Info, input: N, valg: Skrivevalg | None) -> P:
        """A new object; the source gives the uuid."""
        kontrol_cvr(info, input.cvr)

        async def arbejde(gang: Gang) -> Maal:
            return Maal(await gang.opret(self.objekttype, await self.nye(gang, input)))

        return await udfoer(info, self.payload, Wish(f"opret{self.navn}", input, valg, [], arbejde))

    async def importer(
        self,
        info: strawberry.Info,
        uuid: UUID,
        registreringstid: Tidspunkt | None,
        input: N,
        valg: Skrivevalg | None,
    ) -> P:
        """An object under the caller's uuid."""
        kontrol_cvr(info, input.cvr)

        async def arbejde(gang: Gang) -> Maal:
            await gang.importer(self.objekttype, uuid, registreringstid, await self.nye(gang, input))
            return Maal(uuid)

        indhold = (uuid, registreringstid, input)
        return await udfoer(info, self.payload, Wish(f"importer{self.navn}", indhold, valg, [uuid], arbejde))

    async def ret(self, info: strawberry.Info, input: R, valg: Skrivevalg | None) -> P:
        """What the input names changes."""

        async def arbejde(gang: Gang) -> Maal:
            registrering = await gang.laes_maal(self.objekttype, input.uuid)
            await gang.ret(self.objekttype, input.uuid, registrering, await self.rettede(gang, input, registrering))
            return Maal(input.uuid)

        return await udfoer(info, self.payload, self._wish(f"ret{self.navn}", input.uuid, input, valg, arbejde))

    async def passiver(self, info: strawberry.Info, uuid: UUID, valg: Skrivevalg | None) -> P:
        """Life cycle Passiveret."""
        return await self._afslut_liv(info, f"passiver{self.navn}", uuid, valg, Livscyklus.PASSIVERET)

    async def slet(self, info: strawberry.Info, uuid: UUID, valg: Skrivevalg | None) -> P:
        """Life cycle Slettet."""
        return await self._afslut_liv(info, f"slet{self.navn}", uuid, valg, Livscyklus.SLETTET)

    async def _afslut_liv(
        self, info: strawberry.Info, operation: str, uuid: UUID, valg: Skrivevalg | None, til: Livscyklus
    ) -> P:
        async def arbejde(gang: Gang) -> Maal:
            await gang.afslut_liv(self.objekttype, uuid, til)
            return Maal(uuid)

        return await udfoer(info, self.payload, self._wish(operation, uuid, uuid, valg, arbejde))

    def _wish(
        self,
        operation: str,
        uuid: UUID,
        indhold: object,
        valg: Skrivevalg | None,
        arbejde: Callable[[Gang], Awaitable[Maal]],
    ) -> Wish:
        enhed = uuid if self.objekttype is Objekttype.ORGANISATION_ENHED else None
        return Wish(operation, indhold, valg, [uuid], arbejde, maal_enhed=enhed)


def enkelt(gang: Gang, navn: str, maal: UUID | None, fra_ns: int) -> list[Skridt]:
    """The step on a single relation: UNSET none, null ends it, a value overwrites it, today or earlier only."""
    if maal is strawberry.UNSET:
        return []
    if maal is None:
        return [Afslut(navn, fra_ns)]
    periode.ikke_senere(fra_ns, "fra", tekster.api_navn(navn[0].lower() + navn[1:]), gang.now)
    return [SaetEnkelt(navn, maal, fra_ns)]

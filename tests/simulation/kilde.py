"""The source: its truth, and what a reader sees of it: late, in pages not of one moment, sometimes not at all."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterable
from dataclasses import dataclass, field
from uuid import UUID

from fkorg.catalogue import Objekttype
from fkorg.errors import NotFound, Unavailable, Unheard
from fkorg.operationer import HIERARKITYPER, SoegVirkning
from fkorg.registrering import Lister, Oejebliksbillede, Registrering
from tests.simulation.proces import Proces
from tests.simulation.uro import Uro

Noegle = tuple[Objekttype, UUID]


@dataclass(frozen=True, slots=True)
class Udgave:
    """What is true of an object from a moment on. No registration: the source has forgotten it."""

    fra: float
    synlig: float
    """From when on every reader sees it."""
    registrering: Registrering | None


@dataclass(slots=True)
class Sandhed:
    """All that was ever true. `clock`: seconds; readers may see a change up to `flimmer` late, back and forth."""

    clock: Callable[[], float]
    uro: Uro
    flimmer: float = 0.0
    udgaver: dict[Noegle, list[Udgave]] = field(default_factory=dict)

    def put(self, key: Noegle, registrering: Registrering | None, lag: float) -> None:
        now = self.clock()
        earlier = self.udgaver.setdefault(key, [])
        synlig = max([now + lag, *(one.synlig for one in earlier[-1:])])
        earlier.append(Udgave(now, synlig, registrering))

    def nu(self, key: Noegle) -> Registrering | None:
        """The truth."""
        found = self.udgaver.get(key)
        return found[-1].registrering if found else None

    def set_af(self, key: Noegle) -> Registrering | None:
        """What a reader sees at this moment."""
        seen = None
        now = self.clock()
        for one in self.udgaver.get(key, ()):
            late = (
                self.uro.tilfaeldig.uniform(0, self.flimmer) if self.flimmer and now < one.synlig + self.flimmer else 0
            )
            if now < one.synlig + late:
                break
            seen = one.registrering
        return seen

    def rolig(self) -> float:
        """When every reader sees the truth."""
        return max((one.synlig for alle in self.udgaver.values() for one in alle), default=0.0) + self.flimmer


class Laeser:
    """A Kilde, as one process reaches it."""

    def __init__(self, proces: Proces, sandhed: Sandhed, uro: Uro) -> None:
        self._proces = proces
        self._sandhed = sandhed
        self._uro = uro

    async def laes(self, objekttype: Objekttype, uuid: UUID) -> Oejebliksbillede:
        await self._kald("laes")
        found = self._billeder(objekttype, [uuid])
        if not found:
            raise NotFound(f"no {objekttype} {uuid}")
        return found[0]

    async def list(self, objekttype: Objekttype, uuids: Iterable[UUID]) -> "list[Oejebliksbillede]":
        await self._kald("list")
        return self._billeder(objekttype, uuids)

    async def soeg(
        self, objekttype: Objekttype, kriterier: Lister, fra_nummer: int = 0, antal: int = 500
    ) -> "list[UUID]":
        await self._kald("soeg")
        return []

    async def hierarki(
        self, fra_nummer: int = 0, antal: int = 500, *, virkning: SoegVirkning | None = None
    ) -> AsyncGenerator[tuple[Objekttype, Oejebliksbillede]]:
        """One page: of this moment, so that what is deleted between two pages moves what follows out of sight."""
        await self._kald(f"hierarki {fra_nummer}")
        for objekttype in HIERARKITYPER:
            alive = [
                billede
                for billede in self._billeder(
                    objekttype, [uuid for kind, uuid in self._sandhed.udgaver if kind is objekttype]
                )
                if billede.nyeste is not None and billede.nyeste.livscyklus.levende
            ]
            for billede in alive[fra_nummer : fra_nummer + antal]:
                yield objekttype, billede

    async def _kald(self, hvad: str) -> None:
        await self._proces.skridt(f"asks {hvad}")
        await asyncio.sleep(self._uro.tilfaeldig.uniform(0, self._uro.kilden_bruger))
        if self._uro.ja(self._uro.kilde_vaek):
            raise (Unheard if self._uro.ja(0.5) else Unavailable)("the source does not answer")

    def _billeder(self, objekttype: Objekttype, uuids: Iterable[UUID]) -> "list[Oejebliksbillede]":
        seen = [(uuid, self._sandhed.set_af((objekttype, uuid))) for uuid in uuids]
        return [Oejebliksbillede(uuid, (reg,)) for uuid, reg in seen if reg is not None]

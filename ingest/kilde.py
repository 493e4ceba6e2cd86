"""What ingest asks of the source: the reading half of `fkorg.soap.client.Klient`, called in one CVR context.

Two things implement it: that client, and the tests' source in memory. Refuses to know how it is done.
"""

from collections.abc import AsyncGenerator, Iterable
from typing import Protocol, TypeAlias
from uuid import UUID

from fkorg.catalogue import Objekttype
from fkorg.operationer import SoegVirkning
from fkorg.registrering import Lister, Oejebliksbillede

Billeder: TypeAlias = list[Oejebliksbillede]
Uuider: TypeAlias = list[UUID]


class Kilde(Protocol):
    """Raises the five errors of `fkorg.errors`; an unknown object is left out or NotFound."""

    async def laes(self, objekttype: Objekttype, uuid: UUID) -> Oejebliksbillede:
        """One object with every value of its newest registration."""

    async def list(self, objekttype: Objekttype, uuids: Iterable[UUID]) -> Billeder:
        """Those of them that exist."""

    async def soeg(self, objekttype: Objekttype, kriterier: Lister, fra_nummer: int = 0, antal: int = 500) -> Uuider:
        """One page of hits; they may not meet the criteria."""

    def hierarki(
        self, fra_nummer: int = 0, antal: int = 500, *, virkning: SoegVirkning | None = None
    ) -> AsyncGenerator[tuple[Objekttype, Oejebliksbillede]]:
        """One page of the export."""

"""The book that a run is entered in: its record, the turns it holds, and what is known of objects beside the source.

One for each write, over the connection that holds its turns. Refuses to know what is written, and SOAP.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from fkorg.catalogue import Objekttype
from fkorg.tid import NS_PER_SECOND
from graph.mutations import journal
from graph.mutations.forloeb import Forloeb
from graph.mutations.kontekst import Skrivere
from model import tvivl, writes
from model.pool import Connection, translated
from model.tvivl import Kendt
from model.writes import Anmodning

URENES_FEJL: Final = timedelta(minutes=5)
"""How far the clocks of the source and of us may differ."""


@dataclass(frozen=True, slots=True)
class Bog:
    """`connection` is in no transaction: what is entered is durable when the call returns."""

    connection: Connection
    skrivere: Skrivere
    anmodning: Anmodning

    async def laas(self, navn: object) -> None:
        """Take the turn of one more object, or of what is to be made, until the run ends."""
        async with translated():
            await writes.lock(self.connection, laasenavn(self.anmodning.organisation, navn))

    async def foer(self, forloeb: Forloeb) -> None:
        """Before a call: what was done, and what is about to be. Raises Unavailable: then nothing may be sent."""
        async with translated():
            await writes.undervejs(self.connection, self.anmodning, journal.write(forloeb))

    async def kendte(self, objekttype: Objekttype, uuids: Iterable[UUID]) -> dict[UUID, Kendt]:
        """How new the objects are at least."""
        async with translated():
            return await tvivl.kendte(self.connection, self.anmodning.organisation, objekttype, uuids)

    async def andres(self, uuids: Iterable[UUID]) -> bool:
        """Whether another write of one of the objects is in doubt."""
        async with translated():
            return await tvivl.andres(self.connection, self.anmodning, uuids)

    async def tagne(self, uuids: Iterable[UUID]) -> set[UUID]:
        """Those of the objects that other writes have made or changed."""
        async with translated():
            return await tvivl.tagne(self.connection, self.anmodning.organisation, uuids)

    async def siden_ns(self, now_ns: int) -> int:
        """Where to look for what is about to be made: before now, whatever the two clocks say."""
        async with translated():
            found = await tvivl.nyligt_ns(self.connection, self.anmodning.organisation, now_ns)
        return found - int(URENES_FEJL.total_seconds()) * NS_PER_SECOND


def laasenavn(organisation: UUID, navn: object) -> str:
    """What a turn is called on all servers."""
    return f"{organisation}/{navn}"

"""What a mutation needs from outside, handed in: the source, the database, the reader of answers, the clock.

Refuses to know where any of it comes from: `orgraf` wires it, tests give their own.
"""

import asyncio
from collections.abc import Awaitable, Iterable, Mapping, MutableMapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

import strawberry

from fkorg.catalogue import Objekttype
from fkorg.kvittering import Kvittering
from fkorg.registrering import Lister, Oejebliksbillede, Registrering
from graph.caller import Principal
from model.pool import Pool
from model.writes import Skrivelaas


class Kilde(Protocol):
    """The source in one CVR context: what fkorg.soap.client offers of reading one object and writing it.

    Reads have the unlimited window (rules.md 1). Each raises the five failures of fkorg.errors.
    """

    async def laes(self, objekttype: Objekttype, uuid: UUID) -> Oejebliksbillede: ...

    async def list(self, objekttype: Objekttype, uuids: Iterable[UUID]) -> Iterable[Oejebliksbillede]: ...

    async def soeg(self, objekttype: Objekttype, kriterier: Lister, fra_nummer: int, antal: int) -> Iterable[UUID]: ...

    async def opret(
        self, objekttype: Objekttype, lister: Lister, note: str | None = None
    ) -> tuple[UUID, Kvittering]: ...

    async def importer(
        self, objekttype: Objekttype, uuid: UUID, registreringer: Iterable[Registrering]
    ) -> Kvittering: ...

    async def ret(self, objekttype: Objekttype, uuid: UUID, lister: Lister, note: str | None = None) -> Kvittering: ...

    async def passiver(self, objekttype: Objekttype, uuid: UUID, note: str | None = None) -> Kvittering: ...

    async def slet(self, objekttype: Objekttype, uuid: UUID, note: str | None = None) -> Kvittering: ...


class Laeser(Protocol):
    """Answers the selection of a payload's field by plan: one object or None per uuid."""

    def __call__(
        self, info: strawberry.Info, type_name: str, uuids: list[UUID], principal: Principal, now: datetime
    ) -> Awaitable[list[dict[str, Any] | None]]: ...


@dataclass(frozen=True, slots=True)
class Skrivere:
    """Everything that writes: one source per CVR, the pool, the turns, the key of hashes, and who reads answers.

    `vent`: how long an answer waits for ingest to take the write in; `pause`: between two looks. `i_gang`: writes
    under way, which end even when the caller no longer waits; who stops the server lets them.
    """

    kilder: Mapping[str, Kilde]
    pool: Pool
    laas: Skrivelaas
    secret: bytes
    objekter: Laeser
    vent: timedelta = timedelta(seconds=5)
    pause: timedelta = timedelta(milliseconds=40)
    i_gang: set[asyncio.Task[Any]] = field(default_factory=set)


class Kontekst(Protocol):
    """What mutations read of `info.context`."""

    @property
    def principal(self) -> Principal:
        """Who asks."""

    @property
    def skrivere(self) -> Skrivere | None:
        """Who writes; None on a server that only reads."""

    @property
    def now(self) -> datetime:
        """When the operation began."""

    @property
    def udvidelser(self) -> MutableMapping[str, object]:
        """What goes into the extensions of the answer."""


def kontekst(info: strawberry.Info) -> Kontekst:
    """The context of the operation."""
    found: Kontekst = info.context
    return found

"""What a mutation needs from outside, handed in: the source, the database, the reader of answers, the clock.

Refuses to know where any of it comes from: `orgraf` wires it, tests give their own.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeAlias
from uuid import UUID

from strawberry.types import Info

from fkorg.catalogue import Objekttype
from fkorg.kvittering import Kvittering, UnikRetur
from fkorg.operationer import SoegRegistrering
from fkorg.registrering import Lister, Oejebliksbillede, Registrering
from graph.caller import Principal
from graph.opslag import Opslagslog
from model import dirty
from model.pool import Pool
from model.writes import Skrivelaas


class Kilde(Protocol):
    """The source in one CVR context: what fkorg.soap.client offers of reading one object and writing it.

    Reads have the unlimited window (rules.md 1). A write carries the transaction it is given. Each raises the five
    failures of fkorg.errors.
    """

    async def laes(
        self, objekttype: Objekttype, uuid: UUID, *, registrering_fra_ns: int | None = None
    ) -> Oejebliksbillede: ...

    async def list(self, objekttype: Objekttype, uuids: Iterable[UUID]) -> Iterable[Oejebliksbillede]: ...

    async def soeg(
        self,
        objekttype: Objekttype,
        kriterier: Lister,
        fra_nummer: int,
        antal: int,
        *,
        registrering: SoegRegistrering | None = None,
    ) -> Iterable[UUID]: ...

    async def opret(
        self, objekttype: Objekttype, lister: Lister, note: str | None, *, transaktion: str
    ) -> tuple[UUID, Kvittering]: ...

    async def importer(
        self, objekttype: Objekttype, uuid: UUID, registreringer: Iterable[Registrering], *, transaktion: str
    ) -> Kvittering: ...

    async def ret(
        self, objekttype: Objekttype, uuid: UUID, lister: Lister, note: str | None, *, transaktion: str
    ) -> Kvittering: ...

    async def passiver(
        self, objekttype: Objekttype, uuid: UUID, note: str | None, *, transaktion: str
    ) -> Kvittering: ...

    async def slet(self, objekttype: Objekttype, uuid: UUID, note: str | None, *, transaktion: str) -> Kvittering: ...

    async def importer_hierarki(
        self, organisation: Oejebliksbillede, enheder: Iterable[Oejebliksbillede], *, transaktion: str
    ) -> tuple[Sequence[UnikRetur], Kvittering]: ...

    async def anonymiser(self, person: UUID, *, transaktion: str) -> Kvittering: ...


Objekter: TypeAlias = Callable[[Info[Any, Any], str, Sequence[UUID], Principal, datetime], Awaitable[Sequence[Any]]]
"""Reads objects of one GraphQL type by the query path, with the selection of the field: None for one that is gone."""


@dataclass(frozen=True, slots=True)
class Skrivere:
    """Everything that writes: one source per CVR, the pool, the turns, and the key of hashes.

    `vent`: how long an answer waits for ingest to take the write in, and for the source to show it; `pause`: between
    two looks. `stilhed`: a write not to be seen so long after its call ended did not take effect. `bundfaeldning`: so
    long after it what was written is read once more. `i_gang`: writes under way, which end even when the caller no
    longer waits. `siden`: since when, by the loop's clock, a write (organisation, id of its record) is in doubt.
    """

    kilder: Mapping[str, Kilde]
    pool: Pool
    laas: Skrivelaas
    secret: bytes
    vent: timedelta = timedelta(seconds=5)
    pause: timedelta = timedelta(milliseconds=40)
    stilhed: timedelta = timedelta(seconds=90)
    bundfaeldning: timedelta = dirty.BUNDFAELDNING
    i_gang: set[asyncio.Task[Any]] = field(default_factory=set)
    siden: dict[tuple[UUID, UUID], float] = field(default_factory=dict)

    async def faerdige(self, hoejst: timedelta = timedelta(seconds=30)) -> None:
        """Wait for the writes under way, before the connections they need are closed."""
        if self.i_gang:
            await asyncio.wait(set(self.i_gang), timeout=hoejst.total_seconds())


class Kontekst(Protocol):
    """What mutations read of `info.context`."""

    @property
    def principal(self) -> Principal:
        """Who asks."""

    @property
    def objekter(self) -> Objekter:
        """Who reads a payload's object by plan."""

    @property
    def skrivere(self) -> Skrivere | None:
        """Who writes; None on a server that only reads."""

    @property
    def opslag(self) -> Opslagslog | None:
        """Where it is written who saw what of persons."""

    @property
    def now(self) -> datetime:
        """When the operation began."""

    @property
    def udvidelser(self) -> MutableMapping[str, object]:
        """What goes into the extensions of the answer."""


def kontekst(info: Info[Any, Any]) -> Kontekst:
    """The context of the operation."""
    found: Kontekst = info.context
    return found

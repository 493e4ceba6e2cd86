"""What a person on duty asks the database about itself and about ingest. Owns the questions; judges nothing."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from model import leader, sql
from model.pool import Connection

SQL: Final = sql.load(__file__)


@dataclass(frozen=True, slots=True)
class Server:
    """The server. `usikre`: settings that lose what was committed; `aabent_siden`: age of the oldest writing
    transaction of anybody, which holds the log's readers back."""

    version: str
    wal_level: str
    usikre: list[str]
    pladser: int
    optagne: int
    replika: bool
    ur: datetime
    aabent_siden: timedelta | None
    stoerrelse_bytes: int


@dataclass(frozen=True, slots=True)
class Ledelse:
    """Who leads, and since when it was not heard. An empty holder has let go."""

    holder: str
    epoch: int
    tavs: timedelta


@dataclass(frozen=True, slots=True)
class Kanalstand:
    """What a channel said last; the source is the one of that name."""

    kanal: str
    connected_since: datetime | None
    disconnected_at: datetime | None
    last_empty_at: datetime | None
    last_besked_at: datetime | None
    source_ok_at: datetime | None
    source_failed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Koe:
    """What waits."""

    ventende: int
    venter_siden: datetime | None
    ubekraeftede: int
    bekraeftes_siden: datetime | None


@dataclass(frozen=True, slots=True)
class Aeldst:
    """Since when there are changes in the log, and applied messages."""

    aendringer: datetime | None
    beskeder: datetime | None


@dataclass(frozen=True, slots=True)
class Parkerede:
    """What is set aside for one reason. `en`: the id of one of them."""

    reason: str
    antal: int
    siden: datetime
    en: str


@dataclass(frozen=True, slots=True)
class Kommunemaal:
    """What is measured of a municipality. `tabte`: changes that no message told, by the latest comparison; `bremset`:
    what its brake left alone; `i_tvivl`: writes without a known outcome after two minutes."""

    cvr: str
    leder_tavs: timedelta | None
    afstemt_at: datetime | None
    bremset: int
    i_tvivl: int
    tabte: int


@dataclass(frozen=True, slots=True)
class Maal:
    """What is measured, for the metrics."""

    ledige: int
    ur: datetime
    incarnation: int
    kommuner: list[Kommunemaal]


async def maal(connection: Connection, now: datetime) -> Maal:
    """All of it, by three small statements."""
    found = await server(connection)
    rows = await SQL["maal"].fetch(connection, now=now, role=leader.ROLE)
    incarnation: int = await SQL["incarnation"].fetchval(connection)
    return Maal(found.pladser - found.optagne, found.ur, incarnation, [Kommunemaal(**dict(row)) for row in rows])


async def server(connection: Connection) -> Server:
    """How the server is set and loaded."""
    row = await SQL["server"].fetchrow(connection)
    assert row is not None
    return Server(**dict(row))


async def ledelse(connection: Connection, organisation: UUID) -> Ledelse | None:
    """Who leads the municipality; None: nobody ever has."""
    row = await SQL["leder"].fetchrow(connection, organisation=organisation, role=leader.ROLE)
    return None if row is None else Ledelse(**dict(row))


async def kanaler(connection: Connection, organisation: UUID) -> dict[str, Kanalstand]:
    """The channels, and the source, by name."""
    rows = await SQL["kanaler"].fetch(connection, organisation=organisation)
    return {row["kanal"]: Kanalstand(**dict(row)) for row in rows}


async def koe(connection: Connection, organisation: UUID, now: datetime) -> Koe:
    """What waits to be read and to be confirmed."""
    row = await SQL["koe"].fetchrow(connection, organisation=organisation, now=now)
    assert row is not None
    return Koe(**dict(row))


async def aeldst(connection: Connection, organisation: UUID) -> Aeldst:
    """How far back it goes."""
    row = await SQL["aeldst"].fetchrow(connection, organisation=organisation)
    assert row is not None
    return Aeldst(**dict(row))


async def parkerede(connection: Connection, organisation: UUID) -> list[Parkerede]:
    """What is set aside, by reason."""
    return [Parkerede(**dict(row)) for row in await SQL["parkerede"].fetch(connection, organisation=organisation)]

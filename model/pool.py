"""Connections to Postgres: the pool of those who write, the lease of those who read. The only door to the driver.

Owns session settings, codecs (infinity, jsonb, xid8) and the translation of the driver's errors. Refuses to know any
table. Times are aware datetimes; no limit is TIDLIGST (-infinity) or SENEST (infinity), in both directions.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any, Final, Self, TypeAlias

import asyncpg
import orjson

from fkorg.errors import Unavailable
from fkorg.tid import ALTID_NS, UENDELIG_NS
from model.vagt import Vagt

if TYPE_CHECKING:
    Connection: TypeAlias = asyncpg.Connection[asyncpg.Record] | asyncpg.pool.PoolConnectionProxy[asyncpg.Record]
    Record: TypeAlias = asyncpg.Record
else:
    Connection = asyncpg.Connection
    Record = asyncpg.Record

TIDLIGST: Final = datetime.min.replace(tzinfo=UTC)
"""-infinity: since always."""
SENEST: Final = datetime.max.replace(tzinfo=UTC)
"""infinity: for ever."""

SESSION: Final = {"jit": "off", "TimeZone": "UTC", "synchronous_commit": "on"}
_WRITING: Final = {
    # A queue is empty when it is planned for and long when it is read: such a plan would look through all of it for
    # each row, until the next ANALYZE.
    "enable_seqscan": "off",
    "idle_in_transaction_session_timeout": "5s",
    # A process that went away without a word leaves its turns (model.writes) within half a minute.
    "tcp_keepalives_idle": "10",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3",
    "client_connection_check_interval": "5s",
}
_READING: Final = {"plan_cache_mode": "force_generic_plan", "default_transaction_read_only": "on"}
_EPOCH: Final = datetime(2000, 1, 1, tzinfo=UTC)
_EPOCH_US: Final = 946_684_800_000_000
_RESET_S: Final = 5.0
"""A connection that is given back and does not answer for so long is thrown away."""
_STATEMENTS: Final = 500
"""More than there are: none is planned anew because others were used since."""
_FAA: Final = 50
"""So many rows are few (`indsaet`)."""
_FOREVER: Final = 2**63 - 1
_SINCE_ALWAYS: Final = -(2**63)
_MICROSECOND: Final = timedelta(microseconds=1)
_WEATHER: Final = (
    OSError,
    TimeoutError,
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # the server ended the session, the driver has not closed it yet (asyncpg 1069)
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.InvalidCatalogNameError,  # not made yet, or another one: whoever waits says which
    asyncpg.InvalidAuthorizationSpecificationError,
    asyncpg.IdleInTransactionSessionTimeoutError,
    asyncpg.LockNotAvailableError,
    asyncpg.DeadlockDetectedError,
    asyncpg.SerializationError,
    asyncpg.ReadOnlySQLTransactionError,
)


class Overskredet(Unavailable):
    """A statement ran longer than it may: the database is there, and asking for less helps."""


@dataclass(frozen=True, slots=True)
class Pool:
    """Connections that write: transactions of ingest, mutations, migrations' aftermath."""

    inner: "asyncpg.Pool[asyncpg.Record]"
    vagt: Vagt = field(default_factory=Vagt)

    @classmethod
    async def open(
        cls,
        dsn: str,
        *,
        size: int = 8,
        application_name: str = "orgraf",
        statement_timeout: timedelta | None = None,
        vagt: Vagt | None = None,
        laase: bool = True,
    ) -> Self:
        """Open at least one connection. Raises Unavailable when the database cannot be reached.

        `vagt`: who ends what is under way, and all connections, when the database is found to be away. `laase`: may
        sessions take locks (model.writes)? Giving a connection back lets them go, at the cost of a round trip.
        """
        settings = SESSION | _WRITING | _timeout(statement_timeout) | {"application_name": application_name}
        async with translated():
            inner = await asyncpg.create_pool(
                dsn,
                min_size=1,
                max_size=size,
                server_settings=settings,
                init=prepare,
                reset=None if laase else _nothing,
                statement_cache_size=_STATEMENTS,
                timeout=10,
            )
        vagt = vagt or Vagt()
        vagt.lost.append(inner.expire_connections)
        return cls(inner, vagt)

    async def close(self) -> None:
        """End all connections; a transaction that is open is rolled back."""
        try:
            async with asyncio.timeout(5):
                await self.inner.close()
        except TimeoutError:
            self.inner.terminate()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Connection]:
        """One connection, each statement its own transaction. Raises Unavailable for the database's weather."""
        async with translated():
            async with self.vagt.bounded():
                connection = await self.inner.acquire()
            try:
                with self.vagt.ends(connection.terminate):
                    yield connection
            finally:
                await self._give_back(connection)

    async def _give_back(self, connection: "asyncpg.pool.PoolConnectionProxy[asyncpg.Record]") -> None:
        """A database that falls silent just then keeps nobody waiting; what was asked for has been answered."""

        def cut() -> None:
            with suppress(asyncpg.InterfaceError):  # it has been given back meanwhile
                connection.terminate()

        with suppress(*_WEATHER), self.vagt.ends(cut):
            await self.inner.release(connection, timeout=_RESET_S)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Connection]:
        """One transaction: committed when the block ends, rolled back when it raises."""
        async with self.connection() as connection, connection.transaction():
            yield connection

    async def fetch(self, text: str, *values: object) -> list[Record]:
        """All rows of one statement."""
        async with self.connection() as connection:
            return list(await connection.fetch(text, *values))

    async def fetchrow(self, text: str, *values: object) -> Record | None:
        """The first row of one statement."""
        async with self.connection() as connection:
            return await connection.fetchrow(text, *values)

    async def fetchval(self, text: str, *values: object) -> Any:
        """The first value of one statement."""
        async with self.connection() as connection:
            return await connection.fetchval(text, *values)

    async def execute(self, text: str, *values: object) -> str:
        """Run one statement; its tag."""
        async with self.connection() as connection:
            return await connection.execute(text, *values)


async def _nothing(_: "asyncpg.Connection[asyncpg.Record]") -> None:
    """What is left to do for a connection that is given back: the driver has rolled back what was open."""


async def connect(dsn: str, *, application_name: str = "orgraf") -> "asyncpg.Connection[asyncpg.Record]":
    """A single connection outside any pool: migrations and LISTEN."""
    async with translated():
        connection = await asyncpg.connect(
            dsn, server_settings=SESSION | {"application_name": application_name}, timeout=10
        )
        await prepare(connection)
        return connection


@asynccontextmanager
async def listen(dsn: str, channel: str, ring: Callable[[], None]) -> AsyncIterator["asyncpg.Connection[Any]"]:
    """Call `ring` at each NOTIFY on the channel while the block runs. A bell may be missed: readers poll as well."""
    connection = await connect(dsn, application_name="orgraf-listen")
    try:
        await connection.add_listener(channel, lambda *_: ring())
        yield connection
    finally:
        await end(connection)


async def end(connection: "asyncpg.Connection[Any]") -> None:
    """Close a connection; one that does not answer is cut."""
    try:
        await connection.close(timeout=2)
    except _WEATHER:
        connection.terminate()


class translated:
    """The driver's errors of connection, resources and time-outs become Unavailable; others are bugs and pass."""

    __slots__ = ()

    async def __aenter__(self) -> None:
        pass

    async def __aexit__(self, kind: object, cause: BaseException | None, *_: object) -> None:
        if not isinstance(cause, _WEATHER):
            return
        task = asyncio.current_task()
        if task is not None and task.cancelling():  # what a cancelled statement leaves behind is no weather
            raise asyncio.CancelledError from cause
        if isinstance(cause, asyncpg.QueryCanceledError):
            raise Overskredet("the statement ran longer than it may") from cause
        raise Unavailable(f"the database is out of reach or overloaded: {type(cause).__name__}") from cause


async def indsaet(tx: Connection, tabel: str, kolonner: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Put rows into a table: many by COPY, few by a statement for each in one round trip, where COPY takes two."""
    if len(rows) > _FAA:
        await tx.copy_records_to_table(tabel, records=rows, columns=kolonner)
    elif rows:
        await tx.executemany(indsaet_tekst(tabel, tuple(kolonner)), rows)


@cache
def indsaet_tekst(tabel: str, kolonner: tuple[str, ...]) -> str:
    """The statement that puts in one row."""
    pladser = ", ".join(f"${number}" for number in range(1, len(kolonner) + 1))
    return f"insert into {tabel} ({', '.join(kolonner)}) values ({pladser})"


def reading_settings(statement_timeout: timedelta | None) -> dict[str, str]:
    """Session settings of connections that only read: generic plans (storage.md 1)."""
    return SESSION | _READING | _timeout(statement_timeout)


def to_time(ns: int) -> datetime:
    """Nanoseconds as the tables' timestamptz: cut to microseconds, no limit as TIDLIGST or SENEST."""
    if ns >= UENDELIG_NS:
        return SENEST
    if ns <= ALTID_NS:
        return TIDLIGST
    return _EPOCH + timedelta(microseconds=ns // 1000 - _EPOCH_US)


async def prepare(connection: "asyncpg.Connection[Any]") -> None:
    """Give a connection our codecs."""
    await connection.set_type_codec(
        "timestamptz", schema="pg_catalog", format="tuple", encoder=_encode_time, decoder=_decode_time
    )
    await connection.set_type_codec(
        "jsonb", schema="pg_catalog", format="binary", encoder=_encode_json, decoder=_decode_json
    )
    await connection.set_type_codec("xid8", schema="pg_catalog", format="text", encoder=str, decoder=int)


def _timeout(limit: timedelta | None) -> dict[str, str]:
    return {} if limit is None else {"statement_timeout": str(int(limit.total_seconds() * 1000))}


def _encode_time(value: datetime | int) -> tuple[int]:
    """An aware datetime, or nanoseconds as the projection has them."""
    if isinstance(value, int):
        if value >= UENDELIG_NS:
            return (_FOREVER,)
        return (_SINCE_ALWAYS,) if value <= ALTID_NS else (value // 1000 - _EPOCH_US,)
    if value == SENEST:
        return (_FOREVER,)
    return (_SINCE_ALWAYS,) if value == TIDLIGST else ((value - _EPOCH) // _MICROSECOND,)


def _decode_time(value: tuple[int]) -> datetime:
    microseconds = value[0]
    if microseconds == _FOREVER:
        return SENEST
    return TIDLIGST if microseconds == _SINCE_ALWAYS else _EPOCH + timedelta(microseconds=microseconds)


def _encode_json(value: Any) -> bytes:
    """Bytes are taken for finished JSON."""
    return b"\x01" + (value if isinstance(value, bytes) else orjson.dumps(value))


def _decode_json(value: bytes) -> Any:
    return orjson.loads(memoryview(value)[1:])

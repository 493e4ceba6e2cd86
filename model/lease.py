"""Connections that read, each with its statements kept prepared: no round trip to take, reset or prepare again.

Owns how readers share connections and how many prepared statements each keeps. Refuses to know what is read.
Measured: 1.4 to 1.8 times a pool's `fetchval` on small queries (performance.md 3).
"""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from typing import TYPE_CHECKING, Any, Final, Self
from uuid import UUID

import asyncpg

from model import pool
from model.pool import Record
from model.vagt import Vagt

KOMMUNE: Final = "orgraf.organisation"
"""The setting of a session that row-level security goes by."""
_ROOM: Final = "select octet_length(repeat(repeat('x', 4000), 2000))"
"""Asked once on each connection, so that its process keeps the memory of a large answer for the next. glibc gives back
what is free beyond twice the largest block that it saw freed (mallopt(3), M_MMAP_THRESHOLD): nearly all, each time, and
a quarter of an answer of 450 kB was page faults. With another C library it is in vain. docs/decisions/0027."""
_LOST: Final = (
    OSError,
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.ProtocolError,  # the driver met a row of another shape: the table changed under a kept statement
)

_SPOILED: Final = (
    asyncpg.OperatorInterventionError,
    asyncpg.DataError,  # a value that could not be sent leaves the server waiting, its statement timeout running
)

if TYPE_CHECKING:
    from asyncpg.prepared_stmt import PreparedStatement


@dataclass(slots=True)
class Lease:
    """`size` read connections, opened when first needed; at most `statements` prepared ones kept on each.

    `vaeg`: the login sees the rows of one municipality at a time (row-level security, `orgraf roles --read`): of the
    one that a statement is for; of none when that is not said.
    """

    dsn: str
    size: int = 8
    statements: int = 200
    statement_timeout: timedelta | None = timedelta(seconds=120)
    application_name: str = "orgraf-read"
    vagt: Vagt = field(default_factory=Vagt)
    vaeg: bool = False
    _free: list["Reader"] = field(default_factory=list, init=False)
    _turn: asyncio.Semaphore = field(init=False)
    _closed: bool = field(default=False, init=False)

    def __post_init__(self) -> None:
        self._turn = asyncio.Semaphore(self.size)
        self.vagt.lost.append(self._forget)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """End the connections; those in use end when they come back."""
        self._closed = True
        free, self._free[:] = self._free[:], ()
        await asyncio.gather(*(pool.end(reader.connection) for reader in free))

    @asynccontextmanager
    async def reader(self) -> AsyncIterator["Reader"]:
        """One connection of ours for the block; thrown away when the block raises. Raises Unavailable."""
        async with self._turn, pool.translated():
            reader = self._free.pop() if self._free else await self._open()
            try:
                with self.vagt.ends(reader.connection.terminate):
                    if self.vaeg:
                        await reader.kun(None)
                    yield reader
            except asyncpg.PostgresError as error:
                if isinstance(error, _SPOILED) or reader.connection.is_in_transaction():
                    reader.connection.terminate()
                else:
                    self._put(reader)
                raise
            except BaseException:
                reader.connection.terminate()
                raise
            self._put(reader)

    async def fetchval(self, text: str, *values: object) -> Any:
        """The first value of a statement, prepared once on each connection. Asked again once after a lost one."""
        return _first(await self.fetchrow(text, *values))

    async def fetchrow(self, text: str, *values: object, kommune: UUID | None = None) -> Record | None:
        """The first row of a statement about this municipality."""
        async with self._turn, pool.translated():
            for last_try in (False, True):
                reader = self._free.pop() if self._free and not last_try else await self._open()
                try:
                    with self.vagt.ends(reader.connection.terminate):
                        if self.vaeg:
                            await reader.kun(kommune)
                        row = await reader.fetchrow(text, *values)
                except asyncpg.QueryCanceledError:
                    self._put(reader)
                    raise
                except _LOST:
                    reader.connection.terminate()
                    if last_try:
                        raise
                    continue
                except asyncpg.DataError:
                    reader.connection.terminate()
                    raise
                except asyncpg.PostgresError:
                    self._put(reader)
                    raise
                except BaseException:
                    reader.connection.terminate()
                    raise
                self._put(reader)
                return row
        raise AssertionError("unreachable: the second try returns or raises")

    async def _open(self) -> "Reader":
        settings = pool.reading_settings(self.statement_timeout) | {"application_name": self.application_name}
        async with self.vagt.bounded():
            connection = await asyncpg.connect(self.dsn, server_settings=settings, statement_cache_size=0, timeout=10)
            try:
                await pool.prepare(connection)
                await connection.execute(_ROOM)
            except BaseException:
                connection.terminate()
                raise
        return Reader(connection, self.statements)

    async def _forget(self) -> None:
        """The database was away: nobody knows whether a connection from before still leads there."""
        while self._free:
            self._free.pop().connection.terminate()

    def _put(self, reader: "Reader") -> None:
        if self._closed or reader.connection.is_closed():
            reader.connection.terminate()
        else:
            self._free.append(reader)


@dataclass(slots=True)
class Reader:
    """One read connection and its prepared statements, the least used forgotten first."""

    connection: "asyncpg.Connection[Record]"
    most: int
    _kommune: UUID | None = None
    _kept: "OrderedDict[str, PreparedStatement[Record]]" = field(default_factory=OrderedDict)
    _names: "count[int]" = field(default_factory=count)

    async def kun(self, kommune: UUID | None) -> None:
        """From here on the rows of this municipality alone are seen. No round trip when it was so."""
        if kommune != self._kommune:
            await self.connection.execute("select set_config($1, $2, false)", KOMMUNE, str(kommune or ""))
            self._kommune = kommune

    async def fetchrow(self, text: str, *values: object) -> Record | None:
        """The first row. A statement made old by a schema change is prepared anew."""
        try:
            return await (await self._prepared(text)).fetchrow(*values)
        except (asyncpg.InvalidCachedStatementError, asyncpg.OutdatedSchemaCacheError):
            self._kept.clear()
            return await (await self._prepared(text)).fetchrow(*values)

    async def fetch(self, text: str, *values: object) -> list[Record]:
        """All rows."""
        return list(await (await self._prepared(text)).fetch(*values))

    async def fetchval(self, text: str, *values: object) -> Any:
        """The first value."""
        return _first(await self.fetchrow(text, *values))

    async def _prepared(self, text: str) -> "PreparedStatement[Record]":
        statement = self._kept.get(text)
        if statement is None:
            # Without a name, and without the driver's own cache, it would be parsed and planned at each call.
            statement = await self.connection.prepare(text, name=f"orgraf_{next(self._names)}")
            self._kept[text] = statement
            if len(self._kept) > self.most:
                self._kept.popitem(last=False)
        else:
            self._kept.move_to_end(text)
        return statement


def _first(row: Record | None) -> Any:
    return None if row is None else row[0]

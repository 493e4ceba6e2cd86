"""The record of each write, the turn of each object, and whether the model has seen a write yet.

Owns `write_request` and the locks that keep two writers, on any server, from one object at a time (domain.md 8.3).
Refuses to know SOAP, GraphQL and what is written: inputs arrive as a hash, receipts as JSON.
"""

import asyncio
import hmac
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from fkorg.errors import Unavailable
from fkorg.registrering import Objekt
from model import sql
from model.pool import Connection, Pool

SQL: Final = sql.load(__file__)
NOEGLE_GEMMES: Final = timedelta(days=7)
"""How long a key means the same write. Source: schema-target.graphql, Skrivevalg."""


class Status(StrEnum):
    """What is known of a write."""

    STARTET = "STARTET"
    UDFOERT = "UDFOERT"
    AFVIST = "AFVIST"
    UVIS = "UVIS"


@dataclass(frozen=True, slots=True)
class Anmodning:
    """Who asks for which write; `input_hash` tells the same wish from another under the same key."""

    organisation: UUID
    id: UUID
    caller: str
    noegle: str | None
    operation: str
    input_hash: bytes


@dataclass(frozen=True, slots=True)
class Tidligere:
    """The write that holds the key already."""

    id: UUID
    status: Status
    samme: bool
    kvitteringer: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Begyndt:
    """A write that may begin. `kvitteringer`: what an earlier try of the same wish has done already."""

    kvitteringer: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Beroert:
    """How many units and users a change of a unit reaches."""

    enheder: int
    brugere: int


def input_hash(secret: bytes, operation: str, text: str) -> bytes:
    """The keyed hash of a wish: inputs may hold a CPR number, which a bare hash would give away."""
    return hmac.digest(secret, b"orgraf write " + operation.encode() + b"\0" + text.encode(), "sha256")


class Skrivelaas:
    """One writer at a time for each name, on all servers together. Lives as long as the pool it draws from.

    `samtidige` bounds how many writers hold a connection; those who wait for a name on this server hold none.
    """

    def __init__(self, pool: Pool, *, samtidige: int = 4, vent: timedelta = timedelta(seconds=30)) -> None:
        self._pool = pool
        self._pladser = asyncio.Semaphore(samtidige)
        self._vent = vent
        self._her: dict[str, tuple[asyncio.Lock, int]] = {}

    @asynccontextmanager
    async def holding(self, navne: Iterable[str]) -> AsyncIterator[Connection]:
        """A connection that holds all the names until the block ends. Raises Unavailable when the wait is too long."""
        ordered = sorted(set(navne))
        async with AsyncExitStack() as stack:
            try:
                async with asyncio.timeout(self._vent.total_seconds()):
                    for navn in ordered:
                        await stack.enter_async_context(self._here(navn))
                    await stack.enter_async_context(self._pladser)
                    connection = await stack.enter_async_context(self._pool.connection())
                    for navn in ordered:
                        await lock(connection, navn)
            except TimeoutError as cause:
                raise Unavailable("another change of the same object has not ended: try again later") from cause
            yield connection

    @asynccontextmanager
    async def _here(self, navn: str) -> AsyncIterator[None]:
        lock, users = self._her.get(navn, (asyncio.Lock(), 0))
        self._her[navn] = (lock, users + 1)
        try:
            async with lock:
                yield
        finally:
            lock, users = self._her.pop(navn)
            if users > 1:
                self._her[navn] = (lock, users - 1)


async def lock(connection: Connection, navn: str) -> None:
    """Wait for the turn of one more name, after those of `holding`; kept until that block ends."""
    await SQL["lock"].execute(connection, navn=navn)


async def begin(connection: Connection, anmodning: Anmodning, now: datetime) -> Begyndt | Tidligere:
    """Record a write that is about to begin; the earlier one when its key is taken."""
    begun = await SQL["begin"].fetchrow(
        connection,
        organisation=anmodning.organisation,
        id=anmodning.id,
        caller=anmodning.caller,
        noegle=anmodning.noegle,
        operation=anmodning.operation,
        input_hash=anmodning.input_hash,
        now=now,
        foraeldet=now - NOEGLE_GEMMES,
    )
    if begun is not None:
        return Begyndt(begun["kvitteringer"])
    row = await SQL["earlier"].fetchrow(
        connection, organisation=anmodning.organisation, caller=anmodning.caller, noegle=anmodning.noegle
    )
    if row is None:
        raise Unavailable("the record of an earlier write was just removed: try again")
    same = row["operation"] == anmodning.operation and row["input_hash"] == anmodning.input_hash
    return Tidligere(row["id"], Status(row["status"]), same, row["kvitteringer"])


async def undervejs(connection: Connection, anmodning: Anmodning, kvitteringer: Mapping[str, Any]) -> None:
    """Record, before a call to the source, what was done so far and what is about to be done.

    Raises Unavailable when the record was settled meanwhile: whoever did took us for dead, and nothing may be sent.
    """
    kept = await SQL["undervejs"].execute(
        connection, organisation=anmodning.organisation, id=anmodning.id, kvitteringer=dict(kvitteringer)
    )
    if not kept:
        raise Unavailable("the write was taken for broken off and its record closed: try again")


async def finish(
    connection: Connection, anmodning: Anmodning, status: Status, kvitteringer: Mapping[str, Any], now: datetime
) -> bool:
    """Record what became of a write. False: another call with its key has taken the record over."""
    kept = await SQL["finish"].execute(
        connection,
        organisation=anmodning.organisation,
        id=anmodning.id,
        status=status.value,
        kvitteringer=dict(kvitteringer),
        now=now,
    )
    return kept > 0


async def proev_laas(connection: Connection, navn: str) -> bool:
    """Take a name's turn if nobody has it; kept until the connection goes back to its pool."""
    taken: bool = await SQL["proev_laas"].fetchval(connection, navn=navn)
    return taken


async def prune(tx: Connection, organisation: UUID, now: datetime, *, antal: int) -> int:
    """Forget writes whose key means nothing any more, `antal` of them at most; never one whose outcome is not known.
    How many went."""
    return await SQL["prune"].execute(tx, organisation=organisation, foraeldet=now - NOEGLE_GEMMES, antal=antal)


async def behind(
    connection: Connection, organisation: UUID, wanted: Sequence[tuple[Objekt, int]]
) -> list[tuple[Objekt, int]]:
    """Those of the objects that the model does not yet show at their registration time or later."""
    rows = await SQL["behind"].fetch(
        connection,
        organisation=organisation,
        objekttype=[objekt.objekttype.value for objekt, _ in wanted],
        uuid=[objekt.uuid for objekt, _ in wanted],
        want_ns=[want_ns for _, want_ns in wanted],
    )
    return [wanted[row["nr"] - 1] for row in rows]


async def touched(connection: Connection, organisation: UUID, enhed: UUID, now: datetime) -> Beroert:
    """Who a change of the unit reaches."""
    row = await SQL["touched"].fetchrow(connection, organisation=organisation, enhed=enhed, now=now)
    return Beroert(row["enheder"], row["brugere"]) if row else Beroert(0, 0)

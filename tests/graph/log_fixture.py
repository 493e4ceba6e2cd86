"""A change log with its tail on a real database, and the context of executions over it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from graph.caller import Principal, Ret
from graph.changes import Changes
from graph.context import Context, Objekter
from model import aendringslog, incarnation, tables
from model.freshness import Freshness
from model.log import Log
from model.pool import Pool
from model.tail import Tail
from tests.builders import Kommune, insert, row
from tests.model.log import NOW, en_aendring

BY = Kommune()
LAESER = Principal("en", BY.cvr, BY.uuid, frozenset({Ret.LAES}), NOW + timedelta(hours=8))


@dataclass
class Ur:
    """A clock that a test sets."""

    now: datetime = field(default=NOW)

    def __call__(self) -> datetime:
        return self.now


@asynccontextmanager
async def a_log(dsn: str) -> AsyncIterator[Log]:
    """The log of Korsbæk, whose channel was empty a second ago and whose source answers."""
    tail = Tail(dsn)
    task = asyncio.create_task(tail.run())
    channel = {"connected_since": "2026-06-01T11:00Z", "last_empty_at": "2026-06-01T11:59:59Z"}
    feeds = [
        row(tables.feed_state, BY, kanal="PUSH", **channel),
        row(tables.feed_state, BY, kanal="SOAP", source_ok_at="2026-06-01T11:59:58Z"),
    ]
    try:
        async with await Pool.open(dsn, size=4) as pool:
            async with pool.transaction() as tx:
                await insert(tx, [*BY.rows(), *feeds])
                secret = (await incarnation.read(tx)).secret
            yield Log(pool, tail, secret, Ur())
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def change(log: Log, navn: str, *, ring: bool = True) -> UUID:
    """One change of a unit, committed, with the horizon past it; without the bell it is found by the next poll.

    Any transaction of the whole server holds the horizon back, also one of a test beside this one.
    """
    async with log.database.transaction() as tx:
        await en_aendring(tx, BY, BY.en_uuid(navn))
        xid = await tx.fetchval("select pg_current_xact_id()::text::bigint")
        if ring:
            await tx.execute("select pg_notify('aendring', '')")
    async with asyncio.timeout(60), log.database.connection() as connection:
        while (await aendringslog.aktuel(connection)).horisont <= xid:
            await asyncio.sleep(0.01)
    return BY.en_uuid(navn)


async def no_objects(*_: object) -> list[object]:
    """For documents that select no object."""
    raise AssertionError("the document selects no object")


def context(log: Log, principal: Principal = LAESER, objekter: Objekter = no_objects) -> Context:
    """The context of one execution."""
    return Context(principal, log.ur(), Changes(log, Freshness(log.database)), objekter)

"""Who applies: one leader per municipality and role, a row with epoch and heartbeat (rules.md 32).

Owns taking, keeping and checking leadership. Refuses to know what the leader does with it. A standby decides by its own
monotonic clock that a beat has been missing; the epoch is checked in every applying transaction, so that an old leader
that wakes can write nothing.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from fkorg.errors import Unavailable
from fkorg.failpoint import failpoint
from fkorg.tasks import cancelled
from model import sql
from model.pool import Connection, Pool

SQL: Final = sql.load(__file__)
ROLE: Final = "INGEST"
BEAT: Final = timedelta(seconds=1)
MISSED: Final = timedelta(seconds=5)


class Afloest(Unavailable):
    """Somebody else leads now: what was being applied is rolled back."""


@dataclass(frozen=True, slots=True)
class Leder:
    """Leadership of one municipality as of one epoch."""

    organisation: UUID
    epoch: int


async def check(tx: Connection, leder: Leder, *, alene: bool = False) -> None:
    """In each applying transaction, before its first write. Raises Afloest.

    The row stays key-locked until commit: a successor waits for us, or ends our connection. `alene`: of those who ask
    for it one transaction goes on at a time, so that what it derives of several objects sees them all.
    """
    text = "check_alone" if alene else "check"
    values = {"organisation": leder.organisation, "role": ROLE, "epoch": leder.epoch}
    if await SQL[text].fetchval(tx, **values) is None:
        raise Afloest(f"epoch {leder.epoch} no longer leads")


async def take(pool: Pool, organisation: UUID, holder: str, *, seen_epoch: int | None) -> Leder | None:
    """Lead, if the epoch is still the one seen (None: nobody ever led). None when another was first."""
    if seen_epoch is None:
        epoch = await _value(pool, "first", organisation=organisation, role=ROLE, holder=holder)
        return None if epoch is None else Leder(organisation, epoch)
    old = await _value(pool, "holder", organisation=organisation, role=ROLE, epoch=seen_epoch)
    if old is not None and old != holder:
        await _value(pool, "end_connections", holder=old)
    epoch = await _value(pool, "succeed", organisation=organisation, role=ROLE, holder=holder, seen=seen_epoch)
    return None if epoch is None else Leder(organisation, epoch)


async def beat(pool: Pool, leder: Leder) -> bool:
    """Say that we live; False when we no longer lead."""
    return await _value(pool, "beat", organisation=leder.organisation, role=ROLE, epoch=leder.epoch) is not None


async def release(pool: Pool, leder: Leder) -> None:
    """Let the next one lead at once."""
    await _value(pool, "release", organisation=leder.organisation, role=ROLE, epoch=leder.epoch)


@asynccontextmanager
async def hold(
    pool: Pool,
    organisation: UUID,
    holder: str,
    *,
    beat_every: timedelta = BEAT,
    missed_after: timedelta = MISSED,
    lost: Callable[[], None] = lambda: None,
) -> AsyncIterator[Leder]:
    """Wait until we lead, then lead while the block runs; `lost` is called when another has taken over.

    `holder` is the application_name of this process's connections: a successor ends them by it.
    """
    leder = await _wait(pool, organisation, holder, beat_every, missed_after)
    await failpoint("leader.taken")
    beating = asyncio.create_task(_beat_on(pool, leder, beat_every, lost))
    try:
        yield leder
    finally:
        try:
            (beaten,) = await cancelled(beating)
            if isinstance(beaten, Exception):
                raise beaten
        finally:
            with suppress(Unavailable):
                await release(pool, leder)


async def _wait(pool: Pool, organisation: UUID, holder: str, every: timedelta, missed: timedelta) -> Leder:
    clock = asyncio.get_running_loop().time
    seen: tuple[int, object] | None = None
    since = clock()
    while True:
        row = await _row(pool, organisation)
        if row is None:
            leder = await take(pool, organisation, holder, seen_epoch=None)
        elif row[2] or (seen == row[:2] and clock() - since > missed.total_seconds()):
            leder = await take(pool, organisation, holder, seen_epoch=row[0])
        else:
            leder = None
            if seen != row[:2]:
                seen, since = row[:2], clock()
        if leder is not None:
            return leder
        await asyncio.sleep(every.total_seconds() / 2)


async def _beat_on(pool: Pool, leder: Leder, every: timedelta, lost: Callable[[], None]) -> None:
    while True:
        await asyncio.sleep(every.total_seconds())
        with suppress(Unavailable):
            if not await beat(pool, leder):
                lost()
                return


async def _row(pool: Pool, organisation: UUID) -> tuple[int, object, bool] | None:
    async with pool.connection() as connection:
        row = await SQL["read"].fetchrow(connection, organisation=organisation, role=ROLE)
    return None if row is None else (row["epoch"], row["beat_at"], row["free"])


async def _value(pool: Pool, name: str, **values: object) -> Any:
    async with pool.transaction() as tx:
        return await SQL[name].fetchval(tx, **values)

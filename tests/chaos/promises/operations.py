"""operations: the disk fills up, others take every connection, the clock jumps an hour: nothing is lost, reads go on.

The disk is a tmpfs of its own where we may mount one (root). Else the database is made to answer as a full one does:
SQLSTATE 53100 to every message and mark. The figures say which it was.
"""

import asyncio
import os
import subprocess
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg

from orgraf.embedded import Embedded
from tests.chaos import oracle
from tests.chaos.changes import Changes
from tests.chaos.reader import during, reading
from tests.chaos.scene import Ground, Scene, scene, until
from tests.flows.verden import free_ports
from tests.parts import postgres as postgres_part

ALONE = True

DISK_MB = 600
SMALL_WAL = {"max_wal_size": "64MB", "min_wal_size": "32MB", "max_connections": "60"}
FULL_DISK = (
    "create function fuld() returns trigger language plpgsql as $$begin raise sqlstate '53100'; end$$",
    *(f"create trigger fuld before insert on {t} for each row execute function fuld()" for t in ("inbox", "dirty")),
)


async def run(ground: Ground, seed: int, full: bool) -> str:
    """One after the other, on one orgraf whose source changes; then it comes to rest and all is as at the source."""
    seconds = 60.0 if full else 2.0
    with _small_disk(ground) as (small, fill):
        settings = {"ORGRAF_PROBE": "1s"}
        async with scene(small, "operations", seed=seed, settings=settings) as place:
            place.a.start()
            place.serve.start()
            await place.filled()
            await place.ready()
            place.b.start()
            baseline = await oracle.baseline(place)
            changes = Changes(place.kilde, seed)
            async with during(changes.steadily(10**9, 20)):
                told = [
                    await _no_connections(place, seconds),
                    await _disk_full(place, fill, seconds),
                    await _clock(place, seconds),
                ]
            verdict = await oracle.hold(place, baseline)
    return "; ".join(told) + f"; {changes.made} changes, {verdict.objects} objects as at the source, 0 lost"


async def _no_connections(place: Scene, seconds: float) -> str:
    """The leader dies while others hold every connection there is."""
    held: list[asyncpg.Connection[asyncpg.Record]] = []
    await until("the other is there too", lambda: _connected(place, place.b.pid))
    async with reading(place) as reads:
        await _take_all(place, held)
        leading = await place.leading()
        assert leading is not None
        leading.kill()
        leading.start()
        ends = time.monotonic() + seconds
        while time.monotonic() < ends:
            await _take_all(place, held)
            await asyncio.sleep(0.05)
        for one in held:
            one.terminate()
    return f"max_connections used up by others ({len(held)}) for {seconds:.0f} s, the leader killed: {reads.shown()}"


async def _disk_full(place: Scene, fill: "Fill", seconds: float) -> str:
    postgres = place.ground.postgres
    async with reading(place) as reads:
        async with fill.full(place):
            await asyncio.sleep(seconds)
            await fill.provoke(place)
            await asyncio.sleep(1)
        stopped = postgres.pid is None
        if stopped:
            await asyncio.to_thread(postgres.stop)
            await asyncio.to_thread(postgres.start)
    end = ", Postgres stopped by it" if stopped else ""
    return f"disk full for {seconds:.0f} s ({fill.how}{end}): {reads.shown()}"


async def _clock(place: Scene, seconds: float) -> str:
    """An hour ahead, an hour back, and right again. Readers' tokens go by the same clock: none are asked here."""
    for hours in (1, -1, 0):
        place.move_clock(timedelta(hours=hours))
        await asyncio.sleep(seconds)
    beat = "select last_empty_at <= $1 from feed_state where kanal = 'AMQP'"
    await until(
        "freshness claims no hour to come", lambda: place.fetchval(beat, datetime.now(UTC) + timedelta(seconds=1))
    )
    return f"clock +1 h, -1 h, right again, {seconds:.0f} s each: nothing waits for an hour, freshness claims none"


async def _take_all(place: Scene, held: "list[asyncpg.Connection[asyncpg.Record]]") -> None:
    """Every connection that is free."""
    with suppress(asyncpg.TooManyConnectionsError):
        while True:
            held.append(await asyncpg.connect(place.dsn))


async def _connected(place: Scene, pid: int | None) -> bool:
    held = "select count(*) > 0 from pg_stat_activity where application_name like '%-' || $1"
    return bool(await place.fetchval(held, str(pid)))


@dataclass(frozen=True)
class Fill:
    """How the disk is filled: `full` while its block runs; `provoke` has the database meet it, at the latest."""

    how: str
    full: Callable[[Scene], AbstractAsyncContextManager[None]]
    provoke: Callable[[Scene], Awaitable[None]]


@contextmanager
def _small_disk(ground: Ground) -> Iterator[tuple[Ground, Fill]]:
    """A Postgres on a disk of its own, if we may mount one."""
    disk = ground.folder / "disk"
    disk.mkdir()
    if not _mounted(disk):
        yield ground, Fill("53100 by trigger; a real one needs root", _refuse, _nothing)
        return
    try:
        (port,) = free_ports(1)
        with Embedded(disk / "pg", port=port, settings=SMALL_WAL) as server:
            template = postgres_part.migrated_template(server)
            small = replace(ground, postgres=server, template=template)
            yield small, Fill(f"tmpfs of {DISK_MB} MB", lambda place: _ballast(disk), _wal)
    finally:
        subprocess.run(["umount", "-l", disk], check=False, capture_output=True)


def _mounted(disk: Path) -> bool:
    if os.geteuid() != 0:
        return False
    options = f"size={DISK_MB}m,mode=755"
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", disk], check=False, capture_output=True)
    return done.returncode == 0


@asynccontextmanager
async def _ballast(disk: Path) -> AsyncIterator[None]:
    """Not a byte is free while the block runs."""
    ballast = disk / "ballast"

    def fill() -> None:
        with ballast.open("wb", buffering=0) as out, suppress(OSError):
            while True:
                out.write(bytes(1 << 20))
        with ballast.open("ab", buffering=0) as out, suppress(OSError):
            while True:
                out.write(bytes(4096))

    await asyncio.to_thread(fill)
    try:
        yield
    finally:
        ballast.unlink()


async def _wal(place: Scene) -> None:
    """The next file of the write-ahead log finds no room: Postgres stops, as it must."""
    with suppress(asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
        for _ in range(20):
            await place.fetchval("select pg_switch_wal()")
            await place.fetchval("select pg_logical_emit_message(true, 'x', 'x')")
    log = place.ground.postgres.home / "postgres.log"
    await until("Postgres has met the full disk", lambda: b"No space left on device" in log.read_bytes(), 10)


@asynccontextmanager
async def _refuse(place: Scene) -> AsyncIterator[None]:
    for statement in FULL_DISK:
        await place.fetchval(statement)
    try:
        yield
    finally:
        await place.fetchval("drop function fuld() cascade")


async def _nothing(_: Scene) -> None: ...

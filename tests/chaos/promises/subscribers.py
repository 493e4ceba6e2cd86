"""Subscribers: 20 clients that are reset, half-opened, left by a killed server, and never rung for, miss nothing.

Four parts: quiet (the p99 as it is), a slow reader among them (closed when its time is up, with its last position), one
who reads until just before a ping and stops then, and blows until the clients have come back often enough. What each
heard, first to last, is held against the change log.
"""

import asyncio
import json
import socket
import statistics
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any, TypeVar

import httpx
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed
from websockets.frames import Frame, Opcode

from fkorg.tasks import cancelled
from model.stand import Segl, Stand
from tests.chaos import follower, oracle
from tests.chaos.elsewhere import Elsewhere
from tests.chaos.follower import FAT, Follower
from tests.chaos.proxy import BLACKHOLE, HEALTHY, Toxic
from tests.chaos.scene import Broken, Ground, Scene, scene, until

ALONE = True

CLIENTS = 20
T = TypeVar("T")
MUTE = (
    "create schema if not exists mute",
    "create or replace function mute.pg_notify(text, text) returns void language sql as 'select'",
    "grant usage on schema mute to public",
)


@dataclass(frozen=True)
class Form:
    """How much of it. `quiet_s`: the length of the undisturbed part; `slow_s`: the limit of a slow reader."""

    reconnects: int
    per_second: float
    quiet_s: float
    slow_s: float


SHORT = Form(reconnects=60, per_second=20, quiet_s=3, slow_s=2)
FULL = Form(reconnects=1_000, per_second=50, quiet_s=30, slow_s=30)


async def run(ground: Ground, seed: int, full: bool) -> str:
    """The p99 beside a slow reader is told by both forms, and judged by the full one: the short one is too short."""
    form, rnd = FULL if full else SHORT, Random(seed)
    settings = {"ORGRAF_SLOW_READER": f"{form.slow_s:g}s", "ORGRAF_LEASE": "60s"}
    async with scene(ground, "subscribers", seed=seed, settings=settings, source_of=Elsewhere) as place:
        kilde: Any = place.kilde
        place.a.start()
        place.serve.start()
        await place.filled()
        await place.ready()
        segl = Segl.of(await place.fetchval("select secret from model_state"), place.kilde.sandhed.organisation)
        clients = [_follower(place, segl, Random(rnd.random())) for _ in range(CLIENTS)]
        async with _following(clients) as works:
            with kilde.changing(form.per_second, seed) as made:
                await until("every client follows", lambda: all(one.start for one in clients))
                quiet_s, _ = await _p99(clients, asyncio.sleep(form.quiet_s))
                disturbed_s, (slow, said) = await _p99(clients, _slow_reader(place, segl, form, late=False))
                late, said_late = await _slow_reader(place, segl, form, late=True)
                for one in (slow, late):
                    clients.append(one)
                    works.append(asyncio.create_task(one.run()))
                blows = await _blows(place, clients, form.reconnects, rnd)
                await _mute(place, on=False)
                changes = made()
            await oracle.at_rest(place, 900)
            await follower.all_heard(place, clients)
    if full and disturbed_s >= 2 * quiet_s:
        raise Broken(f"beside a slow reader p99 is {disturbed_s:.2f} s, quiet {quiet_s:.2f} s")
    reconnects = sum(one.reconnects for one in clients)
    return (
        f"{CLIENTS} clients, {reconnects} reconnects ({blows}), {changes} changes at the source,"
        f" {sum(len(one.told) for one in clients)} told: 0 gaps, 0 repeats, in order; a slow reader {said},"
        f" one who stops before a ping {said_late};"
        f" the others' p99 {disturbed_s * 1000:.0f} ms beside it, {quiet_s * 1000:.0f} ms quiet"
    )


def _follower(place: Scene, segl: Segl, rnd: Random, url: str | None = None, objects: str = "") -> Follower:
    url = url or f"ws://127.0.0.1:{place.web.port}/graphql"
    return Follower(url, place.tokens["laes"], segl, rnd, objects)


@asynccontextmanager
async def _following(clients: Sequence[Follower]) -> AsyncIterator["list[asyncio.Task[None]]"]:
    """The clients follow while the block runs."""
    works = [asyncio.create_task(one.run()) for one in clients]
    try:
        yield works
    finally:
        for task in works:
            task.cancel()
        await asyncio.gather(*works, return_exceptions=True)


async def _p99(clients: Sequence[Follower], during: Awaitable[T]) -> tuple[float, T]:
    """From applied to heard, over all clients, while something is awaited."""
    started = time.monotonic()
    found = await during
    delays = [delay for one in clients for at, delay in one.delays if at >= started]
    return statistics.quantiles(delays, n=100)[98] if len(delays) > 1 else float("inf"), found


class _Pinged(ClientConnection):
    """A client's connection that tells of pings, which it answers as ever."""

    def __init__(self, *arguments: Any, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self.pinged = asyncio.Event()

    def process_event(self, event: Any) -> None:
        if isinstance(event, Frame) and event.opcode is Opcode.PING:
            self.pinged.set()
        super().process_event(event)


async def _slow_reader(place: Scene, segl: Segl, form: Form, *, late: bool) -> tuple[Follower, str]:
    """One that takes nothing: closed when its time is up, not before. It is to be gone on with.

    It wants much, from the first change on; or, when it is `late`, what comes from now on, which it reads until just
    before the server's second ping, so that this finds no room or no answer.
    """
    straight = place.serve.settings["ORGRAF_LISTEN_PORT"]
    slow = _follower(place, segl, Random(0), f"ws://127.0.0.1:{straight}/graphql", "" if late else FAT)
    if not late:
        slow.start = Stand(1, 1)
        slow.stand = segl.text(slow.start, datetime.now(UTC))
    assert place.serve.pid is not None
    before, opened = _memory(place.serve.pid), await _sockets(place)
    sock = socket.socket()
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    sock.connect(("127.0.0.1", int(straight)))
    sock.setblocking(False)
    async with slow.connected(sock=sock, ping_interval=None, create_connection=_Pinged) as ws:
        if late:
            await _until_a_ping_is_near(ws, slow, form)
        ws.transport.pause_reading()
        most, stopped = before, time.monotonic()
        await until("the slow reader is counted", lambda: _counts(place, opened + 1), 5)
        while await _sockets(place) > opened:
            most = max(most, _memory(place.serve.pid))
            if time.monotonic() - stopped > 2 * form.slow_s + 5:
                raise Broken("a slow reader is not closed")
            await asyncio.sleep(0.2)
        took_s = time.monotonic() - stopped
        ws.transport.resume_reading()
        await _read(ws, slow)
        if ws.close_code != 1013 or not (ws.close_reason or "").endswith(f"go on from {slow.stand}"):
            raise Broken(f"a slow reader heard {ws.close_code} {ws.close_reason!r} after {len(slow.told)} changes")
    if took_s < form.slow_s:
        raise Broken(f"a slow reader was closed after {took_s:.1f} s, before its {form.slow_s:g} s were up")
    slow.objects = ""
    return slow, (
        f"closed with its position after {took_s:.1f} s of {form.slow_s:g} s, {len(slow.told)} changes told it,"
        f" {(most - before) / 2**20:.1f} MiB more held"
    )


async def _until_a_ping_is_near(ws: Any, slow: Follower, form: Form) -> None:
    """Read; the server pings every half of its patience."""
    reading = asyncio.create_task(_read(ws, slow))
    async with asyncio.timeout(form.slow_s):
        await ws.pinged.wait()
    await asyncio.sleep(form.slow_s / 2 * 0.95)
    await cancelled(reading)


async def _read(ws: Any, slow: Follower) -> None:
    with suppress(ConnectionClosed):
        async for frame in ws:
            slow.take(json.loads(frame))


async def _blows(place: Scene, clients: Sequence[Follower], wanted: int, rnd: Random) -> str:
    """Until the clients have come back so often; which blows it took."""
    kinds: dict[str, Callable[[Scene, Sequence[Follower], Random], Awaitable[None]]] = {
        "reset": _reset,
        "cut within frames": _cut,
        "half-open": _half_open,
        "server killed": _kill,
        "LISTEN killed": _deafen,
        "NOTIFY swallowed": _swallow,
    }
    counts = dict.fromkeys(kinds, 0)
    while sum(one.reconnects for one in clients) < wanted or not all(counts.values()):
        left = [kind for kind, count in counts.items() if not count]
        kind = rnd.choice(left or list(kinds))
        counts[kind] += 1
        await kinds[kind](place, clients, rnd)
        await asyncio.sleep(rnd.uniform(0, 0.5))
    return ", ".join(f"{kind} {count}" for kind, count in counts.items())


async def _reset(place: Scene, clients: Sequence[Follower], rnd: Random) -> None:
    if rnd.random() < 0.5:
        place.web.cut()
        return
    for one in rnd.sample(list(clients), 5):
        one.drop()


async def _cut(place: Scene, clients: Sequence[Follower], rnd: Random) -> None:
    """Whoever comes now is cut off in the middle of what he hears."""
    place.web.toxic = Toxic(cut_after=rnd.randrange(300, 5_000))
    place.web.cut()
    await asyncio.sleep(rnd.uniform(0.2, 1))
    place.web.toxic = HEALTHY


async def _half_open(place: Scene, clients: Sequence[Follower], rnd: Random) -> None:
    place.web.toxic = BLACKHOLE
    await asyncio.sleep(rnd.uniform(0.5, 3.5))
    place.web.toxic = HEALTHY


async def _kill(place: Scene, clients: Sequence[Follower], rnd: Random) -> None:
    place.serve.kill()
    place.serve.start()
    await place.ready()


async def _deafen(place: Scene, clients: Sequence[Follower], rnd: Random) -> None:
    await _end_sessions(place, "orgraf-listen")


async def _swallow(place: Scene, clients: Sequence[Follower], rnd: Random) -> None:
    """From here on, or no longer, every NOTIFY of every new session goes nowhere."""
    await _mute(place, on=rnd.random() < 0.7)


async def _mute(place: Scene, *, on: bool) -> None:
    for sql in MUTE if on else ():
        await place.fetchval(sql)
    name = await place.fetchval("select quote_ident(current_database())")
    path = "set search_path = mute, pg_catalog, public" if on else "reset search_path"
    await place.fetchval(f"alter database {name} {path}")
    await _end_sessions(place, "orgraf-ingest-%")


async def _end_sessions(place: Scene, name: str) -> None:
    await place.fetchval(
        "select count(pg_terminate_backend(pid)) from pg_stat_activity"
        " where application_name like $1 and datname = current_database()",
        name,
    )


async def _sockets(place: Scene) -> int:
    async with httpx.AsyncClient(verify=False) as client:  # else it reads all certificates, each time, on this loop
        text = (await client.get(f"{place.url}/metrics", timeout=5)).text
    return int(float(next(line.split()[1] for line in text.splitlines() if line.startswith("orgraf_sockets_open "))))


async def _counts(place: Scene, wanted: int) -> bool:
    return await _sockets(place) >= wanted


def _memory(pid: int) -> int:
    """Resident bytes."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * 4096

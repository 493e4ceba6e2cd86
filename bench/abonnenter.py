"""Many subscribers of one server: from a commit to the last client's byte, and what each costs.

`scripts/bench --subscribers 1000`. Events come one at a time, each when all clients have had the one before, so that a
slow server is asked no more than it can do. Clients are as cheap as can be, one process of them, which collects no
garbage meanwhile: what they cost is in every contender's times alike.
"""

import asyncio
import base64
import gc
import json
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from rich.table import Table

from bench import contenders, municipality, report
from bench.load import Target, cpu_s, rss_mb
from fkorg.catalogue import Objekttype
from model.pool import Pool
from model.projection import log
from model.projection.log import Linje
from model.projection.vaern import Version

EVENTS: Final = 200
WARM: Final = 5
PAUSE_S: Final = 0.1
PATIENCE_S: Final = 60.0
OURS: Final = """subscription { aendringer { __typename
    ... on Aendring { stand art objekttype uuid } ... on Puls { stand } ... on Gensynk { stand grund } } }"""
THEIRS: Final = "subscription { aendringer { __typename stand art objekttype uuid } }"
NEXT: Final = b'"Aendring"'
GOALS: Final = "goals: p99 60 ms, 40 KiB a subscriber, CPU an event at most a tenth of Strawberry's"


@dataclass
class Crowd:
    """All clients of one server: how many are ready, and how many have had the event that is out."""

    ready: int = 0
    had: int = 0
    wanted: int = 0
    done: asyncio.Event = field(default_factory=asyncio.Event)
    at: float = 0.0
    over: bool = False
    """It failed: what is said by the clients' ends does not count."""
    all_ready: asyncio.Event = field(default_factory=asyncio.Event)

    def is_ready(self) -> None:
        """One client has subscribed."""
        self.ready += 1
        if self.ready == self.wanted:
            self.all_ready.set()

    async def reached(self, event: asyncio.Event, what: str, count: Callable[[], int]) -> None:
        """Wait for all. Raises SystemExit when it takes too long."""
        try:
            async with asyncio.timeout(PATIENCE_S):
                await event.wait()
        except TimeoutError:
            self.over = True
            raise SystemExit(f"bench: {count()} of {self.wanted} clients {what} within {PATIENCE_S:.0f} s") from None

    def came(self) -> None:
        """One client has had it."""
        self.had += 1
        if self.had == self.wanted:
            self.at = time.perf_counter()
            self.done.set()


class Client(asyncio.Protocol):
    """One subscriber: graphql-transport-ws by hand, frames looked through for changes."""

    def __init__(self, crowd: Crowd, target: Target, document: str) -> None:
        self.crowd, self.target, self.document = crowd, target, document
        self.raw = b""
        self.shaken = False
        self.ready = False

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        key = base64.b64encode(os.urandom(16)).decode()
        transport.write(
            f"GET {self.target.path} HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n".encode()
        )

    def data_received(self, data: bytes) -> None:
        self.raw += data
        if not self.shaken:
            head, end, self.raw = self.raw.partition(b"\r\n\r\n")
            if not end:
                self.raw = head
                return
            if b" 101 " not in head:
                raise SystemExit(f"bench: {self.target.name} refused a subscriber: {head[:200]!r}")
            self.shaken = True
            self._send({"type": "connection_init", "payload": {"token": self.target.token}})
        while (frame := self._frame()) is not None:
            self._take(*frame)

    def _frame(self) -> tuple[int, bytes] | None:
        raw = self.raw
        if len(raw) < 2:
            return None
        length, start = raw[1] & 127, 2
        if length == 126:
            length, start = int.from_bytes(raw[2:4], "big"), 4
        elif length == 127:
            length, start = int.from_bytes(raw[2:10], "big"), 10
        if len(raw) < start + length:
            return None
        self.raw = raw[start + length :]
        return raw[0] & 15, raw[start : start + length]

    def _take(self, opcode: int, payload: bytes) -> None:
        if opcode == 9:
            self._write(10, payload)
        elif opcode == 1 and NEXT in payload:
            self.crowd.came()
        elif opcode == 1 and b"connection_ack" in payload:
            self._send({"type": "subscribe", "id": "1", "payload": {"query": " ".join(self.document.split())}})
            if self.document is THEIRS:
                self._is_ready()  # it says nothing until something changes
        elif opcode == 1 and b'"Puls"' in payload:
            self._is_ready()
        elif not self.crowd.over and (opcode == 8 or (opcode == 1 and b'"errors"' in payload)):
            raise SystemExit(f"bench: {self.target.name} ended a subscription: {payload[:300]!r}")

    def _is_ready(self) -> None:
        if not self.ready:
            self.ready = True
            self.crowd.is_ready()

    def _send(self, message: Any) -> None:
        self._write(1, json.dumps(message).encode())

    def _write(self, opcode: int, payload: bytes) -> None:
        """A masked frame; a mask of noughts leaves the bytes as they are."""
        size = len(payload)
        length = bytes([128 | size]) if size < 126 else bytes([254]) + size.to_bytes(2, "big")
        self.transport.write(bytes([128 | opcode]) + length + b"\0\0\0\0" + payload)


@dataclass(frozen=True)
class Found:
    """What one contender gave."""

    name: str
    p50_ms: float
    p99_ms: float
    cpu_ms: float
    """Of the server, for an event to all."""
    kib: float
    """Of the server's memory, for a subscriber."""


def run(subscribers: int) -> None:
    """All contenders, one after the other, as one table."""
    gc.disable()
    with (
        municipality.municipality(municipality.SIZES["short"]) as (postgres, filled),
        tempfile.TemporaryDirectory(dir="/tmp") as name,
    ):
        dsn, organisation, folder = postgres.dsn(), filled.organisation, Path(name)
        ours = contenders.orgraf(dsn, organisation, folder)
        theirs = contenders.abonnement(dsn, organisation, folder)

        async def measured() -> list[Found]:
            async with ours as one:
                first = await _measure(one, OURS, dsn, UUID(organisation), subscribers)
            async with theirs as other:
                return [first, await _measure(other, THEIRS, dsn, UUID(organisation), subscribers)]

        _show(subscribers, asyncio.run(measured()))


async def _measure(target: Target, document: str, dsn: str, organisation: UUID, subscribers: int) -> Found:
    loop, crowd = asyncio.get_running_loop(), Crowd(wanted=subscribers)
    before = rss_mb(target.pid)
    clients = [await _connected(loop, lambda: Client(crowd, target, document), target.port) for _ in range(subscribers)]
    await crowd.reached(crowd.all_ready, "subscribed", lambda: crowd.ready)
    await asyncio.sleep(2)
    kib = (rss_mb(target.pid) - before) * 1024 / subscribers
    async with await Pool.open(dsn, size=1) as pool:
        uuid = await pool.fetchval("select uuid from organisation_enhed where organisation = $1 limit 1", organisation)
        waits: list[float] = []
        for number in range(EVENTS + WARM):
            if number == WARM:
                spent = cpu_s(target.pid)
            waits.append(await _event(pool, organisation, uuid, crowd))
    cpu = (cpu_s(target.pid) - spent) * 1000 / EVENTS
    for transport in clients:
        transport.abort()
    counted = sorted(waits[WARM:])
    return Found(target.name, statistics.median(counted), counted[int(len(counted) * 0.99)], cpu, kib)


async def _connected(loop: asyncio.AbstractEventLoop, make: Callable[[], Client], port: int) -> Any:
    transport, _ = await loop.create_connection(make, "127.0.0.1", port)
    return transport


async def _event(pool: Pool, organisation: UUID, uuid: UUID, crowd: Crowd) -> float:
    """A change of a unit, as applying logs it; milliseconds from its commit until all have it."""
    crowd.had = 0
    crowd.done.clear()
    async with pool.transaction() as tx:
        linje = Linje(Objekttype.ORGANISATION_ENHED, uuid, "AENDRET", "BESKED", Version(0), ["enhedsnavn"])
        await log.skriv(tx, organisation, [linje], datetime.now(UTC))
    committed = time.perf_counter()
    await crowd.reached(crowd.done, "were told", lambda: crowd.had)
    await asyncio.sleep(PAUSE_S)
    return (crowd.at - committed) * 1000


def _show(subscribers: int, found: list[Found]) -> None:
    table = Table(title=f"{subscribers} subscribers of one server, {EVENTS} changes one by one")
    table.add_column("contender")
    for title in ("p50 ms to the last", "p99 ms", "CPU ms an event", "KiB a subscriber"):
        table.add_column(title, justify="right")
    for one in found:
        table.add_row(one.name, f"{one.p50_ms:.0f}", f"{one.p99_ms:.0f}", f"{one.cpu_ms:.1f}", f"{one.kib:.0f}")
    report.CONSOLE.print(table)
    ours, theirs = found
    report.say(f"CPU an event: {ours.cpu_ms / theirs.cpu_ms:.2f} of Strawberry's way; {GOALS}")

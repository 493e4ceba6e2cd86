"""Callers: N connections that each send a request, wait for the whole answer, and send the next. HTTP/1.1, loopback.

Written on asyncio streams so that the measuring costs little beside what is measured.
"""

import asyncio
import os
import statistics
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Round:
    """What one round gave: answers per second, median latency, CPU per answer of the server and of Postgres, bytes."""

    per_second: float
    p50_ms: float
    server_cpu_ms: float
    postgres_cpu_ms: float
    size_bytes: int


async def ask(port: int, body: bytes, headers: str = "") -> bytes:
    """One request on a connection of its own; the answer's body."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**22)
    try:
        return await _exchange(reader, writer, _request(body, headers))
    finally:
        writer.close()


async def run(port: int, body: bytes, headers: str, callers: int, seconds: float, pids: tuple[int, int]) -> Round:
    """A round. `pids`: the server's process and the postmaster, whose children are counted with it."""
    request = _request(body, headers)
    before = [cpu_s([pids[0]]), cpu_s(family(pids[1]))]
    started = time.perf_counter()
    found = await asyncio.gather(*(_caller(port, request, started + seconds) for _ in range(callers)))
    elapsed = time.perf_counter() - started
    after = [cpu_s([pids[0]]), cpu_s(family(pids[1]))]
    latencies = [latency for latencies, _ in found for latency in latencies]
    spent = [(b - a) * 1000 / len(latencies) for a, b in zip(before, after, strict=True)]
    size = found[0][1]
    return Round(len(latencies) / elapsed, statistics.median(latencies) * 1000, spent[0], spent[1], size)


async def _caller(port: int, request: bytes, until: float) -> tuple[list[float], int]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**22)
    latencies, size = [], 0
    try:
        while (now := time.perf_counter()) < until:
            size = len(await _exchange(reader, writer, request))
            latencies.append(time.perf_counter() - now)
    finally:
        writer.close()
    return latencies, size


def _request(body: bytes, headers: str) -> bytes:
    head = f"POST /graphql HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n{headers}"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


async def _exchange(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes) -> bytes:
    writer.write(request)
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    if not head.startswith(b"http/1.1 200"):
        raise RuntimeError(f"the server answered {head.splitlines()[0].decode()}")
    length = int(head.split(b"content-length:")[1].split(b"\r\n")[0])
    return await reader.readexactly(length)


def cpu_s(pids: Iterable[int]) -> float:
    """CPU seconds that the processes have used."""
    total = 0
    for pid in pids:
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        except FileNotFoundError:
            continue
        total += int(fields[11]) + int(fields[12])
    return total / TICKS


def family(pid: int) -> list[int]:
    """A process and its children."""
    found = [pid]
    for path in Path(f"/proc/{pid}/task").glob("*/children"):
        found += [int(child) for child in path.read_text().split()]
    return found

"""Load on one server of this machine's loopback, and what it costs: answers, latencies, CPU and memory."""

import asyncio
import os
import re
import socket
import subprocess
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import asyncpg

from fkorg.tasks import cancelled
from model import opslag
from model.pool import Connection

TICKS: Final = os.sysconf("SC_CLK_TCK")
ROOT: Final = Path(__file__).parent.parent
FIGURES: Final = re.compile(r"^FIGURES (\d+) (\d+) (\d+) ([\d.]+) ([\d.]+) (\d+)$", re.MULTILINE)


@dataclass(frozen=True)
class Round:
    """What one window gave. CPU is per answer, of the server and of Postgres; `bytes` is an answer with its head."""

    rps: float
    p50_ms: float
    p99_ms: float
    server_cpu_ms: float
    postgres_cpu_ms: float
    rss_mb: float
    bytes: float
    errors: int


@dataclass(frozen=True)
class Target:
    """A server that answers POST at `path`. `pid`: its process; `token` is sent as the caller's."""

    name: str
    port: int
    pid: int
    path: str = "/graphql"
    token: str = ""


async def ask(target: Target, body: bytes) -> bytes:
    """One answer's body. Raises SystemExit for another status than 200."""
    reader, writer = await asyncio.open_connection("127.0.0.1", target.port, limit=2**26)
    try:
        auth = f"Authorization: Bearer {target.token}\r\n" if target.token else ""
        head = f"POST {target.path} HTTP/1.0\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n{auth}"
        writer.write(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
        answer = await reader.read(-1)
    finally:
        writer.close()
    status, _, rest = answer.partition(b"\r\n")
    if b" 200" not in status:
        raise SystemExit(f"bench: {target.name} answered {status.decode()}: {rest[-300:].decode()}")
    return rest.partition(b"\r\n\r\n")[2]


async def window(
    target: Target, bodies: Sequence[bytes], callers: int, seconds: int, postmaster: int, log: Connection
) -> Round:
    """Callers that each send, wait for the whole answer, and send the next, by wrk in one thread."""
    with tempfile.NamedTemporaryFile(suffix=".jsonl") as file:
        file.write(b"\n".join(bodies))
        file.flush()
        before = cpu_s(target.pid), tree_cpu_s(postmaster)
        command = [wrk(), "-t1", f"-c{callers}", f"-d{seconds}s", "--timeout", "30s", "--latency"]
        command += ["-s", str(Path(__file__).with_name("post.lua")), f"http://127.0.0.1:{target.port}"]
        auth = f"Bearer {target.token}" if target.token else ""
        environment = os.environ | {"BODIES": file.name, "RPATH": target.path, "AUTH": auth}
        async with looked_after(log, seconds):
            done = await asyncio.to_thread(subprocess.run, command, env=environment, capture_output=True, text=True)
        after = cpu_s(target.pid), tree_cpu_s(postmaster)
    if done.returncode or not (found := FIGURES.search(done.stdout)):
        raise SystemExit(f"bench: wrk failed on {target.name}: {done.stdout[-300:]}{done.stderr[-300:]}")
    count, took_us, errors, p50_us, p99_us, size = (float(one) for one in found.groups())
    server, postgres = ((b - a) * 1000 / max(count, 1) for a, b in zip(before, after, strict=True))
    return Round(
        count / took_us * 1e6,
        p50_us / 1000,
        p99_us / 1000,
        server,
        postgres,
        rss_mb(target.pid),
        size / max(count, 1),
        int(errors),
    )


@asynccontextmanager
async def looked_after(log: Connection, seconds: float) -> AsyncIterator[None]:
    """The log of reads is put in order late in a window, and after it, at the window's cost: as ingest does in time."""
    meanwhile = asyncio.create_task(_later(log, seconds * 0.8))
    try:
        yield
        await meanwhile
    finally:
        await cancelled(meanwhile)
    await opslag.sorteres(log)


async def _later(log: Connection, seconds: float) -> None:
    await asyncio.sleep(seconds)
    await opslag.sorteres(log)


async def quiet(dsn: str) -> None:
    """End what a window has left running in the database, so that the next one has the machine for itself."""
    connection = await asyncpg.connect(dsn)
    try:
        for _ in range(600):
            left = await connection.fetchval(
                "select count(pg_cancel_backend(pid)) from pg_stat_activity where state = 'active'"
                " and backend_type = 'client backend' and pid <> pg_backend_pid() and datname = current_database()"
            )
            if not left:
                return
            await asyncio.sleep(0.1)
        raise SystemExit("bench: the database does not come to rest")
    finally:
        await connection.close()


@cache
def wrk() -> str:
    """The program; brought from the distribution when it is missing."""
    found = subprocess.run([ROOT / "scripts" / "parts", "wrk"], capture_output=True, text=True)
    if found.returncode:
        raise SystemExit(f"bench: {found.stderr.strip()}")
    return found.stdout.splitlines()[0]


def cpu_s(pid: int) -> float:
    """CPU seconds that a process has used."""
    return sum(_stat(pid)[:2])


def tree_cpu_s(pid: int) -> float:
    """Those of a process and its children, those that have ended too."""
    found = sum(_stat(pid))
    for path in Path(f"/proc/{pid}/task").glob("*/children"):
        found += sum(cpu_s(int(child)) for child in path.read_text().split())
    return found


def _stat(pid: int) -> list[float]:
    """Seconds of its own in user and system mode, then those of children that have ended."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except (FileNotFoundError, ProcessLookupError):  # it ended before, or while, it was read
        return [0.0] * 4
    return [int(one) / TICKS for one in fields[11:15]]


def rss_mb(pid: int) -> float:
    """Resident memory."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])

"""What is fuzzed: `orgraf serve` as a process over a small municipality in a real Postgres, on loopback.

Owns starting and ending it, by its pid, and what can be seen of it from outside: life, memory, CPU time, log.
"""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx

from orgraf import udsteder
from orgraf.embedded import Embedded
from orgraf.udsteder import ROLLER
from simulator.server import Options
from tests.chaos.process import Process
from tests.flows.verden import free_ports, make_settings
from tests.fuzz import stock
from tests.graph.proving import ground
from tests.graph.worlds import World, a_world
from tests.parts import postgres
from tests.parts.folder import shared_folder

START_S = 60.0
TRUSTED = {"kendt": "query Kendt { __typename }", "skrivning": stock.SKRIVNING}


@dataclass(frozen=True)
class Place:
    """A server under fuzz. `pid` and `log` None: one that is not a process of its own."""

    port: int
    tokens: Mapping[str, str]
    pid: int | None = None
    log: Path | None = None
    process: Process | None = None

    @property
    def alive(self) -> bool:
        return self.process is None or self.process.alive

    def memory_mib(self) -> float:
        """What of it is in memory."""
        if self.pid is None:
            return 0.0
        lines = Path(f"/proc/{self.pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS:")) / 1024

    def cpu_s(self) -> float:
        """CPU time of the process so far: Linux numbers the clock of a process by its pid."""
        return 0.0 if self.pid is None else time.clock_gettime((~self.pid << 3) | 2)

    def tracebacks(self) -> list[str]:
        """What it logged that nobody foresaw: errors, and lines that are no log lines."""
        if self.log is None:
            return []
        return [line for line in self.log.read_text("utf-8", "replace").splitlines() if _unforeseen(line)]


def _unforeseen(line: str) -> bool:
    try:
        found = json.loads(line)
    except ValueError:
        return True
    return found.get("level") in ("error", "critical") or "exception" in found


@asynccontextmanager
async def place(seed: int) -> AsyncIterator[tuple[Place, World]]:
    """A server, ready, and the municipality behind it."""
    world = a_world(seed, enheder=20)
    with shared_folder() as folder, Embedded(folder / "pg", port=free_ports(1)[0], fsync=False) as server:
        dsn = postgres.clone(server, postgres.migrated_template(server), "fuzz")
        made = await ground(dsn, world.rows, (world.here, world.there))
        await made.lease.close()
        port, nobody = free_ports(2)
        (folder / "trusted.json").write_text(json.dumps(TRUSTED))
        settings = make_settings(folder, dsn, Options(folder / "sandhed", nobody), port) | {
            "ORGRAF_CONTEXTS": world.here.cvr,
            "ORGRAF_TRUSTED": str(folder / "trusted.json"),
            "ORGRAF_KLASSER": "",
            "ORGRAF_WAIT": "200ms",
            "ORGRAF_SOURCE_TIMEOUT": "1s",
        }
        process = Process("serve", "serve", settings, folder / "serve.log")
        now = datetime.now(UTC)
        issuer = udsteder.load_or_make(folder, now)
        tokens = {
            role: udsteder.udsted(issuer, world.here.cvr, rights, now, system=role, levetid=timedelta(hours=23))
            for role, rights in ROLLER.items()
        }
        process.start()
        try:
            await _ready(process, port)
            yield Place(port, tokens, process.pid, process.log, process), world
        finally:
            process.kill()


async def _ready(process: Process, port: int) -> None:
    deadline = time.monotonic() + START_S
    async with httpx.AsyncClient() as client:
        while True:
            try:
                if (await client.get(f"http://127.0.0.1:{port}/health/ready")).status_code == 200:
                    return
            except httpx.HTTPError:
                pass
            if not process.alive or time.monotonic() > deadline:
                raise AssertionError(f"not ready; its log ends:\n{process.log.read_text('utf-8', 'replace')[-3000:]}")
            await asyncio.sleep(0.1)

"""The municipality that is asked about: made by the simulator, brought in by the product's own first fill.

Owns the database and its peer's tables. It is kept under .cache/bench for the next run of the same tables' version.
"""

import asyncio
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from uuid import UUID

import asyncpg
import httpx

import migrations
from bench.load import free_port, rss_mb, tree_cpu_s
from bench.queries import CVR
from fkorg import klassifikation
from orgraf import demo
from orgraf.embedded import Embedded
from simulator import noegler, server

ROOT: Final = Path(__file__).parent.parent
SIZES: Final = {"1": "m1", "10": "m10", "short": "m0"}
MARK: Final = "filled.json"
MEMORY: Final = {"m0": "128MB", "m1": "1GB", "m10": "6GB"}


@dataclass(frozen=True)
class Filled:
    """What the first fill took: seconds, CPU of the filler and of Postgres, the filler's greatest memory; the disk."""

    size: str
    version: str
    objects: int
    seconds: float
    filler_cpu_s: float
    postgres_cpu_s: float
    filler_mb: float
    database_mb: float
    organisation: str


def kept(size: str) -> Filled | None:
    """What the first fill of an earlier run took; None when there was none."""
    mark = _folder(size) / MARK
    return Filled(**json.loads(mark.read_text())) if mark.exists() else None


@contextmanager
def municipality(size: str) -> Iterator[tuple[Embedded, Filled]]:
    """The server with its database, filled now or in an earlier run."""
    folder = _folder(size)
    with Embedded(folder / "postgres", settings=_settings(size)) as postgres:
        mark, filled = folder / MARK, kept(size)
        if filled is None or filled.version != migrations.head():
            mark.unlink(missing_ok=True)
            filled = asyncio.run(_fill(postgres, folder, size))
            mark.write_text(json.dumps(asdict(filled), indent=1))
        yield postgres, filled


async def refresh_peer(dsn: str, filled: Filled) -> None:
    """Fill the peer's tables from the read model as it is, and bring all statistics up to date."""
    text = Path(__file__).with_name("peer.sql").read_text("utf-8")
    text = text.replace("{organisation}", filled.organisation).replace("{lederrolle}", str(klassifikation.LEDERROLLE))
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute(text)
        await connection.execute("vacuum analyze")
    finally:
        await connection.close()


def signed(size: str) -> Filled:
    """The first fill over signed calls, its answers proved, into a database that is thrown away after."""
    with (
        tempfile.TemporaryDirectory(dir="/tmp") as name,
        Embedded(Path(name) / "postgres", settings=_settings(size)) as postgres,
    ):
        return asyncio.run(_fill(postgres, _folder(size), size, signed=True))


def _folder(size: str) -> Path:
    return ROOT / ".cache" / "bench" / size


def _settings(size: str) -> dict[str, str]:
    return {"shared_buffers": MEMORY[size], "max_wal_size": "4GB", "max_connections": "200"}


async def _fill(postgres: Embedded, folder: Path, size: str, *, signed: bool = False) -> Filled:
    admin = await asyncpg.connect(postgres.dsn("postgres"))
    await admin.execute("drop database if exists orgraf")
    await admin.execute("create database orgraf")
    await admin.close()
    await asyncio.to_thread(migrations.upgrade, postgres.dsn())
    seconds, spent, usage, most_mb = await asyncio.to_thread(_bootstrap, postgres, folder, size, signed)
    connection = await asyncpg.connect(postgres.dsn())
    try:
        organisation: UUID = await connection.fetchval("select organisation from anvenderkontekst where cvr = $1", CVR)
        return Filled(
            size,
            migrations.head(),
            await connection.fetchval("select count(*) from objekt"),
            seconds,
            usage.ru_utime + usage.ru_stime,
            spent,
            most_mb,
            await connection.fetchval("select pg_database_size(current_database()) / 1048576.0::float8"),
            str(organisation),
        )
    finally:
        await connection.close()


def _bootstrap(
    postgres: Embedded, folder: Path, size: str, signed: bool
) -> tuple[float, float, resource.struct_rusage, float]:
    """`orgraf bootstrap` from `orgraf simulate`: seconds, those of Postgres's CPU, what the filler used.

    And its greatest memory, MB, looked at as it runs: the system counts ours too, from before it was another program.
    """
    port, simulator = free_port(), folder / "simulator"
    orgraf = [sys.executable, "-m", "orgraf"]
    kept = noegler.load_or_make(simulator / server.MAPPE, datetime.now(UTC)) if signed else None
    environment = os.environ | {"ORGRAF_DATABASE_DSN": postgres.dsn(), "ORGRAF_CONTEXTS": CVR}
    environment |= demo.kilde(f"http://127.0.0.1:{port}", kept)
    simulate = [*orgraf, "simulate", f"--port={port}", f"--size={size}", f"--dir={simulator}"]
    simulate += [] if signed else ["--unsigned"]
    quiet = subprocess.DEVNULL
    with subprocess.Popen(simulate, env=environment, cwd=ROOT, stdin=quiet, stdout=quiet, stderr=quiet) as source:
        try:
            _until_it_answers(f"http://127.0.0.1:{port}/", source)
            before, started = tree_cpu_s(postgres.pid or 0), time.monotonic()
            filler = subprocess.Popen(
                [*orgraf, "bootstrap"], env=environment, cwd=ROOT, stdin=quiet, stdout=quiet, stderr=quiet
            )
            most_mb, ended = 0.0, 0
            while not ended:
                time.sleep(0.05)
                most_mb = max(most_mb, rss_mb(filler.pid))
                ended, status, usage = os.wait4(filler.pid, os.WNOHANG)
            filler.returncode = os.waitstatus_to_exitcode(status)
            if filler.returncode:
                raise SystemExit(f"bench: `orgraf bootstrap` ended with status {filler.returncode}")
            return time.monotonic() - started, tree_cpu_s(postgres.pid or 0) - before, usage, most_mb
        finally:
            source.terminate()


def _until_it_answers(url: str, source: "subprocess.Popen[bytes]") -> None:
    for _ in range(6_000):  # m10 takes minutes to make
        if source.poll() is not None:
            raise SystemExit(f"bench: the simulator ended with status {source.returncode}")
        try:
            httpx.get(url, timeout=5)
            return
        except httpx.HTTPError:
            time.sleep(0.1)
    raise SystemExit("bench: the simulator does not answer")

"""The contenders, each one process of its own on a loopback port, with a pool of eight over the same unix socket."""

import asyncio
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import httpx

from bench.load import ROOT, Target, free_port
from bench.queries import CVR
from orgraf import udsteder

WAIT_S: Final = 60.0
POOL: Final = "8"
UVICORN: Final = ("--loop", "uvloop", "--http", "httptools", "--no-access-log", "--log-level", "warning")
TABLES: Final = "orgraf"
CARDS: Final = "orgraf-kort"
REUSED: Final = "orgraf-genbrug"
REUSE: Final = {"ORGRAF_REUSE_BYTES": str(256 * 1024**2)}
SCHEMAS: Final = {"postgraphile": "tabeller", "postgraphile-views": "visninger"}


@asynccontextmanager
async def orgraf(dsn: str, organisation: str, folder: Path, name: str = TABLES, **more: str) -> AsyncIterator[Target]:
    """`orgraf serve`: rights, time and validity predicates on; a caller who may see names. `more`: settings that
    differ from those it ships with."""
    port, now = free_port(), datetime.now(UTC)
    issuer = udsteder.ny(now)
    certificate = folder / f"{name}.pem"
    certificate.write_text(issuer.certifikat)
    environment = {
        "ORGRAF_DATABASE_DSN": dsn,
        "ORGRAF_DATABASE_POOL": POOL,
        "ORGRAF_CONTEXTS": f"{CVR}={organisation}",
        "ORGRAF_SOURCE_URL": "http://127.0.0.1:9",  # nobody answers there: reading needs no source
        "ORGRAF_JWT_ISSUER": udsteder.ENTITET,
        "ORGRAF_JWT_AUDIENCE": udsteder.MODTAGER,
        "ORGRAF_JWT_KEYS": str(certificate),
        "ORGRAF_LISTEN_PORT": str(port),
    } | more
    token = udsteder.udsted(issuer, CVR, udsteder.ROLLER["persondata"], now)
    async with _process([sys.executable, "-m", "orgraf", "serve"], environment, port, folder / name) as pid:
        await asyncio.to_thread(_ready, port)
        yield Target(name, port, pid, token=token)


def _ready(port: int) -> None:
    """Wait until the server says that it is ready. Raises SystemExit."""
    until = time.monotonic() + WAIT_S
    while httpx.get(f"http://127.0.0.1:{port}/health/ready").status_code != 200:
        if time.monotonic() > until:
            raise SystemExit(f"bench: the server is not ready after {WAIT_S:.0f} s")
        time.sleep(0.1)


@asynccontextmanager
async def postgraphile(name: str, dsn: str, folder: Path) -> AsyncIterator[Target]:
    """PostGraphile over its own tables, or over views on ours."""
    home, bin_ = await asyncio.to_thread(_postgraphile)
    port = free_port()
    environment = {"DATABASE_URL": dsn, "SCHEMA": SCHEMAS[name], "PORT": str(port), "POOL": POOL}
    environment |= {"NODE_ENV": "production", "GRAPHILE_ENV": "production"}
    async with _process([str(bin_ / "node"), str(home / "server.mjs")], environment, port, folder / name) as pid:
        yield Target(name, port, pid)


def resolvere(dsn: str, organisation: str, folder: Path) -> AbstractAsyncContextManager[Target]:
    """Strawberry's own endpoint with resolvers and DataLoader: bench/resolvere.py."""
    environment = {"BENCH_DSN": dsn, "BENCH_ORGANISATION": organisation}
    return _python("resolvere", "bench.resolvere:app", environment, folder)


def abonnement(dsn: str, organisation: str, folder: Path) -> AbstractAsyncContextManager[Target]:
    """Strawberry's own subscriptions: bench/abonnement.py."""
    environment = {"BENCH_DSN": dsn, "BENCH_ORGANISATION": organisation}
    return _python("strawberry", "bench.abonnement:app", environment, folder)


def konstant(answers: Path, folder: Path) -> AbstractAsyncContextManager[Target]:
    """The same bytes each time: what HTTP alone costs. bench/konstant.py."""
    return _python("konstant", "bench.konstant:app", {"BENCH_ANSWERS": str(answers)}, folder)


@asynccontextmanager
async def _python(name: str, factory: str, environment: Mapping[str, str], folder: Path) -> AsyncIterator[Target]:
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", "--factory", factory, "--port", str(port), *UVICORN]
    async with _process(command, environment, port, folder / name) as pid:
        yield Target(name, port, pid)


def _postgraphile() -> tuple[Path, Path]:
    """Its folder, installed from the lock file, and that of a Node which is new enough."""
    found = subprocess.run([ROOT / "scripts" / "node", "22.12"], capture_output=True, text=True)
    if found.returncode:
        raise SystemExit(f"bench: {found.stderr.strip()}")
    bin_, source, home = Path(found.stdout.strip()), ROOT / "bench" / "postgraphile", ROOT / ".cache" / "postgraphile"
    home.mkdir(parents=True, exist_ok=True)
    lock = (source / "package-lock.json").read_bytes()
    mark = home / "installed.json"
    for path in source.iterdir():
        shutil.copy(path, home / path.name)
    if not mark.exists() or mark.read_bytes() != lock:
        environment = os.environ | {"PATH": f"{bin_}:{os.environ['PATH']}"}
        done = subprocess.run([bin_ / "npm", "ci"], cwd=home, env=environment, capture_output=True, text=True)
        if done.returncode:
            raise SystemExit(f"bench: PostGraphile could not be installed: {done.stderr[-500:]}")
        mark.write_bytes(lock)
    return home, bin_


@asynccontextmanager
async def _process(command: Sequence[str], environment: Mapping[str, str], port: int, log: Path) -> AsyncIterator[int]:
    """The pid of a command, once its port takes connections; ended by SIGTERM."""
    with log.open("wb") as out:
        child = await asyncio.create_subprocess_exec(
            *command, env=os.environ | environment, cwd=ROOT, stdin=asyncio.subprocess.DEVNULL, stdout=out, stderr=out
        )
    try:
        async with asyncio.timeout(WAIT_S):
            while not await _listens(port):
                if child.returncode is not None:
                    said = await asyncio.to_thread(log.read_text)
                    raise SystemExit(f"bench: {command[0]} ended with {child.returncode}: {said[-1000:]}")
                await asyncio.sleep(0.1)
        yield child.pid
    finally:
        if child.returncode is None:
            child.send_signal(signal.SIGTERM)
            await child.wait()


async def _listens(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    return True

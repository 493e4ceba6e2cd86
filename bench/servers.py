"""The two servers that are compared, each one process of its own on a loopback port, started and ended here."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from bench import kommune
from orgraf import udsteder

WAIT_S: Final = 30.0


@dataclass(frozen=True)
class Server:
    """A running server: where it listens, its process, and the headers that a caller sends."""

    name: str
    port: int
    pid: int
    headers: str = ""


@asynccontextmanager
async def resolvere(dsn: str) -> AsyncIterator[Server]:
    """The peer of bench/resolvere.py, run as the product is: one uvicorn worker, uvloop, httptools, no access log."""
    port = _free_port()
    arguments = ["-m", "uvicorn", "--factory", "bench.resolvere:app", "--host", "127.0.0.1", "--port", str(port)]
    arguments += ["--loop", "uvloop", "--http", "httptools", "--no-access-log", "--log-level", "warning"]
    environment = {"BENCH_DSN": dsn, "BENCH_ORGANISATION": str(kommune.ORGANISATION)}
    async with _process(arguments, environment, port) as pid:
        yield Server("resolvers", port, pid)


@asynccontextmanager
async def produkt(dsn: str, folder: Path) -> AsyncIterator[Server]:
    """`orgraf serve` with a token issuer of its own; the caller sees names."""
    port, now = _free_port(), datetime.now(UTC)
    issuer = udsteder.ny(now)
    certificate = folder / "issuer.pem"
    certificate.write_text(issuer.certifikat)
    environment = {
        "ORGRAF_DATABASE_DSN": dsn,
        "ORGRAF_DATABASE_POOL": "8",
        "ORGRAF_CONTEXTS": f"{kommune.CVR}={kommune.ORGANISATION}",
        "ORGRAF_SOURCE_URL": "http://127.0.0.1:9",  # nobody answers there: reading needs no source
        "ORGRAF_JWT_ISSUER": udsteder.ENTITET,
        "ORGRAF_JWT_AUDIENCE": udsteder.MODTAGER,
        "ORGRAF_JWT_KEYS": str(certificate),
        "ORGRAF_LISTEN_PORT": str(port),
    }
    token = udsteder.udsted(issuer, kommune.CVR, udsteder.ROLLER["persondata"], now)
    async with _process(["-m", "orgraf", "serve"], environment, port) as pid:
        yield Server("orgraf", port, pid, f"Authorization: Bearer {token}\r\n")


@asynccontextmanager
async def _process(arguments: Sequence[str], environment: Mapping[str, str], port: int) -> AsyncIterator[int]:
    """The pid of `python ARGUMENTS`, once its port takes connections; ended by SIGTERM."""
    quiet = asyncio.subprocess.DEVNULL
    child = await asyncio.create_subprocess_exec(
        sys.executable, *arguments, env={**os.environ, **environment}, stdin=quiet, stdout=quiet, stderr=quiet
    )
    try:
        async with asyncio.timeout(WAIT_S):
            while not await _listens(port):
                if child.returncode is not None:
                    raise SystemExit(f"python {' '.join(arguments)} ended with status {child.returncode}")
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


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])

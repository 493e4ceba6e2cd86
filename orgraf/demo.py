"""`orgraf demo`: a whole municipality on this machine, from an empty folder to a page to click in; `--check` tries it.

Owns the folder (database, simulator's truth, tokens, logs) and the order in which things start and stop. Deleting the
folder starts all over (rules.md 8): the database's name comes from a file in it.
"""

import asyncio
import json
import secrets
import signal
import socket
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import httpx

import migrations
from fkorg.soap.client import Klient
from graph.caller import Ret
from model import pool
from orgraf import pushdoor, selfcheck, settings, udsteder, wiring
from orgraf.children import ChildDied, Children
from orgraf.embedded import Embedded, EmbeddedError
from simulator import kle, noegler, server, sts

CVR = "11111111"
READY_WITHIN_S = 600.0
TELL = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Options:
    """What `scripts/demo` takes."""

    dir: Path
    port: int = 8000
    simulator_port: int = 8001
    size: str = "small"
    seed: int = 1
    check: bool = False
    environment: Mapping[str, str] = field(default_factory=dict)
    """What the processes inherit; settings of the demo are put over it."""
    signed: bool = True
    """Calls of the source carry tokens and signatures, and its answers prove themselves."""

    @property
    def url(self) -> str:
        """Where the server answers."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def source_url(self) -> str:
        """Where the simulator answers."""
        return f"http://127.0.0.1:{self.simulator_port}"


class DemoError(Exception):
    """The demo cannot start; the message says why and what to do."""


async def run(options: Options, tell: TELL) -> int:
    """The exit status: 0 when stopped by the user or when every step of the check held, else 1."""
    started = asyncio.current_task()
    assert started is not None
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, started.cancel)
    try:
        async with _running(options, tell) as (children, tokens):
            if options.check:
                return 0 if await _check(options, tokens, tell) else 1
            _introduce(options, tell)
            await _until_stopped(children)
            return 0
    except (DemoError, ChildDied, EmbeddedError) as failure:
        tell(f"the demo stopped: {failure}")
        return 1
    except asyncio.CancelledError:
        tell("the demo was stopped while it started")
        return 1


def page_token(folder: Path) -> str:
    """What the try-out page may do: read, see names, write."""
    now = datetime.now(UTC)
    return udsteder.udsted(udsteder.load_or_make(folder, now), CVR, {Ret.LAES, Ret.SENAVN, Ret.SKRIV}, now)


@asynccontextmanager
async def _running(options: Options, tell: TELL) -> AsyncIterator[tuple[Children, dict[str, str]]]:
    for port in (options.port, options.simulator_port):
        _free(port)
    folder = options.dir.absolute()
    folder.mkdir(parents=True, exist_ok=True)
    postgres = Embedded(folder / "postgres")
    children = Children(folder / "logs", options.environment)
    try:
        await asyncio.to_thread(postgres.start)
        tell("postgres    ready")
        dsn = await _database(postgres, folder)
        tokens = _tokens(folder)
        environment = _environment(options, folder, dsn)
        doere = _doere(options)
        await children.start("simulate", _simulate(options, folder, doere), environment)
        await _answers(options.source_url + "/", children)
        tell(f"simulator   ready: size {options.size}, seed {options.seed}, {options.source_url}")
        await children.start("serve", ["serve"], environment | doere.serve)
        await children.start("ingest", ["ingest"], environment | doere.ingest)
        await _answers(options.url + "/health/ready", children)
        tell(f"orgraf      ready: {options.url}")
        yield children, tokens
    finally:
        await children.stop()
        await asyncio.to_thread(postgres.stop)


async def _check(options: Options, tokens: dict[str, str], tell: TELL) -> bool:
    over = wiring.transport(settings.read(_kilde(options)))
    try:
        source = Klient(over, f"{options.source_url}/organisation", cvr=CVR)
        return await selfcheck.run(selfcheck.Doors(options.url, tokens, CVR, source), tell)
    finally:
        await over.aclose()


def _introduce(options: Options, tell: TELL) -> None:
    tell(f"""
  try-out page       {options.url}/
  GraphQL            {options.url}/graphql  (subscriptions too)
  KOMBIT's endpoint  {options.url}/organisation/organisationhent/1
  the source         {options.source_url}/organisation/<service>/6/
  tokens             {options.dir / "tokens.json"}  (laes, persondata, skriv, drift; good for 8 hours)
  logs               {options.dir / "logs"}

  Ctrl-C stops all. Delete {options.dir} to start from nothing.""")


async def _until_stopped(children: Children) -> None:
    """Until Ctrl-C or SIGTERM; raises ChildDied when a part ends by itself."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    stopped, watched = asyncio.create_task(stop.wait()), asyncio.create_task(children.watch())
    try:
        await asyncio.wait((stopped, watched), return_when=asyncio.FIRST_COMPLETED)
        if watched.done():
            await watched
    finally:
        for task in (stopped, watched):
            task.cancel()


def _free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as cause:
            raise DemoError(f"port {port} is in use: choose others by --port and --simulator-port") from cause


async def _database(postgres: Embedded, folder: Path) -> str:
    """The database of this folder, made and migrated; those of folders that were deleted are dropped."""
    mark = folder / "demo.id"
    if not mark.exists():
        mark.write_text(secrets.token_hex(4))
    name = f"demo_{mark.read_text().strip()}"
    connection = await pool.connect(postgres.dsn())
    try:
        rows = await connection.fetch("select datname from pg_database where datname like 'demo\\_%'")
        found = {row["datname"] for row in rows}
        for old in sorted(found - {name}):
            await connection.execute(f'drop database "{old}"')
        if name not in found:
            await connection.execute(f'create database "{name}"')
    finally:
        await pool.end(connection)
    dsn = postgres.dsn(name)
    await asyncio.to_thread(migrations.upgrade, dsn)
    return dsn


def _tokens(folder: Path) -> dict[str, str]:
    now = datetime.now(UTC)
    tokens = udsteder.demo_tokens(udsteder.load_or_make(folder, now), CVR, now)
    path = folder / "tokens.json"
    path.touch(mode=0o600)
    path.write_text(json.dumps(tokens, indent=1) + "\n")
    return tokens


def _environment(options: Options, folder: Path, dsn: str) -> dict[str, str]:
    """The settings of the three services: what an installation would put into its environment."""
    certificate = folder / "udsteder.cert.pem"
    certificate.write_text(udsteder.load_or_make(folder, datetime.now(UTC)).certifikat)
    classes = folder / "klasser.csv"
    kle.write_csv(classes, options.seed)
    return _kilde(options) | {
        "ORGRAF_DATABASE_DSN": dsn,
        "ORGRAF_CONTEXTS": CVR,
        "ORGRAF_KLASSER": str(classes),
        "ORGRAF_JWT_ISSUER": udsteder.ENTITET,
        "ORGRAF_JWT_AUDIENCE": udsteder.MODTAGER,
        "ORGRAF_JWT_KEYS": str(certificate),
        "ORGRAF_LISTEN_PORT": str(options.port),
        "ORGRAF_PAGE_TOKEN": page_token(folder),
        "ORGRAF_LOG_JSON": "false",
    }


def _kilde(options: Options) -> dict[str, str]:
    return kilde(options.source_url, _noegler(options) if options.signed else None)


def kilde(url: str, kept: noegler.Noegler | None) -> dict[str, str]:
    """The settings for calling the simulator there; with its keys: signed."""
    found = {"ORGRAF_SOURCE_URL": f"{url}/organisation"}
    if kept is None:
        return found
    return found | {
        "ORGRAF_CERTIFICATE": str(kept.certifikat(noegler.ANVENDER)),
        "ORGRAF_CERTIFICATE_KEY": str(kept.privat(noegler.ANVENDER)),
        "ORGRAF_STS_URL": url + server.STS,
        "ORGRAF_STS_ISSUER": sts.UDSTEDER,
        "ORGRAF_STS_CERTIFICATES": str(kept.certifikat(noegler.STS)),
        "ORGRAF_SOURCE_CERTIFICATES": str(kept.certifikat(noegler.TJENESTE)),
    }


@dataclass(frozen=True, slots=True)
class _Doere:
    """Where messages are pushed to, and which settings of the two services open that door."""

    url: str
    serve: dict[str, str]
    ingest: dict[str, str]


def _doere(options: Options) -> _Doere:
    """Signed: a door of ingest's own, over TLS, for the Beskedfordeler alone. Else beside the server's others."""
    if not options.signed:
        return _Doere(options.url + pushdoor.STI, {"ORGRAF_PUSH": "true"}, {"ORGRAF_PUSH": "false"})
    kept, port = _noegler(options), _ledig()
    ingest = {
        "ORGRAF_PUSH": "true",
        "ORGRAF_LISTEN_PORT": str(port),
        "ORGRAF_PUSH_CALLERS": str(kept.certifikat(noegler.BESKEDFORDELER)),
        "ORGRAF_PUSH_CERTIFICATE": str(kept.certifikat(noegler.PUSH)),
        "ORGRAF_PUSH_CERTIFICATE_KEY": str(kept.privat(noegler.PUSH)),
    }
    return _Doere(f"https://127.0.0.1:{port}{pushdoor.STI}", {"ORGRAF_PUSH": "false"}, ingest)


def _noegler(options: Options) -> noegler.Noegler:
    """The keys that the simulator has made or will find."""
    return noegler.load_or_make(options.dir.absolute() / "simulator" / server.MAPPE, datetime.now(UTC))


def _ledig() -> int:
    """A port that is free now; who listens there and who calls are both ours."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _simulate(options: Options, folder: Path, doere: _Doere) -> list[str]:
    return [
        "simulate",
        f"--dir={folder / 'simulator'}",
        f"--port={options.simulator_port}",
        f"--size={options.size}",
        f"--seed={options.seed}",
        f"--push-url={doere.url}",
        *([] if options.signed else ["--unsigned"]),
    ]


async def _answers(url: str, children: Children) -> None:
    """Wait until the address answers 200; raises ChildDied when a part ends before."""
    deadline = asyncio.get_running_loop().time() + READY_WITHIN_S
    async with httpx.AsyncClient(timeout=5) as http:
        while asyncio.get_running_loop().time() < deadline:
            children.check()
            with suppress(httpx.HTTPError):
                if (await http.get(url)).status_code == 200:
                    return
            await asyncio.sleep(0.1)
    raise DemoError(f"{url} did not answer within {READY_WITHIN_S:.0f} s; see the logs")

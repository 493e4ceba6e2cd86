"""A whole orgraf as an operator runs it: `orgraf serve` and `orgraf ingest` as processes of their own, on loopback.

The source is a simulator in this process, so that a test can look into its truth, change it, and take it away. Owns
starting and ending; refuses to know what is asked of the parts.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import uvicorn

from fkorg import ret, tid
from fkorg.catalogue import Objekttype
from fkorg.operationer import Ret
from fkorg.registrering import Livscyklus
from orgraf import demo, udsteder
from simulator import kle, snavs
from simulator.fejl import Fejlplan
from simulator.sandhed import Sandhed
from simulator.server import Options, Simulator, make_app, open_simulator
from tests.simulator.fixtures import SEED

ROOT = Path(__file__).parent.parent.parent
CVR = "11111111"
KODEORD = "et langt kodeord"
"""Of the file with our key, where there is one."""
START_S = 120.0
END_S = 30.0


class Kilde:
    """The source: a simulator on a port that stays the same when it is away for a while."""

    def __init__(self, options: Options) -> None:
        self.simulator: Simulator = open_simulator(options)
        self.options = options
        self._server: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None

    @property
    def sandhed(self) -> Sandhed:
        """Its truth."""
        return self.simulator.sandhed

    def start(self) -> None:
        """Listen; returns when it does."""
        self._server = uvicorn.Server(
            uvicorn.Config(
                make_app(self.options, self.simulator),
                port=self.options.port,
                log_level="warning",
                timeout_graceful_shutdown=1,  # who asks may be a relay of the thread that waits for the end
            )
        )
        self._thread = threading.Thread(target=self._server.run)
        self._thread.start()
        while not self._server.started:
            assert self._thread.is_alive(), "the simulator did not start"
            time.sleep(0.01)

    def stop(self) -> None:
        """Nobody answers at its port from here on."""
        if self._server is not None and self._thread is not None:
            self._server.should_exit = True
            self._thread.join()
        self._server = self._thread = None

    @contextmanager
    def koerer(self) -> Iterator[None]:
        """Listening while the block runs; its truth is closed at the end."""
        self.start()
        try:
            yield
        finally:
            self.stop()
            self.simulator.close()

    @contextmanager
    def borte(self) -> Iterator[None]:
        """Away while the block runs."""
        self.stop()
        try:
            yield
        finally:
            self.start()

    @contextmanager
    def fejl(self, **valgte: object) -> Iterator[None]:
        """Faults that are on while the block runs."""
        self.simulator.fejl.set({navn: str(value) for navn, value in valgte.items()})
        try:
            yield
        finally:
            self.simulator.fejl.plan = Fejlplan()

    def ret(self, objekttype: Objekttype, uuid: UUID | str, *skridt: Any) -> int:
        """A change by another system, by the services' rules; its registration time."""
        uuid = UUID(str(uuid))
        read = self.sandhed.nyeste(objekttype, uuid)
        assert read is not None
        lister = ret.ret(read, skridt, time.time_ns())
        assert lister is not None, "nothing would change"
        svar: Any = self.simulator.tjeneste.udfoer(Ret(objekttype, uuid, lister))
        assert svar.retur.status_kode == 20, svar
        found = self.sandhed.nyeste(objekttype, uuid)
        assert found is not None
        return int(found.tidspunkt_ns)

    def saet(self, objekttype: Objekttype, uuid: UUID | str, **felter: str) -> int:
        """Another system sets fields from today on; the registration time."""
        return self.ret(objekttype, uuid, ret.SaetFelter(felter, om_dage(0)))

    def antal_registreringer(self, objekttype: Objekttype, uuid: UUID | str) -> int:
        """How often the object was written to."""
        return len(self.sandhed.registreringer(objekttype, UUID(str(uuid))))

    def lever(self, objekttype: Objekttype, uuid: UUID | str) -> Livscyklus:
        """The life cycle code of the newest registration."""
        found = self.sandhed.nyeste(objekttype, UUID(str(uuid)))
        assert found is not None
        return Livscyklus(found.livscyklus)


@dataclass(frozen=True)
class Verden:
    """Where everything is. `katalog`: the dirt by name; `settings`: the environment that the processes have."""

    kilde: Kilde
    url: str
    dsn: str
    tokens: Mapping[str, str]
    settings: Mapping[str, str]
    push_url: str
    mappe: Path
    katalog: Mapping[str, snavs.Snavs] = field(default_factory=lambda: snavs.katalog(SEED))

    def uuid(self, *navn: str | int) -> str:
        """A named thing of the sample data: uuid("enhed", 0) is the root unit."""
        return str(self.kilde.sandhed.ramme.uuid(*navn))


def om_dage(dage: int) -> int:
    """Danish midnight so many days from today."""
    return tid.midnat_ns(tid.dag(time.time_ns()) + timedelta(days=dage))


def tekst(ns: int) -> str:
    """A moment as a client writes it."""
    return tid.format_ns(ns)


def free_ports(count: int) -> list[int]:
    """Loopback ports that are free now."""
    probes = [socket.socket() for _ in range(count)]
    try:
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]
    finally:
        for probe in probes:
            probe.close()


def environment(settings: Mapping[str, str]) -> dict[str, str]:
    """What a process of ours gets: this one's environment, and these settings alone."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("ORGRAF_")}
    return {**inherited, **settings}


def orgraf(*arguments: str, settings: Mapping[str, str]) -> "subprocess.CompletedProcess[str]":
    """Run a command of ours to its end."""
    command = [sys.executable, "-m", "orgraf", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment(settings), capture_output=True, text=True, timeout=START_S)


def make_settings(mappe: Path, dsn: str, kilde: Options, port: int = 0) -> dict[str, str]:
    """As an installation has them, with shorter waits."""
    certifikat, klasser = mappe / "udsteder.cert.pem", mappe / "klasser.csv"
    certifikat.write_text(udsteder.load_or_make(mappe, datetime.now(UTC)).certifikat)
    kle.write_csv(klasser, SEED)
    return {
        "ORGRAF_DATABASE_DSN": dsn,
        "ORGRAF_CONTEXTS": CVR,
        "ORGRAF_SOURCE_URL": f"http://127.0.0.1:{kilde.port}/organisation",
        "ORGRAF_KLASSER": str(klasser),
        "ORGRAF_JWT_ISSUER": udsteder.ENTITET,
        "ORGRAF_JWT_AUDIENCE": udsteder.MODTAGER,
        "ORGRAF_JWT_KEYS": str(certifikat),
        "ORGRAF_LISTEN_PORT": str(port),
        "ORGRAF_PAGE_TOKEN": demo.page_token(mappe),
        "ORGRAF_WAIT": "20s",
        "ORGRAF_SETTLE": "1s",
        "ORGRAF_BACKOFF_FIRST": "50ms",
        "ORGRAF_BACKOFF_MOST": "500ms",
        "ORGRAF_SOURCE_BEHIND": "4s",
    }


@contextmanager
def running(kilde: Kilde, settings: Mapping[str, str], mappe: Path, **doors: str) -> Iterator[Verden]:
    """Server and ingest over a database that is filled; both are ended, by their pids, when the block ends.

    `doors`: the settings of ingest alone, that say where messages come from.
    """
    with ExitStack() as stack:
        stack.enter_context(kilde.koerer())
        serve = stack.enter_context(_process("serve", settings, mappe))
        ingest = stack.enter_context(_process("ingest", {**settings, **doors}, mappe))
        yield _ready(kilde, settings, mappe, serve, ingest)
    assert bugs(mappe) == []


@contextmanager
def answering(kilde: Kilde, settings: Mapping[str, str], mappe: Path) -> Iterator[Verden]:
    """The server alone over a database that is filled: nothing changes, and nobody answers at the source's port."""
    with closing(kilde.simulator), _process("serve", settings, mappe) as serve:
        yield _ready(kilde, settings, mappe, serve)
    assert bugs(mappe) == []


def bugs(mappe: Path) -> list[str]:
    """What the processes logged as errors: failures that nobody foresaw. A lost message is foreseen, and an alarm."""
    lines = [line for log in sorted(mappe.glob("*.log")) for line in log.read_text("utf-8", "replace").splitlines()]
    return [line for line in lines if not line.startswith("{") or _unforeseen(json.loads(line))]


def _unforeseen(line: Mapping[str, str]) -> bool:
    return line.get("level") in ("error", "critical") and not line["event"].startswith("messages were lost")


@contextmanager
def _process(command: str, settings: Mapping[str, str], mappe: Path) -> Iterator["subprocess.Popen[bytes]"]:
    with (mappe / f"{command}.log").open("wb") as log:
        child = subprocess.Popen(
            [sys.executable, "-m", "orgraf", command], cwd=ROOT, env=environment(settings), stdout=log, stderr=log
        )
    try:
        yield child
    finally:
        child.send_signal(signal.SIGTERM)
        try:
            child.wait(END_S)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
            raise


def _ready(kilde: Kilde, settings: Mapping[str, str], mappe: Path, *processes: "subprocess.Popen[bytes]") -> Verden:
    """The world, once its server is ready, and its ingest, where there is one, leads."""
    url, now = f"http://127.0.0.1:{settings['ORGRAF_LISTEN_PORT']}", datetime.now(UTC)
    tokens = udsteder.demo_tokens(udsteder.load_or_make(mappe, now), CVR, now)
    deadline, ready = time.monotonic() + START_S, False
    while not ready:
        if time.monotonic() > deadline or any(process.poll() is not None for process in processes):
            logs = "\n".join(log.read_text("utf-8", "replace")[-3000:] for log in mappe.glob("*.log"))
            raise AssertionError(f"ended, or not ready within {START_S:.0f} s; the logs end:\n{logs}")
        time.sleep(0.05)
        ready = _answers(url) and all(
            "leading CVR" in log.read_text("utf-8", "replace") for log in mappe.glob("ingest.log")
        )
    return Verden(kilde, url, settings["ORGRAF_DATABASE_DSN"], tokens, settings, kilde.options.push_url or "", mappe)


def _answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/health/ready").status_code == 200
    except httpx.HTTPError:
        return False

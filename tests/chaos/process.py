"""One process of ours under test: started, killed, stopped and continued by its pid; its log kept over its lives."""

import asyncio
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from tests.flows.verden import ROOT, environment

DRAIN_S = 25.0
LONG_S = 10.0
"""An end that takes longer is within its bound, and to be looked at."""


class Process:
    """`orgraf COMMAND` with settings. `root`: the checkout it runs from."""

    def __init__(self, name: str, command: str, settings: Mapping[str, str], log: Path, root: Path = ROOT) -> None:
        self.name = name
        self.command = command
        self.settings = dict(settings)
        self.log = log
        self.root = root
        self.lives = 0
        self._child: subprocess.Popen[bytes] | None = None

    def start(self, **settings: str) -> None:
        """A new life; `settings` are of this life alone: `failpoints="refresh.applied=kill"`."""
        assert not self.alive, f"{self.name} lives already"
        more = {f"ORGRAF_{name.upper()}": value for name, value in settings.items()}
        with self.log.open("ab") as log:
            log.write(b'{"event": "life %d begins"}\n' % self.lives)
            self._child = subprocess.Popen(
                [sys.executable, "-m", "orgraf", self.command],
                cwd=self.root,
                env=environment(self.settings | more),
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
            )
        self.lives += 1

    @property
    def alive(self) -> bool:
        return self._child is not None and self._child.poll() is None

    @property
    def pid(self) -> int | None:
        return self._child.pid if self._child is not None else None

    @property
    def stopped(self) -> bool:
        """Does it stand still?"""
        return self.alive and Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()[0] == "T"

    @property
    def status(self) -> int | None:
        """How the last life ended: None while it lives, negative by a signal."""
        return None if self._child is None else self._child.poll()

    def send(self, number: signal.Signals) -> None:
        """A signal, if it lives."""
        if self._child is not None and self.alive:
            self._child.send_signal(number)

    def kill(self) -> None:
        """kill -9, and wait for the end."""
        self.send(signal.SIGKILL)
        if self._child is not None:
            self._child.wait()

    def stop(self) -> None:
        """SIGSTOP: it stands still, its connections stay open."""
        self.send(signal.SIGSTOP)

    def go_on(self) -> None:
        """SIGCONT."""
        self.send(signal.SIGCONT)

    async def end(self) -> float:
        """SIGTERM; the seconds it took to end. Killed after DRAIN_S, which is an error."""
        started = time.monotonic()
        self.go_on()
        self.send(signal.SIGTERM)
        if not await self.ended(DRAIN_S):
            self.kill()
            raise AssertionError(f"{self.name} did not end within {DRAIN_S:.0f} s of SIGTERM")
        took_s = time.monotonic() - started
        if took_s > LONG_S:
            said = [line for line in self.log.read_text("utf-8", "replace").splitlines() if "not ended" in line]
            print(f"chaos: {self.name} took {took_s:.1f} s to end; {said[-1:]}", file=sys.stderr, flush=True)
        return took_s

    async def ended(self, within_s: float) -> bool:
        """Has it ended by then?"""
        deadline = time.monotonic() + within_s
        while self.alive:
            if time.monotonic() > deadline:
                return False
            await asyncio.sleep(0.02)
        return True

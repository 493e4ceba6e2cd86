"""Child processes of the demo: started together, watched, stopped by pid, the last started first."""

import asyncio
import signal
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

PATIENCE_S = 25.0
"""How long a child may take to end after SIGTERM before it is killed."""


class ChildDied(Exception):
    """A child ended by itself; the message names it and shows the end of its log."""


@dataclass(slots=True)
class Children:
    """The running children, by name, each with a log file in `logs`."""

    logs: Path
    inherited: Mapping[str, str]
    """The environment that each starts from."""
    running: dict[str, asyncio.subprocess.Process] = field(default_factory=dict)

    async def start(self, name: str, arguments: Sequence[str], environment: Mapping[str, str]) -> None:
        """Start `python -m orgraf ARGUMENTS` in a session of its own, so that Ctrl-C reaches us alone."""
        self.logs.mkdir(parents=True, exist_ok=True)
        with self._log(name).open("wb") as log:
            self.running[name] = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "orgraf",
                *arguments,
                env={**self.inherited, **environment},
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def check(self) -> None:
        """Raise ChildDied when one of them has ended."""
        for name, child in self.running.items():
            if child.returncode is not None:
                tail = self._log(name).read_text("utf-8", "replace")[-2000:]
                raise ChildDied(f"{name} ended with status {child.returncode}; its log {self._log(name)} ends:\n{tail}")

    async def watch(self) -> None:
        """Wait until one of them ends by itself, then raise ChildDied."""
        waits = [asyncio.create_task(child.wait()) for child in self.running.values()]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
        self.check()

    async def stop(self) -> None:
        """SIGTERM to each, the last started first; SIGKILL to who does not end in time."""
        for name in reversed(list(self.running)):
            child = self.running.pop(name)
            if child.returncode is not None:
                continue
            child.send_signal(signal.SIGTERM)
            try:
                await asyncio.wait_for(child.wait(), PATIENCE_S)
            except TimeoutError:
                child.kill()
                await child.wait()

    def _log(self, name: str) -> Path:
        return self.logs / f"{name}.log"

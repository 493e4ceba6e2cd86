"""A source that is elsewhere: a simulator in a process of its own, which gives way to everything that is measured.

In a municipality it shares no processor with us. What it still takes here makes a measurement worse, not better.
"""

import asyncio
import logging
import multiprocessing
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from simulator.server import Options
from tests.chaos.changes import Changes
from tests.flows.verden import Kilde


class Elsewhere:
    """What a scene needs of a source, and changes at a steady rate."""

    def __init__(self, options: Options) -> None:
        spawn = multiprocessing.get_context("spawn")
        self._ours, theirs = spawn.Pipe()
        self._process = spawn.Process(target=_run, args=(options, theirs))
        self._process.start()
        theirs.close()
        self.sandhed = SimpleNamespace(organisation=self._ours.recv())

    @contextmanager
    def koerer(self) -> Iterator[None]:
        """It listens already; it ends with the block."""
        try:
            yield
        finally:
            self._ours.close()
            self._process.join()

    @contextmanager
    def fejl(self, **valgte: object) -> Iterator[None]:
        """Faults that are on while the block runs."""
        self._ask("fejl", {navn: str(value) for navn, value in valgte.items()})
        try:
            yield
        finally:
            self._ask("fejl", {})

    async def steadily(self, count: int, per_second: float, seed: int) -> dict[tuple[UUID, int], float]:
        """So many changes at that rate; when each was made, by the clock that all processes share."""
        made: dict[tuple[UUID, int], float] = await asyncio.to_thread(self._ask, "steadily", count, per_second, seed)
        return made

    def _ask(self, *what: Any) -> Any:
        self._ours.send(what)
        return self._ours.recv()


def _run(options: Options, asked: Connection) -> None:
    logging.disable(logging.CRITICAL)
    os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))  # it runs when nobody else wants to
    kilde = Kilde(options)
    with kilde.koerer():
        asked.send(kilde.sandhed.organisation)
        while True:
            try:
                what, *values = asked.recv()
            except EOFError:
                return
            asked.send(kilde.simulator.fejl.set(*values) if what == "fejl" else _steadily(kilde, *values))


def _steadily(kilde: Kilde, count: int, per_second: float, seed: int) -> dict[tuple[UUID, int], float]:
    made: dict[tuple[UUID, int], float] = {}
    changes = Changes(kilde, seed)
    asyncio.run(changes.steadily(count, per_second, lambda uuid, ns: made.setdefault((uuid, ns), time.monotonic())))
    return made

"""A source that is elsewhere: a simulator in a process of its own, which gives way to everything that is measured.

In a municipality it shares no processor with us. What it still takes here makes a measurement worse, not better.
"""

import asyncio
import logging
import multiprocessing
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
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
        self.sandhed = SimpleNamespace(organisation=self._ours.recv(), ventende=partial(self._ask, "ventende"))

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

    @contextmanager
    def changing(self, per_second: float, seed: int) -> Iterator[Callable[[], int]]:
        """It changes at that rate while the block runs; how many changes it has made, when asked."""
        self._ask("begynd", per_second, seed)
        try:
            yield partial(self._ask, "antal")
        finally:
            self._ask("slut")

    def _ask(self, *what: Any) -> Any:
        self._ours.send(what)
        return self._ours.recv()


def _run(options: Options, asked: Connection) -> None:
    logging.disable(logging.CRITICAL)
    os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))  # it runs when nobody else wants to
    kilde = Kilde(options)
    source = _Source(kilde)
    with kilde.koerer():
        asked.send(kilde.sandhed.organisation)
        while True:
            try:
                what, *values = asked.recv()
            except EOFError:
                return
            asked.send(source.ask(what, *values))


@dataclass
class _Source:
    """What is asked for over the pipe, one thing at a time. `under_way`: changes that go on until they are ended."""

    kilde: Kilde
    under_way: "tuple[threading.Thread, threading.Event, Changes] | None" = None

    def ask(self, what: str, *values: Any) -> Any:
        match what:
            case "fejl":
                return self.kilde.simulator.fejl.set(*values)
            case "ventende":
                return self.kilde.sandhed.ventende(*values)
            case "steadily":
                return _steadily(self.kilde, *values)
            case "begynd":
                return self._begin(*values)
        assert self.under_way is not None, what
        thread, end, changes = self.under_way
        if what == "slut":
            end.set()
            thread.join()
        return changes.made

    def _begin(self, per_second: float, seed: int) -> None:
        end, changes = threading.Event(), Changes(self.kilde, seed)

        async def until_ended() -> None:
            work = asyncio.create_task(changes.steadily(10**9, per_second))
            while not end.is_set() and not work.done():
                await asyncio.sleep(0.05)
            work.cancel()
            with suppress(asyncio.CancelledError):
                await work

        thread = threading.Thread(target=lambda: asyncio.run(until_ended()))
        thread.start()
        self.under_way = thread, end, changes


def _steadily(kilde: Kilde, count: int, per_second: float, seed: int) -> dict[tuple[UUID, int], float]:
    made: dict[tuple[UUID, int], float] = {}
    changes = Changes(kilde, seed)
    asyncio.run(changes.steadily(count, per_second, lambda uuid, ns: made.setdefault((uuid, ns), time.monotonic())))
    return made

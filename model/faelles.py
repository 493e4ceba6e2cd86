"""Work that many ask for at the same moment, done once for all of them.

Owns who waits for whom, and how long a result is still given to who comes later. Refuses to know what the work is: who
asks says by its key when two want the same.
"""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


@dataclass(slots=True)
class Faelles(Generic[K, V]):
    """`gemmes_s`: so long a result is given to others after it came."""

    gemmes_s: float
    _kendt: "dict[K, asyncio.Task[V]]" = field(default_factory=dict, init=False)

    def __len__(self) -> int:
        return len(self._kendt)

    async def faa(self, noegle: K, arbejde: Callable[[], Awaitable[V]]) -> V:
        """The result of the work under that key, or what it raised. Who is cancelled takes it from nobody else."""
        task = self._kendt.get(noegle)
        if task is None:
            task = self._kendt[noegle] = asyncio.ensure_future(_udfoer(arbejde))
            task.add_done_callback(lambda done: self._faerdig(noegle, done))
        return await asyncio.shield(task)

    def _faerdig(self, noegle: K, task: "asyncio.Task[V]") -> None:
        if task.cancelled() or task.exception() is not None:  # a failure is for who waited, and for nobody else
            self._kendt.pop(noegle, None)
        else:
            task.get_loop().call_later(self.gemmes_s, self._kendt.pop, noegle, None)


async def _udfoer(arbejde: Callable[[], Awaitable[V]]) -> V:
    return await arbejde()

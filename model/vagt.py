"""Is the database there? Asked a few times a second, so that nobody waits for one that is gone.

Owns the question, its patience, and the end of what waits when no answer comes: a connection that was cut without a
word (a dead host, a dropped route) tells nothing by itself. Refuses to know what is asked of the database. A Vagt that
does not run never says that the database is away.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final

import asyncpg

from fkorg.errors import Unavailable
from fkorg.tasks import cancelled

LOG: Final = logging.getLogger(__name__)
EVERY_S: Final = 0.1
PATIENCE_S: Final = 0.6
"""No answer for so long, from anybody's statement: it is away. With EVERY_S well below a second."""
GIVEN_UP_S: Final = 3.0
"""A question that was not answered by then is asked anew, on a new connection."""
_LAG_S: Final = 0.1
"""We ourselves were late by more than this: then the time that passed says nothing."""
_TURNS: Final = 10
"""Of the event loop, that taking an answer may need."""
_LOST: Final = (OSError, asyncpg.PostgresConnectionError, asyncpg.InterfaceError, asyncpg.InternalClientError)
_GOING: Final = (asyncpg.CannotConnectNowError, asyncpg.AdminShutdownError, asyncpg.CrashShutdownError)
_AWAY: Final = "the database is out of reach"


@dataclass(eq=False)
class Vagt:
    """One per process: `run()` as a task for its life. `lost`: called when the database is found to be away."""

    dsn: str = ""
    patience_s: float = PATIENCE_S
    there: bool = field(default=True, init=False)
    lost: list[Callable[[], Awaitable[None]]] = field(default_factory=list, init=False)
    _ends: set[Callable[[], None]] = field(default_factory=set, init=False)
    _heard: float = field(default=0.0, init=False)
    _own: "asyncpg.Connection[Any] | None" = field(default=None, init=False)

    async def run(self) -> None:
        """Ask until cancelled."""
        try:
            while True:
                await self._look()
                await asyncio.sleep(EVERY_S)
        finally:
            if self._own is not None:
                self._own.terminate()

    def ends(self, end: Callable[[], None]) -> "_Imens":
        """While the block runs, `end` is called when the database is found to be away: terminate a connection."""
        return _Imens(self, end)

    @asynccontextmanager
    async def bounded(self) -> AsyncIterator[None]:
        """The block, which waits for the database without a statement under way. Raises Unavailable when it is away."""
        if not self.there:
            raise Unavailable(_AWAY)
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(None) as limit:
                end = lambda: limit.reschedule(loop.time())  # noqa: E731
                self._ends.add(end)
                try:
                    yield
                finally:
                    self._ends.discard(end)
        except TimeoutError as cause:
            if limit.expired():
                raise Unavailable(_AWAY) from cause
            raise

    async def _look(self) -> None:
        """One question, answered or given up. That it is away is told before it is given up: a new connection may take
        its time, and is not to be cut for that."""
        clock = asyncio.get_running_loop().time
        began = clock()
        question = asyncio.create_task(self._ask())
        try:
            while not question.done() and clock() - began < GIVEN_UP_S:
                asked = clock()
                await asyncio.wait({question}, timeout=self.patience_s)
                for _ in range(_TURNS):  # an answer that has come, to a process that is late itself, is an answer
                    if not question.done():
                        await asyncio.sleep(0)
                late = clock() - asked > self.patience_s + _LAG_S
                if not question.done() and not late and self._heard <= asked:
                    await self._found(False)
            await self._found(question.done() and question.result())
        finally:
            if not question.done():
                if self._own is not None:
                    self._own.terminate()
                await cancelled(question)

    async def _ask(self) -> bool:
        """Does it answer? A connection of ours that was ended is made anew; a refusal in words is an answer."""
        for _ in range(2):
            try:
                if self._own is None or self._own.is_closed():
                    settings = {"application_name": "orgraf-vagt"}
                    self._own = await asyncpg.connect(self.dsn, server_settings=settings)
                await self._own.execute("select 1")
            except (*_LOST, *_GOING):
                if self._own is not None:
                    self._own.terminate()
                self._own = None
            except asyncpg.PostgresError:  # too many connections, for one: those that are there go on
                return True
            else:
                return True
        return False

    async def _found(self, there: bool) -> None:
        before, self.there = self.there, there
        if before and not there:
            LOG.warning("the database does not answer")
            for end in tuple(self._ends):
                end()
            for lost in self.lost:
                await lost()
        elif there and not before:
            LOG.warning("the database answers again")


@dataclass(eq=False, slots=True)
class _Imens:
    """One block that waits for an answer; itself, also among equal functions. Each question of a reader is one."""

    vagt: Vagt
    end: Callable[[], None]

    def __call__(self) -> None:
        self.end()

    def __enter__(self) -> None:
        self.vagt._ends.add(self)

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self.vagt._ends.discard(self)
        if kind is None:
            self.vagt._heard = asyncio.get_running_loop().time()

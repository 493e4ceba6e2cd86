"""The end of the change log, followed by one connection per process: who has news, and how far all readers may read.

Owns the LISTEN connection, its return after a loss, and the poll that makes a missed bell harmless. Refuses to know
who reads and what: it says that an organisation's log has grown, the reader then asks `aendringslog`.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from fkorg.errors import Unavailable
from model import aendringslog, pool, stand
from model.pool import Connection
from model.stand import Aktuel, Stand
from model.vagt import Vagt

POLL_S: Final = 1.0
"""How long a change may stay unnoticed when its bell was missed."""
_HURRY_S: Final = 0.02
"""The first wait for the horizon to pass changes that are committed above it; doubled each time."""
_PATIENCE_S: Final = 5.0
"""An answer that takes longer means a connection that is dead."""
_RECONNECT_S: Final = (0.1, 0.25, 0.5, 1.0, 2.0)


@dataclass
class Tail:
    """Run `run()` as a task for the life of the process. `lost` is called when the connection fails (for the log)."""

    dsn: str
    lost: Callable[[Unavailable], None] = lambda _: None
    vagt: Vagt = field(default_factory=Vagt)
    aktuel: Aktuel | None = field(default=None, init=False)
    """Where the database was at the last look; None before the first."""
    hears: bool = field(default=False, init=False)
    """Is the bell heard? While it is not, nothing may be answered from memory."""
    venter: bool = field(default=False, init=False)
    """Are there changes above the horizon? They can be read, and versions do not tell of them yet."""
    _versions: dict[UUID, int] = field(default_factory=dict, init=False)
    _lives: int = field(default=0, init=False)
    _moved: asyncio.Event = field(default_factory=asyncio.Event, init=False)
    _grown: dict[UUID, asyncio.Event] = field(default_factory=dict, init=False)
    """What waits for one organisation's log, so that others' changes wake nobody."""
    _bell: asyncio.Event = field(default_factory=asyncio.Event, init=False)
    _heard: bool = field(default=False, init=False)
    """Has the connection of this life answered?"""

    async def run(self) -> None:
        """Follow the log until cancelled, over any number of lost connections."""
        failures = 0
        while True:
            try:
                async with self.vagt.bounded():  # also what is connecting, or waits for the poll, begins anew
                    await self._hear()
            except Unavailable as error:
                self.lost(error)
            failures = 0 if self._heard else failures + 1
            self._heard = False
            await asyncio.sleep(_RECONNECT_S[min(failures, len(_RECONNECT_S) - 1)])

    def version(self, organisation: UUID) -> int:
        """A number that grows with the organisation's log. Take it before reading, hand it to `news` after."""
        return self._lives + self._versions.get(organisation, 0)

    async def news(self, organisation: UUID, seen: int, timeout_s: float) -> bool:
        """Wait until the organisation's log has grown beyond the version seen; False when time was up first."""
        return await _until(
            lambda: self.version(organisation) != seen,
            lambda: self._grown.setdefault(organisation, asyncio.Event()),
            timeout_s,
        )

    async def passed(self, position: Stand, timeout_s: float) -> bool:
        """Wait until everything up to the position can be read here; False when time was up first."""
        if self.has_passed(position):
            return True
        self._bell.set()  # look now: the position may have been reached since
        return await _until(lambda: self.has_passed(position), lambda: self._moved, timeout_s)

    def has_passed(self, position: Stand) -> bool:
        """Could everything up to the position be read here at the last look?"""
        aktuel = self.aktuel
        return aktuel is not None and aktuel.incarnation == position.incarnation and stand.passed(position, aktuel)

    async def started(self, timeout_s: float) -> bool:
        """Wait for the first look at the database; False when time was up first."""
        return await _until(lambda: self.aktuel is not None, lambda: self._moved, timeout_s)

    async def _hear(self) -> None:
        """One connection's life. Ends by an exception only."""
        async with pool.translated(), pool.listen(self.dsn, aendringslog.KANAL, self._bell.set) as connection:
            try:
                await self._look(connection)
                self.hears = self._heard = True
                await self._follow(connection)
            finally:
                self.hears = False

    async def _follow(self, connection: Connection) -> None:
        hurry = _HURRY_S
        while True:
            self._bell.clear()
            waiting = await self._look(connection)
            hurry = min(hurry * 2, POLL_S) if waiting else _HURRY_S
            try:
                async with asyncio.timeout(hurry if waiting else POLL_S):
                    await self._bell.wait()
            except TimeoutError:
                continue

    async def _look(self, connection: Connection) -> bool:
        """One look at the end of the log; True when changes wait for the horizon to pass them."""
        before = self.aktuel
        async with asyncio.timeout(_PATIENCE_S):
            row = await aendringslog.SQL["news"].fetchrow(connection, fra=before.horisont if before else 0)
        if row is None:
            raise Unavailable("the database is not migrated yet")
        self.aktuel = aendringslog.aktuel_of(row)
        reborn = before is None or before.incarnation != self.aktuel.incarnation  # who read before us reads again
        self._lives += reborn
        for organisation in row["nyt"]:
            self._versions[organisation] = self._versions.get(organisation, 0) + 1
        for organisation in list(self._grown) if reborn else row["nyt"]:
            grown = self._grown.pop(organisation, None)
            if grown is not None:
                grown.set()
        if self.aktuel != before:
            moved, self._moved = self._moved, asyncio.Event()
            moved.set()
        self.venter = bool(row["venter"])
        return self.venter


async def _until(true: Callable[[], bool], event: Callable[[], asyncio.Event], timeout_s: float) -> bool:
    """Wait until it is true, asking again at each event; False when time was up first."""
    try:
        async with asyncio.timeout(timeout_s):
            while not true():
                await event().wait()
    except TimeoutError:
        return true()
    return True

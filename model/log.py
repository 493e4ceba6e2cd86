"""The change log as one process reads it: connections, the tail and the seal of positions together.

Owns how a position comes in as text, is checked and waited for, and goes out again. Refuses to know GraphQL and who may
read; the clock is a function handed in.
"""

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from fkorg.errors import Unavailable
from model import aendringslog, incarnation, stand
from model.aendringslog import Filter, Side
from model.faelles import Faelles
from model.pool import Pool
from model.stand import Aktuel, HinsidesSidste, Segl, Stand
from model.tail import Tail

SAMMEN_S: Final = 0.1
"""So long a page is given to others who follow the log from the same place."""


@dataclass
class Log:
    """One per process. `ur` gives the moment, `vent` bounds every wait for a position, `levetid` its age."""

    database: Pool
    tail: Tail
    secret: bytes = field(repr=False)
    ur: Callable[[], datetime]
    vent: timedelta = timedelta(seconds=5)
    levetid: timedelta = stand.LEVETID
    givet: Stand | None = field(default=None, init=False)
    """The furthest position that was given to anybody: nobody may be shown less from now on."""
    _segl: dict[UUID, Segl] = field(default_factory=dict, init=False, repr=False)
    _sider: Faelles[Hashable, Side] = field(default_factory=lambda: Faelles(SAMMEN_S), init=False, repr=False)
    _sidste: tuple[tuple[UUID, Stand, int], str] | None = field(default=None, init=False, repr=False)

    async def begin(self, organisation: UUID, efter: str | None) -> Stand:
        """The position to read from; without one, now. Raises Standfejl for one that cannot be continued."""
        async with self.database.connection() as connection:
            aktuel = await aendringslog.aktuel(connection)
        if efter is None:
            return aktuel.stand
        position = self.segl(organisation).parse(efter, self.ur(), self.levetid)
        await self._check(position, aktuel)
        if aktuel.replika and not await self.tail.passed(position, self.vent.total_seconds()):
            raise Unavailable("this replica has not reached the position yet")
        return stand.start(position, aktuel)

    async def read(self, organisation: UUID, position: Stand, filter: Filter, antal: int) -> Side:
        """One page after a position. Raises Standfejl when the database has begun another life since it was given."""
        async with self.database.connection() as connection:
            page = await aendringslog.read(connection, organisation, position, filter, antal=antal, now=self.ur())
        await self._check(position, page.aktuel)
        return page

    async def read_together(
        self, organisation: UUID, position: Stand, filter: Filter, antal: int, version: int
    ) -> Side:
        """As `read`, once for all who follow from the same position with the same filter since the same news.

        `version`: that of the tail, taken before. The page holds all that was there then; what came since is news.
        """
        noegle = (organisation, position, filter, antal, version)
        return await self._sider.faa(noegle, lambda: self.read(organisation, position, filter, antal))

    async def reach(self, organisation: UUID, text: str) -> None:
        """Wait until everything up to the position can be read here. Raises Standfejl; Unavailable when time is up."""
        position = self.segl(organisation).parse(text, self.ur(), self.levetid)
        if self.tail.has_passed(position):
            return
        async with self.database.connection() as connection:  # asked itself: the tail may be the one that is behind
            aktuel = await aendringslog.aktuel(connection)
        await self._check(position, aktuel)
        async with self.database.vagt.bounded():
            if not await self.tail.passed(position, self.vent.total_seconds()):
                raise Unavailable("the position was not reached in time")

    async def here(self) -> Stand:
        """The newest position that the process knows. Raises Unavailable before the first look at the database."""
        if self.tail.aktuel is None:
            async with self.database.vagt.bounded():
                await self.tail.started(self.vent.total_seconds())
        if self.tail.aktuel is None:
            raise Unavailable("the change log has not been read yet")
        return self.tail.aktuel.stand

    def text(self, organisation: UUID, position: Stand, givet: datetime) -> str:
        """A position as clients get it. The last one is kept: until something changes, answers of a second share it."""
        if self.givet is None or _sted(position) > _sted(self.givet):
            self.givet = position
        noegle = (organisation, position, int(givet.timestamp()))
        if self._sidste is None or self._sidste[0] != noegle:
            self._sidste = (noegle, self.segl(organisation).text(position, givet))
        return self._sidste[1]

    def segl(self, organisation: UUID) -> Segl:
        """The seal of one municipality's positions."""
        found = self._segl.get(organisation)
        if found is None:
            found = self._segl[organisation] = Segl.of(self.secret, organisation)
        return found

    async def _check(self, position: Stand, aktuel: Aktuel) -> None:
        """Raises Standfejl for a position that this database, as it was just read, cannot continue.

        One of ours beyond the last change is how a restore shows itself: a new life begins (rules.md 30).
        """
        try:
            stand.check(position, aktuel)
        except HinsidesSidste:
            async with self.database.transaction() as tx:
                await incarnation.begin(tx, await incarnation.read(tx), self.ur())
            raise


def _sted(position: Stand) -> tuple[int, int, int]:
    return position.incarnation, position.xid, position.seq

"""The change log as one process reads it: connections, the tail and the seal of positions together.

Owns how a position comes in as text, is checked and waited for, and goes out again. Refuses to know GraphQL and who may
read; the clock is a function handed in.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from fkorg.errors import Unavailable
from model import aendringslog, incarnation, stand
from model.aendringslog import Filter, Side
from model.pool import Pool
from model.stand import HinsidesSidste, Segl, Stand, Standfejl
from model.tail import Tail


@dataclass
class Log:
    """One per process. `ur` gives the moment, `vent` bounds every wait for a position."""

    database: Pool
    tail: Tail
    secret: bytes = field(repr=False)
    ur: Callable[[], datetime]
    vent: timedelta = timedelta(seconds=5)
    _segl: dict[UUID, Segl] = field(default_factory=dict, init=False, repr=False)

    async def begin(self, organisation: UUID, efter: str | None) -> Stand:
        """The position to read from; without one, now. Raises Standfejl for one that cannot be continued."""
        async with self.database.connection() as connection:
            aktuel = await aendringslog.aktuel(connection)
        if efter is None:
            return aktuel.stand
        try:
            position = self.segl(organisation).parse(efter, self.ur())
            stand.check(position, aktuel)
        except Standfejl as error:
            await self._met(error)
            raise
        if aktuel.replika and not await self.tail.passed(position, self.vent.total_seconds()):
            raise Unavailable("this replica has not reached the position yet")
        return stand.start(position, aktuel)

    async def read(self, organisation: UUID, position: Stand, filter: Filter, antal: int) -> Side:
        """One page after a position."""
        async with self.database.connection() as connection:
            return await aendringslog.read(connection, organisation, position, filter, antal=antal, now=self.ur())

    async def reach(self, organisation: UUID, text: str) -> None:
        """Wait until everything up to the position can be read here. Raises Standfejl; Unavailable when time is up."""
        try:
            position = self.segl(organisation).parse(text, self.ur())
            await self.here()
            reached = await self.tail.passed(position, self.vent.total_seconds())
        except Standfejl as error:
            await self._met(error)
            raise
        if not reached:
            raise Unavailable("the position was not reached in time")

    async def here(self) -> Stand:
        """The newest position that the process knows. Raises Unavailable before the first look at the database."""
        await self.tail.started(self.vent.total_seconds())
        if self.tail.aktuel is None:
            raise Unavailable("the change log has not been read yet")
        return self.tail.aktuel.stand

    def text(self, organisation: UUID, position: Stand, givet: datetime) -> str:
        """A position as clients get it."""
        return self.segl(organisation).text(position, givet)

    def segl(self, organisation: UUID) -> Segl:
        """The seal of one municipality's positions."""
        found = self._segl.get(organisation)
        if found is None:
            found = self._segl[organisation] = Segl.of(self.secret, organisation)
        return found

    async def _met(self, error: Standfejl) -> None:
        """A position of ours beyond the last change is how a restore shows itself: a new life begins (rules.md 30)."""
        if isinstance(error, HinsidesSidste):
            async with self.database.transaction() as tx:
                await incarnation.begin(tx, await incarnation.read(tx))

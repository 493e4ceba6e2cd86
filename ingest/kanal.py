"""How one channel is: connected, drained, in hand. Told by the door as it happens, written to `feed_state` each second.

The beat is the channel's sign of life: while it is written, connected holds now; when it stops, it held at the last
beat and no later (ingest.md 7). A mailbox that is asked whether it is empty was so when it last said so, and no later:
a broker that has fallen silent looks like a quiet one. Refuses to know AMQP and HTTP.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID, uuid4

from fkorg.errors import Unavailable
from model import feed_state
from model.feed_state import Tomt
from model.pool import Pool

LOG: Final = logging.getLogger(__name__)
BEAT_S: Final = 1.0


@dataclass(slots=True)
class Kanal:
    """A channel of one municipality; a Signaler for fkorg.beskedfordeler. `run` it as a task."""

    pool: Pool
    organisation: UUID
    navn: str
    clock: Callable[[], datetime]
    spoerges: bool = False
    """Is `tomt` told anew as long as it holds? Else it holds until something comes."""
    connected: bool = field(default=False, init=False)
    drained: bool = field(default=False, init=False)
    in_hand: int = field(default=0, init=False)
    _forbindelse: UUID = field(default_factory=uuid4, init=False)
    _tomt: Tomt | None = field(default=None, init=False)
    _written: bool | None = field(default=None, init=False)

    def forbundet(self) -> None:
        """Connected; what waits in the mailbox is not known yet."""
        self.connected, self.drained = True, False
        self._forbindelse, self._tomt = uuid4(), None

    def tomt(self, alder_s: float = 0.0, forbrugere: int = 1) -> None:
        """So long ago nothing waited for us, and so many connections, ours among them, took from the mailbox.

        Where nobody knows how many (0), nothing is claimed: another may hold a message.
        """
        self.drained = True
        if self.in_hand == 0 and forbrugere:
            self._tomt = Tomt(self._forbindelse, self.clock() - timedelta(seconds=alder_s), forbrugere)

    def afbrudt(self, cause: BaseException) -> None:
        """Gone, or not to be had."""
        if self.connected or self._written is None:
            LOG.warning("%s is not connected: %s", self.navn, type(cause).__name__)
        self.connected = self.drained = False

    def pause(self, cause: BaseException) -> None:
        """A message could not be kept; it stays where it is."""
        self.drained = False
        LOG.warning("%s waits: a message could not be kept: %s", self.navn, type(cause).__name__)

    @asynccontextmanager
    async def besked(self) -> AsyncIterator[None]:
        """While a message is being kept, the channel holds something; if that fails, it still does."""
        self.in_hand += 1
        self.drained = False
        try:
            yield
        finally:
            self.in_hand -= 1

    async def run(self) -> None:
        """Beat until cancelled; then say that the channel is gone."""
        try:
            while True:
                with suppress(Unavailable):
                    await self.beat()
                await asyncio.sleep(BEAT_S)
        finally:
            self.connected = self.drained = False
            with suppress(Unavailable):
                await asyncio.shield(self.beat())

    async def beat(self) -> None:
        """Write how it is. Raises Unavailable."""
        connected, drained = self.connected, self.drained and self.in_hand == 0
        tomt = self._tomt if self.spoerges else Tomt(self._forbindelse, self.clock()) if drained else None
        async with self.pool.transaction() as tx:
            if connected:
                await feed_state.connected(tx, self.organisation, self.navn, self.clock())
            elif self._written is not False:
                await feed_state.disconnected(tx, self.organisation, self.navn, self.clock())
            if connected and tomt is not None:
                await feed_state.emptied(tx, self.organisation, self.navn, tomt)
        self._written = connected

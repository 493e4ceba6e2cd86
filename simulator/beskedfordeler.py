"""The Beskedfordeler: mailboxes on disk, emptied in order by push or queue, at least once.

A change of a unit or user becomes a message in the transaction of the change (sandhed.py); here it is sent until it is
accepted. Source: domain.md 9, FACTS.md 7. Knows no SOAP service.
"""

import asyncio
import logging
from contextlib import suppress
from typing import Final, Protocol
from uuid import UUID

import httpx

from fkorg.besked import Besked
from fkorg.beskedfordeler.amqp import Udgiver
from fkorg.catalogue import Objekttype
from fkorg.errors import Malformed, Unavailable
from fkorg.kvittering import UDFOERT
from fkorg.wire import besked_xml, standardretur, xml
from fkorg.wire.besked_xml import DEFAULT, Beskedkoder
from simulator.fejl import Fejl
from simulator.lager import Beskedraekke
from simulator.sandhed import Fordeling, Sandhed

LOG: Final = logging.getLogger(__name__)
FIRST_WAIT_S: Final = 0.1
LONGEST_WAIT_S: Final = 5.0
HOLD_S: Final = 1.0
_PAGE: Final = 100
_ULAESELIG: Final = b"<Haendelsesbesked xmlns='urn:oio:besked:kuvert:1.0'><BeskedId>"


class Kanal(Protocol):
    """A way to deliver a message: `push` says in which wrapping; `send` is False when it was not accepted."""

    push: bool

    async def send(self, body: bytes, besked_id: str) -> bool:
        """Delivers one message, and says whether the receiver has it."""


class Push:
    """REST push: POST to the receiver's door until it answers StatusKode 20."""

    push = True

    def __init__(self, client: httpx.AsyncClient, url: str) -> None:
        self._client = client
        self._url = url

    async def send(self, body: bytes, besked_id: str) -> bool:
        """False for no answer, another HTTP status than 200, another StatusKode than 20."""
        try:
            answer = await self._client.post(self._url, content=body, headers={"content-type": "application/xml"})
            found = None if answer.status_code != 200 else xml.parse(answer.content).find(f".//{standardretur.TAG}")
            return found is not None and standardretur.read_retur(found).status_kode == UDFOERT
        except (httpx.HTTPError, Malformed):
            return False


class Publish:
    """A mailbox queue at a broker, which exists already (FACTS.md 7, AMQP)."""

    push = False

    def __init__(self, udgiver: Udgiver) -> None:
        self._udgiver = udgiver

    async def send(self, body: bytes, besked_id: str) -> bool:
        """False when the broker did not confirm it."""
        try:
            await self._udgiver.publish(body, besked_id)
        except Unavailable:
            return False
        return True


class Beskedfordeler:
    """The mailboxes of one truth, by channel; lives as long as it. `run` sends, also what an earlier run left."""

    def __init__(self, sandhed: Sandhed, fejl: Fejl, kanaler: dict[str, Kanal], koder: Beskedkoder = DEFAULT) -> None:
        self._sandhed = sandhed
        self._fejl = fejl
        self._kanaler = kanaler
        self._koder = koder
        self._loop: asyncio.AbstractEventLoop | None = None
        self._wake = {navn: asyncio.Event() for navn in kanaler}
        self._decided: dict[tuple[str, int], bool] = {}
        sandhed.fordeling = self._fordel
        sandhed.subscribe(lambda aendring: self.wake())

    def wake(self) -> None:
        """Something may wait; may be called from any thread."""
        if self._loop is not None and not self._loop.is_closed():
            for event in self._wake.values():
                self._loop.call_soon_threadsafe(event.set)

    async def run(self) -> None:
        """Sends until cancelled."""
        self._loop = asyncio.get_running_loop()
        async with asyncio.TaskGroup() as tasks:
            for navn in self._kanaler:
                tasks.create_task(self._kept_going(navn))

    async def once(self, navn: str) -> int:
        """Tries to deliver what waits in the channel now, oldest first; stops at the first refusal. How many went."""
        waiting = self._reordered(navn, self._sandhed.ventende(navn, _PAGE))
        for sent, besked in enumerate(waiting):
            if not await self._send(self._kanaler[navn], besked):
                return sent
            self._sandhed.leveret(navn, besked.nr)
            self._decided.pop((navn, besked.nr), None)
        return len(waiting)

    async def _kept_going(self, navn: str) -> None:
        """A fault of ours in one channel is told, and costs neither it nor the others their messages."""
        while True:
            try:
                await self._empty(navn)
            except Exception:
                LOG.exception("the distributor failed and goes on: %s", navn)
                await asyncio.sleep(LONGEST_WAIT_S)

    async def _empty(self, navn: str) -> None:
        wait_s = FIRST_WAIT_S
        while True:
            self._wake[navn].clear()
            await self._hold(navn)
            if await self.once(navn):
                wait_s = FIRST_WAIT_S
            elif self._sandhed.ventende(navn, 1):
                await asyncio.sleep(wait_s)
                wait_s = min(wait_s * 2, LONGEST_WAIT_S)
            else:
                await self._wake[navn].wait()

    async def _hold(self, navn: str) -> None:
        """The fault "reorder" on a message that is alone: it waits a moment for one that can pass it."""
        waiting = self._sandhed.ventende(navn, 2)
        if len(waiting) == 1 and self._late(navn, waiting[0]):
            with suppress(TimeoutError):
                await asyncio.wait_for(self._wake[navn].wait(), HOLD_S)

    def _reordered(self, navn: str, waiting: list[Beskedraekke]) -> list[Beskedraekke]:
        """Each message that the fault strikes changes places with the one that follows it."""
        for place in range(len(waiting) - 1):
            if self._late(navn, waiting[place]):
                waiting[place], waiting[place + 1] = waiting[place + 1], waiting[place]
        return waiting

    def _late(self, navn: str, besked: Beskedraekke) -> bool:
        """Whether the fault "reorder" strikes the message: decided once for each."""
        if (navn, besked.nr) not in self._decided:
            self._decided[navn, besked.nr] = self._fejl.happens(self._fejl.plan.reorder)
        return self._decided[navn, besked.nr]

    async def _send(self, kanal: Kanal, besked: Beskedraekke) -> bool:
        body = self.body(besked, push=kanal.push)
        if self._fejl.happens(self._fejl.plan.malformed):
            await kanal.send(_ULAESELIG, besked.besked_id)
        if not await kanal.send(body, besked.besked_id):
            return False
        if self._fejl.happens(self._fejl.plan.duplicate):
            await kanal.send(body, besked.besked_id)
        return True

    def body(self, besked: Beskedraekke, *, push: bool) -> bytes:
        """The Haendelsesbesked: which object, its registration time, its authority; never the new data."""
        return besked_xml.write(
            Besked(
                besked.besked_id,
                UUID(besked.uuid),
                (besked.objekttype,),
                besked.tidspunkt_ns,
                self._sandhed.cvr,
            ),
            self._koder,
            push=push,
        )

    def _fordel(self, objekttype: Objekttype, uuid: UUID) -> Fordeling:
        if self._fejl.happens(self._fejl.plan.swallow):
            return Fordeling(slugt=True)
        return Fordeling(tuple(self._kanaler))

"""The push door of the Beskedfordeler over HTTP: a body in, kept or set aside, then acknowledged. rules.md 10.

A listener of `ingest`, which asks who comes; a route of `serve` only where nobody is asked. Refuses to know what a
message says.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import monotonic
from typing import Final

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from fkorg.beskedfordeler import push
from fkorg.errors import Unavailable
from graph import door
from ingest.kanal import Kanal
from ingest.receive import Modtager
from model import feed_state
from model.pool import Pool
from model.snapshot import Anvenderkontekst
from orgraf import connection, observe, wiring
from orgraf.clock import clock
from orgraf.pushadgang import Adgang, Proxyvagt, Takst
from orgraf.settings import SettingError, Settings

LOG: Final = logging.getLogger(__name__)
STI: Final = "/beskedfordeler/modtag"
ANSWERED_S: Final = 10
"""So long a request under way may take when the door closes."""
FLOOD_BYTES: Final = 64_000_000
"""More than this is not even read to its end."""


@dataclass(slots=True)
class Pushdoor:
    """The door of one mailbox; closed (the distributor comes again) until its municipality is served."""

    settings: Settings
    metrics: observe.Metrics
    adgang: Adgang = field(init=False)
    _takst: Takst = field(init=False)
    _modtager: Modtager | None = field(default=None, init=False)
    _kanal: Kanal | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        self.adgang = wiring.pushadgang(self.settings) if self.settings.push else Adgang()
        self._takst = Takst(self.settings.push_rate, monotonic)

    def route(self) -> Route:
        """Where it stands beside other doors. Raises SettingError when it is to ask who comes: they don't."""
        if not self.adgang.fri:
            raise SettingError("ORGRAF_PUSH: with ORGRAF_PUSH_CALLERS it is for `orgraf ingest` alone; set it false")
        return Route(STI, self.modtag, methods=["POST"])

    def app(self) -> ASGIApp:
        """Itself alone, behind whoever looks at the proxies' word."""
        alene = Starlette(routes=[Route(STI, self.modtag, methods=["POST"])])
        return alene if self.adgang.proxy is None else Proxyvagt(alene, self.adgang.proxy, clock)

    def serves(self, kontekst: Anvenderkontekst) -> bool:
        """Is it the mailbox of this municipality?"""
        return kontekst.cvr == wiring.mailbox(self.settings)

    async def run(self, pool: Pool, kontekst: Anvenderkontekst) -> None:
        """Open, and say that it is, until cancelled."""
        self._kanal = Kanal(pool, kontekst.organisation, feed_state.PUSH, clock)
        self._kanal.forbundet()
        self._kanal.tomt()
        self._modtager = Modtager(pool, kontekst.cvr, wiring.beskedkoder(self.settings), self.settings.settle)
        await self._kanal.run()

    async def modtag(self, request: Request) -> Response:
        """What is kept, or set aside as unreadable, is acknowledged; else the distributor comes again."""
        if not self._takst.tag():
            return Response("too many messages\n", 429, {"Retry-After": "1"})
        try:
            body = await _body(request.stream())
        except door.Afvist as refused:
            return Response(str(refused), refused.status)
        try:
            udfald = await self._keep(body)
        except Unavailable as away:
            LOG.warning("a message was not kept: %s", away)
            udfald = None
        self.metrics.besked(feed_state.PUSH, udfald or "IKKE_GEMT")
        return Response(push.IKKE_GEMT if udfald is None else push.KVITTERET, media_type=push.MEDIA_TYPE)

    async def _keep(self, body: bytes) -> str:
        if self._modtager is None or self._kanal is None:
            raise Unavailable("the municipality is not served yet")
        async with self._kanal.besked():
            kept = await self._modtager.modtag(body, feed_state.PUSH, clock())
        self._kanal.tomt()
        return kept.name


async def _body(stream: AsyncIterator[bytes]) -> bytes:
    """The body; of one that is too long for a message, no more than shows it: it is set aside like an unreadable one.

    Raises Afvist for what no distributor sends.
    """
    body, seen_bytes = bytearray(), 0
    async for piece in stream:
        seen_bytes += len(piece)
        if seen_bytes > FLOOD_BYTES:
            raise door.Afvist(413, f"wanted a body of at most {FLOOD_BYTES} bytes")
        body += piece[: push.MAX_BYTES + 1 - len(body)]
    return bytes(body)


class _Server(uvicorn.Server):
    """Ends when it is cancelled, and leaves the signals to the service it is part of."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def listen(settings: Settings, door_: Pushdoor) -> None:
    """The door on a listener of its own, until cancelled; a request under way is answered."""
    over = door_.adgang.tls
    if door_.adgang.fri:
        LOG.warning("the push door asks nobody who he is: ORGRAF_PUSH_CALLERS is not set")
    config = uvicorn.Config(
        door_.app(),
        host=settings.listen_host,
        port=settings.listen_port,
        log_config=None,
        access_log=False,
        lifespan="off",
        http=connection.Protocol,
        ws="none",
        proxy_headers=False,
        server_header=False,
        ssl_context_factory=None if over is None else lambda *_: over,
        timeout_graceful_shutdown=ANSWERED_S,
    )
    server = _Server(config)
    serving = asyncio.create_task(server.serve())
    try:
        await asyncio.shield(serving)
    finally:
        server.should_exit = True
        await serving

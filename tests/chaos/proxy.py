"""A relay on loopback before a neighbour, that can do to its connections what a network does.

Owns the connections that pass through it. Refuses to know what is said on them. Everything takes effect at once,
also on connections that are open.
"""

import asyncio
import socket
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

_PIECE = 65536


@dataclass(frozen=True, slots=True)
class Toxic:
    """What is done to what the neighbour answers (or, with `up`, to what it is sent). Nothing by default.

    `latency_s`: each piece comes so much later. `cut_after`: after so many bytes of a connection it is reset.
    `truncate_after`: after so many bytes it is ended in order, the rest is lost. `half_close_after`: after so many
    bytes this direction ends in order, the other stays open. `blackhole`: nothing comes through, nothing is closed.
    """

    latency_s: float = 0.0
    cut_after: int | None = None
    truncate_after: int | None = None
    half_close_after: int | None = None
    blackhole: bool = False
    up: bool = False


HEALTHY = Toxic()
BLACKHOLE = Toxic(blackhole=True)


class Proxy:
    """`async with Proxy(5432) as proxy`: listens on `proxy.port`, passes on to the first upstream that answers."""

    def __init__(self, *upstreams: int, port: int = 0) -> None:
        self.upstreams: Sequence[int] = upstreams
        self.port = port
        self.accepted = 0
        self._toxic = HEALTHY
        self._changed = asyncio.Event()
        self._server: asyncio.Server | None = None
        self._open: set[_Relay] = set()

    async def __aenter__(self) -> "Proxy":
        await self.listen()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.away()
        while self._open:
            await asyncio.sleep(0.01)

    async def listen(self) -> None:
        """Take connections, from here on or again."""
        if self._server is None:
            self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
            self.port = self._server.sockets[0].getsockname()[1]

    async def away(self) -> None:
        """Refuse connections, and reset those that are open."""
        if self._server is not None:
            self._server.close()
            self._server = None
        self.cut()

    def cut(self) -> int:
        """Reset every open connection; how many there were."""
        relays = list(self._open)
        for relay in relays:
            relay.abort()
        return len(relays)

    @property
    def toxic(self) -> Toxic:
        return self._toxic

    @toxic.setter
    def toxic(self, toxic: Toxic) -> None:
        """From here on, for connections that are open too."""
        self._toxic = toxic
        self._changed.set()
        self._changed = asyncio.Event()

    async def changed(self) -> None:
        """Wait until the toxic is another one."""
        await self._changed.wait()

    @property
    def connections(self) -> int:
        return len(self._open)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.accepted += 1
        relay = _Relay(self, reader, writer)
        self._open.add(relay)
        try:
            await relay.run()
        finally:
            self._open.discard(relay)


class _Relay:
    """One connection: two directions."""

    def __init__(self, proxy: Proxy, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._proxy = proxy
        self._client = (reader, writer)
        self._neighbour: asyncio.StreamWriter | None = None
        self._pumps: list[asyncio.Task[None]] = []

    async def run(self) -> None:
        try:
            there = await self._connect()
            if there is None:
                return
            self._neighbour = there[1]
            self._pumps = [
                asyncio.create_task(self._pump(self._client[0], there[1], up=True)),
                asyncio.create_task(self._pump(there[0], self._client[1], up=False)),
            ]
            await asyncio.gather(*self._pumps, return_exceptions=True)
        finally:
            self.abort()

    def abort(self) -> None:
        """Reset both sides."""
        for pump in self._pumps:
            pump.cancel()
        for writer in (self._client[1], self._neighbour):
            if writer is not None:
                reset(writer)

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter] | None:
        for port in self._proxy.upstreams:
            with suppress(OSError):
                return await asyncio.open_connection("127.0.0.1", port)
        return None

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, up: bool) -> None:
        """Pass on, with what the toxic of the moment does to it. Ends when either side has ended this direction."""
        passed = 0
        try:
            while piece := await reader.read(_PIECE):
                piece = await self._hurt(piece, passed, up)
                writer.write(piece)
                passed += len(piece)
                await writer.drain()
                if self._spent(passed, up):
                    break
            if writer.can_write_eof():
                writer.write_eof()
        except OSError:  # who was reset on one side hears of it on the other
            self.abort()

    async def _hurt(self, piece: bytes, passed: int, up: bool) -> bytes:
        while (toxic := self._proxy.toxic).blackhole:
            await self._proxy.changed()
        if toxic.up != up:
            return piece
        if toxic.latency_s:
            await asyncio.sleep(toxic.latency_s)
        limits = (toxic.cut_after, toxic.truncate_after, toxic.half_close_after)
        limit = min((one for one in limits if one is not None), default=None)
        return piece if limit is None else piece[: max(limit - passed, 0)]

    def _spent(self, passed: int, up: bool) -> bool:
        """Has this direction had all that the toxic allows it? Then it ends as the toxic says."""
        toxic = self._proxy.toxic
        if toxic.up != up:
            return False
        if toxic.cut_after is not None and passed >= toxic.cut_after:
            self.abort()
            return True
        if toxic.truncate_after is not None and passed >= toxic.truncate_after:
            for writer in filter(None, (self._client[1], self._neighbour)):
                writer.close()
            return True
        return toxic.half_close_after is not None and passed >= toxic.half_close_after


def reset(writer: asyncio.StreamWriter) -> None:
    """RST instead of FIN."""
    sock = writer.get_extra_info("socket")
    if sock is not None:
        with suppress(OSError):
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    writer.transport.abort()

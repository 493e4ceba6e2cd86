"""HTTP over real sockets: what comes back, and what a connection that fails is told as."""

import asyncio
import gzip
import socket
import struct
import tracemalloc
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from typing import Any

import aiohttp
import pytest

from fkorg.errors import Malformed
from fkorg.soap import faults, transport
from fkorg.soap.transport import Transport

OK = b"HTTP/1.1 200 OK\r\n"
ZIPPED = gzip.compress(b"<svar/>")


Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def listening(serve: Serve) -> AsyncIterator[str]:
    """The address of a server that treats each connection so, and closes it; every connection has ended at the end."""
    running: list[asyncio.Task[None]] = []

    async def one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        running.append(task)
        with suppress(asyncio.IncompleteReadError):
            await serve(reader, writer)
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()

    async with await asyncio.start_server(one, "127.0.0.1", 0) as server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/x"
        await asyncio.gather(*running)


@asynccontextmanager
async def answering(answer: bytes, *, reset: bool = False) -> AsyncIterator[tuple[str, list[bytes]]]:
    """A server that says this to each request and closes; the heads of the requests that came."""
    heads: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heads.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(answer)
        await writer.drain()
        if reset:
            await asyncio.sleep(0.1)  # what was said is read before
            sock = writer.get_extra_info("socket")
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    async with listening(serve) as url:
        yield url, heads


async def send(url: str) -> tuple[int, bytes]:
    over = Transport(timeout_s=5, connect_timeout_s=1)
    try:
        svar = await over.send(url, "urn:laes", b"<x/>", message_id="1", cvr="11111111")
        try:
            return svar.status, b"".join([piece async for piece in svar.stykker()])
        finally:
            await svar.aclose()
    finally:
        await over.aclose()


@pytest.mark.parametrize(
    ("answer", "status", "body"),
    [
        (OK + b"Content-Length: 7\r\n\r\n<svar/>", 200, b"<svar/>"),
        (OK + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n%b" % (len(ZIPPED), ZIPPED), 200, b"<svar/>"),
        (OK + b"Transfer-Encoding: chunked\r\n\r\n3\r\n<sv\r\n4\r\nar/>\r\n0\r\n\r\n", 200, b"<svar/>"),
        (b"HTTP/1.1 302 Found\r\nLocation: /y\r\nContent-Length: 0\r\n\r\n", 302, b""),
        (b"HTTP/1.1 500 No\r\nContent-Length: 3\r\n\r\nno!", 500, b"no!"),
    ],
    ids=["as it is", "compressed", "in pieces", "a redirect is not followed", "a failure"],
)
async def test_an_answer(answer: bytes, status: int, body: bytes) -> None:
    async with answering(answer) as (url, heads):
        assert await send(url) == (status, body)

    (head,) = heads
    assert head.startswith(b"POST /x HTTP/1.1\r\n")
    assert b'Content-Type: application/soap+xml; charset=utf-8; action="urn:laes"\r\n' in head


class Underskriver:
    """Signs nothing; an answer that came whole is told by AssertionError."""

    async def underskriv(self, kuvert: bytes, cvr: str) -> tuple[bytes, Any]:
        return kuvert, None

    async def efterproev(self, svar: bytes, message_id: str, token: object) -> None:
        raise AssertionError(f"{len(svar)} bytes were read")


async def test_24_a_compressed_bomb_is_cut_off_while_it_is_read() -> None:
    pakker = zlib.compressobj(9, zlib.DEFLATED, 31)
    bombe = b"".join(pakker.compress(bytes(1_000_000)) for _ in range(400)) + pakker.flush()
    over = Transport(Underskriver(), max_svar_bytes=5_000_000)

    async with answering(OK + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n%b" % (len(bombe), bombe)) as (
        url,
        _,
    ):
        tracemalloc.start()
        try:
            with pytest.raises(Malformed, match="at most 5000000 bytes"):
                await over.send(url, "urn:laes", b"<x/>", message_id="1", cvr="11111111")
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
            await over.aclose()

    assert len(bombe) < 500_000
    assert peak < 40_000_000


@pytest.mark.parametrize(
    ("answer", "reset"),
    [
        (b"", False),
        (b"", True),
        (b"HTTP/1.1 200", False),
        (b"no HTTP at all\r\n\r\n", False),
        (OK + b"Content-Length: 700\r\n\r\n<svar", False),
        (OK + b"Content-Length: 700\r\n\r\n<svar", True),
        (OK + b"Transfer-Encoding: chunked\r\n\r\n9\r\n<sv", False),
        (OK + b"Content-Encoding: gzip\r\nContent-Length: 7\r\n\r\n<svar/>", False),
    ],
    ids=["closed", "reset", "cut in the head", "no HTTP", "cut", "reset in the body", "cut in a piece", "not gzip"],
)
async def test_whatever_happens_after_sending_leaves_a_write_uncertain(answer: bytes, reset: bool) -> None:
    async with answering(answer, reset=reset) as (url, _):
        with pytest.raises((aiohttp.ClientError, OSError)) as caught:
            await send(url)

    udfald = faults.udfald_af(type(caught.value))
    assert udfald is faults.UVIST, caught.value
    assert faults.afbrudt(caught.value) is (b"\r\n\r\n" not in answer)


async def test_where_nobody_listens_nothing_was_sent() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/x"
        with pytest.raises(aiohttp.ClientConnectorError) as caught:
            await send(url)

    assert faults.udfald_af(type(caught.value)) is faults.INTET_SENDT
    assert not faults.afbrudt(caught.value)


async def test_a_silent_service_is_given_up() -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()

    async with listening(serve) as url:
        over = Transport(timeout_s=0.2)
        with pytest.raises(TimeoutError) as caught:
            await over.send(url, "a", b"", message_id="1", cvr="1")
        await over.aclose()

    assert faults.udfald_af(type(caught.value)) is faults.UVIST


async def test_an_idle_connection_is_not_used_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "HVILER_S", 0.2)
    connections = 0

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal connections
        connections += 1
        while await reader.readuntil(b"\r\n\r\n"):
            await reader.readexactly(1)
            writer.write(OK + b"Content-Length: 0\r\n\r\n")

    async with listening(serve) as url:
        over, seen = Transport(), []
        for idle_s in (0.0, 0.0, 0.6):
            await asyncio.sleep(idle_s)
            await (await over.send(url, "a", b"x", message_id="1", cvr="1")).aclose()
            seen.append(connections)
        await over.aclose()

    assert seen == [1, 1, 2]


async def test_the_clock_of_whoever_answers() -> None:
    over = Transport()
    async with answering(OK + b"Date: Sun, 29 Nov 2026 06:02:23 GMT\r\nContent-Length: 0\r\n\r\n") as (url, _):
        assert await over.dato(url) == datetime(2026, 11, 29, 6, 2, 23, tzinfo=UTC)
    async with answering(OK + b"Content-Length: 0\r\n\r\n") as (url, _):
        assert await over.dato(url) is None
    async with answering(b"") as (url, _):
        assert await over.dato(url) is None
    await over.aclose()

"""Connections that are held without being used: what ends them, and what does not."""

import asyncio
import resource
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from starlette.types import Receive, Scope, Send
from websockets.asyncio.client import connect

from orgraf import connection, web
from orgraf.settings import Settings
from tests.graph.served import served

LANGSOM_S = 0.6
DEADLINE_S = 20.0
STOR = 64 * 2**20
HOVED = b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 4\r\n\r\n"


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """Reads a body, answers after a second or with much when the path says so; says what a WebSocket says."""
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.accept"})
        await send({"type": "websocket.send", "text": (await receive())["text"]})
        return
    message = await receive()
    while message.get("more_body"):
        message = await receive()
    if message["type"] == "http.disconnect":
        return
    if scope["path"] == "/slow":
        await asyncio.sleep(2 * LANGSOM_S)
    body = bytes(STOR) if scope["path"] == "/large" else b"here"
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % len(body))]})
    await send({"type": "http.response.body", "body": body})


@pytest.fixture
async def port(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[int]:
    monkeypatch.setattr(connection, "LANGSOM_S", LANGSOM_S)
    async with served(app) as place:
        yield int(place.rpartition(":")[2])


@asynccontextmanager
async def forbundet(port: int) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        async with asyncio.timeout(DEADLINE_S):
            yield reader, writer
    finally:
        writer.close()


HALVE = {
    "nothing": b"",
    "half a request line": b"POST /gra",
    "half a head": b"POST / HTTP/1.1\r\nhost: x\r\n",
    "half a body": HOVED + b"he",
}


@pytest.mark.parametrize("sendt", HALVE.values(), ids=HALVE)
@pytest.mark.parametrize("foer", [b"", HOVED + b"body"], ids=["at first", "after an answer"])
async def test_a_request_that_does_not_come_whole_ends_its_connection(port: int, foer: bytes, sendt: bytes) -> None:
    async with forbundet(port) as (reader, writer):
        if foer:
            writer.write(foer)
            assert (await reader.readuntil(b"here")).startswith(b"HTTP/1.1 200")
        writer.write(sendt)
        assert await reader.read() == b""


async def test_one_that_comes_byte_by_byte_too(port: int) -> None:
    async with forbundet(port) as (reader, writer):
        slut = asyncio.create_task(reader.read())
        for byte in HOVED * 20:
            if slut.done():
                break
            writer.write(bytes([byte]))
            await asyncio.sleep(0.05)
        assert slut.done()


async def test_an_answer_may_take_longer(port: int) -> None:
    async with forbundet(port) as (reader, writer):
        writer.write(HOVED.replace(b" / ", b" /slow ") + b"body")
        assert (await reader.readuntil(b"here")).startswith(b"HTTP/1.1 200")
        writer.write(HOVED + b"body")
        assert (await reader.readuntil(b"here")).startswith(b"HTTP/1.1 200")


async def test_requests_behind_one_another_are_all_answered(port: int) -> None:
    async with forbundet(port) as (reader, writer):
        writer.write((HOVED.replace(b" / ", b" /slow ") + b"body") * 3)
        for _ in range(3):
            await reader.readuntil(b"here")


async def test_a_reader_that_takes_nothing_is_cut_off(port: int) -> None:
    async with forbundet(port) as (reader, writer):
        writer.write(HOVED.replace(b" / ", b" /large ") + b"body")
        await asyncio.sleep(3 * LANGSOM_S)
        with pytest.raises((asyncio.IncompleteReadError, ConnectionResetError)):
            await reader.readexactly(STOR)


async def test_a_reader_that_takes_it_slowly_is_not(port: int) -> None:
    async with forbundet(port) as (reader, writer):
        writer.write(HOVED.replace(b" / ", b" /large ") + b"body")
        await reader.readuntil(b"\r\n\r\n")
        left, loop = STOR, asyncio.get_running_loop()
        slowly_until = loop.time() + 4 * LANGSOM_S
        while left:
            left -= len(await reader.read(2**20))
            await asyncio.sleep(0.02 if loop.time() < slowly_until else 0)


async def test_a_head_without_end_is_refused(port: int) -> None:
    async with forbundet(port) as (reader, writer):
        writer.write(b"POST / HTTP/1.1\r\n" + b"x-y: z\r\n" * (connection.HOVED_BYTES // 4))
        assert (await reader.readline()).startswith(b"HTTP/1.1 400")


async def test_a_websocket_lives_on(port: int) -> None:
    async with connect(f"ws://127.0.0.1:{port}", proxy=None) as client:
        await asyncio.sleep(2 * LANGSOM_S)
        await client.send("here")
        assert await client.recv() == "here"


def test_both_servers_have_it() -> None:
    assert web.config(Settings(contexts={"11111111": None})).http is connection.Protocol


def test_as_many_connections_as_the_machine_lets_it_have() -> None:
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (before[1] // 2, before[1]))
    try:
        web.allow_connections()
        assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] == before[1]
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)

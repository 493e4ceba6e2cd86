"""The short way out of a WebSocket: what a real client reads of it, and when it is refused."""

import asyncio
from collections.abc import Callable

import pytest
from starlette.types import Receive, Scope, Send
from websockets.asyncio.client import connect

from graph.socket import STRAKS
from orgraf import websocket
from tests.graph.served import served

STOR = 4 * 2**20
QUIET_S = 15.0


@pytest.mark.parametrize("size", [0, 1, 125, 126, 2**16 - 1, 2**16, 2**17])
async def test_a_text_of_any_length_is_read_between_others(size: int) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        await send({"type": "websocket.send", "text": "first"})
        assert scope["extensions"][STRAKS]["skriv"](b"x" * size)
        await send({"type": "websocket.send", "text": "last"})
        await receive()

    async with served(app) as place, connect(f"ws://{place}", proxy=None, compression=None) as client:
        found = [await client.recv() for _ in range(3)]

    assert found == ["first", "x" * size, "last"]


async def test_nothing_is_written_past_a_reader_who_takes_nothing_or_after_the_end() -> None:
    told: asyncio.Queue[bool] = asyncio.Queue()
    go_on = asyncio.Event()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        skriv: Callable[[bytes], bool] = scope["extensions"][STRAKS]["skriv"]
        for _ in range(40):
            written = skriv(b"x" * (STOR // 8))
            await asyncio.sleep(0)
            if not written:
                break
        told.put_nowait(written)
        await go_on.wait()
        await send({"type": "websocket.close", "code": 1000})
        told.put_nowait(skriv(b"after the end"))

    async with (
        asyncio.timeout(20),
        served(app) as place,
        connect(f"ws://{place}", proxy=None, compression=None, max_queue=1, max_size=STOR) as client,
    ):
        refused = await told.get()
        go_on.set()
        found = [message async for message in client]
        after = await told.get()

    assert (refused, after) == (False, False)
    assert set(found) == {"x" * (STOR // 8)}


async def test_the_first_ping_comes_early_by_chance(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[float, float]] = []

    def at_once(least: float, most: float) -> float:
        asked.append((least, most))
        return least

    monkeypatch.setattr(websocket, "uniform", at_once)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        await receive()

    async with served(app, ws_ping_interval=QUIET_S) as place, asyncio.timeout(10):
        reader, writer = await asyncio.open_connection(*place.split(":"))
        writer.write(_handshake(place))
        await reader.readuntil(b"\r\n\r\n")
        first, _ = await reader.readexactly(2)
        writer.close()

    assert first == 0x89, "a ping frame"
    assert asked == [(0, QUIET_S)]


async def test_a_message_in_many_pieces_of_nothing_is_cut() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        while (await receive())["type"] == "websocket.receive":
            pass

    async with served(app) as place:
        assert await _code(place, b"\x01\x80" + bytes(4) + (b"\x00\x80" + bytes(4)) * 2_000) == 1008
        no_text = b"\x81\x82" + bytes(4) + b"\xff\xfe"
        assert await _code(place, no_text) == 1007
        goodbye = b"\x88\x82" + bytes(4) + (1000).to_bytes(2, "big")
        assert await _code(place, no_text + goodbye) == 1000


def _handshake(place: str) -> bytes:
    """A client's first octets."""
    head = f"GET / HTTP/1.1\r\nhost: {place}\r\nupgrade: websocket\r\nconnection: Upgrade\r\n"
    return f"{head}sec-websocket-version: 13\r\nsec-websocket-key: {'A' * 22}==\r\n\r\n".encode()


async def _code(place: str, frames: bytes) -> int:
    """With which code the server closes on these octets."""
    async with asyncio.timeout(20):
        reader, writer = await asyncio.open_connection(*place.split(":"))
        writer.write(_handshake(place))
        await reader.readuntil(b"\r\n\r\n")
        writer.write(frames)
        first, size = await reader.readexactly(2)
        assert first == 0x88, "a close frame, and nothing else"
        code = int.from_bytes((await reader.readexactly(size))[:2], "big")
        writer.close()
    return code

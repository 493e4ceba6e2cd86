"""How the WebSocket door lets clients go: slow ones, silent ones, and all of them when the server goes down."""

import asyncio
import json
from collections.abc import Callable
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import Any

import pytest
from starlette.types import Message
from websockets.asyncio.client import ClientConnection, connect

from graph.socket import STRAKS, Limits
from orgraf import websocket
from tests.graph.socket_world import (
    DEADLINE_S,
    INIT,
    World,
    application,
    client,
    closed,
    door,
    frames,
    receive,
    send,
    subscribe,
    until,
)


async def test_a_slow_reader_is_closed_with_its_last_position_and_no_more_is_read_for_it() -> None:
    """The client stops reading; the sockets' buffers fill; then our queue; then nothing more is taken."""
    world = World(Limits(slow=timedelta(seconds=0.5)))
    async with client(world, max_queue=1) as ws:
        ws.transport.pause_reading()
        await send(ws, subscribe("s"))
        for number in range(2_000):
            world.tell("x" * 20_000, stand=f"S{number}")
        await until(lambda: world.following == 1)
        await until(lambda: world.following == 0)
        left = world.events.qsize()

        ws.transport.resume_reading()
        code, reason = await closed(ws)

        assert code == 1013
        assert reason.startswith("read too slowly; go on from S")
        assert left > 1_000
        assert int(reason.rpartition("S")[2]) < 2_000 - left


async def test_the_last_position_is_that_of_the_last_change_written_out_however_late() -> None:
    """It is told to end while changes are being written, as by a server that heard no pong."""
    world = World()
    written: list[bytes] = []
    closes: list[Message] = []
    heard = asyncio.Event()
    frames_in = [{"type": "websocket.receive", "text": json.dumps(frame)} for frame in (INIT, subscribe("s"))]
    messages: list[Message] = [{"type": "websocket.connect"}, *frames_in]

    async def change() -> None:
        for number in range(1_000):
            world.tell("x", stand=f"S{number}")
            await asyncio.sleep(0)

    async def receive_() -> Message:
        if messages:
            return messages.pop(0)
        await heard.wait()
        return {"type": "websocket.disconnect", "code": 1013}

    def straks(text: bytes) -> bool:
        written.append(text)
        if len(written) == 100:
            heard.set()
        return True

    async def send_(message: Message) -> None:
        closes.append(message)

    scope = {"type": "websocket", "headers": [], "subprotocols": ["graphql-transport-ws"]}
    scope["extensions"] = {STRAKS: {"skriv": straks}}
    changing = asyncio.create_task(change())
    await application(world)(scope, receive_, send_)
    await changing

    changes = sum(b'"next"' in text for text in written)
    assert 0 < changes < 1_000
    assert closes[-1]["reason"] == f"read too slowly; go on from S{changes - 1}"


async def stopped(world: World, ws: ClientConnection, *ids: str) -> None:
    """The client takes nothing from its socket from here on, while more is told than all buffers hold."""
    ws.transport.pause_reading()
    await send(ws, *(subscribe(id) for id in ids))
    for number in range(2_000):
        world.tell(f"{number} {'x' * 20_000}", stand=f"S{number}")
    await until(lambda: world.following == len(ids))


async def test_a_slow_reader_finds_its_last_position_however_late_it_reads_on() -> None:
    """The close frame stands behind what was written: it is not waited for until the client reads."""
    world = World(Limits(slow=timedelta(seconds=0.2), farewell=timedelta(seconds=0.1)))
    async with client(world, max_queue=1) as ws:
        await stopped(world, ws, "s")
        await until(lambda: world.open == 0)

        ws.transport.resume_reading()
        read = [json.loads(frame)["payload"]["data"].partition(" ")[0] async for frame in frames(ws)]

        assert ws.close_code == 1013
        assert ws.close_reason == f"read too slowly; go on from S{read[-1]}"
        assert read == [str(number) for number in range(len(read))]


async def test_of_several_subscriptions_no_one_position_is_told() -> None:
    world = World(Limits(slow=timedelta(seconds=0.2)))
    async with client(world, max_queue=1) as ws:
        await stopped(world, ws, "a", "b")
        await until(lambda: world.open == 0)
        ws.transport.resume_reading()

        assert await closed(ws) == (1013, "read too slowly")


def told_first(real: Callable[..., None], event: asyncio.Event) -> Callable[..., None]:
    def tell(*arguments: Any) -> None:
        event.set()
        real(*arguments)

    return tell


async def test_a_client_that_never_reads_again_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(websocket, "FAREWELL_S", 0.2)
    world, cut = World(Limits(slow=timedelta(seconds=0.2))), asyncio.Event()
    monkeypatch.setattr(websocket.Protocol, "connection_lost", told_first(websocket.Protocol.connection_lost, cut))
    async with client(world, max_queue=1) as ws:
        await stopped(world, ws, "s")
        async with asyncio.timeout(DEADLINE_S):
            await cut.wait()

        ws.transport.resume_reading()  # what was on its way, and then no close frame
        code, _ = await closed(ws)

        assert code == 1006


async def test_a_client_that_answers_no_ping_is_let_go_as_a_slow_one() -> None:
    """Nothing is told to it that could fill a buffer."""
    world = World()
    async with (
        door(world, ws_ping_interval=0.1, ws_ping_timeout=0.1) as address,
        connect(address, subprotocols=["graphql-transport-ws"], proxy=None) as ws,  # type: ignore[list-item]
    ):
        await send(ws, INIT, subscribe("s"))
        await until(lambda: world.following == 1)
        world.tell("one", stand="S1")
        assert [(await receive(ws))["type"] for _ in range(2)] == ["connection_ack", "next"]
        ws.transport.pause_reading()
        await until(lambda: world.open == 0)
        ws.transport.resume_reading()

        assert await closed(ws) == (1013, "read too slowly; go on from S1")


async def test_when_the_server_goes_down_questions_are_answered_and_followers_hear_where_they_are() -> None:
    world = World()
    async with AsyncExitStack() as stack:
        address = await stack.enter_async_context(door(world))
        async with connect(address, subprotocols=["graphql-transport-ws"], proxy=None) as ws:  # type: ignore[list-item]
            await send(ws, INIT, subscribe("s"), subscribe("q", "{waits}"))
            await until(lambda: world.following == 1 and world.asked == ["{waits}"])
            world.tell("one", stand="S1")
            assert [(await receive(ws))["type"] for _ in range(2)] == ["connection_ack", "next"]

            going = asyncio.create_task(stack.aclose())
            await until(lambda: world.following == 0)
            world.asking.set()
            told = [await receive(ws) for _ in range(2)]

            assert [(one["type"], one["id"]) for one in told] == [("next", "q"), ("complete", "q")]
            assert await closed(ws) == (1012, "the server goes down; go on from S1")
            await going

"""The WebSocket door, over real sockets: the sub-protocol, the token's life, nothing left behind."""

import asyncio
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection

from graph.answer import Svar
from graph.kor import Levering
from graph.socket import Limits
from tests.graph.socket_world import (
    INIT,
    World,
    client,
    closed,
    door,
    opened,
    receive,
    send,
    subscribe,
    until,
)


async def test_a_query_is_answered_and_completed() -> None:
    async with client(World()) as ws:
        await send(ws, subscribe("1", "{a}"))

        answer = {"data": {"a": "æ"}, "errors": [{"message": "half", "path": ["b"]}]}
        extensions = {"extensions": {"friskhed": {"status": "FRISK"}}}
        assert await receive(ws) == {"type": "next", "id": "1", "payload": answer | extensions}
        assert await receive(ws) == {"type": "complete", "id": "1"}


FAILED = {
    "that is not valid": ("{wrong}", "no such field"),
    "while the database is away": ("{away}", "not ready"),
    "beyond the time that a statement may take": ("{slow}", "the time limit passed"),
    "that meets a bug": ("{bug}", "an error of ours"),
}


@pytest.mark.parametrize("query, message", FAILED.values(), ids=FAILED)
async def test_an_operation_is_answered_by_an_error_frame(query: str, message: str) -> None:
    async with client(World()) as ws:
        await send(ws, subscribe("1", query))

        frame = await receive(ws)
        assert (frame["type"], frame["id"]) == ("error", "1")
        assert frame["payload"][0]["message"].startswith(message)
        assert "0102031234" not in json.dumps(frame)


async def test_a_subscription_is_told_its_events_in_order_until_it_completes() -> None:
    world = World()
    async with client(world) as ws:
        await send(ws, subscribe("s"))
        for data in ("one", "two"):
            world.tell(data)
        assert [(await receive(ws))["payload"] for _ in range(2)] == [{"data": "one"}, {"data": "two"}]

        await send(ws, {"id": "s", "type": "complete"})

        await until(lambda: world.following == 0)
        await send(ws, subscribe("s"))
        world.tell("again")
        assert (await receive(ws))["payload"] == {"data": "again"}


async def test_who_are_told_together_hear_it_under_their_own_ids() -> None:
    async def told(ws: ClientConnection) -> tuple[str, Any]:
        frame = await receive(ws)
        return frame["id"], frame["payload"]["data"]

    world = World()
    async with door(world) as address, opened(address) as one, opened(address) as other:
        await send(one, subscribe("a"), subscribe("b"))
        await send(other, subscribe("b"))
        await until(lambda: len(world.tags) == 3)
        for number in (1, 2):
            levering = Levering(Svar(b"%d" % number), f"S{number}")
            assert [tag is not None and tag(levering) for tag in world.tags] == [True] * 3

        assert [await told(one) for _ in range(4)] == [("a", 1), ("b", 1), ("a", 2), ("b", 2)]
        assert [await told(other) for _ in range(2)] == [("b", 1), ("b", 2)]


async def test_a_subscription_that_is_refused_ends_with_its_errors() -> None:
    world = World()
    async with client(world) as ws:
        await send(ws, subscribe("s"))
        world.events.put_nowait(Levering(Svar(None, [{"message": "no right"}], udfoert=False), None))

        assert await receive(ws) == {"type": "error", "id": "s", "payload": [{"message": "no right"}]}
        await until(lambda: world.following == 0)


async def test_a_client_that_leaves_frees_everything() -> None:
    world = World()
    async with client(world) as ws:
        await send(ws, subscribe("a"), subscribe("b"))
        await until(lambda: world.following == 2)
        assert world.open == 1

        ws.transport.abort()

        await until(lambda: world.open == 0)
        assert world.following == 0


async def test_the_token_may_come_in_the_handshake() -> None:
    async with client(World(), init=False, additional_headers={"Authorization": "Bearer laes"}) as ws:
        await send(ws, {"type": "connection_init"})

        assert await receive(ws) == {"type": "connection_ack"}


async def test_ping_is_answered_also_before_the_beginning() -> None:
    async with client(World(), init=False) as ws:
        await send(ws, {"type": "ping"}, {"type": "pong"}, INIT)

        assert [await receive(ws) for _ in range(2)] == [{"type": "pong"}, {"type": "connection_ack"}]


CLOSED = {
    "a list": (True, ["[]"], 4400),
    "a binary frame": (True, [b"{}"], 4400),
    "a list before anything": (False, ["[]"], 4400),
    "an operation before the beginning": (False, [subscribe("1")], 4401),
    "no token": (False, [{"type": "connection_init"}], 4403),
    "a bad token": (False, [{"type": "connection_init", "payload": {"token": "x"}}], 4403),
    "a second beginning": (True, [INIT], 4429),
    "an id in use": (True, [subscribe("1"), subscribe("1")], 4409),
    "a new token of another caller": (True, [{"type": "ping", "payload": {"token": "fremmed"}}], 4403),
    "a new token for another municipality": (True, [{"type": "ping", "payload": {"token": "andetsteds"}}], 4403),
    "a token whose issuer's keys are not here": (
        False,
        [{"type": "connection_init", "payload": {"token": "senere"}}],
        1013,
    ),
    "a new token that is bad": (True, [{"type": "ping", "payload": {"token": "x"}}], 4403),
    "too many operations": (True, [subscribe(str(n)) for n in range(51)], 4400),
    "a frame too large": (True, ['"' + "x" * 300_000 + '"'], 1009),
}


@pytest.mark.parametrize("init, frames, code", CLOSED.values(), ids=CLOSED)
async def test_the_connection_is_closed_for(init: bool, frames: list[Any], code: int) -> None:
    world = World()
    async with client(world, init=init) as ws:
        await send(ws, *frames)

        assert (await closed(ws))[0] == code
        await until(lambda: world.open == 0)
        assert world.following == 0


@pytest.mark.parametrize("offered", [["graphql-ws"], None], ids=["the older protocol", "none"])
async def test_another_sub_protocol_is_refused(offered: list[str] | None) -> None:
    async with client(World(), init=False, subprotocols=offered) as ws:
        assert (await closed(ws))[0] == 4406


async def test_who_does_not_begin_is_let_go() -> None:
    async with client(World(Limits(begin=timedelta(seconds=0.05))), init=False) as ws:
        assert (await closed(ws))[0] == 4408


async def test_at_the_tokens_end_the_connection_is_closed() -> None:
    async with client(World(levetid=timedelta(seconds=0.2))) as ws:
        await send(ws, subscribe("s"))

        assert (await closed(ws))[0] == 4403


REVOKED: dict[str, Callable[[World, ClientConnection], Any]] = {
    "the next delivery": lambda world, ws: world.tell("hemmelig"),
    "the next operation": lambda world, ws: send(ws, subscribe("1", "{a}")),
}


@pytest.mark.parametrize("then", REVOKED.values(), ids=REVOKED)
async def test_a_token_that_holds_no_more_ends_the_connection_at(
    then: Callable[[World, ClientConnection], Any],
) -> None:
    world = World()
    async with client(world) as ws:
        await send(ws, subscribe("s"))
        await until(lambda: world.following == 1)
        world.tilbagekaldt = True

        sent = then(world, ws)
        if sent is not None:
            await sent

        assert (await closed(ws))[0] == 4403
        await until(lambda: world.following == 0)
        assert world.asked == []


async def test_a_new_token_keeps_the_connection_open() -> None:
    world = World(levetid=timedelta(seconds=0.5))
    async with client(world) as ws:
        await send(ws, subscribe("s"), {"type": "ping", "payload": {"token": "fornyet"}})
        assert await receive(ws) == {"type": "pong"}

        with pytest.raises(TimeoutError):
            async with asyncio.timeout(1.0):  # twice the first token's life
                await ws.recv()
        world.tell("still here")
        assert (await receive(ws))["payload"] == {"data": "still here"}

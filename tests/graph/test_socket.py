"""The WebSocket door, over real sockets: the sub-protocol, the token's life, slow readers, nothing left behind."""

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import websockets
from websockets.asyncio.client import ClientConnection, connect

from fkorg.errors import Unavailable
from graph import http
from graph.answer import Spoergsmaal, Svar
from graph.caller import Principal, Ret, TokenAfvist
from graph.socket import Limits, SocketEngine, graphql
from graph.subscriptions import Levering
from model.pool import Overskredet
from tests.graph.served import served

DEADLINE_S = 20.0
TIDLIGT = datetime(2026, 6, 1, 12, tzinfo=UTC)
INIT = {"type": "connection_init", "payload": {"token": "laes"}}


@dataclass
class World:
    """The engine behind the door: callers by token, a stream that a test feeds, and what is open."""

    limits: Limits = field(default_factory=Limits)
    levetid: timedelta = timedelta(hours=1)
    now: datetime = TIDLIGT
    open: int = 0
    following: int = 0
    tilbagekaldt: bool = False
    events: "asyncio.Queue[Levering | Exception]" = field(default_factory=asyncio.Queue)
    asked: list[str] = field(default_factory=list)

    def kalder(self, headers: Sequence[str], now: datetime) -> Principal:
        callers = {"laes": ("en", "11111111"), "fornyet": ("en", "11111111"), "fremmed": ("to", "22222222")}
        token = headers[0].removeprefix("Bearer ") if headers else ""
        if token not in callers or self.tilbagekaldt:
            raise TokenAfvist("wanted a token that is known")
        caller, cvr = callers[token]
        levetid = timedelta(hours=1) if token == "fornyet" else self.levetid
        return Principal(caller, cvr, UUID(int=1), frozenset({Ret.LAES}), now + levetid)

    async def besvar(self, spoergsmaal: Spoergsmaal, principal: Principal, now: datetime) -> Svar:
        self.asked.append(spoergsmaal.query)
        if spoergsmaal.query == "{wrong}":
            return Svar(None, [{"message": "no such field"}], udfoert=False)
        if spoergsmaal.query == "{away}":
            raise Unavailable("the database is away")
        if spoergsmaal.query == "{slow}":
            raise Overskredet("the statement ran longer than it may")
        if spoergsmaal.query == "{bug}":
            raise ZeroDivisionError("0102031234")
        return Svar(b'{"a":"\xc3\xa6"}', [{"message": "half", "path": ["b"]}])

    async def friskhed(self, principal: Principal, svar: Svar) -> Mapping[str, Any]:
        return {"status": "FRISK"}

    def is_one(self, spoergsmaal: Spoergsmaal, principal: Principal) -> bool:
        return spoergsmaal.query.startswith("subscription")

    async def follow(
        self, spoergsmaal: Spoergsmaal, principal: Callable[[], Principal]
    ) -> AsyncGenerator[Levering, None]:
        self.following += 1
        try:
            while True:
                found = await self.events.get()
                principal()
                if isinstance(found, Exception):
                    raise found
                yield found
        finally:
            self.following -= 1

    def tell(self, data: str, stand: str = "S") -> None:
        self.events.put_nowait(Levering(Svar(json.dumps(data).encode()), stand))

    def count(self, step: int) -> None:
        self.open += step


@asynccontextmanager
async def door(world: World) -> AsyncIterator[str]:
    async def mindst(principal: Principal, text: str) -> None:
        return None

    engine = http.Engine(world.kalder, world.besvar, world.friskhed, mindst, lambda *_: None, lambda: world.now)
    app = graphql(SocketEngine(engine, world, world.count, world.limits))  # type: ignore[arg-type]
    async with served(app) as address:
        yield f"ws://{address}/graphql"


@asynccontextmanager
async def client(world: World, *, init: bool = True, **more: Any) -> AsyncIterator[ClientConnection]:
    async with (
        door(world) as address,
        connect(address, **{"subprotocols": ["graphql-transport-ws"], "proxy": None, **more}) as ws,
    ):
        if init:
            await send(ws, INIT)
            assert await receive(ws) == {"type": "connection_ack"}
        yield ws


async def send(ws: ClientConnection, *frames: Any) -> None:
    for frame in frames:
        await ws.send(frame if isinstance(frame, (str, bytes)) else json.dumps(frame))


async def receive(ws: ClientConnection) -> Any:
    async with asyncio.timeout(DEADLINE_S):
        return json.loads(await ws.recv())


async def closed(ws: ClientConnection) -> tuple[int, str]:
    """Code and reason, once whatever is under way has been read."""
    async with asyncio.timeout(DEADLINE_S):
        with suppress(websockets.ConnectionClosed):
            while True:
                await ws.recv()
    assert ws.close_code is not None
    return ws.close_code, ws.close_reason or ""


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(DEADLINE_S):
        while not true():
            await asyncio.sleep(0.005)


def subscribe(id: str, query: str = "subscription {a}") -> dict[str, Any]:
    return {"id": id, "type": "subscribe", "payload": {"query": query}}


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

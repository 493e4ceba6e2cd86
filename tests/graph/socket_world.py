"""A WebSocket door over real sockets, with an engine behind it that a test feeds, and a client before it."""

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import websockets
from starlette.types import ASGIApp, Receive, Scope, Send
from websockets.asyncio.client import ClientConnection, connect

from fkorg.errors import Unavailable
from graph import http
from graph.answer import Spoergsmaal, Svar
from graph.betroet import Betroede
from graph.caller import CERTIFIKAT, Principal, Ret, TokenAfvist
from graph.kor import Levering, Tag
from graph.socket import Limits, SocketEngine, graphql
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
    origins: tuple[str, ...] = ()
    betroede: Betroede = field(default_factory=Betroede)
    open: int = 0
    following: int = 0
    tilbagekaldt: bool = False
    events: "asyncio.Queue[Levering | Exception]" = field(default_factory=asyncio.Queue)
    asked: list[str] = field(default_factory=list)
    tags: list[Tag | None] = field(default_factory=list)
    """What takes a delivery at once, of each operation that follows."""
    asking: asyncio.Event = field(default_factory=asyncio.Event)
    """What the query {waits} waits for."""

    def kalder(self, headers: Sequence[str], now: datetime, certifikat: str | None) -> Principal:
        callers = {
            "laes": ("en", "11111111"),
            "fornyet": ("en", "11111111"),
            "fremmed": ("to", "11111111"),
            "andetsteds": ("en", "22222222"),
        }
        token = headers[0].removeprefix("Bearer ") if headers else ""
        if token == "senere":
            raise Unavailable("the keys of the token's issuer are not here")
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
        if spoergsmaal.query == "{waits}":
            await self.asking.wait()
        if spoergsmaal.query == "{bug}":
            raise ZeroDivisionError("0102031234")
        return Svar(b'{"a":"\xc3\xa6"}', [{"message": "half", "path": ["b"]}])

    async def friskhed(self, principal: Principal, svar: Svar) -> Mapping[str, Any]:
        return {"status": "FRISK"}

    def is_one(self, spoergsmaal: Spoergsmaal, principal: Principal) -> bool:
        return spoergsmaal.query.startswith("subscription")

    async def follow(
        self, spoergsmaal: Spoergsmaal, principal: Callable[[], Principal], tag: Tag | None = None
    ) -> AsyncGenerator[Levering, None]:
        self.following += 1
        self.tags.append(tag)
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


def application(world: World) -> ASGIApp:
    """The door itself."""

    async def mindst(principal: Principal, text: str) -> None:
        return None

    engine = http.Engine(
        world.kalder,
        world.besvar,
        world.friskhed,
        mindst,
        lambda *_: None,
        lambda: world.now,
        betroede=world.betroede,
    )
    return graphql(SocketEngine(engine, world, world.count, world.limits, world.origins))  # type: ignore[arg-type]


@asynccontextmanager
async def door(world: World, certifikat: str | None = None, **more: Any) -> AsyncIterator[str]:
    """`certifikat`: the thumbprint that a proxy has told of the clients' certificate."""
    app = application(world)

    async def told(scope: Scope, receive: Receive, send: Send) -> None:
        await app({**scope, CERTIFIKAT: certifikat}, receive, send)

    async with served(told, **more) as address:
        yield f"ws://{address}/graphql"


@asynccontextmanager
async def client(
    world: World, *, init: bool = True, certifikat: str | None = None, **more: Any
) -> AsyncIterator[ClientConnection]:
    async with door(world, certifikat) as address, opened(address, init=init, **more) as ws:
        yield ws


@asynccontextmanager
async def opened(address: str, *, init: bool = True, **more: Any) -> AsyncIterator[ClientConnection]:
    """One client of a door, which has said who it is unless `init` is False."""
    async with connect(address, **{"subprotocols": ["graphql-transport-ws"], "proxy": None, **more}) as ws:
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


async def frames(ws: ClientConnection) -> AsyncIterator[str | bytes]:
    """What comes until the connection is closed, however."""
    async with asyncio.timeout(DEADLINE_S):
        with suppress(websockets.ConnectionClosed):
            while True:
                yield await ws.recv()


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(DEADLINE_S):
        while not true():
            await asyncio.sleep(0.005)


def subscribe(id: str, query: str = "subscription {a}") -> dict[str, Any]:
    return {"id": id, "type": "subscribe", "payload": {"query": query}}

"""The peer of subscriptions: Strawberry's documented way, an async generator for each subscriber, over the same log.

Written with care: one connection listens, each new row is read once and put into every subscriber's queue; what remains
is what the library does, to execute and serialise the operation for each of them. No rights, no positions. Serves
WebSocket /graphql; run by bench/contenders.py.
"""

import asyncio
import os
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import asyncpg
import strawberry
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, WebSocketRoute
from strawberry.asgi import GraphQL
from strawberry.subscriptions import GRAPHQL_TRANSPORT_WS_PROTOCOL

NYE: str = "select seq, art, objekttype, uuid from aendring where organisation = $1 and seq > $2 order by seq"


@strawberry.type
class Aendring:
    stand: str
    art: str
    objekttype: str
    uuid: UUID


@dataclass
class Hub:
    """Every subscriber's queue, and how far the log has been read."""

    organisation: UUID
    queues: set["asyncio.Queue[Aendring]"] = field(default_factory=set)
    seq: int = 0
    bell: asyncio.Event = field(default_factory=asyncio.Event)

    async def follow(self, connection: "asyncpg.Connection[Any]") -> None:
        """Hand on what is new, until cancelled."""
        self.seq = await connection.fetchval("select coalesce(max(seq), 0) from aendring")
        await connection.add_listener("aendring", lambda *_: self.bell.set())
        while True:
            await self.bell.wait()
            self.bell.clear()
            for row in await connection.fetch(NYE, self.organisation, self.seq):
                self.seq = row["seq"]
                change = Aendring(stand=str(row["seq"]), art=row["art"], objekttype=row["objekttype"], uuid=row["uuid"])
                for queue in self.queues:
                    queue.put_nowait(change)


HUB: list[Hub] = []
"""The one, once the server runs."""


@strawberry.type
class Query:
    @strawberry.field
    def nu(self) -> int:
        return HUB[0].seq


@strawberry.type
class Subscription:
    @strawberry.subscription
    async def aendringer(self) -> AsyncGenerator[Aendring, None]:
        queue: asyncio.Queue[Aendring] = asyncio.Queue()
        HUB[0].queues.add(queue)
        try:
            while True:
                yield await queue.get()
        finally:
            HUB[0].queues.discard(queue)


def app() -> Starlette:
    """The server; its database and municipality come by the environment (it is no part of the product)."""

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        connection = await asyncpg.connect(os.environ["BENCH_DSN"])
        HUB.append(Hub(UUID(os.environ["BENCH_ORGANISATION"])))
        following = asyncio.create_task(HUB[0].follow(connection))
        yield
        following.cancel()
        await asyncio.gather(following, return_exceptions=True)
        await connection.close()

    schema = strawberry.Schema(Query, subscription=Subscription)
    endpoint = GraphQL[Any, Any](schema, subscription_protocols=[GRAPHQL_TRANSPORT_WS_PROTOCOL])

    async def live(request: Request) -> Response:
        return Response("ok")

    routes = [Route("/health/live", live), WebSocketRoute("/graphql", endpoint)]
    return Starlette(routes=routes, lifespan=lifespan)

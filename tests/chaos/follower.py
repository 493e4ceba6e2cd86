"""A subscriber as a client team writes it: it follows, is cut off, comes back with its last `stand`, keeps it all.

Owns one client's transcript. Refuses to know what should stand in it (promises/subscribers.py).
"""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from random import Random
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from fkorg import tid
from model.stand import Segl, Stand
from tests.chaos.scene import Broken, Scene, until

DOCUMENT = """subscription($efter: Stand) { aendringer(efter: $efter) { __typename
  ... on Aendring { stand anvendt uuid%s } ... on Puls { stand } ... on Gensynk { stand grund } } }"""
FAT = """ objekt { uuid ... on OrganisationEnhed { enhedsnavn sti { uuid enhedsnavn } adresser { adresseTekst } }
  ... on Bruger { brugernavn enhedsstier { sti { uuid enhedsnavn } } } }"""


@dataclass
class Follower:
    """`run()` until cancelled. `told`: the place of every change it heard, in order; `delays`: how long each took."""

    url: str
    token: str
    segl: Segl
    rnd: Random
    objects: str = ""
    stand: str | None = None
    start: Stand | None = None
    told: list[Stand] = field(default_factory=list)
    delays: list[tuple[float, float]] = field(default_factory=list)
    """(when it came by the monotonic clock, seconds since it was applied)"""
    connects: int = 0
    gensynk: list[str] = field(default_factory=list)
    ws: ClientConnection | None = None

    @property
    def reconnects(self) -> int:
        return max(self.connects - 1, 0)

    async def run(self) -> None:
        """Follow, over any number of connections."""
        while True:
            try:
                async with self.connected() as ws:
                    async for frame in ws:
                        self.take(json.loads(frame))
            except (OSError, TimeoutError, EOFError, WebSocketException):
                pass
            await asyncio.sleep(self.rnd.uniform(0.02, 0.2))

    @asynccontextmanager
    async def connected(self, **more: Any) -> AsyncIterator[ClientConnection]:
        """One connection that follows from where we are."""
        options: dict[str, Any] = {"open_timeout": 3, "close_timeout": 0.2, "ping_interval": 1, "ping_timeout": 2}
        async with connect(
            self.url,
            subprotocols=["graphql-transport-ws"],  # type: ignore[list-item]  # a NewType of theirs
            proxy=None,
            compression=None,
            **options | more,
        ) as ws:
            await ws.send(json.dumps({"type": "connection_init", "payload": {"token": self.token}}))
            async with asyncio.timeout(3):
                await ws.recv()
            payload = {"query": DOCUMENT % self.objects, "variables": {"efter": self.stand}}
            await ws.send(json.dumps({"type": "subscribe", "id": "1", "payload": payload}))
            self.connects += 1
            self.ws = ws
            try:
                yield ws
            finally:
                self.ws = None

    def take(self, frame: Any) -> None:
        """One frame into the transcript. Raises OSError when the server ends the subscription: come again."""
        if frame["type"] in ("error", "complete"):
            raise OSError("the subscription was ended")
        if frame["type"] != "next":
            return
        found = frame["payload"]["data"]["aendringer"]
        position = self.segl.parse(found["stand"], tid.to_datetime(time.time_ns()))
        if found["__typename"] == "Aendring":
            self.told.append(position)
            applied_s = tid.parse_ns(found["anvendt"]) / 1e9
            self.delays.append((time.monotonic(), time.time() - applied_s))
        elif found["__typename"] == "Gensynk":
            self.gensynk.append(found["grund"])
        if self.start is None:  # a change that comes before the first Puls is told of too
            first = found["__typename"] == "Aendring"
            self.start = Stand(position.incarnation, position.xid, position.seq - 1) if first else position
        self.stand = found["stand"]

    def drop(self) -> None:
        """The client's own machine resets the connection."""
        if self.ws is not None:
            self.ws.transport.abort()

    def against(self, log: list[Stand]) -> None:
        """Every change of the log after where it began, each once, in order. Raises Broken."""
        start = self.start
        assert start is not None, "it never began"
        wanted = [one for one in log if (one.xid, one.seq) > (start.xid, start.seq)]
        if self.told == wanted and not self.gensynk:
            return
        gaps, foreign = len(set(wanted) - set(self.told)), len(set(self.told) - set(wanted))
        repeats = len(self.told) - len(set(self.told))
        raise Broken(
            f"a subscriber heard {len(self.told)} of {len(wanted)} changes: {gaps} gaps, {repeats} repeats, {foreign}"
            f" foreign, in order: {self.told == sorted(self.told, key=_place)}, Gensynk: {self.gensynk}"
        )


async def log(place: Scene) -> list[Stand]:
    """The changes that a subscriber without a filter is told."""
    rows = await place.fetch(
        "select incarnation, xid::text as nr, seq from aendring where aarsag <> 'AFLEDT' order by xid, seq"
    )
    return [Stand(row["incarnation"], int(row["nr"]), row["seq"]) for row in rows]


async def all_heard(place: Scene, followers: Sequence[Follower]) -> None:
    """Wait until everybody has heard the last change of a scene at rest, and hold them against the log."""

    async def heard() -> bool:
        last = (await log(place))[-1]
        return all(one.told and _place(one.told[-1]) >= _place(last) for one in followers)

    await until("every client has heard the last", heard)
    changes = await log(place)
    for one in followers:
        one.against(changes)


def _place(stand: Stand) -> tuple[int, int]:
    return stand.xid, stand.seq

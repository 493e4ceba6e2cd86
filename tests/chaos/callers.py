"""Callers of a scene's server over HTTP: who knocks once at each door, and who reads and writes without a pause.

Owns what they sent and were answered, and when. Refuses to know what they should have been answered.
"""

import asyncio
import itertools
import time
from collections.abc import AsyncIterator, Awaitable, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import httpx

from fkorg.catalogue import Objekttype
from tests.chaos.scene import Broken, Scene
from tests.flows.frontend import TRANSAKTION

READ = "query($u: [UUID!]!) { organisationEnhed(uuid: $u) { enhedsnavn sti { uuid } } }"
RENAME = """mutation($uuid: UUID!, $enhedsnavn: String!) { omdoebEnhed(uuid: $uuid, enhedsnavn: $enhedsnavn) {
  kvitteringer { statusKode } } }"""
FRESH = "query($c: CVR!) { friskhed(cvr: $c) { status beskederTil kanalForbundet kildeTilgaengelig ventende } }"
DOORS = ("/graphql", "/organisation/organisationhent/1", "/health/ready")
LIMIT_S = 40.0
READ_S = 0.5
"""What was sent so long ago has been read, on a busy machine too."""


@dataclass(frozen=True)
class Call:
    """One call. `status` 0: no answer came, `body` then says what did."""

    began: float
    ended: float
    status: int
    body: Any = None
    retry_after: str | None = None
    what: str = ""

    @property
    def took_s(self) -> float:
        return self.ended - self.began


async def post(
    place: Scene,
    document: str,
    variables: Mapping[str, object],
    *,
    token: str = "laes",
    door: str = "/graphql",
    what: str = "",
) -> Call:
    """One operation on a connection of its own."""
    headers = {"authorization": f"Bearer {place.tokens[token]}", **TRANSAKTION}
    return await _call(place, "POST", door, what, headers=headers, json={"query": document, "variables": variables})


async def knock(place: Scene, door: str) -> Call:
    """The shortest useful question at a door."""
    if door.startswith("/health"):
        return await _call(place, "GET", door, door)
    return await post(place, READ, {"u": [unit(place, 0)]}, door=door, what=door)


async def shut(place: Scene, rounds: int, within_s: float = 1.0) -> float:
    """Every door says 503, with Retry-After, in time; the slowest of them. Raises Broken."""
    calls = [await one for _ in range(rounds) for one in _knocks(place)]
    for one in calls:
        if one.status != 503 or one.retry_after is None or one.took_s > within_s:
            raise Broken(f"{one.what} said {one.status} after {one.took_s:.2f} s, Retry-After {one.retry_after}")
    return max(one.took_s for one in calls)


def _knocks(place: Scene) -> Iterator[Awaitable[Call]]:
    """At every door, and with questions that no plan answers."""
    yield from (knock(place, door) for door in DOORS)
    yield post(place, FRESH, {"c": "11111111"}, what="friskhed")
    yield post(place, "{ aendringer { naeste } }", {}, what="aendringer")


async def freshness(place: Scene) -> dict[str, Any]:
    """What the server says of it. Raises Broken when it says nothing."""
    found = await post(place, FRESH, {"c": "11111111"})
    if found.status != 200 or found.body.get("errors"):
        raise Broken(f"friskhed was answered {found.status} {found.body}")
    return dict(found.body["data"]["friskhed"])


def unit(place: Scene, nr: int) -> str:
    """A unit of the sample data; 1 and 2 are changed by nobody else."""
    return str(place.kilde.sandhed.ramme.uuid("enhed", nr))


@dataclass
class Callers:
    """`readers` read, and `writers` rename a unit each, one call after the other."""

    place: Scene
    readers: int = 4
    writers: int = 2
    reads: list[Call] = field(default_factory=list)
    writes: list[Call] = field(default_factory=list)

    @asynccontextmanager
    async def calling(self) -> AsyncIterator["Callers"]:
        """While the block runs; what is under way at its end is answered."""
        over = asyncio.Event()
        works = [asyncio.create_task(self._read(over)) for _ in range(self.readers)]
        works += [asyncio.create_task(self._write(nr, over)) for nr in range(1, self.writers + 1)]
        try:
            yield self
        finally:
            over.set()
            await asyncio.gather(*works)

    def under_way(self, at: float) -> list[Call]:
        """The calls that had begun before a moment, so that the server had surely read them, and not ended."""
        return [one for one in (*self.reads, *self.writes) if one.began < at - READ_S and one.ended > at]

    def kept(self) -> int:
        """Every rename that was answered well stands at the source, once; how many there were. Raises Broken."""
        found = 0
        for nr in range(1, self.writers + 1):
            uuid = UUID(unit(self.place, nr))
            names = [
                {egenskab.felter.get("enhedsnavn") for egenskab in one.egenskaber}
                for one in self.place.kilde.sandhed.registreringer(Objekttype.ORGANISATION_ENHED, uuid)
            ]
            for one in self.writes:
                if one.what.startswith(f"{nr}-") and one.status == 200 and not one.body.get("errors"):
                    found += 1
                    if not any(one.what in some for some in names):
                        raise Broken(f"the rename to {one.what} was answered, and is not at the source")
        return found

    async def _read(self, over: asyncio.Event) -> None:
        while not over.is_set():
            self.reads.append(await post(self.place, READ, {"u": [unit(self.place, 3)]}))
            await asyncio.sleep(0.02)

    async def _write(self, nr: int, over: asyncio.Event) -> None:
        for number in itertools.count(1):
            if over.is_set():
                return
            name = f"{nr}-{number}-{time.monotonic_ns()}"
            variables = {"uuid": unit(self.place, nr), "enhedsnavn": name}
            self.writes.append(await post(self.place, RENAME, variables, token="skriv", what=name))
            await asyncio.sleep(0.02)


async def _call(place: Scene, method: str, path: str, what: str, **more: Any) -> Call:
    began = time.monotonic()
    try:
        async with httpx.AsyncClient(verify=False) as http:  # else each reads all certificates
            began = time.monotonic()
            answer = await http.request(method, f"{place.url}{path}", timeout=LIMIT_S, **more)
    except httpx.HTTPError as failure:
        return Call(began, time.monotonic(), 0, type(failure).__name__, what=what)
    ended = time.monotonic()
    body = answer.json() if "json" in answer.headers.get("content-type", "") else answer.text
    return Call(began, ended, answer.status_code, body, answer.headers.get("retry-after"), what)

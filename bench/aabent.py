"""The open row: questions come at a fixed rate, whether or not earlier ones are answered, while changes are applied.

Each answer's time counts from when its question was due, so that a stall is seen by all who had to wait for it. The mix
is that of storage.md 3. The changes are renamed users.
"""

import asyncio
import json
import time
from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any, Final
from uuid import UUID

import aiohttp

from bench.contenders import CARDS, REUSED, TABLES
from bench.load import Round, Target, cpu_s, looked_after, rss_mb, tree_cpu_s
from bench.queries import QUERIES, body
from bench.skriver import Skriver, skriver
from fkorg.catalogue import Objekttype
from fkorg.registrering import Egenskab, Registrering

PER_SECOND: Final = 50
CHANGES_PER_SECOND: Final = 10
BLANDING: Final = {"Q1": 45, "Q2": 10, "Q3": 40, "Q4": 3, "Q5": 2}
NAVN: Final = "mix"
"""What its rows are called in place of a question's name; their `concurrency` is 0."""
CONTENDERS: Final = (TABLES, CARDS, REUSED)
SECONDS: Final = 10
BRUGERE: Final = """select uuid from objekt where organisation = $1 and objekttype = 'BRUGER'
    and livscyklus in ('OPSTAAET', 'IMPORTERET') order by uuid limit 2000"""
MAERKE: Final = " *"
"""What a rename adds to a name, and the next one takes away."""


async def window(
    target: Target, keys: Mapping[str, Sequence[Any]], seconds: int, dsn: str, organisation: UUID, postmaster: int
) -> Round:
    """One window. Raises SystemExit when the changes cannot be applied."""
    async with skriver(dsn, organisation) as ved:
        changes = Changes(ved)
        before = cpu_s(target.pid), tree_cpu_s(postmaster)
        asked = Asked(target, keys)
        async with ved.pool.connection() as log, looked_after(log, seconds), asyncio.TaskGroup() as tasks:
            tasks.create_task(changes.all(seconds * CHANGES_PER_SECOND))
            tasks.create_task(asked.all(seconds * PER_SECOND))
        after = cpu_s(target.pid), tree_cpu_s(postmaster)
    waits = sorted(asked.waits)
    server, postgres = ((b - a) * 1000 / max(len(waits), 1) for a, b in zip(before, after, strict=True))
    return Round(
        len(waits) / seconds,
        waits[len(waits) // 2] * 1000,
        waits[int(len(waits) * 0.99)] * 1000,
        server,
        postgres,
        rss_mb(target.pid),
        asked.bytes / max(len(waits), 1),
        asked.errors,
    )


@dataclass
class Asked:
    """The questions of a window, and what became of them."""

    target: Target
    keys: Mapping[str, Sequence[Any]]
    rng: Random = field(default_factory=lambda: Random(1))
    waits: list[float] = field(default_factory=list)
    bytes: int = 0
    errors: int = 0

    async def all(self, count: int) -> None:
        """Ask them when they are due."""
        url = f"http://127.0.0.1:{self.target.port}{self.target.path}"
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self.target.token}"}
        connector = aiohttp.TCPConnector(limit=0)
        async with (
            aiohttp.ClientSession(headers=headers, connector=connector) as session,
            asyncio.TaskGroup() as tasks,
        ):
            async for due in _takt(count, PER_SECOND):
                tasks.create_task(self._one(session, url, due))

    async def _one(self, session: aiohttp.ClientSession, url: str, due: float) -> None:
        query = self.rng.choices(QUERIES, [BLANDING[one.name] for one in QUERIES])[0]
        async with session.post(
            url, data=body(query, self.rng.choice(self.keys[query.name]), self.target.name)
        ) as answer:
            found = await answer.read()
        self.waits.append(time.perf_counter() - due)
        self.bytes += len(found)
        self.errors += answer.status != 200 or any(_is_error(one) for one in json.loads(found).get("errors", ()))


@dataclass
class Changes:
    """Users that are renamed, one after the other."""

    skriver: Skriver
    uuids: list[UUID] = field(default_factory=list)

    async def all(self, count: int) -> None:
        """So many, at their rate; one that is late holds up the next."""
        pool, organisation = self.skriver.pool, self.skriver.leder.organisation
        self.uuids = [row["uuid"] for row in await pool.fetch(BRUGERE, organisation)]
        async for _ in _takt(count, CHANGES_PER_SECOND):
            await self.skriver.ret(Objekttype.BRUGER, self.uuids.pop(), _omdoebt)


def _omdoebt(reg: Registrering) -> Registrering:
    """The same under another name."""

    def felter(egenskab: Egenskab) -> dict[str, Any]:
        navn = str(egenskab.felter.get("brugernavn") or "")
        nyt = navn.removesuffix(MAERKE) if navn.endswith(MAERKE) else navn + MAERKE
        return {**egenskab.felter, "brugernavn": nyt}

    egenskaber = tuple(Egenskab(one.virkning, felter(one)) for one in reg.egenskaber)
    return replace(reg, egenskaber=egenskaber)


async def _takt(count: int, per_second: float) -> AsyncGenerator[float, None]:
    """So many moments at a fixed rate, each when it has come."""
    began = time.perf_counter()
    for number in range(count):
        due = began + number / per_second
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        yield due


def _is_error(error: Mapping[str, Any]) -> bool:
    return bool(error.get("extensions", {}).get("type") != "WARNING")

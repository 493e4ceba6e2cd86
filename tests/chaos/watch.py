"""How long a change takes to be seen: the change log is looked at when its bell rings, and now and then without."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from uuid import UUID

import asyncpg

from model.aendringslog import KANAL
from tests.chaos.scene import Scene

UNHEARD_S = 0.05
"""So long at most a change stays unseen whose bell nobody rang."""


@dataclass
class Watch:
    """When each registration was told by the source, and when it stood in the change log; seconds of one clock."""

    told: dict[tuple[UUID, int], float] = field(default_factory=dict)
    seen: dict[tuple[UUID, int], float] = field(default_factory=dict)

    def tell(self, uuid: UUID, reg_ns: int) -> None:
        """The source has it now."""
        self.told[uuid, reg_ns] = time.monotonic()

    def waits(self) -> list[float]:
        """Sorted. A registration that a newer one overtook before it was read counts until the newer one was seen."""
        found = []
        newest: dict[UUID, list[tuple[int, float]]] = {}
        for (uuid, reg_ns), at in self.seen.items():
            newest.setdefault(uuid, []).append((reg_ns, at))
        for (uuid, reg_ns), at in self.told.items():
            later = [seen for ns, seen in newest.get(uuid, []) if ns >= reg_ns]
            if later:
                found.append(max(0.0, min(later) - at))
        return sorted(found)


@asynccontextmanager
async def watching(place: Scene) -> AsyncIterator[Watch]:
    """Watch while the block runs."""
    watch = Watch()
    seq = await place.fetchval("select coalesce(max(seq), 0) from aendring")
    connection = await asyncpg.connect(place.dsn)

    rung = asyncio.Event()

    async def look() -> None:
        nonlocal seq
        while True:
            rung.clear()
            rows = await connection.fetch("select seq, uuid, reg_ns from aendring where seq > $1 order by seq", seq)
            for row in rows:
                watch.seen.setdefault((row["uuid"], row["reg_ns"]), time.monotonic())
                seq = row["seq"]
            with suppress(TimeoutError):
                async with asyncio.timeout(UNHEARD_S):
                    await rung.wait()

    await connection.add_listener(KANAL, lambda *_: rung.set())
    looking = asyncio.create_task(look())
    try:
        yield watch
    finally:
        looking.cancel()
        await asyncio.gather(looking, return_exceptions=True)
        await connection.close()


def share(waits: Sequence[float], part: float) -> float:
    """The wait that so large a part of them does not exceed; milliseconds."""
    return 1000 * waits[min(int(len(waits) * part), len(waits) - 1)] if waits else float("nan")

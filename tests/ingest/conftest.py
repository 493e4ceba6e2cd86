from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ingest import bootstrap, kommune
from ingest.receive import Modtager
from ingest.worker import Worker
from model import leader
from model.leader import Leder
from model.pool import Pool
from tests import registreringer as r
from tests.ingest.kilde import KildeIHukommelse, en_kommune


@dataclass
class Ur:
    """A clock that goes when it is told to."""

    now: datetime = datetime(2026, 6, 1, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def go(self, **by: float) -> None:
        self.now += timedelta(**by)


@dataclass
class Hus:
    """The whole of ingest over a source in memory and a real database."""

    pool: Pool
    kilde: KildeIHukommelse
    leder: Leder
    ur: Ur
    worker: Worker
    modtager: Modtager

    async def fyld(self) -> bootstrap.Fyldning:
        return await bootstrap.run(self.pool, self.kilde, self.leder, clock=self.ur, worker=self.worker)

    async def rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in await self.pool.fetch(sql, *values)]


@pytest.fixture
def ur() -> Ur:
    return Ur()


@pytest.fixture
async def pool(dsn: str) -> AsyncIterator[Pool]:
    async with await Pool.open(dsn, size=6, application_name="ingest-test") as opened:
        yield opened


@pytest.fixture
async def hus(pool: Pool, ur: Ur) -> Hus:
    """Served and led, not yet filled."""
    kilde = en_kommune()
    await kommune.find(pool, kilde, r.CVR, ur())
    leder = await leader.take(pool, r.KOMMUNE, "ingest-test", seen_epoch=None)
    assert leder is not None
    worker = Worker(pool, kilde, leder, chance=lambda: 1.0)
    return Hus(pool, kilde, leder, ur, worker, Modtager(pool, r.CVR))


@pytest.fixture
async def fuldt_hus(hus: Hus) -> Hus:
    """Filled by bootstrap."""
    await hus.fyld()
    hus.kilde.kald.clear()
    return hus

"""A database that falls silent: what waits for it is told soon, and all goes on when it answers again."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from fkorg.errors import Unavailable
from model.lease import Lease
from model.log import Log
from model.pool import Pool
from model.stand import Stand
from model.tail import Tail
from model.vagt import Vagt
from orgraf.service import ended
from tests.builders import Kommune, insert
from tests.model.log import NOW, en_aendring
from tests.parts.half_open import Relay, relay

BY = Kommune()
DEADLINE_S = 20.0
SOON_S = 2.0
"""A second, and what a busy machine adds; tests.chaos measures the second itself (promise `stop`)."""


@dataclass
class Parts:
    """What a process has of the database, all of it over one relay."""

    relay: Relay
    vagt: Vagt
    pool: Pool
    lease: Lease
    log: Log

    async def until(self, there: bool) -> None:
        async with asyncio.timeout(DEADLINE_S):
            while self.vagt.there is not there:
                await asyncio.sleep(0.01)


@asynccontextmanager
async def running(dsn: str, folder: Path) -> AsyncIterator[Parts]:
    async with relay(dsn, folder, keeps=False) as over:
        vagt = Vagt(over.dsn)
        async with await Pool.open(over.dsn, size=2, vagt=vagt) as pool, Lease(over.dsn, size=2, vagt=vagt) as lease:
            tail = Tail(over.dsn, vagt=vagt)
            tasks = [asyncio.create_task(vagt.run()), asyncio.create_task(tail.run())]
            async with pool.transaction() as tx:
                await insert(tx, BY.rows())
            assert await tail.started(DEADLINE_S)
            yield Parts(over, vagt, pool, lease, Log(pool, tail, b"s" * 32, lambda: NOW))
            over.silent = False
            for task in tasks:
                await ended(task)


@pytest.fixture
async def parts(dsn: str, tmp_path: Path) -> AsyncIterator[Parts]:
    async with running(dsn, tmp_path) as parts:
        yield parts


async def in_a_transaction(parts: Parts) -> object:
    async with parts.pool.transaction() as tx:
        return await tx.fetchval("select 1 from pg_sleep(0.05)")


async def leased(parts: Parts) -> object:
    return await parts.lease.fetchval("select 1 from pg_sleep(0.05)")


async def reaching(parts: Parts) -> object:
    here = await parts.log.here()
    return await parts.log.reach(BY.uuid, parts.log.text(BY.uuid, Stand(here.incarnation, here.xid + 1, 1), NOW))


WAITING = {"a transaction": in_a_transaction, "a leased reader": leased, "a wait for a position": reaching}


@pytest.mark.parametrize("work", WAITING.values(), ids=WAITING)
async def test_is_told_soon_when_the_database_falls_silent(parts: Parts, work: object) -> None:
    parts.relay.silent = True

    for _ in range(3):  # under way when it fell silent, then known to be away
        began = time.monotonic()
        with pytest.raises(Unavailable):
            await work(parts)  # type: ignore[operator]
        assert time.monotonic() - began < SOON_S

    assert not parts.vagt.there


async def test_what_was_answered_stays_so_when_it_falls_silent_as_a_connection_is_given_back(parts: Parts) -> None:
    async with parts.pool.connection() as connection:
        assert await connection.fetchval("select 1") == 1
        parts.relay.silent = True
        began = time.monotonic()
    assert time.monotonic() - began < SOON_S

    await parts.until(there=False)
    parts.relay.silent = False
    await parts.until(there=True)
    assert await in_a_transaction(parts) == 1


async def test_it_goes_on_by_itself_when_the_database_answers_again(parts: Parts) -> None:
    await leased(parts)
    parts.relay.silent = True
    await parts.until(there=False)
    seen = parts.log.tail.version(BY.uuid)

    parts.relay.silent = False
    await parts.until(there=True)

    for _ in range(4):  # more than there are connections: none from before is left
        assert await leased(parts) == 1
        assert await in_a_transaction(parts) == 1
    async with parts.pool.transaction() as tx:
        await en_aendring(tx, BY, BY.rod)
    assert await parts.log.tail.news(BY.uuid, seen, DEADLINE_S)


async def test_its_own_connection_may_be_ended_and_others_may_be_refused(parts: Parts, dsn: str) -> None:
    async with await Pool.open(dsn) as direct:
        for _ in range(5):
            await direct.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity"
                " where application_name = 'orgraf-vagt' and datname = current_database()"
            )
            assert await in_a_transaction(parts) == 1
    assert parts.vagt.there


async def test_a_statement_that_is_slow_is_no_silence(parts: Parts) -> None:
    assert await parts.lease.fetchval("select 1 from pg_sleep(1.5)") == 1


async def test_where_the_log_is_does_not_need_the_database_once_known(parts: Parts) -> None:
    parts.relay.silent = True
    await parts.until(there=False)

    async with asyncio.timeout(SOON_S):
        assert isinstance(await parts.log.here(), Stand)

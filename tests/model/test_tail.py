"""Following the end of the log: the bell, the poll, the lost connection, the horizon, and positions waited for."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

import pytest

from model import aendringslog, incarnation
from model import tail as tail_module
from model.pool import Pool
from model.stand import Stand
from model.tail import Tail
from tests.builders import Kommune, insert
from tests.model.log import NOW, en_aendring

BY, ANDEN = Kommune(), Kommune(cvr="22222222", navn="Ballerup Kommune")
DEADLINE_S = 20.0


@pytest.fixture
async def pool(dsn: str) -> AsyncIterator[Pool]:
    async with await Pool.open(dsn, size=4) as pool:
        async with pool.transaction() as tx:
            await insert(tx, [*BY.rows(), *ANDEN.rows()])
        yield pool


@pytest.fixture
async def tail(dsn: str, pool: Pool) -> AsyncIterator[Tail]:
    tail = Tail(dsn)
    task = asyncio.create_task(tail.run())
    assert await tail.started(DEADLINE_S)
    yield tail
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def change(pool: Pool, by: Kommune = BY, *, ring: bool = True) -> Stand:
    async with pool.transaction() as tx:
        seq = await en_aendring(tx, by, by.rod)
        xid = await tx.fetchval("select pg_current_xact_id()")
        if ring:
            await tx.execute("select pg_notify('aendring', '')")
    return Stand(1, xid, seq)


@pytest.mark.parametrize("ring", [True, False], ids=["with the bell", "with the bell missed"])
async def test_a_change_is_news_to_its_own_municipality_alone(pool: Pool, tail: Tail, ring: bool) -> None:
    ours, theirs = tail.version(BY.uuid), tail.version(ANDEN.uuid)

    await change(pool, ring=ring)

    assert await tail.news(BY.uuid, ours, DEADLINE_S)
    assert tail.version(ANDEN.uuid) == theirs


async def test_a_bell_is_heard_well_before_the_next_poll(
    pool: Pool, tail: Tail, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tail_module, "POLL_S", 3600.0)
    await change(pool)  # from here on the wait for the next poll is an hour
    assert await tail.news(BY.uuid, 0, DEADLINE_S)
    seen = tail.version(BY.uuid)

    await change(pool)

    assert await tail.news(BY.uuid, seen, DEADLINE_S)


async def test_no_news_ends_at_the_time_limit(tail: Tail) -> None:
    assert not await tail.news(BY.uuid, tail.version(BY.uuid), 0.01)


async def test_a_lost_connection_comes_back_and_nothing_is_missed(pool: Pool, tail: Tail) -> None:
    seen = tail.version(BY.uuid)

    await pool.execute(
        "select pg_terminate_backend(pid) from pg_stat_activity"
        " where application_name = 'orgraf-listen' and datname = current_database()"
    )
    await change(pool)

    assert await tail.news(BY.uuid, seen, DEADLINE_S)


async def test_a_change_above_the_horizon_is_news_when_the_horizon_has_passed_it(pool: Pool, tail: Tail) -> None:
    seen = tail.version(BY.uuid)
    async with pool.transaction() as slow:
        await en_aendring(slow, ANDEN, ANDEN.rod)
        quick = await change(pool)

        assert not await tail.passed(quick, 0.05)
        assert tail.version(BY.uuid) == seen

    assert await tail.news(BY.uuid, seen, DEADLINE_S)
    assert await tail.passed(quick, DEADLINE_S)


async def test_the_position_of_an_answer_is_passed_at_once(pool: Pool, tail: Tail) -> None:
    await change(pool)
    async with pool.connection() as connection:
        answer = (await aendringslog.aktuel(connection)).stand

    assert await tail.passed(answer, DEADLINE_S)


NOT_HERE = {"of another incarnation": Stand(2, 1, 1), "beyond the last": Stand(1, 2**40, 1)}


@pytest.mark.parametrize("position", NOT_HERE.values(), ids=NOT_HERE)
async def test_is_never_passed_a_position(tail: Tail, position: Stand) -> None:
    assert not await tail.passed(position, 0.05)


async def test_a_new_incarnation_is_news_to_all_who_follow(pool: Pool, tail: Tail) -> None:
    seen = tail.version(BY.uuid)

    async with pool.transaction() as tx:
        await incarnation.begin(tx, await incarnation.read(tx), NOW)

    assert await tail.news(BY.uuid, seen, DEADLINE_S)
    assert tail.aktuel is not None
    assert tail.aktuel.incarnation == 2

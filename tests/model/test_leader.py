import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from fkorg.errors import Unavailable
from model import leader
from model.leader import Afloest
from model.pool import Pool
from tests import registreringer as r

ORG = r.KOMMUNE
QUICK = {"beat_every": timedelta(seconds=0.02), "missed_after": timedelta(seconds=0.2)}


@pytest.fixture
async def pool(dsn: str) -> AsyncIterator[Pool]:
    async with await Pool.open(dsn, size=4, application_name="pool") as opened:
        yield opened


async def test_of_two_who_take_the_same_epoch_one_leads(pool: Pool) -> None:
    first = await leader.take(pool, ORG, "en", seen_epoch=None)

    both = await asyncio.gather(leader.take(pool, ORG, "to", seen_epoch=1), leader.take(pool, ORG, "tre", seen_epoch=1))

    assert first is not None
    assert sorted(taken.epoch for taken in both if taken) == [2]
    assert not await leader.beat(pool, first)


async def test_a_standby_waits_for_as_long_as_it_hears_beats(pool: Pool) -> None:
    async with leader.hold(pool, ORG, "en", **QUICK):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.6), leader.hold(pool, ORG, "to", **QUICK):
                pass


async def test_a_standby_takes_over_when_the_beats_stop(pool: Pool) -> None:
    await leader.take(pool, ORG, "stille", seen_epoch=None)

    async with asyncio.timeout(10), leader.hold(pool, ORG, "to", **QUICK) as leder:
        assert leder.epoch == 2


async def test_who_lets_go_is_followed_at_once(pool: Pool) -> None:
    async with leader.hold(pool, ORG, "en", **QUICK):
        pass

    async with (
        asyncio.timeout(5),
        leader.hold(pool, ORG, "to", beat_every=timedelta(seconds=0.02), missed_after=timedelta(hours=1)) as leder,
    ):
        assert leder.epoch == 2


async def test_who_is_replaced_is_told(pool: Pool) -> None:
    told = asyncio.Event()

    async with leader.hold(pool, ORG, "", lost=told.set, **QUICK) as leder:
        await leader.take(pool, ORG, "to", seen_epoch=leder.epoch)
        async with asyncio.timeout(5):
            await told.wait()


async def test_a_successor_ends_a_transaction_that_stands_still(dsn: str, pool: Pool) -> None:
    old = await leader.take(pool, ORG, "stoppet", seen_epoch=None)
    assert old is not None

    async def stand_still(stopped: Pool) -> None:
        async with stopped.transaction() as tx:
            await leader.check(tx, old)
            async with asyncio.timeout(5):
                assert await leader.take(pool, ORG, "to", seen_epoch=1)
            await tx.fetchval("select 1")

    async with await Pool.open(dsn, size=1, application_name="stoppet") as stopped:
        with pytest.raises(Unavailable):
            await stand_still(stopped)


async def test_an_old_epoch_may_not_write(pool: Pool) -> None:
    old = await leader.take(pool, ORG, "en", seen_epoch=None)
    assert old is not None
    await leader.take(pool, ORG, "to", seen_epoch=1)

    with pytest.raises(Afloest):
        async with pool.transaction() as tx:
            await leader.check(tx, old)


async def test_an_old_epoch_waits_for_nobody(pool: Pool) -> None:
    """Its successor may stand still in a transaction that applies alone: then the old one has to lead again."""
    old = await leader.take(pool, ORG, "en", seen_epoch=None)
    new = await leader.take(pool, ORG, "to", seen_epoch=1)
    assert old is not None
    assert new is not None

    async with pool.transaction() as standing_still:
        await leader.check(standing_still, new, alene=True)
        with pytest.raises(Afloest):
            async with asyncio.timeout(5), pool.transaction() as tx:
                await leader.check(tx, old, alene=True)


async def test_of_one_epoch_one_applies_at_a_time(pool: Pool) -> None:
    leder = await leader.take(pool, ORG, "en", seen_epoch=None)
    assert leder is not None

    async with pool.transaction() as first:
        await leader.check(first, leder, alene=True)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.5), pool.transaction() as second:
                await leader.check(second, leder, alene=True)


async def test_who_waits_to_apply_alone_and_is_succeeded_meanwhile_does_not_apply(dsn: str, pool: Pool) -> None:
    leder = await leader.take(pool, ORG, "en", seen_epoch=None)
    assert leder is not None

    async def wait() -> None:
        async with pool.transaction() as tx:
            await leader.check(tx, leder, alene=True)

    async with await Pool.open(dsn, size=1, application_name="holder") as other, other.transaction() as tx:
        await tx.execute("select pg_advisory_xact_lock(hashtextextended('orgraf apply ' || $1::uuid, 0))", ORG)
        waiting = asyncio.create_task(wait())
        await asyncio.sleep(0.3)
        assert await leader.take(pool, ORG, "to", seen_epoch=1)
    with pytest.raises(Afloest):
        await waiting


async def test_who_is_told_to_end_while_it_lets_go_ends(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    letting_go = asyncio.Event()

    async def beating(*_: object) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            letting_go.set()
            await asyncio.sleep(0)

    async def lead() -> None:
        async with leader.hold(pool, r.KOMMUNE, "a"):
            await asyncio.sleep(0)

    monkeypatch.setattr(leader, "_beat_on", beating)
    leading = asyncio.create_task(lead())
    await letting_go.wait()
    leading.cancel()

    with pytest.raises(asyncio.CancelledError):
        await leading
    assert await leader.take(pool, r.KOMMUNE, "b", seen_epoch=1) is not None, "it was let go nevertheless"

"""What the channels and the source said last holds, also when it was told by a clock that has gone back since."""

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from fkorg.catalogue import Objekttype
from fkorg.registrering import Objekt
from model import dirty, feed_state, freshness
from model.feed_state import Tomt
from model.pool import Pool
from tests.builders import Kommune, insert

BY = Kommune()
NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
TIME = timedelta(hours=1)


@pytest.fixture
async def pool(dsn: str) -> AsyncIterator[Pool]:
    async with await Pool.open(dsn, size=2) as pool:
        async with pool.transaction() as tx:
            await insert(tx, [BY.rows()[0]])
        yield pool


SAID: dict[str, tuple[Sequence[tuple[timedelta, bool]], bool]] = {
    "it answered": ([(TIME * 0, True)], True),
    "it failed": ([(TIME * 0, False)], False),
    "it failed after it had answered": ([(TIME * 0, True), (TIME, False)], False),
    "it failed at the moment it had answered": ([(TIME * 0, True), (TIME * 0, False)], False),
    "it answered after it had failed": ([(TIME * 0, False), (TIME, True)], True),
    "it failed in an hour that is still to come, and answers now": ([(TIME, False), (TIME * 0, True)], True),
    "it answered in an hour that is still to come, and fails now": ([(TIME, True), (TIME * 0, False)], False),
}


@pytest.mark.parametrize("said, there", SAID.values(), ids=SAID)
async def test_the_source_is_there_when_its_last_word_was(
    pool: Pool, said: Sequence[tuple[timedelta, bool]], there: bool
) -> None:
    async with pool.transaction() as tx:
        for ahead, ok in said:
            await feed_state.source(tx, BY.uuid, NOW + ahead, ok=ok)

    facts = await freshness.read(pool, BY.uuid)
    assert facts is not None
    assert facts.kilde_tilgaengelig is there


A, B, GONE = (UUID(int=number) for number in (1, 2, 3))
SECOND = timedelta(seconds=1)
EMPTY: dict[str, tuple[Sequence[tuple[UUID, int, int]], int | None]] = {
    "one connection": ([(A, 1, 1), (A, 5, 1)], 5),
    "by a clock that was ahead and has gone back": ([(A, 3600, 1), (A, 1, 1)], 1),
    "two, both heard": ([(A, 1, 2), (B, 2, 2), (A, 3, 2), (B, 4, 2)], 3),
    "the other is counted and has said nothing yet": ([(A, 1, 1), (A, 5, 2)], 1),
    "the other stands still": ([(A, 1, 2), (B, 2, 2), (B, 5, 2), (B, 9, 2)], 1),
    "the other stood still and is gone": ([(A, 1, 2), (B, 2, 2), (B, 9, 1)], 9),
    "one that is long gone does not stand for one that is counted": ([(GONE, 1, 1), (A, 8, 2), (A, 9, 2)], 1),
    "another came, and has not looked: what was claimed stays": ([(GONE, 1, 1), (A, 8, 1), (A, 9, 3)], 8),
    "the other's clock is ahead": ([(A, 1, 2), (B, 60, 2), (A, 5, 2)], 1),
    "the other's clock is ahead and it stands still": ([(B, 60, 2), (A, 1, 2), (A, 59, 2), (A, 70, 2)], 60),
    "nobody knows": ([(A, 1, 2)], None),
}


@pytest.mark.parametrize("said, until", EMPTY.values(), ids=EMPTY)
async def test_a_mailbox_is_empty_up_to_when_the_last_of_those_said_so_that_take_from_it(
    pool: Pool, said: Sequence[tuple[UUID, int, int]], until: int | None
) -> None:
    """Who said it, after how many seconds, and how many the broker counted."""
    async with pool.transaction() as tx:
        await feed_state.connected(tx, BY.uuid, feed_state.AMQP, NOW)
        for one, after, counted in said:
            await feed_state.emptied(tx, BY.uuid, feed_state.AMQP, Tomt(one, NOW + after * SECOND, counted))

    facts = await freshness.read(pool, BY.uuid)
    assert facts is not None
    assert freshness.beskeder_til(facts) == (None if until is None else NOW + until * SECOND)


async def test_connections_of_the_past_are_forgotten(pool: Pool) -> None:
    async with pool.transaction() as tx:
        await feed_state.emptied(tx, BY.uuid, feed_state.AMQP, Tomt(GONE, NOW))
        await feed_state.emptied(tx, BY.uuid, feed_state.AMQP, Tomt(A, NOW + timedelta(days=2)))

    assert [row["forbindelse"] for row in await pool.fetch("select forbindelse from feed_forbindelse")] == [A]


async def test_what_was_put_off_by_a_clock_ahead_waits_no_longer_than_anything_may(pool: Pool) -> None:
    soon, late = (
        Objekt(BY.uuid, Objekttype.BRUGER, BY.en_uuid("a")),
        Objekt(BY.uuid, Objekttype.BRUGER, BY.en_uuid("b")),
    )
    latest = NOW + timedelta(minutes=1)
    async with pool.transaction() as tx:
        await dirty.mark(tx, soon, aarsag="BESKED", now=NOW, bundfaeldning=timedelta(seconds=30))
        await dirty.mark(tx, late, aarsag="BESKED", now=NOW + TIME)

        assert await dirty.senest(tx, BY.uuid, latest) == 2
        assert await dirty.senest(tx, BY.uuid, latest) == 0

    rows = await pool.fetch("select uuid, due_at from dirty union all select uuid, due_at from confirm order by 1, 2")
    assert sorted((row["uuid"], row["due_at"]) for row in rows) == sorted(
        [(soon.uuid, NOW), (soon.uuid, NOW + timedelta(seconds=30)), (late.uuid, latest), (late.uuid, latest)]
    )

"""What the channels and the source said last holds, also when it was told by a clock that has gone back since."""

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta

import pytest

from fkorg.catalogue import Objekttype
from fkorg.registrering import Objekt
from model import dirty, feed_state, freshness
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


async def test_a_channel_claims_no_later_than_its_last_beat(pool: Pool) -> None:
    """A beat of a clock that was an hour ahead would else claim an hour in which nothing is heard."""
    async with pool.transaction() as tx:
        await feed_state.connected(tx, BY.uuid, feed_state.AMQP, NOW)
        await feed_state.emptied(tx, BY.uuid, feed_state.AMQP, NOW + TIME)
        await feed_state.emptied(tx, BY.uuid, feed_state.AMQP, NOW + timedelta(seconds=1))

    facts = await freshness.read(pool, BY.uuid)
    assert facts is not None
    assert freshness.beskeder_til(facts) == NOW + timedelta(seconds=1)


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

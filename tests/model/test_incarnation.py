"""A restored database or another server begins a new life of the change log, once."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from model import afstemning, incarnation
from model.pool import Pool

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
KLAR, TOM = UUID(int=1), UUID(int=2)


@pytest.fixture
async def pool(dsn: str) -> AsyncIterator[Pool]:
    async with await Pool.open(dsn, size=3) as pool:
        yield pool


async def test_the_same_server_goes_on_in_the_same_life(pool: Pool) -> None:
    async with pool.transaction() as tx:
        first = await incarnation.check(tx, NOW)
        again = await incarnation.check(tx, NOW)

    assert (first.nummer, first.ny, again.nummer, again.ny) == (1, False, 1, False)
    assert len(first.secret) == 32


ELSEWHERE = {
    "another server": "update model_state set system_identifier = '7000000000000000001'",
    "another timeline": "update model_state set timeline_id = 2",
}


@pytest.mark.parametrize("moved", ELSEWHERE.values(), ids=ELSEWHERE)
async def test_elsewhere_a_new_life_begins_once(pool: Pool, moved: str) -> None:
    await pool.execute(moved)

    async with pool.transaction() as tx:
        first = await incarnation.check(tx, NOW)
    async with pool.transaction() as tx:
        second = await incarnation.check(tx, NOW)

    assert (first.nummer, first.ny) == (2, True)
    assert (second.nummer, second.ny, second.secret) == (2, False, first.secret)


async def test_of_two_who_see_the_end_of_a_life_one_begins_the_next(pool: Pool) -> None:
    async with pool.transaction() as tx:
        seen = await incarnation.read(tx)

    async with pool.transaction() as tx:
        one = await incarnation.begin(tx, seen, NOW)
    async with pool.transaction() as tx:
        other = await incarnation.begin(tx, seen, NOW)

    assert [(one.nummer, one.ny), (other.nummer, other.ny)] == [(2, True), (2, False)]


@pytest.mark.parametrize("straks", [False, True], ids=["one that takes its time", "one that is waited for"])
async def test_a_new_life_compares_everything_anew_where_there_is_something(pool: Pool, straks: bool) -> None:
    await pool.execute(
        "insert into anvenderkontekst values ('1', $1, null, 'KLAR'), ('2', $2, null, 'BOOTSTRAP')", KLAR, TOM
    )
    async with pool.transaction() as tx:
        before = await afstemning.begynd(tx, KLAR, "LISTE:BRUGER", NOW - timedelta(hours=1), straks=straks)
    await pool.execute("update model_state set system_identifier = '7000000000000000001'")

    async with pool.transaction() as tx:
        await incarnation.check(tx, NOW)
        await incarnation.check(tx, NOW)

    async with pool.connection() as connection:
        under_way = await afstemning.aaben(connection, KLAR)
        assert await afstemning.aaben(connection, TOM) is None
        assert await afstemning.rapport(connection, KLAR, before) is None, "given up: it has no outcome"
    assert under_way is not None
    assert (under_way.straks, under_way.phase, under_way.started_at) == (True, afstemning.EKSPORT, NOW)
    assert await pool.fetchval("select count(*) from afstemning") == 2


def test_the_secret_is_not_printed() -> None:
    assert "geheim" not in repr(incarnation.Incarnation(1, b"geheim"))

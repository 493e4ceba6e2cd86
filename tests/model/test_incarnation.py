"""A restored database or another server begins a new life of the change log, once."""

from collections.abc import AsyncIterator

import pytest

from model import incarnation
from model.pool import Pool


@pytest.fixture
async def pool(dsn: str) -> AsyncIterator[Pool]:
    async with await Pool.open(dsn, size=3) as pool:
        yield pool


async def test_the_same_server_goes_on_in_the_same_life(pool: Pool) -> None:
    async with pool.transaction() as tx:
        first = await incarnation.check(tx)
        again = await incarnation.check(tx)

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
        first = await incarnation.check(tx)
    async with pool.transaction() as tx:
        second = await incarnation.check(tx)

    assert (first.nummer, first.ny) == (2, True)
    assert (second.nummer, second.ny, second.secret) == (2, False, first.secret)


async def test_of_two_who_see_the_end_of_a_life_one_begins_the_next(pool: Pool) -> None:
    async with pool.transaction() as tx:
        seen = await incarnation.read(tx)

    async with pool.transaction() as tx:
        one = await incarnation.begin(tx, seen)
    async with pool.transaction() as tx:
        other = await incarnation.begin(tx, seen)

    assert [(one.nummer, one.ny), (other.nummer, other.ny)] == [(2, True), (2, False)]


def test_the_secret_is_not_printed() -> None:
    assert "geheim" not in repr(incarnation.Incarnation(1, b"geheim"))

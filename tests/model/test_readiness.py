"""Ready = the database is in reach, its tables are ours, the first fill is done; else in words what is missing."""

from collections.abc import AsyncIterator

import pytest

import migrations
from model import readiness
from model.pool import Pool
from tests.builders import Kommune, insert

BY, ANDEN = Kommune(), Kommune(cvr="22222222")
HEAD = migrations.head()


@pytest.fixture
async def pool(dsn: str) -> AsyncIterator[Pool]:
    async with await Pool.open(dsn, size=2) as pool:
        async with pool.transaction() as tx:
            await insert(tx, [BY.rows()[0], ANDEN.rows()[0].but(tilstand="BOOTSTRAP")])
        yield pool


async def test_a_filled_database_of_our_version_is_ready(pool: Pool) -> None:
    assert await readiness.missing(pool, HEAD, [BY.cvr]) == []


async def test_a_municipality_that_is_not_filled_is_named(pool: Pool) -> None:
    assert await readiness.missing(pool, HEAD, [BY.cvr, ANDEN.cvr, "33333333"]) == [
        "the first fill of 22222222 is not done",
        "the first fill of 33333333 is not done",
    ]


UNMIGRATED = {
    "an older version": (
        "update alembic_version set version_num = '0000'",
        "the database has version 0000 of the tables",
    ),
    "no version": ("delete from alembic_version", "the database has version None of the tables"),
    "no tables": ("drop table alembic_version", "the database is not migrated: run `orgraf migrate`"),
}


@pytest.mark.parametrize("change, message", UNMIGRATED.values(), ids=UNMIGRATED)
async def test_a_database_that_is_not_migrated_is_told(pool: Pool, change: str, message: str) -> None:
    await pool.execute(change)

    found = await readiness.missing(pool, HEAD, [BY.cvr])

    assert len(found) == 1
    assert found[0].startswith(message)


async def test_tables_that_are_newer_than_we_are_do(pool: Pool) -> None:
    """Migrations only add: in a rolling upgrade the old servers go on beside the new ones."""
    await pool.execute("update alembic_version set version_num = '9999'")

    assert await readiness.missing(pool, HEAD, [BY.cvr]) == []


async def test_a_database_that_is_away_is_told(pool: Pool) -> None:
    await pool.close()

    assert await readiness.missing(pool, HEAD, [BY.cvr]) == ["the database is out of reach"]

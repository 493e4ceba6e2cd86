"""Leased connections: what a failed statement leaves behind is nobody else's."""

import asyncpg
import pytest

from model.lease import Lease

BACKEND = "select pg_backend_pid()"


async def test_a_connection_is_kept_for_the_next_reader(dsn: str) -> None:
    async with Lease(dsn, size=1) as lease:
        assert await lease.fetchval(BACKEND) == await lease.fetchval(BACKEND)


async def test_a_statement_is_planned_once_on_a_connection_and_the_least_used_are_forgotten(dsn: str) -> None:
    """By the server's own count: what is not named there is parsed and planned at each call."""
    kept = "select statement, generic_plans from pg_prepared_statements where statement like 'select $1%' order by 1"
    async with Lease(dsn, size=1, statements=2) as lease:
        for number in range(3):
            await lease.fetchval("select $1::int", number)
        before = await lease.fetchval(f"select array_agg((s.*)::text) from ({kept}) s")
        await lease.fetchval("select $1::bigint", 1)
        await lease.fetchval("select $1::text", "x")
        after = await lease.fetchval(f"select array_agg(statement) from ({kept}) s")

    assert before == ['("select $1::int",3)']
    assert after == ["select $1::bigint", "select $1::text"]


async def test_a_statement_that_fails_in_the_server_costs_no_connection(dsn: str) -> None:
    async with Lease(dsn, size=1) as lease:
        before = await lease.fetchval(BACKEND)

        with pytest.raises(asyncpg.UndefinedColumnError):
            await lease.fetchval("select nix")

        assert await lease.fetchval(BACKEND) == before


async def test_a_value_that_cannot_be_sent_does_no_harm_to_who_comes_next(dsn: str) -> None:
    """The server has begun to parse and is never told to go on: its statement timeout would strike the next reader."""
    async with Lease(dsn, size=1) as lease:
        before = await lease.fetchval(BACKEND)

        with pytest.raises(asyncpg.DataError):
            await lease.fetchval("select $1::bigint", 2**70)

        assert await lease.fetchval(BACKEND) != before


async def test_the_same_holds_in_a_block(dsn: str) -> None:
    async with Lease(dsn, size=1) as lease:
        before = await lease.fetchval(BACKEND)

        with pytest.raises(asyncpg.DataError):
            async with lease.reader() as reader:
                await reader.fetchval("select $1::bigint", 2**70)

        assert await lease.fetchval(BACKEND) != before

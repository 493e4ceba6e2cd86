import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import asyncpg
import pytest

from fkorg.errors import Unavailable
from fkorg.tid import ALTID_NS, UENDELIG_NS
from model import pool
from model.lease import Lease
from model.pool import SENEST, TIDLIGST, Pool
from tests.parts.half_open import relay

DAY = datetime(2026, 1, 31, 22, 15, 0, 123456, tzinfo=UTC)
TIMES = {
    "since always": (TIDLIGST, "-infinity"),
    "for ever": (SENEST, "infinity"),
    "a moment": (DAY, "2026-01-31 22:15:00.123456+00"),
    "nanoseconds": (1_769_897_700_123_456_789, "2026-01-31 22:15:00.123456+00"),
    "no limit in nanoseconds, forwards": (UENDELIG_NS, "infinity"),
    "no limit in nanoseconds, backwards": (ALTID_NS, "-infinity"),
}


@pytest.fixture
async def writers(dsn: str) -> AsyncIterator[Pool]:
    async with await Pool.open(dsn, size=2) as opened:
        yield opened


@pytest.mark.parametrize("value, expected", TIMES.values(), ids=TIMES)
async def test_times_are_written_as_postgres_says_them(writers: Pool, value: datetime, expected: str) -> None:
    assert await writers.fetchval("select ($1::timestamptz)::text", value) == expected


async def test_infinity_is_read_as_an_aware_time(writers: Pool) -> None:
    row = await writers.fetchrow("select '-infinity'::timestamptz, 'infinity'::timestamptz, $1::timestamptz", DAY)

    assert row is not None
    assert tuple(row) == (TIDLIGST, SENEST, DAY)


async def test_json_and_transaction_ids_pass_both_ways(writers: Pool) -> None:
    row = await writers.fetchrow("select $1::jsonb, $2::jsonb, '77'::xid8", {"navn": "Ærø"}, b'{"a":1}')

    assert row is not None
    assert tuple(row) == ({"navn": "Ærø"}, {"a": 1}, 77)


async def test_a_raised_error_rolls_back(writers: Pool) -> None:
    async def fail() -> None:
        async with writers.transaction() as tx:
            await tx.execute("insert into klasse (uuid, titel) values (gen_random_uuid(), 'Prøve')")
            raise KeyError

    with pytest.raises(KeyError):
        await fail()

    assert await writers.fetchval("select count(*) from klasse where titel = 'Prøve'") == 0


@pytest.mark.parametrize("laase", [True, False])
async def test_nothing_of_one_use_of_a_connection_reaches_the_next(dsn: str, laase: bool) -> None:
    async with await Pool.open(dsn, size=1, laase=laase) as opened:
        async with opened.connection() as connection:
            pid = await connection.fetchval("select pg_backend_pid()")
            await connection.execute("begin; insert into klasse (uuid, titel) values (gen_random_uuid(), 'Prøve')")

        assert await opened.fetchval("select pg_backend_pid()") == pid
        assert await opened.fetchval("select count(*) from klasse where titel = 'Prøve'") == 0


async def test_a_lock_is_let_go_with_the_connection(writers: Pool) -> None:
    async with writers.connection() as connection:
        await connection.fetchval("select pg_advisory_lock(7)")
        held = await writers.fetchval("select count(*) from pg_locks where locktype = 'advisory'")

    assert (held, await writers.fetchval("select count(*) from pg_locks where locktype = 'advisory'")) == (1, 0)


async def test_where_no_locks_are_taken_giving_back_asks_nothing_of_the_server(dsn: str, writers: Pool) -> None:
    async with await Pool.open(dsn, size=1, laase=False) as opened:
        pid = await opened.fetchval("select pg_backend_pid()")

        latest = await writers.fetchval("select query from pg_stat_activity where pid = $1", pid)

    assert latest == "select pg_backend_pid()"


async def test_a_lost_database_is_unavailable() -> None:
    with pytest.raises(Unavailable):
        await Pool.open("postgresql://nobody@/none?host=/nowhere")


@pytest.mark.parametrize("change", [("/clone", "/nix"), ("orgraf@", "nobody@")], ids=["database", "role"])
async def test_a_database_that_is_not_there_yet_is_unavailable_and_says_which_kind(
    dsn: str, change: tuple[str, str]
) -> None:
    with pytest.raises(Unavailable, match=r"InvalidCatalogNameError|InvalidAuthorizationSpecificationError"):
        await Pool.open(dsn.replace(*change))


async def test_a_session_that_has_ended_is_unavailable_before_its_socket_is_closed(dsn: str, tmp_path: Path) -> None:
    async with (
        await Pool.open(dsn) as writers,
        relay(dsn, tmp_path) as slow,
        await Pool.open(slow.dsn, size=1) as ended,
    ):

        async def outlive() -> None:
            async with ended.connection() as session:
                pid = await session.fetchval("select pg_backend_pid()")
                await writers.execute("select pg_terminate_backend($1, 5000)", pid)
                await session.fetchval("select 1")

        with pytest.raises(Unavailable):
            await outlive()

        assert await ended.fetchval("select 1") == 1


async def test_a_reader_asks_again_when_its_session_has_ended(dsn: str, tmp_path: Path) -> None:
    async with await Pool.open(dsn) as writers, relay(dsn, tmp_path) as slow, Lease(slow.dsn, size=1) as lease:
        pid = await lease.fetchval("select pg_backend_pid()")
        await writers.execute("select pg_terminate_backend($1, 5000)", pid)

        assert await lease.fetchval("select pg_backend_pid()") != pid


async def test_a_reader_survives_a_lost_connection_and_a_changed_table(dsn: str) -> None:
    async with Lease(dsn, size=1) as lease, await Pool.open(dsn) as writers:
        before = await lease.fetchrow("select * from klasse limit 1")
        await writers.execute("alter table klasse add column mere text")
        changed = await lease.fetchrow("select * from klasse limit 1")
        pid = await lease.fetchval("select pg_backend_pid()")
        await writers.execute("select pg_terminate_backend($1, 5000)", pid)
        other = await lease.fetchval("select pg_backend_pid()")

    assert before is not None
    assert changed is not None
    assert len(changed) == len(before) + 1
    assert other != pid


async def test_a_reader_may_not_write(dsn: str) -> None:
    async with Lease(dsn, size=1) as lease:
        with pytest.raises(Unavailable):
            await lease.fetchval("delete from klasse returning 1")
        assert await lease.fetchval("show plan_cache_mode") == "force_generic_plan"


async def test_a_bell_is_heard(dsn: str) -> None:
    rung = asyncio.Event()

    async with pool.listen(dsn, "orgraf_test", rung.set), await Pool.open(dsn) as writers:
        await writers.execute("notify orgraf_test")
        async with asyncio.timeout(5):
            await rung.wait()


async def test_errors_of_statements_pass_unmasked(writers: Pool) -> None:
    with pytest.raises(asyncpg.UndefinedTableError):
        await writers.fetch("select * from findes_ikke")

from collections.abc import Callable

import asyncpg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy.dialects.postgresql.base import ischema_names
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from fkorg import klassifikation
from model import pool
from model.tables import metadata
from model.tables.columns import Xid8
from orgraf.embedded import Embedded
from tests.parts import postgres

CATALOGUE = """
    select 'column ' || c.relname || '.' || a.attname, format_type(a.atttypid, a.atttypmod) || ' '
           || a.attnotnull::text || ' ' || coalesce(pg_get_expr(d.adbin, d.adrelid), '') || ' '
           || a.attidentity::text || ' ' || coalesce(co.collname, '')
      from pg_attribute a join pg_class c on c.oid = a.attrelid and c.relkind = 'r'
      left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
      left join pg_collation co on co.oid = a.attcollation
     where c.relnamespace = 'public'::regnamespace and a.attnum > 0 and c.relname <> 'alembic_version'
    union all
    select 'constraint ' || conrelid::regclass::text || '.' || conname, pg_get_constraintdef(oid)
      from pg_constraint where connamespace = 'public'::regnamespace and conrelid::regclass::text <> 'alembic_version'
    union all
    select 'index ' || indexname, indexdef
      from pg_indexes where schemaname = 'public' and tablename <> 'alembic_version'
"""


def engine_of(dsn: str) -> AsyncEngine:
    async def connect(*_: object, **__: object) -> object:
        return await pool.connect(dsn)

    return create_async_engine("postgresql+asyncpg://", async_creator=connect, poolclass=NullPool)


async def catalogue(dsn: str) -> dict[str, str]:
    connection = await asyncpg.connect(dsn)
    try:
        return dict(await connection.fetch(CATALOGUE))
    finally:
        await connection.close()


async def test_migrations_and_tables_agree_down_to_each_constraint(dsn: str, server: Embedded) -> None:
    admin = await asyncpg.connect(server.dsn("postgres"))
    await admin.execute("create database fra_metadata")
    await admin.close()
    drawn = server.dsn("fra_metadata")
    engine = engine_of(drawn)
    async with engine.begin() as connection:
        await connection.exec_driver_sql("create extension btree_gist")
        await connection.exec_driver_sql("create extension pg_trgm")
        await connection.run_sync(metadata.create_all)
    await engine.dispose()

    expected = await catalogue(drawn)

    assert await catalogue(dsn) == expected
    assert len(expected) > 300


@pytest.mark.filterwarnings("ignore:Expression #:UserWarning")  # operator classes: the test above compares them
async def test_alembic_sees_nothing_left_to_migrate(dsn: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(ischema_names, "xid8", Xid8)
    engine = engine_of(dsn)
    async with engine.connect() as connection:
        differences = await connection.run_sync(
            lambda sync: compare_metadata(MigrationContext.configure(sync, opts={"compare_type": True}), metadata)
        )
    await engine.dispose()

    assert differences == []


async def test_a_new_database_has_the_known_classes_and_one_secret(dsn: str) -> None:
    connection = await asyncpg.connect(dsn)

    klasser = await connection.fetchval("select count(*) from klasse")
    states = await connection.fetch("select incarnation, length(secret) from model_state")
    await connection.close()

    assert klasser == len({k.uuid for k in klassifikation.KENDTE})
    assert [tuple(row) for row in states] == [(1, 32)]


async def test_migrating_again_changes_nothing(new_dsn: Callable[[], str], server: Embedded) -> None:
    from migrations import upgrade

    dsn = new_dsn()
    before = await catalogue(dsn)

    upgrade(dsn)

    assert await catalogue(dsn) == before
    postgres.drop(server, dsn)

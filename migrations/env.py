"""Alembic's environment: one connection by our own driver settings, one transaction, one migrator at a time."""

import asyncio
from typing import Any

from alembic import context
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from model import pool
from model.tables import metadata

LOCK = 7_301_554_001


def migrate(connection: Connection) -> None:
    """Run the versions that are missing."""
    context.configure(
        connection=connection, target_metadata=metadata, compare_type=True, transaction_per_migration=False
    )
    with context.begin_transaction():
        connection.execute(text("select pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        context.run_migrations()


async def main() -> None:
    dsn = context.config.get_main_option("sqlalchemy.url")
    assert dsn is not None

    async def connect(*_: Any, **__: Any) -> Any:
        return await pool.connect(dsn, application_name="orgraf-migrate")

    engine = create_async_engine("postgresql+asyncpg://", async_creator=connect, poolclass=NullPool)
    async with engine.connect() as connection:
        await connection.run_sync(migrate)
        await connection.commit()
    await engine.dispose()


asyncio.run(main())

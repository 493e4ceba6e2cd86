"""How an installation gets its tables: Alembic versions, applied by `upgrade`. Compared with model/tables in a test."""

import asyncio
import threading
from pathlib import Path

import alembic.command
from alembic.config import Config
from alembic.script import ScriptDirectory

from model import pool, state


def upgrade(dsn: str, revision: str = "head") -> None:
    """Bring the database to the newest version and put in what every installation has. Blocking; any thread.

    Safe to call from several processes at once, and again. From asyncio: `await asyncio.to_thread(upgrade, dsn)`.
    """
    failed: list[BaseException] = []

    def run() -> None:
        try:
            alembic.command.upgrade(config(dsn), revision)
            asyncio.run(_fill(dsn))
        except BaseException as error:  # noqa: BLE001  handed to the caller's thread
            failed.append(error)

    thread = threading.Thread(target=run, name="migrate")
    thread.start()
    thread.join()
    if failed:
        raise failed[0]


def config(dsn: str) -> Config:
    """Alembic's configuration for an address."""
    made = Config()
    made.set_main_option("script_location", str(Path(__file__).parent))
    made.set_main_option("sqlalchemy.url", dsn.replace("%", "%%"))
    return made


def head() -> str:
    """The newest version of the tables, as this code has them."""
    found = ScriptDirectory.from_config(config("")).get_current_head()
    assert found is not None, "there is a first version"
    return found


async def _fill(dsn: str) -> None:
    connection = await pool.connect(dsn, application_name="orgraf-migrate")
    try:
        async with connection.transaction():
            await state.begin(connection)
    finally:
        await connection.close()

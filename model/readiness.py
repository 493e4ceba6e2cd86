"""Can this process answer? The database is in reach, its tables are of our version, the first fill is done.

Owns what is asked; refuses to know who asks and what an answer costs them.
"""

from collections.abc import Collection
from typing import Final

from fkorg.errors import Unavailable
from model import sql
from model.pool import Pool

SQL: Final = sql.load(__file__)


async def missing(database: Pool, revision: str, cvr: Collection[str]) -> list[str]:
    """What is still missing, in words for operators; empty = ready."""
    try:
        async with database.connection() as connection:
            if not await connection.fetchval("select to_regclass('alembic_version') is not null"):
                return ["the database is not migrated: run `orgraf migrate`"]
            found = await SQL["revision"].fetchval(connection)
            if found is None or found < revision:  # a newer one: migrations only add, so that old and new run together
                return [f"the database has version {found} of the tables, wanted {revision}: run `orgraf migrate`"]
            filled = {row["cvr"] for row in await SQL["ready"].fetch(connection, cvr=list(cvr))}
    except Unavailable:
        return ["the database is out of reach"]
    return [f"the first fill of {one} is not done" for one in sorted(cvr) if one not in filled]

"""Upkeep that the planner needs: statistics after many rows came at once. Knows no rows."""

from typing import Final

from model import sql
from model.pool import Pool

SQL: Final = sql.load(__file__)


async def analyser(pool: Pool) -> None:
    """Count the tables anew, so that plans fit what has just been filled in."""
    async with pool.connection() as connection:
        for name in SQL:
            await SQL[name].execute(connection)

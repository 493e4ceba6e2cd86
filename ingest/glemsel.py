"""Persons that were made anonymous are forgotten here too: who leads empties what a mutation marked. rules.md 35."""

from datetime import datetime

from model import anonymisering
from model.leader import Leder
from model.pool import Pool
from model.projection import apply, glemsel


async def once(pool: Pool, leder: Leder, now: datetime) -> int:
    """Empty what is marked, each person in a transaction; how many. Raises Unavailable, Afloest."""
    async with pool.connection() as connection:
        ventende = await anonymisering.ventende(connection, leder.organisation)
    for maerke in ventende:
        async with pool.transaction() as tx:
            kontekst = await apply.kontekst_af(tx, leder.organisation)
            await glemsel.glem(tx, leder, kontekst, maerke, now)
    return len(ventende)

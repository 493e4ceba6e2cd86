"""What was known before: registrations and projected rows that later ones have replaced; forgetting the oldest of it.

Owns what may go so that every moment that is kept answers as before (`@tidspunkt(registreringstid:)`). Refuses to
decide how much is kept.
"""

from datetime import datetime
from typing import Final
from uuid import UUID

from fkorg import tid
from model import sql
from model.pool import Connection

SQL: Final = sql.load(__file__)


async def prune(tx: Connection, organisation: UUID, before: datetime, *, antal: int) -> int:
    """Forget what was known no more at that moment, `antal` registrations and rows of a table at most; how many."""
    values = {"organisation": organisation, "foer_ns": tid.from_datetime(before), "antal": antal}
    raekker: int = await SQL["raekker"].fetchval(tx, **values)
    return raekker + await SQL["registreringer"].execute(tx, **values)

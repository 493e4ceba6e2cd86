"""Who changes the municipality that is asked about: its leader, by the product's own way into the tables.

What it changes is logged and rung as ingest does it, and cards are kept. Refuses to know what is changed, and why.
"""

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from fkorg.catalogue import Objekttype
from fkorg.registrering import Livscyklus, Registrering, from_content
from model import leader
from model.leader import Leder
from model.pool import Pool
from model.projection import apply, kort
from model.projection.apply import Post

SENESTE: Final = """select content from registrering
    where organisation = $1 and objekttype = $2 and uuid = $3
    order by rewind desc, reg_ns desc, tie desc limit 1"""


@dataclass(frozen=True)
class Skriver:
    """One municipality's."""

    pool: Pool
    leder: Leder

    async def ret(self, objekttype: Objekttype, uuid: UUID, nyt: Callable[[Registrering], Registrering]) -> float:
        """A living object's newest registration is followed by what `nyt` makes of it; seconds of the transaction."""
        (row,) = await self.pool.fetch(SENESTE, self.leder.organisation, objekttype.value, uuid)
        foer = from_content(row["content"], tidspunkt_ns=time.time_ns(), livscyklus=Livscyklus.OPSTAAET)
        post = Post(objekttype, uuid, nyt(foer), "BESKED")
        began = time.perf_counter()
        async with self.pool.transaction() as tx:
            kontekst = await apply.kontekst_af(tx, self.leder.organisation)
            await apply.anvend(tx, self.leder, kontekst, [post], datetime.now(UTC))
        return time.perf_counter() - began


@asynccontextmanager
async def skriver(dsn: str, organisation: UUID) -> AsyncIterator[Skriver]:
    """Leads while the block runs. Raises SystemExit when another process does."""
    async with await Pool.open(dsn, size=2, application_name="bench-changes") as pool:
        seen = await pool.fetchval("select epoch from leader where organisation = $1", organisation)
        leder = await leader.take(pool, organisation, "bench-changes", seen_epoch=seen)
        if leder is None:
            raise SystemExit("bench: another process leads this municipality")
        async with pool.transaction() as tx:
            await kort.overtag(tx, leder)
        yield Skriver(pool, leder)

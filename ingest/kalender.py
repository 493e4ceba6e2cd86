"""Effect dates that pass make changes too: words, paths and the change log follow the clock. Source: ingest.md 4.

Owns finding the objects whose next boundary has passed. Nothing is read back: the rows of all times are stored already,
only what holds "now" moves. Each boundary is told once, in order, so that the log has one row per object and boundary.
"""

from datetime import datetime

from fkorg.failpoint import failpoint
from model.leader import Leder
from model.pool import Pool
from model.projection import apply, ur

PORTION = 500


async def once(pool: Pool, leder: Leder, now: datetime, *, portion: int = PORTION) -> int:
    """Let every boundary up to `now` pass; how many objects changed by it. Raises Unavailable, Afloest."""
    passed = 0
    while True:
        async with pool.transaction() as tx:
            kontekst = await apply.kontekst_af(tx, leder.organisation)
            count = await ur.lad_gaa(tx, leder, kontekst, now, portion)
            if count:
                await failpoint("calendar.passed")
        if count:
            await failpoint("calendar.committed")
        passed += count
        if count < portion:
            return passed

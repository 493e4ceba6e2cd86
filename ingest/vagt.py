"""Is the source there? Asked now and then, so that freshness knows while there is nothing to read. Source: ingest.md 7.

Owns the question and its limit of time. Refuses to know what freshness makes of the answer.
"""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Final

from fkorg.catalogue import Objekttype
from fkorg.errors import FkorgError, NotFound, Unavailable
from ingest.kilde import Kilde
from model import feed_state
from model.leader import Leder
from model.pool import Pool

LOG: Final = logging.getLogger(__name__)


async def svarer(kilde: Kilde, leder: Leder, within: timedelta) -> bool:
    """Does the source answer about the municipality in that time? Not found is an answer."""
    try:
        async with asyncio.timeout(within.total_seconds()):
            await kilde.laes(Objekttype.ORGANISATION, leder.organisation)
    except NotFound:
        return True
    except (FkorgError, TimeoutError) as error:
        LOG.warning("the source does not answer: %s", type(error).__name__)
        return False
    return True


async def run(pool: Pool, kilde: Kilde, leder: Leder, *, every: timedelta, clock: Callable[[], datetime]) -> None:
    """Ask until cancelled, and record what came of it. A database that is away is told next time."""
    while True:
        await asyncio.sleep(every.total_seconds())
        ok = await svarer(kilde, leder, every)
        with suppress(Unavailable):
            async with pool.transaction() as tx:
                await feed_state.source(tx, leder.organisation, clock(), ok=ok)

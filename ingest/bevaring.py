"""What is kept for how long, and forgetting the rest: by whoever leads, a bounded part in each transaction.

Owns the order, the pace and that the epoch holds. Refuses to know which rows may go: their tables' modules do. What is
parked, wanted or not applied yet is never forgotten.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, TypeAlias

from fkorg.errors import Unavailable
from model import aendringslog, afstemning, historik, inbox, leader, opslag, writes
from model.leader import Afloest, Leder
from model.pool import Connection, Pool
from model.stand import LEVETID

LOG: Final = logging.getLogger(__name__)
HVER: Final = timedelta(hours=1)
PORTION: Final = 1000
"""Rows that one transaction forgets, of one table, at most."""
PAUSE_S: Final = 0.05
"""Between two of them: whoever applies comes first."""
SORTERES_S: Final = 20.0
"""How often the log of reads is put in order. Its list of what is not takes 64 MB: 200 answers a second of 500 names
each fill it in 25 s, and whoever fills it has to empty it."""
MARGEN: Final = timedelta(days=1)
"""More of the history is kept than is answered from: clocks differ."""
Del: TypeAlias = Callable[[Connection], Awaitable[int]]


@dataclass(frozen=True, slots=True)
class Bevaring:
    """How long what is kept. `aendringer`: the life of a position, the log is kept a day longer; `historik` None: all
    that was ever known. `laesninger`: who has seen whom."""

    beskeder: timedelta = timedelta(days=30)
    aendringer: timedelta = LEVETID
    sammenligninger: timedelta = timedelta(days=90)
    historik: timedelta | None = None
    laesninger: timedelta = timedelta(days=730)


async def once(
    pool: Pool,
    leder: Leder,
    regler: Bevaring,
    now: datetime,
    *,
    portion: int = PORTION,
    sov: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> Counter[str]:
    """Forget all that may go at that moment; how many rows, by what they were. Raises Unavailable, Afloest."""
    gone: Counter[str] = Counter()
    for navn, del_ in _dele(leder, regler, now, portion).items():
        while True:
            async with pool.transaction() as tx:
                await leader.check(tx, leder)
                antal = await del_(tx)
            if not antal:
                break
            gone[navn] += antal
            await sov(PAUSE_S)
    return gone


def _dele(leder: Leder, regler: Bevaring, now: datetime, portion: int) -> dict[str, Del]:
    organisation = leder.organisation
    dele: dict[str, Del] = {
        "messages": lambda tx: inbox.prune(tx, organisation, now - regler.beskeder, antal=portion),
        "changes": lambda tx: aendringslog.prune(tx, organisation, now, regler.aendringer, antal=portion),
        "writes": lambda tx: writes.prune(tx, organisation, now, antal=portion),
        "comparisons": lambda tx: afstemning.prune(tx, organisation, now - regler.sammenligninger, antal=portion),
        "reads": lambda tx: opslag.prune(tx, organisation, now - regler.laesninger, antal=portion),
    }
    if regler.historik is not None:
        foer = now - regler.historik - MARGEN
        dele["history"] = lambda tx: historik.prune(tx, organisation, foer, antal=portion)
    return dele


async def run(pool: Pool, leder: Leder, regler: Bevaring, *, clock: Callable[[], datetime]) -> None:
    """Each hour until cancelled. A database that is away is tried again next time. Raises Afloest."""
    while True:
        try:
            gone = await once(pool, leder, regler, clock())
            if gone:
                LOG.info("forgotten: %s", ", ".join(f"{antal} {navn}" for navn, antal in sorted(gone.items())))
        except Afloest:
            raise
        except Unavailable as away:
            LOG.warning("what is old is not forgotten yet: %s", away)
        await asyncio.sleep(HVER.total_seconds())


async def sorter(pool: Pool) -> None:
    """Keep the log of reads in order until cancelled. A database that is away is tried again next time."""
    while True:
        await asyncio.sleep(SORTERES_S)
        try:
            async with pool.connection() as connection:
                await opslag.sorteres(connection)
        except Unavailable as away:
            LOG.warning("the log of reads is not in order yet: %s", away)

"""Functions send no message: they are asked for again and again. Source: ingest.md 6, domain.md 9.2.

Owns the polling: all active functions by `soeg`, read by `list`, applied where they differ. An active function that is
found no more is read alone; absence decides nothing. The Organisation, which is silent too, is read back on the way.
"""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from fkorg.catalogue import Objekttype
from fkorg.errors import FkorgError, Unavailable
from fkorg.failpoint import failpoint
from fkorg.registrering import Gyldighed, Lister, Objekt, Oejebliksbillede, Tilstand
from fkorg.virkning import ALTID
from ingest import kommune, laes, relateret, side
from ingest.kilde import Kilde
from ingest.sammenlign import for_mange
from model import dirty
from model import relateret as kendte
from model.leader import Afloest, Leder
from model.pool import Pool
from model.projection.vaern import Udfald

LOG: Final = logging.getLogger(__name__)
FUNKTION: Final = Objekttype.ORGANISATION_FUNKTION
AKTIVE: Final = Lister(tilstande=(Tilstand(ALTID, Gyldighed.AKTIV),))
_SIDER: Final = 1_000


@dataclass(frozen=True, slots=True)
class Runde:
    """What a round of polling came to. `uden_besked`: changes that no message had told."""

    laest: int
    uden_besked: int
    fravaerende: int


async def once(
    pool: Pool, kilde: Kilde, leder: Leder, *, clock: Callable[[], datetime], batch: int = laes.STOERST
) -> Runde:
    """Ask for all functions once. Raises Unavailable, Afloest: what was applied stays."""
    hits = await relateret.soeg_alle(kilde, FUNKTION, AKTIVE, sider=_SIDER)
    nye = 0
    for start in range(0, len(hits), batch):
        foer = await side.generationer(pool, leder.organisation)
        hentet = await laes.hent(kilde, FUNKTION, hits[start : start + batch], batch=batch)
        if not hentet.svarede():
            why = next(iter(hentet.fejl.values()))
            raise Unavailable(f"the source does not answer for functions: {why}") from why
        page = [(FUNKTION, Oejebliksbillede(uuid, (reg,))) for uuid, reg in hentet.fundet.items() if reg is not None]
        async with pool.transaction() as tx:
            anvendt = await side.anvend(tx, leder, page, foer, "AFSTEMNING", clock())
            await failpoint("functions.page_applied")
        nye += sum(udfald is Udfald.NY for udfald in anvendt.udfald.values())
    return Runde(len(hits), nye, await _fravaerende(pool, leder, hits, clock()))


async def run(pool: Pool, kilde: Kilde, leder: Leder, *, every: timedelta, clock: Callable[[], datetime]) -> None:
    """Poll until cancelled, the first time after `every`. A source or database that is away, or a source that refuses
    us or breaks its contract, is asked next time.

    Raises Afloest.
    """
    while True:
        await asyncio.sleep(every.total_seconds())
        try:
            runde = await once(pool, kilde, leder, clock=clock)
        except Afloest:
            raise
        except FkorgError as error:
            LOG.warning("functions could not be polled: %s", error)
        else:
            LOG.info("functions polled: %s", runde)


async def _fravaerende(pool: Pool, leder: Leder, hits: list[UUID], now: datetime) -> int:
    """Functions of ours that are active and were not found: to be read alone, unless they are too many to believe."""
    async with pool.transaction() as tx:
        await kommune.genlaes(tx, leder.organisation, now)
        missing, active = await kendte.aktive_funktioner_uden(tx, leder.organisation, hits, now)
        if for_mange(len(missing), active):
            LOG.error("soeg lacks %s of %s active functions: nothing is touched", len(missing), active)
        else:
            wanted = [(Objekt(leder.organisation, FUNKTION, uuid), dirty.UANSET) for uuid in missing]
            await dirty.mark_many(tx, wanted, aarsag="AFSTEMNING", now=now)
    return len(missing)

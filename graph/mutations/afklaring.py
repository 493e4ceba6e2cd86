"""Writes left in doubt: each is read back until it is known whether it took effect. Nothing is ever sent again.

A server that was killed leaves a record without outcome; any living server finds it, looks, and closes it. Whoever
calls again with its key carries it on from there. Refuses to know what was to be written. Source: decisions/0012.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import structlog

from fkorg import tid
from fkorg.errors import FkorgError, Unavailable
from fkorg.failpoint import failpoint
from fkorg.registrering import Objekt
from graph.mutations import eftersyn, journal
from graph.mutations.bog import laasenavn
from graph.mutations.forloeb import Roert
from graph.mutations.hensigt import Fund, Hensigt
from graph.mutations.kontekst import Kilde, Skrivere
from graph.mutations.taalmod import Taalmod
from model import anonymisering, dirty, tvivl, writes
from model.pool import Connection
from model.writes import Status

LOG = structlog.get_logger()
HVER: Final = timedelta(seconds=2)
"""How often it is looked for records without an outcome."""
SAMTIDIGE: Final = 2
"""How many are looked into at a time: each holds a connection meanwhile."""


async def run(
    skrivere: Skrivere, kommuner: Mapping[str, UUID | None], clock: Callable[[], datetime], hver: timedelta = HVER
) -> None:
    """Close what was left without outcome, for as long as the server lives. `kommuner`: Organisation by CVR."""
    while True:
        for cvr, organisation in list(kommuner.items()):
            if organisation is not None and cvr in skrivere.kilder:
                try:
                    await runde(skrivere, skrivere.kilder[cvr], organisation, clock())
                except Unavailable as away:
                    LOG.warning("writes in doubt are not looked into", fejl=str(away))
        await asyncio.sleep(hver.total_seconds())


async def runde(skrivere: Skrivere, kilde: Kilde, organisation: UUID, now: datetime) -> None:
    """Look once into every record without an outcome whose writer is gone."""
    async with skrivere.pool.connection() as connection:
        ids = await tvivl.uafklarede(connection, organisation)
    for known in [key for key in skrivere.siden if key[0] == organisation and key[1] not in ids]:
        del skrivere.siden[known]
    places = asyncio.Semaphore(SAMTIDIGE)

    async def one(id: UUID) -> None:
        async with places:
            await afklar(skrivere, kilde, organisation, id, now)

    await asyncio.gather(*(one(id) for id in ids))


async def vent_paa(skrivere: Skrivere, kilde: Kilde, organisation: UUID, id: UUID, now: datetime) -> None:
    """Look into one record until it is closed or the time of an answer is up: its caller asks again."""
    taalmod = Taalmod(skrivere)
    while not await afklar(skrivere, kilde, organisation, id, now):
        if not await taalmod.pause():
            return


async def afklar(skrivere: Skrivere, kilde: Kilde, organisation: UUID, id: UUID, now: datetime) -> bool:
    """Look into one record; whether it has an outcome now. Its writer, while it lives, holds the turn of it."""
    loop = asyncio.get_running_loop()
    async with skrivere.pool.connection() as connection:
        if not await writes.proev_laas(connection, laasenavn(organisation, id)):
            return False
        stored = await tvivl.uafklaret(connection, organisation, id)
        if stored is None:
            return True
        siden = skrivere.siden.setdefault((organisation, id), loop.time())
        silent = loop.time() - siden >= skrivere.stilhed.total_seconds()

        async def tagne(uuids: Iterable[UUID]) -> set[UUID]:
            return await tvivl.tagne(connection, organisation, uuids)

        funde: dict[Hensigt, Fund] = {}
        for hensigt in journal.undervejs(stored):
            if hensigt.uuid is None and not await writes.proev_laas(
                connection, laasenavn(organisation, f"opret/{hensigt.maerke}")
            ):
                return False
            try:
                fund = await eftersyn.se(kilde, hensigt, skrivere.secret, tagne)
            except FkorgError as away:
                LOG.warning("a write in doubt could not be read back", skrivning=str(id), fejl=str(away))
                return False
            if fund is not None:
                funde[hensigt] = fund
            elif not silent:
                return False
        await failpoint("write.read_back")
        await _luk(connection, skrivere, organisation, id, stored, funde, now)
    skrivere.siden.pop((organisation, id), None)
    return True


async def _luk(
    connection: Connection,
    skrivere: Skrivere,
    organisation: UUID,
    id: UUID,
    stored: Mapping[str, object],
    funde: Mapping[Hensigt, Fund],
    now: datetime,
) -> None:
    """The record says what took effect, and that nobody carries the write on; all it touched is read back."""
    closed, roert, forloeb = journal.afbrudt(stored, funde)
    async with connection.transaction():
        for maerke in forloeb.anonyme(tid.from_datetime(now)):
            await anonymisering.maerk(connection, organisation, maerke, now)
        wanted, settle = _objekter(organisation, roert), skrivere.bundfaeldning
        await dirty.mark_many(connection, wanted, aarsag="MUTATION", now=now, bundfaeldning=settle)
        await tvivl.afklar(connection, organisation, id, Status.AFVIST, closed, now)
    LOG.info("a write in doubt was settled", skrivning=str(id), virkede=len(funde))


def _objekter(organisation: UUID, roert: Sequence[Roert]) -> list[tuple[Objekt, int]]:
    return [(Objekt(organisation, r.objekttype, r.uuid), r.want_ns) for r in roert if r.sendt]

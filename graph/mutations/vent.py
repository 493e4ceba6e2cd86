"""Waiting until the read model shows a write: ingest applies it, we only look. Bounded (rules.md 31)."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from fkorg.errors import Unavailable
from fkorg.registrering import Objekt
from graph.mutations.forloeb import Roert
from graph.mutations.kontekst import Skrivere
from graph.mutations.taalmod import Taalmod
from graph.types.scalars import Stand
from model import aendringslog, anonymisering, dirty, writes
from model.pool import Connection
from model.stand import Segl


async def set_i_model(skrivere: Skrivere, organisation: UUID, roert: Sequence[Roert], now: datetime) -> Stand | None:
    """The position from which all of it can be read; None when the model has not taken it in within the time.

    What the source had already and the model has not is marked dirty too, so that it comes.
    """
    try:
        return await _vent(skrivere, organisation, roert, now)
    except Unavailable:  # the write is done all the same
        return None


async def kommet(skrivere: Skrivere, organisation: UUID, roert: Sequence[Roert], now: datetime) -> bool:
    """Does the model show all of it? False when it has not taken it in within the time."""
    try:
        async with skrivere.pool.connection() as connection:
            missing = await _mangler(connection, skrivere, organisation, roert, now)
        return await _vis(skrivere, organisation, missing)
    except Unavailable:  # the write is done all the same
        return False


async def glemt(skrivere: Skrivere, organisation: UUID, roert: Sequence[Roert], _: datetime) -> bool:
    """Has ingest emptied what is stored of these persons? False when it has not within the time."""
    taalmod, personer = Taalmod(skrivere), [r.uuid for r in roert]
    try:
        while True:
            async with skrivere.pool.connection() as connection:
                if not await anonymisering.venter(connection, organisation, personer):
                    return True
            if not await taalmod.pause():
                return False
    except Unavailable:  # the source has forgotten all the same
        return False


async def _vent(skrivere: Skrivere, organisation: UUID, roert: Sequence[Roert], now: datetime) -> Stand | None:
    async with skrivere.pool.connection() as connection:
        missing = await _mangler(connection, skrivere, organisation, roert, now)
    if not await _vis(skrivere, organisation, missing):
        return None
    async with skrivere.pool.connection() as connection:
        return await _stand(connection, skrivere, organisation, _oensket(organisation, roert), now)


async def _mangler(
    connection: Connection, skrivere: Skrivere, organisation: UUID, roert: Sequence[Roert], now: datetime
) -> list[tuple[Objekt, int]]:
    """What the model does not show yet, and how new it is to be."""
    missing = await writes.behind(connection, organisation, _oensket(organisation, roert))
    sent = {(r.objekttype, r.uuid) for r in roert if r.sendt}
    for objekt, want_ns in missing:
        if (objekt.objekttype, objekt.uuid) not in sent:
            settle = skrivere.bundfaeldning
            await dirty.mark(connection, objekt, want_ns=want_ns, aarsag="MUTATION", now=now, bundfaeldning=settle)
    return missing


async def _vis(skrivere: Skrivere, organisation: UUID, missing: list[tuple[Objekt, int]]) -> bool:
    """Wait for these; False when the time is up. At equal pauses: ingest is soon done, a source may not be."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + skrivere.vent.total_seconds()
    while missing:
        if loop.time() >= deadline:
            return False
        await asyncio.sleep(skrivere.pause.total_seconds())
        async with skrivere.pool.connection() as connection:
            missing = await writes.behind(connection, organisation, missing)
    return True


def _oensket(organisation: UUID, roert: Sequence[Roert]) -> list[tuple[Objekt, int]]:
    return [(Objekt(organisation, r.objekttype, r.uuid), r.want_ns) for r in roert]


async def _stand(
    connection: Connection, skrivere: Skrivere, organisation: UUID, wanted: Sequence[tuple[Objekt, int]], now: datetime
) -> Stand:
    """The newest of the changes that brought the objects; where the log no longer has them, where it is now."""
    found = [
        stand
        for objekt, want_ns in wanted
        if (
            stand := await aendringslog.newest(
                connection, organisation, objekt.objekttype, objekt.uuid, want_ns=want_ns
            )
        )
    ]
    aktuel = (await aendringslog.aktuel(connection)).stand
    newest = max(found, key=lambda stand: (stand.incarnation, stand.xid, stand.seq), default=aktuel)
    return Stand(Segl.of(skrivere.secret, organisation).text(newest, now))

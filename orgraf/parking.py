"""What is set aside, for who is on duty: listed, tried once more, or discarded. Bodies are never shown: they may hold
personal data. Refuses to know why something is set aside and what trying again does: `ingest` and `model` do.
"""

import json
import logging
from collections.abc import Sequence
from typing import Any, Final

import typer

from fkorg.errors import NotFound
from ingest.receive import Modtagelse, Modtager
from model import dirty, parked
from model.parked import Parkeret
from model.pool import Pool
from orgraf import wiring
from orgraf.clock import clock
from orgraf.service import open_pool
from orgraf.settings import Settings

LOG: Final = logging.getLogger(__name__)
AARSAG: Final = "AFSTEMNING"
"""`aarsag` of an object that an operator has read back: it is compared with the source, no message told of it."""


async def show(settings: Settings, *, as_json: bool) -> None:
    """What is set aside, oldest first."""
    async with open_pool(settings, "orgraf-parked") as pool, pool.connection() as connection:
        for one in await parked.read(connection):
            typer.echo(json.dumps(_vist(one)) if as_json else _fortalt(one))


async def retry(settings: Settings, ider: Sequence[str], *, alle: bool) -> None:
    """Receive the messages again, have the objects read back. Each in a transaction of its own, or not at all.

    Raises NotFound, before anything is done, for an id under which nothing is set aside.
    """
    modtager = None
    async with open_pool(settings, "orgraf-parked") as pool:
        for one in await _valgte(pool, ider, alle=alle):
            modtager = modtager or Modtager(
                pool, wiring.mailbox(settings), wiring.beskedkoder(settings), settings.settle
            )
            typer.echo(f"{one.besked_id}: {await _igen(pool, modtager, one)}")


async def discard(settings: Settings, ider: Sequence[str]) -> None:
    """Forget them. A message's object, and an object, is as it is until something else tells of it.

    Raises NotFound, before anything is done, for an id under which nothing is set aside.
    """
    async with open_pool(settings, "orgraf-parked") as pool:
        valgte = await _valgte(pool, ider, alle=False)
        async with pool.transaction() as tx:
            for one in valgte:
                await parked.remove(tx, one.organisation, [one.besked_id])
        for one in valgte:
            LOG.warning("discarded by an operator: %s, set aside as %s", one.besked_id, one.reason)
            typer.echo(f"{one.besked_id}: discarded")


async def _valgte(pool: Pool, ider: Sequence[str], *, alle: bool) -> list[Parkeret]:
    async with pool.connection() as connection:
        fundne = await parked.read(connection)
    if unknown := sorted(set(ider) - {one.besked_id for one in fundne}):
        raise NotFound(f"nothing is set aside under {', '.join(unknown)}; nothing was done")
    return [one for one in fundne if alle or one.besked_id in ider]


async def _igen(pool: Pool, modtager: Modtager, one: Parkeret) -> str:
    now = clock()
    if one.body is not None:
        modtagelse = await modtager.igen(one.organisation, one.besked_id, now)
        return _BLEV[modtagelse]
    async with pool.transaction() as tx:
        fundet = await parked.take(tx, one.organisation, one.besked_id)
        objekt = None if fundet is None else fundet.objekt
        if objekt is None:
            return _BLEV[None]
        await parked.remove(tx, one.organisation, [one.besked_id])
        await dirty.mark(tx, objekt, want_ns=dirty.NOGET, aarsag=AARSAG, now=now)
    return "is read back now; if that fails it is set aside again"


_BLEV: Final = {
    Modtagelse.NY: "received, its object is read back now",
    Modtagelse.GENBRUGT: "received, its object is read back now",
    Modtagelse.GENTAGET: "had been received meanwhile",
    Modtagelse.PARKERET: "cannot be received yet either: it stays set aside",
    None: "is set aside no more",
}


def _vist(one: Parkeret) -> dict[str, Any]:
    return {
        "organisation": str(one.organisation),
        "id": one.besked_id,
        "objekttype": one.objekttype,
        "uuid": None if one.uuid is None else str(one.uuid),
        "reason": one.reason,
        "attempts": one.attempts,
        "first": one.first_at.isoformat(),
        "last": one.last_at.isoformat(),
    }


def _fortalt(one: Parkeret) -> str:
    about = f"  ({one.objekttype} {one.uuid})" if one.body is not None and one.uuid is not None else ""
    return f"{one.first_at:%Y-%m-%d %H:%M:%S}  {one.reason:<22} x{one.attempts}  {one.besked_id}{about}"

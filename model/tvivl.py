"""Writes in doubt: which records were left without an outcome, and what is known against which a read is judged.

Owns the questions; refuses to know SOAP, and what the record of a write says.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from fkorg.catalogue import Objekttype
from model import sql
from model.pool import Connection
from model.writes import Anmodning, Status

SQL: Final = sql.load(__file__)


@dataclass(frozen=True, slots=True)
class Kendt:
    """What we know of an object: it has a registration at least as new as `ns`. `findes`: the model has it alive, or
    it was written by ourselves and the model does not show that yet."""

    ns: int
    findes: bool


INTET: Final = Kendt(0, findes=False)


async def kendte(
    connection: Connection, organisation: UUID, objekttype: Objekttype, uuids: Iterable[UUID]
) -> dict[UUID, Kendt]:
    """How new these objects are at least; INTET for those that nothing is known of."""
    asked = list(uuids)
    rows = await SQL["kendte"].fetch(connection, organisation=organisation, objekttype=objekttype.value, uuids=asked)
    return dict.fromkeys(asked, INTET) | {row["uuid"]: Kendt(row["ns"], row["findes"]) for row in rows}


async def andres(connection: Connection, anmodning: Anmodning, uuids: Iterable[UUID]) -> bool:
    """Whether another write of one of the objects is in doubt: it may still take effect."""
    found: bool = await SQL["andres"].fetchval(
        connection, organisation=anmodning.organisation, id=anmodning.id, uuids=[str(uuid) for uuid in uuids]
    )
    return found


async def uafklarede(connection: Connection, organisation: UUID) -> list[UUID]:
    """The records without an outcome, oldest first: of writes under way, and of those in doubt."""
    rows = await SQL["uafklarede"].fetch(connection, organisation=organisation)
    return [row["id"] for row in rows]


async def uafklaret(connection: Connection, organisation: UUID, id: UUID) -> Mapping[str, Any] | None:
    """What a record without an outcome says; None when it has one."""
    found: Mapping[str, Any] | None = await SQL["uafklaret"].fetchval(connection, organisation=organisation, id=id)
    return found


async def afklar(
    tx: Connection, organisation: UUID, id: UUID, status: Status, kvitteringer: Mapping[str, Any], now: datetime
) -> bool:
    """The outcome of a record that had none; False when it has got one meanwhile."""
    settled = await SQL["afklar"].execute(
        tx, organisation=organisation, id=id, status=status.value, kvitteringer=dict(kvitteringer), now=now
    )
    return bool(settled)


async def tagne(connection: Connection, organisation: UUID, uuids: Iterable[UUID]) -> set[UUID]:
    """Those of the objects that a write of ours is known to have made or changed."""
    rows = await SQL["tagne"].fetch(connection, organisation=organisation, uuids=[str(uuid) for uuid in uuids])
    return {row["uuid"] for row in rows}


async def nyligt_ns(connection: Connection, organisation: UUID, now_ns: int) -> int:
    """A registration time by the source's clock that is not far behind it, and not after `now_ns`."""
    found: int | None = await SQL["nyligt"].fetchval(connection, organisation=organisation, now_ns=now_ns)
    return now_ns if found is None else found

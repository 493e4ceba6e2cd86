"""What could not be read or applied: kept, counted, shown, never in the way. Owns the table `parked`.

A parked message is known by its BeskedId (or the hash of its body), a parked object by `objekttype:uuid`.
`reason` is a short code; it and nothing else here names a person.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from fkorg.registrering import Objekt
from model import sql
from model.pool import Connection

SQL: Final = sql.load(__file__)


@dataclass(frozen=True, slots=True)
class Parkeret:
    """One parked message or object."""

    organisation: UUID
    besked_id: str
    objekttype: str | None
    uuid: UUID | None
    reason: str
    attempts: int
    first_at: datetime
    last_at: datetime
    body: bytes | None


async def besked(tx: Connection, organisation: UUID, besked_id: str, reason: str, body: bytes, now: datetime) -> None:
    """Park a message that cannot be read; parked again, it is counted."""
    await SQL["put"].execute(
        tx,
        organisation=organisation,
        besked_id=besked_id,
        objekttype=None,
        uuid=None,
        reason=reason,
        body=body,
        now=now,
    )


async def objekt(tx: Connection, objekt: Objekt, reason: str, now: datetime) -> None:
    """Park an object that cannot be read or applied."""
    await SQL["put"].execute(
        tx,
        organisation=objekt.organisation,
        besked_id=noegle(objekt),
        objekttype=objekt.objekttype.value,
        uuid=objekt.uuid,
        reason=reason,
        body=None,
        now=now,
    )


async def remove(tx: Connection, organisation: UUID, besked_ider: list[str]) -> int:
    """Out of the way: applied after all, or dismissed by the operator."""
    return await SQL["remove"].execute(tx, organisation=organisation, besked_ider=besked_ider)


async def read(connection: Connection, organisation: UUID | None = None) -> list[Parkeret]:
    """What is parked, oldest first; of all municipalities when none is named."""
    rows = await SQL["read"].fetch(connection, organisation=organisation)
    return [Parkeret(**dict(row)) for row in rows]


def noegle(objekt: Objekt) -> str:
    """Under which a parked object is found."""
    return f"{objekt.objekttype.value}:{objekt.uuid}"

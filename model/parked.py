"""What could not be read or applied: kept, counted, shown, never in the way. Owns the table `parked`.

A parked message is known by its BeskedId (or the hash of its body), a parked object by `objekttype:uuid`.
`reason` is a short code, of a message that cannot be read with `: ` and what was wrong; none of it names a person.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from fkorg.catalogue import Objekttype
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

    @property
    def objekt(self) -> Objekt | None:
        """The object that is set aside; None for a message."""
        if self.body is not None or self.objekttype is None or self.uuid is None:
            return None
        return Objekt(self.organisation, Objekttype(self.objekttype), self.uuid)


async def besked(
    tx: Connection,
    organisation: UUID,
    besked_id: str,
    reason: str,
    body: bytes,
    now: datetime,
    *,
    om: tuple[Objekttype, UUID] | None = None,
) -> None:
    """Park a message that cannot be read or is nobody's; parked again, it is counted. `om`: its object, when known."""
    await SQL["put"].execute(
        tx,
        organisation=organisation,
        besked_id=besked_id,
        objekttype=None if om is None else om[0].value,
        uuid=None if om is None else om[1],
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


async def take(tx: Connection, organisation: UUID, besked_id: str) -> Parkeret | None:
    """One of them, and nobody else's until the transaction ends; None when it is there no more."""
    row = await SQL["take"].fetchrow(tx, organisation=organisation, besked_id=besked_id)
    return None if row is None else Parkeret(**dict(row))


def noegle(objekt: Objekt) -> str:
    """Under which a parked object is found."""
    return f"{objekt.objekttype.value}:{objekt.uuid}"

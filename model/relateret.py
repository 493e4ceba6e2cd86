"""What else is read back when a message names a unit or a user: what the read model knows to hang on it. domain.md 9.2.

Refuses to know SOAP: what the source knows beyond this is asked by `ingest`.
"""

from datetime import datetime
from typing import Final
from uuid import UUID

from fkorg.catalogue import Objekttype
from fkorg.registrering import Objekt
from model import sql
from model.pool import Connection

SQL: Final = sql.load(__file__)


async def haengende(
    tx: Connection, organisation: UUID, *, enheder: list[UUID], brugere: list[UUID], nye: list[UUID]
) -> list[Objekt]:
    """Addresses, persons and functions of these units and users, as known now; and what the objects `nye`, of any type,
    point at and is not stored. Each once."""
    if not (enheder or brugere or nye):
        return []
    rows = await SQL["haengende"].fetch(tx, organisation=organisation, enheder=enheder, brugere=brugere, nye=nye)
    return [Objekt(organisation, Objekttype(row["objekttype"]), row["uuid"]) for row in rows]


async def findes(tx: Connection, organisation: UUID, uuids: list[UUID]) -> set[UUID]:
    """Those of the uuids that are an object of ours, of whatever type."""
    return {row["uuid"] for row in await SQL["findes"].fetch(tx, organisation=organisation, uuids=uuids)}


async def aktive_funktioner_uden(
    tx: Connection, organisation: UUID, fundne: list[UUID], now: datetime
) -> tuple[list[UUID], int]:
    """Functions that are active now and not among these; and how many are active."""
    values = {"organisation": organisation, "now": now}
    rows = await SQL["aktive_funktioner_uden"].fetch(tx, **values, fundne=fundne)
    return [row["uuid"] for row in rows], await SQL["aktive_funktioner"].fetchval(tx, **values)

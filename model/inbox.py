"""Every message once, kept until its object is applied. Owns the inbox table; refuses to read a message's XML.

A reused BeskedId with another body is a message of its own: it is kept under the id and its hash. Source: ingest.md 3.
"""

import hashlib
import hmac
from collections.abc import Sequence
from datetime import datetime
from enum import Enum, auto
from typing import Final
from uuid import UUID

from fkorg.catalogue import Objekttype
from fkorg.registrering import Objekt
from model import sql
from model.pool import Connection

SQL: Final = sql.load(__file__)


class Modtaget(Enum):
    """What a message was to the inbox."""

    NY = auto()
    GENTAGET = auto()
    """The same id and the same body: seen before."""
    GENBRUGT = auto()
    """The same id with another body: processed like a new one."""


async def put(
    tx: Connection,
    objekt: Objekt,
    *,
    besked_id: str,
    kanal: str,
    reg_ns: int | None,
    body: bytes,
    secret: bytes,
    now: datetime,
) -> Modtaget:
    """Keep the message, in the transaction that marks its object dirty."""
    body_hash = hmac.digest(secret, body, hashlib.sha256)
    values = {
        "organisation": objekt.organisation,
        "kanal": kanal,
        "now": now,
        "objekttype": objekt.objekttype.value,
        "uuid": objekt.uuid,
        "reg_ns": reg_ns,
        "body": body,
        "body_hash": body_hash,
    }
    stored = await SQL["put"].fetchval(tx, besked_id=besked_id, **values)
    if stored is None:
        return Modtaget.NY
    if stored == body_hash:
        return Modtaget.GENTAGET
    stored = await SQL["put"].fetchval(tx, besked_id=f"{besked_id}#{body_hash.hex()[:16]}", **values)
    return Modtaget.GENBRUGT if stored is None else Modtaget.GENTAGET


async def anvendt(tx: Connection, organisation: UUID, objekter: Sequence[tuple[Objekttype, UUID, int]]) -> None:
    """The messages of these objects up to these registrations are in the model: their bodies go."""
    await SQL["anvendt"].execute(
        tx,
        organisation=organisation,
        uuid=[uuid for _, uuid, _ in objekter],
        reg_ns=[reg_ns for *_, reg_ns in objekter],
    )


async def prune(tx: Connection, organisation: UUID, before: datetime, *, antal: int) -> int:
    """Forget applied messages received before that, `antal` of them at most; a repeat that comes later is applied
    again, to no effect. How many went."""
    return await SQL["prune"].execute(tx, organisation=organisation, before=before, antal=antal)

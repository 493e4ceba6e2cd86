"""Which life of the change log this is: it ends when the database is restored or failed over (rules.md 30).

Owns the comparison with the server we are on and the step to a new incarnation, which asks for a comparison of
everything with the source in the same transaction: whoever leads makes it. Refuses to know positions.
"""

import logging
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from model import afstemning, sql
from model.pool import Connection

LOG: Final = logging.getLogger(__name__)
SQL: Final = sql.load(__file__)


@dataclass(frozen=True, slots=True)
class Incarnation:
    """The number of this life, the secret of the installation, and whether this call began it."""

    nummer: int
    secret: bytes
    ny: bool = False

    def __repr__(self) -> str:
        return f"Incarnation(nummer={self.nummer}, ny={self.ny})"


async def read(connection: Connection) -> Incarnation:
    """As stored; nothing is compared. For replicas and for those who may only read."""
    row = await SQL["stored"].fetchrow(connection)
    if row is None:
        raise LookupError("model_state is empty: the database is not migrated; run `orgraf migrate`")
    return Incarnation(row["incarnation"], row["secret"])


async def check(connection: Connection, now: datetime) -> Incarnation:
    """At start, in a transaction on the primary: another server or timeline than the stored one begins a new life."""
    row = await SQL["here"].fetchrow(connection)
    if row is None:
        raise LookupError("model_state is empty: the database is not migrated; run `orgraf migrate`")
    if (row["system_identifier"], row["timeline_id"]) == (row["server"], row["timeline"]):
        return Incarnation(row["incarnation"], row["secret"])
    return await begin(connection, Incarnation(row["incarnation"], row["secret"]), now)


async def begin(connection: Connection, seen: Incarnation, now: datetime) -> Incarnation:
    """A new life after `seen`: by `orgraf doctor --gendannet`, or when a position beyond the last is met.

    Of several who call with the same `seen` one begins it; `ny` is true for that one alone. Messages that came after
    what was restored are lost to us: everything is compared with the source.
    """
    number = await SQL["bump"].fetchval(connection, incarnation=seen.nummer)
    await SQL["ring"].execute(connection)
    if number is None:
        return await read(connection)
    await afstemning.forfra(connection, now)
    LOG.warning("incarnation %s of the change log begins: the database was restored, or so somebody says", number)
    return Incarnation(number, seen.secret, ny=True)

"""Which life of the change log this is: it ends when the database is restored or failed over (rules.md 30).

Owns the comparison with the server we are on and the step to a new incarnation. Refuses to know positions, and to
start the reconciliation that a new incarnation calls for: `Incarnation.ny` tells the caller to.
"""

from dataclasses import dataclass
from typing import Final

from model import sql
from model.pool import Connection

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


async def check(connection: Connection) -> Incarnation:
    """At start, in a transaction on the primary: another server or timeline than the stored one begins a new life.

    `ny` = reconcile everything now.
    """
    row = await SQL["here"].fetchrow(connection)
    if row is None:
        raise LookupError("model_state is empty: the database is not migrated; run `orgraf migrate`")
    if (row["system_identifier"], row["timeline_id"]) == (row["server"], row["timeline"]):
        return Incarnation(row["incarnation"], row["secret"])
    return await begin(connection, Incarnation(row["incarnation"], row["secret"]))


async def begin(connection: Connection, seen: Incarnation) -> Incarnation:
    """A new life after `seen`: by `orgraf doctor --gendannet`, or when a position beyond the last is met.

    Of several who call with the same `seen` one begins it; `ny` is true for that one alone.
    """
    number = await SQL["bump"].fetchval(connection, incarnation=seen.nummer)
    await SQL["ring"].execute(connection)
    if number is None:
        return await read(connection)
    return Incarnation(number, seen.secret, ny=True)

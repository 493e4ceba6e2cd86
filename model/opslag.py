"""The log of reads: which caller was shown the name or CPR number of which persons, or searched by one.

Source: rules.md 34. Owns the table `access_log`: written before an answer leaves, never changed, forgotten when it is
old. It holds no name and no CPR number. Refuses to know how persons are found in an answer, and who may read the log.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from model import sql
from model.pool import SENEST, TIDLIGST, Connection, Record

SQL: Final = sql.load(__file__)
_SIDST: Final = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Opslag:
    """One answer. `felter`: what it showed (`navn`, `cpr`, `indhold`) or searched by (`soegning`); `personer`: whose;
    `operation`: its name, of a document that the operator trusts."""

    organisation: UUID
    tidspunkt: datetime
    caller: str
    felter: Sequence[str]
    personer: Sequence[str | UUID] = ()
    operation: str | None = None


@dataclass(frozen=True, slots=True)
class Fundet:
    """One row as it was written, and its number: later ones have greater ones."""

    nr: int
    opslag: Opslag


async def skriv(connection: Connection, opslag: Iterable[Opslag]) -> None:
    """All of them, or none; they last when this returns."""
    await SQL["skriv"].executemany(
        connection,
        [
            {
                "organisation": one.organisation,
                "tidspunkt": one.tidspunkt,
                "caller": one.caller,
                "operation": one.operation,
                "felter": list(one.felter),
                "personer": list(one.personer),
            }
            for one in opslag
        ],
    )


async def om(
    connection: Connection,
    organisation: UUID,
    person: UUID,
    *,
    fra: datetime | None = None,
    til: datetime | None = None,
    foer: int | None = None,
    antal: int,
) -> list[Fundet]:
    """Who has seen a person between two moments, the latest first. `foer`: only rows with a lower number."""
    rows = await SQL["om"].fetch(
        connection,
        organisation=organisation,
        person=person,
        fra=fra or TIDLIGST,
        til=til or SENEST,
        foer=_SIDST if foer is None else foer,
        antal=antal,
    )
    return [_fundet(organisation, row, (person,)) for row in rows]


async def alle(
    connection: Connection,
    organisation: UUID,
    *,
    fra: datetime | None = None,
    til: datetime | None = None,
    efter: int = 0,
    antal: int,
) -> list[Fundet]:
    """What was read between two moments, in order. `efter`: only rows with a greater number."""
    rows = await SQL["alle"].fetch(
        connection, organisation=organisation, fra=fra or TIDLIGST, til=til or SENEST, efter=efter, antal=antal
    )
    return [_fundet(organisation, row, row["personer"]) for row in rows]


async def sorteres(connection: Connection) -> None:
    """Sort the persons of new rows into their index, so that no `skriv` has to: it would take it a third of a second.

    They are found before that too, more slowly. Cheap when there are none.
    """
    await SQL["sorteres"].execute(connection)


async def prune(tx: Connection, organisation: UUID, foraeldet: datetime, *, antal: int) -> int:
    """Forget what was read before that moment, `antal` rows at most; how many went."""
    return await SQL["prune"].execute(tx, organisation=organisation, foraeldet=foraeldet, antal=antal)


def _fundet(organisation: UUID, row: Record, personer: Sequence[UUID]) -> Fundet:
    opslag = Opslag(organisation, row["tidspunkt"], row["caller"], row["felter"], personer, row["operation"])
    return Fundet(row["id"], opslag)

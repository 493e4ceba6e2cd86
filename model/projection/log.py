"""Writing the change log: one row per change, in the applying transaction, numbered by the one leader.

Source: ingest.md 4, rules.md 28 and 29.

Refuses to know how it is read (`model/aendringslog`) and what a change is: that is said by those who call.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from fkorg.catalogue import Objekttype
from model import sql
from model.pool import Connection
from model.projection.vaern import Version

SQL: Final = sql.load(__file__)

_KOLONNER: Final = (
    "incarnation", "organisation", "objekttype", "uuid", "art", "reg_ns", "rewind", "tie", "content_hash", "felter",
    "aarsag", "anvendt_at",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Linje:
    """One change of one object."""

    objekttype: Objekttype
    uuid: UUID
    art: str
    aarsag: str
    version: Version
    felter: Sequence[str]
    content_hash: bytes | None = None


async def skriv(
    tx: Connection, organisation: UUID, linjer: Sequence[Linje], now: datetime
) -> dict[tuple[Objekttype, UUID], int]:
    """Write the changes in their order, and ring; the `seq` that each object's change got. An object comes at most
    once."""
    if not linjer:
        return {}
    rows = await SQL["skriv"].fetch(
        tx,
        organisation=organisation,
        objekttype=[linje.objekttype.value for linje in linjer],
        uuid=[linje.uuid for linje in linjer],
        art=[linje.art for linje in linjer],
        reg_ns=[linje.version.reg_ns for linje in linjer],
        rewind=[linje.version.rewind for linje in linjer],
        tie=[linje.version.tie for linje in linjer],
        content_hash=[linje.content_hash for linje in linjer],
        felter=[",".join(linje.felter) for linje in linjer],
        aarsag=[linje.aarsag for linje in linjer],
        now=now,
    )
    return {(Objekttype(row["objekttype"]), row["uuid"]): row["seq"] for row in rows}


async def kopier(tx: Connection, organisation: UUID, linjer: Sequence[Linje], now: datetime) -> None:
    """The same by COPY, for a first fill: nobody asks for the numbers."""
    incarnation = await SQL["incarnation"].fetchval(tx)
    records = [
        (
            incarnation, organisation, linje.objekttype.value, linje.uuid, linje.art, linje.version.reg_ns,
            linje.version.rewind, linje.version.tie, linje.content_hash, list(linje.felter), linje.aarsag, now,
        )
        for linje in linjer
    ]  # fmt: skip
    await tx.copy_records_to_table("aendring", records=records, columns=_KOLONNER)
    await ring(tx)


async def skriv_afledte(
    tx: Connection, organisation: UUID, afledte: Mapping[tuple[UUID, int], Sequence[str]], now: datetime
) -> None:
    """What follows for other units: (unit, seq of the cause) -> fields. Source: rules.md 29."""
    if afledte:
        await SQL["skriv_afledte"].execute(
            tx,
            organisation=organisation,
            enhed=[enhed for enhed, _ in afledte],
            afledt_af=[seq for _, seq in afledte],
            felter=[",".join(felter) for felter in afledte.values()],
            now=now,
        )


async def ring(tx: Connection) -> None:
    """At commit, wake those who follow the log. Empty, and it may be missed."""
    await SQL["ring"].execute(tx)

"""All rows made anew from the stored registrations: after a change of projection, without a call to the source.

One transaction: readers see the old rows until it commits. The change log and what is applied stay as they are. Knows
no SOAP; a registration ends the rows of the one before it as apply does.
"""

from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Uuid, bindparam, delete
from sqlalchemy.dialects.postgresql.asyncpg import dialect as asyncpg_dialect

from fkorg.catalogue import Objekttype
from fkorg.registrering import Livscyklus, from_content
from fkorg.tid import from_datetime
from model import leader, sql, tables
from model.leader import Leder
from model.pool import Connection, Pool, Record, to_time
from model.projection import Kontekst, Row, apply, foelger, log, project, soegetekst
from model.projection.raekker import KOLONNER, naeste_graense

SQL: Final = sql.load(__file__)
BATCH: Final = 2_000
_DIALECT: Final = asyncpg_dialect()  # type: ignore[no-untyped-call]  # SQLAlchemy's own gap
TOEM: Final = [
    str(delete(t).where(t.c.organisation == bindparam("organisation", type_=Uuid())).compile(dialect=_DIALECT))
    for t in (*tables.PROJEKTION, tables.soegetekst)
]


@dataclass(slots=True)
class _Portion:
    """What a batch of objects gives, until it is written."""

    raekker: dict[str, list[Row]] = field(default_factory=lambda: defaultdict(list))
    ord: list[tuple[Any, ...]] = field(default_factory=list)
    graenser: list[tuple[str, UUID, datetime | None]] = field(default_factory=list)


async def run(pool: Pool, leder: Leder, now: datetime, fortael: Callable[[int], None] = lambda antal: None) -> int:
    """Rebuild one municipality; how many objects it has. `fortael` is told the count after each batch."""
    antal = 0
    async with pool.transaction() as tx:
        await tx.execute("set local idle_in_transaction_session_timeout = 0")
        await leader.check(tx, leder)
        kontekst = await apply.kontekst_af(tx, leder.organisation)
        for statement in TOEM:
            await tx.execute(statement, leder.organisation)
        portion = _Portion()
        async for records in _objekter(tx, leder.organisation):
            _projekter(portion, records, kontekst, from_datetime(now))
            antal += 1
            if antal % BATCH == 0:
                await _skriv(tx, leder.organisation, portion)
                portion = _Portion()
                fortael(antal)
        await _skriv(tx, leder.organisation, portion)
        await foelger.genopbyg(tx, kontekst, now)
        await log.ring(tx)
    fortael(antal)
    return antal


async def _objekter(tx: Connection, organisation: UUID) -> AsyncIterator[list[Record]]:
    """The registrations of one object after another."""
    statement = SQL["registreringer"]
    held: list[Record] = []
    async for record in tx.cursor(statement.text, organisation, prefetch=BATCH):
        if held and (held[0]["objekttype"], held[0]["uuid"]) != (record["objekttype"], record["uuid"]):
            yield held
            held = []
        held.append(record)
    if held:
        yield held


def _projekter(portion: _Portion, records: list[Record], kontekst: Kontekst, now_ns: int) -> None:
    """Fold the registrations: each ends what it does not repeat; what began with it or later was never true."""
    objekttype, uuid = Objekttype(records[0]["objekttype"]), records[0]["uuid"]
    kendt: dict[tuple[str, Row], int] = {}
    for record in records:
        reg_ns: int = record["reg_ns"]
        nye = _raekker(objekttype, uuid, record, kontekst)
        for (tabel, row), fra in kendt.items():
            if (tabel, row) not in nye and fra < reg_ns:
                portion.raekker[tabel].append((*row, fra, reg_ns))
        kendt = {key: kendt.get(key, reg_ns) for key in nye}
    for (tabel, row), fra in kendt.items():
        portion.raekker[tabel].append((*row, fra, tables.KENDT_NU))
    rows = {tabel: [row for _, row in group] for tabel, group in groupby(sorted(kendt, key=_tabel), key=_tabel)}
    for felt, ord_ in soegetekst.soegeord_nu(objekttype, rows, now_ns):
        portion.ord.append((kontekst.organisation, objekttype.value, uuid, felt, ord_))
    graense = naeste_graense(rows, now_ns)
    portion.graenser.append((objekttype.value, uuid, None if graense is None else to_time(graense)))


def _tabel(key: tuple[str, Row]) -> str:
    return key[0]


def _raekker(objekttype: Objekttype, uuid: UUID, record: Record, kontekst: Kontekst) -> dict[tuple[str, Row], None]:
    livscyklus = Livscyklus(record["livscyklus"])
    if not livscyklus.levende or not record["content"]:
        return {}
    reg = from_content(record["content"], tidspunkt_ns=record["reg_ns"], livscyklus=livscyklus)
    rows = project(objekttype, uuid, reg, kontekst).rows
    return {(tabel, row): None for tabel, group in rows.items() for row in group}


async def _skriv(tx: Connection, organisation: UUID, portion: _Portion) -> None:
    for tabel, records in portion.raekker.items():
        kolonner = (*KOLONNER[tabel], "registreret_fra", "registreret_til")
        await tx.copy_records_to_table(tabel, records=records, columns=kolonner)
    if portion.ord:
        await tx.copy_records_to_table("soegetekst", records=portion.ord, columns=soegetekst.KOLONNER_SOEGT)
    if portion.graenser:
        objekttyper, uuids, graenser = zip(*portion.graenser, strict=True)
        await SQL["graenser"].execute(
            tx, organisation=organisation, objekttype=list(objekttyper), uuid=list(uuids), graense=list(graenser)
        )

"""Letting time pass: objects whose next effect boundary is behind us get their "now" made anew, and a KALENDER row.

Owns that step for a batch, in the caller's transaction. Refuses to know when it is called. Two boundaries of an object
that passed unseen are told one by one.
"""

from datetime import datetime
from typing import Final
from uuid import UUID

from fkorg.catalogue import Objekttype
from fkorg.tid import from_datetime
from model import leader, sql
from model.leader import Leder
from model.pool import Connection
from model.projection import foelger, kort, lager, log, soegetekst
from model.projection.apply import art_af, ny_rod
from model.projection.felter import aendrede
from model.projection.foelger import Skifte
from model.projection.kort import Beroert
from model.projection.log import Linje
from model.projection.raekker import Kontekst, Rows, naeste_graense
from model.projection.vaern import Version

SQL: Final = sql.load(__file__)


async def lad_gaa(tx: Connection, leder: Leder, kontekst: Kontekst, now: datetime, antal: int) -> int:
    """The next boundary of at most `antal` objects; how many there were. Raises Afloest."""
    await leader.check(tx, leder, alene=True)
    forfaldne = await SQL["forfaldne"].fetch(tx, organisation=kontekst.organisation, now=now, antal=antal)
    if not forfaldne:
        return 0
    rows = await _rows(tx, kontekst, [(Objekttype(r["objekttype"]), r["uuid"]) for r in forfaldne])
    skifter: list[Skifte] = []
    linjer: list[Linje] = []
    ord_: list[tuple[object, ...]] = []
    graenser: list[int | None] = []
    beroert = Beroert()
    for one in forfaldne:
        key = (Objekttype(one["objekttype"]), one["uuid"])
        graense_ns = from_datetime(one["naeste_graense"])
        kendt = rows.get(key, {})
        skifte = foelger.skifte(*key, kendt, graense_ns - 1000, kendt, graense_ns)
        skifter.append(skifte)
        beroert.objekt(*key, kendt)
        version = Version(one["reg_ns"], one["rewind"], one["tie"])
        linjer.append(Linje(*key, art_af(skifte), "KALENDER", version, _felter(skifte)))
        words = soegetekst.soegeord_nu(key[0], kendt, graense_ns)
        ord_ += [(kontekst.organisation, key[0].value, key[1], felt, text) for felt, text in words]
        graenser.append(naeste_graense(kendt, graense_ns))
    keys = [(skifte.objekttype, skifte.uuid) for skifte in skifter]
    await soegetekst.udskift(tx, kontekst.organisation, keys, ord_)
    await kort.opfrisk(tx, kontekst.organisation, beroert, now)
    await SQL["naeste"].execute(
        tx,
        organisation=kontekst.organisation,
        objekttype=[objekttype.value for objekttype, _ in keys],
        uuid=[uuid for _, uuid in keys],
        graense=graenser,
    )
    seq = await log.skriv(tx, kontekst.organisation, linjer, now)
    kontekst = await ny_rod(tx, kontekst, skifter, now)
    await foelger.udfoer(tx, kontekst, skifter, seq, now)
    return len(forfaldne)


async def _rows(
    tx: Connection, kontekst: Kontekst, keys: list[tuple[Objekttype, UUID]]
) -> dict[tuple[Objekttype, UUID], Rows]:
    by_type: dict[Objekttype, list[UUID]] = {}
    for objekttype, uuid in keys:
        by_type.setdefault(objekttype, []).append(uuid)
    return {
        (objekttype, uuid): lager.rows_of(kendt)
        for objekttype, uuids in by_type.items()
        for uuid, kendt in (await lager.kendte(tx, kontekst.organisation, objekttype, uuids)).items()
    }


def _felter(skifte: Skifte) -> list[str]:
    """The fields that the boundary changed: the rows before and after it, seen as if they always held."""
    return aendrede(_uden_tid(skifte.foer), _uden_tid(skifte.efter))


def _uden_tid(rows: Rows) -> Rows:
    return {tabel: [(*row[:-2], 0, 1) for row in group] for tabel, group in rows.items()}


async def foerste_graense(connection: Connection, organisation: UUID) -> datetime | None:
    """The next effect date that passes; not later than now when one has passed that is not told of yet."""
    found: datetime | None = await SQL["foerste"].fetchval(connection, organisation=organisation)
    return found

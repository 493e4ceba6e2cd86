"""Which organisation a CVR number is, and its root unit: asked of the source, then served here.

Source: domain.md 5, first row: Virksomhed.soeg, Organisation.soeg, Organisation.laes. Hits are checked.
"""

import logging
from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from fkorg.catalogue import Objekttype
from fkorg.errors import Malformed, NoAccess, NotFound, Unavailable
from fkorg.registrering import Egenskab, Lister, Objekt, Oejebliksbillede, Reference, Registrering, Relation
from fkorg.tid import from_datetime
from fkorg.virkning import ALTID
from ingest import relateret
from ingest.kilde import Kilde
from model import dirty, snapshot
from model.pool import Connection, Pool
from model.projection import Kontekst, project
from model.projection.raekker import KOLONNER, i_kraft
from model.snapshot import Anvenderkontekst

LOG: Final = logging.getLogger(__name__)
_OVERORDNET: Final = KOLONNER["organisation"].index("overordnet")
_STATUS: Final = KOLONNER["organisation"].index("status")


async def find(
    pool: Pool, kilde: Kilde, cvr: str, now: datetime, *, organisation: UUID | None = None
) -> Anvenderkontekst:
    """The municipality of the CVR, put among those served. `organisation`: known already, so not searched for.

    Raises NotFound, Malformed when several would do, Unavailable.
    """
    if organisation is None:
        organisation = await _organisation(kilde, cvr, now)
    billede = await kilde.laes(Objekttype.ORGANISATION, organisation)
    rod = None if billede.nyeste is None else _nu(billede.uuid, billede.nyeste, now)[0]
    async with pool.transaction() as tx:
        served = await snapshot.set_kontekst(tx, cvr, organisation, rod)
        if served.tilstand == "KLAR":
            await genlaes(tx, organisation, now)
        return served


async def igen(
    pool: Pool, kilde: Kilde, cvr: str, now: datetime, *, organisation: UUID | None = None
) -> Anvenderkontekst:
    """`find`; while the source is away as it was found before, so that messages are received all the same. Raises
    Unavailable and NoAccess for one that is not known."""
    try:
        return await find(pool, kilde, cvr, now, organisation=organisation)
    except (Unavailable, NoAccess) as away:
        found = await kendt(pool, cvr, now, organisation=organisation)
        if found is None:
            raise
        LOG.warning("CVR %s goes on as it was found before: %s", cvr, away)
        return found


async def kendt(pool: Pool, cvr: str, now: datetime, *, organisation: UUID | None = None) -> Anvenderkontekst | None:
    """The municipality as it was found before, when it is filled: the source need not be there for that. None when it
    is not, or is another than `organisation`."""
    async with pool.transaction() as tx:
        found = await snapshot.kontekst(tx, cvr)
        if found is None or found.tilstand != "KLAR" or organisation not in (None, found.organisation):
            return None
        await genlaes(tx, found.organisation, now)
        return found


async def genlaes(tx: Connection, organisation: UUID, now: datetime) -> None:
    """Have the Organisation read back: it sends no message, and its root unit carries the tree."""
    objekt = Objekt(organisation, Objekttype.ORGANISATION, organisation)
    await dirty.mark_many(tx, [(objekt, dirty.UANSET)], aarsag="AFSTEMNING", now=now, bundfaeldning=None)


async def _organisation(kilde: Kilde, cvr: str, now: datetime) -> UUID:
    virksomheder = await _virksomheder(kilde, cvr)
    hits: dict[UUID, None] = {}
    for virksomhed in virksomheder:
        kriterier = Lister(relationer=(Relation("Virksomhed", ALTID, Reference(str(virksomhed))),))
        hits.update(dict.fromkeys(await relateret.soeg_alle(kilde, Objekttype.ORGANISATION, kriterier)))
    found = [b for b in await _list(kilde, Objekttype.ORGANISATION, list(hits)) if _virksomhed(b) & set(virksomheder)]
    if len(found) > 1:
        found = [b for b in found if b.nyeste is not None and all(_nu(b.uuid, b.nyeste, now))]
    if not found:
        raise NotFound(f"wanted the organisation of CVR {cvr}, found none; is the service agreement in place?")
    if len(found) > 1:
        raise Malformed(f"wanted one organisation of CVR {cvr}, found {len(found)}: name one by `{cvr}=UUID`")
    return found[0].uuid


async def _virksomheder(kilde: Kilde, cvr: str) -> list[UUID]:
    """The companies of the CVR: in its own field, else in the key (domain.md 2.2)."""
    for felt in ("cvrnummer", "brugervendtnoegle"):
        kriterier = Lister(egenskaber=(Egenskab(ALTID, {felt: cvr}),))
        hits = await relateret.soeg_alle(kilde, Objekttype.VIRKSOMHED, kriterier)
        found = await _list(kilde, Objekttype.VIRKSOMHED, hits)
        ours = [b.uuid for b in found if b.nyeste and any(e.tekst(felt) == cvr for e in b.nyeste.egenskaber)]
        if ours:
            return ours
    raise NotFound(f"wanted the company of CVR {cvr}, found none; is the service agreement in place?")


async def _list(kilde: Kilde, objekttype: Objekttype, uuids: Sequence[UUID]) -> list[Oejebliksbillede]:
    found = await kilde.list(objekttype, uuids) if uuids else []
    return [b for b in found if b.nyeste is not None and b.nyeste.livscyklus.levende]


def _virksomhed(billede: Oejebliksbillede) -> set[UUID | None]:
    if billede.nyeste is None:
        return set()
    return {r.reference.uuid for r in billede.nyeste.relation("Virksomhed") if r.reference is not None}


def _nu(uuid: UUID, registrering: Registrering, now: datetime) -> tuple[UUID | None, bool]:
    """Root unit, and whether it is active, at the moment."""
    rows = project(Objekttype.ORGANISATION, uuid, registrering, Kontekst(uuid)).rows.get("organisation", [])
    for row in i_kraft(rows, from_datetime(now)):
        return row[_OVERORDNET], row[_STATUS] == "AKTIV"
    return None, False

"""Functions that the source says point at a unit or user: they send no message of their own (domain.md 9.2).

Owns the question to the source. Its answers need not match (domain.md 5): every hit is only a reason to read it back.
"""

from typing import Final
from uuid import UUID

from fkorg.catalogue import Objekttype
from fkorg.errors import FkorgError
from fkorg.registrering import Lister, Objekt, Reference, Relation
from fkorg.virkning import ALTID
from ingest.kilde import Kilde

_SIDE: Final = 500
_HOEJST: Final = 20
_RELATION: Final = {
    Objekttype.ORGANISATION_ENHED: "TilknyttedeEnheder",
    Objekttype.BRUGER: "TilknyttedeBrugere",
}
HAR_FUNKTIONER: Final = frozenset(_RELATION)
"""The types that functions point at."""


async def funktioner(kilde: Kilde, objekt: Objekt) -> list[Objekt]:
    """The functions of a unit or user, as the source finds them; none when it cannot be asked: they are read anyway
    when they are known, and polled."""
    relation = _RELATION.get(objekt.objekttype)
    if relation is None:
        return []
    kriterier = Lister(relationer=(Relation(relation, ALTID, Reference(str(objekt.uuid))),))
    try:
        uuids = await soeg_alle(kilde, Objekttype.ORGANISATION_FUNKTION, kriterier)
    except FkorgError:
        return []
    return [Objekt(objekt.organisation, Objekttype.ORGANISATION_FUNKTION, uuid) for uuid in uuids]


async def soeg_alle(kilde: Kilde, objekttype: Objekttype, kriterier: Lister, *, sider: int = _HOEJST) -> list[UUID]:
    """All hits, page by page, each once; at most `sider` pages."""
    found: dict[UUID, None] = {}
    for side in range(sider):
        hits = await kilde.soeg(objekttype, kriterier, side * _SIDE, _SIDE)
        found.update(dict.fromkeys(hits))
        if len(hits) < _SIDE:
            break
    return list(found)

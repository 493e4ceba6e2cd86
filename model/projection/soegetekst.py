"""What `soeg` looks in: the words of objects as they are now. Source: storage.md 6. Owns which fields are searched.

`felt` is the API's field name, so that a reader without the right to it can be shown nothing found by it.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from fkorg.catalogue import Objekttype
from model import sql
from model.pool import Connection, indsaet
from model.projection.raekker import HOVEDTABEL, KOLONNER, Rows, i_kraft
from model.sortering import soegeord

SQL: Final = sql.load(__file__)
KOLONNER_SOEGT: Final = ("organisation", "objekttype", "uuid", "felt", "ord")
_FELTER: Final[Mapping[Objekttype, Sequence[tuple[str, str]]]] = {
    Objekttype.ORGANISATION_ENHED: (("enhedsnavn", "enhedsnavn"), ("brugervendt_noegle", "brugervendtNoegle")),
    Objekttype.BRUGER: (("brugernavn", "brugernavn"), ("brugervendt_noegle", "brugervendtNoegle")),
    Objekttype.PERSON: (("navn", "navn"),),
    Objekttype.ADRESSE: (("adressetekst", "adresseTekst"),),
}
_STEDER: Final = {
    objekttype: [(KOLONNER[HOVEDTABEL[objekttype]].index(kolonne), felt) for kolonne, felt in felter]
    for objekttype, felter in _FELTER.items()
}


def soegeord_nu(objekttype: Objekttype, rows: Rows, now_ns: int) -> list[tuple[str, str]]:
    """(felt, ord) of what is in effect; a key that says the same as the name is not said twice."""
    steder = _STEDER.get(objekttype)
    if steder is None:
        return []
    found: dict[str, str] = {}
    for row in i_kraft(rows.get(HOVEDTABEL[objekttype], ()), now_ns):
        for place, felt in steder:
            if row[place]:
                found.setdefault(soegeord(row[place]), felt)
    return [(felt, ord_) for ord_, felt in found.items()]


async def udskift(
    tx: Connection, organisation: UUID, gamle: Sequence[tuple[Objekttype, UUID]], nye: Sequence[tuple[Any, ...]]
) -> None:
    """Forget the words of the old objects, put in the new rows (KOLONNER_SOEGT)."""
    if gamle:
        await SQL["glem"].execute(
            tx,
            organisation=organisation,
            objekttype=[objekttype.value for objekttype, _ in gamle],
            uuid=[uuid for _, uuid in gamle],
        )
    await indsaet(tx, "soegetekst", KOLONNER_SOEGT, nye)

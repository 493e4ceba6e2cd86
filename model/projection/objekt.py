"""What every object type's projection is made of: one table of pieces, and the rows of its relations.

Owns how pieces become rows. Refuses to know which columns a type has: that is said in the type's own file.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any, Final
from uuid import UUID

from fkorg.catalogue import KATALOG, Form, Objekttype
from fkorg.registrering import Egenskab, Registrering
from model.projection import relationer, stykker
from model.projection.raekker import HOVEDTABEL, KOLONNER, Kontekst, Projektion, Row
from model.sortering import sortering

_TILSTAND: Final = ("status", "status_fra", "status_til")
_INGEN_TILSTAND: Final = (None, None, None)


@dataclass(frozen=True, slots=True)
class Enkelt:
    """A column that holds one target at a time. `valg`: which, when several are in effect or none is any more."""

    kolonne: str
    relation: str
    valg: stykker.Valg = stykker.i_kraft


@dataclass(frozen=True, slots=True)
class Opskrift:
    """How an object type becomes rows; made by `opskrift`. `orden` brings what was chosen into the table's order."""

    objekttype: Objekttype
    felter: tuple[str, ...]
    enkelte: tuple[Enkelt, ...]
    tilstand: bool
    navn: int | None
    plain: frozenset[str]
    orden: Callable[[Sequence[Any]], tuple[Any, ...]]


def opskrift(
    objekttype: Objekttype, felter: Mapping[str, str], enkelte: tuple[Enkelt, ...] = (), navn: str | None = None
) -> Opskrift:
    """The recipe of a type: `felter` is column -> field of the Egenskab, the key first; `navn` the column sorted by.

    Raises TypeError when the table has other columns than these: each is said once, here or nowhere.
    """
    beskrivelse = KATALOG[objekttype]
    chosen = [*felter, *(["sortering"] if navn else []), *(_TILSTAND if beskrivelse.er_aktoer else [])]
    chosen += [enkelt.kolonne for enkelt in enkelte]
    kolonner = KOLONNER[HOVEDTABEL[objekttype]][2:-2]
    if sorted(chosen) != sorted(kolonner):
        raise TypeError(f"the columns of {objekttype} are {sorted(kolonner)}, its projection gives {sorted(chosen)}")
    own = {enkelt.relation for enkelt in enkelte} | {"TilknyttedeOpgaver"}
    return Opskrift(
        objekttype,
        tuple(felter.values()),
        enkelte,
        beskrivelse.er_aktoer,
        list(felter).index(navn) if navn else None,
        frozenset(r.navn for r in beskrivelse.relationer if r.form is Form.FLER and r.navn not in own),
        itemgetter(*(chosen.index(kolonne) for kolonne in kolonner)),
    )


def project(opskrift: Opskrift, reg: Registrering, kontekst: Kontekst, uuid: UUID) -> Projektion:
    """The rows of one object. Passiveret and Slettet have none."""
    ud = Projektion()
    if not reg.livscyklus.levende:
        return ud
    ud.add(HOVEDTABEL[opskrift.objekttype], _hoved(opskrift, reg, kontekst, uuid, ud))
    if opskrift.tilstand:
        relationer.project(opskrift.objekttype, opskrift.plain, reg, kontekst, uuid, ud)
    return ud


def _hoved(opskrift: Opskrift, reg: Registrering, kontekst: Kontekst, uuid: UUID, ud: Projektion) -> list[Row]:
    felter = opskrift.felter

    def texts(egenskab: Egenskab) -> tuple[str | None, ...]:
        return tuple([egenskab.tekst(felt) for felt in felter])

    lister = [stykker.egenskaber(reg, texts, ud)]
    valg: list[stykker.Valg] = [stykker.i_kraft]
    if opskrift.tilstand:
        lister.append(stykker.tilstande(reg, ud))
        valg.append(stykker.i_kraft)
    for enkelt in opskrift.enkelte:
        lister.append(stykker.relation(reg, enkelt.relation, ud))
        valg.append(enkelt.valg)
    return [
        (kontekst.organisation, uuid, *_kolonner(opskrift, kontekst, uuid, stykke.values), stykke.fra, stykke.til)
        for stykke in stykker.stykker(lister, valg)
    ]


def _kolonner(opskrift: Opskrift, kontekst: Kontekst, uuid: UUID, values: Sequence[Any]) -> tuple[Any, ...]:
    texts = values[0] or (None,) * len(opskrift.felter)
    chosen = list(texts)
    if opskrift.navn is not None:
        navn = texts[opskrift.navn] or texts[0]
        key = sortering(navn) if navn else str(uuid)
        chosen.append(" " + key if uuid == kontekst.rod else key)
    if opskrift.tilstand:
        chosen += values[1] or _INGEN_TILSTAND
        chosen += values[2:]
    return opskrift.orden(chosen)

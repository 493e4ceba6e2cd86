"""Functions: what they point at, and what units have by them (domain.md 2.4)."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, FromClause, Table, and_, null, or_, select

from fkorg import klassifikation
from graph.relations.parts import OBJEKTTYPE, aktiv, efter_navn, iblandt, ordet, tal
from graph.source import Fra, Sted, Vilkaar
from model.tables import bruger, funktion, opgave, organisation_enhed, tilknytning

_ENHEDER, _BRUGERE, _FUNKTIONER = "TilknyttedeEnheder", "TilknyttedeBrugere", "TilknyttedeFunktioner"


def enheder(sted: Sted) -> Fra:
    """The units of the function above."""
    return _tilknyttede(sted, _ENHEDER, organisation_enhed)


def brugere(sted: Sted) -> Fra:
    """The users of the function above."""
    return _tilknyttede(sted, _BRUGERE, bruger)


def enhed(sted: Sted) -> Fra:
    """The one unit of the function above; where dirty data has several, the first that exists."""
    e, kilder, hvor = _enheden(sted, sted[funktion].c.uuid)
    return Fra({organisation_enhed: e}, hvor, kilder, orden=[e.c.uuid], forste=True)


def enhedens(sted: Sted) -> Fra:
    """All functions that point at the unit above."""
    f = sted.ny(funktion)
    hvor = [f.c.uuid.in_(_peger_paa(sted, sted[organisation_enhed].c.uuid)), sted.gaelder(f)]
    if "type" in sted.form:
        hvor.append(iblandt(f.c.funktionstype, sted.bind("type")))
    return Fra({funktion: f}, hvor, sortering=efter_navn(f))


def henvendelsessteder(sted: Sted) -> Fra:
    """The contact places that the unit above points at, once per task; a function that is missing may be one."""
    t, hvor = tilknyttet(sted, organisation_enhed, sted[organisation_enhed].c.uuid, _FUNKTIONER)
    maal = select(t.c.maal).where(*hvor).distinct().correlate_except(t).subquery(sted.navn())
    f = sted.ny(funktion)
    kilde = maal.outerjoin(f, and_(f.c.uuid == maal.c.maal, sted.gaelder(f)))
    er_en = and_(f.c.funktionstype == sted.konstant(klassifikation.HENVENDELSESSTED), aktiv(f))
    return _henvendelsessteder(sted, f, kilde, [or_(f.c.uuid.is_(null()), er_en)])


def henvendelsessted_for(sted: Sted) -> Fra:
    """The contact places that point at the unit above, once per task."""
    f = sted.ny(funktion)
    peger = f.c.uuid.in_(_peger_paa(sted, sted[organisation_enhed].c.uuid))
    return _henvendelsessteder(sted, f, f, [peger, *_er(sted, f, klassifikation.HENVENDELSESSTED)])


def udbetalende_enhed(sted: Sted) -> Fra:
    """The unit that makes the payments of the unit above."""
    f = sted.ny(funktion)
    t, hvor = tilknyttet(sted, organisation_enhed, sted[organisation_enhed].c.uuid, _FUNKTIONER)
    e, kilder, mere = _enheden(sted, f.c.uuid)
    hvor += [f.c.uuid == t.c.maal, *_er(sted, f, klassifikation.UDBETALENDE_ENHED), *mere]
    orden = [f.c.sortering, f.c.uuid, e.c.uuid]
    return Fra({organisation_enhed: e}, hvor, (t, f, *kilder), orden=orden, forste=True)


def tilknyttet(sted: Sted, ejer: Table, uuid: ColumnElement[Any], relation: str) -> tuple[FromClause, list[Vilkaar]]:
    """The entries of a plain relation of many of one object."""
    t = sted.ny(tilknytning)
    hvor = [sted.gaelder(t), t.c.ejer == uuid, t.c.relation == ordet(relation), t.c.ejertype == ordet(OBJEKTTYPE[ejer])]
    return t, hvor


def _er(sted: Sted, f: FromClause, funktionstype: UUID) -> list[Vilkaar]:
    """An active function of that type."""
    return [sted.gaelder(f), f.c.funktionstype == sted.konstant(funktionstype), aktiv(f)]


def _peger_paa(sted: Sted, enhed: ColumnElement[Any]) -> Any:
    """The functions that point at a unit."""
    t = sted.ny(tilknytning)
    hvor = [sted.gaelder(t), t.c.maal == enhed, t.c.relation == ordet(_ENHEDER)]
    hvor.append(t.c.ejertype == ordet(OBJEKTTYPE[funktion]))
    return select(t.c.ejer).select_from(t).where(*hvor).correlate_except(t)


def _enheden(sted: Sted, funktion_: ColumnElement[Any]) -> tuple[FromClause, tuple[FromClause, ...], list[Vilkaar]]:
    """The units of a function that exist."""
    t, hvor = tilknyttet(sted, funktion, funktion_, _ENHEDER)
    e = sted.ny(organisation_enhed)
    return e, (t, e), [*hvor, e.c.uuid == t.c.maal, sted.gaelder(e)]


def _henvendelsessteder(sted: Sted, f: FromClause, kilde: FromClause, hvilke: list[Vilkaar]) -> Fra:
    """One per function and task; without a unit to go to it is none."""
    o = sted.ny(opgave)
    med_opgave = and_(o.c.ejer == f.c.uuid, o.c.ejertype == ordet(OBJEKTTYPE[funktion]), sted.gaelder(o))
    _, kilder, hvor = _enheden(sted, f.c.uuid)
    return Fra(
        {funktion: f, opgave: o},
        hvilke,
        (kilde.outerjoin(o, med_opgave),),
        orden=[f.c.sortering, f.c.uuid, o.c.indeks, o.c.klasse],
        findes=select(tal(1)).select_from(*kilder).where(*hvor).correlate_except(*kilder).exists(),
    )


def _tilknyttede(sted: Sted, relation: str, tabel: Table) -> Fra:
    """What a function points at, each once."""
    t, hvor = tilknyttet(sted, funktion, sted[funktion].c.uuid, relation)
    maal = select(t.c.maal).where(*hvor).distinct().correlate_except(t).subquery(sted.navn())
    x = sted.ny(tabel)
    return Fra(
        {tabel: x},
        [],
        (maal.outerjoin(x, and_(x.c.uuid == maal.c.maal, sted.gaelder(x))),),
        orden=[x.c.sortering, maal.c.maal],
        findes=x.c.uuid.is_not(null()),
    )

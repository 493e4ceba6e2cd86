"""Tasks and IT systems of units and functions."""

from typing import Any

from sqlalchemy import ColumnElement, FromClause, and_, any_, null, or_, select, union

from fkorg import klassifikation
from graph.relations.parts import OBJEKTTYPE, aktiv, efter_navn, iblandt, objekttype, ordet, tal
from graph.source import Fra, Sted, Vilkaar
from model.tables import funktion, it_system, klasse, organisation_enhed, tilknytning
from model.tables import opgave as opgave_

_ITSYSTEMER, _ENHEDER = "TilknyttedeItSystemer", "TilknyttedeEnheder"


def opgaver(sted: Sted) -> Fra:
    """The tasks of the object above, by index."""
    o = sted.ny(opgave_)
    hvor = [sted.gaelder(o), o.c.ejer == sted[sted.basis].c.uuid, o.c.ejertype == objekttype(sted)]
    return Fra({opgave_: o}, hvor, orden=[o.c.indeks, o.c.klasse, o.c.rolle.nulls_first()])


def med_opgave(sted: Sted, enhed: FromClause) -> Vilkaar:
    """The unit has a task that the filter `opgaver` names: numbers, starts of numbers, or any (`*`)."""
    o, k = sted.ny(opgave_), sted.ny(klasse)
    hvor = [sted.gaelder(o), o.c.ejer == enhed.c.uuid, o.c.ejertype == ordet(OBJEKTTYPE[organisation_enhed])]
    if "opgaver.rolle" in sted.form:
        hvor.append(o.c.rolle == sted.bind("opgaver.rolle"))
    numre: list[Vilkaar] = []
    if "opgaver.alle" in sted.form:
        numre.append(k.c.nummer.is_not(null()))
    if "opgaver.numre" in sted.form:
        numre.append(iblandt(k.c.nummer, sted.bind("opgaver.numre")))
    if "opgaver.begyndelser" in sted.form:
        numre.append(k.c.nummer.op("~~")(any_(sted.bind("opgaver.begyndelser"))))
    hvor += [k.c.uuid == o.c.klasse, or_(*numre)]
    return select(tal(1)).select_from(o, k).where(*hvor).correlate_except(o, k).exists()


def it_systemer(sted: Sted) -> Fra:
    """The IT systems of the object above: its own, and of a unit those that old Systemrolle functions give it."""
    i = sted.ny(it_system)
    maal = _systemer(sted, sted[sted.basis].c.uuid).subquery(sted.navn())
    return Fra(
        {it_system: i},
        [],
        (maal.outerjoin(i, and_(i.c.uuid == maal.c.maal, sted.gaelder(i))),),
        orden=[i.c.sortering, maal.c.maal],
        findes=i.c.uuid.is_not(null()),
    )


def bruger_et_af(sted: Sted, enhed: FromClause, systemer: ColumnElement[Any]) -> Vilkaar:
    """The unit uses one of these IT systems."""
    maal = _systemer(sted, enhed.c.uuid, organisation_enhed).subquery(sted.navn())
    valg = select(tal(1)).select_from(maal).where(iblandt(maal.c.maal, systemer))
    return valg.correlate_except(maal).exists()


def enheder_med_it_system(sted: Sted) -> Fra:
    """The units that use the IT system above."""
    e, t = sted.ny(organisation_enhed), sted.ny(tilknytning)
    hvor = [sted.gaelder(t), t.c.maal == sted[it_system].c.uuid, t.c.relation == ordet(_ITSYSTEMER)]
    egne = select(t.c.ejer).where(*hvor, t.c.ejertype == ordet(OBJEKTTYPE[organisation_enhed])).correlate_except(t)
    f, ft, fe = sted.ny(funktion), sted.ny(tilknytning), sted.ny(tilknytning)
    gamle = _systemrolle(sted, f, ft, fe, ft.c.maal == sted[it_system].c.uuid)
    fra_funktion = select(fe.c.maal).where(*gamle).correlate_except(f, ft, fe)
    hvor = [or_(e.c.uuid.in_(egne), e.c.uuid.in_(fra_funktion)), sted.gaelder(e)]
    return Fra({organisation_enhed: e}, hvor, sortering=efter_navn(e))


def _systemer(sted: Sted, ejer: ColumnElement[Any], basis: Any = None) -> Any:
    basis = sted.basis if basis is None else basis
    t = sted.ny(tilknytning)
    hvor = [sted.gaelder(t), t.c.ejer == ejer, t.c.relation == ordet(_ITSYSTEMER)]
    egne = select(t.c.maal).where(*hvor, t.c.ejertype == ordet(OBJEKTTYPE[basis])).correlate_except(t)
    if basis is not organisation_enhed:
        return egne.distinct()
    f, ft, fe = sted.ny(funktion), sted.ny(tilknytning), sted.ny(tilknytning)
    return union(
        egne, select(ft.c.maal).where(*_systemrolle(sted, f, ft, fe, fe.c.maal == ejer)).correlate_except(f, ft, fe)
    )


def _systemrolle(sted: Sted, f: FromClause, system: FromClause, enhed: FromClause, hvem: Vilkaar) -> list[Vilkaar]:
    """Active functions of the obsolete type Systemrolle, with their IT systems and units (domain.md 2.4)."""
    hvor = [sted.gaelder(f), f.c.funktionstype == sted.konstant(klassifikation.SYSTEMROLLE), aktiv(f), hvem]
    for t, relation in ((system, _ITSYSTEMER), (enhed, _ENHEDER)):
        hvor += [sted.gaelder(t), t.c.ejer == f.c.uuid, t.c.relation == ordet(relation)]
        hvor.append(t.c.ejertype == ordet(OBJEKTTYPE[funktion]))
    return hvor

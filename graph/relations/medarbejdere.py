"""Whose effective manager a user is: the way down, the reverse of graph/relations/ledere.

From each unit whose effective manager the user is, the walk goes down the tree. Below a unit that has managers of its
own, only they remain (they are given the level above), which `kraever` carries along.
"""

from typing import Any

from sqlalchemy import CTE, ColumnElement, FromClause, cast, not_, null, or_, select, true
from sqlalchemy import func as fn
from sqlalchemy.types import Uuid

from graph.relations.enheder import et_trin_ned, i_traeet
from graph.relations.ledere import er_leder, findes_leder, forste_leder, leder
from graph.relations.medlemskaber import er_ansaettelse
from graph.relations.parts import efter_navn, tal
from graph.source import Fra, Sted
from model.tables import bruger, medlemskab, organisation_enhed


def medarbejdere(sted: Sted) -> Fra:
    """Everyone whose effective manager the user above is; with all levels also theirs, and so on."""
    chef, b = sted[bruger].c.uuid, sted.ny(bruger)
    fundne = _alle(sted, chef) if sted.form.get("alleNiveauer") else _direkte(sted, chef)
    hvor = [b.c.uuid.in_(fundne), b.c.uuid != chef, sted.gaelder(b)]
    return Fra({bruger: b}, hvor, sortering=efter_navn(b))


def _alle(sted: Sted, chef: ColumnElement[Any]) -> Any:
    """Level after level; a circle of managers ends by itself, since no user is found twice."""
    forste = _direkte(sted, chef).lateral(sted.navn())
    u = select(forste.c.bruger).correlate_except(forste).cte(sted.navn(), recursive=True, nesting=True)
    naeste = _direkte(sted, u.c.bruger).lateral(sted.navn())
    m = sted.ny(medlemskab)  # few are managers: ask that first
    leder_ = select(tal(1)).select_from(m).where(sted.gaelder(m), m.c.bruger == u.c.bruger, er_leder(sted, m))
    videre = select(naeste.c.bruger).select_from(u.join(naeste, leder_.correlate_except(m).exists()))
    u = u.union(videre.correlate_except(u, naeste))
    return select(u.c.bruger).correlate_except(u)


def _direkte(sted: Sted, chef: ColumnElement[Any]) -> Any:
    """Those employed where the walk comes, who are not managers of the unit that it came from."""
    r, m = _nedad(sted, chef), sted.ny(medlemskab)
    hvor = [sted.gaelder(m), er_ansaettelse(sted, m), or_(r.c.kraever.is_(null()), r.c.kraever == m.c.bruger)]
    hvor.append(not_(findes_leder(sted, r.c.rod, m.c.bruger)))
    return select(m.c.bruger).select_from(r.join(m, m.c.enhed == r.c.uuid)).where(*hvor).correlate_except(r, m)


def _nedad(sted: Sted, chef: ColumnElement[Any]) -> CTE:
    """(rod, uuid, kraever): units from those that `chef` manages downwards, and who alone still counts there."""
    e, m, under = sted.ny(organisation_enhed), sted.ny(medlemskab), sted.ny(organisation_enhed)
    ledet = select(m.c.enhed).where(sted.gaelder(m), m.c.bruger == chef, er_leder(sted, m)).correlate_except(m)
    start = select(
        e.c.uuid.label("rod"),
        e.c.uuid,
        cast(null(), Uuid).label("kraever"),
        tal(0).label("niveau"),
        i_traeet(sted, e.c.uuid).label("i_traeet"),
    ).where(e.c.uuid.in_(ledet), sted.gaelder(e), forste_leder(sted, e.c.uuid) == chef)
    r = start.correlate_except(e).cte(sted.navn(), recursive=True, nesting=True)
    egen = _egne_ledere(sted, under)
    videre = select(r.c.rod, under.c.uuid, fn.coalesce(egen.c.bruger, r.c.kraever), r.c.niveau + tal(1), r.c.i_traeet)
    videre = videre.select_from(r.join(under, true()).outerjoin(egen, true()))
    passer = or_(egen.c.bruger.is_(null()), r.c.kraever.is_(null()), egen.c.bruger == r.c.kraever)
    hvor = [r.c.i_traeet, *et_trin_ned(sted, r, under), passer]
    return r.union_all(videre.where(*hvor).correlate_except(r, under, egen))


def _egne_ledere(sted: Sted, enhed: FromClause) -> Any:
    """The managers of a unit, each once."""
    m, b = sted.ny(medlemskab), sted.ny(bruger)
    valg = select(m.c.bruger).select_from(m, b).where(*leder(sted, m, b, enhed.c.uuid))
    return valg.distinct().correlate_except(m, b).lateral(sted.navn())

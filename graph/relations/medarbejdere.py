"""Whose effective manager a user is: the way down, the reverse of graph/relations/ledere.

From each unit whose effective manager the user is, the walk goes down. Below a unit that has managers of its own,
only they remain (they are given the level above), which `kraever` carries along.
"""

from typing import Any

from sqlalchemy import CTE, ColumnElement, and_, cast, not_, null, or_, select, true
from sqlalchemy import func as fn
from sqlalchemy.types import Uuid

from graph.relations.enheder import i_traeet
from graph.relations.ledere import er_leder, findes_leder, forste_leder, leder
from graph.relations.medlemskaber import er_ansaettelse
from graph.relations.parts import DYBEST, aktiv, efter_navn, tal
from graph.source import Fra, Sted
from model.tables import bruger, medlemskab, organisation_enhed


def medarbejdere(sted: Sted) -> Fra:
    """Everyone whose effective manager the user above is; on request everyone further down too."""
    chef = sted[bruger]
    r = _nedad(sted, chef.c.uuid, bool(sted.form.get("alleNiveauer")))
    b, m = sted.ny(bruger), sted.ny(medlemskab)
    ansatte = (
        select(m.c.bruger)
        .select_from(r.join(m, m.c.enhed == r.c.uuid))
        .where(
            sted.gaelder(m),
            er_ansaettelse(sted, m),
            or_(r.c.kraever.is_(null()), r.c.kraever == m.c.bruger),
            not_(findes_leder(sted, r.c.rod, m.c.bruger)),
        )
        .correlate_except(r, m)
    )
    hvor = [aktiv(chef), b.c.uuid.in_(ansatte), b.c.uuid != chef.c.uuid, sted.gaelder(b), aktiv(b)]
    return Fra({bruger: b}, hvor, sortering=efter_navn(b))


def _nedad(sted: Sted, chef: ColumnElement[Any], alle: bool) -> CTE:
    """(rod, uuid, kraever): units below those that `chef` manages, and who alone still counts there."""
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
    trin = and_(under.c.overordnet == r.c.uuid, sted.gaelder(under))
    hvor = [r.c.i_traeet, r.c.niveau < tal(DYBEST)]
    if alle:
        videre = select(r.c.rod, under.c.uuid, r.c.kraever, r.c.niveau + tal(1), r.c.i_traeet)
        return r.union_all(videre.select_from(r.join(under, trin)).where(*hvor).correlate_except(r, under))
    lm, lb = sted.ny(medlemskab), sted.ny(bruger)
    egne = select(lm.c.bruger).select_from(lm, lb).where(*leder(sted, lm, lb, under.c.uuid))
    leder_her = egne.distinct().correlate_except(lm, lb).lateral(sted.navn())
    videre = select(
        r.c.rod, under.c.uuid, fn.coalesce(leder_her.c.bruger, r.c.kraever), r.c.niveau + tal(1), r.c.i_traeet
    ).select_from(r.join(under, trin).outerjoin(leder_her, true()))
    hvor.append(or_(leder_her.c.bruger.is_(null()), r.c.kraever.is_(null()), leder_her.c.bruger == r.c.kraever))
    return r.union_all(videre.where(*hvor).correlate_except(r, under, leder_her))

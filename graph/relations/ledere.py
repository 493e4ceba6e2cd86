"""Managers: memberships of type Lederrolle whose user exists and is Aktiv (domain.md 5, rules.md 17).

A walk climbs unit by unit. It ends at the root, and does not climb at all from a unit outside the tree: such a unit
has its own managers only (rules.md 15). A user who manages a unit, alone or with others, is passed by there.
"""

from typing import Any, Final

from sqlalchemy import (
    CTE,
    ColumnElement,
    FromClause,
    Integer,
    MetaData,
    Table,
    and_,
    case,
    literal_column,
    not_,
    null,
    select,
    true,
)
from sqlalchemy import Column as _Column
from sqlalchemy import func as fn
from sqlalchemy.dialects.postgresql import ARRAY, array
from sqlalchemy.types import Uuid

from fkorg import klassifikation
from graph.relations.enheder import i_traeet, rod_uuid
from graph.relations.medlemskaber import er_ansaettelse, orden
from graph.relations.parts import DYBEST, aktiv, iblandt, tal
from graph.source import Fra, Sted, Vilkaar
from model.tables import bruger, medlemskab, organisation_enhed

NIVEAU: Final = Table("niveau", MetaData(), _Column("niveau", Integer))
"""No table: the place in a row where the distance stands at which a manager was found."""
_MEDLEMSKAB: Final = ("uuid", "bruger", "enhed", "funktionstype", "titel", "brugervendt_noegle", "start", "slut")


def afstand(sted: Sted) -> ColumnElement[Any]:
    """How far up the manager was found."""
    niveau: ColumnElement[Any] = sted[NIVEAU].c.niveau
    return niveau


def nedarvet(sted: Sted) -> ColumnElement[Any]:
    """Found above the unit itself."""
    return (sted[NIVEAU].c.niveau > tal(0)).self_group()


def enhedens(sted: Sted) -> Fra:
    """The unit's own managers."""
    m, b = sted.ny(medlemskab), sted.ny(bruger)
    hvor = leder(sted, m, b, sted[organisation_enhed].c.uuid)
    return Fra({medlemskab: m, bruger: b}, hvor, orden=orden(m))


def effektiv(sted: Sted) -> Fra:
    """The nearest manager of the unit above."""
    enhed = sted[organisation_enhed].c.uuid
    r = _klatring(sted, enhed, None, sted.i_traeet)
    m, b = sted.ny(medlemskab), sted.ny(bruger)
    hvor = [r.c.fundet, *leder(sted, m, b, r.c.uuid)]
    return Fra({medlemskab: m, bruger: b, NIVEAU: r}, hvor, (r, m, b), orden=orden(m), forste=True)


def brugerens(sted: Sted) -> Fra:
    """The effective manager of each current employment of the user above, each manager once, by employment."""
    selv, a, m, b = sted[bruger].c.uuid, sted.ny(medlemskab), sted.ny(medlemskab), sted.ny(bruger)
    r = _klatring(sted, a.c.enhed, selv, False)
    naermeste = (
        select(*(m.c[k] for k in _MEDLEMSKAB), r.c.niveau)
        .select_from(r, m, b)
        .where(r.c.fundet, *leder(sted, m, b, r.c.uuid))
        .order_by(*orden(m))
        .limit(tal(1))
        .correlate_except(r, m, b)
        .lateral(sted.navn())
    )
    hver = (
        select(*naermeste.c, a.c.start.label("a_start"), a.c.uuid.label("a_uuid"))
        .select_from(a.join(naermeste, true()))
        .where(a.c.bruger == selv, sted.gaelder(a), er_ansaettelse(sted, a))
        .distinct(naermeste.c.bruger)
        .order_by(naermeste.c.bruger, fn.coalesce(a.c.start, literal_column("'-infinity'::timestamptz")), a.c.uuid)
        .correlate_except(a, naermeste)
        .subquery(sted.navn())
    )
    lb = sted.ny(bruger)
    start = fn.coalesce(hver.c.a_start, literal_column("'-infinity'::timestamptz"))
    return Fra(
        {medlemskab: hver, bruger: lb, NIVEAU: hver},
        [lb.c.uuid == hver.c.bruger, sted.gaelder(lb)],
        (hver, lb),
        orden=[start, hver.c.a_uuid],
    )


def kaede(sted: Sted) -> Fra:
    """Manager, manager's manager, to the top: level by level from the unit of the primary employment."""
    r = _kaede(sted, sted[bruger].c.uuid)
    m, b = sted.ny(medlemskab), sted.ny(bruger)
    hvor = [m.c.uuid == r.c.funktion, m.c.bruger == r.c.valgt, sted.gaelder(m)]
    hvor += [b.c.uuid == r.c.valgt, sted.gaelder(b)]
    return Fra({medlemskab: m, bruger: b, NIVEAU: r}, hvor, (r, m, b), orden=[r.c.niveau])


def leder_af(sted: Sted) -> Fra:
    """The units that the user above manages."""
    b, e, m = sted[bruger], sted.ny(organisation_enhed), sted.ny(medlemskab)
    hvor = [sted.gaelder(m), m.c.bruger == b.c.uuid, er_leder(sted, m)]
    ledet = select(m.c.enhed).select_from(m).where(*hvor).correlate_except(m)
    return Fra(
        {organisation_enhed: e}, [aktiv(b), e.c.uuid.in_(ledet), sted.gaelder(e)], orden=[e.c.sortering, e.c.uuid]
    )


def er_leder(sted: Sted, m: FromClause) -> Vilkaar:
    """The membership is of type Lederrolle."""
    vilkaar: Vilkaar = m.c.funktionstype == sted.konstant(klassifikation.LEDERROLLE)
    return vilkaar


def leder(sted: Sted, m: FromClause, b: FromClause, enhed: ColumnElement[Any]) -> list[Vilkaar]:
    """`m` and `b` are a managing membership of the unit and its user, who counts."""
    return [m.c.enhed == enhed, sted.gaelder(m), er_leder(sted, m), b.c.uuid == m.c.bruger, sted.gaelder(b), aktiv(b)]


def findes_leder(sted: Sted, enhed: ColumnElement[Any], hvem: ColumnElement[Any] | None = None) -> Vilkaar:
    """The unit has a manager; `hvem`: this user is one."""
    m, b = sted.ny(medlemskab), sted.ny(bruger)
    hvor = leder(sted, m, b, enhed)
    if hvem is not None:
        hvor.append(m.c.bruger == hvem)
    return select(tal(1)).select_from(m, b).where(*hvor).correlate_except(m, b).exists()


def forste_leder(sted: Sted, enhed: ColumnElement[Any]) -> ColumnElement[Any]:
    """The user who is the unit's effective manager on its own level."""
    m, b = sted.ny(medlemskab), sted.ny(bruger)
    valg = select(m.c.bruger).select_from(m, b).where(*leder(sted, m, b, enhed))
    return valg.order_by(*orden(m)).limit(tal(1)).correlate_except(m, b).scalar_subquery()


def _klatring(sted: Sted, enhed: ColumnElement[Any], uden: ColumnElement[Any] | None, kendt_i_traeet: bool) -> CTE:
    """Units upwards from one, ending at the first that has a manager (`fundet`), passing those that `uden` manages."""

    def fundet(e: FromClause) -> Vilkaar:
        har = findes_leder(sted, e.c.uuid)
        return har if uden is None else and_(har, not_(findes_leder(sted, e.c.uuid, uden)))

    e, op = sted.ny(organisation_enhed), sted.ny(organisation_enhed)
    start = select(e.c.uuid, e.c.overordnet, tal(0).label("niveau"), fundet(e).label("fundet"))
    start = start.where(e.c.uuid == enhed, sted.gaelder(e)).correlate_except(e)
    r = start.cte(sted.navn(), recursive=True, nesting=True)
    videre = select(op.c.uuid, op.c.overordnet, r.c.niveau + tal(1), fundet(op))
    videre = videre.where(*_et_trin_op(sted, r, op, enhed, kendt_i_traeet), not_(r.c.fundet))
    return r.union_all(videre.correlate_except(op, r))


def _et_trin_op(
    sted: Sted, r: FromClause, op: FromClause, enhed: ColumnElement[Any], kendt_i_traeet: bool
) -> list[Vilkaar]:
    hvor = [op.c.uuid == r.c.overordnet, sted.gaelder(op), r.c.niveau < tal(DYBEST), r.c.uuid != rod_uuid(sted)]
    if not kendt_i_traeet:
        hvor.append(i_traeet(sted, enhed))
    return hvor


def _kaede(sted: Sted, selv: ColumnElement[Any]) -> CTE:
    """Units upwards from the primary employment; on each the manager that is new there (`valgt`, by `funktion`).

    `sidste` is whoever was found last: where he manages the unit too, it is passed by. `sete` are all found so far.
    """
    a = sted.ny(medlemskab)
    primaer = select(a.c.enhed).where(a.c.bruger == selv, sted.gaelder(a), er_ansaettelse(sted, a))
    enhed = primaer.order_by(*orden(a)).limit(tal(1)).correlate_except(a).scalar_subquery()

    e, op = sted.ny(organisation_enhed), sted.ny(organisation_enhed)
    v = _ny_leder(sted, e.c.uuid, selv)
    start = select(
        e.c.uuid,
        e.c.overordnet,
        tal(0).label("niveau"),
        v.c.uuid.label("funktion"),
        v.c.bruger.label("valgt"),
        fn.coalesce(v.c.bruger, selv).label("sidste"),
        fn.array_remove(_liste(selv, v.c.bruger), null()).label("sete"),
    ).select_from(e.outerjoin(v, true()))
    start = start.where(e.c.uuid == enhed, sted.gaelder(e)).correlate_except(e, v)
    r = start.cte(sted.navn(), recursive=True, nesting=True)

    w = _ny_leder(sted, op.c.uuid, r.c.sidste)
    ny = case((iblandt(w.c.bruger, r.c.sete), null()), else_=w.c.bruger)
    videre = select(
        op.c.uuid,
        op.c.overordnet,
        r.c.niveau + tal(1),
        w.c.uuid,
        ny,
        fn.coalesce(ny, r.c.sidste),
        fn.array_remove(fn.array_append(r.c.sete, w.c.bruger), null()),
    ).select_from(r.join(op, op.c.uuid == r.c.overordnet).outerjoin(w, true()))
    b = sted.ny(medlemskab)
    samme = select(b.c.enhed).where(b.c.bruger == selv, sted.gaelder(b), er_ansaettelse(sted, b))
    igen = samme.order_by(*orden(b)).limit(tal(1)).correlate_except(b).scalar_subquery()
    videre = videre.where(*_et_trin_op(sted, r, op, igen, False)).correlate_except(op, r, w)
    return r.union_all(videre)


def _ny_leder(sted: Sted, enhed: ColumnElement[Any], sidste: ColumnElement[Any]) -> Any:
    """The unit's first manager, unless the one found last manages it too."""
    m, b = sted.ny(medlemskab), sted.ny(bruger)
    valg = select(m.c.uuid, m.c.bruger).select_from(m, b)
    valg = valg.where(*leder(sted, m, b, enhed), not_(findes_leder(sted, enhed, sidste)))
    return valg.order_by(*orden(m)).limit(tal(1)).correlate_except(m, b).lateral(sted.navn())


def _liste(*uuider: ColumnElement[Any]) -> ColumnElement[Any]:
    return array(list(uuider), type_=ARRAY(Uuid()))

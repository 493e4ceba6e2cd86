"""Managers: memberships of type Lederrolle whose user exists and is Aktiv (domain.md 5, rules.md 17).

A walk climbs unit by unit. It ends at the root, and does not climb at all from a unit outside the tree: such a unit
has its own managers only (rules.md 15). A user who manages a unit, alone or with others, is passed by there.
"""

from typing import Any, Final

from sqlalchemy import CTE, ColumnElement, FromClause, Integer, MetaData, Table, and_, not_, select, true
from sqlalchemy import Column as _Column
from sqlalchemy.dialects.postgresql import distinct_on

from fkorg import klassifikation
from graph.relations.enheder import et_trin_op, i_traeet
from graph.relations.medlemskaber import er_ansaettelse, orden
from graph.relations.parts import aktiv, fra_tid, navneorden, tal
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
    fundet = _forst(sted, m, (r, m, b), [r.c.fundet, *leder(sted, m, b, r.c.uuid)], r.c.niveau)
    ansat = [a.c.bruger == selv, sted.gaelder(a), er_ansaettelse(sted, a)]
    return _hver_for_sig(sted, a, fundet, ansat, (fra_tid(a.c.start), a.c.uuid))


def kaede(sted: Sted) -> Fra:
    """Manager, manager's manager, to the top: level by level up from the unit of the primary employment."""
    selv, m, b = sted[bruger].c.uuid, sted.ny(medlemskab), sted.ny(bruger)
    r = _niveauer(sted, _primaer_enhed(sted, selv), _primaer_enhed(sted, selv))
    hvor = [*leder(sted, m, b, r.c.uuid), not_(findes_leder(sted, r.c.uuid, selv))]
    return _hver_for_sig(sted, r, _forst(sted, m, (m, b), hvor, r.c.niveau), [], (r.c.niveau, r.c.uuid))


def leder_af(sted: Sted) -> Fra:
    """The units that the user above manages."""
    b, e, m = sted[bruger], sted.ny(organisation_enhed), sted.ny(medlemskab)
    hvor = [sted.gaelder(m), m.c.bruger == b.c.uuid, er_leder(sted, m)]
    ledet = select(m.c.enhed).select_from(m).where(*hvor).correlate_except(m)
    return Fra({organisation_enhed: e}, [aktiv(b), e.c.uuid.in_(ledet), sted.gaelder(e)], orden=navneorden(e))


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
    hvor = [*et_trin_op(sted, r, op), not_(r.c.fundet)]
    if not kendt_i_traeet:
        hvor.append(i_traeet(sted, enhed))
    return r.union_all(videre.where(*hvor).correlate_except(op, r))


def _niveauer(sted: Sted, enhed: ColumnElement[Any], samme: ColumnElement[Any]) -> CTE:
    """The units whose managers count for one, itself first; `samme` is the same unit as an expression of its own."""
    e, op = sted.ny(organisation_enhed), sted.ny(organisation_enhed)
    start = select(e.c.uuid, e.c.overordnet, tal(0).label("niveau")).where(e.c.uuid == enhed, sted.gaelder(e))
    r = start.correlate_except(e).cte(sted.navn(), recursive=True, nesting=True)
    videre = select(op.c.uuid, op.c.overordnet, r.c.niveau + tal(1))
    return r.union_all(videre.where(*et_trin_op(sted, r, op), i_traeet(sted, samme)).correlate_except(op, r))


def _primaer_enhed(sted: Sted, selv: ColumnElement[Any]) -> ColumnElement[Any]:
    """The unit of the user's primary employment (rules.md 17)."""
    a = sted.ny(medlemskab)
    valg = select(a.c.enhed).where(a.c.bruger == selv, sted.gaelder(a), er_ansaettelse(sted, a))
    return valg.order_by(*orden(a)).limit(tal(1)).correlate_except(a).scalar_subquery()


def _forst(
    sted: Sted, m: FromClause, fra: tuple[FromClause, ...], hvor: list[Vilkaar], niveau: ColumnElement[Any]
) -> Any:
    """The first of some memberships, with the level it was found at."""
    valg = select(*(m.c[k] for k in _MEDLEMSKAB), niveau.label("niveau")).select_from(*fra).where(*hvor)
    return valg.order_by(*orden(m)).limit(tal(1)).correlate_except(*fra).lateral(sted.navn())


def _hver_for_sig(
    sted: Sted, udgang: FromClause, fundet: Any, hvor: list[Vilkaar], raekkefoelge: tuple[ColumnElement[Any], ...]
) -> Fra:
    """From each starting point what was found there; each manager once, at the first."""
    foerst, saa = raekkefoelge
    hver = (
        select(*fundet.c, foerst.label("foerst"), saa.label("saa"))
        .select_from(udgang.join(fundet, true()))
        .where(*hvor)
        .ext(distinct_on(fundet.c.bruger))
        .order_by(fundet.c.bruger, foerst, saa)
        .correlate_except(udgang, fundet)
        .subquery(sted.navn())
    )
    b = sted.ny(bruger)
    return Fra(
        {medlemskab: hver, bruger: b, NIVEAU: hver},
        [b.c.uuid == hver.c.bruger, sted.gaelder(b)],
        (hver, b),
        orden=[hver.c.foerst, hver.c.saa],
    )

"""Memberships: rows of (function, user) that are active at the time asked about (domain.md 4.4, rules.md 16)."""

from typing import Any

from sqlalchemy import ColumnElement, FromClause, and_, literal_column, select
from sqlalchemy import func as fn
from sqlalchemy.types import Text

from fkorg import klassifikation
from graph.relations import enheder
from graph.relations.parts import ENDE, SIDST, fra_tid, iblandt, tal
from graph.source import Fra, Sortering, Sted, Vilkaar
from model.tables import bruger as bruger_
from model.tables import medlemskab, organisation_enhed


def enhedens(sted: Sted) -> Fra:
    """The memberships of the unit above, vacant posts too."""
    m = sted.ny(medlemskab)
    hvor = [m.c.enhed == sted[organisation_enhed].c.uuid, sted.gaelder(m), *_rolle(sted, m)]
    return Fra({medlemskab: m}, hvor, orden=orden(m))


def brugerens(sted: Sted) -> Fra:
    """The memberships of the user above."""
    m = sted.ny(medlemskab)
    hvor = [m.c.bruger == sted[bruger_].c.uuid, sted.gaelder(m), *_rolle(sted, m)]
    return Fra({medlemskab: m}, hvor, orden=orden(m))


def ansaettelser(sted: Sted) -> Fra:
    """The current employments of the user above; the first is the primary one (rules.md 17)."""
    m = sted.ny(medlemskab)
    hvor = [m.c.bruger == sted[bruger_].c.uuid, sted.gaelder(m), er_ansaettelse(sted, m)]
    return Fra({medlemskab: m}, hvor, orden=orden(m))


def enhed(sted: Sted) -> Fra:
    """The unit of the membership above."""
    e = sted.ny(organisation_enhed)
    return Fra({organisation_enhed: e}, [e.c.uuid == sted[medlemskab].c.enhed, sted.gaelder(e)])


def bruger(sted: Sted) -> Fra:
    """The user of the membership above."""
    if bruger_ in sted:
        return Fra({bruger_: sted[bruger_]}, [], indlejret=True)
    b = sted.ny(bruger_)
    return Fra({bruger_: b}, [b.c.uuid == sted[medlemskab].c.bruger, sted.gaelder(b)])


def sti(sted: Sted) -> Fra:
    """From the root down to the unit of the membership above."""
    return enheder.sti_fra(sted, sted[medlemskab].c.enhed)


def medlemmer(sted: Sted) -> Fra:
    """The memberships of the unit above, on request with those of all units below; by user name, vacant posts last."""
    over, m, b = sted[organisation_enhed].c.uuid, sted.ny(medlemskab), sted.ny(bruger_)
    kilder: tuple[FromClause, ...] = (m.outerjoin(b, and_(b.c.uuid == m.c.bruger, sted.gaelder(b))),)
    hvor = [sted.gaelder(m), *_rolle(sted, m)]
    if sted.form.get("medEfterkommere"):
        e = sted.ny(organisation_enhed)
        fra, _, blandt = enheder.below(sted, over, e.c.uuid)
        under = select(e.c.uuid).select_from(*fra, e).where(*blandt, sted.gaelder(e)).correlate_except(e, *fra)
        hvor.append(m.c.enhed.in_(under) | (m.c.enhed == over))
    else:
        hvor.append(m.c.enhed == over)
    noegle = fn.coalesce(b.c.sortering, SIDST).op("||")(ENDE).op("||")(m.c.uuid.cast(Text))
    noegle = noegle.op("||")(ENDE).op("||")(fn.coalesce(m.c.bruger.cast(Text), literal_column("''", Text)))
    return Fra({medlemskab: m}, hvor, kilder, sortering=Sortering(noegle.collate("C"), m.c.uuid))


def orden(m: FromClause) -> list[ColumnElement[Any]]:
    """By start, then uuid; the user tells those of one function apart."""
    return [fra_tid(m.c.start), m.c.uuid, m.c.bruger.nulls_first()]


def er_ansaettelse(sted: Sted, m: FromClause) -> Vilkaar:
    """Enhedsrolle or Ansat i."""
    return m.c.funktionstype.in_([sted.konstant(t) for t in klassifikation.ANSAETTELSER])


def har_medlemskab(sted: Sted, ejer: FromClause, hvor: Any) -> Vilkaar:
    """The user has a membership that fits."""
    m = sted.ny(medlemskab)
    valg = select(tal(1)).select_from(m).where(m.c.bruger == ejer.c.uuid, sted.gaelder(m), *hvor(m))
    return valg.correlate_except(m).exists()


def _rolle(sted: Sted, m: FromClause) -> list[Vilkaar]:
    return [iblandt(m.c.funktionstype, sted.bind("rolle"))] if "rolle" in sted.form else []

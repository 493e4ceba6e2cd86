"""The tree of units: up, down, and whether a unit stands in it.

Only the tree under Organisation.Overordnet is the administrative organisation (rules.md 15). Now, `enhed_sti` tells
what is in it and what is below; at any other time, and always for chains, the relation Overordnet is walked.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import CTE, ColumnElement, FromClause, Select, literal_column, select
from sqlalchemy import func as fn

from fkorg.registrering import Gyldighed
from graph.relations.parts import DYBEST, aktiv, ikke_aktiv, navneorden, tal
from graph.source import Fra, Sortering, Sted, Vilkaar
from model.tables import enhed_sti, organisation, organisation_enhed

_SPOR = ("uuid", "overordnet")
_RAEKKE = tuple(
    k.name for k in organisation_enhed.c if not k.name.startswith(("organisation", "virkning_", "registreret_"))
)


def overordnet(sted: Sted) -> Fra:
    """The unit right above."""
    e = sted.ny(organisation_enhed)
    return Fra({organisation_enhed: e}, [e.c.uuid == sted[organisation_enhed].c.overordnet, sted.gaelder(e)])


def tilhoerer(sted: Sted) -> Fra:
    """The organisation that a unit belongs to."""
    o = sted.ny(organisation)
    return Fra({organisation: o}, [o.c.uuid == sted[organisation_enhed].c.tilhoerer, sted.gaelder(o)])


def rod(sted: Sted) -> Fra:
    """The root unit of an organisation."""
    e = sted.ny(organisation_enhed)
    return Fra({organisation_enhed: e}, [e.c.uuid == sted[organisation].c.overordnet, sted.gaelder(e)])


def underliggende(sted: Sted) -> Fra:
    """The active units of the municipality right below a unit of the tree."""
    over, e = sted[organisation_enhed], sted.ny(organisation_enhed)
    hvor = [e.c.overordnet == over.c.uuid, sted.gaelder(e), aktiv(e), *_egen(sted, e)]
    if not sted.i_traeet:
        hvor.append(i_traeet(sted, over.c.uuid))
    return Fra({organisation_enhed: e}, hvor, orden=navneorden(e), i_traeet=True)


def sti(sted: Sted) -> Fra:
    """From the root down to the unit itself."""
    return sti_fra(sted, sted[organisation_enhed].c.uuid, sted.i_traeet)


def sti_fra(sted: Sted, enhed: ColumnElement[Any], kendt_i_traeet: bool = False) -> Fra:
    """From the root down to a unit; nothing when the unit stands outside the tree."""
    r = opad(sted, enhed, _RAEKKE)
    hvor = [] if kendt_i_traeet else [i_traeet(sted, enhed)]
    return Fra({organisation_enhed: r}, hvor, orden=[r.c.niveau.desc()], i_traeet=True)


def dybde(sted: Sted) -> ColumnElement[Any]:
    """Levels between the root and the unit; null outside the tree."""
    enhed = sted[organisation_enhed].c.uuid
    if sted.nutid:
        s = sted.ny(enhed_sti)
        valg: Select[Any] = select(s.c.dybde).where(sted.egen(s), s.c.enhed == enhed)
        return valg.correlate_except(s).scalar_subquery()
    r = opad(sted, enhed, _SPOR)
    return select(r.c.niveau).where(r.c.uuid == rod_uuid(sted)).correlate_except(r).scalar_subquery()


def efterkommere(sted: Sted) -> Fra:
    """The units below, with their distance in the sort key: nearest first, then by name."""
    over, e = sted[organisation_enhed].c.uuid, sted.ny(organisation_enhed)
    kilder, niveau, hvor = below(sted, over, e.c.uuid)
    hvor += [sted.gaelder(e), niveau > tal(0), e.c.tilhoerer == sted.organisation, *i_status(sted, e)]
    if "maksDybde" in sted.form:
        hvor.append(niveau <= sted.bind("maksDybde"))
    noegle = fn.to_char(niveau, literal_column("'FM000'")).op("||")(e.c.sortering)
    orden = Sortering(noegle.collate("C"), e.c.uuid)
    return Fra({organisation_enhed: e}, hvor, (*kilder, e), sortering=orden, i_traeet=True)


def below(
    sted: Sted, over: ColumnElement[Any], enhed: ColumnElement[Any]
) -> tuple[tuple[FromClause, ...], ColumnElement[int], list[Vilkaar]]:
    """A unit and all below it, as what to read from, the distance, and the conditions that make `enhed` one of them.

    Nothing when the upper unit stands outside the tree.
    """
    if sted.nutid:
        p, s = sted.ny(enhed_sti), sted.ny(enhed_sti)
        hvor = [
            sted.egen(p),
            p.c.enhed == over,
            sted.egen(s),
            s.c.sti >= p.c.sti,
            s.c.sti < _efter(p),
            s.c.enhed == enhed,
        ]
        return (p, s), s.c.dybde - p.c.dybde, hvor
    r = nedad(sted, over)
    return (r,), r.c.niveau, [r.c.uuid == enhed, i_traeet(sted, over)]


def i_status(sted: Sted, alias: FromClause) -> list[Vilkaar]:
    """The state that the argument `status` asks for; absent: any."""
    if "status" not in sted.form:
        return []
    return [aktiv(alias) if sted.form["status"] == Gyldighed.AKTIV else ikke_aktiv(alias)]


def rod_uuid(sted: Sted) -> ColumnElement[Any]:
    """The root unit of the municipality, by its organisation's Overordnet."""
    o = sted.ny(organisation)
    hvor = [o.c.uuid == sted.organisation, sted.gaelder(o)]
    return select(o.c.overordnet).select_from(o).where(*hvor).correlate_except(o).scalar_subquery()


def i_traeet(sted: Sted, enhed: ColumnElement[Any]) -> Vilkaar:
    """The unit's chain ends at the root."""
    if sted.nutid:
        s = sted.ny(enhed_sti)
        return select(tal(1)).select_from(s).where(sted.egen(s), s.c.enhed == enhed).correlate_except(s).exists()
    r = opad(sted, enhed)
    return select(tal(1)).select_from(r).where(r.c.uuid == rod_uuid(sted)).correlate_except(r).exists()


def opad(sted: Sted, enhed: ColumnElement[Any], kolonner: Sequence[str] = _SPOR) -> CTE:
    """A unit and those above it, to the root or as far as units of the municipality go; `niveau` counts up from 0."""
    e, op = sted.ny(organisation_enhed), sted.ny(organisation_enhed)
    start = select(*(e.c[k] for k in kolonner), tal(0).label("niveau"))
    start = start.where(e.c.uuid == enhed, sted.gaelder(e), e.c.tilhoerer == sted.organisation)
    r = start.correlate_except(e).cte(sted.navn(), recursive=True, nesting=True)
    videre = select(*(op.c[k] for k in kolonner), r.c.niveau + tal(1))
    videre = videre.where(*et_trin_op(sted, r, op), op.c.tilhoerer == sted.organisation)
    return r.union_all(videre.correlate_except(op, r))


def et_trin_op(sted: Sted, r: FromClause, op: FromClause) -> list[Vilkaar]:
    """`op` is the unit right above `r`, which is not the root."""
    return [op.c.uuid == r.c.overordnet, sted.gaelder(op), r.c.niveau < tal(DYBEST), r.c.uuid != rod_uuid(sted)]


def et_trin_ned(sted: Sted, r: FromClause, under: FromClause) -> list[Vilkaar]:
    """`under` is a unit of the municipality right below `r`."""
    hvor = [under.c.overordnet == r.c.uuid, sted.gaelder(under), r.c.niveau < tal(DYBEST)]
    return hvor + _egen(sted, under)


def nedad(sted: Sted, enhed: ColumnElement[Any]) -> CTE:
    """A unit and all those below it; `niveau` counts down from 0."""
    e, under = sted.ny(organisation_enhed), sted.ny(organisation_enhed)
    start = select(e.c.uuid, tal(0).label("niveau")).where(e.c.uuid == enhed, sted.gaelder(e))
    r = start.correlate_except(e).cte(sted.navn(), recursive=True, nesting=True)
    videre = select(under.c.uuid, r.c.niveau + tal(1)).where(*et_trin_ned(sted, r, under))
    return r.union_all(videre.correlate_except(under, r))


def _egen(sted: Sted, e: FromClause) -> list[Vilkaar]:
    """The unit may hang below another: it is the municipality's, and not its root."""
    return [e.c.tilhoerer == sted.organisation, e.c.uuid != rod_uuid(sted)]


def _efter(alias: FromClause) -> ColumnElement[Any]:
    """The first path that is no longer below: a uuid array sorts like its path (storage.md 2)."""
    sidst: ColumnElement[Any] = literal_column("'ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid")
    return alias.c.sti.op("||")(sidst)

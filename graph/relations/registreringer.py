"""What was recorded: rows of `registrering`, and what of them a caller may see (rules.md 22)."""

from collections.abc import Iterable
from typing import Any, Final

from sqlalchemy import ColumnElement, case, literal_column, select
from sqlalchemy import func as fn
from sqlalchemy.types import Double, Numeric, Text

from fkorg.catalogue import Objekttype
from graph import rettigheder
from graph.relations.parts import ordet
from graph.source import Fra, Sortering, Sted
from model.tables import registrering

LISTER: Final = ("egenskaber", "tilstande", "relationer")
"""The lists of a content whose entries have times (fkorg.registrering.to_content)."""
_SEKUND: Final = literal_column("1000000000", Numeric)


def registreringer(sted: Sted) -> Fra:
    """The registrations of one object, newest first. A tombstone of ours is none: it was never recorded.

    Both bounds take in the interval that their digits name: what a client sends back always matches (rules.md 3).
    """
    r = sted.ny(registrering)
    hvor = [sted.egen(r), r.c.objekttype == sted.bind("objekttype"), r.c.uuid == sted.bind("uuid")]
    hvor.append(r.c.kilde != ordet("FRAVAER"))
    if "registreringFra" in sted.form:
        hvor.append(r.c.reg_ns >= sted.bind("registreringFra"))
    if "registreringTil" in sted.form:
        hvor.append(r.c.reg_ns <= sted.bind("registreringTil"))
    return Fra({registrering: r}, hvor, sortering=Sortering(_noegle(r), r.c.uuid, faldende=True))


def bruger(sted: Sted) -> ColumnElement[Any]:
    """Who recorded it, when the source names a UUID."""
    r = sted[registrering]
    er_uuid = r.c.bruger.op("~")(literal_column("'^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'", Text))
    return case((er_uuid, r.c.bruger))


def indhold(sted: Sted) -> ColumnElement[Any]:
    """The content as JSON text: times as the API prints them, of persons no name and CPR number without the right."""
    content = sted[registrering].c.content
    dele = [fn.coalesce(_liste(sted, navn), literal_column("'{}'::jsonb")) for navn in LISTER]
    hele: ColumnElement[Any] = content
    for del_ in dele:
        hele = hele.op("||")(del_)
    if not any(sted.har(ret) for ret in rettigheder.indhold(Objekttype.PERSON).values()):
        return hele.cast(Text)
    r = sted[registrering]
    hvis = case((r.c.objekttype == ordet("PERSON"), sted.vist("indhold", r.c.uuid)), else_=literal_column("''", Text))
    return hvis.op("||")(hele.cast(Text))


def _liste(sted: Sted, navn: str) -> ColumnElement[Any]:
    """One list of the content, by its name; NULL when the content has none."""
    liste = sted[registrering].c.content.op("->")(ordet(navn))
    e = fn.jsonb_array_elements(liste).table_valued("value").alias(sted.navn())
    tider = [x for felt in ("fra", "til") for x in (ordet(felt), _iso(e.c.value.op("->>")(ordet(felt))))]
    ny = e.c.value.op("||")(fn.jsonb_build_object(*tider))
    if navn == "egenskaber":
        ny = ny.op("||")(_skjult(sted, e.c.value.op("->")(ordet("felter"))))
    alle = select(fn.coalesce(fn.jsonb_agg(ny), literal_column("'[]'::jsonb"))).select_from(e).correlate_except(e)
    fundet = fn.jsonb_build_object(ordet(navn), alle.scalar_subquery())
    return case((fn.jsonb_typeof(liste) == ordet("array"), fundet))


def _skjult(sted: Sted, felter: ColumnElement[Any]) -> ColumnElement[Any]:
    """What replaces the fields of an attribute set: those the caller may not see are null in it."""
    objekttype = sted[registrering].c.objekttype
    grene = []
    for type_ in Objekttype:
        skjulte = [felt for felt, ret in rettigheder.indhold(type_).items() if not sted.har(ret)]
        if skjulte:
            synlige = fn.jsonb_build_object(ordet("felter"), _uden(felter, skjulte))
            grene.append((objekttype == ordet(type_), synlige))
    intet: ColumnElement[Any] = literal_column("'{}'::jsonb")
    return case(*grene, else_=intet) if grene else intet


def _uden(felter: ColumnElement[Any], skjulte: Iterable[str]) -> ColumnElement[Any]:
    """The fields with null for those."""
    synlige = felter
    for felt in skjulte:
        tomt = fn.jsonb_build_object(ordet(felt), literal_column("null"))
        synlige = case((synlige.op("?")(ordet(felt)), synlige.op("||")(tomt)), else_=synlige)
    return synlige


def _iso(tekst: ColumnElement[Any]) -> ColumnElement[Any]:
    """Nanoseconds, which reach beyond bigint, as ISO 8601 in UTC with as many digits as there are; no limit is NULL."""
    ns = tekst.cast(Numeric)
    rest = fn.mod(fn.mod(ns, _SEKUND) + _SEKUND, _SEKUND)
    sekunder = ((ns - rest).self_group().op("/")(_SEKUND)).cast(Double)
    hele = fn.to_char(fn.to_timestamp(sekunder), literal_column("""'YYYY-MM-DD"T"HH24:MI:SS'"""))
    cifre = fn.to_char(rest, literal_column("'FM000000000'"))
    prik, nul, z = (literal_column(f"'{tegn}'", Text) for tegn in ".0Z")
    brok = fn.rtrim(fn.rtrim(prik.op("||")(cifre), nul), prik)
    iso: ColumnElement[Any] = hele.op("||")(brok).op("||")(z)
    return iso


def _noegle(r: Any) -> ColumnElement[Any]:
    """Order of registrations: rewind, time, tie (rules.md 29), as text of fixed width."""
    del_ = (("rewind", "'FM0000000000'"), ("reg_ns", "'FM0000000000000000000'"), ("tie", "'FM00000'"))
    tekster = [fn.to_char(r.c[navn], literal_column(form)) for navn, form in del_]
    noegle: ColumnElement[Any] = tekster[0].op("||")(tekster[1]).op("||")(tekster[2])
    return noegle.collate("C")

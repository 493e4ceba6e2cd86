"""What was recorded: rows of `registrering`, and what of them a caller may see (rules.md 22)."""

from typing import Any

from sqlalchemy import ColumnElement, case, literal_column, select
from sqlalchemy import func as fn
from sqlalchemy.types import Text

from graph.caller import Ret
from graph.relations.parts import ordet
from graph.source import Fra, Sortering, Sted
from model.tables import registrering


def registreringer(sted: Sted) -> Fra:
    """The registrations of one object, newest first. A tombstone of ours is none: it was never recorded."""
    r = sted.ny(registrering)
    hvor = [sted.egen(r), r.c.objekttype == sted.bind("objekttype"), r.c.uuid == sted.bind("uuid")]
    hvor.append(r.c.kilde != ordet("FRAVAER"))
    if "registreringFra" in sted.form:
        hvor.append(r.c.reg_ns >= sted.bind("registreringFra"))
    if "registreringTil" in sted.form:
        hvor.append(r.c.reg_ns < sted.bind("registreringTil"))
    return Fra({registrering: r}, hvor, sortering=Sortering(_noegle(r), r.c.uuid, faldende=True))


def bruger(sted: Sted) -> ColumnElement[Any]:
    """Who recorded it, when the source names a UUID."""
    r = sted[registrering]
    er_uuid = r.c.bruger.op("~")(literal_column("'^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'", Text))
    return case((er_uuid, r.c.bruger))


def indhold(sted: Sted) -> ColumnElement[Any]:
    """The content as JSON text; the names and CPR numbers of persons are null without the right to them."""
    r = sted[registrering]
    skjult = [felt for felt, ret in (("navn", Ret.SENAVN), ("cpr", Ret.SECPR)) if not sted.har(ret)]
    if not skjult:
        return r.c.content.cast(Text)
    e = fn.jsonb_array_elements(r.c.content.op("->")(ordet("egenskaber"))).table_valued("value").alias(sted.navn())
    felter: ColumnElement[Any] = e.c.value.op("->")(ordet("felter"))
    for felt in skjult:
        tomt = fn.jsonb_build_object(ordet(felt), literal_column("null"))
        felter = case((felter.op("?")(ordet(felt)), felter.op("||")(tomt)), else_=felter)
    ny = e.c.value.op("||")(fn.jsonb_build_object(ordet("felter"), felter))
    liste = select(fn.coalesce(fn.jsonb_agg(ny), literal_column("'[]'::jsonb"))).select_from(e).correlate_except(e)
    masket = r.c.content.op("||")(fn.jsonb_build_object(ordet("egenskaber"), liste.scalar_subquery()))
    har_egenskaber = fn.jsonb_typeof(r.c.content.op("->")(ordet("egenskaber"))) == ordet("array")
    return case(
        (r.c.objekttype != ordet("PERSON"), r.c.content.cast(Text)),
        (har_egenskaber, masket.cast(Text)),
        else_=r.c.content.cast(Text),
    )


def _noegle(r: Any) -> ColumnElement[Any]:
    """Order of registrations: rewind, time, tie (rules.md 29), as text of fixed width."""
    del_ = (("rewind", "'FM0000000000'"), ("reg_ns", "'FM0000000000000000000'"), ("tie", "'FM00000'"))
    tekster = [fn.to_char(r.c[navn], literal_column(form)) for navn, form in del_]
    noegle: ColumnElement[Any] = tekster[0].op("||")(tekster[1]).op("||")(tekster[2])
    return noegle.collate("C")

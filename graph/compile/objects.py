"""Objects and their relations as JSON text.

An object is sure when no part of it can be NULL. One that is not becomes null where that is allowed, and is left out
of a list; a marker tells (rules.md 11).
"""

from typing import Any, Final

from sqlalchemy import ColumnElement, FromClause, Select, case, null, select
from sqlalchemy import func as fn

from graph.arguments import PERSONLIG
from graph.caller import PERSONRETTE
from graph.compile import kort, pages, values
from graph.compile.markers import FOR_MANGE, HER, UDELADT, Fund, Klassifikation
from graph.compile.place import Bygger, Omgivelse, Plads
from graph.compile.text import Del, eller, maerket, objekttekst, samlet, tekst
from graph.compile.values import Skrevet
from graph.plan import TYPENAME, Valg
from graph.relations.parts import TYPENAVN, ordet, tal
from graph.source import Connection, En, EnAf, Fra, Indlejret, Klassefelt, Kolonne, Mange, Udtryk, VedUuid
from model.tables import bruger

FLEST: Final = 2000
"""An unpaged list shows no more. Source: rules.md 18."""

SOEGNING: Final = "soegning"
"""What the log of reads calls a search by a name or CPR number."""


def objekt(b: Bygger, o: Omgivelse, type_: str, felter: tuple[Valg, ...]) -> Skrevet:
    """The selected fields of one row, in the client's order."""
    skrevne: list[tuple[str, list[Del]]] = []
    sikker = True
    for gruppe in kort.grupper(Plads(b, o, valg) for valg in felter):
        tabeller: list[tuple[str, list[Del]]] = []
        for p in gruppe.pladser:
            skrevet, sure = _typenavn(type_) if p.valg.felt == TYPENAME else felt(p)
            tabeller.append((p.valg.noegle, skrevet))
            sikker = sikker and sure
        skrevne += [kort.foerst(gruppe, tabeller)] if gruppe.kort else tabeller
    return [*_person(b, o, type_, felter), *objekttekst(skrevne)], sikker


def _person(b: Bygger, o: Omgivelse, type_: str, felter: tuple[Valg, ...]) -> list[Del]:
    """The mark of whom the log of reads is to name: a person of whom a field is shown that needs a right of its own, or
    who was searched for."""
    vist = {one.felt for one in felter if one.ret in PERSONRETTE and one.ret in b.plan.rettigheder}
    b.laest |= vist
    if o.basis is None or not (vist or (type_ == kort.PERSON and SOEGNING in b.laest)):
        return []
    return [maerket(o.raekke[o.basis].c.uuid)]


def soegt(p: Plads, o: Omgivelse) -> list[Del]:
    """The mark of the person behind a user who was found by name or CPR number."""
    if not p.form.get(PERSONLIG) or o.basis is not bruger:
        return []
    return [eller([maerket(o.raekke[bruger].c.person)], "")]


def _typenavn(type_: str) -> Skrevet:
    return [f'"{type_}"'], True


def felt(p: Plads) -> Skrevet:
    """One selected field."""
    afvist = p.form.get("afvist")
    if afvist is not None:
        return [afvisning(p, Klassifikation(afvist)) + "null"], True
    if p.valg.ret is not None and not p.har(p.valg.ret):
        return [values.uden_ret(p, p.valg.ret) + "null"], True
    match p.valg.kilde:
        case Kolonne() as k:
            return values.kolonne(p, k)
        case Udtryk() as u:
            return values.udtryk(p, u)
        case Klassefelt() as k:
            return values.klassefelt(p, k)
        case Indlejret() as i:
            return _indlejret(p, i)
        case En() as en:
            return _en(p, en.til(p))
        case EnAf() as en:
            return _en_af(p, en)
        case Mange() as mange:
            return _mange(p, mange.til(p))
        case Connection() as c:
            if p.form.get(PERSONLIG):
                p.bygger.laest.add(SOEGNING)
            dele, sikker = pages.side(p, c.til)
            return [*_uden_ret(p), *dele], sikker
        case VedUuid() as v:
            return _ved_uuid(p, v)
    raise AssertionError(f"{p.valg.ejer}.{p.valg.felt} has no source that can be compiled")


def afvisning(p: Plads, klassifikation: Klassifikation) -> str:
    """The marker of a root field that is refused before it is read."""
    beskeder = {
        Klassifikation.NOT_FOUND: "nothing is found for this cvr with this token",
        Klassifikation.UNAUTHORIZED: "needs the right to what it searches by",
    }
    fund = Fund(klassifikation, f"{p.valg.felt}: {beskeder[klassifikation]}", advarsel=False)
    return p.bygger.fund.maerke(HER, fund)


def _uden_ret(p: Plads) -> list[Del]:
    """The marker of a list in which the caller may not see part of what was asked for."""
    ret = p.form.get("advarsel")
    return [values.uden_ret(p, ret)] if ret is not None else []


def under(p: Plads, fra: Fra) -> Skrevet:
    """The object that the field leads to, of the one type it can be."""
    ((type_, felter),) = p.valg.under.items()
    return objekt(p.bygger, Omgivelse.of(fra), type_, felter)


def mangel(p: Plads, tegn: str, hvad: str) -> str:
    """The marker of a mandatory value that is missing somewhere below."""
    return p.bygger.fund.maerke(
        tegn, Fund(Klassifikation.NULL_VALUE, f"{p.valg.ejer}.{p.valg.felt}: a mandatory value is missing; {hvad}")
    )


def maaske(p: Plads, skrevet: Skrevet) -> ColumnElement[Any]:
    """The object, or null with a marker where one of its mandatory values is missing."""
    dele, sikker = skrevet
    return samlet(dele) if sikker else eller(dele, mangel(p, HER, "null stands for the object") + "null")


def kilder(fra: Fra) -> list[FromClause]:
    """What a relation is selected from."""
    return list(fra.fra) or list(dict.fromkeys(fra.raekke.values()))


def valg_af(fra: Fra, kolonne: ColumnElement[Any], antal: int | None = None) -> Select[Any]:
    """The relation's rows in order, as that column."""
    fundet = select(kolonne).select_from(*kilder(fra)).where(*fra.hvor).order_by(*fra.orden)
    if antal is not None:
        fundet = fundet.limit(tal(antal))
    return fundet.correlate_except(*_egne(fra))


def _egne(fra: Fra) -> list[FromClause]:
    return [*kilder(fra), *fra.raekke.values()]


def _indlejret(p: Plads, i: Indlejret) -> Skrevet:
    o = Omgivelse(p.omgivelse.raekke, i.tabel if i.tabel is not None else p.omgivelse.basis, p.omgivelse.i_traeet)
    ((type_, felter),) = p.valg.under.items()
    skrevet = objekt(p.bygger, o, type_, felter)
    if i.findes is None:
        return skrevet if p.valg.skal else ([maaske(p, skrevet)], True)
    findes = p[o.basis if o.basis is not None else p.basis].c[i.findes].is_not(null())
    if p.valg.skal:
        return [case((findes, samlet(skrevet[0])))], False
    return [case((findes, maaske(p, skrevet)), else_=tekst("null"))], True


def _en(p: Plads, fra: Fra) -> Skrevet:
    if fra.indlejret:
        skrevet = under(p, fra)
        return skrevet if p.valg.skal else ([maaske(p, skrevet)], True)
    antal = 1 if fra.forste else None
    if p.valg.skal:
        return [valg_af(fra, samlet(under(p, fra)[0]), antal).scalar_subquery()], False
    fundet = valg_af(fra, maaske(p, under(p, fra)), antal).scalar_subquery()
    if p.valg.ejer != "Query":
        return [eller([kort.hel(p, fundet)])], True
    ingen = Fund(Klassifikation.NOT_FOUND, f"{p.valg.felt}: nothing is found", advarsel=False)
    return [eller([fundet], p.bygger.fund.maerke(HER, ingen) + "null")], True


def _en_af(p: Plads, en: EnAf) -> Skrevet:
    """The branch that the row's own column tells."""
    grene = []
    skelner = p[p.basis].c[en.skelner]
    for objekttype, til in en.til.items():
        fra = til(p)
        type_ = TYPENAVN[next(iter(fra.raekke))]
        skrevet = objekt(p.bygger, Omgivelse.of(fra), type_, p.valg.under[type_])
        grene.append((skelner == ordet(objekttype), valg_af(fra, samlet(skrevet[0])).scalar_subquery()))
    if p.valg.skal:
        return [case(*grene)], False
    return [eller([case(*grene)])], True


def _mange(p: Plads, fra: Fra) -> Skrevet:
    """A list in order. One element more than may be shown is read, to know that there are more."""
    dele, sikker = under(p, fra)
    element = samlet(dele)
    if fra.findes is not None:
        element, sikker = case((fra.findes, element)), False
    if not sikker:
        element = eller([element], mangel(p, UDELADT, "the element is left out"))
    raekker = valg_af(fra, element.label("j"), FLEST + 1).subquery(p.navn())
    flere = p.bygger.fund.maerke(
        FOR_MANGE,
        Fund(
            Klassifikation.VALIDATION,
            f"{p.valg.ejer}.{p.valg.felt}: has more than {FLEST} elements; the first {FLEST} are shown",
            advarsel=False,
        ),
    )
    # string_agg takes its rows in the order of the subselect below it: nothing stands between the two.
    liste = samlet(
        [
            case((fn.count() > tal(FLEST), tekst(flere)), else_=tekst("")),
            fn.coalesce(fn.string_agg(raekker.c.j, tekst(",")), tekst("")),
        ]
    )
    return ["[", select(liste).select_from(raekker).correlate_except(raekker).scalar_subquery(), "]"], True


def _ved_uuid(p: Plads, v: VedUuid) -> Skrevet:
    """One element per uuid asked for, in that order; NotFound with its place for each that is none."""
    u = fn.unnest(p.bind("uuider")).table_valued("uuid", with_ordinality="nr", name=p.navn()).render_derived()
    fra = v.til(p, u.c.uuid)
    fundet = valg_af(fra, maaske(p, under(p, fra)), 1 if fra.forste else None).scalar_subquery()
    foer, efter = p.bygger.fund.maerke_for(
        Fund(Klassifikation.NOT_FOUND, f"{p.valg.felt}: no object has this uuid", advarsel=False, hver=p.nr)
    )
    ingen = samlet([foer, u.c.nr, efter + "null"])
    liste = fn.string_agg(fn.coalesce(fundet, ingen), tekst(","))
    return ["[", eller([select(liste).select_from(u).correlate_except(u).scalar_subquery()], ""), "]"], True

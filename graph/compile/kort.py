"""Cards: a selection that ingest keeps as finished text is read from there, and from the tables where it holds none.

Owns which selections those are; the order of fields counts, aliases and arguments make another selection, `__typename`
may end each. A card is one row's own and holds now; at another time, and without the right to what it tells, the tables
are read. A member of whom no more is asked than the card tells is read from the card alone. Source: storage.md 3.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final

from sqlalchemy import Column, ColumnElement, FromClause, case, literal_column, select
from sqlalchemy import func as fn

from graph.compile.place import Plads
from graph.compile.text import Del, maerket, objekttekst, samlet, tekst
from graph.plan import TYPENAME, Tid, Valg
from graph.relations.parts import ordet
from model.leader import ROLE
from model.projection.kort import PLADSER
from model.tables import bruger_kort, enhed_kort, leader, medlemskab

PERSON: Final = "Person"


@dataclass(frozen=True, slots=True)
class Kort:
    """Where a selection is kept. `typer`: of its objects, the inner one first; a Person's uuid begins its text."""

    kolonne: Column[Any]
    typer: tuple[str, ...]


KORT: Final[Mapping[str, Kort]] = {
    "Bruger.person{uuid navn}": Kort(bruger_kort.c.person, (PERSON,)),
    "Bruger.adresser{uuid adresseTekst klassifikation{rolle}}": Kort(
        bruger_kort.c.adresser, ("KlassifikationRelation", "Adresse")
    ),
    "Bruger.harMedlemskab{uuid funktionsTypeUuid medlemAf{enhedsnavn}}": Kort(
        bruger_kort.c.medlemskaber, ("OrganisationEnhed", "BrugerMedlemskab")
    ),
    "OrganisationEnhed.ledere{bruger{uuid brugernavn}}": Kort(
        enhed_kort.c.ledere, ("Bruger", "OrganisationEnhedMedlemskab")
    ),
    "OrganisationEnhed.ledere{bruger{brugernavn}}": Kort(
        enhed_kort.c.ledernavne, ("Bruger", "OrganisationEnhedMedlemskab")
    ),
}
"""The selections that have a column of their own."""
HELE: Final[Mapping[str, Column[Any]]] = {"OrganisationEnhedMedlemskab.bruger": medlemskab.c.bruger}
"""Fields that lead to a user, and the column that says to which."""
_EGNE: Final[Mapping[str, Callable[[FromClause], list[Del]]]] = {
    "uuid": lambda k: ['"', k.c.uuid, '"'],
    "brugernavn": lambda k: [k.c.brugernavn],
    TYPENAME: lambda k: ['"Bruger"'],
}
"""What a user's card tells of the user itself."""
_FOER_UUID: Final = '{"uuid":"'


@dataclass(frozen=True, slots=True)
class Gruppe:
    """Fields that stand side by side and are read together: from one card, or one that no card holds (`kort` empty).

    `navngivne`: of each field's objects, whether the name of their type was asked for.
    """

    pladser: Sequence[Plads]
    kort: Sequence[Kort] = ()
    navngivne: Sequence[Sequence[bool]] = ()


def grupper(pladser: Iterable[Plads]) -> Iterable[Gruppe]:
    """The fields of one object in their order."""
    fundne = ((p, *_kort(p)) for p in pladser)
    for tabel, lige in groupby(fundne, key=lambda fundet: fundet[1] and fundet[1].kolonne.table):
        sammen = list(lige)
        if tabel is None:
            yield from (Gruppe([p]) for p, _, _ in sammen)
        else:
            yield Gruppe([p for p, _, _ in sammen], [k for _, k, _ in sammen if k], [n for _, _, n in sammen])


def hel(p: Plads, fra_tabeller: ColumnElement[Any]) -> ColumnElement[Any]:
    """The user that the field leads to, from the card alone when all that is asked is there; else as the tables say."""
    kolonne = HELE.get(f"{p.valg.ejer}.{p.valg.felt}")
    if kolonne is None or not _kan(p):
        return fra_tabeller
    felter = [(valg, *_kort(Plads(p.bygger, p.omgivelse, valg))) for valg in p.valg.under["Bruger"]]
    egne = [valg for valg, kort, _ in felter if kort is None]
    if len(egne) == len(felter) or not all(valg.felt in _EGNE and _ser_alt(p, valg) for valg in egne):
        return fra_tabeller
    k = p.ny(bruger_kort)
    tekster = [
        (valg.noegle, [_navngivet(k.c[kort.kolonne.name], kort, navngivne)] if kort else _EGNE[valg.felt](k))
        for valg, kort, navngivne in felter
    ]
    return fn.coalesce(_fra_kort(p, k, p[p.basis].c[kolonne.name], objekttekst(tekster)), fra_tabeller)


def foerst(gruppe: Gruppe, tabeller: Sequence[tuple[str, Sequence[Del]]]) -> tuple[str, list[Del]]:
    """The fields from their card; as `tabeller` have them, where there is none that holds. The first one's key, and the
    text from there to the end of the last."""
    p = gruppe.pladser[0]
    k = p.ny(gruppe.kort[0].kolonne.table)
    laest = [_navngivet(k.c[one.kolonne.name], one, n) for one, n in zip(gruppe.kort, gruppe.navngivne, strict=True)]
    noegler = [noegle for noegle, _ in tabeller]
    fra_kort = _fra_kort(p, k, p[p.basis].c.uuid, _paa_rad(noegler, [[one] for one in laest]))
    fra_tabeller = samlet(_paa_rad(noegler, [dele for _, dele in tabeller]))
    return noegler[0], [fn.coalesce(fra_kort, fra_tabeller)]


def _fra_kort(p: Plads, k: FromClause, uuid: ColumnElement[Any], dele: Sequence[Del]) -> ColumnElement[Any]:
    """That text of the card of that object; NULL where there is none that holds and is kept."""
    leder, t = p.ny(leader), p.bygger.t
    kept = select(leder.c.kort2_epoch == leder.c.epoch).where(p.egen(leder), leder.c.role == ordet(ROLE))
    hvor = [k.c.uuid == uuid, p.egen(k), k.c.gaelder_fra <= t, k.c.gaelder_til > t]
    hvor.append(kept.correlate_except(leder).scalar_subquery())
    return select(samlet(dele)).select_from(k).where(*hvor).correlate_except(k).scalar_subquery()


def _kan(p: Plads) -> bool:
    """May cards be read here?"""
    plan = p.bygger.plan
    return plan.kort and plan.tid is Tid.NU and not p.form


def _kort(p: Plads) -> tuple[Kort | None, Sequence[bool]]:
    """The card of a field, if it may be read here."""
    if not _kan(p):
        return None, ()
    navngivne: list[bool] = []
    kort = KORT.get(f"{p.valg.ejer}.{p.valg.felt}{_under(p, p.valg, navngivne)}")
    return (kort, navngivne) if kort is not None and _ser_alt(p, p.valg) else (None, ())


def _ser_alt(p: Plads, valg: Valg) -> bool:
    """May the caller see the field, and all that is selected below it?"""
    under = (one for felter in valg.under.values() for one in felter)
    return (valg.ret is None or p.har(valg.ret)) and all(_ser_alt(p, one) for one in under)


def _navngivet(tekst_: Any, kort: Kort, navngivne: Sequence[bool]) -> Any:
    """A card's text with the names of types where they were asked for. Their places stand behind the uuid."""
    kortets = tekst_
    for plads, type_, navngivet in zip(PLADSER, kort.typer, navngivne, strict=False):
        tekst_ = fn.replace(tekst_, tekst(plads), tekst(f',"{TYPENAME}":"{type_}"' if navngivet else ""))
    return samlet([_hvem(kortets), tekst_]) if PERSON in kort.typer else tekst_


def _hvem(kortets: Any) -> Any:
    """The mark of whom a card names (graph/compile/markers)."""
    uuid = fn.substr(kortets, literal_column(str(len(_FOER_UUID) + 1)), literal_column("36"))
    return case((fn.starts_with(kortets, tekst(_FOER_UUID)), maerket(uuid)), else_=tekst(""))


def _paa_rad(noegler: Sequence[str], vaerdier: Sequence[Sequence[Del]]) -> list[Del]:
    """Values one after the other, with their keys between."""
    dele: list[Del] = list(vaerdier[0])
    for noegle, vaerdi in zip(noegler[1:], vaerdier[1:], strict=True):
        dele += [f',"{noegle}":', *vaerdi]
    return dele


def _under(p: Plads, valg: Valg, navngivne: list[bool]) -> str:
    """The selection below a field as `KORT` writes it; of each object, the inner one first, whether its type is asked
    for. Nothing that `KORT` holds when the selection is of another kind."""
    if not valg.under:
        return ""
    ((_, felter),) = valg.under.items() if len(valg.under) == 1 else (("", ()),)
    navngivet = bool(felter) and felter[-1].felt == TYPENAME == felter[-1].noegle
    dele = [
        f"{one.felt}{_under(p, one, navngivne)}" if one.noegle == one.felt and not _form(p, one) else "?"
        for one in (felter[:-1] if navngivet else felter)
    ]
    navngivne.append(navngivet)
    return f"{{{' '.join(dele)}}}"


def _form(p: Plads, valg: Valg) -> Any:
    return valg.nr is not None and p.bygger.plan.forme[valg.nr]

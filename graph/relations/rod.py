"""What the fields of Query start from."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from sqlalchemy import ColumnElement, FromClause, Table, case, literal_column, select
from sqlalchemy import func as fn
from sqlalchemy.types import Text

from fkorg import klassifikation
from fkorg.registrering import Gyldighed
from graph.relations import adresser, enheder, medlemskaber, opgaver
from graph.relations.parts import OBJEKTTYPE, aktiv, iblandt, ikke_aktiv, liste, ordet, tal
from graph.source import Fra, Sted, Vilkaar
from model import tables


def organisation(sted: Sted) -> Fra:
    """The caller's municipality."""
    o = sted.ny(tables.organisation)
    return Fra({tables.organisation: o}, [o.c.uuid == sted.organisation, sted.gaelder(o)])


def enhedsliste(sted: Sted) -> Fra:
    """The units of the municipality: active ones stand in the tree, others are found by their last known owner."""
    e = sted.ny(tables.organisation_enhed)
    hvor = [sted.gaelder(e), e.c.tilhoerer == sted.organisation]
    i_traeet = sted.form["status"] == Gyldighed.AKTIV
    hvor += [aktiv(e), enheder.i_traeet(sted, e.c.uuid)] if i_traeet else [ikke_aktiv(e)]
    if sted.form.get("opgaver"):
        hvor.append(opgaver.med_opgave(sted, e))
    if "itSystemer" in sted.form:
        hvor.append(opgaver.bruger_et_af(sted, e, sted.bind("itSystemer")))
    return Fra({tables.organisation_enhed: e}, hvor, sortering=liste(e), i_traeet=i_traeet)


def brugerliste(sted: Sted) -> Fra:
    """The users of the municipality."""
    b = sted.ny(tables.bruger)
    hvor = [sted.gaelder(b), b.c.tilhoerer == sted.organisation]
    hvor.append(aktiv(b) if sted.form["status"] == Gyldighed.AKTIV else ikke_aktiv(b))
    hvor += [vilkaar(sted, b) for navn, vilkaar in _FILTRE.items() if navn in sted.form]
    return Fra({tables.bruger: b}, hvor, sortering=liste(b))


def bruger_ved_navn(sted: Sted) -> Fra:
    """The user of that name, an active one first."""
    b = sted.ny(tables.bruger)
    hvor = [sted.gaelder(b), b.c.tilhoerer == sted.organisation]
    hvor.append(fn.lower(b.c.brugernavn) == fn.lower(sted.bind("brugernavn")))
    forst = case((aktiv(b), tal(0)), else_=tal(1))
    return Fra({tables.bruger: b}, hvor, orden=[forst, b.c.uuid], forste=True)


def ansvarlig_enhed(sted: Sted) -> Fra:
    """The active unit of the tree that is Ansvarlig for the longest of the numbers: the task's, its group's, ..."""
    e, o, k = sted.ny(tables.organisation_enhed), sted.ny(tables.opgave), sted.ny(tables.klasse)
    hvor = [iblandt(k.c.nummer, sted.bind("numre")), o.c.klasse == k.c.uuid, sted.gaelder(o)]
    hvor += [o.c.ejertype == ordet(OBJEKTTYPE[tables.organisation_enhed]), o.c.ejer == e.c.uuid]
    hvor += [o.c.rolle == sted.konstant(klassifikation.ANSVARLIG), sted.gaelder(e), aktiv(e)]
    hvor += [e.c.tilhoerer == sted.organisation, enheder.i_traeet(sted, e.c.uuid)]
    orden = [fn.length(k.c.nummer).desc(), e.c.sortering, e.c.uuid]
    return Fra({tables.organisation_enhed: e}, hvor, (k, o, e), orden=orden, forste=True, i_traeet=True)


def _ved_uuid(tabel: Table) -> Any:
    def til(sted: Sted, uuid: ColumnElement[Any]) -> Fra:
        x = sted.ny(tabel)
        return Fra({tabel: x}, [x.c.uuid == uuid, sted.gaelder(x)])

    return til


enhed = _ved_uuid(tables.organisation_enhed)
bruger = _ved_uuid(tables.bruger)
person = _ved_uuid(tables.person)
adresse = adresser.ved_uuid
funktion = _ved_uuid(tables.funktion)
it_system = _ved_uuid(tables.it_system)
virksomhed = _ved_uuid(tables.virksomhed)
myndighed = _ved_uuid(tables.myndighed)
interessefaellesskab = _ved_uuid(tables.interessefaellesskab)
organisation_ved_uuid = _ved_uuid(tables.organisation)


def _medlemskab(sted: Sted, uuid: ColumnElement[Any]) -> Fra:
    """A membership by its function; of several users the first."""
    m = sted.ny(tables.medlemskab)
    return Fra({tables.medlemskab: m}, [m.c.uuid == uuid, sted.gaelder(m)], orden=[m.c.bruger], forste=True)


VED_UUID: Final[Mapping[str, Callable[[Sted, ColumnElement[Any]], Fra]]] = {
    "Organisation": organisation_ved_uuid,
    "OrganisationEnhed": enhed,
    "OrganisationFunktion": funktion,
    "Bruger": bruger,
    "Person": person,
    "Adresse": adresse,
    "Virksomhed": virksomhed,
    "Myndighed": myndighed,
    "ItSystem": it_system,
    "Interessefaellesskab": interessefaellesskab,
    "BrugerMedlemskab": _medlemskab,
    "OrganisationEnhedMedlemskab": _medlemskab,
}
"""Objects by GraphQL type and uuid."""


def _tekst(sted: Sted, navn: str) -> Any:
    """A text argument as a condition on a column: equal, or beginning alike where the client wrote a `*`.

    The range by `~>=~` and `~<~` is what an index with text_pattern_ops serves also in a generic plan.
    """

    def passer(kolonne: ColumnElement[Any]) -> Vilkaar:
        lille = fn.lower(kolonne)
        fra = fn.lower(sted.bind(navn))
        if sted.form[navn] != "begyndelse":
            return lille == fra
        graense = fra.op("||")(literal_column("U&'\\+10FFFF'", Text))
        return lille.op("~>=~", is_comparison=True)(fra) & lille.op("~<~", is_comparison=True)(graense)

    return passer


def _brugernavn(sted: Sted, b: FromClause) -> Vilkaar:
    vilkaar: Vilkaar = _tekst(sted, "brugerFilter.brugernavn")(b.c.brugernavn)
    return vilkaar


def _adressetekst(sted: Sted, b: FromClause) -> Vilkaar:
    navn = "brugerFilter.adresseRolleFilter"
    return adresser.har_tekst(sted, b, sted.bind(f"{navn}.rolle"), _tekst(sted, f"{navn}.tekst"))


def _brugertype(sted: Sted, b: FromClause) -> Vilkaar:
    vilkaar: Vilkaar = b.c.brugertype == sted.bind("brugerFilter.brugerTypeUuid")
    return vilkaar


def _person(sted: Sted, b: FromClause, hvor: Any) -> Vilkaar:
    p = sted.ny(tables.person)
    valg = select(tal(1)).select_from(p).where(p.c.uuid == b.c.person, sted.gaelder(p), hvor(p))
    return valg.correlate_except(p).exists()


def _personnavn(sted: Sted, b: FromClause) -> Vilkaar:
    return _person(sted, b, lambda p: _tekst(sted, "brugerFilter.personFilter.navn")(p.c.navn))


def _cpr(sted: Sted, b: FromClause) -> Vilkaar:
    return _person(sted, b, lambda p: p.c.cpr == sted.bind("brugerFilter.personFilter.cpr"))


def _enhed(sted: Sted, b: FromClause) -> Vilkaar:
    return medlemskaber.har_medlemskab(sted, b, lambda m: [m.c.enhed == sted.bind("brugerFilter.enhed")])


def _funktionstype(sted: Sted, b: FromClause) -> Vilkaar:
    return medlemskaber.har_medlemskab(
        sted, b, lambda m: [iblandt(m.c.funktionstype, sted.bind("brugerFilter.funktionstype"))]
    )


def _under_enhed(sted: Sted, b: FromClause) -> Vilkaar:
    """A membership of the unit itself, or of one below it in the tree."""
    over = sted.bind("brugerFilter.underEnhed")

    def hvor(m: FromClause) -> list[Vilkaar]:
        fra, _, blandt = enheder.below(sted, over, m.c.enhed)
        under = select(tal(1)).select_from(*fra).where(*blandt).correlate_except(*fra).exists()
        return [under | (m.c.enhed == over)]

    return medlemskaber.har_medlemskab(sted, b, hvor)


_FILTRE = {
    "brugerFilter.brugernavn": _brugernavn,
    "brugerFilter.adresseRolleFilter.tekst": _adressetekst,
    "brugerFilter.brugerTypeUuid": _brugertype,
    "brugerFilter.personFilter.navn": _personnavn,
    "brugerFilter.personFilter.cpr": _cpr,
    "brugerFilter.enhed": _enhed,
    "brugerFilter.underEnhed": _under_enhed,
    "brugerFilter.funktionstype": _funktionstype,
}
"""Which arguments narrow a list of users, and how."""

"""What the root fields answer, and the one function that the properties call."""

from collections.abc import Mapping
from typing import Any

from graphql import GraphQLInterfaceType, GraphQLObjectType, GraphQLSchema

from fkorg import klassifikation
from tests.graph.naive import andre, brugere, enheder, lister, registreringer, soegning, tree
from tests.graph.naive.andre import TYPER
from tests.graph.naive.enheder import systems_of
from tests.graph.naive.execute import Failed, Ting, Warn
from tests.graph.naive.fields import (
    NOT_FOUND,
    UNAUTHORIZED,
    VALIDATION,
    Arguments,
    Felt,
    Felter,
    lower,
)
from tests.graph.naive.lister import connection, in_list
from tests.graph.naive.snapshot import Row

ANSVARLIG = str(klassifikation.ANSVARLIG)


def ved_uuid(type_: str) -> Felt:
    """One object per uuid asked for, in that order; NotFound for each that is none. rules.md 12."""

    def felt(f: Felter, t: Ting, a: Arguments, warn: Warn) -> Any:
        found: list[Ting | None] = []
        if len(a["uuid"]) > 500:
            raise Failed(VALIDATION)
        for number, asked in enumerate(a["uuid"]):
            row = f.snapshot.one(TYPER[type_][0], asked.lower())
            found.append(Ting(type_, row) if row is not None else None)
            if row is None:
                Warn(warn.found, warn.plan, (*warn.path, number))(NOT_FOUND, type="ERROR", id=asked.lower())
        return found

    return felt


def _own_cvr(f: Felter, a: Arguments) -> None:
    """Another municipality's data look as if they did not exist. domain.md 10."""
    if a["cvr"] != f.cvr:
        raise Failed(NOT_FOUND)


def organisation(f: Felter, t: Ting, a: Arguments, warn: Warn) -> Any:
    _own_cvr(f, a)
    row = f.snapshot.one("organisation", f.snapshot.organisation)
    if row is None:
        raise Failed(NOT_FOUND)
    return Ting("Organisation", row)


def has_status(row: Row, wanted: str | None) -> bool:
    return wanted is None or (row["status"] or "INAKTIV") == wanted


def enhedsliste(f: Felter, t: Ting, a: Arguments, warn: Warn) -> Any:
    """Active ones of the tree only; inactive ones by whom they belonged to. rules.md 4, 15."""
    _own_cvr(f, a)
    s = f.snapshot
    found = []
    for enhed in s.rows("organisation_enhed"):
        placed = tree.in_tree(s, enhed["uuid"]) if a["status"] == "AKTIV" else tree.own(s, enhed)
        if placed and has_status(enhed, a["status"]) and _has_task(f, enhed, a) and _has_system(f, enhed, a):
            found.append(enhed)
    return connection("OrganisationEnhedConnection", in_list(found, "OrganisationEnhed"), a)


def _has_task(f: Felter, enhed: Row, a: Arguments) -> bool:
    """With one of the numbers, and in the role when one is given."""
    if "opgaver" not in a:
        return True
    for opgave in f.snapshot.owned("opgave", "ORGANISATION_ENHED", enhed["uuid"]):
        klasse = f.snapshot.klasse(opgave["klasse"])
        nummer = klasse["nummer"] if klasse is not None else None
        rolle = a["opgaver"].get("rolle")
        if rolle is not None and opgave["rolle"] != rolle.lower():
            continue
        if nummer is not None and any(_fits(nummer, wanted) for wanted in a["opgaver"]["kleNummer"]):
            return True
    return False


def _has_system(f: Felter, enhed: Row, a: Arguments) -> bool:
    return "itSystemer" not in a or bool(systems_of(f, enhed["uuid"]) & lower(a["itSystemer"]))


def _fits(text: str | None, wanted: str, fold: bool = False) -> bool:
    """Equal, or with the same start when what is wanted ends in `*`."""
    if text is None:
        return False
    if fold:
        text, wanted = text.lower(), wanted.lower()
    return text.startswith(wanted[:-1]) if wanted.endswith("*") else text == wanted


def brugerliste(f: Felter, t: Ting, a: Arguments, warn: Warn) -> Any:
    _own_cvr(f, a)
    wanted = {name: value for name, value in a.get("brugerFilter", {}).items() if value is not None}
    person = {name: value for name, value in wanted.get("personFilter", {}).items() if value is not None}
    if ("navn" in person and not f.navn) or ("cpr" in person and not f.cpr):
        raise Failed(UNAUTHORIZED)
    found = [b for b in f.snapshot.rows("bruger") if tree.own(f.snapshot, b) and has_status(b, a["status"])]
    for name, value in wanted.items():
        found = [bruger for bruger in found if FILTRE[name](f, bruger, value)]
    return connection("BrugerConnection", in_list(found, "Bruger"), a)


def _by_address(f: Felter, bruger: Row, wanted: Mapping[str, Any]) -> bool:
    for link in f.snapshot.owned("adressering", "BRUGER", bruger["uuid"]):
        adresse = f.snapshot.one("adresse", link["adresse"])
        if link["rolle"] != wanted["rolle"].lower() or adresse is None:
            continue
        if _fits(adresse["adressetekst"], wanted["tekst"], fold=True):
            return True
    return False


def _by_person(f: Felter, bruger: Row, wanted: Mapping[str, Any]) -> bool:
    person = f.snapshot.one("person", bruger["person"])
    navn, cpr = wanted.get("navn"), wanted.get("cpr")
    if navn is None and cpr is None:
        return True
    if person is None:
        return False
    return (navn is None or _fits(person["navn"], navn, fold=True)) and (cpr is None or person["cpr"] == cpr)


def _in_unit(f: Felter, bruger: Row, enhed: str) -> bool:
    return any(m["enhed"] == enhed.lower() for m in f.snapshot.where("medlemskab", "bruger", bruger["uuid"]))


def _under_unit(f: Felter, bruger: Row, enhed: str) -> bool:
    under = {enhed.lower(), *(row["uuid"] for _, row in tree.below(f.snapshot, enhed.lower()))}
    return any(m["enhed"] in under for m in f.snapshot.where("medlemskab", "bruger", bruger["uuid"]))


def _with_type(f: Felter, bruger: Row, typer: list[str]) -> bool:
    return any(m["funktionstype"] in lower(typer) for m in f.snapshot.where("medlemskab", "bruger", bruger["uuid"]))


FILTRE = {
    "brugernavn": lambda f, bruger, wanted: _fits(bruger["brugernavn"], wanted, fold=True),
    "brugerTypeUuid": lambda f, bruger, wanted: bruger["brugertype"] == wanted.lower(),
    "adresseRolleFilter": _by_address,
    "personFilter": _by_person,
    "enhed": _in_unit,
    "underEnhed": _under_unit,
    "funktionstype": _with_type,
}


def bruger_ved_navn(f: Felter, t: Ting, a: Arguments, warn: Warn) -> Any:
    """The user of that name, upper and lower case alike; an active one first."""
    _own_cvr(f, a)
    found = [
        b
        for b in f.snapshot.rows("bruger")
        if tree.own(f.snapshot, b)
        and b["brugernavn"] is not None
        and b["brugernavn"].lower() == a["brugernavn"].lower()
    ]
    if not found:
        raise Failed(NOT_FOUND)
    return Ting("Bruger", min(found, key=lambda b: (b["status"] != "AKTIV", b["uuid"])))


def ansvarlig_enhed(f: Felter, t: Ting, a: Arguments, warn: Warn) -> Any:
    """The unit with the exact number, else with its group, else with its main group. domain.md 5."""
    _own_cvr(f, a)
    s = f.snapshot
    parts = a["kleNummer"].split(".")
    for length in range(len(parts), 0, -1):
        number = ".".join(parts[:length])
        found = []
        for enhed in s.rows("organisation_enhed"):
            tasks = s.owned("opgave", "ORGANISATION_ENHED", enhed["uuid"])
            numbers = [
                k["nummer"] for o in tasks if o["rolle"] == ANSVARLIG and (k := s.klasse(o["klasse"])) is not None
            ]
            if number in numbers and enhed["status"] == "AKTIV" and tree.in_tree(s, enhed["uuid"]):
                found.append(enhed)
        if found:
            return Ting("OrganisationEnhed", tree.in_order(iter(found))[0])
    raise Failed(NOT_FOUND)


FELTER: dict[str, Felt] = {
    **lister.FELTER,
    **enheder.FELTER,
    **brugere.FELTER,
    **andre.FELTER,
    **soegning.FELTER,
    **registreringer.FELTER,
    "Query.organisation": organisation,
    "Query.organisationEnhedListe": enhedsliste,
    "Query.brugerListe": brugerliste,
    "Query.brugerVedNavn": bruger_ved_navn,
    "Query.ansvarligEnhed": ansvarlig_enhed,
    "Query.organisationEnhed": ved_uuid("OrganisationEnhed"),
    "Query.bruger": ved_uuid("Bruger"),
    "Query.person": ved_uuid("Person"),
    "Query.adresse": ved_uuid("Adresse"),
    "Query.organisationFunktion": ved_uuid("OrganisationFunktion"),
    "Query.itSystem": ved_uuid("ItSystem"),
    "Query.virksomhed": ved_uuid("Virksomhed"),
    "Query.myndighed": ved_uuid("Myndighed"),
    "Query.interessefaellesskab": ved_uuid("Interessefaellesskab"),
}
"""Every field that the oracle answers."""


def left_out(schema: GraphQLSchema) -> set[str]:
    """The fields that the oracle does not answer; of an interface those that it does not answer for every type."""
    missing: set[str] = set()
    for type_ in schema.type_map.values():
        if isinstance(type_, GraphQLObjectType) and not type_.name.startswith("__"):
            missing |= {f"{type_.name}.{name}" for name in type_.fields} - FELTER.keys()
        if isinstance(type_, GraphQLInterfaceType):
            below = schema.get_possible_types(type_)
            missing |= {f"{type_.name}.{n}" for n in type_.fields if any(f"{t.name}.{n}" not in FELTER for t in below)}
    return missing

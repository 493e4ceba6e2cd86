"""What the other objects answer: organisation, company, authority, address, task, IT system, function, community."""

from typing import Any

from fkorg.catalogue import Objekttype
from tests.graph.naive import tree
from tests.graph.naive.enheder import systems_of
from tests.graph.naive.execute import Ting, Warn
from tests.graph.naive.fields import (
    Arguments,
    Felt,
    Felter,
    adresser,
    kolonne,
    maal,
    navn,
    opgaver,
    regtid,
    status,
    tidskolonne,
    til_en,
    tilstand,
    tinge,
    titel,
)
from tests.graph.naive.lister import connection, in_list

TYPER: dict[str, tuple[str, Objekttype]] = {
    "Organisation": ("organisation", Objekttype.ORGANISATION),
    "OrganisationEnhed": ("organisation_enhed", Objekttype.ORGANISATION_ENHED),
    "OrganisationFunktion": ("funktion", Objekttype.ORGANISATION_FUNKTION),
    "Bruger": ("bruger", Objekttype.BRUGER),
    "Person": ("person", Objekttype.PERSON),
    "Adresse": ("adresse", Objekttype.ADRESSE),
    "Virksomhed": ("virksomhed", Objekttype.VIRKSOMHED),
    "Myndighed": ("myndighed", Objekttype.MYNDIGHED),
    "ItSystem": ("it_system", Objekttype.IT_SYSTEM),
    "Interessefaellesskab": ("interessefaellesskab", Objekttype.INTERESSEFAELLESSKAB),
}
"""The ten object types: GraphQL name, table, and the name they have in the tables."""


def cvr_nummer(f: Felter, t: Ting, a: Arguments, warn: Warn) -> Any:
    """Either element may carry it (domain.md 2.2)."""
    return t.row["cvr_nummer"] if t.row["cvr_nummer"] is not None else t.row["brugervendt_noegle"]


def organisationens_noegle(f: Felter, t: Ting, a: Arguments, warn: Warn) -> Any:
    return navn("brugervendt_noegle")(f, t, a, warn)


def relation(f: Felter, t: Ting) -> Any:
    """The relation that an address was reached by; by uuid alone that of its first owner. rules.md 14."""
    if t.via:
        return t.via
    owners = sorted(f.snapshot.where("adressering", "adresse", t.row["uuid"]), key=lambda r: (r["ejer"], r["indeks"]))
    return owners[0] if owners else None


def klassifikation(f: Felter, t: Ting, a: Arguments, warn: Warn) -> Any:
    found = relation(f, t)
    return Ting("KlassifikationRelation", found) if found is not None else None


def adresserolle(f: Felter, t: Ting, a: Arguments, warn: Warn) -> Any:
    found = relation(f, t)
    return titel("rolle")(f, Ting("Adresse", found), a, warn) if found is not None else None


def opgavens_klassifikation(f: Felter, t: Ting, a: Arguments, warn: Warn) -> Any:
    """Of units only: other owners' tasks have no role and type."""
    return Ting("KlassifikationRelation", t.row) if t.row["rolle"] is not None else None


def ejere(objekttype: str, tabel: str, type_: str) -> Felt:
    """The objects of that type that use the address."""

    def felt(f: Felter, t: Ting, a: Arguments, warn: Warn) -> Any:
        links = f.snapshot.where("adressering", "adresse", t.row["uuid"])
        uuids = {link["ejer"] for link in links if link["ejertype"] == objekttype}
        return tinge(type_, tree.in_order(row for row in f.snapshot.rows(tabel) if row["uuid"] in uuids))

    return felt


def systemets_enheder(f: Felter, t: Ting, a: Arguments, warn: Warn) -> Any:
    """The units that use the system: by relation, or by an active Systemrolle function."""
    found = []
    for enhed in f.snapshot.rows("organisation_enhed"):
        if t.row["uuid"] in systems_of(f, enhed["uuid"]):
            found.append(enhed)
    return connection("OrganisationEnhedConnection", in_list(found, "OrganisationEnhed"), a)


def funktionens(relation: str, tabel: str, type_: str) -> Felt:
    """What a function points at, whatever its state."""

    def felt(f: Felter, t: Ting, a: Arguments, warn: Warn) -> Any:
        return tinge(type_, maal(f, "ORGANISATION_FUNKTION", [t.row["uuid"]], relation, tabel, warn))

    return felt


def meta(f: Felter, t: Ting, a: Arguments, warn: Warn) -> Any:
    """From the version guard, which knows no time but now."""
    objekttype = TYPER[t.type][1]
    for row in f.snapshot.tabeller["objekt"]:
        key = (row["organisation"], row["objekttype"], row["uuid"])
        if key == (f.snapshot.organisation, objekttype.value, t.row["uuid"]):
            waiting = any((d["organisation"], d["objekttype"], d["uuid"]) == key for d in f.snapshot.tabeller["dirty"])
            return Ting("Objektmeta", row, {"afventer": waiting})
    return None


def _objekt(type_: str) -> dict[str, Felt]:
    shared = {"uuid": kolonne("uuid"), "brugervendtNoegle": kolonne("brugervendt_noegle"), "meta": meta}
    return {f"{type_}.{name}": felt for name, felt in shared.items()}


FELTER: dict[str, Felt] = {
    **{name: felt for type_ in TYPER for name, felt in _objekt(type_).items()},
    "Organisation.brugervendtNoegle": organisationens_noegle,
    "Organisation.organisationsnavn": navn("organisationsnavn"),
    "Organisation.myndighed": til_en("Myndighed", "myndighed", "myndighed"),
    "Organisation.virksomhed": til_en("Virksomhed", "virksomhed", "virksomhed"),
    "Organisation.organisationEnhed": til_en("OrganisationEnhed", "organisation_enhed", "overordnet"),
    "Virksomhed.cvrNummerTekst": cvr_nummer,
    "Myndighed.myndighedskode": kolonne("myndighedskode"),
    "Myndighed.navn": kolonne("navn"),
    "Interessefaellesskab.navn": kolonne("navn"),
    "Interessefaellesskab.type": kolonne("type"),
    "Interessefaellesskab.tilstand": tilstand,
    "Adresse.adresseTekst": navn("adressetekst"),
    "Adresse.adresseRolleTitel": adresserolle,
    "Adresse.klassifikation": klassifikation,
    "Adresse.enheder": ejere("ORGANISATION_ENHED", "organisation_enhed", "OrganisationEnhed"),
    "Adresse.brugere": ejere("BRUGER", "bruger", "Bruger"),
    "KlassifikationRelation.type": kolonne("type"),
    "KlassifikationRelation.rolle": kolonne("rolle"),
    "KlassifikationRelation.indeks": kolonne("indeks"),
    "Opgave.uuid": kolonne("klasse"),
    "Opgave.kleEmneNummer": titel("klasse", "nummer"),
    "Opgave.kleEmneTitel": titel("klasse"),
    "Opgave.opgaveRolleTitel": titel("rolle"),
    "Opgave.klassifikation": opgavens_klassifikation,
    "ItSystem.itSystemNavn": kolonne("it_system_navn"),
    "ItSystem.enheder": systemets_enheder,
    "OrganisationFunktion.funktionsnavn": kolonne("funktionsnavn"),
    "OrganisationFunktion.funktionsTypeUuid": kolonne("funktionstype"),
    "OrganisationFunktion.funktionsTypeTitel": titel("funktionstype"),
    "OrganisationFunktion.tilstand": tilstand,
    "OrganisationFunktion.enheder": funktionens("TilknyttedeEnheder", "organisation_enhed", "OrganisationEnhed"),
    "OrganisationFunktion.brugere": funktionens("TilknyttedeBrugere", "bruger", "Bruger"),
    "OrganisationFunktion.itSystemer": funktionens("TilknyttedeItSystemer", "it_system", "ItSystem"),
    "OrganisationFunktion.opgaver": opgaver("ORGANISATION_FUNKTION"),
    "OrganisationFunktion.adresser": adresser("ORGANISATION_FUNKTION"),
    "Tilstand.status": status,
    "Tilstand.fraTidspunkt": tidskolonne("status_fra"),
    "Tilstand.tilTidspunkt": tidskolonne("status_til"),
    "Objektmeta.registreringstid": lambda f, t, a, warn: regtid(t.row["reg_ns"]),
    "Objektmeta.anvendt": tidskolonne("anvendt_at"),
    "Objektmeta.verificeret": tidskolonne("verificeret_at"),
    "Objektmeta.livscyklus": kolonne("livscyklus"),
    "Objektmeta.aarsag": kolonne("aarsag"),
    "Objektmeta.afventer": lambda f, t, a, warn: t.via["afventer"],
}

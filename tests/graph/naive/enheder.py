"""What a unit answers, and memberships, managers and contact places as seen from it."""

from typing import Any

from fkorg import klassifikation
from tests.graph.naive import tree
from tests.graph.naive.execute import Failed, Ting, Warn
from tests.graph.naive.fields import (
    NULL_VALUE,
    VALIDATION,
    Arguments,
    Felt,
    Felter,
    adresser,
    kolonne,
    lower,
    navn,
    opgaver,
    there,
    tidskolonne,
    til_en,
    tilstand,
    tinge,
    titel,
)
from tests.graph.naive.lister import Element, connection, in_list
from tests.graph.naive.snapshot import Row, unique
from tests.graph.naive.tree import EffektivLeder

HENVENDELSESSTED = str(klassifikation.HENVENDELSESSTED)
UDBETALENDE = str(klassifikation.UDBETALENDE_ENHED)
SYSTEMROLLE = str(klassifikation.SYSTEMROLLE)


def underliggende(f: Felter, t: Ting, a: Arguments, warn: Warn) -> Any:
    return tinge("OrganisationEnhed", tree.children(f.snapshot, dict(t.row)))


def overordnet(f: Felter, t: Ting, a: Arguments, warn: Warn) -> Any:
    row = f.snapshot.one("organisation_enhed", t.row["overordnet"])
    return None if row is None else Ting("OrganisationEnhed", row)


def sti(f: Felter, t: Ting, a: Arguments, warn: Warn) -> Any:
    return tinge("OrganisationEnhed", tree.sti(f.snapshot, t.row["uuid"]))


def dybde(f: Felter, t: Ting, a: Arguments, warn: Warn) -> Any:
    chain = tree.sti(f.snapshot, t.row["uuid"])
    return len(chain) - 1 if chain else None


def efterkommere(f: Felter, t: Ting, a: Arguments, warn: Warn) -> Any:
    """All units below, nearest first, then by name."""
    if a.get("maksDybde", 0) < 0:
        raise Failed(VALIDATION)
    found = []
    for level, enhed in tree.below(f.snapshot, t.row["uuid"]):
        status = enhed["status"] or "INAKTIV"
        if level <= a.get("maksDybde", level) and status == a.get("status", status):
            found.append(Element((level, enhed["sortering"], enhed["uuid"]), Ting("OrganisationEnhed", enhed), {}))
    return connection("OrganisationEnhedConnection", sorted(found, key=lambda e: e.key), a)


def medlemskaber(f: Felter, t: Ting, a: Arguments, warn: Warn) -> Any:
    """One per function and user, vacant posts too. rules.md 16."""
    found = f.snapshot.where("medlemskab", "enhed", t.row["uuid"])
    return tinge("OrganisationEnhedMedlemskab", tree.by_start(of_types(found, a)))


def of_types(found: list[Row], a: Arguments) -> list[Row]:
    return [m for m in found if "rolle" not in a or m["funktionstype"] in lower(a["rolle"])]


def medlemmer(f: Felter, t: Ting, a: Arguments, warn: Warn) -> Any:
    """By user name, vacant posts last."""
    enheder = [t.row["uuid"]]
    if a.get("medEfterkommere"):
        enheder += [enhed["uuid"] for _, enhed in tree.below(f.snapshot, t.row["uuid"])]
    found = []
    for enhed in enheder:
        for m in of_types(f.snapshot.where("medlemskab", "enhed", enhed), a):
            bruger = f.snapshot.one("bruger", m["bruger"])
            name = (False, bruger["sortering"]) if bruger is not None else (True, "")
            key = (*name, m["uuid"], m["bruger"] or "", m["uuid"])
            found.append(Element(key, Ting("OrganisationEnhedMedlemskab", m), {}))
    return connection("OrganisationEnhedMedlemskabConnection", sorted(found, key=lambda e: e.key), a)


def funktioner(f: Felter, t: Ting, a: Arguments, warn: Warn) -> Any:
    """All functions that point at the unit, whatever their type and state."""
    found = {}
    for link in f.snapshot.where("tilknytning", "maal", t.row["uuid"]):
        if link["ejertype"] == "ORGANISATION_FUNKTION" and link["relation"] == "TilknyttedeEnheder":
            row = f.snapshot.one("funktion", link["ejer"])
            if row is not None and ("type" not in a or row["funktionstype"] in lower(a["type"])):
                found[row["uuid"]] = row
    return connection("OrganisationFunktionConnection", in_list(list(found.values()), "OrganisationFunktion"), a)


def it_systemer(f: Felter, t: Ting, a: Arguments, warn: Warn) -> Any:
    """By relation, plus those of the old Systemrolle functions; each once."""
    found = {uuid: f.snapshot.one("it_system", uuid) for uuid in systems_of(f, t.row["uuid"])}
    return tinge("ItSystem", there(found, warn))


def systems_of(f: Felter, enhed: str) -> set[str]:
    """The IT systems that the unit points at itself, or by an active Systemrolle function."""
    owners = [("ORGANISATION_ENHED", enhed)]
    owners += [("ORGANISATION_FUNKTION", r["uuid"]) for r in _active_functions_at(f, enhed, SYSTEMROLLE)]
    links = [link for owner in owners for link in f.snapshot.owned("tilknytning", *owner)]
    return {link["maal"] for link in links if link["relation"] == "TilknyttedeItSystemer"}


def _active_functions_at(f: Felter, enhed: str, funktionstype: str) -> list[Row]:
    """Active functions of that type whose unit is this one."""
    found = []
    for link in f.snapshot.where("tilknytning", "maal", enhed):
        if link["ejertype"] == "ORGANISATION_FUNKTION" and link["relation"] == "TilknyttedeEnheder":
            row = f.snapshot.one("funktion", link["ejer"])
            if row is not None and row["status"] == "AKTIV" and row["funktionstype"] == funktionstype:
                found.append(row)
    return unique(found, "uuid")


def _active_functions_of(f: Felter, enhed: str, funktionstype: str) -> list[Row]:
    """Active functions of that type that the unit points at."""
    found = []
    for link in f.snapshot.owned("tilknytning", "ORGANISATION_ENHED", enhed):
        if link["relation"] == "TilknyttedeFunktioner":
            row = f.snapshot.one("funktion", link["maal"])
            if row is not None and row["status"] == "AKTIV" and row["funktionstype"] == funktionstype:
                found.append(row)
    return sorted(unique(found, "uuid"), key=lambda r: (r["sortering"], r["uuid"]))


def _unit_of(f: Felter, funktion: str) -> Row | None:
    """The one unit of a function; of several that exist the first by uuid."""
    links = f.snapshot.owned("tilknytning", "ORGANISATION_FUNKTION", funktion)
    units = sorted(link["maal"] for link in links if link["relation"] == "TilknyttedeEnheder")
    rows = [f.snapshot.one("organisation_enhed", uuid) for uuid in units]
    return next((row for row in rows if row is not None), None)


def _steder(f: Felter, funktioner: list[Row], warn: Warn) -> list[Ting]:
    """One per function and task; those of a function whose unit is missing are left out with a warning."""
    found = []
    for funktion in funktioner:
        enhed = _unit_of(f, funktion["uuid"])
        tasks = list(f.snapshot.owned("opgave", "ORGANISATION_FUNKTION", funktion["uuid"]))
        for opgave in sorted(tasks, key=lambda o: (o["indeks"], o["klasse"])) or [None]:
            if enhed is None:
                warn(NULL_VALUE)
            else:
                found.append(Ting("Henvendelsessted", funktion, {"enhed": enhed, "opgave": opgave}))
    return found


def henvendelsessteder(f: Felter, t: Ting, a: Arguments, warn: Warn) -> Any:
    """A function that is missing may be one: it is left out with a warning. rules.md 11."""
    links = f.snapshot.owned("tilknytning", "ORGANISATION_ENHED", t.row["uuid"])
    for uuid in {link["maal"] for link in links if link["relation"] == "TilknyttedeFunktioner"}:
        if f.snapshot.one("funktion", uuid) is None:
            warn(NULL_VALUE)
    return _steder(f, _active_functions_of(f, t.row["uuid"], HENVENDELSESSTED), warn)


def henvendelsessted_for(f: Felter, t: Ting, a: Arguments, warn: Warn) -> Any:
    found = _active_functions_at(f, t.row["uuid"], HENVENDELSESSTED)
    return _steder(f, tree.in_order(iter(found)), warn)


def stedets_opgave(f: Felter, t: Ting, a: Arguments, warn: Warn) -> Any:
    return Ting("Opgave", t.via["opgave"]) if t.via["opgave"] is not None else None


def udbetalende_enhed(f: Felter, t: Ting, a: Arguments, warn: Warn) -> Any:
    units = [_unit_of(f, funktion["uuid"]) for funktion in _active_functions_of(f, t.row["uuid"], UDBETALENDE)]
    found = next((unit for unit in units if unit is not None), None)
    return Ting("OrganisationEnhed", found) if found is not None else None


def ledere(f: Felter, t: Ting, a: Arguments, warn: Warn) -> Any:
    return tinge("OrganisationEnhedMedlemskab", tree.ledere(f.snapshot, t.row["uuid"]))


def leder(found: EffektivLeder | None) -> Ting | None:
    return Ting("EffektivLeder", found.medlemskab, {"enhed": found.enhed, "afstand": found.afstand}) if found else None


def effektiv_leder(f: Felter, t: Ting, a: Arguments, warn: Warn) -> Any:
    return leder(tree.effektiv_leder(f.snapshot, t.row["uuid"]))


MEDLEMSKAB = {
    "uuid": kolonne("uuid"),
    "medlemskabRolleTitel": kolonne("titel"),
    "brugervendtNoegle": kolonne("brugervendt_noegle"),
    "funktionsTypeUuid": kolonne("funktionstype"),
    "funktionsTypeTitel": titel("funktionstype"),
    "start": tidskolonne("start"),
    "slut": tidskolonne("slut"),
}

FELTER: dict[str, Felt] = {
    "OrganisationEnhed.enhedsnavn": navn("enhedsnavn"),
    "OrganisationEnhed.underliggendeEnheder": underliggende,
    "OrganisationEnhed.overordnetEnhed": overordnet,
    "OrganisationEnhed.tilstand": tilstand,
    "OrganisationEnhed.tilhoerer": til_en("Organisation", "organisation", "tilhoerer"),
    "OrganisationEnhed.adresser": adresser("ORGANISATION_ENHED"),
    "OrganisationEnhed.opgaver": opgaver("ORGANISATION_ENHED"),
    "OrganisationEnhed.itSystemer": it_systemer,
    "OrganisationEnhed.medlemskaber": medlemskaber,
    "OrganisationEnhed.henvendelsessteder": henvendelsessteder,
    "OrganisationEnhed.henvendelsesstedFor": henvendelsessted_for,
    "OrganisationEnhed.udbetalendeEnhed": udbetalende_enhed,
    "OrganisationEnhed.sti": sti,
    "OrganisationEnhed.dybde": dybde,
    "OrganisationEnhed.efterkommere": efterkommere,
    "OrganisationEnhed.ledere": ledere,
    "OrganisationEnhed.effektivLeder": effektiv_leder,
    "OrganisationEnhed.medlemmer": medlemmer,
    "OrganisationEnhed.enhedstypeUuid": kolonne("enhedstype"),
    "OrganisationEnhed.enhedstypeTitel": titel("enhedstype"),
    "OrganisationEnhed.funktioner": funktioner,
    "Henvendelsessted.uuid": kolonne("uuid"),
    "Henvendelsessted.navn": navn("funktionsnavn"),
    "Henvendelsessted.henvendelsesOrganisationEnhed": lambda f, t, a, warn: Ting("OrganisationEnhed", t.via["enhed"]),
    "Henvendelsessted.opgave": stedets_opgave,
    **{f"OrganisationEnhedMedlemskab.{name}": felt for name, felt in MEDLEMSKAB.items()},
    "OrganisationEnhedMedlemskab.bruger": til_en("Bruger", "bruger", "bruger"),
    "EffektivLeder.bruger": til_en("Bruger", "bruger", "bruger"),
    "EffektivLeder.medlemskab": lambda f, t, a, warn: Ting("OrganisationEnhedMedlemskab", t.row),
    "EffektivLeder.fraEnhed": lambda f, t, a, warn: Ting("OrganisationEnhed", t.via["enhed"]),
    "EffektivLeder.nedarvet": lambda f, t, a, warn: t.via["afstand"] > 0,
    "EffektivLeder.afstand": lambda f, t, a, warn: t.via["afstand"],
}

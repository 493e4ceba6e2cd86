"""What a user and a person answer: memberships, managers, those managed; and who may see names and CPR numbers."""

from typing import Any

from tests.graph.naive import tree
from tests.graph.naive.enheder import MEDLEMSKAB, leder, of_types
from tests.graph.naive.execute import Ting, Warn
from tests.graph.naive.fields import (
    UNAUTHORIZED,
    Arguments,
    Felt,
    Felter,
    adresser,
    kolonne,
    navn,
    til_en,
    tilstand,
    tinge,
    titel,
)
from tests.graph.naive.lister import connection, in_list


def har_medlemskab(f: Felter, t: Ting, a: Arguments, warn: Warn) -> Any:
    found = of_types(f.snapshot.where("medlemskab", "bruger", t.row["uuid"]), a)
    return tinge("BrugerMedlemskab", tree.by_start(found))


def enhedsstier(f: Felter, t: Ting, a: Arguments, warn: Warn) -> Any:
    return tinge("Enhedssti", tree.ansaettelser(f.snapshot, t.row["uuid"]))


def stien(f: Felter, t: Ting, a: Arguments, warn: Warn) -> Any:
    return tinge("OrganisationEnhed", tree.sti(f.snapshot, t.row["enhed"]))


def ledere(f: Felter, t: Ting, a: Arguments, warn: Warn) -> Any:
    return [leder(found) for found in tree.brugers_ledere(f.snapshot, t.row["uuid"])]


def lederkaede(f: Felter, t: Ting, a: Arguments, warn: Warn) -> Any:
    return [leder(found) for found in tree.lederkaede(f.snapshot, t.row["uuid"])]


def leder_af(f: Felter, t: Ting, a: Arguments, warn: Warn) -> Any:
    """The units this user manages, by name."""
    found = [
        enhed
        for enhed in f.snapshot.rows("organisation_enhed")
        if t.row["uuid"] in [m["bruger"] for m in tree.ledere(f.snapshot, enhed["uuid"])]
    ]
    return tinge("OrganisationEnhed", tree.in_order(iter(found)))


def medarbejdere(f: Felter, t: Ting, a: Arguments, warn: Warn) -> Any:
    """Everyone whose effective manager is this user; with all levels also theirs, and so on."""
    managed_by: dict[str, set[str]] = {}
    for bruger in f.snapshot.rows("bruger"):
        for found in tree.brugers_ledere(f.snapshot, bruger["uuid"]):
            managed_by.setdefault(found.medlemskab["bruger"], set()).add(bruger["uuid"])
    reached = set(managed_by.get(t.row["uuid"], ()))
    waiting = list(reached) if a.get("alleNiveauer") else []
    while waiting:
        more = managed_by.get(waiting.pop(), set()) - reached
        reached |= more
        waiting += more
    rows = [b for b in f.snapshot.rows("bruger") if b["uuid"] in reached - {t.row["uuid"]}]
    return connection("BrugerConnection", in_list(rows, "Bruger"), a)


def brugere(f: Felter, t: Ting, a: Arguments, warn: Warn) -> Any:
    return tinge("Bruger", tree.in_order(iter(f.snapshot.where("bruger", "person", t.row["uuid"]))))


def personnavn(f: Felter, t: Ting, a: Arguments, warn: Warn) -> Any:
    """Null with a warning without the right."""
    if not f.navn:
        warn(UNAUTHORIZED)
        return None
    return t.row["navn"]


def cpr(f: Felter, t: Ting, a: Arguments, warn: Warn) -> Any:
    if not f.cpr:
        warn(UNAUTHORIZED)
        return None
    return t.row["cpr"]


FELTER: dict[str, Felt] = {
    "Bruger.brugernavn": navn("brugernavn"),
    "Bruger.brugerTypeUuid": kolonne("brugertype"),
    "Bruger.brugerTypeTitel": titel("brugertype"),
    "Bruger.tilstand": tilstand,
    "Bruger.person": til_en("Person", "person", "person"),
    "Bruger.adresser": adresser("BRUGER"),
    "Bruger.harMedlemskab": har_medlemskab,
    "Bruger.enhedsstier": enhedsstier,
    "Bruger.ledere": ledere,
    "Bruger.lederkaede": lederkaede,
    "Bruger.lederAf": leder_af,
    "Bruger.medarbejdere": medarbejdere,
    "Person.navn": personnavn,
    "Person.cpr": cpr,
    "Person.brugere": brugere,
    **{f"BrugerMedlemskab.{name}": felt for name, felt in MEDLEMSKAB.items()},
    "BrugerMedlemskab.medlemAf": til_en("OrganisationEnhed", "organisation_enhed", "enhed"),
    "Enhedssti.medlemskab": lambda f, t, a, warn: Ting("BrugerMedlemskab", t.row),
    "Enhedssti.sti": stien,
}

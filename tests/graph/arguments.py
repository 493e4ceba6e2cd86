"""Random values for the arguments of the schema: what exists, what does not, and what lies at the edges.

`argument` gives the values of one field's arguments together, since some exclude each other (first and last).
"""

import random
from typing import Any, Final

from graphql import GraphQLArgument, GraphQLNonNull

from fkorg import klassifikation
from tests.graph.chance import BRUGERROLLER, ENHEDSROLLER, FUNKTIONSTYPER, GRAENSER, KLE, NOW, UKENDTE

ABSENT: Final = object()
"""No value is given for the argument."""
BY_UUID: Final = {
    "organisationEnhed": "organisation_enhed",
    "bruger": "bruger",
    "person": "person",
    "adresse": "adresse",
    "organisationFunktion": "funktion",
    "itSystem": "it_system",
    "virksomhed": "virksomhed",
    "myndighed": "myndighed",
    "interessefaellesskab": "interessefaellesskab",
}
KINDS: Final = {"PERSON": "person", "BRUGER": "bruger", "ORGANISATION_ENHED": "organisation_enhed"}
KLE_FILTRE: Final = (*KLE, "*", "00*", "00.01*", "02.05.02*", "99", "27.1*")
NAVNE: Final = ("jdoe*", "jdoe", "JDOE2", "Åse*", "a_b%*", "a_b%1", "*", "x", "%", "zebra", 'Det "blå" hus', "")
TIDER: Final = ("2018-01-01T00:00:00Z", "2025-07-01T00:00:00+02:00", "2026-05-02T00:00:00Z", *GRAENSER, NOW)
REGTIDER: Final = (
    "2025-06-01T00:00:00Z",
    "2026-02-01T00:00:00.1234567Z",
    "2026-02-01T00:00:00.123456700Z",
    "2026-03-01T01:00:00.000000001+01:00",
    "2030-01-01T00:00:00Z",
)
"""Two of them are the very nanosecond at which rows of the worlds end and others start."""


def argument(
    rng: random.Random, where: str, definitions: dict[str, GraphQLArgument], uuids: dict[str, list[str]]
) -> dict[str, Any]:
    """Values for the arguments of a field (`Type.field`) or directive; what is not in it is absent."""
    values: dict[str, Any] = {}
    for name, definition in definitions.items():
        required = isinstance(definition.type, GraphQLNonNull)
        if name in ("first", "last", "after", "before") or (not required and rng.random() < 0.65):
            continue
        values[name] = None if not required and rng.random() < 0.1 else _value(rng, where, name, uuids)
    if where == "Query.registrering":
        values["uuid"] = rng.choice(uuids[KINDS[values["objekttype"]]])
    return values | _page(rng, where, definitions, uuids)


BY_NAME: Final = (
    "Query.organisationEnhedListe",
    "Query.brugerListe",
    "OrganisationEnhed.funktioner",
    "Bruger.medarbejdere",
    "ItSystem.enheder",
)
"""The lists whose order, and so whose cursors, the specification gives: by sort key and uuid."""


def _page(
    rng: random.Random, where: str, definitions: dict[str, GraphQLArgument], uuids: dict[str, list[str]]
) -> dict[str, Any]:
    values: dict[str, Any] = {}
    if "first" not in definitions:
        return values
    sizes = (1, 2, 3, 5, 500)
    kind = rng.random()
    if "last" in definitions and kind < 0.3:
        values["last"] = rng.choice(sizes)
    elif kind < 0.8:
        values["first"] = rng.choice(sizes)
    elif kind < 0.85:
        values["first"] = None
    if where in BY_NAME and rng.random() < 0.4:
        cursor = rng.choice(uuids["cursor"])
        if "last" in definitions and ("last" in values or (not values and rng.random() < 0.5)):
            values["before"] = cursor
        else:
            values["after"] = cursor
    return values


def _value(rng: random.Random, where: str, name: str, uuids: dict[str, list[str]]) -> Any:
    def some(kind: str) -> str:
        return rng.choice(uuids[kind])

    field = where.removeprefix("Query.")
    match name:
        case "uuid" if field in BY_UUID:
            found = [some(BY_UUID[field]) for _ in range(rng.choice((0, 1, 1, 2, 3)))]
            found = [uuid.upper() if rng.random() < 0.1 else uuid for uuid in found]
            return found[0] if len(found) == 1 and rng.random() < 0.3 else found
        case "uuid" | "personUuid":
            return some("person")
        case "objekttype":
            return rng.choice(tuple(KINDS))
        case "registreringFra" | "registreringTil":
            return rng.choice(REGTIDER)
        case "cvr":
            return rng.choices((some("cvr"), some("andet_cvr"), "99999999"), (92, 4, 4))[0]
        case "status":
            return rng.choices(("AKTIV", "INAKTIV"), (3, 1))[0]
        case "rolle":
            roles = _roles(where)
            found = [rng.choice(roles) for _ in range(rng.randint(0, 2))]
            return found[0] if len(found) == 1 and rng.random() < 0.3 else found
        case "type":
            return [some("funktionstype") for _ in range(rng.randint(0, 2))]
        case "itSystemer":
            return [some("it_system") for _ in range(rng.randint(0, 2))]
        case "opgaver":
            return {"kleNummer": _kle(rng)} | _maybe(rng, rolle=rng.choice((str(klassifikation.ANSVARLIG), UKENDTE[0])))
        case "brugerFilter":
            return _bruger_filter(rng, uuids)
        case "kleNummer":
            return rng.choice(tuple(KLE))
        case "brugernavn":
            return rng.choice(NAVNE)
        case "tekst":
            return rng.choice(
                (
                    "korsb",
                    "Børn",
                    "hus",
                    "jdoe",
                    "b",
                    "å",
                    "a_b%",
                    "ling jør",
                    "a\u030alb",
                    'det "blå',
                    "\\",
                    "11223344",
                )
            )
        case "typer":
            return [rng.choice(("ORGANISATION_ENHED", "BRUGER", "PERSON", "ADRESSE")) for _ in range(rng.randint(0, 2))]
        case "maksDybde":
            return rng.choice((0, 1, 2, 50))
        case "alleNiveauer" | "medEfterkommere":
            return rng.random() < 0.7
        case "virkningstid" | "fra" | "til":
            return rng.choice(TIDER)
        case "registreringstid":
            return rng.choice(REGTIDER)
    raise AssertionError(f"no values are known for the argument {where}({name}:)")


def _roles(where: str) -> tuple[str, ...]:
    if where.split(".")[1] in ("medlemskaber", "harMedlemskab", "medlemmer"):
        return (*FUNKTIONSTYPER, UKENDTE[3])
    return (*ENHEDSROLLER, *BRUGERROLLER)


def _kle(rng: random.Random) -> Any:
    found = [rng.choice(KLE_FILTRE) for _ in range(rng.randint(0, 2))]
    return found[0] if len(found) == 1 and rng.random() < 0.3 else found


def _maybe(rng: random.Random, **values: Any) -> dict[str, Any]:
    """Each of the values, or null, or nothing."""
    kept = {name: None if rng.random() < 0.1 else value for name, value in values.items()}
    return {name: value for name, value in kept.items() if rng.random() < 0.4}


def _bruger_filter(rng: random.Random, uuids: dict[str, list[str]]) -> dict[str, Any]:
    return _maybe(
        rng,
        brugernavn=rng.choice(NAVNE),
        adresseRolleFilter={
            "rolle": rng.choice(BRUGERROLLER),
            "tekst": rng.choice(("a0@korsbaek.dk", "Å1@korsbaek.dk")),
        },
        brugerTypeUuid=rng.choice((str(klassifikation.INTERN_BRUGER), UKENDTE[2])),
        personFilter=_maybe(rng, navn=rng.choice(("Zebra", "Ålborg", "z*", "Jørgensen")), cpr="0102031234"),
        enhed=rng.choice(uuids["organisation_enhed"]),
        underEnhed=rng.choice(uuids["organisation_enhed"]),
        funktionstype=[rng.choice((*FUNKTIONSTYPER, UKENDTE[3])) for _ in range(rng.randint(0, 2))],
    )

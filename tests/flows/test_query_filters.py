"""A question is asked: the filters of the lists, those of KOMBIT's schema and ours. Expected is the source's truth."""

from collections.abc import Callable
from functools import cache

import pytest

from fkorg.klassifikation import (
    ANSAT_I,
    ANSVARLIG,
    BRUGER_EMAIL,
    BRUGER_TELEFON,
    EKSTERN_BRUGER,
    LEDERROLLE,
    SYSTEMROLLE,
)
from fkorg.tid import UENDELIG_NS
from simulator import kle
from simulator.kommune import byg
from tests.flows.facit import Facit, Objekt, brugerliste, enhedsliste
from tests.flows.frontend import Frontend
from tests.flows.verden import CVR
from tests.simulator.fixtures import SEED

Sandhedens = Callable[[int | None], Facit]
NUMMER = {str(k.uuid): k.nummer for k in kle.kle(SEED)}
IT = [str(byg.uuid_for(SEED, "itsystem", n)) for n in range(8)]
FORVALTNING = str(byg.uuid_for(SEED, "enhed", 1))
BRUGER = str(byg.uuid_for(SEED, "bruger", 0))


def opgaver(f: Facit, passer: Callable[[str], bool]) -> list[str]:
    """Units with a task whose number fits; each task of the sample data has the role Ansvarlig."""

    def har(uuid: str) -> bool:
        return any(passer(NUMMER[klasse]) for klasse, _, _ in f.enheder[uuid].relationer("Opgaver"))

    return [uuid for uuid in enhedsliste(f) if har(uuid)]


@cache
def nummer(f: Facit) -> str:
    """The first task of the first unit that has one."""
    alle = [klasse for uuid in enhedsliste(f) for klasse, _, _ in f.enheder[uuid].relationer("Opgaver")]
    return NUMMER[alle[0]]


@cache
def it_systemer(f: Facit, *systemer: str) -> list[str]:
    """Units that point at one of them, or at which an obsolete Systemrolle with it points."""
    gamle = [rolle for rolle in f.funktioner.values() if rolle.en("Funktionstype") == str(SYSTEMROLLE)]
    har = {uuid: {s for s, _, _ in e.relationer("TilknyttedeItSystemer")} for uuid, e in f.enheder.items()}
    for rolle in gamle:
        for uuid, _, _ in rolle.relationer("TilknyttedeEnheder"):
            har[uuid] |= {s for s, _, _ in rolle.relationer("TilknyttedeItSystemer")}
    return [uuid for uuid in enhedsliste(f) if har[uuid] & set(systemer)]


ENHEDER: dict[str, tuple[str, Callable[[Facit], list[str]]]] = {
    "one number": ('opgaver: {kleNummer: ["{nummer}"]}', lambda f: opgaver(f, lambda n: n == nummer(f))),
    "one number, in no list": ('opgaver: {kleNummer: "{nummer}"}', lambda f: opgaver(f, lambda n: n == nummer(f))),
    "a group with what is in it": ('opgaver: {kleNummer: "00.01*"}', lambda f: opgaver(f, lambda n: n[:5] == "00.01")),
    "a main group": ('opgaver: {kleNummer: "17*"}', lambda f: opgaver(f, lambda n: n[:2] == "17")),
    "any task": ('opgaver: {kleNummer: "*"}', lambda f: opgaver(f, lambda n: True)),
    "any of several": (
        'opgaver: {kleNummer: ["81.02*", "83.00.01"]}',
        lambda f: opgaver(f, lambda n: n[:5] == "81.02" or n == "83.00.01"),
    ),
    "in a role": (
        f'opgaver: {{kleNummer: "20*", rolle: "{ANSVARLIG}"}}',
        lambda f: opgaver(f, lambda n: n[:2] == "20"),
    ),
    "in a role that none has": (f'opgaver: {{kleNummer: "20*", rolle: "{LEDERROLLE}"}}', lambda f: []),
    "an IT system, also by Systemrolle": (f'itSystemer: ["{IT[0]}"]', lambda f: it_systemer(f, IT[0])),
    "one of two": (f'itSystemer: ["{IT[1]}", "{IT[2]}"]', lambda f: it_systemer(f, IT[1], IT[2])),
    "a task and an IT system": (
        f'opgaver: {{kleNummer: "*"}}, itSystemer: {str(IT).replace(chr(39), chr(34))}',
        lambda f: [u for u in opgaver(f, lambda n: True) if u in it_systemer(f, *IT)],
    ),
}


@pytest.mark.parametrize("navn", ENHEDER)
async def test_units_are_found(laeser: Frontend, sandhedens: Sandhedens, navn: str) -> None:
    facit, (filter, ventet) = sandhedens(None), ENHEDER[navn]
    svar = await laeser.spoerg(
        f"query($cvr: CVR!) {{ l: organisationEnhedListe(cvr: $cvr, status: AKTIV, "
        f"{filter.replace('{nummer}', nummer(facit))}) {{ antal edges {{ node {{ uuid }} }} }} }}",
        cvr=CVR,
    )

    uuids = ventet(facit)
    assert [edge["node"]["uuid"] for edge in svar.data["l"]["edges"]] == uuids
    assert (svar.data["l"]["antal"], bool(uuids)) == (len(uuids), navn != "in a role that none has")


def brugere(f: Facit, passer: Callable[[Facit, Objekt], bool]) -> list[str]:
    """Active users that fit."""
    return [uuid for uuid in brugerliste(f) if passer(f, f.brugere[uuid])]


def login(bruger: Objekt) -> str:
    return (bruger.felt("brugernavn") or "").lower()


def tekster(f: Facit, bruger: Objekt, rolle: object) -> list[str]:
    """The texts of the user's addresses in a role."""
    entries = [(uuid, r) for uuid, _, r in bruger.relationer("Adresser") if r.rolle.id == str(rolle)]
    return [f.adresser[uuid].felt("adressetekst") or "" for uuid, _ in entries if uuid in f.adresser]


def person(f: Facit, bruger: Objekt, felt: str) -> str | None:
    """A field of the person behind the user: of several in effect the first (domain.md 5)."""
    uuid = min((fra, uuid) for uuid, fra, _ in [*bruger.relationer("TilknyttedePersoner"), ("", UENDELIG_NS, None)])[1]
    return f.personer[uuid].felt(felt) if uuid in f.personer else None


def enheder(f: Facit, bruger: Objekt) -> set[str]:
    return {m.enhed for m in f.medlem(bruger.uuid)}


def typer(f: Facit, bruger: Objekt) -> set[str]:
    return {str(m.type) for m in f.medlem(bruger.uuid)}


Passer = Callable[[Facit, Objekt], bool]
BRUGERE: dict[str, tuple[str, Passer]] = {
    "a name": ('brugernavn: "laantleder"', lambda f, b: login(b) == "laantleder"),
    "a name in capitals": ('brugernavn: "LAANTLEDER"', lambda f, b: login(b) == "laantleder"),
    "the start of a name": ('brugernavn: "an*"', lambda f, b: login(b).startswith("an")),
    "a name with a sign that SQL reads": ('brugernavn: "a_n*"', lambda f, b: login(b).startswith("a_n")),
    "a name that is only the start": ('brugernavn: "laant"', lambda f, b: False),
    "an address": (
        f'adresseRolleFilter: {{rolle: "{BRUGER_TELEFON}", tekst: "{{telefon}}"}}',
        lambda f, b: telefon(f) in tekster(f, b, BRUGER_TELEFON),
    ),
    "the start of an address": (
        f'adresseRolleFilter: {{rolle: "{BRUGER_EMAIL}", tekst: "an*"}}',
        lambda f, b: any(t.lower().startswith("an") for t in tekster(f, b, BRUGER_EMAIL)),
    ),
    "an address in another role": (
        f'adresseRolleFilter: {{rolle: "{BRUGER_EMAIL}", tekst: "{{telefon}}"}}',
        lambda f, b: False,
    ),
    "a kind of user": (
        f'brugerTypeUuid: "{EKSTERN_BRUGER}"',
        lambda f, b: b.en("BrugerTyper") == str(EKSTERN_BRUGER),
    ),
    "a person's name": (
        'personFilter: {navn: "åse ærtebjerg østergård"}',
        lambda f, b: person(f, b, "navn") == "Åse Ærtebjerg Østergård",
    ),
    "the start of a person's name": (
        'personFilter: {navn: "Åse*"}',
        lambda f, b: (person(f, b, "navn") or "").startswith("Åse"),
    ),
    "a CPR number": (
        'personFilter: {cpr: "{cpr}"}',
        lambda f, b: person(f, b, "cpr") == person(f, f.brugere[BRUGER], "cpr"),
    ),
    "in a unit": (f'enhed: "{FORVALTNING}"', lambda f, b: FORVALTNING in enheder(f, b)),
    "in a unit or below it": (
        f'underEnhed: "{FORVALTNING}"',
        lambda f, b: bool(enheder(f, b) & {FORVALTNING, *f.under(FORVALTNING)}),
    ),
    "a kind of membership": (
        f'funktionstype: ["{ANSAT_I}", "{LEDERROLLE}"]',
        lambda f, b: bool(typer(f, b) & {str(ANSAT_I), str(LEDERROLLE)}),
    ),
    "all parts together": (
        f'brugernavn: "a*", underEnhed: "{FORVALTNING}", funktionstype: ["{LEDERROLLE}"], personFilter: {{navn: "A*"}}',
        lambda f, b: (
            login(b).startswith("a")
            and bool(enheder(f, b) & {FORVALTNING, *f.under(FORVALTNING)})
            and str(LEDERROLLE) in typer(f, b)
            and (person(f, b, "navn") or "").startswith("A")
        ),
    ),
}
TOMME = {"a name with a sign that SQL reads", "a name that is only the start", "an address in another role"}


def telefon(f: Facit) -> str:
    """The phone of some user."""
    return tekster(f, f.brugere[BRUGER], BRUGER_TELEFON)[0]


@pytest.mark.parametrize("navn", BRUGERE)
async def test_users_are_found(laeser: Frontend, sandhedens: Sandhedens, navn: str) -> None:
    filter, passer = BRUGERE[navn]
    facit = sandhedens(None)
    givet = {"{telefon}": telefon(facit), "{cpr}": person(facit, facit.brugere[BRUGER], "cpr") or "?"}
    for sted, value in givet.items():
        filter = filter.replace(sted, value)

    svar = await laeser.spoerg(
        f"query($cvr: CVR!) {{ l: brugerListe(cvr: $cvr, status: AKTIV, brugerFilter: {{{filter}}}) "
        "{ antal edges { node { uuid } } } }",
        token="persondata",
        cvr=CVR,
    )

    uuids = brugere(facit, passer)
    assert [edge["node"]["uuid"] for edge in svar.data["l"]["edges"]] == uuids
    assert (svar.data["l"]["antal"], bool(uuids)) == (len(uuids), navn not in TOMME)


@pytest.mark.parametrize("filter", ['navn: "Å*"', 'cpr: "0120000000"'])
async def test_filtering_by_what_a_caller_may_not_see_is_refused(laeser: Frontend, filter: str) -> None:
    svar = await laeser.spoerg(
        f"query($cvr: CVR!) {{ l: brugerListe(cvr: $cvr, status: AKTIV, brugerFilter: {{personFilter: {{{filter}}}}}) "
        "{ antal } }",
        cvr=CVR,
    )

    assert svar.body["data"] == {"l": None}
    assert [e["extensions"]["classification"] for e in svar.fejl] == ["Unauthorized"]

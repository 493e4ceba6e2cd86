"""What a registration becomes, rule by rule; the laws are in test_laws.py."""

from dataclasses import replace
from uuid import UUID

import pytest

from fkorg import klassifikation
from fkorg.catalogue import Objekttype
from fkorg.registrering import Egenskab, Gyldighed, Livscyklus, Reference, Registrering, Relation, Tilstand
from fkorg.tid import ALTID_NS, UENDELIG_NS
from fkorg.virkning import ALTID, Virkning
from model.projection import Kontekst, project
from model.projection.raekker import KOLONNER, naeste_graense
from tests import registreringer as r
from tests.registreringer import dag, fra, til

KONTEKST = Kontekst(r.KOMMUNE, r.ROD)
ENHED = Objekttype.ORGANISATION_ENHED
EN = r.uuid("en enhed")
NAVN = {"brugervendtnoegle": "n", "enhedsnavn": "N"}


def rows(
    reg: Registrering, tabel: str, *kolonner: str, objekttype: Objekttype = ENHED, uuid: UUID = EN
) -> list[tuple[object, ...]]:
    """The columns of a table's rows, in order of time; times in days of 2026, None = no limit."""
    places = [KOLONNER[tabel].index(kolonne) for kolonne in (*kolonner, "virkning_fra", "virkning_til")]
    found = project(objekttype, uuid, reg, KONTEKST).rows.get(tabel, [])
    return [tuple(_plain(row[place]) for place in places) for row in sorted(found, key=lambda row: row[-2])]


def _plain(value: object) -> object:
    if not isinstance(value, int):
        return value
    return None if value in (ALTID_NS, UENDELIG_NS) else (value - dag(0)) / r.DAG_NS


def enhed(*parts: Egenskab | Tilstand | Relation, livscyklus: Livscyklus = Livscyklus.IMPORTERET) -> Registrering:
    return Registrering(
        dag(0),
        livscyklus,
        tuple(p for p in parts if isinstance(p, Egenskab)),
        tuple(p for p in parts if isinstance(p, Tilstand)),
        tuple(p for p in parts if isinstance(p, Relation)),
    )


def navn(text: str, virkning: Virkning) -> Egenskab:
    return Egenskab(virkning, {"brugervendtnoegle": text, "enhedsnavn": text})


A, B = r.uuid("a"), r.uuid("b")
LOW, HIGH = sorted([A, B], key=str)
UNITS = {
    "parts with other bounds are cut at each other's": (
        enhed(navn("x", fra(0, 10)), til("Overordnet", A, fra(5, 20))),
        [("x", None, 0, 5), ("x", A, 5, 10), (None, A, 10, 20)],
    ),
    "a cut that changes nothing is none": (
        enhed(navn("x", fra(0, 5)), navn("x", fra(5, 10)), til("Overordnet", A, fra(0, 10))),
        [("x", A, 0, 10)],
    ),
    "a gap stays a gap": (enhed(navn("x", fra(0, 5)), navn("y", fra(8))), [("x", None, 0, 5), ("y", None, 8, None)]),
    "of two that overlap the later start wins": (
        enhed(navn("x", fra(0)), navn("y", fra(3, 6))),
        [("x", None, 0, 3), ("y", None, 3, 6), ("x", None, 6, None)],
    ),
    "of two with the same start the greater value wins": (
        enhed(til("Overordnet", HIGH, fra(0)), til("Overordnet", LOW, fra(0)), navn("x", fra(0))),
        [("x", HIGH, 0, None)],
    ),
    "since always and for ever": (enhed(navn("x", ALTID)), [("x", None, None, None)]),
    "empty and reversed periods are nothing": (
        enhed(navn("x", fra(0)), navn("y", fra(3, 3)), navn("z", fra(6, 5))),
        [("x", None, 0, None)],
    ),
    "two moments within one microsecond are one": (
        enhed(navn("x", Virkning(dag(0), dag(1))), navn("y", Virkning(dag(1) + 1, dag(1) + 999))),
        [("x", None, 0, 1)],
    ),
    "passive is gone": (enhed(navn("x", fra(0)), livscyklus=Livscyklus.PASSIVERET), []),
    "deleted is gone": (enhed(navn("x", fra(0)), livscyklus=Livscyklus.SLETTET), []),
    "a reference without uuid is none": (
        enhed(navn("x", fra(0)), Relation("Overordnet", fra(0), Reference("urn:oio:noget"))),
        [("x", None, 0, None)],
    ),
    "a URN that is a uuid counts": (
        enhed(navn("x", fra(0)), Relation("Overordnet", fra(0), Reference(f"URN:UUID:{A}"))),
        [("x", A, 0, None)],
    ),
}


@pytest.mark.parametrize("reg, expected", UNITS.values(), ids=UNITS)
def test_a_unit_through_time(reg: Registrering, expected: list[tuple[object, ...]]) -> None:
    assert rows(reg, "organisation_enhed", "enhedsnavn", "overordnet") == expected


def test_a_state_shows_its_own_bounds_and_an_unknown_one_is_null() -> None:
    reg = enhed(
        navn("x", fra(0, 10)),
        Tilstand(fra(-5, 4), Gyldighed.AKTIV),
        Tilstand(fra(4), Gyldighed.INAKTIV),
    )

    assert rows(reg, "organisation_enhed", "status", "status_fra", "status_til") == [
        ("AKTIV", -5, 4, -5, 0),
        ("AKTIV", -5, 4, 0, 4),
        ("INAKTIV", 4, None, 4, 10),
        ("INAKTIV", 4, None, 10, None),
    ]
    assert rows(enhed(navn("x", fra(0))), "organisation_enhed", "status") == [(None, 0, None)]


def test_the_owner_is_kept_after_it_has_ended_but_makes_no_rows() -> None:
    reg = enhed(navn("x", fra(0, 10)), til("Tilhoerer", r.KOMMUNE, fra(-2, 3)))

    assert rows(reg, "organisation_enhed", "enhedsnavn", "tilhoerer") == [
        (None, r.KOMMUNE, -2, 0),
        ("x", r.KOMMUNE, 0, 10),
    ]


SORT_KEYS = {
    "a name": (EN, NAVN | {"enhedsnavn": "Ærø"}, "{r|"),
    "no name: the key": (EN, {"brugervendtnoegle": "Aabenraa"}, "}benr}"),
    "neither: the uuid": (EN, {}, str(EN)),
    "the root comes first": (r.ROD, NAVN | {"enhedsnavn": "Ærø"}, " {r|"),
}


@pytest.mark.parametrize("uuid, felter, expected", SORT_KEYS.values(), ids=SORT_KEYS)
def test_the_sort_key(uuid: UUID, felter: dict[str, str], expected: str) -> None:
    assert rows(r.reg(felter), "organisation_enhed", "sortering", uuid=uuid)[0][0] == expected


PERSONER = {
    "the one that began first": ([(B, fra(0)), (A, fra(1))], B, (0, None)),
    "of two that began together the smaller uuid": ([(B, fra(0)), (A, fra(0))], min(A, B), (0, None)),
    "the next when the first has ended": ([(A, fra(0, 2)), (B, fra(1))], B, (2, None)),
}


@pytest.mark.parametrize("givet, person, periode", PERSONER.values(), ids=PERSONER)
def test_of_several_persons_in_effect_a_user_has_the_first(
    givet: list[tuple[UUID, Virkning]], person: UUID, periode: tuple[int, int | None]
) -> None:
    """Whatever order they are read in. Source: domain.md 5."""
    relationer = [til("TilknyttedePersoner", maal, virkning) for maal, virkning in givet]

    for order in (relationer, relationer[::-1]):
        found = rows(r.bruger("x", *order), "bruger", "person", objekttype=Objekttype.BRUGER)
        assert found[-1] == (person, *periode)


def test_of_several_types_a_user_has_the_one_that_began_last() -> None:
    typer = [til("BrugerTyper", maal, virkning) for maal, virkning in ((A, fra(0)), (B, fra(1)))]

    assert rows(r.bruger("x", *typer), "bruger", "brugertype", objekttype=Objekttype.BRUGER)[-1] == (B, 1, None)


ROLLE, TYPE = Reference(str(klassifikation.ENHED_EMAIL)), Reference(str(klassifikation.ENHEDSADRESSE))
URN = Reference("urn:oio:noget")
ADDRESSES = {
    "each entry is a row": (
        [("1", A, fra(0)), ("2", B, fra(1, 2))],
        [(A, "1", 0, None), (B, "2", 1, 2)],
    ),
    "the same twice is once": ([("1", A, fra(0)), ("1", A, fra(0))], [(A, "1", 0, None)]),
    "the same in touching periods is one": ([("1", A, fra(0, 5)), ("1", A, fra(5))], [(A, "1", 0, None)]),
    "another index is another row": ([("1", A, fra(0)), ("2", A, fra(0))], [(A, "1", 0, None), (A, "2", 0, None)]),
    "an empty period is none": ([("1", A, fra(3, 3))], []),
}


@pytest.mark.parametrize("given, expected", ADDRESSES.values(), ids=ADDRESSES)
def test_addresses(given: list[tuple[str, UUID, Virkning]], expected: list[tuple[object, ...]]) -> None:
    entries = [Relation("Adresser", v, Reference(str(maal)), ROLLE, TYPE, indeks) for indeks, maal, v in given]

    assert rows(enhed(*entries), "adressering", "adresse", "indeks") == expected


def test_what_names_no_uuid_is_told_and_is_no_row() -> None:
    whole = Relation("Adresser", fra(0), Reference(str(A)), ROLLE, TYPE, "1")
    broken = [replace(whole, reference=None), replace(whole, rolle=URN), replace(whole, type=None)]

    ud = project(ENHED, EN, enhed(*broken, til("TilknyttedeEnheder", None)), KONTEKST)

    assert ud.rows == {}
    assert [(a.art, a.sted) for a in ud.afvigelser] == [
        ("uden_reference", "Adresser"),
        ("uden_rolle", "Adresser"),
        ("uden_type", "Adresser"),
        ("uden_reference", "TilknyttedeEnheder"),
    ]


def test_tasks_of_units_have_a_role_and_those_of_functions_none() -> None:
    opgave = Relation("Opgaver", fra(0), Reference(str(A)), ROLLE, TYPE, "1")
    funktion = r.funktion(klassifikation.HENVENDELSESSTED, [B], [], til("TilknyttedeOpgaver", A, fra(0)))

    assert rows(enhed(opgave), "opgave", "klasse", "rolle", "indeks") == [(A, klassifikation.ENHED_EMAIL, "1", 0, None)]
    assert rows(funktion, "opgave", "klasse", "rolle", "indeks", objekttype=Objekttype.ORGANISATION_FUNKTION) == [
        (A, None, "", 0, None)
    ]


def test_every_other_relation_of_many_is_kept_by_its_name() -> None:
    reg = enhed(til("TilknyttedeFunktioner", A, fra(0)), til("TilknyttedeItSystemer", B, fra(1)))

    assert rows(reg, "tilknytning", "relation", "maal") == [
        ("TilknyttedeFunktioner", A, 0, None),
        ("TilknyttedeItSystemer", B, 1, None),
    ]


@pytest.mark.parametrize("objekttype", Objekttype)
def test_every_type_projects_its_names(objekttype: Objekttype) -> None:
    felter = {"brugervendtnoegle": "k", "navn": "Navn", "adressetekst": "Navn", "enhedsnavn": "Navn"}
    felter |= {"brugernavn": "Navn", "funktionsnavn": "Navn", "organisationsnavn": "Navn", "itsystemnavn": "Navn"}

    ((_, group),) = project(objekttype, EN, r.reg(felter, status=None), KONTEKST).rows.items()

    assert "k" in group[0]
    assert "Navn" in group[0]


def test_the_next_boundary_is_the_nearest_coming_one() -> None:
    found = project(ENHED, EN, enhed(navn("x", fra(0, 10)), til("TilknyttedeEnheder", A, fra(7))), KONTEKST).rows

    assert [naeste_graense(found, dag(day)) for day in (-1, 3, 7, 10)] == [dag(0), dag(7), dag(10), None]

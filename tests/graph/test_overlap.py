"""Which fields cannot be merged: as graphql-core finds it, over random documents; and in linear time, by counting."""

import os

import pytest
from graphql import parse, validate
from graphql.validation import OverlappingFieldsCanBeMergedRule

from graph import overlap
from graph.documents import REGLER
from graph.limits import ForMeget
from tests.graph.overlapping import SCHEMA, a_document

DOKUMENTER = int(os.environ.get("ORGRAF_DOCUMENTS", "1200"))
FIRST = int(os.environ.get("ORGRAF_SEED", "1"))


def test_what_is_refused_is_what_graphql_core_refuses() -> None:
    fundet = {True: 0, False: 0}
    for seed in range(FIRST, FIRST + DOKUMENTER):
        text = a_document(seed)
        document = parse(text)

        theirs = validate(SCHEMA, document, (*REGLER, OverlappingFieldsCanBeMergedRule))
        ours = overlap.konflikt(SCHEMA, document)

        andre = [e.message for e in theirs if "conflict because" not in e.message and "Too many" not in e.message]
        assert not andre, f"seed {seed} is not valid otherwise: {andre}\n{text}"
        assert (ours is None) == (not theirs), f"seed {seed}: {ours} against {theirs[:1]}\n{text}"
        fundet[ours is None] += 1
    assert min(fundet.values()) > DOKUMENTER / 5, fundet


ENS = {
    "twice the same": "{ hund { navn navn } }",
    "arguments in another order": "{ hund { x: tal(a: 1, b: null) x: tal(b: null, a: 1) } }",
    "an object in another order": '{ x: dyrene(f: {a: 1, c: "x"}) { navn } x: dyrene(f: {c: "x", a: 1}) { navn } }',
    "other fields on types that exclude each other": "{ dyr { ... on Hund { x: navn } ... on Kat { x: navn } } }",
    "fields with arguments there": "{ alle { ... on Kat { x: tal(a: 1) } ... on Hus { x: nr } } }",
    "below fields that exclude each other": (
        "{ dyr { ... on Hund { ven { x: navn } } ... on Kat { ven { x: __typename } } } }"
    ),
}
UENS = {
    "other fields": ("{ hund { x: navn x: alder } }", "'navn' and 'alder' are different fields"),
    "other arguments": ("{ hund { tal(a: 1) tal(a: 2) } }", "they have differing arguments"),
    "an argument more": ("{ hund { tal(a: 1) tal } }", "they have differing arguments"),
    "a block string": ('{ hund { tal(b: "x") tal(b: """x""") } }', "they have differing arguments"),
    "other shapes on types that exclude each other": (
        "{ dyr { ... on Hund { tal } ... on Kat { tal } } }",
        "they return conflicting types 'Int!' and 'Int'",
    ),
    "a list and none": ("{ dyr { ... on Hund { hus { nr } } ... on Kat { hus { nr } } } }", "conflicting types"),
    "an interface with each of its types": (
        "{ dyr { x: navn ... on Hund { x: kaelenavn } } }",
        "'navn' and 'kaelenavn' are different fields",
    ),
    "three levels down, by way of a fragment": (
        "{ hund { ven { ven { x: navn } } ...F } } fragment F on Hund { ven { ven { x: kaelenavn } } }",
        "are different fields",
    ),
}


@pytest.mark.parametrize("query", ENS.values(), ids=ENS)
def test_what_is_one_value_may_be_asked_for_again(query: str) -> None:
    assert overlap.konflikt(SCHEMA, parse(query)) is None


@pytest.mark.parametrize("query, hvorfor", UENS.values(), ids=UENS)
def test_what_is_not_one_value_is_refused_in_words(query: str, hvorfor: str) -> None:
    fundet = overlap.konflikt(SCHEMA, parse(query))
    assert fundet is not None
    assert hvorfor in fundet.message
    assert len(fundet.locations or ()) == 2


def test_a_field_is_gathered_once_for_each_place_that_it_has(monkeypatch: pytest.MonkeyPatch) -> None:
    samlet = []
    konflikt = overlap._Samler.felter

    def taelt(self: overlap._Samler, sets: object) -> list[object]:
        found = konflikt(self, sets)  # type: ignore[arg-type]
        samlet.append(len(found))
        return found

    monkeypatch.setattr(overlap._Samler, "felter", taelt)
    assert overlap.konflikt(SCHEMA, parse("{" + "hund { ven { navn } }" * 500 + "}")) is None
    assert sum(samlet) == 3 * 500


def test_interfaces_in_interfaces_end_at_a_limit() -> None:
    """Each level has three ways to each of two types: two to the power of the levels sets are to be told apart."""

    def led(dybde: int) -> str:
        grene = [_gren(type_, dybde) for type_ in ("Hund", "Kat")]
        return "{ navn " + (f"ven {led(dybde - 1)} " if dybde else "") + " ".join(grene) + " }"

    def _gren(type_: str, dybde: int) -> str:
        inderst = "alder"
        for _ in range(dybde):
            inderst = f"ven {{ {inderst} ... on Hund {{ alder }} ... on Kat {{ alder }} }}"
        return f"... on {type_} {{ {inderst} }}"

    assert overlap.konflikt(SCHEMA, parse(f"{{ dyr {led(3)} }}")) is None
    with pytest.raises(ForMeget):
        overlap.konflikt(SCHEMA, parse(f"{{ dyr {led(14)} }}"))

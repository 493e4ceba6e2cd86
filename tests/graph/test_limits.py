"""What a document may ask for at most, counted in linear time."""

import pytest
from graphql import get_introspection_query, parse

from graph import limits
from graph.answer import Spoergsmaal, Svar
from graph.documents import Dokumenter
from graph.plan import Dokument
from tests.graph.fixture import CORE


def _doblet(antal: int) -> str:
    """Fragments that each spread the next one twice: 2 to the power of `antal` fields."""
    felt = "organisationEnhed(uuid: []) { uuid }"
    led = [f"fragment F{n} on Query {{ a: {felt} ...F{n + 1} b: {felt} ...F{n + 1} }}" for n in range(antal)]
    return "\n".join(["{ ...F0 }", *led, f"fragment F{antal} on Query {{ __typename }}"])


FOR_MEGET = {
    "too deep": ("{" + "a {" * 26 + "b" + "}" * 27, "levels"),
    "too wide": ("{" + " a" * 501 + "}", "fields beside"),
    "too wide in a fragment": ("{ a } fragment F on Query {" + " a" * 501 + "}", "fields beside"),
    "too many fields": (
        "{" + "... {" + " a" * 480 + "}" + " ...F" * 4 + "} fragment F on Query {" + " a" * 480 + "}",
        "fields",
    ),
    "too many aliases": ("{" + " a: b" * 301 + "}", "aliases"),
    "too many directives": ("{ a" + " @skip(if: true)" * 201 + "}", "directives"),
    "introspection again and again": ("{" + "__schema { types { fields { name } } }" * 150 + "}", "introspection"),
    "introspection by other names": (
        '{ __schema { types { a: name } } ...F } fragment F on Query { __type(name: "A") { a: name } }',
        "aliases of introspection",
    ),
    "too many lines": ("{ a" + "\n" * 2001 + "}", "lines"),
    "too many lines by carriage returns": ("{ a" + "\r" * 2001 + "}", "lines"),
    "doubled by fragments": (_doblet(30), "fields"),
    "so deep that the parser gives up": ("{" * 4000 + "}" * 4000, "Syntax|levels"),
    "too many words": ("{" + " a" * 2001 + "}", "token"),
}


@pytest.mark.parametrize("query, hvad", FOR_MEGET.values(), ids=FOR_MEGET)
def test_a_document_that_asks_too_much_is_refused_at_once(query: str, hvad: str) -> None:
    svar = Dokumenter(CORE).find(Spoergsmaal(query))

    assert isinstance(svar, Svar)
    assert any(ord_.lower() in svar.errors[0]["message"].lower() for ord_ in hvad.split("|")), svar.errors


def test_a_circle_of_fragments_is_left_to_validation() -> None:
    limits.proev(parse("{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }"))


ALLOWED = {
    "25 levels": "{" + "a {" * 24 + "b" + "}" * 25,
    "500 beside one another": "{" + " a" * 500 + "}",
    "300 aliases": "{" + " a: b" * 300 + "}",
    "a whole introspection": get_introspection_query(),
}


@pytest.mark.parametrize("query", ALLOWED.values(), ids=ALLOWED)
def test_what_is_allowed_is_allowed(query: str) -> None:
    limits.proev(parse(query))


def _plan(felter: str) -> Svar | Dokument:
    found = Dokumenter(CORE).find(Spoergsmaal(f"{{ {felter} }}"))
    if isinstance(found, Dokument):
        found.trae({})
    return found


def test_a_plan_ends_at_so_many_subselects() -> None:
    enhed = "organisationEnhed(uuid: []) { overordnetEnhed { uuid } }"

    _plan(" ".join(f"a{n}: {enhed}" for n in range(limits.GRENE // 2)))
    with pytest.raises(limits.ForMeget, match="fields of their own"):
        _plan(" ".join(f"a{n}: {enhed}" for n in range(limits.GRENE // 2 + 1)))


def test_fields_of_an_interface_count_for_each_of_its_types() -> None:
    soeg = 'soeg(cvr: "11111111", tekst: "a") { edges { node { %s } } }'

    assert isinstance(_plan(soeg % " ".join(f"a{n}: uuid" for n in range(100))), Dokument)
    with pytest.raises(limits.ForMeget, match="every type"):
        _plan(soeg % " ".join(f"a{n}: uuid" for n in range(250)))

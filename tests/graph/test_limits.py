"""What a document may ask for at most, counted in linear time."""

import time

import pytest
from graphql import parse

from graph import limits
from graph.answer import Spoergsmaal, Svar
from graph.documents import Dokumenter
from tests.graph.fixture import CORE


def _doblet(antal: int) -> str:
    """Fragments that each spread the next one twice: 2 to the power of `antal` fields."""
    felt = "organisationEnhed(uuid: []) { uuid }"
    led = [f"fragment F{n} on Query {{ a: {felt} ...F{n + 1} b: {felt} ...F{n + 1} }}" for n in range(antal)]
    return "\n".join(["{ ...F0 }", *led, f"fragment F{antal} on Query {{ __typename }}"])


FOR_MEGET = {
    "too deep": ("{" + "a {" * 26 + "b" + "}" * 27, "levels"),
    "too wide": ("{" + " a" * 2001 + "}", "fields"),
    "doubled by fragments": (_doblet(30), "fields"),
    "so deep that the parser gives up": ("{" * 4000 + "}" * 4000, "Syntax|levels"),
    "too many words": ("{" + " a" * 6000 + "}", "token"),
}


@pytest.mark.parametrize("query, hvad", FOR_MEGET.values(), ids=FOR_MEGET)
def test_a_document_that_asks_too_much_is_refused_at_once(query: str, hvad: str) -> None:
    begun = time.process_time()

    svar = Dokumenter(CORE).find(Spoergsmaal(query))

    assert isinstance(svar, Svar)
    assert any(ord_.lower() in svar.errors[0]["message"].lower() for ord_ in hvad.split("|")), svar.errors
    assert time.process_time() - begun < 2


def test_a_circle_of_fragments_is_left_to_validation() -> None:
    limits.proev(parse("{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }"))


def test_what_is_allowed_is_allowed() -> None:
    limits.proev(parse("{" + "a {" * 24 + "b" + "}" * 25))

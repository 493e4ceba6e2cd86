import pytest

from model.sortering import soegeord, sortering
from tests import builders

ORDER = ["Ballerup", "Zebra", "Ærø", "Østerbro", "Aabenraa", "Ålborg"]
WORDS = {
    "lower case": ("Rådhuset", " rådhuset"),
    "a combining ring is a letter": ("A\u030arhus", " århus"),
    "sharp s": ("Straße", " strasse"),
}


def test_danish_order() -> None:
    by_codepoint = sorted(ORDER)

    assert sorted(by_codepoint, key=sortering) == ORDER
    assert by_codepoint != ORDER


@pytest.mark.parametrize("navn", [*ORDER, "Müller", "Björn Ägren", "Renée", "ÆØÅ æøå", "A\u030arhus", "x 1-2", ""])
def test_the_key_is_that_of_the_rule_written_apart(navn: str) -> None:
    assert sortering(navn) == builders.sortering(navn)


@pytest.mark.parametrize("text, expected", WORDS.values(), ids=WORDS)
def test_words_that_are_searched(text: str, expected: str) -> None:
    assert soegeord(text) == expected

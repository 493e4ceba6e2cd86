"""What may be a CPR number, and what is none."""

import pytest

from graph import cpr

MULIGE = {
    "ten digits": "0102031234",
    "a hyphen": "010203-1234",
    "a space": "010203 1234",
    "a line between": "010203\n1234",
    "in an address": "010203%2D1234",
    "a plus": "010203+1234",
    "Arabic digits": "٠١٠٢٠٣١٢٣٤",
    "wide digits": "０１０２０３１２３４",
    "Base64": "MDEwMjAzMTIzNA==",
    "Base64 with a hyphen": "MDEwMjAzLTEyMzQ",
    "within a name": "_0102031234x",
    "after a sentence": "end.0102031234",
}
INGEN = {
    "eight digits": "11111111",
    "a moment in nanoseconds": "1767225600000000000",
    "a fraction": "0.1234567890",
    "a uuid": "dead0000-0000-4000-8000-00000000000a",
    "a word like Base64": "MedarbejderNavn",
}


@pytest.mark.parametrize("tekst", MULIGE.values(), ids=MULIGE)
def test_it_is_hidden(tekst: str) -> None:
    assert cpr.findes(f"x {tekst} y")
    assert cpr.skjul(f"x {tekst}.").startswith(("x [cpr?]", "x _[cpr?]", "x end.[cpr?]"))


@pytest.mark.parametrize("tekst", INGEN.values(), ids=INGEN)
def test_it_stays(tekst: str) -> None:
    assert cpr.skjul(f"x {tekst} y") == f"x {tekst} y"
    assert not cpr.findes(tekst)

"""Arguments: what they decide of a plan's shape, what they bind, and what is refused."""

from typing import Any
from uuid import UUID

import pytest

from fkorg.registrering import Gyldighed
from graph import schema
from graph.arguments import REGLER, Ugyldigt, laes_cursor, normaliser, skriv_cursor
from graph.caller import Principal, Ret
from tests.graph.fixture import CORE, NOW

ROLLE = UUID(int=1)
LAESER = Principal("test", "11111111", UUID(int=2), frozenset({Ret.LAES}), NOW)
ALLE = Principal("test", "11111111", UUID(int=2), frozenset({Ret.LAES, Ret.SENAVN, Ret.SECPR}), NOW)


def test_every_argument_of_a_read_field_has_its_rule() -> None:
    taken = {
        navn
        for type_ in CORE.type_map.values()
        for felt in getattr(type_, "fields", {}).values()
        if hasattr(felt, "args") and schema.kilde(felt) is not None
        for navn in felt.args
    }

    assert taken == REGLER.keys()


FORMER: dict[str, tuple[dict[str, Any], dict[str, Any], dict[str, Any]]] = {
    "null is absent": ({"rolle": None}, {}, {}),
    "a list is bound": ({"rolle": [ROLLE]}, {"rolle": True}, {"rolle": [ROLLE]}),
    "an enum decides": ({"status": Gyldighed.AKTIV}, {"status": Gyldighed.AKTIV}, {}),
    "one's own cvr decides nothing": ({"cvr": "11111111"}, {}, {}),
    "another's cvr is refused": ({"cvr": "22222222"}, {"afvist": "NotFound"}, {}),
    "numbers, beginnings and a role": (
        {"opgaver": {"kleNummer": ["00.01*", "02"], "rolle": ROLLE}},
        {"opgaver": True, "opgaver.rolle": True, "opgaver.numre": True, "opgaver.begyndelser": True},
        {"opgaver.rolle": ROLLE, "opgaver.numre": ["02"], "opgaver.begyndelser": ["00.01%"]},
    ),
    "any number": ({"opgaver": {"kleNummer": ["*", "02"]}}, {"opgaver": True, "opgaver.alle": True}, {}),
    "no number": (
        {"opgaver": {"kleNummer": []}},
        {"opgaver": True, "opgaver.numre": True},
        {"opgaver.numre": []},
    ),
    "a user name": (
        {"brugerFilter": {"brugernavn": "jdoe"}},
        {"brugerFilter.brugernavn": "hel"},
        {"brugerFilter.brugernavn": "jdoe"},
    ),
    "the beginning of a user name": (
        {"brugerFilter": {"brugernavn": "jdoe*"}},
        {"brugerFilter.brugernavn": "begyndelse"},
        {"brugerFilter.brugernavn": "jdoe"},
    ),
    "a KLE number, its group and main group": (
        {"kleNummer": "00.01.10"},
        {},
        {"numre": ["00", "00.01", "00.01.10"]},
    ),
    "words": (
        {"tekst": " Jørgen  50% "},
        {"ord": 2, "personlig": True},
        {"ord0": "% jørgen%", "ord1": "% 50\\%%", "tekst": " jørgen 50%", "forrest": " jørgen 50\\%%"},
    ),
}


@pytest.mark.parametrize("argumenter, form, bind", FORMER.values(), ids=FORMER)
def test_shape_and_values(argumenter: dict[str, Any], form: dict[str, Any], bind: dict[str, Any]) -> None:
    fundet, bundet = normaliser(argumenter, False, ALLE)

    assert dict(fundet) == form
    assert bundet == bind


@pytest.mark.parametrize("felt", ["navn", "cpr"])
def test_searching_for_a_person_needs_the_right(felt: str) -> None:
    argumenter = {"brugerFilter": {"personFilter": {felt: "0101010101"}}}

    assert dict(normaliser(argumenter, False, LAESER)[0])["afvist"] == "Unauthorized"
    assert "afvist" not in dict(normaliser(argumenter, False, ALLE)[0])


SIDER: dict[str, tuple[dict[str, Any], bool, dict[str, Any]]] = {
    "nothing asked": ({}, False, {"first": 500, "fra": False}),
    "first": ({"first": 0}, False, {"first": 0, "fra": False}),
    "after": (
        {"after": skriv_cursor("a b", ROLLE)},
        False,
        {"first": 500, "fra": True, "sted": ("a b", ROLLE)},
    ),
    "last before": (
        {"last": 3, "before": skriv_cursor("", ROLLE)},
        True,
        {"first": 3, "fra": True, "sted": ("", ROLLE)},
    ),
}


@pytest.mark.parametrize("argumenter, baglaens, bind", SIDER.values(), ids=SIDER)
def test_pages(argumenter: dict[str, Any], baglaens: bool, bind: dict[str, Any]) -> None:
    form, bundet = normaliser(argumenter, True, ALLE)

    assert dict(form) == {"baglaens": baglaens}
    assert bundet == bind


@pytest.mark.parametrize(
    "argumenter",
    [{"first": 501}, {"first": -1}, {"last": 501}, {"first": 1, "last": 1}, {"after": "", "last": 1}, {"after": ""}],
    ids=str,
)
def test_pages_that_are_refused(argumenter: dict[str, Any]) -> None:
    with pytest.raises(Ugyldigt, match=r"first|last|after"):
        normaliser(argumenter, True, ALLE)


@pytest.mark.parametrize("tekst", ["", " korsbæk", "æ\x01ø", "x" * 300, "\U0010ffff"])
def test_a_cursor_is_read_as_it_was_written(tekst: str) -> None:
    assert laes_cursor("after", skriv_cursor(tekst, ROLLE)) == (tekst, ROLLE)


@pytest.mark.parametrize("tekst", ["x", "æ", "MTIz", "=", "MQ==", skriv_cursor("a", ROLLE)[1:], "A" * 60])
def test_a_cursor_of_others_is_refused_by_the_arguments_name(tekst: str) -> None:
    with pytest.raises(Ugyldigt, match=r"^before: "):
        laes_cursor("before", tekst)

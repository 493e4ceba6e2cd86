"""Trusted documents: their operations have names in the metrics, and nothing else has."""

import json
from pathlib import Path
from typing import Any

import pytest

from graph import betroet
from graph.answer import Spoergsmaal
from graph.betroet import ANDRE, UgyldigListe
from graph.documents import Dokumenter
from graph.plan import Dokument
from tests.graph.fixture import CORE

ENHED = "query Enhed($u: [UUID!]!) { organisationEnhed(uuid: $u) { uuid } }"


def liste(tmp_path: Path, indhold: Any) -> Path:
    path = tmp_path / "betroet.json"
    path.write_text(indhold if isinstance(indhold, str) else json.dumps(indhold), "utf-8")
    return path


def navn(dokumenter: Dokumenter, query: str, operation: str | None = None) -> str:
    found = dokumenter.find(Spoergsmaal(query, operation))
    assert isinstance(found, Dokument), found
    return found.navn


@pytest.mark.parametrize(
    "indhold",
    [
        {"abc": ENHED},
        {
            "format": "apollo-persisted-query-manifest",
            "version": 1,
            "operations": [{"id": "abc", "name": "Enhed", "type": "query", "body": ENHED}],
        },
    ],
)
def test_a_listed_operation_goes_by_its_name(tmp_path: Path, indhold: Any) -> None:
    dokumenter = Dokumenter(CORE, betroede=betroet.laes(liste(tmp_path, indhold), CORE))
    assert navn(dokumenter, ENHED) == "Enhed"
    assert navn(dokumenter, ENHED + " ") == ANDRE
    assert navn(Dokumenter(CORE), ENHED) == ANDRE


@pytest.mark.parametrize(
    ("indhold", "grund"),
    [
        ("{", "wanted JSON"),
        ([ENHED], "wanted {"),
        ({"a": 1}, "wanted {"),
        ({"a": "{ nix }"}, "document a: Cannot query field 'nix' on type 'Query'."),
        ({"a": "{"}, "document a: Syntax Error"),
        ({"a": "{ organisationEnhed(uuid: []) { uuid } }"}, "document a: wanted a name for each operation"),
        ({"a": ENHED, "b": ENHED + " "}, "document b: wanted a name of its own for each operation, found Enhed again"),
        ({"a": ENHED.replace("query Enhed", "query andre")}, "document a: wanted a name of its own"),
    ],
)
def test_a_list_that_does_not_hold_is_refused(tmp_path: Path, indhold: Any, grund: str) -> None:
    with pytest.raises(UgyldigListe, match=grund.replace("{", r"\{")):
        betroet.laes(liste(tmp_path, indhold), CORE)


def test_of_a_document_with_two_operations_each_has_its_name(tmp_path: Path) -> None:
    to = ENHED + " query Andet($u: [UUID!]!) { bruger(uuid: $u) { uuid } }"
    dokumenter = Dokumenter(CORE, betroede=betroet.laes(liste(tmp_path, {"a": to}), CORE))
    assert [navn(dokumenter, to, operation) for operation in ("Enhed", "Andet")] == ["Enhed", "Andet"]

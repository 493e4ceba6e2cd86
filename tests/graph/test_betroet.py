"""Trusted documents: their operations have names in the metrics, and nothing else has."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from graph import betroet
from graph.answer import ANDRE, Spoergsmaal, Svar
from graph.betroet import UgyldigListe
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
        ({"a": "query A { __typename" + " @skip(if: true)" * 201 + " }"}, "document a: wanted at most 200 directives"),
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


SKRIV = 'mutation Slet { sletOrganisationEnhed(uuid: "00000000-0000-4000-8000-000000000001") { stand } }'


def test_a_document_is_known_by_its_id_and_by_its_digest(tmp_path: Path) -> None:
    betroede = betroet.laes(liste(tmp_path, {"abc": ENHED}), CORE)
    sha256 = hashlib.sha256(ENHED.encode()).hexdigest()

    for id_ in ("abc", sha256, f"sha256:{sha256}"):
        assert betroede.fundet(Spoergsmaal("", "Enhed", {"u": []}, id_)) == Spoergsmaal(ENHED, "Enhed", {"u": []})
    assert betroede.fundet(Spoergsmaal("", dokument_id="x")) == Spoergsmaal("", dokument_id="x")
    assert betroede.fundet(Spoergsmaal("{a}")) == Spoergsmaal("{a}")


def test_only_a_listed_document_that_reads_may_stand_in_an_address(tmp_path: Path) -> None:
    betroede = betroet.laes(
        liste(tmp_path, {"a": ENHED, "b": SKRIV, "c": "query Q { __typename } " + SKRIV.replace("Slet", "S", 1)}), CORE
    )

    assert [betroede.laeser(betroede.efter_id[id_]) for id_ in "abc"] == [True, False, False]
    assert not betroede.laeser("{ __typename }")


@pytest.mark.parametrize("kun", [False, True])
def test_when_only_listed_documents_are_answered_no_other_is(tmp_path: Path, kun: bool) -> None:
    dokumenter = Dokumenter(CORE, betroede=betroet.laes(liste(tmp_path, {"abc": ENHED}), CORE, kun=kun))

    assert navn(dokumenter, ENHED) == "Enhed"
    for andet in ("{ __typename }", ENHED + " ", "{"):
        found = dokumenter.find(Spoergsmaal(andet))
        refused = isinstance(found, Svar) and found.errors[0]["extensions"].get("kode")
        assert (refused == "PERSISTED_QUERY_NOT_FOUND") == kun


def test_an_id_that_is_not_listed_is_said_to_be_unknown(tmp_path: Path) -> None:
    found = Dokumenter(CORE).find(Spoergsmaal("", dokument_id="x"))

    assert isinstance(found, Svar)
    assert not found.udfoert
    assert found.errors[0]["extensions"]["kode"] == "PERSISTED_QUERY_NOT_FOUND"

"""What a caller is told of each failure of the source (rules.md 21)."""

import pytest

from fkorg.errors import Conflict, FkorgError, Malformed, NoAccess, NotFound, Refused, Unavailable, Uncertain
from graph.mutations.fejl import oversat

FEJL: dict[str, tuple[FkorgError, dict[str, object]]] = {
    "not found": (NotFound("x"), {"classification": "NotFound"}),
    "not found, by the source": (
        NotFound("x", status_kode=44, tekst="Findes ikke"),
        {"classification": "NotFound", "statusKode": 44, "tekst": "Findes ikke"},
    ),
    "refused": (
        Refused("x", status_kode=40, tekst="Nej"),
        {"classification": "ValidationError", "kode": "REFUSED", "statusKode": 40, "tekst": "Nej"},
    ),
    "no service agreement, a kind of refused": (
        NoAccess("x", tekst="ServiceAgreementNotFound"),
        {
            "classification": "ValidationError",
            "kode": "REFUSED",
            "statusKode": None,
            "tekst": "ServiceAgreementNotFound",
        },
    ),
    "conflict, a kind of refused": (
        Conflict("x", status_kode=49, tekst="Findes"),
        {"classification": "ValidationError", "kode": "CONFLICT", "statusKode": 49, "tekst": "Findes"},
    ),
    "unavailable": (Unavailable("x"), {"classification": "ServerError", "kode": "UNAVAILABLE"}),
    "uncertain": (Uncertain("x"), {"classification": "ServerError", "kode": "UNCERTAIN"}),
    "uncertain, by a code that the contract does not have": (
        Uncertain("x", status_kode=99, tekst="Nedbrud"),
        {"classification": "ServerError", "kode": "UNCERTAIN", "statusKode": 99, "tekst": "Nedbrud"},
    ),
    "malformed": (Malformed("x"), {"classification": "ValidationError"}),
}


@pytest.mark.parametrize("fejl, told", FEJL.values(), ids=FEJL)
def test_each_failure_of_the_source_has_its_code(fejl: FkorgError, told: dict[str, object]) -> None:
    assert oversat(fejl).extensions == {"type": "ERROR", "message": "x"} | told


def test_receipts_of_what_was_done_go_with_a_failure() -> None:
    fejl = oversat(Unavailable("x"))

    fejl.kvitteringer = [{"statusKode": 20}]

    assert fejl.extensions["kvitteringer"] == [{"statusKode": 20}]

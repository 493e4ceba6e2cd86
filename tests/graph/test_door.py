"""The gate before anything parses: what of a body, an address and its variables is taken."""

import json
from typing import Any

import pytest

from graph import door
from graph.answer import Spoergsmaal
from graph.door import Afvist

JSON = "application/json"
Q = {"query": "{a}"}


def _dybt(lag: int) -> Any:
    found: Any = 1
    for _ in range(lag):
        found = [found]
    return found


REFUSED: dict[str, tuple[bytes, str | None, str | None, int]] = {
    "another media type": (b'{"query":"{a}"}', "text/plain", None, 415),
    "a form, which a page elsewhere may send": (b"query={a}", "application/x-www-form-urlencoded", None, 415),
    "another charset": (b'{"query":"{a}"}', "application/json; charset=latin-1", None, 415),
    "a compressed body": (b'{"query":"{a}"}', JSON, "gzip", 415),
    "half of a body": (b'{"query":', JSON, None, 400),
    "no UTF-8": (b'{"query":"\xff"}', JSON, None, 400),
    "half of a letter": (b'{"query":"\\ud800"}', JSON, None, 400),
    "a list": (b"[]", JSON, None, 400),
    "deep nesting": (b"[" * 50_000, JSON, None, 400),
    "no document": (b"{}", JSON, None, 400),
    "an unknown key": (json.dumps(Q | {"more": 1}).encode(), JSON, None, 400),
    "a document that is a list": (b'{"query":["{a}"]}', JSON, None, 400),
    "variables that are a list": (json.dumps(Q | {"variables": []}).encode(), JSON, None, 400),
    "a variable that no document can name": (json.dumps(Q | {"variables": {"a b": 1}}).encode(), JSON, None, 400),
    "a variable with a long name": (json.dumps(Q | {"variables": {"a" * 201: 1}}).encode(), JSON, None, 400),
    "a long key": (json.dumps(Q | {"variables": {"a": {"b" * 201: 1}}}).encode(), JSON, None, 400),
    "lists in lists": (json.dumps(Q | {"variables": {"a": _dybt(20)}}).encode(), JSON, None, 400),
    "a large number": (json.dumps(Q | {"variables": {"a": [2**53]}}).encode(), JSON, None, 400),
    "a number of many digits": (b'{"query":"{a}","variables":{"a":' + b"9" * 5_000 + b"}}", JSON, None, 400),
    "a persisted query that is none": (b'{"extensions":{"persistedQuery":{"sha256Hash":1}}}', JSON, None, 400),
}


@pytest.mark.parametrize("body, content_type, encoding, status", REFUSED.values(), ids=REFUSED)
def test_a_body_is_refused(body: bytes, content_type: str | None, encoding: str | None, status: int) -> None:
    with pytest.raises(Afvist) as refused:
        door.spoergsmaal(content_type, body, encoding)
    assert refused.value.status == status


TAKEN: dict[str, tuple[dict[str, Any], Spoergsmaal]] = {
    "a document": (Q, Spoergsmaal("{a}")),
    "with all that belongs to it": (
        {"query": "{a}", "operationName": "A", "variables": {"a": [{"b": 1.5}]}, "extensions": {"x": 1}},
        Spoergsmaal("{a}", "A", {"a": [{"b": 1.5}]}),
    ),
    "19 lists in one another": (Q | {"variables": {"a": _dybt(19)}}, Spoergsmaal("{a}", None, {"a": _dybt(19)})),
    "the largest number": (Q | {"variables": {"a": 2**53 - 1}}, Spoergsmaal("{a}", None, {"a": 2**53 - 1})),
    "a document by its id": ({"documentId": "x"}, Spoergsmaal("", dokument_id="x")),
    "as Apollo's clients name it": (
        {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": "x"}}},
        Spoergsmaal("", dokument_id="x"),
    ),
    "a document with its id": (Q | {"documentId": "x"}, Spoergsmaal("{a}")),
}


@pytest.mark.parametrize("body, wanted", TAKEN.values(), ids=TAKEN)
def test_a_body_is_taken(body: dict[str, Any], wanted: Spoergsmaal) -> None:
    assert door.spoergsmaal(JSON, json.dumps(body).encode(), "identity") == wanted


ADDRESSES: dict[str, tuple[bytes, int | Spoergsmaal]] = {
    "nothing": (b"", 405),
    "a document": (b"query={a}", 405),
    "a document with its id": (b"query={a}&documentId=x", 405),
    "an id": (b"documentId=x", Spoergsmaal("", dokument_id="x")),
    "an id with variables": (
        b"documentId=x&operationName=A&variables=%7B%22a%22%3A1%7D",
        Spoergsmaal("", "A", {"a": 1}, "x"),
    ),
    "twice": (b"documentId=x&documentId=y", 400),
    "something more": (b"documentId=x&more=1", 400),
    "variables of no JSON": (b"documentId=x&variables=%7B", 400),
    "variables that are deep": (b"documentId=x&variables=%7B%22a%22:" + b"[" * 30 + b"]" * 30 + b"%7D", 400),
    "no UTF-8": (b"documentId=%ff", 400),
    "many": (b"&".join(b"a%d=1" % n for n in range(100)), 400),
}


@pytest.mark.parametrize("query_string, wanted", ADDRESSES.values(), ids=ADDRESSES)
def test_an_address(query_string: bytes, wanted: int | Spoergsmaal) -> None:
    if isinstance(wanted, Spoergsmaal):
        assert door.af_adresse(query_string) == wanted
        return
    with pytest.raises(Afvist) as refused:
        door.af_adresse(query_string)
    assert refused.value.status == wanted

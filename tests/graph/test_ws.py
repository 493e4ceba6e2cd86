"""The frames of graphql-transport-ws: what is understood, and with which code the rest is refused."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph import ws
from graph.answer import Spoergsmaal
from graph.ws import Complete, Frame, Init, Lukkekode, Lukket, Ping, Pong, Subscribe

UNDERSTOOD = {
    "init": ('{"type":"connection_init"}', Init(None)),
    "init with null": ('{"type":"connection_init","payload":null}', Init(None)),
    "init with a token": ('{"type":"connection_init","payload":{"token":"a.b.c"}}', Init("a.b.c")),
    "init with a header": ('{"type":"connection_init","payload":{"Authorization":"Bearer a.b.c"}}', Init("a.b.c")),
    "init with more": ('{"type":"connection_init","payload":{"client":{"name":"x"}}}', Init(None)),
    "ping": ('{"type":"ping"}', Ping(None)),
    "ping with a new token": ('{"type":"ping","payload":{"token":"a.b.c"}}', Ping("a.b.c")),
    "pong": ('{"type":"pong","payload":{}}', Pong()),
    "subscribe": (
        '{"id":"1","type":"subscribe","payload":{"query":"{a}","variables":{"b":1},"operationName":"c"}}',
        Subscribe("1", Spoergsmaal("{a}", "c", {"b": 1})),
    ),
    "complete": ('{"id":"1","type":"complete"}', Complete("1")),
}


@pytest.mark.parametrize("text, frame", UNDERSTOOD.values(), ids=UNDERSTOOD)
def test_a_frame_is_understood(text: str, frame: Frame) -> None:
    assert ws.parse(text) == frame


REFUSED = {
    "binary": None,
    "a list": "[]",
    "null": "null",
    "a number": "1",
    "text": '"ping"',
    "nothing": "",
    "half a frame": '{"type":',
    "an unknown type": '{"type":"start"}',
    "a type that is no text": '{"type":["ping"]}',
    "no type": '{"id":"1"}',
    "an unknown key": '{"type":"ping","more":1}',
    "a payload that is a list": '{"type":"connection_init","payload":[]}',
    "a token that is no text": '{"type":"connection_init","payload":{"token":1}}',
    "a header that is no text": '{"type":"connection_init","payload":{"Authorization":{}}}',
    "subscribe without id": '{"type":"subscribe","payload":{"query":"{a}"}}',
    "an empty id": '{"id":"","type":"complete"}',
    "an id that is a number": '{"id":1,"type":"complete"}',
    "a long id": json.dumps({"id": "1" * 201, "type": "complete"}),
    "subscribe without payload": '{"id":"1","type":"subscribe"}',
    "subscribe without query": '{"id":"1","type":"subscribe","payload":{}}',
    "variables that are a list": '{"id":"1","type":"subscribe","payload":{"query":"{a}","variables":[]}}',
    "deep nesting": "[" * 50_000,
    "5,000 digits": '{"type":"ping","payload":' + "9" * 5_000 + "}",
}


@pytest.mark.parametrize("text", REFUSED.values(), ids=REFUSED)
def test_a_frame_is_refused_as_malformed(text: str | None) -> None:
    with pytest.raises(Lukket) as refused:
        ws.parse(text)

    assert refused.value.kode == Lukkekode.MISDANNET == 4400


def test_a_frame_that_is_too_large_is_refused_unread() -> None:
    with pytest.raises(Lukket) as refused:
        ws.parse(" " * (ws.STOERSTE_FRAME_BYTES + 1))

    assert refused.value.kode == Lukkekode.FOR_STOR


@given(st.text())
def test_any_text_is_understood_or_refused(text: str) -> None:
    try:
        ws.parse(text)
    except Lukket as lukket:
        found = lukket
    else:
        return
    assert len(found.grund.encode()) <= 123


def test_a_reason_is_cut_to_what_a_close_frame_holds() -> None:
    assert Lukket(Lukkekode.MISDANNET, "æ" * 100).grund == "æ" * 61


def test_frames_to_the_client_are_json_whatever_the_id() -> None:
    id = 'a"\\\nø'

    assert json.loads(ws.next_(id, b'{"data":null}')) == {"type": "next", "id": id, "payload": {"data": None}}
    assert json.loads(ws.error(id, [{"message": "x"}])) == {"type": "error", "id": id, "payload": [{"message": "x"}]}
    assert json.loads(ws.complete(id)) == {"type": "complete", "id": id}
    assert [json.loads(text)["type"] for text in (ws.ACK, ws.PONG)] == ["connection_ack", "pong"]

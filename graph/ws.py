"""The frames of graphql-transport-ws: text in, frozen data out, and back. Pure.

Owns their shape and the close codes. Refuses to know connections, tokens and documents.
Source: https://github.com/graphql/graphql-over-http, sub-protocol graphql-transport-ws (enisdenjo/graphql-ws PROTOCOL).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Final, TypeAlias

import orjson

from graph import cpr, door
from graph.answer import Spoergsmaal

SUBPROTOCOL: Final = "graphql-transport-ws"
STOERSTE_FRAME_BYTES: Final = door.STOERSTE_BODY_BYTES
LAENGSTE_ID: Final = 200
_KEYS: Final = frozenset(("id", "type", "payload"))
_REASON_BYTES: Final = 123  # RFC 6455, 5.5: a control frame holds 125 bytes, two of them the code


class Lukkekode(IntEnum):
    """Why a connection is closed. 44xx: by the sub-protocol; 4403 also for a token that expired (rules.md 39)."""

    FOR_MEGET = 1008
    FOR_STOR = 1009
    GAAR_NED = 1012
    FOR_LANGSOM = 1013
    IKKE_KLAR = 1013
    MISDANNET = 4400
    IKKE_BEGYNDT = 4401
    AFVIST = 4403
    ANDEN_PROTOKOL = 4406
    BEGYNDTE_IKKE = 4408
    ID_I_BRUG = 4409
    BEGYNDT_TO_GANGE = 4429


class Lukket(Exception):
    """The connection is to be closed, with a code and a reason for the client; with `sted` the position of the last
    change that it was told is to be in the reason too."""

    def __init__(self, kode: Lukkekode, grund: str, *, sted: bool = False) -> None:
        super().__init__(grund)
        self.kode = kode
        self.sted = sted

    @property
    def grund(self) -> str:
        """The reason, cut to what a close frame holds."""
        return cpr.skjul(str(self)).encode()[:_REASON_BYTES].decode(errors="ignore")


@dataclass(frozen=True, slots=True)
class Init:
    """connection_init; `token` from its payload, None when it has none."""

    token: str | None


@dataclass(frozen=True, slots=True)
class Ping:
    """ping; with a new token or without."""

    token: str | None


@dataclass(frozen=True, slots=True)
class Pong:
    """pong; answered by nothing."""


@dataclass(frozen=True, slots=True)
class Subscribe:
    """subscribe: one operation of any kind, under the client's id."""

    id: str
    spoergsmaal: Spoergsmaal


@dataclass(frozen=True, slots=True)
class Complete:
    """complete: the client wants no more of this operation."""

    id: str


Frame: TypeAlias = Init | Ping | Pong | Subscribe | Complete
ACK: Final = b'{"type":"connection_ack"}'
PONG: Final = b'{"type":"pong"}'


def parse(text: str | None) -> Frame:
    """The frame of a text message; None stands for a binary one. Raises Lukket."""
    if text is None:
        raise Lukket(Lukkekode.MISDANNET, "wanted a text frame, found a binary one")
    if len(text) > STOERSTE_FRAME_BYTES:
        raise Lukket(Lukkekode.FOR_STOR, f"wanted a frame of at most {STOERSTE_FRAME_BYTES} bytes")
    try:
        found = orjson.loads(text)
    except orjson.JSONDecodeError as cause:
        raise Lukket(Lukkekode.MISDANNET, "wanted a frame of JSON") from cause
    if not isinstance(found, dict) or not found.keys() <= _KEYS:
        raise Lukket(Lukkekode.MISDANNET, "wanted a JSON object with type, id and payload")
    read = _KINDS.get(found["type"]) if isinstance(found.get("type"), str) else None
    if read is None:
        raise Lukket(Lukkekode.MISDANNET, f"wanted a type of {SUBPROTOCOL}: {', '.join(_KINDS)}")
    return read(found)


def next_(id: str, payload: bytes) -> bytes:
    """One result of an operation; the payload is finished JSON."""
    return b'{"type":"next","id":%b,"payload":%b}' % (orjson.dumps(id), payload)


def error(id: str, errors: Sequence[Mapping[str, Any]]) -> bytes:
    """The operation was not executed, or cannot go on."""
    return b'{"type":"error","id":%b,"payload":%b}' % (orjson.dumps(id), orjson.dumps(list(errors)))


def complete(id: str) -> bytes:
    """The operation has ended by itself."""
    return b'{"type":"complete","id":%b}' % orjson.dumps(id)


def _init(found: Mapping[str, Any]) -> Init:
    return Init(_token(_payload(found)))


def _ping(found: Mapping[str, Any]) -> Ping:
    return Ping(_token(_payload(found)))


def _pong(found: Mapping[str, Any]) -> Pong:
    _payload(found)
    return Pong()


def _subscribe(found: Mapping[str, Any]) -> Subscribe:
    try:
        return Subscribe(_id(found), door.shape(found.get("payload")))
    except door.Afvist as refused:
        raise Lukket(Lukkekode.MISDANNET, str(refused)) from refused


def _complete(found: Mapping[str, Any]) -> Complete:
    return Complete(_id(found))


_KINDS: Final[Mapping[str, Callable[[Mapping[str, Any]], Frame]]] = {
    "connection_init": _init,
    "ping": _ping,
    "pong": _pong,
    "subscribe": _subscribe,
    "complete": _complete,
}


def _payload(found: Mapping[str, Any]) -> Mapping[str, Any]:
    payload = found.get("payload")
    if payload is not None and not isinstance(payload, dict):
        raise Lukket(Lukkekode.MISDANNET, "wanted payload as an object")
    return payload or {}


def _token(payload: Mapping[str, Any]) -> str | None:
    """`{"token": "..."}`, or as clients of HTTP write it, `{"Authorization": "Bearer ..."}`."""
    token = payload.get("token")
    if token is None:
        header = payload.get("Authorization", payload.get("authorization"))
        token = header.partition(" ")[2].strip() if isinstance(header, str) else header
    if token is not None and not isinstance(token, str):
        raise Lukket(Lukkekode.MISDANNET, "wanted token as a string")
    return token


def _id(found: Mapping[str, Any]) -> str:
    id = found.get("id")
    if not isinstance(id, str) or not 0 < len(id) <= LAENGSTE_ID:
        raise Lukket(Lukkekode.MISDANNET, f"wanted id as a string of 1 to {LAENGSTE_ID} characters")
    return id

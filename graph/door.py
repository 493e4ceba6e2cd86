"""The request gate: size, media type, encoding and shape of a body, before anything parses a document.

Pure, but for reading the body in pieces. Refuses to know GraphQL's grammar, callers and HTTP status codes' wording.
"""

import re
from collections.abc import AsyncIterator, Mapping
from typing import Any, Final
from uuid import UUID

import orjson

from fkorg import tid
from fkorg.errors import Malformed
from graph.answer import Spoergsmaal

STOERSTE_BODY_BYTES: Final = 256 * 1024
_ZONE_NAME: Final = re.compile(r"\[[A-Za-z0-9_+\-/]{1,60}\]\Z")
_KEYS: Final = frozenset(("query", "operationName", "variables", "extensions"))


class Afvist(Exception):
    """A request that does not pass the gate: the HTTP status and what was wanted and found."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


async def read(stream: AsyncIterator[bytes], most_bytes: int = STOERSTE_BODY_BYTES) -> bytes:
    """The body, never more of it in memory than allowed. Raises Afvist 413."""
    body = bytearray()
    async for piece in stream:
        body += piece
        if len(body) > most_bytes:
            raise Afvist(413, f"wanted a body of at most {most_bytes} bytes")
    return bytes(body)


def spoergsmaal(content_type: str | None, body: bytes) -> Spoergsmaal:
    """The question in a body of JSON. Raises Afvist 415 for another media type, 400 for another shape."""
    media, _, parameters = (content_type or "").partition(";")
    charset = parameters.partition("charset=")[2].split(";")[0].strip(' "').lower()
    if media.strip().lower() != "application/json" or charset not in ("", "utf-8", "utf8"):
        raise Afvist(415, "wanted Content-Type application/json in UTF-8")
    try:
        found = orjson.loads(body)
    except orjson.JSONDecodeError as cause:
        raise Afvist(400, "wanted a body of JSON in UTF-8, found something else") from cause
    return shape(found)


def shape(found: object) -> Spoergsmaal:
    """The question in decoded JSON: of a body, or of a WebSocket frame's payload. Raises Afvist 400."""
    if not isinstance(found, dict):
        raise Afvist(400, f"wanted a JSON object with query, found {_kind(found)}; batches are not accepted")
    unknown = sorted(str(key)[:40] for key in found.keys() - _KEYS)
    if unknown:
        raise Afvist(400, f"wanted only {', '.join(sorted(_KEYS))}, found {unknown[0]!r}")
    query = _member(found, "query", str)
    if query is None:
        raise Afvist(400, "wanted query as a string, found none")
    _member(found, "extensions", dict)
    return Spoergsmaal(query, _member(found, "operationName", str), _member(found, "variables", dict) or {})


def transaktion(headers: Mapping[str, str]) -> None:
    """Both x-Transaktions headers are there and well-formed (security.md 9.1). Raises Afvist 400."""
    try:
        UUID(headers["x-transaktionsid"])
    except (KeyError, ValueError) as cause:
        raise Afvist(400, "wanted header x-TransaktionsId with a UUID") from cause
    try:
        tid.parse_ns(_ZONE_NAME.sub("", headers["x-transaktionstid"].strip()))
    except (KeyError, Malformed) as cause:
        raise Afvist(400, "wanted header x-TransaktionsTid with an ISO date and time") from cause


def _member(found: dict[str, Any], key: str, kind: type[Any]) -> Any:
    value = found.get(key)
    if value is not None and not isinstance(value, kind):
        raise Afvist(400, f"wanted {key} as {'an object' if kind is dict else 'a string'}, found {_kind(value)}")
    return value


def _kind(value: object) -> str:
    kinds = {dict: "an object", list: "a list", str: "a string", bool: "a boolean", type(None): "null"}
    return kinds.get(type(value), "a number")

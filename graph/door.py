"""The request gate: size, media type, encoding and shape of a body, before anything parses a document.

Shape: the keys of GraphQL over HTTP; in variables no name that is none, no deep nesting, no number that another reader
of JSON might read otherwise (RFC 7493). Pure, but for reading the body in pieces. Refuses to know GraphQL's grammar,
callers and HTTP status codes' wording.
"""

import re
from collections.abc import AsyncIterator, Iterable, Mapping
from typing import Any, Final
from urllib.parse import parse_qsl
from uuid import UUID

import orjson

from fkorg import tid
from fkorg.errors import Malformed
from graph.answer import Spoergsmaal

STOERSTE_BODY_BYTES: Final = 64 * 1024
STOERSTE_IMPORT_BYTES: Final = 1024 * 1024
"""Of a body that asks for `IMPORT` and of nothing else, from who may write."""
IMPORT: Final = "importerHierarki"
DYBDE: Final = 20
"""Lists and objects in one another, in variables."""
STOERSTE_TAL: Final = 2**53 - 1
LAENGSTE_NAVN: Final = 200
KUN_BETROEDE: Final = "wanted POST: GET is for trusted documents that only read, by their id"
_ZONE_NAME: Final = re.compile(r"\[[A-Za-z0-9_+\-/]{1,60}\]\Z")
_KEYS: Final = frozenset(("query", "operationName", "variables", "extensions", "documentId"))
_NAVN: Final = re.compile(r"[_A-Za-z][_0-9A-Za-z]*\Z")


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


def kraev_import(body: bytes, query: str, most_bytes: int) -> None:
    """A body above the limit asks for an import, by a document within it. Raises Afvist 413."""
    if len(body) > most_bytes and (IMPORT not in query or len(query) > most_bytes):
        raise Afvist(413, f"wanted a body of at most {most_bytes} bytes")


def spoergsmaal(content_type: str | None, body: bytes, content_encoding: str | None = None) -> Spoergsmaal:
    """The question in a body of JSON. Raises Afvist 415 for another media type or encoding, 400 for another shape."""
    if content_encoding is not None and content_encoding.strip().lower() != "identity":
        raise Afvist(415, "wanted a body as it is, found a Content-Encoding")
    media, _, parameters = (content_type or "").partition(";")
    charset = parameters.partition("charset=")[2].split(";")[0].strip(' "').lower()
    if media.strip().lower() != "application/json" or charset not in ("", "utf-8", "utf8"):
        raise Afvist(415, "wanted Content-Type application/json in UTF-8")
    return shape(_json(body, "a body"))


def af_adresse(query_string: bytes) -> Spoergsmaal:
    """The question in an address, which names its document: `documentId`, or `extensions`, and what goes with it.

    Raises Afvist 405 for one that does not, 400 for another shape.
    """
    try:
        pairs = parse_qsl(query_string.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=9)
    except ValueError as cause:
        raise Afvist(400, "wanted an address in UTF-8") from cause
    found: dict[str, Any] = dict(pairs)
    if "query" in found or not found.keys() & {"documentId", "extensions"}:
        raise Afvist(405, KUN_BETROEDE)
    if len(found) < len(pairs):
        raise Afvist(400, "wanted documentId, operationName, variables and extensions, each once")
    for key in found.keys() & {"variables", "extensions"}:
        found[key] = _json(found[key].encode(), key)
    return shape(found)


def shape(found: object) -> Spoergsmaal:
    """The question in decoded JSON: of a body, or of a WebSocket frame's payload. Raises Afvist 400."""
    if not isinstance(found, dict):
        raise Afvist(400, f"wanted a JSON object with query, found {_kind(found)}; batches are not accepted")
    unknown = sorted(str(key)[:40] for key in found.keys() - _KEYS)
    if unknown:
        raise Afvist(400, f"wanted only {', '.join(sorted(_KEYS))}, found {unknown[0]!r}")
    query = _member(found, "query", str)
    dokument_id = _dokument_id(found) if query is None else None
    if query is None and dokument_id is None:
        raise Afvist(400, "wanted query as a string, found none")
    variables = _member(found, "variables", dict) or {}
    _kraev_variable(variables)
    return Spoergsmaal(query or "", _member(found, "operationName", str), variables, dokument_id)


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


def _json(text: bytes, hvad: str) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as cause:
        raise Afvist(400, f"wanted {hvad} of JSON in UTF-8, found something else") from cause


def _dokument_id(found: Mapping[str, Any]) -> str | None:
    """The document's name: of GraphQL over HTTP (`documentId`), or as Apollo's clients write it."""
    extensions = _member(found, "extensions", dict) or {}
    kept = _member(extensions, "persistedQuery", dict) or {}
    dokument_id: str | None = _member(found, "documentId", str) or _member(kept, "sha256Hash", str)
    return dokument_id


def _kraev_variable(variables: Mapping[str, Any]) -> None:
    if not variables:
        return
    for name in variables:
        if len(name) > LAENGSTE_NAVN or not _NAVN.match(name):
            raise Afvist(400, f"wanted variables by names of GraphQL, of at most {LAENGSTE_NAVN} letters")
    level: list[Iterable[Any]] = [variables.values()]
    for _ in range(DYBDE):
        level = [below for values in level for below in _below(values)]
        if not level:
            return
    raise Afvist(400, f"wanted at most {DYBDE} lists and objects in one another")


def _below(values: Iterable[Any]) -> Iterable[Iterable[Any]]:
    """What is in the lists and objects among them; the others are looked at."""
    for value in values:
        if isinstance(value, str) or value is None:
            continue
        if isinstance(value, list):
            yield value
        elif isinstance(value, dict):
            if any(len(key) > LAENGSTE_NAVN for key in value):
                raise Afvist(400, f"wanted keys of at most {LAENGSTE_NAVN} letters")
            yield value.values()
        elif not -STOERSTE_TAL <= value <= STOERSTE_TAL:
            raise Afvist(400, f"wanted numbers of at most {STOERSTE_TAL}")


def _member(found: Mapping[str, Any], key: str, kind: type[Any]) -> Any:
    value = found.get(key)
    if value is not None and not isinstance(value, kind):
        raise Afvist(400, f"wanted {key} as {'an object' if kind is dict else 'a string'}, found {_kind(value)}")
    return value


def _kind(value: object) -> str:
    kinds = {dict: "an object", list: "a list", str: "a string", bool: "a boolean", type(None): "null"}
    return kinds.get(type(value), "a number")

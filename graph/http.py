"""The two HTTP doors: `/graphql` and KOMBIT's `/organisation/organisationhent/1`. Source: rules.md 20.

Owns status codes, media types and the frame round `data`. Refuses to know how a question is answered: that, the
caller's token, and freshness are functions handed in. A failure that nobody foresaw is logged by number and shown as
500 without its text.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import uuid4

import orjson
import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from fkorg.errors import Unavailable
from graph import door
from graph.answer import ANDRE, Spoergsmaal, Sted, Svar
from graph.betroet import Betroede
from graph.caller import CERTIFIKAT, Principal, Ret, TokenAfvist
from graph.compile.markers import Klassifikation
from graph.errors import fejl
from graph.straks import Straks
from model.pool import Overskredet

JSON: Final = "application/json"
GRAPHQL_JSON: Final = "application/graphql-response+json"
REASONS: Final = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    405: "Method Not Allowed",
    408: "Request Timeout",
    413: "Content Too Large",
    415: "Unsupported Media Type",
    500: "Internal Server Error",
    503: "Service Unavailable",
}
CLASSIFICATIONS: Final = {
    400: Klassifikation.VALIDATION,
    401: Klassifikation.UNAUTHORIZED,
    403: Klassifikation.UNAUTHORIZED,
    405: Klassifikation.VALIDATION,
    413: Klassifikation.VALIDATION,
    415: Klassifikation.VALIDATION,
}
"""How a failure before execution is classified in GraphQL's words; the others are ServerError."""
RETRY_AFTER_S: Final = 5
_SOM_DET_ER: Final = (b"x-content-type-options", b"nosniff")
KUN_NU: Final = ((b"cache-control", b"no-store"), _SOM_DET_ER)
"""An answer that may show persons: no browser and no proxy keeps it."""
KAN_IGEN: Final = ((b"cache-control", b"private, no-cache"), _SOM_DET_ER)
"""One with a tag, which shows none: a browser may keep it, and asks whether it still holds."""
SAMLES: Final = 16 * 1024
"""Up to so many bytes an answer is put together; a longer one is sent in its pieces, since copying it costs more."""
TIME_LIMIT: Final = "the time limit passed; ask for less"

log = structlog.get_logger()


async def _uforklaret(*_: object) -> None:
    """There is nothing to tell of how an operation is answered."""


@dataclass(frozen=True, slots=True)
class Engine:
    """What the doors call. `kalder`: Authorization headers, and the client certificate's thumbprint where it is known
    -> principal, or TokenAfvist. `friskhed`: what is joined to the answer's extensions, outside `data`. `mindst`:
    waits until the position in x-Mindst is readable; what it returns instead of None is the answer. `forklar`: how it
    is answered, for X-Forklar."""

    kalder: Callable[[Sequence[str], datetime, str | None], Principal]
    besvar: Callable[[Spoergsmaal, Principal, datetime], Awaitable[Svar]]
    friskhed: Callable[[Principal, Svar], Awaitable[object]]
    mindst: Callable[[Principal, str], Awaitable[Svar | None]]
    maalt: Callable[[str, int, float, str], None]
    """Told of each answer: which door, which status, after how many seconds, and what metrics call the operation."""
    ur: Callable[[], datetime]
    time_limit: timedelta = timedelta(seconds=120)
    body_bytes: int = door.STOERSTE_BODY_BYTES
    betroede: Betroede = field(default_factory=Betroede)
    """The documents that may be named instead of sent, in an address too."""
    forklar: Callable[[Spoergsmaal, Principal, datetime], Awaitable[Mapping[str, Any] | None]] = _uforklaret
    straks: Callable[[], Straks | None] = lambda: None
    """The short way to answers that are kept; None when none are."""


@dataclass(frozen=True, slots=True)
class _Failure(Exception):
    status: int
    message: str


def graphql(engine: Engine) -> ASGIApp:
    """`/graphql`: GraphQL over HTTP; failures before execution are `errors` too."""
    return _Door(engine, "graphql", compatible=False)


def organisationhent(engine: Engine) -> ASGIApp:
    """`/organisation/organisationhent/1`: what clients of KOMBIT's service expect, five-key failures included."""
    return _Door(engine, "organisationhent", compatible=True)


class _Door:
    """One of the two, as an ASGI application."""

    def __init__(self, engine: Engine, name: str, *, compatible: bool) -> None:
        self.engine = engine
        self.name = name
        self.compatible = compatible

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = time.perf_counter()
        straks = None if self.compatible or scope["method"] != "POST" else self.engine.straks()
        hoveder = None if straks is None else straks.hoveder(scope["headers"])
        body: bytes | None = None
        if straks is not None and hoveder is not None:
            first = await receive()
            receive = _igen(first, receive)
            if first["type"] == "http.request" and not first.get("more_body", False):
                body = first.get("body", b"")
                if (fundet := straks.find(hoveder, body, self.engine.ur(), scope.get(CERTIFIKAT))) is not None:
                    svar, friskhed, media = fundet
                    pieces = _pieces_of(svar, {**svar.extensions, "friskhed": orjson.Fragment(friskhed)})
                    self.engine.maalt(self.name, 200, time.perf_counter() - started, svar.operation)
                    await _send(send, _Reply(200, pieces, media, {"etag": svar.etag or ""}))
                    return
        asked = _Asked(
            scope["method"],
            scope["path"],
            _headers(scope),
            receive,
            scope.get(CERTIFIKAT),
            scope.get("query_string", b""),
        )
        reply = await self._answer(asked)
        if straks is not None and hoveder is not None and body is not None and asked.husket is not None:
            straks.husk(hoveder, body, *asked.husket)
        self.engine.maalt(self.name, reply.status, time.perf_counter() - started, asked.operation)
        await _send(send, reply)

    async def _answer(self, asked: "_Asked") -> "_Reply":
        try:
            async with asyncio.timeout(self.engine.time_limit.total_seconds()):
                return await self._answered(asked)
        except _Failure as failure:
            return self._failed(asked, failure.status, failure.message)
        except door.Afvist as refused:
            return self._failed(asked, refused.status, str(refused))
        except TokenAfvist as refused:
            return self._failed(asked, 401, str(refused))
        except (TimeoutError, Overskredet):
            return self._failed(asked, 408, TIME_LIMIT)
        except Unavailable as away:
            log.warning("ikke klar", door=self.name, grund=str(away))
            return self._failed(asked, 503, "not ready; try again shortly")
        except Exception as bug:
            number = str(uuid4())
            log.error("uventet fejl", nummer=number, door=self.name, exc_info=bug)
            return self._failed(asked, 500, f"an error of ours, logged under {number}")

    async def _answered(self, asked: "_Asked") -> "_Reply":
        if asked.method not in ("POST", "GET") or (asked.method == "GET" and self.compatible):
            raise _Failure(405, "wanted POST")
        now = self.engine.ur()
        principal = self.engine.kalder(asked.headers.get("authorization", ()), now, asked.certifikat)
        if self.compatible:
            door.transaktion({navn: values[0] for navn, values in asked.headers.items()})
        spoergsmaal = await self._spoergsmaal(asked, principal)
        if principal.organisation is None:
            raise _Failure(503, "this municipality is being loaded; try again shortly")
        forklar = asked.header("x-forklar") == "1"
        if forklar and not principal.har(Ret.FORKLAR):
            raise _Failure(403, "X-Forklar: needs the right FORKLAR")
        at_least = asked.header("x-mindst")
        svar = await self.engine.mindst(principal, at_least) if at_least is not None else None
        if svar is None:
            svar = await self.engine.besvar(spoergsmaal, principal, now)
        if forklar and svar.udfoert and (forklaret := await self.engine.forklar(spoergsmaal, principal, now)):
            svar = replace(svar, extensions={**svar.extensions, "forklar": forklaret})
        asked.operation = svar.operation
        return await self._ok(asked, principal, svar)

    async def _spoergsmaal(self, asked: "_Asked", principal: Principal) -> Spoergsmaal:
        """What is asked, with its document. By GET only trusted documents that only read, by their id: an address
        stands in logs, and a page elsewhere can have a browser follow one."""
        if asked.method == "POST":
            most = self.engine.body_bytes
            stream, skriver = _pieces(asked.receive), principal.har(Ret.SKRIV)
            body = await door.read(stream, max(most, door.STOERSTE_IMPORT_BYTES) if skriver else most)
            spoergsmaal = door.spoergsmaal(asked.header("content-type"), body, asked.header("content-encoding"))
            fundet = self.engine.betroede.fundet(spoergsmaal)
            door.kraev_import(body, fundet.query, most)
            return fundet
        spoergsmaal = self.engine.betroede.fundet(door.af_adresse(asked.query_string))
        if spoergsmaal.dokument_id is None and not self.engine.betroede.laeser(spoergsmaal.query):
            raise _Failure(405, door.KUN_BETROEDE)
        return spoergsmaal

    async def _ok(self, asked: "_Asked", principal: Principal, svar: Svar) -> "_Reply":
        extensions = dict(svar.extensions)
        if svar.udfoert:
            extensions["friskhed"] = await self.engine.friskhed(principal, svar)
        headers = {} if svar.etag is None else {"etag": svar.etag}
        if svar.etag is not None and _kendt(asked.headers.get("if-none-match", ()), svar.etag):
            headers["x-friskhed"] = orjson.dumps(extensions["friskhed"]).decode("ascii")
            return _Reply(304, (), None, headers)
        media = JSON if self.compatible else _media(asked.header("accept"))
        if svar.sted is not None:
            asked.husket = (principal, svar.sted, media)
        status = 200 if svar.udfoert or media == JSON else 400
        return _Reply(status, _pieces_of(svar, extensions), media, headers)

    def _failed(self, asked: "_Asked", status: int, message: str) -> "_Reply":
        headers = {
            401: {"www-authenticate": "Bearer"},
            405: {"allow": "POST"},
            503: {"retry-after": str(RETRY_AFTER_S)},
        }.get(status, {})
        if self.compatible:
            content: dict[str, Any] = {
                "timestamp": self.engine.ur().isoformat(timespec="milliseconds").replace("+00:00", "Z"),
                "status": status,
                "error": REASONS.get(status, "Error"),
                "message": message,
                "path": asked.path,
            }
            return _Reply(status, [orjson.dumps(content)], JSON, headers)
        body = orjson.dumps({"errors": [fejl(message, CLASSIFICATIONS.get(status, Klassifikation.SERVER))]})
        return _Reply(status, [body], _media(asked.header("accept")), headers)


@dataclass(slots=True)
class _Asked:
    """A request, without Starlette's: that takes as long as finding the document. `husket`, `operation`: what came of
    it."""

    method: str
    path: str
    headers: Mapping[str, Sequence[str]]
    receive: Receive
    certifikat: str | None
    query_string: bytes = b""
    husket: tuple[Principal, Sted, str] | None = None
    operation: str = ANDRE

    def header(self, name: str) -> str | None:
        """The first of that name."""
        found = self.headers.get(name)
        return found[0] if found else None


@dataclass(frozen=True, slots=True)
class _Reply:
    """What is sent: `body` in pieces, `media` None for an answer without one; header names in lower case."""

    status: int
    body: Sequence[bytes]
    media: str | None
    headers: Mapping[str, str]


def _headers(scope: Scope) -> dict[str, list[str]]:
    """By name, which ASGI gives in lower case; each as often as it came."""
    found: dict[str, list[str]] = {}
    for name, value in scope["headers"]:
        found.setdefault(name.decode("latin-1"), []).append(value.decode("latin-1"))
    return found


def _igen(first: Message, receive: Receive) -> Receive:
    """What was received already, then what comes."""
    waiting = [first]

    async def received() -> Message:
        return waiting.pop() if waiting else await receive()

    return received


async def _pieces(receive: Receive) -> AsyncIterator[bytes]:
    """The body as it comes. Raises _Failure when the caller goes away meanwhile."""
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise _Failure(400, "wanted a whole request, found the end of the connection")
        yield message.get("body", b"")
        more = message.get("more_body", False)


async def _send(send: Send, reply: _Reply) -> None:
    headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in reply.headers.items()]
    headers += KAN_IGEN if reply.headers.get("etag") else KUN_NU
    length = sum(map(len, reply.body))
    if reply.media is not None:
        headers += [(b"content-length", b"%d" % length), (b"content-type", reply.media.encode())]
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})
    *first, last = reply.body if length > SAMLES else (b"".join(reply.body),)
    for piece in first:
        await send({"type": "http.response.body", "body": piece, "more_body": True})
    await send({"type": "http.response.body", "body": last})


def frame(svar: Svar, extensions: Mapping[str, Any]) -> bytes:
    """The whole answer: errors after `data`, which is untouched, as the database wrote it."""
    return b"".join(_pieces_of(svar, extensions))


def _pieces_of(svar: Svar, extensions: Mapping[str, Any]) -> list[bytes]:
    """The same in pieces, none of them a copy of `data`."""
    found: list[bytes] = []
    if svar.data is not None:
        found += [b',"data":', svar.data]
    if svar.errors:
        found += [b',"errors":', orjson.dumps(list(svar.errors))]
    if extensions:
        found += [b',"extensions":', orjson.dumps(dict(extensions))]
    return [b"{" + found[0][1:], *found[1:], b"}"] if found else [b"{}"]


def _kendt(if_none_match: Sequence[str], etag: str) -> bool:
    """Does the client have this answer already? Tags are compared weakly (RFC 9110, 13.1.2)."""
    kendte = {tag.strip().removeprefix("W/") for line in if_none_match for tag in line.split(",")}
    return etag.removeprefix("W/") in kendte or "*" in kendte


def _media(accept: str | None) -> str:
    """The media type to answer in: the response type of GraphQL over HTTP for who prefers it, else plain JSON."""
    if accept is None:
        return JSON
    best = (0.0, JSON)
    for entry in accept.lower().split(","):
        media, *parameters = (part.strip() for part in entry.split(";"))
        weight = next((_weight(p[2:]) for p in parameters if p.startswith("q=")), 1.0)
        if media in (JSON, GRAPHQL_JSON) and weight > best[0]:
            best = (weight, media)
    return best[1]


def _weight(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0

"""A thousand CPR numbers, sent in every place and in every spelling: none is found where none may stand.

A whole server with its log at DEBUG, on a Postgres that logs every statement. The numbers stand in its rows and are
sent in documents, variables, headers, addresses, frames and messages; then logs of both, metrics, errors, explanations,
reasons of closed sockets, cursors and keys are searched. Source: domain.md 12 (never in keys, logs, cursors or error
texts).
"""

import asyncio
import base64
import json
import re
import socket
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, unquote

import asyncpg
import httpx
import pytest
import uvicorn
import websockets
from websockets.asyncio.client import connect

from graph.caller import Ret
from model import tables
from orgraf import udsteder, web, websocket
from orgraf.embedded import Embedded
from orgraf.settings import Settings
from tests import builders
from tests.builders import Kommune
from tests.parts import postgres
from tests.parts.folder import shared_folder

ANTAL: Final = 1_000
FORREST: Final = "311290"
DEADLINE_S: Final = 60.0
BY: Final = Kommune()
UKENDT: Final = "dead0000-0000-4000-8000-000000000000"
_CIFRE: Final = {
    ord(ciffer): str(n) for cifre in ("٠١٢٣٤٥٦٧٨٩", "０１２３４５６７８９") for n, ciffer in enumerate(cifre)
}
_PLANTET: Final = re.compile(FORREST + r"[^0-9A-Za-z]{0,3}0[0-9]{3}(?![0-9])|MzExMjkw[MLI]")
"""One of them in any spelling, once digits are ASCII and addresses are read; or as Base64, by its first six digits."""


def findes(tekst: str) -> list[str]:
    """Those that stand in the text."""
    return _PLANTET.findall(unquote(tekst).translate(_CIFRE))


def _andre_cifre(foerste: str) -> Callable[[str], str]:
    return lambda tal: "".join(chr(ord(foerste) + int(ciffer)) for ciffer in tal)


STAVET: Final[dict[str, Callable[[str], str]]] = {
    "ten digits": lambda tal: tal,
    "a hyphen": lambda tal: f"{tal[:6]}-{tal[6:]}",
    "a space": lambda tal: f"{tal[:6]} {tal[6:]}",
    "as in an address": lambda tal: f"{tal[:6]}%2D{tal[6:]}",
    "a plus": lambda tal: f"{tal[:6]}+{tal[6:]}",
    "Base64": lambda tal: base64.b64encode(tal.encode()).decode().rstrip("="),
    "Arabic digits": _andre_cifre("٠"),
    "wide digits": _andre_cifre("０"),
}


@dataclass(frozen=True)
class Sendt:
    """One request. `rolle`: whose token; `more`: what else its JSON holds; `content`: what is sent instead."""

    query: str = "{ __typename }"
    variables: dict[str, Any] = field(default_factory=dict)
    rolle: str = "alt"
    headers: dict[str, str] = field(default_factory=dict)
    more: dict[str, Any] = field(default_factory=dict)
    path: str = "/graphql"
    content: str | None = None


def _bruger(filter_: str, type_: str = "String") -> str:
    valgt = "edges { cursor node { uuid person { uuid } } } pageInfo { endCursor }"
    return f'query ($v: {type_}) {{ brugerListe(cvr: "{BY.cvr}", status: AKTIV, {filter_}) {{ {valgt} }} }}'


def _skriv(navn: str, felter: str) -> str:
    return f"mutation ($v: String!) {{ {navn}({felter}) {{ kvitteringer {{ tekst }} }} }}"


def _ny(**felter: str) -> str:
    givet = {"cvr": f'"{BY.cvr}"', "brugervendtNoegle": '"p"', "navn": '"x"', **felter}
    return f"input: {{{', '.join(f'{navn}: {literal}' for navn, literal in givet.items())}}}"


CPR: Final = _bruger("brugerFilter: {personFilter: {cpr: $v}}", "CPR")
FORKLAR: Final = {"x-forklar": "1"}
ALLE_HEADERS: Final = ("x-transaktionsid", "x-transaktionstid", "accept", "content-type", "if-none-match")
SOEG: Final = f'query ($v: String!) {{ soeg(cvr: "{BY.cvr}", tekst: $v) {{ edges {{ cursor naerhed }} }} }}'
STATUS: Final = f'query ($v: TilstandStatus!) {{ brugerListe(cvr: "{BY.cvr}", status: $v) {{ antal }} }}'
KLE: Final = f'query ($v: KLE!) {{ ansvarligEnhed(cvr: "{BY.cvr}", kleNummer: $v) {{ uuid }} }}'
MOMENT: Final = "query ($v: DateTime) @tidspunkt(virkningstid: $v) { itSystem(uuid: []) { uuid } }"
KOMPATIBEL: Final = "/organisation/organisationhent/1"
STEDER: Final[dict[str, Callable[[str], Sendt]]] = {
    "a filter, by variable": lambda v: Sendt(CPR, {"v": v}),
    "a filter, written": lambda v: Sendt(CPR.replace("($v: CPR) ", "").replace("$v", json.dumps(v))),
    "a filter, explained": lambda v: Sendt(CPR, {"v": v}, headers=FORKLAR),
    "a filter without the right": lambda v: Sendt(CPR, {"v": v}, "laes"),
    "a name that is filtered by": lambda v: Sendt(_bruger("brugerFilter: {personFilter: {navn: $v}}"), {"v": v}),
    "a user name": lambda v: Sendt(_bruger("brugerFilter: {brugernavn: $v}"), {"v": v}, headers=FORKLAR),
    "a search": lambda v: Sendt(SOEG, {"v": v}),
    "another type": lambda v: Sendt("query ($v: [UUID!]!) { person(uuid: $v) { uuid } }", {"v": [v]}),
    "another type, written": lambda v: Sendt(f"{{ person(uuid: [{json.dumps(v)}]) {{ uuid }} }}"),
    "a number": lambda v: Sendt("query ($v: Int) { aendringer(antal: $v) { flere } }", {"v": v}),
    "an enum": lambda v: Sendt(STATUS, {"v": v}),
    "a CVR": lambda v: Sendt("query ($v: CVR!) { organisation(cvr: $v) { uuid } }", {"v": v}),
    "a KLE number": lambda v: Sendt(KLE, {"v": v}),
    "a moment": lambda v: Sendt(MOMENT, {"v": v}),
    "a cursor": lambda v: Sendt(_bruger("after: $v", "Cursor"), {"v": v}),
    "a position": lambda v: Sendt("query ($v: Stand) { aendringer(efter: $v) { flere } }", {"v": v}),
    "a position that is waited for": lambda v: Sendt(headers={"x-mindst": quote(v)}),
    "a variable that is not asked for": lambda v: Sendt(variables={v: v}),
    "an input that is not there": lambda v: Sendt(_bruger("brugerFilter: $v", "BrugerFilter"), {"v": {v: v}}),
    "the name of the operation": lambda v: Sendt(more={"operationName": v}),
    "a word that is no GraphQL": lambda v: Sendt(f"{{ {v} }}"),
    "a text where a name should be": lambda v: Sendt(f"{{ person {json.dumps(v)} }}"),
    "a field that is not there": lambda v: Sendt(f"{{ _{_navn(v)} person(_{_navn(v)}: 1) {{ uuid }} }}"),
    "a fragment that is not there": lambda v: Sendt(f"query ($_{_navn(v)}: Int) {{ ...F_{_navn(v)} @d_{_navn(v)} }}"),
    "no JSON": lambda v: Sendt(content=f'{{"query": {v}'),
    "extensions": lambda v: Sendt(more={"extensions": {v: v}}),
    "a token": lambda v: Sendt(headers={"authorization": f"Bearer {quote(v)}"}),
    "other headers": lambda v: Sendt(headers=dict.fromkeys(ALLE_HEADERS, quote(v))),
    "the compatible door": lambda v: Sendt(path=KOMPATIBEL, headers={"x-transaktionsid": quote(v)}),
    "an address": lambda v: Sendt(path=f"/graphql/{quote(v)}?query={quote(v)}"),
    "a question in an address": lambda v: Sendt(path=f"/graphql?query={quote(v)}", headers={"x-metode": "GET"}),
    "a message": lambda v: Sendt(path="/beskedfordeler/modtag", content=f"<Haendelsesbesked>{v}</Haendelsesbesked>"),
    "a key of a person": lambda v: Sendt(_skriv("opretPerson", _ny(brugervendtNoegle="$v")), {"v": v}),
    "a key of a write": lambda v: Sendt(_skriv("opretPerson", f"{_ny()}, valg: {{idempotensnoegle: $v}}"), {"v": v}),
    "a note": lambda v: Sendt(_skriv("opretPerson", f"{_ny()}, valg: {{note: $v}}"), {"v": v}),
    "a name that is written": lambda v: Sendt(_skriv("opretPerson", _ny(navn="$v")), {"v": v}),
    "a number that is written": lambda v: Sendt(
        _skriv("opretPerson", _ny(cpr="$v")).replace("String!", "CPR!"), {"v": v}
    ),
}
"""Where a number is sent, by what it is sent as."""


def _navn(tekst: str) -> str:
    """As a part of a name of GraphQL."""
    return re.sub(r"[^0-9]", "", tekst.translate(_CIFRE)) or "x"


@dataclass
class Vaerk:
    """A server that runs, and where it writes."""

    http: httpx.AsyncClient
    tokens: dict[str, str]
    server: Embedded
    dsn: str
    log: StringIO

    async def send(self, s: Sendt) -> httpx.Response:
        headers = {"authorization": f"Bearer {self.tokens[s.rolle]}", "content-type": "application/json"} | s.headers
        body = s.content or json.dumps({"query": s.query, "variables": s.variables, **s.more}, ensure_ascii=False)
        return await self.http.request(headers.pop("x-metode", "POST"), s.path, content=body.encode(), headers=headers)


@pytest.fixture
async def vaerk(tmp_path: Path, logget: StringIO) -> AsyncIterator[Vaerk]:
    loud = {"log_statement": "all", "log_min_duration_statement": "0", "log_duration": "on"}
    with shared_folder() as folder, Embedded(folder / "pg", fsync=False, settings=loud) as server:
        dsn = postgres.clone(server, postgres.migrated_template(server), "kanariefugl")
        connection = await asyncpg.connect(dsn)
        await builders.insert(connection, _rows())
        await connection.close()
        now = datetime.now(UTC)
        udsteder_ = udsteder.load_or_make(tmp_path, now)
        noegle = tmp_path / "udsteder.cert.pem"
        noegle.write_text(udsteder_.certifikat)
        roller = {"alt": frozenset(Ret), "laes": frozenset({Ret.LAES, Ret.FORKLAR})}
        tokens = {navn: udsteder.udsted(udsteder_, BY.cvr, har, now) for navn, har in roller.items()}
        settings = Settings(
            database_dsn=dsn,
            contexts={BY.cvr: BY.uuid},
            source_url="http://127.0.0.1:1",
            source_timeout=timedelta(seconds=1),
            jwt_issuer=udsteder.ENTITET,
            jwt_audience=udsteder.MODTAGER,
            jwt_keys=(noegle,),
            reuse_bytes=2**24,
            push=True,
            wait=timedelta(seconds=1),
        )
        async with _serveret(settings) as url, httpx.AsyncClient(base_url=url, timeout=DEADLINE_S) as http:
            yield Vaerk(http, tokens, server, dsn, logget)


@asynccontextmanager
async def _serveret(settings: Settings) -> AsyncIterator[str]:
    """The server as `orgraf serve` has it, until it is ready."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        config = uvicorn.Config(web.app(settings), log_config=None, access_log=False, ws=websocket.Protocol)
        server = uvicorn.Server(config)
        task = asyncio.create_task(server.serve(sockets=[listening]))
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        try:
            async with asyncio.timeout(DEADLINE_S), httpx.AsyncClient(base_url=url) as http:
                while not server.started or (await http.get("/health/ready")).status_code != 200:
                    await asyncio.sleep(0.05)
            yield url
        finally:
            server.should_exit = True
            await task


def _numre() -> list[str]:
    return [f"{FORREST}{nr:04}" for nr in range(ANTAL)]


def _rows() -> list[builders.Row]:
    """A thousand persons with their numbers, as they are and as they were recorded."""
    rows = [*BY.rows(), *builders.kendte_klasser()]
    for nr, cpr in enumerate(_numre()):
        person = builders.en_person(BY, f"Person {nr}", cpr=cpr)
        rows += [person, builders.en_bruger(BY, f"bruger{nr}", person=person["uuid"])]
        key = {"objekttype": "PERSON", "uuid": person["uuid"]}
        rows.append(builders.row(tables.soegetekst, BY, **key, felt="navn", ord=f" person {nr}"))
        content = {"egenskaber": [{"fra": None, "til": None, "felter": {"navn": f"Person {nr}", "cpr": cpr}}]}
        values = {"content": content, "content_hash": "\\x00", "kilde": "BOOTSTRAP", "hentet_at": "2026-01-01"}
        values |= {"livscyklus": "IMPORTERET", "rewind": 0, "reg_ns": builders.REGISTRERET, "tie": 0}
        rows.append(builders.row(tables.registrering, BY, **key, **values))
    return rows


async def test_none_of_a_thousand_cpr_numbers_is_found_where_none_may_stand(vaerk: Vaerk) -> None:
    slags = [(sted, stavet) for sted in STEDER for stavet in STAVET]
    fundet: list[str] = []
    svar = dict.fromkeys((200, 400, 401), 0)
    for nr, cpr in enumerate(_numre()):
        sted, stavet = slags[nr % len(slags)]
        sendt = STEDER[sted](STAVET[stavet](cpr))
        found = await vaerk.send(sendt)
        svar[found.status_code] = svar.get(found.status_code, 0) + 1
        fundet += [f"{sted}, {stavet}: {where}" for where, text in _fortalt(found) if findes(text)]
    fundet += [f"socket: {text}" for text in await _over_sockets(vaerk) if findes(text)]
    fundet += [f"cursor {cursor}" for cursor in await _cursorer(vaerk) if findes(cursor)]
    fundet += [f"key {key}" for key in await _noegler(vaerk) if findes(key)]
    metrics = (await vaerk.http.get("/metrics")).text
    postgres_log = (vaerk.server.home / "postgres.log").read_text(errors="replace")
    fundet += [f"metrics: {line}" for line in metrics.splitlines() if findes(line)]
    fundet += [f"log: {line}" for line in vaerk.log.getvalue().splitlines() if findes(line)]
    underskrifter = {navn: token.rpartition(".")[2] for navn, token in vaerk.tokens.items()}
    skrevet = {"metrics": metrics, "postgres": postgres_log, "log": vaerk.log.getvalue()}
    fundet += [f"{sted}: the token {navn}" for sted, text in skrevet.items() for navn in roller_i(text, underskrifter)]
    sendte_raekker = "json_populate_recordset"
    fundet += [f"postgres: {line}" for line in postgres_log.splitlines() if findes(line)]

    assert fundet == []
    assert min(svar[status] for status in (200, 400, 401)) > 10, svar
    assert "orgraf_svar_seconds" in metrics
    assert sendte_raekker in postgres_log, "the database logged no statement: nothing was proven"
    assert postgres_log.count("execute orgraf_") > ANTAL / 10
    assert vaerk.log.getvalue()


def roller_i(text: str, underskrifter: Mapping[str, str]) -> list[str]:
    """Whose tokens stand there."""
    return [navn for navn, underskrift in underskrifter.items() if underskrift in text]


def _fortalt(found: httpx.Response) -> Iterator[tuple[str, str]]:
    """All of an answer but its data."""
    yield "headers", str(found.headers)
    try:
        body = found.json()
    except ValueError:
        yield "body", found.text
        return
    if not isinstance(body, dict):
        yield "body", found.text
        return
    yield from ((part, json.dumps(body[part], ensure_ascii=False)) for part in body if part != "data")


async def _over_sockets(vaerk: Vaerk) -> list[str]:
    """What sockets are told, but for the data of answers and the ids of operations, which are the client's own."""
    told: list[str] = []
    url = str(vaerk.http.base_url).replace("http", "ws").rstrip("/") + "/graphql"
    for nr, stav in enumerate(STAVET.values()):
        tal = stav(_numre()[nr])
        subscribe = {"type": "subscribe", "id": tal, "payload": {"query": "subscription { aendringer { __typename } }"}}
        wrong = {"type": "subscribe", "id": "1", "payload": {"query": f"{{ _{_navn(tal)} }}", "variables": {tal: tal}}}
        for frames in ((subscribe, subscribe), (wrong,), ({"type": tal},), (tal,)):
            told += await _samtale(url, vaerk.tokens["alt"], frames)
        told += await _samtale(url, tal, ())
    return told


async def _samtale(url: str, token: str, frames: Sequence[Any]) -> list[str]:
    told: list[str] = []
    async with connect(url, subprotocols=["graphql-transport-ws"], proxy=None) as ws, asyncio.timeout(DEADLINE_S):  # type: ignore[list-item]
        try:
            for frame in ({"type": "connection_init", "payload": {"token": token}}, *frames):
                await ws.send(json.dumps(frame, ensure_ascii=False))
            while not told or told[-1] == "connection_ack" or "next" in told[-1]:
                message = json.loads(await ws.recv())
                told.append(json.dumps({k: v for k, v in message.items() if k != "id"}, ensure_ascii=False))
                told = [t if "connection_ack" not in t else "connection_ack" for t in told]
        except websockets.ConnectionClosed:
            told.append(ws.close_reason or "closed")
    return told


async def _cursorer(vaerk: Vaerk) -> list[str]:
    """Cursors of whatever pages tell of persons, as they are and as what is in them."""
    found: list[str] = []
    for query in (
        _bruger("first: 500").replace("($v: String) ", ""),
        f'{{ soeg(cvr: "{BY.cvr}", tekst: "person", typer: [PERSON], first: 500) {{ edges {{ cursor }} }} }}',
    ):
        data = (await vaerk.send(Sendt(query))).json()["data"]
        (side,) = data.values()
        found += [kant["cursor"] for kant in side["edges"]]
    assert len(found) > ANTAL / 2
    return [*found, *(base64.urlsafe_b64decode(c + "=" * (-len(c) % 4)).decode() for c in found)]


async def _noegler(vaerk: Vaerk) -> list[str]:
    """What is kept of writes, and by which keys."""
    connection = await asyncpg.connect(vaerk.dsn)
    rows = await connection.fetch("select idempotensnoegle, caller, operation, kvitteringer::text from write_request")
    await connection.close()
    assert rows, "no write was begun: nothing was proven"
    return [str(value) for row in rows for value in row.values()]

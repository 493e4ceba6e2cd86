"""The demo's self-check: what a user does, through the public doors alone, each step told with its result and time.

Knows GraphQL over HTTP, graphql-transport-ws and the source's SOAP services; nothing of what is behind them.
"""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx
import orjson
from websockets.asyncio.client import ClientConnection, connect

from fkorg import ret, tid
from fkorg.catalogue import Objekttype
from fkorg.soap.client import Klient

DEADLINE_S = 20.0

NESTED = """query Enhed($cvr: CVR!) {
  organisation(cvr: $cvr) { organisationsnavn organisationEnhed { uuid enhedsnavn
    underliggendeEnheder { uuid enhedsnavn
      medlemskaber { medlemskabRolleTitel funktionsTypeTitel bruger { uuid brugernavn person { navn }
        adresser { adresseTekst adresseRolleTitel } } } } } } }"""
CHAIN = """query Kaede($uuid: [UUID!]!) {
  bruger(uuid: $uuid) { brugernavn enhedsstier { sti { uuid enhedsnavn } }
    ledere { bruger { brugernavn } fraEnhed { enhedsnavn } nedarvet } } }"""
RENAME = """mutation Omdoeb($uuid: UUID!, $navn: String!) {
  omdoebEnhed(uuid: $uuid, enhedsnavn: $navn) { kvitteringer { statusKode sendt } stand
    organisationEnhed { uuid enhedsnavn } } }"""
CHANGES = """subscription Aendringer($efter: Stand, $uuid: [UUID!]) {
  aendringer(efter: $efter, filter: {uuid: $uuid}) { __typename
    ... on Aendring { stand uuid aarsag felter objekt { uuid ... on OrganisationEnhed { enhedsnavn } } }
    ... on Puls { stand } ... on Gensynk { grund } } }"""
PERSON = "query Person($uuid: [UUID!]!) { bruger(uuid: $uuid) { person { uuid navn } } }"
NAME = "query Navn($uuid: [UUID!]!) { organisationEnhed(uuid: $uuid) { enhedsnavn } }"
FRESH = "query Friskhed($cvr: CVR!) { friskhed(cvr: $cvr) { status ventende parkerede kildeTilgaengelig } }"


class CheckFailed(Exception):
    """A step did not show what it should; the message says what was wanted and what was found."""


@dataclass(frozen=True, slots=True)
class Doors:
    """Where the running demo is reached: the server's address, a token per role, the CVR, and the source."""

    url: str
    tokens: dict[str, str]
    cvr: str
    source: Klient


async def run(doors: Doors, tell: Callable[[str], None]) -> bool:
    """True when every step held. `tell` gets one line a step; the first failure ends the check."""
    async with httpx.AsyncClient(base_url=doors.url, timeout=DEADLINE_S) as http:
        check = _Check(doors, http)
        steps: list[tuple[str, Callable[[], Awaitable[str]]]] = [
            ("a caller without token is refused", check.refused),
            ("one nested query: root, units, members, persons, addresses", check.nested),
            ("from a user to the chain of units and the managers", check.chain),
            ("a name is null, with a warning, without the right", check.masked),
            ("a change made here: mutation, receipt, subscription, answer", check.written),
            ("a change made at the source: message, subscription, answer", check.told),
            ("the answers say how fresh they are", check.fresh),
        ]
        for title, step in steps:
            started = time.perf_counter()
            try:
                found = await asyncio.wait_for(step(), DEADLINE_S)
            except TimeoutError:
                tell(f"FAIL  {title}: nothing within {DEADLINE_S:.0f} s")
                return False
            except (CheckFailed, httpx.HTTPError, OSError) as failure:
                tell(f"FAIL  {title}: {str(failure) or type(failure).__name__}")
                return False
            tell(f"ok    {title}: {found} ({(time.perf_counter() - started) * 1000:.0f} ms)")
    return True


class _Check:
    """The steps, with what earlier ones learnt."""

    def __init__(self, doors: Doors, http: httpx.AsyncClient) -> None:
        self.doors = doors
        self.http = http
        self.enhed = ""
        self.bruger = ""

    async def refused(self) -> str:
        answer = await self.http.post("/graphql", json={"query": NESTED, "variables": {"cvr": self.doors.cvr}})
        _want(answer.status_code == 401, "status 401", answer.status_code)
        return "401"

    async def nested(self) -> str:
        answer = await self._ask("persondata", NESTED, cvr=self.doors.cvr)
        root = answer["data"]["organisation"]["organisationEnhed"]
        children = root["underliggendeEnheder"]
        members = [member for child in children for member in child["medlemskaber"] if member["bruger"]]
        _want(len(children) > 1 and members, "a root with units and members", f"{len(children)} units")
        _want(any(m["bruger"]["person"] and m["bruger"]["person"]["navn"] for m in members), "a person's name", None)
        self.enhed = children[-1]["uuid"]
        self.bruger = members[-1]["bruger"]["uuid"]
        return f"{root['enhedsnavn']}, {len(children)} units, {len(members)} members"

    async def chain(self) -> str:
        answer = await self._ask("laes", CHAIN, uuid=[self.bruger])
        (user,) = answer["data"]["bruger"]
        _want(user["enhedsstier"] and user["enhedsstier"][0]["sti"], "a chain of units", user["enhedsstier"])
        return f"{len(user['enhedsstier'][0]['sti'])} units, {len(user['ledere'])} managers"

    async def masked(self) -> str:
        answer = await self._ask(
            "laes", "query P($u: [UUID!]!) { bruger(uuid: $u) { person { uuid navn } } }", u=[self.bruger]
        )
        (person,) = [user["person"] for user in answer["data"]["bruger"]]
        warnings = [error for error in answer.get("errors", []) if error["extensions"]["type"] == "WARNING"]
        _want(person is None or (person["navn"] is None and warnings), "null and a warning", bool(warnings))
        return f"{len(warnings)} warning"

    async def written(self) -> str:
        navn = f"Selvtjek {time.time_ns() % 10**9}"
        async with self._changes() as socket:
            answer = await self._ask("skriv", RENAME, uuid=self.enhed, navn=navn)
            written = answer["data"]["omdoebEnhed"]
            _want(written is not None, "a receipt", answer.get("errors"))
            _want(written["kvitteringer"][0]["statusKode"] == 20, "status 20", written["kvitteringer"])
            _want(written["organisationEnhed"]["enhedsnavn"] == navn, "its own write", written["organisationEnhed"])
            change = await self._change(socket, navn)
        return f"status 20, {change['aarsag']} told, felter {', '.join(change['felter'])}"

    async def told(self) -> str:
        navn = f"Kilden {time.time_ns() % 10**9}"
        async with self._changes() as socket:
            started = time.perf_counter()
            await self._rename_at_source(navn)
            change = await self._change(socket, navn)
            took_ms = (time.perf_counter() - started) * 1000
        answer = await self._ask("laes", NAME, uuid=[self.enhed])
        found = answer["data"]["organisationEnhed"][0]["enhedsnavn"]
        _want(found == navn, navn, found)
        return f"{change['aarsag']} after {took_ms:.0f} ms"

    async def fresh(self) -> str:
        answer = await self._ask("laes", FRESH, cvr=self.doors.cvr)
        friskhed = answer["data"]["friskhed"]
        _want("friskhed" in answer.get("extensions", {}), "friskhed in extensions", list(answer))
        _want(friskhed["status"] in ("FRISK", "BAGUD"), "FRISK or BAGUD", friskhed)
        return f"{friskhed['status']}, {friskhed['ventende']} waiting"

    async def _ask(self, role: str, query: str, **variables: object) -> dict[str, Any]:
        answer = await self.http.post(
            "/graphql",
            json={"query": query, "variables": variables},
            headers={"authorization": f"Bearer {self.doors.tokens[role]}"},
        )
        body: dict[str, Any] = orjson.loads(answer.content)
        _want(answer.status_code == 200 and body.get("data") is not None, "status 200 and data", body.get("errors"))
        return body

    @contextlib.asynccontextmanager
    async def _changes(self) -> AsyncIterator[ClientConnection]:
        """A subscription to the unit's changes, from this moment on."""
        stand = (await self._ask("laes", NAME, uuid=[self.enhed]))["extensions"]["friskhed"]["stand"]
        url = self.doors.url.replace("http", "ws", 1) + "/graphql"
        async with connect(url, subprotocols=["graphql-transport-ws"]) as socket:  # type: ignore[list-item]
            await _send(socket, {"type": "connection_init", "payload": {"token": self.doors.tokens["laes"]}})
            ack = orjson.loads(await socket.recv())
            _want(ack["type"] == "connection_ack", "connection_ack", ack["type"])
            payload = {"query": CHANGES, "variables": {"efter": stand, "uuid": [self.enhed]}}
            await _send(socket, {"type": "subscribe", "id": "1", "payload": payload})
            yield socket

    async def _change(self, socket: ClientConnection, navn: str) -> dict[str, Any]:
        """The change that shows the new name; heartbeats are passed by."""
        while True:
            frame = orjson.loads(await socket.recv())
            if frame["type"] == "ping":
                await _send(socket, {"type": "pong"})
                continue
            _want(frame["type"] == "next", "a change", frame)
            told: dict[str, Any] = frame["payload"]["data"]["aendringer"]
            _want(told["__typename"] != "Gensynk", "no gap", told)
            if told["__typename"] == "Aendring" and told["objekt"] and told["objekt"]["enhedsnavn"] == navn:
                return told

    async def _rename_at_source(self, navn: str) -> None:
        """As another system would: read, change, write by SOAP, without telling orgraf."""
        source, enhed = self.doors.source, UUID(self.enhed)
        now_ns = time.time_ns()
        read = (await source.laes(Objekttype.ORGANISATION_ENHED, enhed)).nyeste
        _want(read is not None, "a registration", None)
        assert read is not None
        fra_ns = tid.midnat_ns(tid.dag(now_ns))
        lister = ret.ret(read, [ret.SaetFelter({"enhedsnavn": navn}, fra_ns)], now_ns)
        _want(lister is not None, "something to write", None)
        assert lister is not None
        await source.ret(Objekttype.ORGANISATION_ENHED, enhed, lister)


async def _send(socket: ClientConnection, frame: dict[str, Any]) -> None:
    await socket.send(orjson.dumps(frame).decode())


def _want(holds: object, wanted: object, found: object) -> None:
    if not holds:
        raise CheckFailed(f"wanted {wanted}, found {found}")

"""A client as a frontend team writes it: GraphQL over HTTP, and subscriptions over graphql-transport-ws."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx
from websockets.asyncio.client import ClientConnection, connect

from tests.flows.verden import Verden

DEADLINE_S = 40.0
HENT = "/graphql"
KOMPATIBEL = "/organisation/organisationhent/1"
TRANSAKTION = {"x-TransaktionsId": "6f8a6f7e-3a0e-4f5f-8d5b-2f6a1f0c9a11", "x-TransaktionsTid": "2026-06-01T12:00:00Z"}
FULGT = """subscription($efter: Stand, $filter: AendringFilter) { aendringer(efter: $efter, filter: $filter) {
  __typename
  ... on Aendring { stand art aarsag objekttype uuid felter objekt { __typename uuid
    ... on OrganisationEnhed { enhedsnavn } ... on Bruger { brugernavn } } }
  ... on Gensynk { grund } } }"""


@dataclass(frozen=True)
class Svar:
    """One answer."""

    status: int
    body: dict[str, Any]

    @property
    def data(self) -> dict[str, Any]:
        """The data of an answer without errors; warnings are allowed."""
        assert self.status == 200, self
        assert self.fejl == [], self.fejl
        found: dict[str, Any] = self.body["data"]
        return found

    @property
    def fejl(self) -> list[dict[str, Any]]:
        """The errors that are no warnings."""
        return [e for e in self.body.get("errors", []) if e["extensions"]["type"] == "ERROR"]

    @property
    def advarsler(self) -> list[tuple[str, str]]:
        """The warnings: classification and message."""
        found = [e for e in self.body.get("errors", []) if e["extensions"]["type"] == "WARNING"]
        return [(e["extensions"]["classification"], e["message"]) for e in found]

    @property
    def stand(self) -> str:
        """The position of the answer."""
        return str(self.body["extensions"]["friskhed"]["stand"])


@dataclass(frozen=True)
class Frontend:
    """Asks one world."""

    verden: Verden
    http: httpx.AsyncClient

    async def spoerg(
        self,
        document: str,
        *,
        token: str = "laes",
        doer: str = HENT,
        headers: dict[str, str] | None = None,
        **variables: Any,
    ) -> Svar:
        """One operation."""
        return await self.post(
            {"query": document, "variables": plain(variables)}, token=token, doer=doer, headers=headers
        )

    async def post(
        self, body: Any, *, token: str = "laes", doer: str = HENT, headers: dict[str, str] | None = None
    ) -> Svar:
        """A request; bytes are sent as they are."""
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        sent = {"authorization": f"Bearer {self.verden.tokens[token]}", "content-type": "application/json"}
        sent |= TRANSAKTION if doer == KOMPATIBEL else {}
        answer = await self.http.post(doer, content=content, headers=sent | (headers or {}))
        return Svar(answer.status_code, answer.json())

    async def goer(self, document: str, **variables: Any) -> dict[str, Any]:
        """A mutation that succeeds: its payload."""
        (found,) = (await self.spoerg(document, token="skriv", **variables)).data.values()
        return dict(found)

    async def enhed(self, uuid: str, felter: str, tid: str | None = None) -> dict[str, Any]:
        """Fields of one unit; `tid`: at another time in the world."""
        naar = f' @tidspunkt(virkningstid: "{tid}")' if tid else ""
        svar = await self.spoerg(
            f"query E($u: [UUID!]!){naar} {{ organisationEnhed(uuid: $u) {{ {felter} }} }}", u=[uuid]
        )
        return dict(svar.data["organisationEnhed"][0])

    async def bruger(self, uuid: str, felter: str, token: str = "laes") -> dict[str, Any]:
        """Fields of one user."""
        svar = await self.spoerg(f"query($u: [UUID!]!) {{ bruger(uuid: $u) {{ {felter} }} }}", token=token, u=[uuid])
        return dict(svar.data["bruger"][0])

    async def stand(self) -> str:
        """Where the log is now."""
        return (await self.spoerg("query($cvr: CVR!) { friskhed(cvr: $cvr) { status } }", cvr="11111111")).stand

    async def friskhed(self) -> dict[str, Any]:
        """How fresh the model says it is."""
        felter = "status beskederTil ventende parkerede kanalForbundet kildeTilgaengelig"
        svar = await self.spoerg(f"query($cvr: CVR!) {{ friskhed(cvr: $cvr) {{ {felter} }} }}", cvr="11111111")
        return dict(svar.data["friskhed"])

    async def indtil(self, holds: Callable[[], Any]) -> Any:
        """What an awaited question answers, once it is true."""
        async with asyncio.timeout(DEADLINE_S):
            while not (found := await holds()):
                await asyncio.sleep(0.03)
        return found

    async def indtil_navn(self, uuid: str, navn: str) -> None:
        """Until the unit has that name."""

        async def har_navnet() -> bool:
            return bool((await self.enhed(uuid, "enhedsnavn"))["enhedsnavn"] == navn)

        await self.indtil(har_navnet)

    @asynccontextmanager
    async def foelger(self, efter: str | None = None, **filter: Any) -> AsyncIterator["Abonnement"]:
        """A subscription to changes, from a position on: or from the one that holds when it opens."""
        url = self.verden.url.replace("http", "ws", 1) + HENT
        variables = {"efter": efter or await self.stand(), "filter": plain(filter) or None}
        protocols: Any = ["graphql-transport-ws"]
        async with connect(url, subprotocols=protocols, proxy=None) as socket:
            token = self.verden.tokens["laes"]
            await socket.send(json.dumps({"type": "connection_init", "payload": {"token": token}}))
            await socket.send(
                json.dumps({"type": "subscribe", "id": "1", "payload": {"query": FULGT, "variables": variables}})
            )
            assert json.loads(await socket.recv())["type"] == "connection_ack"
            yield Abonnement(socket)


@dataclass
class Abonnement:
    """What a subscription tells."""

    socket: ClientConnection

    async def naeste(self, **wanted: Any) -> dict[str, Any]:
        """The next change that has these values; what comes before it is passed by."""
        async with asyncio.timeout(DEADLINE_S):
            while True:
                frame = json.loads(await self.socket.recv())
                if frame["type"] == "ping":
                    await self.socket.send(json.dumps({"type": "pong"}))
                    continue
                assert frame["type"] == "next", frame
                told: dict[str, Any] = frame["payload"]["data"]["aendringer"]
                assert told["__typename"] != "Gensynk", told
                if told["__typename"] == "Aendring" and wanted.items() <= told.items():
                    return told


def plain(value: Any) -> Any:
    """Variables as JSON has them."""
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items()}
    return [plain(one) for one in value] if isinstance(value, (list, tuple)) else value

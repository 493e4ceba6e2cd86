"""Who may tell of a caller's certificate, and how it reads: cases 31 and 35 of security.md 11."""

import base64
import hashlib
from datetime import UTC, datetime
from ipaddress import ip_network
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from starlette.types import Message, Receive, Scope, Send

from graph.caller import CERTIFIKAT
from orgraf import proxies
from simulator import noegler
from tests.graph.served import served

CERTIFICATE = noegler.ny("en kalder", datetime(2026, 5, 4, tzinfo=UTC)).certifikat
DER = CERTIFICATE.public_bytes(Encoding.DER)
PEM = CERTIFICATE.public_bytes(Encoding.PEM).decode()
THUMBPRINT = base64.urlsafe_b64encode(hashlib.sha256(DER).digest()).rstrip(b"=").decode()
BASE64 = base64.b64encode(DER).decode()
HEADER = "X-Klient-Certifikat"

READ: dict[str, tuple[str, str | None]] = {
    "RFC 9440": (f":{BASE64}:", THUMBPRINT),
    "HAProxy": (BASE64, THUMBPRINT),
    "nginx": (quote(PEM), THUMBPRINT),
    "PEM on one line": (PEM.replace("\n", " "), THUMBPRINT),
    "Traefik": (quote("".join(PEM.splitlines()[1:-1])), THUMBPRINT),
    "PEM with its chain": (quote(PEM + PEM), THUMBPRINT),
    "Base64 with its chain": (f"{BASE64},{BASE64}", THUMBPRINT),
    "nothing": ("", None),
    "no Base64": ("(null)", None),
    "letters": ("æøå", None),
}


@pytest.mark.parametrize("text, found", READ.values(), ids=READ)
def test_a_certificate_is_read_as_proxies_write_it(text: str, found: str | None) -> None:
    assert proxies.thumbprint(text) == found


class Sete:
    """What an application sees behind the proxies."""

    def __init__(self, *nets: str) -> None:
        self.scope: Scope = {}
        self.app = proxies.known_by(self._app, HEADER, tuple(ip_network(net) for net in nets))

    async def _app(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.scope = scope
        if scope["type"] == "http":
            await send({"type": "http.response.start", "status": 204, "headers": []})
            await send({"type": "http.response.body", "body": b""})

    async def spurgt(self, client: Any, *values: str, kind: str = "http") -> str | None:
        """The certificate that is known after a request with these headers."""

        async def receive() -> Message:
            return {"type": "http.request"}

        async def send(_: Message) -> None:
            pass

        headers = [(HEADER.lower().encode(), value.encode("latin-1")) for value in values]
        await self.app({"type": kind, "client": client, "headers": [(b"a", b"b"), *headers]}, receive, send)
        assert self.scope["headers"] == [(b"a", b"b")], "nobody behind the door sees the header"
        return self.scope.get(CERTIFIKAT)


KENDT: dict[str, tuple[Any, tuple[str, ...], str | None]] = {
    "a proxy": (("10.0.0.5", 1), (BASE64,), THUMBPRINT),
    "a proxy of the network": (("10.1.2.3", 1), (BASE64,), THUMBPRINT),
    "a proxy, mapped": (("::ffff:10.0.0.5", 1), (BASE64,), THUMBPRINT),
    "a proxy that tells of none": (("10.0.0.5", 1), (), None),
    "35: a foreign address": (("10.0.0.6", 1), (BASE64,), None),
    "35: a foreign address of the other family": (("::1", 1), (BASE64,), None),
    "35: no address": (None, (BASE64,), None),
    "35: a name": (("testclient", 1), (BASE64,), None),
    "31: two headers": (("10.0.0.5", 1), (BASE64, BASE64), None),
    "31: no certificate in it": (("10.0.0.5", 1), ("(null)",), None),
}


@pytest.mark.parametrize("kind", ["http", "websocket"])
@pytest.mark.parametrize("client, values, found", KENDT.values(), ids=KENDT)
async def test_only_the_configured_proxies_tell_of_certificates(
    client: Any, values: tuple[str, ...], found: str | None, kind: str
) -> None:
    assert await Sete("10.0.0.5", "10.1.0.0/16").spurgt(client, *values, kind=kind) == found


@pytest.mark.parametrize("net, found", [("127.0.0.1", THUMBPRINT), ("10.0.0.5", None)], ids=["the proxy", "nobody"])
async def test_35_the_connection_says_who_asks_and_no_header(net: str, found: str | None) -> None:
    sete = Sete(net)
    async with served(sete.app, proxy_headers=False) as address, httpx.AsyncClient() as client:
        headers = {HEADER: BASE64, "X-Forwarded-For": "10.0.0.5", "Forwarded": "for=10.0.0.5"}
        await client.get(f"http://{address}/", headers=headers)

    assert sete.scope.get(CERTIFIKAT) == found

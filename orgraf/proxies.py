"""The client certificate of a caller, as the proxy that ended its TLS tells it in a header.

Owns who may tell it: the addresses that are configured, by the connection itself and never by a header. From anybody
else the header is taken away, and nobody behind this door ever sees it. uvicorn ends TLS without telling applications
of client certificates, so that a proxy is the only way to know them. Source: security.md 8, 9.2 (7); RFC 9440.
"""

import hashlib
from ipaddress import IPv4Network, IPv6Network, ip_address
from typing import TypeAlias
from urllib.parse import unquote

from starlette.types import ASGIApp, Receive, Scope, Send

from graph.caller import CERTIFIKAT
from graph.jose import afkod, kod

Nets: TypeAlias = tuple[IPv4Network | IPv6Network, ...]


def known_by(app: ASGIApp, header: str, proxies: Nets) -> ASGIApp:
    """The application, told of certificates in `CERTIFIKAT` of the scope; the header is gone from its requests."""
    name = header.lower().encode("latin-1")

    async def told(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] in ("http", "websocket"):
            values = [value for found, value in scope["headers"] if found == name]
            if values:
                kept = [pair for pair in scope["headers"] if pair[0] != name]
                scope = {**scope, "headers": kept}
                if len(values) == 1 and trusted(scope.get("client"), proxies):
                    scope[CERTIFIKAT] = thumbprint(values[0].decode("latin-1"))
        await app(scope, receive, send)

    return told


def trusted(client: tuple[str, int] | None, proxies: Nets) -> bool:
    """Is the other end of the connection one of the proxies?"""
    if client is None:
        return False
    try:
        address = ip_address(client[0])
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return any((mapped or address) in net for net in proxies)


def thumbprint(text: str) -> str | None:
    """Base64url SHA-256 of the certificate: DER in Base64, also between colons (RFC 9440), or PEM, also with percent
    signs (nginx's `$ssl_client_escaped_cert`); of a chain the first. None for what is none of these."""
    pem = unquote(text).replace("-----BEGIN CERTIFICATE-----", "").partition("-----END CERTIFICATE-----")[0]
    der = afkod("".join(pem.partition(",")[0].split()).strip(":"))
    return kod(hashlib.sha256(der).digest()) if der else None

"""Who may come to the push door, and how often: the pinned caller over TLS, or by a proxy that tells whom it let in.

Source: security.md 8. Refuses to know what is pushed.
"""

import binascii
import re
import ssl
from base64 import b64decode
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from ipaddress import IPv4Network, IPv6Network, ip_address
from typing import Final, TypeAlias
from urllib.parse import unquote

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509 import Certificate
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

Netvaerk: TypeAlias = tuple[IPv4Network | IPv6Network, ...]
_PEM: Final = re.compile(r"-----(?:BEGIN|END) CERTIFICATE-----|\s")


@dataclass(frozen=True, slots=True)
class Proxy:
    """Whose word is taken, in which header, for which callers."""

    header: str
    adresser: Netvaerk
    tilladte: Sequence[Certificate] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Adgang:
    """By TLS, by a proxy's word, or neither: then whoever reaches the door is let in."""

    tls: ssl.SSLContext | None = field(default=None, repr=False)
    proxy: Proxy | None = None

    @property
    def fri(self) -> bool:
        """Is nobody asked who he is?"""
        return self.tls is None and self.proxy is None


@dataclass(frozen=True, slots=True)
class Proxyvagt:
    """Lets a request through that one of the proxies sends for a pinned caller; others get 403, their body unread. The
    header goes no further, whoever sent it."""

    app: ASGIApp
    proxy: Proxy
    ur: Callable[[], datetime]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        navn = self.proxy.header.lower().encode("latin-1")
        vist = [value for name, value in scope["headers"] if name == navn]
        if not self._fra_proxy(scope["client"]) or len(vist) != 1 or not self._tilladt(vist[0].decode("latin-1")):
            await PlainTextResponse("wanted the Beskedfordeler\n", 403)(scope, receive, send)
            return
        rest = [(name, value) for name, value in scope["headers"] if name != navn]
        await self.app({**scope, "headers": rest}, receive, send)

    def _fra_proxy(self, client: tuple[str, int] | None) -> bool:
        if client is None:
            return False
        adresse = ip_address(client[0])
        adresse = getattr(adresse, "ipv4_mapped", None) or adresse
        return any(adresse in net for net in self.proxy.adresser)

    def _tilladt(self, vist: str) -> bool:
        now, fundet = self.ur(), _fingeraftryk(vist)
        return any(
            one.fingerprint(SHA256()) == fundet and one.not_valid_before_utc <= now <= one.not_valid_after_utc
            for one in self.proxy.tilladte
        )


def _fingeraftryk(vist: str) -> bytes | None:
    """SHA-256 of the certificate in a header: PEM, also percent-encoded (nginx), or DER in Base64 (HAProxy), also
    between colons (RFC 9440). None for anything else."""
    try:
        return sha256(b64decode(_PEM.sub("", unquote(vist)).strip(":"), validate=True)).digest()
    except (binascii.Error, ValueError):
        return None


@dataclass(slots=True)
class Takst:
    """So many a second, and as many at once after a rest. `ur`: seconds that only grow."""

    pr_sekund: int
    ur: Callable[[], float]
    _rest: float = field(init=False)
    _sidst: float = field(init=False)

    def __post_init__(self) -> None:
        self._rest, self._sidst = float(self.pr_sekund), self.ur()

    def tag(self) -> bool:
        """Takes one, if there is one."""
        now = self.ur()
        self._rest = min(self.pr_sekund, self._rest + (now - self._sidst) * self.pr_sekund)
        self._sidst = now
        if self._rest < 1:
            return False
        self._rest -= 1
        return True

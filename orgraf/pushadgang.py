"""Who may come to the push door, and how often: the pinned caller over TLS, or by a proxy that tells whom it let in.

Source: security.md 8. Refuses to know what is pushed.
"""

import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509 import Certificate
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from graph.jose import kod
from orgraf.proxies import Nets, thumbprint, trusted


@dataclass(frozen=True, slots=True)
class Proxy:
    """Whose word is taken, in which header, for which callers."""

    header: str
    adresser: Nets
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
        if (
            not trusted(scope["client"], self.proxy.adresser)
            or len(vist) != 1
            or not self._tilladt(vist[0].decode("latin-1"))
        ):
            await PlainTextResponse("wanted the Beskedfordeler\n", 403)(scope, receive, send)
            return
        rest = [(name, value) for name, value in scope["headers"] if name != navn]
        await self.app({**scope, "headers": rest}, receive, send)

    def _tilladt(self, vist: str) -> bool:
        now, fundet = self.ur(), thumbprint(vist)
        return any(
            kod(one.fingerprint(SHA256())) == fundet and one.not_valid_before_utc <= now <= one.not_valid_after_utc
            for one in self.proxy.tilladte
        )


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

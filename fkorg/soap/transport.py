"""Carries an envelope to a service and its answer back: HTTP, time limits, and the one seam where signing goes.

Knows no operation and no domain. The only importer of aiohttp beside faults.py, which says what its exceptions mean.
Source: FACTS.md 1, security.md 5.
"""

import ssl
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Final, Protocol

import aiohttp

from fkorg.errors import Malformed, Unheard
from fkorg.security.saml import Assertion
from fkorg.soap.faults import Usigneret
from fkorg.wire.soap_xml import content_type

OK: Final = 200
HVILER_S: Final = 3.0
"""A connection idle for longer is not used again. Many servers close theirs after 5 s: a write that crosses with that
would end as Uncertain."""
SAMTIDIGE: Final = 16
"""Connections at the same time."""


class TokenAfvist(Unheard):
    """The service says, and has signed it, that our token does not hold: nothing was done, and the next token is a new
    one. The call may be sent once more, as another message."""


class Sikring(Protocol):
    """The seam: signs what goes out, verifies what comes in, on the bytes. Both raise one of the five errors."""

    async def underskriv(self, kuvert: bytes, cvr: str) -> tuple[bytes, Assertion]:
        """The envelope with token and signature for that CVR context, and whose token it is."""

    async def efterproev(self, svar: bytes, message_id: str, token: Assertion) -> None:
        """The answer's signature holds, and it answers that message, sent with that token. Raises Usigneret for a fault
        that nobody signed, TokenAfvist for a signed one that blames the token."""


class HttpSvar(Protocol):
    """An HTTP answer whose head has come."""

    @property
    def status(self) -> int:
        """Of the answer."""

    @property
    def headers(self) -> Mapping[str, str]:
        """Of the answer."""

    def stykker(self) -> AsyncGenerator[bytes]:
        """The body as it arrives, decompressed."""

    async def aclose(self) -> None:
        """Gives the connection back, or closes it when something of the body was not read."""


class Http(Protocol):
    """Connections that requests go over. Raises what faults.py knows."""

    async def send(self, metode: str, url: str, body: bytes | None, headers: Mapping[str, str]) -> HttpSvar:
        """One request, sent once; redirects are not followed."""

    async def aclose(self) -> None:
        """Closes the connections."""


class Svar:
    """An answer being received: its HTTP status and, piece by piece, its bytes. To be closed."""

    def __init__(self, svar: HttpSvar, verified: bytes | None = None) -> None:
        self.status = svar.status
        self._svar = svar
        self._verified = verified

    async def stykker(self) -> AsyncGenerator[bytes]:
        """The bytes as they arrive; all at once when they had to be verified first."""
        if self._verified is not None:
            yield self._verified
            return
        async for piece in self._svar.stykker():
            yield piece

    async def aclose(self) -> None:
        """Gives the connection back."""
        await self._svar.aclose()


class Transport:
    """Connections to the services, shared by all clients. Close it when the process ends.

    `sikring` None sends as is, which only the simulator accepts.
    """

    def __init__(
        self,
        sikring: Sikring | None = None,
        *,
        timeout_s: float = 180.0,
        connect_timeout_s: float = 10.0,
        max_svar_bytes: int = 50_000_000,
        http: Http | None = None,
    ) -> None:
        self.timeout_s = timeout_s
        self.max_svar_bytes = max_svar_bytes
        self.sikring: Final = sikring
        self._http = http or Aiohttp(timeout_s, connect_timeout_s)

    async def send(self, url: str, action: str, kuvert: bytes, *, message_id: str, cvr: str) -> Svar:
        """Posts the envelope; the answer's status has come, its body may not. Raises what faults.py knows."""
        headers = {"Content-Type": content_type(action)}
        if self.sikring is None:
            return Svar(await self._http.send("POST", url, kuvert, headers))
        body, token = await self.sikring.underskriv(kuvert, cvr)
        svar = await self._http.send("POST", url, body, headers)
        try:
            raw = await hele(svar, self.max_svar_bytes)
            try:
                await self.sikring.efterproev(raw, message_id, token)
            except Malformed as cause:
                if svar.status == OK or isinstance(cause, Usigneret):
                    raise
                raise Usigneret(svar.status) from cause  # a gateway's page, for one
        except BaseException:
            await svar.aclose()
            raise
        return Svar(svar, raw)

    async def dato(self, url: str) -> datetime | None:
        """The moment by the clock of whoever answers at the address: its Date header; None when nobody tells."""
        try:
            svar = await self._http.send("GET", url, None, {})
            await svar.aclose()
            return parsedate_to_datetime(svar.headers["Date"])
        except (aiohttp.ClientError, TimeoutError, KeyError, ValueError):
            return None

    async def aclose(self) -> None:
        """Closes the connections."""
        await self._http.aclose()


async def hele(svar: HttpSvar, hoejst_bytes: int) -> bytes:
    """The whole body. Raises Malformed for a longer one, of which no more is read."""
    pieces: list[bytes] = []
    left = hoejst_bytes
    async with aclosing(svar.stykker()) as stykker:
        async for piece in stykker:
            left -= len(piece)
            if left < 0:
                raise Malformed(f"wanted an answer of at most {hoejst_bytes} bytes")
            pieces.append(piece)
    return b"".join(pieces)


class Aiohttp:
    """Http by aiohttp; its session begins with the first request, in the loop that sends it.

    `tls`: how connections to an address are made, by the exact address, where it is not as to all others.
    """

    def __init__(
        self, timeout_s: float, connect_timeout_s: float = 10.0, *, tls: Mapping[str, ssl.SSLContext] | None = None
    ) -> None:
        self._session: aiohttp.ClientSession | None = None
        self._tls = tls or {}
        self._timeout = aiohttp.ClientTimeout(connect=timeout_s, sock_connect=connect_timeout_s, sock_read=timeout_s)

    async def send(self, metode: str, url: str, body: bytes | None, headers: Mapping[str, str]) -> "_AiohttpSvar":
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(
                    limit=SAMTIDIGE, keepalive_timeout=HVILER_S, ssl=ssl.create_default_context()
                ),
                cookie_jar=aiohttp.DummyCookieJar(),
                timeout=self._timeout,
            )
        tls = self._tls.get(url, True)
        return _AiohttpSvar(
            await self._session.request(metode, url, data=body, headers=headers, allow_redirects=False, ssl=tls)
        )

    async def aclose(self) -> None:
        if self._session is not None:
            await self._session.close()


class _AiohttpSvar:
    def __init__(self, response: aiohttp.ClientResponse) -> None:
        self.status = response.status
        self.headers = response.headers
        self._response = response

    async def stykker(self) -> AsyncGenerator[bytes]:
        async for piece in self._response.content.iter_any():
            yield piece

    async def aclose(self) -> None:
        self._response.release()

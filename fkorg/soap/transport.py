"""Carries an envelope to a service and its answer back: HTTP, time limits, and the one seam where signing goes.

Knows no operation and no domain. Source: FACTS.md 1, security.md 5.
"""

from collections.abc import AsyncGenerator
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Final, Protocol

import httpx

from fkorg.errors import Malformed
from fkorg.wire.soap_xml import content_type

OK: Final = 200
HVILER_S: Final = 3.0
"""A connection idle for longer is not used again. Many servers close theirs after 5 s: a write that crosses with that
would end as Uncertain."""


class Sikring(Protocol):
    """The seam: signs what goes out, verifies what comes in, on the bytes. Both raise one of the five errors."""

    def underskriv(self, kuvert: bytes, cvr: str) -> bytes:
        """The envelope with token and signature for that CVR context."""

    def efterproev(self, svar: bytes, message_id: str) -> bytes:
        """The answer, once its signature holds and it answers that message."""


class Svar:
    """An answer being received: its HTTP status and, piece by piece, its bytes. To be closed."""

    def __init__(self, response: httpx.Response, verified: bytes | None = None) -> None:
        self.status = response.status_code
        self._response = response
        self._verified = verified

    async def stykker(self) -> AsyncGenerator[bytes]:
        """The bytes as they arrive; all at once when they had to be verified first."""
        if self._verified is not None:
            yield self._verified
            return
        async for piece in self._response.aiter_bytes():
            yield piece

    async def aclose(self) -> None:
        """Gives the connection back."""
        await self._response.aclose()


class Transport:
    """Connections to the services, shared by all clients. Close it when the process ends.

    `sikring` None sends as is, which only the simulator accepts. Redirects are not followed.
    """

    def __init__(
        self,
        sikring: Sikring | None = None,
        *,
        timeout_s: float = 180.0,
        connect_timeout_s: float = 10.0,
        max_svar_bytes: int = 50_000_000,
        http: httpx.AsyncClient | None = None,
    ) -> None:
        self.timeout_s = timeout_s
        self.max_svar_bytes = max_svar_bytes
        self._sikring = sikring
        self._http = http or httpx.AsyncClient(
            timeout=httpx.Timeout(timeout_s, connect=connect_timeout_s),
            limits=httpx.Limits(max_connections=16, max_keepalive_connections=16, keepalive_expiry=HVILER_S),
            follow_redirects=False,
            trust_env=False,
        )

    async def send(self, url: str, action: str, kuvert: bytes, *, message_id: str, cvr: str) -> Svar:
        """Posts the envelope; the answer's status has come, its body may not. Raises what httpx raises."""
        body = kuvert if self._sikring is None else self._sikring.underskriv(kuvert, cvr)
        request = self._http.build_request("POST", url, content=body, headers={"Content-Type": content_type(action)})
        try:
            response = await self._http.send(request, stream=True)
        except AttributeError as cause:
            if cause.name != "getpeername":
                raise
            # What httpx's own library raises for a connection that was reset as soon as it stood. Nothing was sent.
            raise httpx.ConnectError("the connection was reset as soon as it stood", request=request) from cause
        if self._sikring is None:
            return Svar(response)
        try:
            return Svar(response, self._sikring.efterproev(await self._whole(response), message_id))
        except BaseException:
            await response.aclose()
            raise

    async def dato(self, url: str) -> datetime | None:
        """The moment by the clock of whoever answers at the address: its Date header; None when nobody tells."""
        try:
            response = await self._http.get(url)
            return parsedate_to_datetime(response.headers["Date"])
        except (httpx.HTTPError, KeyError, ValueError):
            return None

    async def aclose(self) -> None:
        """Closes the connections."""
        await self._http.aclose()

    async def _whole(self, response: httpx.Response) -> bytes:
        pieces: list[bytes] = []
        left = self.max_svar_bytes
        async for piece in response.aiter_bytes():
            left -= len(piece)
            if left < 0:
                raise Malformed(f"wanted an answer of at most {self.max_svar_bytes} bytes")
            pieces.append(piece)
        return b"".join(pieces)

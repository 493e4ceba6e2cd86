"""The token service's door for JSON and JWT: TLS that the registered caller's certificate opens, and nothing else does.

Source: security.md 3.5 and 9.1. Owns the listener; what is asked and answered is `sts_json`'s and `sts_jwt`'s.
"""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Final, TypeAlias

import uvicorn
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from fkorg.security import tls
from fkorg.security.verifier import Afvist
from simulator import sts_json, sts_jwt
from simulator.sikkerhed import Sikkerhed
from simulator.sts_jwt import Fejl, Naegtet

SAML_STI: Final = "/runtime/api/rest/wstrust/v1/issue"
JWT_STI: Final = "/runtime/api/rest/oauth/v1/issue"
JSON: Final = "application/json"
ENDS_S: Final = 5
"""So long a client who does not read his answer is waited for when the simulator ends."""
FORM: Final = "application/x-www-form-urlencoded"
MEST: Final = 20_000
"""Bytes of a request."""
Traad: TypeAlias = Callable[[Callable[[], bytes]], Awaitable[bytes]]


class _Server(uvicorn.Server):
    """Leaves the signals to who opened the door."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@dataclass(slots=True)
class Tokendoor:
    """`i_traad`: where the token service is asked, one at a time."""

    sikkerhed: Sikkerhed
    i_traad: Traad

    @asynccontextmanager
    async def aaben(self, host: str, port: int) -> AsyncIterator[int]:
        """Listens while the block runs, at the port that it gives. Raises OSError when it is taken."""
        noegler = self.sikkerhed.noegler
        context = tls.doer([noegler.anvender.certifikat])
        tls.vis(context, noegler.sts)
        with socket.create_server((host, port)) as lytter:
            server = _Server(
                uvicorn.Config(
                    self.app(),
                    log_level="warning",
                    access_log=False,
                    lifespan="off",
                    ws="none",
                    timeout_graceful_shutdown=ENDS_S,
                    ssl_context_factory=lambda *_: context,
                )
            )
            serving = asyncio.create_task(server.serve([lytter]))
            try:
                yield int(lytter.getsockname()[1])
            finally:
                server.should_exit = True
                await serving

    def app(self) -> Starlette:
        """The door without its TLS."""
        return Starlette(
            routes=[Route(SAML_STI, self._saml, methods=["POST"]), Route(JWT_STI, self._jwt, methods=["POST"])]
        )

    async def _saml(self, request: Request) -> Response:
        body = await _laes(request, JSON)
        service, now = self.sikkerhed.tokens, self.sikkerhed.ur()
        try:
            return Response(await self.i_traad(lambda: sts_json.besvar(service, body, now)), media_type=JSON)
        except Afvist as refused:
            raise HTTPException(403, str(refused.grund)) from refused

    async def _jwt(self, request: Request) -> Response:
        body = await _laes(request, FORM)
        service, now = self.sikkerhed.tokens, self.sikkerhed.ur()
        uden_lager = {"cache-control": "no-store"}
        try:
            svar = await self.i_traad(lambda: sts_jwt.besvar(service, body, now))
        except Naegtet as refused:
            status = 401 if refused.fejl is Fejl.KLIENT else 400
            return JSONResponse({"error": refused.fejl.value}, status, headers=uden_lager)
        return Response(svar, media_type=JSON, headers=uden_lager)


async def _laes(request: Request, form: str) -> bytes:
    if request.headers.get("content-type") != form:
        raise HTTPException(415, f"wanted {form}")
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > MEST:
            raise HTTPException(413, f"wanted at most {MEST} bytes")
    return bytes(body)

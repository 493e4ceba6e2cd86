"""The login with a token: SASL EXTERNAL, whose answer is the assertion itself. Source: security.md 7.

aiormq answers EXTERNAL with nothing, and its list of mechanisms is closed; so its connection is told here what to say.
Refuses to know where tokens come from. A token stands in no text and no error.
"""

import asyncio
import ssl
from enum import Enum
from typing import Final

import aio_pika
import aiormq
from aio_pika.abc import TimeoutType, UnderlayConnection
from aio_pika.connection import make_url
from aio_pika.tools import OneShotCallback
from aiormq.auth import AuthBase, AuthMechanism
from aiormq.exceptions import AMQPError, AuthenticationError
from pamqp import commands

from fkorg.security.saml import Assertion

MEKANISME: Final = "EXTERNAL"


class LoginAfvist(ConnectionError):
    """A token was sent and no connection came of it: refused (403), or dropped, as older brokers refuse."""


class UkendtServer(ConnectionError):
    """The server's certificate is not by a trusted CA, or of another host. No token was sent."""


def tekst(assertion: Assertion) -> str:
    """The assertion as the broker wants it: XML, without a declaration, not in Base64."""
    text = assertion.token.xml.decode("utf-8").lstrip("\ufeff")
    return text.partition("?>")[2].lstrip() if text.startswith("<?xml") else text


class Tokenforbindelse(aio_pika.Connection):
    """A connection that logs in with a token, once: the next one is made with what the token cache gives then."""

    def __init__(self, adresse: str, ssl_context: ssl.SSLContext | None, token: str) -> None:
        url = make_url(adresse)
        if url.scheme != "amqps" or ssl_context is None or not ssl_context.check_hostname:
            raise ValueError("wanted amqps with a verified server for a login with a token, found less")
        super().__init__(url, ssl_context=ssl_context)
        self._raa = _Forbindelse(adresse, ssl_context, token)

    async def connect(self, timeout: TimeoutType = None) -> None:
        """As aio-pika has it. Raises LoginAfvist and UkendtServer too, which are ConnectionErrors."""
        raa = self._raa
        try:
            async with asyncio.timeout(timeout):
                await raa.connect()
                await raa.ready()
        except (AMQPError, OSError, TimeoutError) as cause:
            if raa.sendt:
                raise LoginAfvist("the broker does not take our token") from cause
            if isinstance(cause.__cause__, ssl.SSLCertVerificationError):
                raise UkendtServer("the broker's certificate is not to be trusted") from cause
            raise
        lukket = OneShotCallback(self._on_connection_close)
        raa.closing.add_done_callback(lukket)
        self.transport = UnderlayConnection(connection=raa, close_callback=lukket)
        await self._on_connected()


class _Forbindelse(aiormq.Connection):
    """aiormq's, over TLS that is verified by the time a login is asked for. `sendt`: has the token left us?"""

    def __init__(self, adresse: str, context: ssl.SSLContext, token: str) -> None:
        super().__init__(adresse, context=context)
        self.token: Final = token
        self.sendt = False

    def _credentials_class(self, start_frame: commands.Connection.Start) -> AuthMechanism:
        if MEKANISME not in start_frame.mechanisms.split():
            raise AuthenticationError(start_frame.mechanisms, [MEKANISME])
        return _Mekanisme.EXTERNAL  # type: ignore[return-value]  # AuthMechanism cannot be extended; this is alike


class _Svar(AuthBase):
    def encode(self) -> str:
        forbindelse = self.connector
        assert isinstance(forbindelse, _Forbindelse)
        forbindelse.sendt = True
        return forbindelse.token


class _Mekanisme(Enum):
    EXTERNAL = _Svar

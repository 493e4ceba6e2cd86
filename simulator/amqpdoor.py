"""The Beskedfordeler's door for those who empty mailboxes: TLS, and a login by SAML token; behind it a real RabbitMQ.

RabbitMQ's own EXTERNAL never looks at a token. So the login is read and judged here, the door logs in to the broker
with a name, and from then on passes on what both say. Source: security.md 7. Refuses to know queues and messages.
"""

import asyncio
import logging
import ssl
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Final, TypeAlias
from urllib.parse import unquote, urlsplit

import pamqp.frame
from pamqp.base import Frame
from pamqp.commands import Connection
from pamqp.exceptions import PAMQPException

from fkorg.security import tls
from fkorg.security.saml import Assertion
from fkorg.security.verifier import Afvist, Grund
from fkorg.tasks import cancelled
from simulator.sikkerhed import Sikkerhed

LOG: Final = logging.getLogger(__name__)
HILSEN: Final = b"AMQP\x00\x00\x09\x01"
MEKANISME: Final = "EXTERNAL"
RAMME_BYTES: Final = 131_072
"""The longest frame. A login with its token is 6 to 10 kB, and RabbitMQ's own first frame 4096 bytes at most: the door
takes it instead, and the broker behind never sees a token."""
LOGIN_S: Final = 10.0
AFSKED_S: Final = 2.0
AFVIST: Final = (403, "ACCESS_REFUSED")
UDLOEBET: Final = (320, "CONNECTION_FORCED - the token has ended")

Stroem: TypeAlias = tuple[asyncio.StreamReader, asyncio.StreamWriter]
Lukning: TypeAlias = tuple[int, str]
"""Reply code and text."""


class _Drop(Exception):
    """Nothing more is said to the client."""


@dataclass(slots=True)
class Amqpdoor:
    """One door. `bagved`: the broker's address, with the name and password that the door uses there. A connection is
    closed when its token ends, or by `luk`."""

    sikkerhed: Sikkerhed
    bagved: str = field(repr=False)
    logins: list[str] = field(default_factory=list)
    """Each login's outcome: the token's id, or why it was refused."""
    viste: int = 0
    """So many of them came with a TLS certificate."""
    _aabne: "set[asyncio.Future[Lukning]]" = field(default_factory=set, init=False)
    _igang: "set[asyncio.Task[object]]" = field(default_factory=set, init=False)

    @asynccontextmanager
    async def aaben(self, host: str, port: int) -> AsyncIterator[int]:
        """Listens while the block runs, at the port that it gives."""
        server = await asyncio.start_server(self._kommer, host, port, ssl=self.tls())
        try:
            yield int(server.sockets[0].getsockname()[1])
        finally:
            server.close()
            for task in list(self._igang):
                await cancelled(task)

    def tls(self) -> ssl.SSLContext:
        """Shows the Beskedfordeler's certificate; a client shows the registered one, or none."""
        noegler = self.sikkerhed.noegler
        context = tls.doer([noegler.anvender.certifikat], kraevet=False)
        tls.vis(context, noegler.beskedfordeler)
        return context

    def luk(self, kode: int, tekst: str) -> None:
        """Closes every connection, as a broker may at any time; may be called from any thread."""
        for lukkes in list(self._aabne):
            lukkes.get_loop().call_soon_threadsafe(_afgoer, lukkes, (kode, tekst))

    async def _kommer(self, laes: asyncio.StreamReader, skriv: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._igang.add(task)
        bagved: Stroem | None = None
        try:
            async with asyncio.timeout(LOGIN_S):
                await _hilsen(laes, skriv)
                bagved = await self._ring_op()
                udloeber = await self._login((laes, skriv), bagved)
            await self._videre((laes, skriv), bagved, udloeber)
        except (_Drop, OSError, EOFError, TimeoutError, PAMQPException, ValueError) as cause:
            LOG.info("a connection to the mailbox ended: %s", type(cause).__name__)
        finally:
            self._igang.discard(task)
            await _haeng_op(skriv)
            if bagved is not None:
                await _haeng_op(bagved[1])

    async def _ring_op(self) -> Stroem:
        adresse = urlsplit(self.bagved)
        laes, skriv = await asyncio.open_connection(adresse.hostname, adresse.port or 5672)
        skriv.write(HILSEN)
        return laes, skriv

    async def _login(self, klient: Stroem, bagved: Stroem) -> float:
        """Both are logged in; seconds until the token ends. Raises _Drop, the client having been told or not."""
        start = await _metode(bagved[0])
        if not isinstance(start, Connection.Start):
            raise _Drop
        klient[1].write(_skrevet(Connection.Start(server_properties=start.server_properties, mechanisms=MEKANISME)))
        ok = await _metode(klient[0])
        if not isinstance(ok, Connection.StartOk):
            raise _Drop
        self.viste += klient[1].get_extra_info("ssl_object").getpeercert(True) is not None
        try:
            token = self._proev(ok)
        except Afvist as cause:
            self.logins.append(str(cause.grund))
            LOG.warning("a login to the mailbox was refused: %s", cause.grund)
            await _afvis(klient, ok)
            raise _Drop from cause
        self.logins.append(token.token.id)
        adresse = urlsplit(self.bagved)
        plain = f"\0{unquote(adresse.username or 'guest')}\0{unquote(adresse.password or 'guest')}"
        bagved[1].write(_skrevet(Connection.StartOk(ok.client_properties, "PLAIN", plain, ok.locale)))
        return (token.udloeber - self.sikkerhed.ur()).total_seconds()

    def _proev(self, ok: Connection.StartOk) -> Assertion:
        if ok.mechanism != MEKANISME:
            raise Afvist(Grund.ASSERTION, f"a login by {MEKANISME}")
        return self.sikkerhed.proev_login(ok.response)

    async def _videre(self, klient: Stroem, bagved: Stroem, udloeber_s: float) -> None:
        """Passes on both ways until one side hangs up, or the connection is to be closed."""
        loop = asyncio.get_running_loop()
        lukkes: asyncio.Future[Lukning] = loop.create_future()
        self._aabne.add(lukkes)
        ud = asyncio.create_task(_pass_on(klient[0], bagved[1]))
        ind = asyncio.create_task(_pass_on(bagved[0], klient[1]))
        try:
            await asyncio.wait((ud, ind, lukkes), timeout=udloeber_s, return_when=asyncio.FIRST_COMPLETED)
            ended = ud.done() or ind.done()
            await cancelled(ud)
            await cancelled(ind)
            if not ended:
                await _luk(klient, lukkes.result() if lukkes.done() else UDLOEBET)
        finally:
            self._aabne.discard(lukkes)
            ud.cancel()
            ind.cancel()


def _afgoer(lukkes: "asyncio.Future[Lukning]", lukning: Lukning) -> None:
    if not lukkes.done():
        lukkes.set_result(lukning)


async def _hilsen(laes: asyncio.StreamReader, skriv: asyncio.StreamWriter) -> None:
    if await laes.readexactly(len(HILSEN)) != HILSEN:
        skriv.write(HILSEN)
        raise _Drop


async def _ramme(laes: asyncio.StreamReader) -> bytes:
    """One whole frame. Raises _Drop for one that is too long, as RabbitMQ drops the connection then."""
    hoved = await laes.readexactly(7)
    (laengde,) = struct.unpack(">I", hoved[3:])
    if laengde + 8 > RAMME_BYTES:
        raise _Drop
    return hoved + await laes.readexactly(laengde + 1)


async def _metode(laes: asyncio.StreamReader) -> object:
    return pamqp.frame.unmarshal(await _ramme(laes))[2]


def _skrevet(metode: Frame) -> bytes:
    return pamqp.frame.marshal(metode, 0)


async def _pass_on(laes: asyncio.StreamReader, skriv: asyncio.StreamWriter) -> None:
    """Frame by frame, so that a frame of the door's own can come between two of them; until one side hangs up."""
    with suppress(OSError, EOFError):
        while True:
            skriv.write(await _ramme(laes))
            await skriv.drain()


async def _afvis(klient: Stroem, ok: Connection.StartOk) -> None:
    """Tells a client that can be told. The others learn it by being dropped."""
    kan = ok.client_properties.get("capabilities")
    if isinstance(kan, dict) and kan.get("authentication_failure_close"):
        await _luk(klient, AFVIST)


async def _luk(klient: Stroem, lukning: Lukning) -> None:
    """Says why, and waits a moment for the client to have heard it."""
    klient[1].write(_skrevet(Connection.Close(*lukning, 0, 0)))
    with suppress(_Drop, OSError, EOFError, TimeoutError, PAMQPException):
        async with asyncio.timeout(AFSKED_S):
            while not isinstance(await _metode(klient[0]), Connection.CloseOk):
                pass


async def _haeng_op(skriv: asyncio.StreamWriter) -> None:
    skriv.close()
    try:
        async with asyncio.timeout(AFSKED_S):
            await skriv.wait_closed()
    except (OSError, TimeoutError):
        skriv.transport.abort()

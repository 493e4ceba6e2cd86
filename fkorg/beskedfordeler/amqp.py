"""Empties a mailbox queue of the Beskedfordeler, and fills one for the simulator. With external.py the only importer of
aio-pika.

The mailbox is not ours: nothing is declared, bound or configured, nothing rejected or put back (ingest.md 1 and 3).
A message is acknowledged when `receive` has returned, which means committed. Source: FACTS.md 7 (AMQP).
"""

import asyncio
import ssl
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from random import random
from typing import Final, Protocol, TypeAlias

import aio_pika
from aio_pika.abc import AbstractChannel, AbstractConnection, AbstractIncomingMessage, AbstractQueue
from aio_pika.connection import make_url
from aio_pika.exceptions import CONNECTION_EXCEPTIONS, ChannelNotFoundEntity, ProbableAuthenticationError
from aiormq.exceptions import ChannelAccessRefused, ConnectionClosed, ConnectionNotAllowed

from fkorg.beskedfordeler import external
from fkorg.beskedfordeler.acks import Acks
from fkorg.beskedfordeler.external import LoginAfvist, Tokenforbindelse
from fkorg.errors import FkorgError, Malformed, NoAccess, NotFound, Unavailable
from fkorg.failpoint import failpoint
from fkorg.security.tokens import Tokens
from fkorg.tasks import cancelled

VHOST: Final = "BF"
FAILURES: Final = (*CONNECTION_EXCEPTIONS, TimeoutError)
"""What a broken connection raises, by aio-pika's own list."""
_REFUSALS: Final = (LoginAfvist, NoAccess, Malformed)
"""What no hurry mends: the broker, or the token service, does not know us."""
_TOKEN_ENDED: Final = ((320,), (403,))
"""Reply codes by which a broker may end a connection whose token ended. Source: security.md 11, case 34."""
_CLOSE_S: Final = 2.0
_DEAD_AFTER: Final = 3
"""So many messages fetched by hand in a row, and none delivered: the broker has forgotten our subscription."""


@dataclass(frozen=True, slots=True)
class Login:
    """Where and as whom: asked anew for each connection. `token`: an assertion to log in with, instead of a name."""

    url: str = field(repr=False)
    ssl_context: ssl.SSLContext | None = None
    token: str | None = field(default=None, repr=False)
    afvist: Callable[[], object] = field(default=lambda: None, repr=False, compare=False)
    """Told when the broker does not take it: the next one is another."""


LoginSource: TypeAlias = Callable[[], Awaitable[Login]]
Receive: TypeAlias = Callable[[Sequence[bytes]], Awaitable[object]]
"""Keeps messages, all of them or, when it raises, none."""


def samme_login(url: str, ssl_context: ssl.SSLContext | None = None) -> LoginSource:
    """The same login each time."""

    async def login() -> Login:
        return Login(url, ssl_context)

    return login


def tokenlogin(url: str, ssl_context: ssl.SSLContext, tokens: Tokens, modtager: str, cvr: str) -> LoginSource:
    """With the token for that audience and municipality that the cache has now. Raises what fetching one raises."""

    async def login() -> Login:
        assertion = await tokens.token(modtager, cvr)
        return Login(url, ssl_context, external.tekst(assertion), lambda: tokens.afvist(assertion))

    return login


@dataclass(frozen=True, slots=True)
class Ventetid:
    """How long to wait after a failure: doubled from `foerst_s` to `hoejst_s`."""

    foerst_s: float = 0.25
    hoejst_s: float = 30.0

    def efter(self, failures: int, chance: float = 1.0) -> float:
        """Seconds after so many failures in a row, the first being 1: all of the wait, or down to half, by a chance
        between 0 and 1, so that not everybody comes back at once."""
        return float(min(self.hoejst_s, self.foerst_s * 2 ** min(failures - 1, 30))) * (1 + chance) / 2


AFVIST: Final = Ventetid(1.0, 300.0)
"""How long to wait with a login that is refused. Source: security.md 7."""


class Signaler(Protocol):
    """What freshness, metrics and logs are told."""

    def forbundet(self) -> None:
        """Connected and subscribed."""

    def tomt(self, alder_s: float = 0.0, forbrugere: int = 1) -> None:
        """So long ago the mailbox was empty, and everything that it gave us is received: drained since connecting.
        So many consumed it then, we among them (0: the broker does not tell): what it gave the others may not be
        received."""

    def afbrudt(self, cause: BaseException) -> None:
        """The connection is gone, or could not be made."""

    def pause(self, cause: BaseException) -> None:
        """`receive` failed: the message stays unacknowledged and is tried again after a pause."""


class Postkasse:
    """One mailbox being emptied, what has arrived at a time, in order, until `run` is cancelled."""

    def __init__(
        self,
        login: LoginSource,
        koe: str,
        receive: Receive,
        signaler: Signaler,
        *,
        prefetch: int = 100,
        genforbind: Ventetid = Ventetid(),
        afvist: Ventetid = AFVIST,
        pause: Ventetid = Ventetid(),
        stille_s: float = 0.25,
        eftersyn_s: float = 1.0,
        chance: Callable[[], float] = random,
    ) -> None:
        self._login = login
        self._koe = koe
        self._receive = receive
        self._signaler = signaler
        self._prefetch = prefetch
        self._genforbind = genforbind
        self._afvist = afvist
        self._pause = pause
        self._stille_s = stille_s
        self._eftersyn_s = eftersyn_s
        self._chance = chance
        self._failures = 0

    async def run(self) -> None:
        """Connects, empties, and connects again, until cancelled."""
        while True:
            try:
                await self._empty()
                continue
            except (*FAILURES, FkorgError) as cause:
                failure: BaseException = cause
            except asyncio.CancelledError as cause:
                # A broken channel cancels what waits on it; only a cancelled task is to end.
                task = asyncio.current_task()
                if task is None or task.cancelling():
                    raise
                failure = cause
            self._failures += 1
            self._signaler.afbrudt(failure)
            wait = self._afvist if isinstance(failure, _REFUSALS) else self._genforbind
            await asyncio.sleep(wait.efter(self._failures, self._chance()))

    async def _empty(self) -> None:
        """One connection's life. Ends by an exception, or when the next one would log in otherwise: with a new token.
        What arrived until then is received and acknowledged."""
        login = await self._login()
        connection = await _connect(login)
        another = asyncio.create_task(self._another(login))
        try:
            channel = await connection.channel()
            await channel.set_qos(prefetch_count=self._prefetch)
            queue = await channel.get_queue(self._koe, ensure=False)
            arrived: asyncio.Queue[AbstractIncomingMessage | None] = asyncio.Queue()
            _wake_when_closed(connection, channel, arrived, login)
            consumer = await queue.consume(arrived.put)
            self._failures = 0
            self._signaler.forbundet()
            acks, forbrugere = Acks(), _Forbrugere(connection, self._koe)
            await self._take(connection, queue, arrived, acks, forbrugere, another.done)
            another.result()
            await queue.cancel(consumer)
            if rest := list(_also(arrived)):
                await self._keep(connection, rest, acks)
        finally:
            await cancelled(another)
            with suppress(*FAILURES):
                async with asyncio.timeout(_CLOSE_S):  # a broker that has fallen silent is not waited for
                    await connection.close()

    async def _another(self, login: Login) -> None:
        """Until the next connection would have another login. While no token is to be had, this one goes on."""
        failures = 0
        while True:
            await asyncio.sleep(self._afvist.efter(failures, self._chance()) if failures else self._eftersyn_s)
            try:
                if await self._login() != login:
                    return
                failures = 0
            except FkorgError:
                failures += 1

    async def _take(
        self,
        connection: AbstractConnection,
        queue: AbstractQueue,
        arrived: "asyncio.Queue[AbstractIncomingMessage | None]",
        acks: Acks,
        forbrugere: "_Forbrugere",
        enough: Callable[[], bool],
    ) -> None:
        """Receives what arrives. When it is quiet, and each `eftersyn_s`, asks whether the mailbox is empty.

        Who consumes it is asked first: what one of them held who is gone by then lies in the mailbox again.
        """
        clock = asyncio.get_running_loop().time
        due, by_hand = clock() + self._stille_s, 0
        while not enough():
            try:
                async with asyncio.timeout_at(due):
                    message = await arrived.get()
                by_hand = 0
            except TimeoutError:
                asked = clock()
                antal = await forbrugere.antal()
                message = await queue.get(fail=False)
                due, by_hand = clock() + self._stille_s, by_hand + 1
                if message is None and arrived.empty():
                    self._signaler.tomt(clock() - asked, antal)
                    due, by_hand = clock() + self._eftersyn_s, 0
                    continue
                if message is None:
                    continue
            if message is None or by_hand >= _DEAD_AFTER:
                raise ConnectionError("the broker closed the connection, the channel or the subscription")
            await self._keep(connection, [message, *_also(arrived)], acks)
            due = min(due, clock() + self._stille_s)

    async def _keep(
        self, connection: AbstractConnection, messages: Sequence[AbstractIncomingMessage], acks: Acks
    ) -> None:
        """Receives these together and acknowledges them. If that fails, each alone, however often that takes: one of
        them may be at fault."""
        failures = 0
        while True:
            try:
                await self._receive([message.body for message in messages])
                break
            except Exception as cause:
                if len(messages) > 1:
                    for message in messages:
                        await self._keep(connection, [message], acks)
                    return
                failures += 1
                self._signaler.pause(cause)
                await asyncio.sleep(self._pause.efter(failures))
                if not connection.connected.is_set():
                    raise ConnectionError("the connection broke while a message could not be received") from cause
        await acks.give(messages)
        await failpoint("receive.acknowledged")


def _also(arrived: "asyncio.Queue[AbstractIncomingMessage | None]") -> Iterator[AbstractIncomingMessage]:
    """What else has arrived; that the connection was closed stays to be seen."""
    while not arrived.empty():
        message = arrived.get_nowait()
        if message is None:
            arrived.put_nowait(None)
            return
        yield message


class _Forbrugere:
    """Asks how many consume a mailbox. On a channel of its own, which the broker closes when it will not tell."""

    def __init__(self, connection: AbstractConnection, koe: str) -> None:
        self._connection = connection
        self._koe = koe
        self._channel: AbstractChannel | None = None
        self._refused = False

    async def antal(self) -> int:
        """0: the broker does not tell."""
        if self._refused:
            return 0
        try:
            if self._channel is None:
                self._channel = await self._connection.channel()
            return (await _look(self._channel, self._koe))[1]
        except ChannelAccessRefused:
            self._refused = True
            return 0


async def _look(channel: AbstractChannel, koe: str) -> tuple[int, int]:
    """How many messages wait, and how many consume. A passive declaration makes nothing."""
    found = (await channel.declare_queue(koe, passive=True)).declaration_result
    return found.message_count or 0, found.consumer_count or 0


async def se_efter(login: LoginSource, koe: str) -> tuple[int, int]:
    """How many messages wait in the mailbox, and how many consume it.

    Raises NotFound when there is no such queue, NoAccess when it is closed to us, Unavailable.
    """
    try:
        connection = await _connect(await login())
        try:
            return await _look(await connection.channel(), koe)
        finally:
            with suppress(*FAILURES):
                await connection.close()
    except ChannelNotFoundEntity as cause:
        raise NotFound("there is no such queue") from cause
    except (ChannelAccessRefused, LoginAfvist, ProbableAuthenticationError, ConnectionNotAllowed) as cause:
        raise NoAccess(f"the broker does not let us in ({type(cause).__name__})") from cause
    except FAILURES as cause:
        raise Unavailable(f"the broker is out of reach ({type(cause).__name__})") from cause


class Udgiver:
    """Puts messages into a mailbox queue that exists, each confirmed by the broker. For the simulator."""

    def __init__(self, login: LoginSource, koe: str) -> None:
        self._login = login
        self._koe = koe
        self._connection: AbstractConnection | None = None
        self._channel: AbstractChannel | None = None
        self._lock = asyncio.Lock()

    async def publish(self, body: bytes, besked_id: str) -> None:
        """Returns when the broker has the message on disk. Raises Unavailable, also when there is no such queue."""
        message = aio_pika.Message(
            body,
            message_id=besked_id,
            content_type="application/xml",
            delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
        )
        async with self._lock:
            try:
                channel = await self._open()
                await channel.default_exchange.publish(message, self._koe, mandatory=True)
            except FAILURES as cause:
                await self._drop()
                raise Unavailable(f"the broker did not take the message ({type(cause).__name__})") from cause

    async def aclose(self) -> None:
        """Closes the connection."""
        async with self._lock:
            await self._drop()

    async def _open(self) -> AbstractChannel:
        if self._connection is None or self._connection.is_closed or self._channel is None or self._channel.is_closed:
            await self._drop()
            self._connection = await _connect(await self._login())
            self._channel = await self._connection.channel(publisher_confirms=True, on_return_raises=True)
        return self._channel

    async def _drop(self) -> None:
        connection, self._connection, self._channel = self._connection, None, None
        if connection is not None:
            with suppress(*FAILURES):
                await connection.close()


async def _connect(login: Login) -> AbstractConnection:
    """Connected, or closed: one that was never connected would else try to close itself when nobody can wait for it."""
    if login.token is None:
        connection = aio_pika.Connection(make_url(login.url), ssl_context=login.ssl_context)
    else:
        connection = Tokenforbindelse(login.url, login.ssl_context, login.token)
    try:
        await connection.connect(timeout=10)
    except BaseException as cause:
        await connection.close()
        if isinstance(cause, LoginAfvist):
            login.afvist()
        raise
    return connection


def _wake_when_closed(
    connection: AbstractConnection,
    channel: AbstractChannel,
    arrived: "asyncio.Queue[AbstractIncomingMessage | None]",
    login: Login,
) -> None:
    def wake(_: object, cause: object = None) -> None:
        if isinstance(cause, ConnectionClosed) and cause.args[:1] in _TOKEN_ENDED:
            login.afvist()
        arrived.put_nowait(None)

    connection.close_callbacks.add(wake)
    channel.close_callbacks.add(wake)

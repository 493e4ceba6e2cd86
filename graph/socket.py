"""The WebSocket door of `/graphql`: graphql-transport-ws and no other sub-protocol.

Owns a connection's life: its caller and the token's end, its operations, and a bounded queue of frames to a reader who
may be slow. Refuses to know documents and the change log: questions go to the same engine as over HTTP, subscriptions
to graph/subscriptions.py. When the client leaves, all that ran for it is cancelled.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from contextlib import aclosing, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Final
from uuid import uuid4

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from fkorg.errors import Unavailable
from fkorg.tasks import cancelled
from graph import http, ws
from graph.answer import Spoergsmaal
from graph.caller import CERTIFIKAT, Principal, TokenAfvist
from graph.compile.markers import Klassifikation
from graph.errors import fejl
from graph.kor import Levering
from graph.subscriptions import Subscriptions
from graph.token import Forevist
from graph.udbakke import Udbakke
from graph.ws import Lukkekode, Lukket
from model.pool import Overskredet

STRAKS: Final = "orgraf.straks"
"""The ASGI extension of a server that can write out a finished text at once, or say that it cannot: `skriv`."""

FOR_LANGSOM: Final = Lukket(Lukkekode.FOR_LANGSOM, "read too slowly", sted=True)
FRAMES_S: Final = 10.0
MEST_RAMMER: Final = 100
"""Frames of one delivery that are kept, for as many ids."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Limits:
    """What one connection may take: to begin, to be written to, to be answered when the server goes down, to be told of
    its end, to have under way at once, to wait in its queue."""

    begin: timedelta = timedelta(seconds=10)
    slow: timedelta = timedelta(seconds=30)
    drain: timedelta = timedelta(seconds=10)
    farewell: timedelta = timedelta(seconds=5)
    operations: int = 50
    queue: int = 16
    frames: int = 1_000
    """Frames that one client may send within `FRAMES_S`."""
    sockets: int = 10_000
    """Sockets that one caller may have open."""


@dataclass(slots=True)
class _Rammer:
    """The frames of the delivery that is being made: many are told the same, most of them under the same id."""

    levering: Levering | None = None
    kendt: dict[str, bytes] = field(default_factory=dict)

    def af(self, id: str, levering: Levering) -> bytes:
        """What tells it to the operation of that id."""
        if levering is not self.levering or len(self.kendt) > MEST_RAMMER:
            self.levering, self.kendt = levering, {}
        found = self.kendt.get(id)
        if found is None:
            found = self.kendt[id] = ws.next_(id, http.frame(levering.svar, {}))
        return found


@dataclass(frozen=True, slots=True)
class SocketEngine:
    """What the door calls. `http` answers queries and mutations; `aabne` is told +1 and -1 for the metrics. `origins`:
    pages of other hosts that may connect, as browsers write them (`https://host`)."""

    http: http.Engine
    subscriptions: Subscriptions
    aabne: Callable[[int], None] = lambda _: None
    limits: Limits = Limits()
    origins: Collection[str] = ()
    kaldere: Counter[tuple[str, str]] = field(default_factory=Counter, init=False)
    """Open sockets by municipality and caller."""
    rammer: _Rammer = field(default_factory=_Rammer, init=False)


def graphql(engine: SocketEngine) -> ASGIApp:
    """The ASGI application for scopes of type websocket."""

    async def door(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()  # websocket.connect
        if not _kendt_side(scope, engine.origins):
            await send({"type": "websocket.close", "code": Lukkekode.FOR_MEGET})  # before accept: 403
            return
        if ws.SUBPROTOCOL not in scope.get("subprotocols", ()):
            await send({"type": "websocket.accept"})
            await send(_close(Lukket(Lukkekode.ANDEN_PROTOKOL, f"wanted the sub-protocol {ws.SUBPROTOCOL}")))
            return
        await send({"type": "websocket.accept", "subprotocol": ws.SUBPROTOCOL})
        engine.aabne(+1)
        try:
            straks = scope.get("extensions", {}).get(STRAKS, {}).get("skriv")
            await _Connection(engine, _authorization(scope), scope.get(CERTIFIKAT), receive, send, straks).run()
        finally:
            engine.aabne(-1)

    return door


class _Connection:
    """One client, from its accepted handshake to its end."""

    def __init__(
        self,
        engine: SocketEngine,
        authorization: Sequence[str],
        certifikat: str | None,
        receive: Receive,
        send: Send,
        straks: Callable[[bytes], bool] | None,
    ) -> None:
        self.engine = engine
        self.authorization = Forevist(authorization)
        self.certifikat = certifikat
        self.receive = receive
        self.send = send
        slow = engine.limits.slow.total_seconds()
        self.ud = Udbakke(send, straks, engine.limits.queue, slow, self._written, lambda: self._end(FOR_LANGSOM))
        self.principal: Principal | None = None
        self.operations: dict[str, asyncio.Task[None]] = {}
        self.following: dict[str, str | None] = {}
        """Subscriptions, each with the position of its last change that was written out."""
        self.ending: asyncio.Future[Lukket] = asyncio.get_running_loop().create_future()
        self.deadline: asyncio.TimerHandle | None = None
        self.frames = 0
        self.frames_fra = -FRAMES_S

    async def run(self) -> None:
        """Until the client leaves or the connection is closed; nothing of it is left then."""
        self._end_after(self.engine.limits.begin, Lukket(Lukkekode.BEGYNDTE_IKKE, "wanted connection_init in time"))
        reader = asyncio.create_task(self._read())
        try:
            await asyncio.wait((reader, self.ending), return_when=asyncio.FIRST_COMPLETED)
        finally:
            if self.deadline is not None:
                self.deadline.cancel()
            await cancelled(reader, *self.operations.values())
            await self.ud.luk()
            if self.principal is not None:
                self._taael(self.principal, -1)
        if self.ending.done():
            with suppress(TimeoutError, OSError):
                async with asyncio.timeout(self.engine.limits.farewell.total_seconds()):
                    await self.send(_close(self._farewell()))

    def _end(self, lukket: Lukket) -> None:
        if not self.ending.done():
            self.ending.set_result(lukket)

    def _end_after(self, wait: timedelta, lukket: Lukket) -> None:
        if self.deadline is not None:
            self.deadline.cancel()
        self.deadline = asyncio.get_running_loop().call_later(wait.total_seconds(), self._end, lukket)

    async def _read(self) -> None:
        """Take frames until the client is gone, or the server tells us to say goodbye."""
        while True:
            message: Message = await self.receive()
            if message["type"] != "websocket.receive":
                if message.get("code") == Lukkekode.FOR_LANGSOM:
                    self._end(FOR_LANGSOM)
                elif message.get("code") == Lukkekode.GAAR_NED:
                    await self._drained()
                    self._end(Lukket(Lukkekode.GAAR_NED, "the server goes down", sted=True))
                return
            try:
                self._count()
                await self._take(ws.parse(message.get("text")))
            except Lukket as lukket:
                self._end(lukket)
                return

    def _count(self) -> None:
        """One frame more. Raises Lukket for a client that sends so many that others would wait."""
        now = asyncio.get_running_loop().time()
        if now - self.frames_fra >= FRAMES_S:
            self.frames, self.frames_fra = 0, now
        self.frames += 1
        if self.frames > self.engine.limits.frames:
            raise Lukket(Lukkekode.FOR_MEGET, f"wanted at most {self.engine.limits.frames} frames in {FRAMES_S:.0f} s")

    async def _take(self, frame: ws.Frame) -> None:
        if isinstance(frame, ws.Init):
            if self.principal is not None:
                raise Lukket(Lukkekode.BEGYNDT_TO_GANGE, "wanted connection_init once")
            self._identify(frame.token)
            await self.ud.put(ws.ACK)
        elif isinstance(frame, ws.Ping):
            if frame.token is not None and self.principal is not None:
                self._identify(frame.token)
            await self.ud.put(ws.PONG)
        elif isinstance(frame, ws.Subscribe):
            self._begin(frame)
        elif isinstance(frame, ws.Complete):
            task = self.operations.pop(frame.id, None)
            self.following.pop(frame.id, None)
            if task is not None:
                await cancelled(task)

    def _identify(self, token: str | None) -> None:
        """The caller from a token, or from the handshake's header; a new token must be of the same caller."""
        before, now = self.principal, self.engine.http.ur()
        if token is not None:
            self.authorization = Forevist([f"Bearer {token}"])
        try:
            found = self._verified(now)
        except Unavailable as away:
            raise Lukket(Lukkekode.IKKE_KLAR, "not ready; try again shortly") from away
        if before is not None and (before.cvr, before.caller) != (found.cvr, found.caller):
            raise Lukket(Lukkekode.AFVIST, "wanted a new token of the same caller and municipality")
        if before is None:
            if self.engine.kaldere[found.cvr, found.caller] >= self.engine.limits.sockets:
                raise Lukket(Lukkekode.FOR_MEGET, f"wanted at most {self.engine.limits.sockets} sockets of one caller")
            self._taael(found, +1)
        self.principal = found
        self._end_after(found.udloeber - now, Lukket(Lukkekode.AFVIST, "the token has expired: connect with a new one"))

    def _taael(self, principal: Principal, step: int) -> None:
        noegle = (principal.cvr, principal.caller)
        self.engine.kaldere[noegle] += step
        if not self.engine.kaldere[noegle]:
            del self.engine.kaldere[noegle]

    def _verified(self, now: datetime) -> Principal:
        try:
            return self.engine.http.kalder(self.authorization, now, self.certifikat)
        except TokenAfvist as refused:
            raise Lukket(Lukkekode.AFVIST, str(refused)) from refused

    def _caller(self) -> Principal:
        """Who asks, by the token as it is judged at this moment: keys and municipalities change while a socket is open.

        Raises Lukket when the token holds no more.
        """
        return self._verified(self.engine.http.ur())

    def _begin(self, frame: ws.Subscribe) -> None:
        if self.principal is None:
            raise Lukket(Lukkekode.IKKE_BEGYNDT, "wanted connection_init first")
        if frame.id in self.operations:
            raise Lukket(Lukkekode.ID_I_BRUG, f"Subscriber for {frame.id} already exists")
        if len(self.operations) >= self.engine.limits.operations:
            raise Lukket(Lukkekode.MISDANNET, f"wanted at most {self.engine.limits.operations} operations at once")
        spoergsmaal = self.engine.http.betroede.fundet(frame.spoergsmaal)
        self.operations[frame.id] = asyncio.create_task(self._operate(frame.id, spoergsmaal))

    async def _operate(self, id: str, spoergsmaal: Spoergsmaal) -> None:
        """Answer one operation; the client hears of its end unless it asked for it."""
        try:
            ended = await self._answered(id, spoergsmaal)
        except Lukket as lukket:
            self._end(lukket)
            return
        except (TimeoutError, Overskredet):
            ended = ws.error(id, [fejl(http.TIME_LIMIT, Klassifikation.SERVER)])
        except Unavailable:
            ended = ws.error(id, [fejl("not ready; try again shortly", Klassifikation.SERVER)])
        except Exception as bug:
            number = str(uuid4())
            log.error("uventet fejl", nummer=number, door="socket", exc_info=bug)
            ended = ws.error(id, [fejl(f"an error of ours, logged under {number}", Klassifikation.SERVER)])
        if self.operations.get(id) is asyncio.current_task():
            del self.operations[id]
            self.following.pop(id, None)
        await self.ud.put(ended)

    async def _answered(self, id: str, spoergsmaal: Spoergsmaal) -> bytes:
        """Send the answers; what is to be sent last."""
        if self.engine.subscriptions.is_one(spoergsmaal, self._caller()):
            self.following[id] = None
            tag = partial(self._tell_now, id)
            async with aclosing(self.engine.subscriptions.follow(spoergsmaal, self._caller, tag)) as told:
                async for levering in told:
                    if not levering.svar.udfoert:
                        return ws.error(id, levering.svar.errors)
                    await self.ud.put(ws.next_(id, http.frame(levering.svar, {})), id, levering.stand)
            return ws.complete(id)
        engine, principal = self.engine.http, self._caller()
        async with asyncio.timeout(engine.time_limit.total_seconds()):
            svar = await engine.besvar(spoergsmaal, principal, self.engine.http.ur())
            friskhed = await engine.friskhed(principal, svar) if svar.udfoert else None
        if not svar.udfoert:
            return ws.error(id, svar.errors)
        await self.ud.put(ws.next_(id, http.frame(svar, {**svar.extensions, "friskhed": friskhed})))
        return ws.complete(id)

    def _tell_now(self, id: str, levering: Levering) -> bool:
        """Write it out, or put it into the queue behind what waits; False when there is no room, or we are ending."""
        return not self.ending.done() and self.ud.nu(self.engine.rammer.af(id, levering), id, levering.stand)

    def _written(self, id: str, stand: str | None) -> None:
        if stand is not None and id in self.following:
            self.following[id] = stand

    async def _drained(self) -> None:
        """The questions under way are answered, and what was told is written out; subscriptions end where they are."""
        await cancelled(*[self.operations[id] for id in self.following])
        with suppress(TimeoutError):
            async with asyncio.timeout(self.engine.limits.drain.total_seconds()):
                while under_way := [task for task in self.operations.values() if not task.done()]:
                    await asyncio.wait(under_way)
                await self.ud.toemt()

    def _farewell(self) -> Lukket:
        """Why it ends, and where to go on from, now that nothing more is written; of several subscriptions each has its
        own position, which the client knows."""
        lukket = self.ending.result()
        position = next(iter(self.following.values())) if len(self.following) == 1 else None
        if not lukket.sted or position is None:
            return lukket
        return Lukket(lukket.kode, f"{lukket}; go on from {position}")


def _kendt_side(scope: Scope, origins: Collection[str]) -> bool:
    """May the page that connects? Only browsers say where it is from; without a list only pages of our own host may."""
    said = [value.decode("latin-1") for name, value in scope["headers"] if name == b"origin"]
    hosts = [value.decode("latin-1") for name, value in scope["headers"] if name == b"host"]
    if not said:
        return True
    ours = {f"{scheme}://{host}" for scheme in ("http", "https") for host in hosts if len(hosts) == 1}
    return len(said) == 1 and (said[0] in origins or said[0].lower() in {one.lower() for one in ours})


def _authorization(scope: Scope) -> list[str]:
    return [value.decode("latin-1") for name, value in scope["headers"] if name == b"authorization"]


def _close(lukket: Lukket) -> Message:
    return {"type": "websocket.close", "code": int(lukket.kode), "reason": lukket.grund}

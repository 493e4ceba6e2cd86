"""The server: routes, and the parts behind them put together once, when it starts. Nothing of what they do.

It starts before its neighbours are up: without a database every door answers 503 until there is one.
"""

import asyncio
import gc
import logging
import resource
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from math import inf
from typing import Any, Final
from uuid import UUID

import uvicorn
from cryptography.x509 import Certificate
from graphql import GraphQLError, GraphQLSchema
from starlette.applications import Starlette
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.types import ASGIApp, Receive, Scope, Send

import migrations
from fkorg.errors import Unavailable
from fkorg.security.keys import dage_tilbage
from fkorg.soap.transport import Aiohttp
from graph import betroet, http, jwks, schema, socket
from graph.answer import Spoergsmaal, Svar
from graph.betroet import Betroede, UgyldigListe
from graph.caller import Principal
from graph.changes import Changes
from graph.context import Context
from graph.documents import Dokumenter
from graph.execute import Udfoerer
from graph.genbrug import Genbrug
from graph.indsigt import Indsigt
from graph.jwks import Jwks
from graph.mutations import afklaring
from graph.mutations.kontekst import Skrivere
from graph.opslag import Opslagslog
from graph.ordinary import vist
from graph.straks import Straks
from graph.subscriptions import Prepared, Subscriptions
from graph.token import Tokenkontrol
from model import eftersyn, incarnation, readiness, snapshot
from model.eftersyn import Maal
from model.freshness import Freshness, Friskhed
from model.incarnation import Incarnation
from model.lease import Lease
from model.log import Log
from model.pool import Pool
from model.projection import ur
from model.tail import Tail
from model.vagt import Vagt
from model.writes import Skrivelaas
from orgraf import connection, examples, issuers, observe, page, proxies, websocket, wiring
from orgraf.clock import clock
from orgraf.fund import EGET
from orgraf.issuers import Issuer
from orgraf.pushdoor import Pushdoor
from orgraf.service import ended, patiently
from orgraf.settings import SettingError, Settings

LOG: Final = logging.getLogger(__name__)
GRAPHQL: Final = "/graphql"
ORGANISATIONHENT: Final = "/organisation/organisationhent/1"
BUSY: Final = (GRAPHQL, ORGANISATIONHENT)
ANSWERED_S: Final = 14
"""So long requests under way may take when the server goes down; a write may take WRITTEN longer."""
WRITTEN: Final = timedelta(seconds=5)
GC: Final = (5_000, 20, 20)
"""How rarely cycles are looked for: among as many documents as are kept it takes 0.3 s, else at each 50th new one."""
KNOWN_AGAIN_S: Final = 5.0
"""How often a municipality that is not known yet is looked for."""


def serve(settings: Settings) -> None:
    """Serve until SIGTERM; requests under way are answered. Ended within 25 s."""
    allow_connections()
    uvicorn.Server(config(settings)).run()


def allow_connections() -> None:
    """As many as the machine lets a process have: the usual start of 1,024 files is fewer than one caller's sockets."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    with suppress(OSError, ValueError):  # a system without such a limit
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def config(settings: Settings) -> uvicorn.Config:
    """How it is served. Raises SettingError for settings that cannot be."""
    slow_s = settings.slow_reader.total_seconds()
    served = app(settings)
    gc.freeze()  # what stays is not looked through again, by whoever parses a document
    gc.set_threshold(*GC)
    return uvicorn.Config(
        served,
        host=settings.listen_host,
        port=settings.listen_port,
        log_config=None,
        access_log=False,
        proxy_headers=False,  # whoever may tell of certificates is known by the connection itself
        timeout_graceful_shutdown=ANSWERED_S,
        http=connection.Protocol,
        ws=websocket.Protocol,
        ws_ping_interval=slow_s / 2,
        ws_ping_timeout=slow_s,  # all of it: a ping may fall just before its reader stops
        ws_max_size=settings.body_bytes,
        ws_per_message_deflate=False,
    )


def app(settings: Settings) -> ASGIApp:
    """The whole server as an ASGI application. Raises SettingError for settings that cannot be."""
    server = _Server(settings)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            opening = asyncio.create_task(server.open(stack))
            opening.add_done_callback(partial(_told, "the server's parts could not be put together"))
            stack.push_async_callback(ended, opening)
            yield

    routes = server.routes()
    doors = {route.path: route.app for route in routes if isinstance(route, Route) and route.path in BUSY}
    whole = _straight(doors, Starlette(routes=routes, lifespan=lifespan))
    if not settings.client_certificate_header:
        return whole
    return proxies.known_by(whole, settings.client_certificate_header, settings.client_certificate_proxies)


def _straight(doors: Mapping[str, ASGIApp], others: ASGIApp) -> ASGIApp:
    """The busy doors by their exact path, before anybody looks through routes, which a short question feels."""

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        door_ = doors.get(scope["path"]) if scope["type"] == "http" else None
        await (door_ or others)(scope, receive, send)

    return serve


def _betroede(settings: Settings, core: GraphQLSchema) -> Betroede:
    """The documents that the operator trusts. Raises SettingError when the list is none."""
    if settings.trusted is None:
        if settings.trusted_only:
            raise SettingError("ORGRAF_TRUSTED: is needed when no other documents are answered")
        return Betroede()
    try:
        return betroet.laes(settings.trusted, core, kun=settings.trusted_only)
    except (OSError, UgyldigListe) as error:
        raise SettingError(f"ORGRAF_TRUSTED: {error}") from error


def _alder(keys: Jwks) -> timedelta | None:
    return keys.alder(clock())


def _told(what: str, task: "asyncio.Task[None]") -> None:
    """A failure that waiting does not mend is told when it happens."""
    if not task.cancelled() and (failure := task.exception()) is not None:
        LOG.error(what, exc_info=failure)


@dataclass(slots=True)
class _Parts:
    """What needs the database, once it is there."""

    pool: Pool
    udfoerer: Udfoerer
    changes: Changes
    skrivere: Skrivere
    straks: Straks | None


@dataclass(slots=True)
class _Server:
    """One server's parts. `betjente`: the municipalities by CVR, with their Organisation as soon as it is known."""

    settings: Settings
    metrics: observe.Metrics = field(default_factory=observe.Metrics, init=False)
    http: Aiohttp = field(init=False)
    """Over which issuers' keys are fetched."""
    issuers: list[Issuer] = field(init=False)
    kontrol: Tokenkontrol = field(init=False)
    dokumenter: Dokumenter = field(init=False)
    betjente: dict[str, UUID | None] = field(init=False)
    push: Pushdoor = field(init=False)
    certifikater: list[tuple[str, str, Certificate]] = field(init=False)
    """Those that calls of the source need, and whose keys are pinned for callers' tokens."""
    _parts: _Parts | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        self.http = Aiohttp(jwks.TIMEOUT_S)
        self.issuers = issuers.issuers(self.settings, self.http)
        self.kontrol = Tokenkontrol(one.regler for one in self.issuers)
        core = schema.core(schema.build())
        self.dokumenter = Dokumenter(core, betroede=_betroede(self.settings, core))
        self.betjente = dict.fromkeys(self.settings.contexts)
        self.push = Pushdoor(self.settings, self.metrics)
        self.certifikater = [*wiring.certifikater(self.settings), *issuers.certifikater(self.issuers)]

    def routes(self) -> list[BaseRoute]:
        """Every door."""
        engine = http.Engine(
            self.kalder,
            self.besvar,
            self.friskhed,
            self.mindst,
            self.metrics.svar,
            clock,
            body_bytes=self.settings.body_bytes,
            betroede=self.dokumenter.betroede,
            forklar=self.forklar,
            straks=lambda: None if self._parts is None else self._parts.straks,
        )
        limits = socket.Limits(slow=self.settings.slow_reader, sockets=self.settings.sockets)
        sockets = socket.SocketEngine(engine, self._subscriptions(), self.metrics.socket, limits, self.settings.origins)
        observed = observe.Observed(self.metrics, self.mangler, self.friskheder, self.maal, clock, self.dage)
        routes: list[BaseRoute] = [
            Route(GRAPHQL, http.graphql(engine)),
            WebSocketRoute(GRAPHQL, _Asgi(socket.graphql(sockets))),
            Route(ORGANISATIONHENT, http.organisationhent(engine)),
            *observe.routes(observed),
            *page.routes(self.settings.page_token or None, examples.examples(next(iter(self.betjente), ""))),
        ]
        if self.settings.push:
            routes.append(self.push.route())
        return routes

    async def open(self, stack: AsyncExitStack) -> None:
        """Put the parts together as soon as there is a database, and keep looking for municipalities."""
        self._fetch_keys(stack)
        settings, vagt = self.settings, Vagt(self.settings.database_dsn)
        pool = await patiently(lambda: self._pool("orgraf-serve", vagt))
        stack.push_async_callback(ended, asyncio.create_task(vagt.run()))
        await stack.enter_async_context(pool)
        life = await patiently(lambda: self._life(pool))
        lease = Lease(
            settings.read_dsn or settings.database_dsn,
            settings.database_pool,
            statement_timeout=settings.statement_timeout,
            vagt=vagt,
            vaeg=bool(settings.read_dsn),
        )
        await stack.enter_async_context(lease)
        tail = Tail(settings.database_dsn, lambda away: LOG.warning("the change log is not heard: %s", away), vagt)
        stack.push_async_callback(ended, asyncio.create_task(tail.run()))
        over = wiring.transport(settings)
        stack.push_async_callback(over.aclose)
        changes = Changes(Log(pool, tail, life.secret, clock, settings.wait, settings.keep_changes), Freshness(pool))
        genbrug = self._genbrug(pool, changes.log) if settings.reuse_bytes else None
        udfoerer = Udfoerer(
            self.dokumenter,
            lease,
            self.kontekst,
            settings.keep_history,
            genbrug,
            settings.price,
            settings.cards,
            Opslagslog(pool),
            settings.answer_bytes,
        )
        laas = Skrivelaas(pool)
        kilder = wiring.klienter(settings, over)
        stilhed = settings.source_timeout + settings.settle
        skrivere = Skrivere(
            kilder, pool, laas, life.secret, settings.wait, stilhed=stilhed, bundfaeldning=settings.settle
        )
        stack.push_async_callback(skrivere.faerdige, WRITTEN)
        in_doubt = afklaring.run(skrivere, self.betjente, clock)
        stack.push_async_callback(ended, asyncio.create_task(in_doubt))
        straks = None if genbrug is None else Straks(genbrug, self.kalder, changes.kendt)
        self._parts = _Parts(pool, udfoerer, changes, skrivere, straks)
        stack.push_async_callback(ended, asyncio.create_task(self._look_for_municipalities(pool, stack)))

    def _fetch_keys(self, stack: AsyncExitStack) -> None:
        """Of issuers that are not pinned, until the end; and tell whose tokens hold."""
        stack.push_async_callback(self.http.aclose)
        for one in self.issuers:
            LOG.info("tokens of %s hold: %s", one.regler.udsteder, issuers.told(one))
            if (keys := one.jwks) is not None:
                self.metrics.noegler(one.regler.udsteder, partial(_alder, keys))
                fetching = asyncio.create_task(keys.run(self.kontrol.glem))
                fetching.add_done_callback(partial(_told, "the keys of an issuer are fetched no more"))
                stack.push_async_callback(ended, fetching)

    def kalder(self, authorization: Sequence[str], now: datetime, certifikat: str | None) -> Principal:
        """Who calls. Raises TokenAfvist."""
        return self.kontrol.kalder(authorization, self.betjente, now, certifikat)

    async def besvar(self, spoergsmaal: Spoergsmaal, principal: Principal, now: datetime) -> Svar:
        """The answer to an operation."""
        return await self.parts.udfoerer.besvar(spoergsmaal, principal, now)

    async def friskhed(self, principal: Principal, svar: Svar) -> object:
        """What is joined to an answer."""
        return await self.parts.changes.extensions(principal, svar)

    async def mindst(self, principal: Principal, text: str) -> Svar | None:
        """Wait for a position."""
        return await self.parts.changes.mindst(principal, text)

    async def forklar(self, spoergsmaal: Spoergsmaal, principal: Principal, now: datetime) -> Mapping[str, Any] | None:
        """How an operation is answered."""
        return await self.parts.udfoerer.forklar(spoergsmaal, principal, now)

    def dage(self, now: datetime) -> Mapping[str, float]:
        """Days until the first certificate ends, by whose it is."""
        found: dict[str, float] = {}
        for hvis, _, certifikat in self.certifikater:
            found[hvis] = min(dage_tilbage(certifikat, now), found.get(hvis, inf))
        return found

    async def mangler(self) -> list[str]:
        """What keeps the server from being ready."""
        if self.dage(clock()).get(EGET, inf) < 0:
            return ["our certificate has expired: nothing can be written"]
        if self._parts is None:
            return ["the database is out of reach"]
        found = await readiness.missing(self._parts.pool, migrations.head(), self.betjente)
        return found or [f"CVR {cvr} is not known yet" for cvr, uuid in self.betjente.items() if uuid is None]

    async def friskheder(self, now: datetime) -> Mapping[str, Friskhed]:
        """How fresh each municipality is, for the metrics."""
        freshness = self.parts.changes.freshness
        return {cvr: await freshness.of(uuid, now) for cvr, uuid in self.betjente.items() if uuid is not None}

    async def maal(self, now: datetime) -> Maal:
        """How database and ingest are, for the metrics."""
        async with self.parts.pool.connection() as connection:
            return await eftersyn.maal(connection, now)

    @property
    def parts(self) -> _Parts:
        """The parts behind the doors. Raises Unavailable before there is a database."""
        if self._parts is None:
            raise Unavailable("the database is out of reach")
        return self._parts

    def kontekst(self, principal: Principal, now: datetime) -> Context:
        """What the resolvers of one execution may use."""
        parts = self.parts
        udfoerer, indsigt = parts.udfoerer, Indsigt(parts.pool)
        return Context(principal, now, parts.changes, udfoerer.objekter, parts.skrivere, udfoerer.opslag, indsigt)

    def _subscriptions(self) -> Subscriptions:
        def prepare(spoergsmaal: Spoergsmaal, _: Principal) -> Prepared:
            found = self.dokumenter.find(spoergsmaal)
            return found if isinstance(found, Svar) else found.document

        return Subscriptions(self.dokumenter.schema, prepare, self.kontekst, _shown, clock)

    def _genbrug(self, pool: Pool, log: Log) -> Genbrug:
        async def graense(organisation: UUID) -> datetime | None:
            async with pool.connection() as connection:
                return await ur.foerste_graense(connection, organisation)

        return Genbrug(log, graense, self.settings.reuse_bytes, self.metrics.genbrug)

    async def _pool(self, name: str, vagt: Vagt) -> Pool:
        settings = self.settings
        return await Pool.open(settings.database_dsn, size=settings.database_pool, application_name=name, vagt=vagt)

    async def _life(self, pool: Pool) -> Incarnation:
        """Which life of the change log this is; a database that is not migrated yet is waited for."""
        missing = await readiness.missing(pool, migrations.head(), ())
        if missing:
            raise Unavailable(missing[0])
        async with pool.transaction() as tx:
            return await incarnation.check(tx, clock())

    async def _look_for_municipalities(self, pool: Pool, stack: AsyncExitStack) -> None:
        """Ingest finds them; until it has, callers hear that the municipality is being loaded."""
        while True:
            with suppress(Unavailable):
                async with pool.connection() as connection:
                    for found in await snapshot.kontekster(connection):
                        if self.betjente.get(found.cvr, found.organisation) != found.organisation:
                            self.betjente[found.cvr] = found.organisation
                            if self.settings.push and self.push.serves(found):
                                stack.push_async_callback(ended, asyncio.create_task(self.push.run(pool, found)))
            await asyncio.sleep(KNOWN_AGAIN_S if all(self.betjente.values()) else 0.25)


@dataclass(frozen=True, slots=True)
class _Asgi:
    """An ASGI function as an object: Starlette takes functions for handlers of its own kind."""

    inner: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.inner(scope, receive, send)


def _shown(errors: Sequence[GraphQLError]) -> Sequence[dict[str, Any]]:
    return [vist(error) for error in errors]

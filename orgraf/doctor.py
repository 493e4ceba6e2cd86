"""`orgraf doctor`: asks the database, the broker and the source how they are, a line each with what to do about it.

Owns what is asked and how it is shown. Refuses to judge: `orgraf.fund` does. Waits for nobody: what is away is a line.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import datetime
from typing import Final
from uuid import UUID, uuid4

import typer

import migrations
from fkorg.beskedfordeler.amqp import LoginSource, se_efter
from fkorg.catalogue import Objekttype
from fkorg.errors import FkorgError, NotFound, Unavailable
from fkorg.security.kald import Sikret
from fkorg.soap.client import Klient
from fkorg.soap.transport import Aiohttp
from graph import jwks
from model import afstemning, eftersyn, feed_state, freshness, incarnation, readiness, snapshot
from model.pool import Pool
from orgraf import fund, issuers, wiring
from orgraf.clock import clock
from orgraf.fund import Fund
from orgraf.service import sources
from orgraf.settings import SettingError, Settings

_VAERDIER_LOGGES: Final = """
select array(select name from pg_settings
              where (name = 'log_parameter_max_length' and setting <> '0'
                     and (current_setting('log_statement') in ('mod', 'all')
                          or current_setting('log_min_duration_statement') <> '-1'
                          or current_setting('log_min_duration_sample') <> '-1'))
                 or (name = 'log_parameter_max_length_on_error' and setting <> '0')
                 or (name = 'auto_explain.log_parameter_max_length' and setting <> '0'
                     and current_setting('auto_explain.log_min_duration', true) <> '-1')
              order by name)"""
"""The settings that let values of statements, CPR numbers among them, into the server's log."""


async def run(settings: Settings, *, as_json: bool) -> bool:
    """Ask, and tell as it is learnt. Is all well?"""
    well = True
    async for cvr, one in undersoeg(settings):
        well = well and one.ok
        typer.echo(json.dumps(_vist(cvr, one)) if as_json else _fortalt(cvr, one))
    return well


async def gendannet(settings: Settings) -> None:
    """The database was restored and nothing tells us so: begin a new incarnation and compare everything."""
    pool = await Pool.open(settings.database_dsn, size=1, application_name="orgraf-doctor")
    async with pool, pool.transaction() as tx:
        begun = await incarnation.begin(tx, await incarnation.read(tx), clock())
    typer.echo(f"incarnation {begun.nummer} begins; whoever leads compares everything with the source now")


async def undersoeg(settings: Settings) -> AsyncIterator[tuple[str | None, Fund]]:
    """Every line, those of one municipality with its CVR. What is away or too old hides nothing but what it holds."""
    async with AsyncExitStack() as stack:
        pool = None
        try:
            pool = await Pool.open(settings.database_dsn, size=2, application_name="orgraf-doctor")
            await stack.enter_async_context(pool)
        except Unavailable as away:
            yield None, Fund("database", str(away), "is Postgres up, reachable from here, ORGRAF_DATABASE_DSN right?")
        if pool is not None:
            for one in await _database(pool, settings):
                yield None, one
            mangler = await readiness.missing(pool, migrations.head(), ())
            yield None, fund.version(migrations.head(), mangler)
            pool = None if mangler else pool
        async for one in _udstedere(settings):
            yield None, one
        for hvis, setting, certifikat in wiring.certifikater(settings):
            yield None, fund.certifikat(hvis, setting, certifikat, clock())
        transport, klienter = await stack.enter_async_context(sources(settings))
        if settings.amqp_url:
            yield None, await _koe(wiring.postkasselogin(settings, transport), settings.amqp_queue)
        now = clock()
        yield None, fund.kildens_ur(await transport.dato(settings.source_url), now)
        for cvr, klient in klienter.items():
            if isinstance(transport.sikring, Sikret):
                yield cvr, await _token(transport.sikring, cvr)
            async for one in _kommune(settings, pool, klient):
                yield cvr, one


async def _database(pool: Pool, settings: Settings) -> list[Fund]:
    async with pool.connection() as connection:
        found = await eftersyn.server(connection)
        logges = await connection.fetchval(_VAERDIER_LOGGES)
    return [*fund.server(found, settings.database_pool, clock()), fund.serverlog(logges)]


async def _koe(login: LoginSource, koe: str) -> Fund:
    try:
        return fund.koe(await se_efter(login, koe))
    except FkorgError as error:
        return fund.koe(error)


async def _udstedere(settings: Settings) -> AsyncIterator[Fund]:
    """Whose tokens callers may come with, and whether their keys can be had now."""
    http = Aiohttp(jwks.TIMEOUT_S)
    try:
        found = issuers.issuers(settings, http)
        for one in found:
            fejl = None
            try:
                if one.jwks is not None:
                    await one.jwks.forny()
            except FkorgError as error:
                fejl = error
            yield fund.udsteder(one, fejl)
        for hvis, setting, certifikat in issuers.certifikater(found):
            yield fund.certifikat(hvis, setting, certifikat, clock())
    except SettingError as wrong:
        yield Fund("issuers", str(wrong), "put the setting right: `orgraf serve` does not start with it")
    finally:
        await http.aclose()


async def _token(sikret: Sikret, cvr: str) -> Fund:
    try:
        return fund.token(await sikret.tokens.token(sikret.modtager, cvr), clock())
    except FkorgError as error:
        return fund.token(error, clock())


async def _kommune(settings: Settings, pool: Pool | None, klient: Klient) -> AsyncIterator[Fund]:
    """`pool` None: the database cannot be asked."""
    kontekst = None
    if pool is not None:
        async with pool.connection() as connection:
            kontekst = await snapshot.kontekst(connection, klient.cvr)
    uuid = settings.contexts[klient.cvr] if kontekst is None else kontekst.organisation
    yield fund.kilde(await _kilde(klient, uuid, settings))
    if pool is None:
        return
    if kontekst is None:
        yield Fund("model", "the municipality is not known here yet", "run `orgraf bootstrap` or `orgraf ingest`")
        return
    if kontekst.tilstand == "BOOTSTRAP":
        yield Fund("model", "the first fill is not done", "it goes on in `orgraf ingest`; or run `orgraf bootstrap`")
    for one in await _ingest(settings, pool, kontekst.organisation, kontekst.cvr, clock()):
        yield one


async def _kilde(klient: Klient, uuid: UUID | None, settings: Settings) -> FkorgError | None:
    """How it refuses to tell of the municipality. Of one that is not known it need only answer."""
    try:
        async with asyncio.timeout(settings.source_timeout.total_seconds()):
            await klient.laes(Objekttype.ORGANISATION, uuid or uuid4())
    except NotFound as error:
        return None if uuid is None else error
    except FkorgError as error:
        return error
    except TimeoutError:
        return Unavailable("no answer in time")
    return None


async def _ingest(settings: Settings, pool: Pool, organisation: UUID, cvr: str, now: datetime) -> list[Fund]:
    facts = await freshness.read(pool, organisation)
    async with pool.connection() as connection:
        kanaler = await eftersyn.kanaler(connection, organisation)
        sidste = await afstemning.rapport(connection, organisation)
        aaben = await afstemning.aaben(connection, organisation)
        found = [
            fund.ledelse(await eftersyn.ledelse(connection, organisation)),
            *(fund.kanal(navn, kanaler.get(navn), now) for navn in _doere(settings, cvr)),
            fund.arbejde(await eftersyn.koe(connection, organisation, now), now),
            *fund.parkeret(await eftersyn.parkerede(connection, organisation), now),
            fund.bevaring(await eftersyn.aeldst(connection, organisation), wiring.bevaring(settings), now),
            *fund.afstemning(sidste, aaben, settings.compare, now),
        ]
    return found if facts is None else [fund.friskhed(freshness.deduce(facts, now), now), *found]


def _doere(settings: Settings, cvr: str) -> list[str]:
    """The doors that the settings open for the municipality."""
    if not (settings.amqp_url or settings.push) or cvr != wiring.mailbox(settings):
        return []
    return [navn for navn, er in ((feed_state.AMQP, settings.amqp_url), (feed_state.PUSH, settings.push)) if er]


def _vist(cvr: str | None, one: Fund) -> dict[str, object]:
    return {"cvr": cvr, "about": one.emne, "ok": one.ok, "found": one.tekst, "do": one.goer or None}


def _fortalt(cvr: str | None, one: Fund) -> str:
    about = one.emne if cvr is None else f"{cvr} {one.emne}"
    return f"{'ok  ' if one.ok else '!!  '}{about:<30} {one.tekst}" + (f"\n{'':34}-> {one.goer}" if one.goer else "")

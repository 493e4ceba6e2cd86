"""The service `ingest` and the commands beside it: their parts put together, run, and ended in order."""

import asyncio
import json
import logging
import os
import signal
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import Any, Final, TypeVar
from uuid import UUID

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from fkorg.beskedfordeler.amqp import LoginSource, Postkasse
from fkorg.errors import NoAccess, NotFound, Unavailable
from fkorg.soap.client import Klient
from fkorg.soap.transport import Transport
from fkorg.tasks import cancelled, hvor
from ingest import bevaring, funktioner, kommune, vagt
from ingest import bootstrap as walk
from ingest import rebuild as rebuilding
from ingest import worker as working
from ingest.afstemning import Gang, Rytme
from ingest.beslut import Regler
from ingest.kanal import Kanal
from ingest.receive import Modtager
from ingest.retry import Again
from ingest.worker import Worker
from model import afstemning, dirty, feed_state, incarnation, leader, snapshot
from model import klasser as classes
from model.afstemning import EKSPORT, Rapport
from model.leader import Afloest, Leder
from model.pool import Pool
from model.snapshot import Anvenderkontekst
from model.vagt import Vagt
from orgraf import observe, wiring
from orgraf.clock import clock
from orgraf.pushdoor import Pushdoor, listen
from orgraf.settings import Settings

LOG: Final = logging.getLogger(__name__)
RETRY_S: Final = 1.0
END_S: Final = 15.0
"""So long the works may take to end: claims and leadership are let go, a message in hand is answered."""
SILENT_S: Final = 3.0
"""A database that says nothing for so long is away: nobody waits at a door of ours for a second, as for `serve`."""
CUTS: Final = 5
"""So often a walk from the command line goes on by itself."""
T = TypeVar("T")


async def ingest(settings: Settings) -> None:
    """Serve every municipality of the settings until SIGTERM or SIGINT; waits for neighbours that are not up yet."""
    holder = f"orgraf-ingest-{socket.gethostname()[:20]}-{os.getpid()}"
    door = Pushdoor(settings, observe.Metrics())
    async with open_pool(settings, holder) as pool, sources(settings) as (over, klienter):
        login = wiring.postkasselogin(settings, over)
        if settings.klasser is not None:
            await patiently(lambda: _load(pool, settings.klasser))
        works = [_municipality(settings, pool, klient, holder, door, login) for klient in klienter.values()]
        if settings.push:
            works.append(listen(settings, door))
        await _until_told(works)


async def bootstrap(settings: Settings) -> None:
    """Fill every municipality that is not filled, or walk through its export again, with a progress bar."""
    holder = f"orgraf-bootstrap-{os.getpid()}"
    console = Console(stderr=True)
    async with open_pool(settings, holder) as pool, sources(settings) as (_, klienter):
        for cvr, klient in klienter.items():
            kontekst = await kommune.find(pool, klient, cvr, clock(), organisation=settings.contexts[cvr])
            async with _leading(settings, pool, kontekst.organisation, holder) as leder:
                with _bar(console, cvr) as told:
                    found = await _walked(settings, pool, klient, leder, told)
            typer.echo(f"CVR {cvr}: {found.objekter} objects read, {found.anvendt} new, {found.fravaerende} absent")
            if found.bremset:
                raise Unavailable(f"CVR {cvr}: so much is absent that nothing was touched; look at the source's export")


async def _walked(
    settings: Settings, pool: Pool, klient: Klient, leder: Leder, told: Callable[[walk.Fremdrift], None]
) -> walk.Fyldning:
    """To the end, over a few cuts of source or database; each time it goes on from the page it had come to."""
    worker = _worker(settings, pool, klient, leder)
    for cuts_left in reversed(range(CUTS)):
        try:
            return await walk.run(pool, klient, leder, clock=clock, fremdrift=told, worker=worker)
        except Unavailable as cut:
            if not cuts_left or isinstance(cut, Afloest):
                raise
            LOG.warning("the walk was cut and goes on: %s", cut)
            await asyncio.sleep(RETRY_S)
    raise AssertionError("unreachable: the last cut is raised")


async def reconcile(settings: Settings, *, as_json: bool) -> None:
    """Compare every municipality with the source now, put right what differs, and tell what was found.

    Whoever leads does it: the service `ingest`, or this process while no other runs.
    """
    holder = f"orgraf-reconcile-{os.getpid()}"
    console = Console(stderr=True)
    async with open_pool(settings, holder) as pool, sources(settings) as (_, klienter):
        for cvr, klient in klienter.items():
            async with pool.transaction() as tx:
                kontekst = await snapshot.kontekst(tx, cvr)
                if kontekst is None or kontekst.tilstand == "BOOTSTRAP":
                    raise NotFound(f"CVR {cvr} is not filled yet: run `orgraf bootstrap`")
                nummer = await afstemning.begynd(tx, kontekst.organisation, EKSPORT, clock(), straks=True)
            with _bar(console, cvr) as told:
                leading = asyncio.create_task(_compare(settings, pool, klient, kontekst.organisation, holder))
                try:
                    rapport = await _compared(pool, kontekst.organisation, nummer, leading, told)
                finally:
                    await ended(leading)
            typer.echo(json.dumps(_vist(cvr, rapport)) if as_json else _fortalt(cvr, rapport))


async def _compare(settings: Settings, pool: Pool, klient: Klient, organisation: UUID, holder: str) -> None:
    """Lead when nobody else does, and do what was asked for."""
    async with _leading(settings, pool, organisation, holder) as leder:
        works = (
            working.run(_worker(settings, pool, klient, leder), settings.database_dsn, clock=clock),
            _sammenligning(settings, pool, klient, leder).run(),
        )
        await _together(works)


async def _compared(
    pool: Pool, organisation: UUID, nummer: int, leading: "asyncio.Task[None]", told: Callable[[walk.Fremdrift], None]
) -> Rapport:
    """The outcome, as soon as there is one; until then how far it is."""
    while True:
        if leading.done():
            leading.result()
        async with pool.connection() as connection:
            rapport = await afstemning.rapport(connection, organisation, nummer)
            en = await afstemning.aaben(connection, organisation)
        if rapport is not None:
            return rapport
        if en is None or en.id != nummer:
            raise Unavailable("the comparison was given up by another process: call again")
        told(walk.Fremdrift(en.phase, en.skannet))
        await asyncio.sleep(RETRY_S / 4)


def _vist(cvr: str, rapport: Rapport) -> dict[str, Any]:
    """The report for machines; the names of the counts are those of the API's Afstemning."""
    return {
        "cvr": cvr,
        "startet": rapport.startet.isoformat(),
        "afsluttet": rapport.afsluttet.isoformat(),
        "gennemgaaet": rapport.skannet,
        "manglende": rapport.mangler,
        "foraeldede": rapport.foraeldet,
        "overskydende": rapport.ekstra,
        "rettede": rapport.rettet,
        "bremse": rapport.bremset is not None,
        "forkerteKort": rapport.kort,
        "udenBesked": rapport.uden_besked,
        "tabtBesked": [{"objekttype": one.objekttype.value, "uuid": str(one.uuid)} for one in rapport.tabt_besked],
    }


def _fortalt(cvr: str, rapport: Rapport) -> str:
    found = f"{rapport.mangler} missing, {rapport.foraeldet} stale, {rapport.ekstra} extra"
    silent = f"{rapport.uden_besked} of types that send no message, {len(rapport.tabt_besked)} whose message was lost"
    brake = f"; brake: {rapport.bremset} absent, nothing of it touched" if rapport.bremset is not None else ""
    cards = f"; {rapport.kort} cards were wrong, and made anew" if rapport.kort else ""
    return (
        f"CVR {cvr}: {rapport.skannet} objects compared: {found}; {rapport.rettet} put right ({silent}){brake}{cards}"
    )


async def rebuild(settings: Settings) -> None:
    """Make the rows of every municipality anew from what is stored."""
    holder = f"orgraf-rebuild-{os.getpid()}"
    async with open_pool(settings, holder) as pool:
        async with pool.connection() as connection:
            kontekster = {kontekst.cvr: kontekst for kontekst in await snapshot.kontekster(connection)}
        if unknown := sorted(settings.contexts.keys() - kontekster):
            raise NotFound(f"CVR {unknown[0]} is not served yet: run `orgraf bootstrap`")
        for kontekst in (kontekster[cvr] for cvr in settings.contexts):
            async with _leading(settings, pool, kontekst.organisation, holder) as leder:
                antal = await rebuilding.run(pool, leder, clock())
            typer.echo(f"CVR {kontekst.cvr}: {antal} objects rebuilt")


async def klasser(settings: Settings, path: Path) -> None:
    """Load a file of classes."""
    async with open_pool(settings, "orgraf-klasser") as pool:
        typer.echo(f"{await _load(pool, path)} classes loaded")


async def _municipality(
    settings: Settings, pool: Pool, klient: Klient, holder: str, door: Pushdoor, login: LoginSource
) -> None:
    """One municipality: find it, receive for it, and lead it whenever nobody else does."""
    cvr = klient.cvr
    organisation = settings.contexts[cvr]
    kontekst = await patiently(lambda: kommune.igen(pool, klient, cvr, clock(), organisation=organisation))
    async with asyncio.TaskGroup() as tasks:
        if settings.amqp_url and cvr == wiring.mailbox(settings):
            tasks.create_task(_receive(settings, pool, kontekst, login))
        if settings.push and door.serves(kontekst):
            tasks.create_task(door.run(pool, kontekst))
        while True:
            lost = asyncio.Event()
            try:
                async with _leading(settings, pool, kontekst.organisation, holder, lost.set) as leder:
                    LOG.info("leading CVR %s, epoch %s", cvr, leder.epoch)
                    await _lead(settings, pool, klient, leder, lost)
            except Afloest as lost:
                LOG.warning("no longer leading CVR %s: %s", cvr, lost)
            except (Unavailable, NoAccess) as away:
                LOG.warning("waiting: %s", away)
                await asyncio.sleep(RETRY_S)


async def _lead(settings: Settings, pool: Pool, klient: Klient, leder: Leder, lost: asyncio.Event) -> None:
    """Fill first if need be, then apply for as long as we lead."""
    worker = _worker(settings, pool, klient, leder)
    async with pool.connection() as connection:
        kontekst = await snapshot.kontekst(connection, klient.cvr)
    if kontekst is None or kontekst.tilstand == "BOOTSTRAP":
        found = await walk.run(pool, klient, leder, clock=clock, fremdrift=_logged, worker=worker)
        LOG.info("first fill of CVR %s done: %s objects", klient.cvr, found.objekter)
    works = (
        working.run(worker, settings.database_dsn, clock=clock),
        funktioner.run(pool, klient, leder, every=settings.functions_poll, clock=clock),
        vagt.run(pool, klient, leder, every=settings.probe, clock=clock),
        _look_after(settings, pool, leder),
        bevaring.run(pool, leder, wiring.bevaring(settings), clock=clock),
        bevaring.sorter(pool),
        _sammenligning(settings, pool, klient, leder).run(),
        _until(lost, leder),
    )
    await _together(works)


async def _until(lost: asyncio.Event, leder: Leder) -> None:
    """Whoever finds that another leads, the heartbeat first: nothing is waited for that was ours. Raises Afloest."""
    await lost.wait()
    raise Afloest(f"epoch {leder.epoch} no longer leads")


async def _look_after(settings: Settings, pool: Pool, leder: Leder) -> None:
    """What happens between two of our statements: the database is restored or fails over, the clock goes back."""
    longest = max(settings.settle, settings.lease, settings.backoff_most)
    while True:
        with suppress(Unavailable):
            async with pool.transaction() as tx:
                await incarnation.check(tx, clock())
                if antal := await dirty.senest(tx, leder.organisation, clock() + longest):
                    LOG.warning("the clock went back: %s reads are made earlier", antal)
        await asyncio.sleep(settings.probe.total_seconds())


def _sammenligning(
    settings: Settings,
    pool: Pool,
    klient: Klient,
    leder: Leder,
    fremdrift: Callable[[str, int], None] = lambda *_: None,
) -> Gang:
    rytme = Rytme(settings.compare, bundfaeldning=settings.settle)
    return Gang(pool, klient, leder, clock, rytme, fremdrift)


async def _together(works: Sequence[Coroutine[Any, Any, object]]) -> None:
    """Until one of them fails; then none goes on. What it failed with is raised."""
    running = [asyncio.create_task(work) for work in works]
    try:
        await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
        for task in running:
            if task.done():
                task.result()
    finally:
        for task in running:
            if not task.done():
                await ended(task)


async def _receive(settings: Settings, pool: Pool, kontekst: Anvenderkontekst, login: LoginSource) -> None:
    """The AMQP mailbox: messages are committed before they are acknowledged."""
    kanal = Kanal(pool, kontekst.organisation, feed_state.AMQP, clock, spoerges=True)
    modtager = Modtager(pool, kontekst.cvr, wiring.beskedkoder(settings), settings.settle)

    async def keep(bodies: Sequence[bytes]) -> None:
        async with kanal.besked():
            await modtager.modtag_mange(bodies, feed_state.AMQP, clock())

    postkasse = Postkasse(login, settings.amqp_queue, keep, kanal, prefetch=settings.amqp_prefetch)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(kanal.run())
        tasks.create_task(postkasse.run())


def _leading(
    settings: Settings, pool: Pool, organisation: UUID, holder: str, lost: Callable[[], None] = lambda: None
) -> AbstractAsyncContextManager[Leder]:
    """Lead while the block runs."""
    takeover = settings.takeover
    return leader.hold(pool, organisation, holder, beat_every=takeover / 5, missed_after=takeover, lost=lost)


def _worker(settings: Settings, pool: Pool, klient: Klient, leder: Leder) -> Worker:
    regler = Regler(settings.settle, Again(settings.backoff_first, settings.backoff_most), settings.source_behind)
    return Worker(pool, klient, leder, regler, lease=settings.lease, batch=settings.batch)


async def _load(pool: Pool, path: Path | None) -> int:
    assert path is not None
    found = classes.read(path)
    async with pool.transaction() as tx:
        return await classes.gem(tx, found)


async def patiently(work: Callable[[], Awaitable[T]]) -> T:
    """Until the neighbour is up and lets us in. Any other refusal is not waited for: it is told."""
    while True:
        try:
            return await work()
        except (Unavailable, NoAccess) as away:
            LOG.warning("waiting: %s", away)
            await asyncio.sleep(RETRY_S)


async def ended(task: "asyncio.Task[Any]") -> None:
    """Cancel it and wait for its end; what it failed with is logged."""
    (outcome,) = await cancelled(task)
    if isinstance(outcome, Exception):
        LOG.error("ended by an error", exc_info=outcome)


@asynccontextmanager
async def open_pool(settings: Settings, name: str) -> AsyncIterator[Pool]:
    """The pool of a process, as soon as there is a database."""
    vagt = Vagt(settings.database_dsn, SILENT_S)
    pool = await patiently(
        lambda: Pool.open(
            settings.database_dsn, size=settings.database_pool, application_name=name, vagt=vagt, laase=False
        )
    )
    asking = asyncio.create_task(vagt.run())
    try:
        async with pool:
            yield pool
    finally:
        await ended(asking)


@asynccontextmanager
async def sources(settings: Settings) -> AsyncIterator[tuple[Transport, dict[str, Klient]]]:
    """The way to the source, and a client for each municipality by CVR."""
    over = wiring.transport(settings)
    try:
        yield over, wiring.klienter(settings, over)
    finally:
        await over.aclose()


async def _until_told(works: Sequence[Coroutine[Any, Any, None]]) -> None:
    """Run them until one fails or a signal comes; then end them all, each in its own time."""
    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    running = [asyncio.ensure_future(work) for work in works]
    waiting = asyncio.ensure_future(stop.wait())
    await asyncio.wait([*running, waiting], return_when=asyncio.FIRST_COMPLETED)
    failed = [task for task in running if task.done() and task.exception() is not None]
    for task in (*running, waiting):
        task.cancel()
    _, late = await asyncio.wait([*running, waiting], timeout=END_S)
    if late:
        doing = sorted(map(hvor, asyncio.all_tasks() - {asyncio.current_task()}))
        LOG.error("not ended %.0f s after it was told to: %s", END_S, "; ".join(doing))
    for task in failed:
        task.result()


def _logged(fremdrift: walk.Fremdrift) -> None:
    LOG.info("first fill: %s, %s objects", fremdrift.fase, fremdrift.objekter)


@contextmanager
def _bar(console: Console, cvr: str) -> Iterator[Callable[[walk.Fremdrift], None]]:
    """The progress bar of a walk: phase, objects so far, time."""
    counted = TextColumn(f"CVR {cvr}  {{task.description:<22}} {{task.completed:>9,.0f}} objects")
    with Progress(SpinnerColumn(), counted, TimeElapsedColumn(), console=console) as progress:
        task = progress.add_task("finding", total=None)
        yield lambda told: progress.update(task, description=told.fase, completed=told.objekter)

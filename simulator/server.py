"""The simulator as a web server: the twelve services at their official paths, and small doors for those who test.

Everything that touches the truth runs in one thread of its own, so that a page of the export holds up nobody's message.
"""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, TypeVar
from uuid import UUID

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from fkorg.beskedfordeler.amqp import Udgiver, samme_login
from fkorg.catalogue import Objekttype
from fkorg.operationer import SERVICES
from fkorg.registrering import to_content
from fkorg.tasks import cancelled
from fkorg.wire.besked_xml import DEFAULT, Beskedkoder
from fkorg.wire.soap_xml import CONTENT_TYPE
from simulator import kontrakt, noegler
from simulator.amqpdoor import Amqpdoor
from simulator.beskedfordeler import Beskedfordeler, Kanal, Publish, Push
from simulator.fejl import OM, Fejl
from simulator.operationer.ret import RetMaade
from simulator.sandhed import Sandhed, open_sandhed
from simulator.sikkerhed import Sikkerhed
from simulator.tjeneste import Tjeneste
from simulator.tokendoor import ENDS_S, Tokendoor

T = TypeVar("T")

TIMEOUT_S: Final = 30.0
STS: Final = "/runtime/services/kombittrust/14/certificatemixed"
"""Where the token service answers."""
MAPPE: Final = "sikkerhed"
"""The folder of keys within the simulator's own."""
_XML: Final = "text/xml; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Options:
    """What `orgraf simulate` takes. `amqp_url` names the virtual host too; the queue must be there already."""

    dir: Path
    port: int = 8001
    host: str = "127.0.0.1"
    size: str = "small"
    seed: int = 1
    push_url: str | None = None
    amqp_url: str | None = None
    queue: str | None = None
    ret: str = RetMaade.REPLACE.value
    fault: list[str] = field(default_factory=list)
    koder: Beskedkoder = DEFAULT
    signed: bool = False
    """Takes calls alone that are signed with a token of its token service, and signs its answers."""
    amqps_port: int | None = None
    """Where that broker's mailboxes are emptied over TLS, by whoever logs in with a token."""
    tokens_port: int | None = None
    """Where the token service answers JSON, and JWTs, over TLS that the registered certificate opens."""


class Simulator:
    """One running municipality: truth, faults, services, distributor. `open_simulator` makes it."""

    def __init__(
        self,
        sandhed: Sandhed,
        fejl: Fejl,
        *,
        maade: RetMaade = RetMaade.REPLACE,
        sikkerhed: Sikkerhed | None = None,
    ) -> None:
        self.sandhed = sandhed
        self.fejl = fejl
        self.tjeneste = Tjeneste(sandhed, fejl, maade=maade)
        self.sikkerhed = sikkerhed
        self.fordeler: Beskedfordeler | None = None
        self.amqpdoor: Amqpdoor | None = None
        self.tokens_port: int | None = None
        self._thread = ThreadPoolExecutor(1, "sandhed")

    async def in_thread(self, work: Callable[[], T]) -> T:
        """The result of work on the truth, done in its thread."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    def close(self) -> None:
        """Ends the thread and closes the truth."""
        self._thread.shutdown()
        self.sandhed.close()


def open_simulator(options: Options) -> Simulator:
    """The truth in the folder, made first if need be. Raises ValueError for options that cannot be."""
    fejl = Fejl(options.seed, options.fault)
    if options.ret not in (maader := [one.value for one in RetMaade]):
        raise ValueError(f"wanted --ret {' or '.join(maader)}, found {options.ret!r}")
    if (options.amqp_url is None) != (options.queue is None):
        raise ValueError("wanted --amqp-url and --queue, or neither")
    if options.amqps_port is not None and (options.amqp_url is None or not options.signed):
        raise ValueError("wanted --amqp-url with --amqps-port, and tokens: without --unsigned")
    if options.tokens_port is not None and not options.signed:
        raise ValueError("wanted --tokens-port without --unsigned, which has no token service")
    sandhed = open_sandhed(options.dir, options.size, options.seed)
    sikkerhed = None
    if options.signed:
        sikkerhed = Sikkerhed(noegler.load_or_make(options.dir / MAPPE, _ur()), sandhed.cvr, _ur)
    return Simulator(sandhed, fejl, maade=RetMaade(options.ret), sikkerhed=sikkerhed)


def make_app(options: Options, simulator: Simulator | None = None, *, close: bool = False) -> Starlette:
    """The ASGI application; it opens the truth when it starts, unless it is given an open simulator.

    `close`: the simulator that was given is closed at the end, as one that was opened here is.
    """

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            running = simulator
            if running is None or close:
                running = running or open_simulator(options)
                stack.callback(running.close)
            app.state.simulator = running
            kanaler = await _kanaler(options, running.sikkerhed, stack)
            if options.amqps_port is not None and options.amqp_url is not None and running.sikkerhed is not None:
                running.amqpdoor = Amqpdoor(running.sikkerhed, options.amqp_url)
                await stack.enter_async_context(running.amqpdoor.aaben(options.host, options.amqps_port))
            if options.tokens_port is not None and running.sikkerhed is not None:
                door = Tokendoor(running.sikkerhed, running.in_thread).aaben(options.host, options.tokens_port)
                running.tokens_port = await stack.enter_async_context(door)
            running.fordeler = Beskedfordeler(running.sandhed, running.fejl, kanaler, options.koder)
            sending = asyncio.create_task(running.fordeler.run())
            stack.push_async_callback(_end, sending)
            yield

    services = [
        Route(path, _soap, methods=["GET", "POST"])
        for path in ("/organisation/{service}/6", "/organisation/{service}/6/")
    ]
    doors = [
        Route(STS, _sts, methods=["POST"]),
        Route("/organisation/xsd/{navn}", _xsd),
        Route("/", _om),
        Route("/fejl", _fejl, methods=["GET", "POST"]),
        Route("/besked", _besked, methods=["POST"]),
        Route("/beskeder", _beskeder),
        Route("/sandhed/{objekttype}/{uuid:uuid}", _sandhed),
    ]
    return Starlette(routes=services + doors, lifespan=lifespan)


def run(options: Options) -> None:
    """Serves until told to stop. Raises ValueError for options that cannot be."""
    ports = {"--port": options.port, "--amqps-port": options.amqps_port, "--tokens-port": options.tokens_port}
    for navn, port in ports.items():
        try:
            socket.create_server((options.host, port or 0)).close()
        except OSError as cause:
            raise ValueError(f"{navn}: wanted a free port, found {port}: {cause.strerror}; choose another") from cause
    simulator = open_simulator(options)
    uvicorn.run(
        make_app(options, simulator, close=True),
        host=options.host,
        port=options.port,
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=ENDS_S,
    )


async def _kanaler(options: Options, sikkerhed: Sikkerhed | None, stack: AsyncExitStack) -> dict[str, Kanal]:
    kanaler: dict[str, Kanal] = {}
    if options.push_url is not None:
        over = True if sikkerhed is None else sikkerhed.pushtls()
        client = await stack.enter_async_context(httpx.AsyncClient(timeout=TIMEOUT_S, verify=over))
        kanaler["push"] = Push(client, options.push_url)
    if options.amqp_url is not None and options.queue is not None:
        udgiver = Udgiver(samme_login(options.amqp_url), options.queue)
        stack.push_async_callback(udgiver.aclose)
        kanaler["amqp"] = Publish(udgiver)
    return kanaler


def _ur() -> datetime:
    return datetime.now(UTC)


async def _end(task: "asyncio.Task[None]") -> None:
    (outcome,) = await cancelled(task)
    if isinstance(outcome, Exception):
        raise outcome


def _simulator(request: Request) -> Simulator:
    found = request.app.state.simulator
    assert isinstance(found, Simulator)
    return found


async def _soap(request: Request) -> Response:
    service = request.path_params["service"]
    if service not in SERVICES:
        raise HTTPException(404, f"wanted one of {', '.join(SERVICES)}")
    if request.method == "GET":
        if "wsdl" not in {key.lower() for key in request.query_params}:
            raise HTTPException(405, "wanted a POST, or a GET with ?wsdl")
        return Response(kontrakt.wsdl_for(service, str(request.base_url).rstrip("/")), media_type=_XML)
    simulator, adresse = _simulator(request), str(request.url)
    body, sikkerhed = await request.body(), simulator.sikkerhed
    if simulator.fejl.plan.slow:
        await asyncio.sleep(simulator.fejl.plan.slow)
    if sikkerhed is None:
        besvaret = await simulator.in_thread(lambda: simulator.tjeneste.answer(service, body))
    else:
        besvaret = await simulator.in_thread(lambda: simulator.tjeneste.sikret(service, body, adresse, sikkerhed))
    return Response(besvaret.body, besvaret.status, media_type=CONTENT_TYPE)


async def _sts(request: Request) -> Response:
    """The token service."""
    sikkerhed, body = _sikkerhed(request), await request.body()
    svar = await _simulator(request).in_thread(lambda: sikkerhed.token(body, str(request.url)))
    return Response(svar, media_type=CONTENT_TYPE)


def _sikkerhed(request: Request) -> Sikkerhed:
    sikkerhed = _simulator(request).sikkerhed
    if sikkerhed is None:
        raise HTTPException(404, "this simulator takes calls as they are: start it without --unsigned")
    return sikkerhed


async def _xsd(request: Request) -> Response:
    found = kontrakt.xsd(request.path_params["navn"])
    if found is None:
        raise HTTPException(404, "no such schema")
    return Response(found, media_type=_XML)


async def _om(request: Request) -> Response:
    """What runs here: ready when it answers."""
    sandhed = _simulator(request).sandhed
    antal = await _simulator(request).in_thread(sandhed.antal)
    return JSONResponse(
        {
            "kommune": "Korsbæk Kommune",
            "cvr": sandhed.cvr,
            "organisation": str(sandhed.organisation),
            "size": sandhed.size,
            "seed": sandhed.seed,
            "objekter": {objekttype.value: count for objekttype, count in antal.items()},
        }
    )


async def _fejl(request: Request) -> Response:
    """GET: the faults that are on, and what each name means. POST {NAME: VALUE}: sets some."""
    fejl = _simulator(request).fejl
    if request.method == "POST":
        wanted = await _json(request)
        try:
            fejl.set({navn: str(value) for navn, value in wanted.items()})
        except ValueError as cause:
            raise HTTPException(400, str(cause)) from cause
    plan = {navn: None if value is None else str(value) for navn, value in asdict(fejl.plan).items()}
    return JSONResponse({"plan": plan, "om": OM})


async def _besked(request: Request) -> Response:
    """POST {"objekttype", "uuid"}: a message about an object that has not changed, or is not there."""
    wanted = await _json(request)
    try:
        objekttype, uuid = Objekttype(str(wanted["objekttype"])), UUID(str(wanted["uuid"]))
    except (KeyError, ValueError) as cause:
        raise HTTPException(400, 'wanted {"objekttype": "BRUGER", "uuid": "..."}') from cause
    simulator = _simulator(request)
    await simulator.in_thread(lambda: simulator.sandhed.tilfoej_besked(objekttype, uuid))
    if simulator.fordeler is not None:
        simulator.fordeler.wake()
    return Response(status_code=202)


async def _beskeder(request: Request) -> Response:
    """Every message that was ever made, also the swallowed ones."""
    simulator = _simulator(request)
    beskeder = await simulator.in_thread(simulator.sandhed.beskeder)
    return JSONResponse([asdict(besked) for besked in beskeder])


async def _sandhed(request: Request) -> Response:
    """All registrations of an object as canonical content, oldest first."""
    try:
        objekttype = Objekttype(request.path_params["objekttype"])
    except ValueError as cause:
        raise HTTPException(404, f"wanted one of {', '.join(Objekttype)}") from cause
    simulator, uuid = _simulator(request), request.path_params["uuid"]
    found = await simulator.in_thread(lambda: simulator.sandhed.registreringer(objekttype, uuid))
    if not found:
        raise HTTPException(404, "no such object")
    return JSONResponse(
        [{"tidspunktNs": one.tidspunkt_ns, "livscyklus": one.livscyklus.value, **to_content(one)} for one in found]
    )


async def _json(request: Request) -> dict[str, object]:
    try:
        found = await request.json()
    except ValueError as cause:
        raise HTTPException(400, "wanted a JSON object") from cause
    if not isinstance(found, dict):
        raise HTTPException(400, "wanted a JSON object")
    return found

"""What operators see: log lines, metrics, health. Nothing here names a person or holds a CPR number.

Owns the list of log fields and their cleaning, the names and labels of metrics, and what `live` and `ready` mean.
Refuses to know what is measured: parts are handed functions to tell it with.
"""

import logging
import sys
import traceback
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import inf
from typing import Any, Final, TextIO
from uuid import UUID

import structlog
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from fkorg.errors import FkorgError, Unavailable
from graph import cpr
from graph.answer import ANDRE
from model.eftersyn import Maal
from model.freshness import Friskhed, Friskhedsstatus

LOGFELTER: Final = frozenset(
    (
        *("event", "level", "timestamp", "logger", "exception", "nummer", "grund", "version", "port"),
        *("door", "status", "sekunder", "operation", "kode", "status_kode", "transaktions_id"),
        *("organisation", "cvr", "objekttype", "uuid", "aarsag", "art", "reg_ns", "want_ns", "seq", "incarnation"),
        *("kanal", "besked_id", "fase", "antal", "rest", "forsoeg", "epoch", "holder", "rolle"),
        *("skrivning", "virkede", "fejl"),
    )
)
"""What a log line may hold; anything else is shown as left out, so that a slip tells nothing about anyone."""
VORES: Final = ("fkorg", "model", "ingest", "graph", "orgraf", "simulator")
"""The loggers that may be told to write more."""
UDELADT: Final = "[udeladt]"
_SEKUNDER: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


def configure_logging(*, as_json: bool, level: int = logging.INFO, to: TextIO | None = None) -> None:
    """Log lines of ours and of the libraries, cleaned, to standard error: as JSON or for people."""
    shared: list[structlog.typing.Processor] = [
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _exception,
        clean,
    ]
    render = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if as_json
        else structlog.dev.ConsoleRenderer(colors=(to or sys.stderr).isatty())
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, render], foreign_pre_chain=shared
    )
    handler = logging.StreamHandler(to or sys.stderr)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(max(level, logging.INFO))  # what others write about at DEBUG is frames, bodies and statements
    for name in VORES:
        logging.getLogger(name).setLevel(level)
    logging.getLogger("httpx").setLevel(logging.WARNING)  # a line for every message that the simulator pushes
    for name in ("aiormq", "aio_pika"):  # a broker that is away is weather: the channel tells of it, once
        logging.getLogger(name).setLevel(logging.CRITICAL)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logging.getLogger(name).handlers.clear()
        logging.getLogger(name).propagate = name != "uvicorn.access"
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(level),
        cache_logger_on_first_use=False,
    )


def clean(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Fields that are not known are left out; ten digits that could be a CPR number are masked."""
    for name, value in event.items():
        if name.startswith("_"):
            continue  # structlog's own, removed before the line is written
        if name not in LOGFELTER:
            event[name] = UDELADT
        elif isinstance(value, str):
            event[name] = cpr.skjul(value)
        elif not isinstance(value, (bool, int, float, UUID, type(None))):
            event[name] = cpr.skjul(str(value))
        elif isinstance(value, UUID):
            event[name] = str(value)
    return event


def _exception(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Where an exception arose and of which types it is. Its words only when they are ours: others' repeat values."""
    info = event.pop("exc_info", None)
    error = sys.exc_info()[1] if info is True else info[1] if isinstance(info, tuple) else info
    event.pop("exc_text", None)
    if isinstance(error, BaseException):
        event["exception"] = shown(error)
    return event


def shown(error: BaseException) -> str:
    """The chain of an exception: types, places in the code, and our own messages."""
    lines: list[str] = []
    link: BaseException | None = error
    while link is not None and len(lines) < 200:
        words = f": {link}" if isinstance(link, FkorgError) else ""
        lines.append(f"{type(link).__module__}.{type(link).__qualname__}{words}")
        lines += [f"  {f.filename}:{f.lineno} {f.name}" for f in traceback.extract_tb(link.__traceback__)]
        link = link.__cause__ or (None if link.__suppress_context__ else link.__context__)
    return "\n".join(lines)


@dataclass(frozen=True)
class Metrics:
    """The metrics of one process, in a registry of their own. Labels never hold what a client can choose."""

    registry: CollectorRegistry = field(default_factory=CollectorRegistry)
    _made: dict[str, Any] = field(default_factory=dict, repr=False)
    _hver: dict[tuple[str, ...], Any] = field(default_factory=dict, repr=False)
    """What each answer counts on, with its labels: finding it by them takes longer than counting."""

    def __post_init__(self) -> None:
        made, registry = self._made, self.registry
        made["svar"] = Histogram(
            "orgraf_svar_seconds",
            "Answers, by door, status and operation: of trusted documents by name, else `andre`.",
            ("door", "status", "operation"),
            buckets=_SEKUNDER,
            registry=registry,
        )
        made["genbrug"] = Counter(
            "orgraf_genbrug",
            "Questions that may be answered from memory: HIT, MISS, BYPASS.",
            ("udfald",),
            registry=registry,
        )
        made["sockets"] = Gauge("orgraf_sockets_open", "WebSocket connections that are open.", registry=registry)
        made["beskeder"] = Counter("orgraf_beskeder", "Messages received.", ("kanal", "udfald"), registry=registry)
        made["anvendt"] = Counter(
            "orgraf_anvendt", "Objects applied, by cause and outcome.", ("aarsag", "udfald"), registry=registry
        )
        made["kilde"] = Histogram(
            "orgraf_kilde_seconds",
            "Calls of the source.",
            ("operation", "udfald"),
            buckets=_SEKUNDER,
            registry=registry,
        )
        made["status"] = Gauge("orgraf_friskhed", "1 for the status that holds.", ("cvr", "status"), registry=registry)
        for name, about in _FRISKHED.items():
            made[name] = Gauge(f"orgraf_{name}", about, ("cvr",), registry=registry)
        for name, about in _KOMMUNE.items():
            made[name] = Gauge(f"orgraf_{name}", about, ("cvr",), registry=registry)
        made["certifikat_dage"] = Gauge(
            "orgraf_certifikat_dage", "Days until the first certificate of it ends.", ("hvis",), registry=registry
        )
        made["noegler_alder"] = Gauge(
            "orgraf_udsteder_noegler_alder_seconds",
            "Since the keys of an issuer of callers' tokens were fetched.",
            ("udsteder",),
            registry=registry,
        )
        for name, about in _DATABASE.items():
            made[name] = Gauge(f"orgraf_{name}", about, registry=registry)

    def svar(self, door: str, status: int, seconds: float, operation: str = ANDRE) -> None:
        """An answer left a door. `operation`: of a trusted document its name."""
        self._af("svar", door, str(status), operation).observe(seconds)

    def genbrug(self, udfald: str) -> None:
        """A question might have been answered from memory: was it?"""
        self._af("genbrug", udfald).inc()

    def _af(self, navn: str, *labels: str) -> Any:
        found = self._hver.get((navn, *labels))
        if found is None:
            found = self._hver[navn, *labels] = self._made[navn].labels(*labels)
        return found

    def socket(self, step: int) -> None:
        """A WebSocket connection was opened (+1) or ended (-1)."""
        self._made["sockets"].inc(step)

    def besked(self, kanal: str, udfald: str) -> None:
        """A message came in, and what became of it."""
        self._made["beskeder"].labels(kanal, udfald).inc()

    def anvendt(self, aarsag: str, udfald: str, antal: int = 1) -> None:
        """So many objects were read back, and what became of them."""
        self._made["anvendt"].labels(aarsag, udfald).inc(antal)

    def kilde(self, operation: str, udfald: str, seconds: float) -> None:
        """The source was called."""
        self._made["kilde"].labels(operation, udfald).observe(seconds)

    def friskhed(self, cvr: str, found: Friskhed, now: datetime) -> None:
        """How fresh one municipality's model is; ages are NaN where nothing can be said."""

        def age(moment: datetime | None) -> float:
            return float("nan") if moment is None else (now - moment).total_seconds()

        values = {
            "beskeder_alder_seconds": age(found.beskeder_til),
            "verificeret_alder_seconds": age(found.verificeret_til),
            "aeldste_ventende_seconds": found.aeldste_ventende.total_seconds(),
            "ventende": found.ventende,
            "parkerede": found.parkerede,
            "kanal_forbundet": int(found.kanal_forbundet),
            "kilde_tilgaengelig": int(found.kilde_tilgaengelig),
        }
        for status in Friskhedsstatus:
            self._made["status"].labels(cvr, status.value).set(status is found.status)
        for name, value in values.items():
            self._made[name].labels(cvr).set(value)

    def maal(self, found: Maal | None, now: datetime) -> None:
        """How database and ingest are; None: the database is away, what was said last holds no more."""
        made = self._made
        made["database_svarer"].set(found is not None)
        made["forbindelser_ledige"].set(_NAN if found is None else found.ledige)
        made["ur_skaev_seconds"].set(_NAN if found is None else (found.ur - now).total_seconds())
        if found is None:
            return
        made["incarnation"].set(found.incarnation)
        for one in found.kommuner:
            tavs, siden = one.leder_tavs, one.afstemt_at
            made["leder_tavs_seconds"].labels(one.cvr).set(_NAN if tavs is None else tavs.total_seconds())
            made["afstemning_alder_seconds"].labels(one.cvr).set(
                _NAN if siden is None else (now - siden).total_seconds()
            )
            made["afstemning_bremset"].labels(one.cvr).set(one.bremset)
            made["afstemning_tabte_beskeder"].labels(one.cvr).set(one.tabte)
            made["skriv_i_tvivl"].labels(one.cvr).set(one.i_tvivl)

    def certifikater(self, dage: Mapping[str, float]) -> None:
        """Days that certificates are good for, by whose they are."""
        for hvis, antal in dage.items():
            self._made["certifikat_dage"].labels(hvis).set(antal)

    def noegler(self, udsteder: str, alder: Callable[[], timedelta | None]) -> None:
        """How old an issuer's keys are is asked there, each time; infinite when they were never fetched."""

        def seconds() -> float:
            found = alder()
            return inf if found is None else found.total_seconds()

        self._made["noegler_alder"].labels(udsteder).set_function(seconds)

    def text(self) -> bytes:
        """All of it, in Prometheus's text form."""
        return generate_latest(self.registry)


_FRISKHED: Final = {
    "beskeder_alder_seconds": "Messages up to this long ago are in.",
    "verificeret_alder_seconds": "Age of the oldest verification of a live object.",
    "aeldste_ventende_seconds": "Age of the oldest object that waits to be read.",
    "ventende": "Objects that wait to be read.",
    "parkerede": "Messages and objects set aside.",
    "kanal_forbundet": "1 while a channel of messages is connected.",
    "kilde_tilgaengelig": "1 when the source answered last time.",
}


_KOMMUNE: Final = {
    "leder_tavs_seconds": "Since the leader was last heard, by the database's clock.",
    "afstemning_alder_seconds": "Since the latest comparison with an outcome began.",
    "afstemning_bremset": "Live objects that the source lacked when the latest comparison braked; else 0.",
    "afstemning_tabte_beskeder": "Changes of units and users that no message told, by the latest comparison.",
    "skriv_i_tvivl": "Writes without a known outcome after two minutes.",
}
_DATABASE: Final = {
    "database_svarer": "1 when the database answered at this asking.",
    "forbindelser_ledige": "Connections that the database has left.",
    "ur_skaev_seconds": "The database's clock ahead of ours.",
    "incarnation": "Which life of the change log this is: it rises when the database is restored.",
}
_NAN: Final = float("nan")


@dataclass(frozen=True, slots=True)
class Observed:
    """What the endpoints ask. `mangler`: what keeps the process from being ready. `friskhed`: by CVR, when known.
    `maal`: how database and ingest are. `certifikater`: days they are good for, by whose they are."""

    metrics: Metrics
    mangler: Callable[[], Awaitable[list[str]]]
    friskhed: Callable[[datetime], Awaitable[Mapping[str, Friskhed]]]
    maal: Callable[[datetime], Awaitable[Maal]]
    ur: Callable[[], datetime]
    certifikater: Callable[[datetime], Mapping[str, float]] = lambda _: {}


def routes(observed: Observed) -> list[Route]:
    """`/health/live`, `/health/ready` and `/metrics`, for the main port or one of their own."""

    async def live(_: Request) -> Response:
        return PlainTextResponse("live\n")

    async def ready(_: Request) -> Response:
        mangler = await observed.mangler()
        headers = {"Retry-After": "5"} if mangler else None
        return JSONResponse({"klar": not mangler, "mangler": mangler}, 503 if mangler else 200, headers)

    async def metrics(_: Request) -> Response:
        now = observed.ur()
        observed.metrics.certifikater(observed.certifikater(now))
        try:
            for cvr, found in (await observed.friskhed(now)).items():
                observed.metrics.friskhed(cvr, found, now)
        except Unavailable:
            structlog.get_logger().warning("friskhed ukendt", grund="the database is out of reach")
        try:
            observed.metrics.maal(await observed.maal(now), now)
        except Unavailable:
            observed.metrics.maal(None, now)
        return Response(observed.metrics.text(), media_type=CONTENT_TYPE_LATEST)

    return [Route("/health/live", live), Route("/health/ready", ready), Route("/metrics", metrics)]

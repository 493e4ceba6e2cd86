"""A whole orgraf to be hurt: Postgres, RabbitMQ, the simulator, two ingest processes and a server, a proxy before each.

Owns starting them, hurting them, and ending all of them by pid. Refuses to know what is promised (promises/) and what
is true (oracle.py). Postgres and RabbitMQ are started once a run (`Ground`); a scene has its own database and queue.
"""

import asyncio
import itertools
import os
import signal
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import aio_pika
import asyncpg
import httpx

from orgraf import udsteder
from orgraf.embedded import Embedded
from simulator.server import Options
from tests.chaos.process import Process
from tests.chaos.proxy import Proxy
from tests.flows.verden import CVR, Kilde, free_ports, make_settings
from tests.parts import postgres as postgres_part
from tests.parts import rabbitmq as rabbitmq_part
from tests.parts.folder import shared_folder
from tests.parts.rabbitmq import Broker

HASTE: Mapping[str, str] = {
    "ORGRAF_SETTLE": "2s",
    "ORGRAF_LEASE": "2s",
    "ORGRAF_TAKEOVER": "2s",
    "ORGRAF_BACKOFF_FIRST": "50ms",
    "ORGRAF_BACKOFF_MOST": "2s",
    "ORGRAF_SOURCE_BEHIND": "60s",
    "ORGRAF_SOURCE_TIMEOUT": "5s",
}
"""Waits of a minute and more are seconds here; everything else is as it ships."""
CLASSIC, QUORUM = "classic", "quorum"
DELIVERY_LIMIT = 20
PATIENCE_S = 120.0
COMPARED = """
insert into afstemning (organisation, started_seq, started_at, finished_at, straks, phase, page_token, rettet)
values ($1, 0, $2, $2, false, 'DONE', '{}', 0)
"""


class Broken(AssertionError):
    """A promise is broken; the message says by what."""


async def until(what: str, holds: Callable[[], Any], within_s: float = PATIENCE_S, every_s: float = 0.1) -> None:
    """Wait until it holds (a function, or one that gives an awaitable). Raises Broken."""
    deadline = asyncio.get_running_loop().time() + within_s
    while True:
        found = holds()
        if asyncio.iscoroutine(found):
            found = await found
        if found:
            return
        if asyncio.get_running_loop().time() > deadline:
            raise Broken(f"not within {within_s:.0f} s: {what}")
        await asyncio.sleep(every_s)


@dataclass
class Ground:
    """What the scenes of a run share: one Postgres, one RabbitMQ, both real, both to be killed."""

    folder: Path
    postgres: Embedded
    broker: Broker
    template: str
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def fresh(self, name: str) -> tuple[str, Path]:
        """A database of a scene's own, and its folder."""
        unique = f"{name.lower()}_{next(self._numbers)}"
        folder = self.folder / unique
        folder.mkdir()
        return postgres_part.clone(self.postgres, self.template, unique), folder

    async def kill_postgres(self, away_s: float = 0.5) -> None:
        """kill -9 of the postmaster; it comes back and recovers."""
        assert self.postgres.pid is not None
        os.kill(self.postgres.pid, signal.SIGKILL)
        await asyncio.sleep(away_s)
        await asyncio.to_thread(self.postgres.stop)
        await asyncio.to_thread(self.postgres.start)

    async def restart_broker(self, *, kill: bool) -> None:
        """The node goes, in order or by kill -9, and comes again."""
        await asyncio.to_thread(self.broker.kill if kill else self.broker.stop)
        await asyncio.to_thread(self.broker.run)


@contextmanager
def ground() -> Iterator[Ground]:
    """Postgres and RabbitMQ for a run."""
    with shared_folder() as folder:
        (folder / "broker").mkdir()
        broker = rabbitmq_part.start(folder / "broker")
        try:
            (port,) = free_ports(1)
            with Embedded(folder / "pg", port=port) as postgres:
                yield Ground(folder, postgres, broker, postgres_part.migrated_template(postgres))
        finally:
            broker.end()


@dataclass
class Scene:
    """One scene. `a` and `b` are ingest, `serve` the server; none is started. `dsn` goes straight to the database."""

    ground: Ground
    folder: Path
    kilde: Kilde
    dsn: str
    queue: str
    database: Proxy
    broker: Proxy
    source: Proxy
    push: Proxy
    web: Proxy
    a: Process
    b: Process
    serve: Process
    tokens: Mapping[str, str]
    clock: Path
    connection: "asyncpg.Connection[asyncpg.Record]"

    @property
    def past_the_proxy(self) -> str:
        """The database's address for a process that is not to be hurt: nor held up by the harness's own work."""
        return self.ground.postgres.tcp_dsn(urlsplit(self.dsn).path[1:])

    @property
    def ingests(self) -> tuple[Process, Process]:
        return self.a, self.b

    @property
    def url(self) -> str:
        """The server, through its proxy."""
        return f"http://127.0.0.1:{self.web.port}"

    def move_clock(self, by: timedelta) -> None:
        """Every process's clock is off by so much from here on, whenever it was started."""
        self.clock.write_text(str(by.total_seconds()))

    async def fetchval(self, sql: str, *values: object) -> Any:
        """Of the database itself, past the proxy; also after it was killed."""
        if self.connection.is_closed():
            self.connection = await asyncpg.connect(self.dsn)
        return await self.connection.fetchval(sql, *values)

    async def fetch(self, sql: str, *values: object) -> list[asyncpg.Record]:
        """As `fetchval`, all rows."""
        await self.fetchval("select 1")
        return await self.connection.fetch(sql, *values)

    async def filled(self, within_s: float = PATIENCE_S) -> None:
        """Wait until the first fill is done."""
        await until(
            "the first fill",
            lambda: self.fetchval("select true from anvenderkontekst where tilstand = 'KLAR'"),
            within_s,
        )

    async def leading(self) -> Process | None:
        """Who leads now."""
        holder = await self.fetchval("select holder from leader")
        found = [one for one in self.ingests if one.pid is not None and (holder or "").endswith(f"-{one.pid}")]
        return found[0] if found else None

    async def ready(self, within_s: float = 30.0) -> None:
        """Wait until the server answers."""

        async def answers() -> bool:
            try:
                return (await http.get(f"{self.url}/health/ready", timeout=2)).status_code == 200
            except httpx.HTTPError:
                return False

        async with httpx.AsyncClient() as http:
            await until("the server is ready", answers, within_s)

    def logged(self) -> str:
        """The end of each process's log."""
        return "\n".join(
            f"--- {log.name}\n{log.read_text('utf-8', 'replace')[-2500:]}" for log in sorted(self.folder.glob("*.log"))
        )


@asynccontextmanager
async def scene(
    ground: Ground,
    name: str,
    *,
    channels: tuple[str, ...] = ("amqp",),
    queue: str = CLASSIC,
    size: str = "small",
    seed: int = 1,
    compare: bool = False,
    settings: Mapping[str, str] = {},
    source_of: Callable[[Options], Any] = Kilde,
) -> AsyncIterator[Scene]:
    """A scene, ready to be started. `channels`: how messages come, "amqp", "push" or both; `queue`: its kind.

    Without `compare` the first comparison with the source is a day away: nothing but messages can put a thing right.
    """
    dsn, folder = await asyncio.to_thread(ground.fresh, name)
    async with AsyncExitStack() as stack:
        web_port, source_port, push_a, push_b = free_ports(4)
        database, broker, source, push, web = [
            await stack.enter_async_context(Proxy(*ports))
            for ports in ((_port(ground),), (ground.broker.port,), (source_port,), (push_a, push_b), (web_port,))
        ]
        mailbox = f"postkasse-{folder.name}"
        await declare(ground.broker, mailbox, queue)
        options = Options(
            folder / "sandhed",
            source_port,
            size=size,
            seed=seed,
            amqp_url=ground.broker.admin_url if "amqp" in channels else None,
            queue=mailbox if "amqp" in channels else None,
            push_url=f"http://127.0.0.1:{push.port}/beskedfordeler/modtag" if "push" in channels else None,
        )
        kilde = await asyncio.to_thread(source_of, options)
        stack.enter_context(kilde.koerer())
        base = make_settings(folder, _through(ground.postgres.tcp_dsn(urlsplit(dsn).path[1:]), database.port), options)
        base |= HASTE | {
            "ORGRAF_SOURCE_URL": f"http://127.0.0.1:{source.port}/organisation",
            "ORGRAF_CLOCK_OFFSET": str(folder / "clock"),
            **settings,
        }
        doors = {}
        if "amqp" in channels:
            doors = {"ORGRAF_AMQP_URL": _through(ground.broker.url, broker.port), "ORGRAF_AMQP_QUEUE": mailbox}
        pushed = {"ORGRAF_PUSH": "true"} if "push" in channels else {}
        processes = [
            Process(one, command, base | more | {"ORGRAF_LISTEN_PORT": str(port)}, folder / f"{one}.log")
            for one, command, more, port in (
                ("a", "ingest", doors | pushed, push_a),
                ("b", "ingest", doors | pushed, push_b),
                ("serve", "serve", {}, web_port),
            )
        ]
        stack.callback(lambda: [one.kill() for one in processes])
        (folder / "clock").write_text("0")
        now = datetime.now(UTC)
        tokens = udsteder.demo_tokens(udsteder.load_or_make(folder, now), CVR, now)
        straight = await asyncpg.connect(dsn)
        if not compare:
            await straight.execute(COMPARED, kilde.sandhed.organisation, now)
        made = Scene(
            ground,
            folder,
            kilde,
            dsn,
            mailbox,
            database,
            broker,
            source,
            push,
            web,
            *processes,
            tokens=tokens,
            clock=folder / "clock",
            connection=straight,
        )
        try:
            yield made
        except BaseException:
            print(made.logged())
            raise
        finally:
            made.connection.terminate()


async def declare(broker: Broker, queue: str, kind: str) -> None:
    """The mailbox, as the Beskedfordeler makes it: durable; a quorum queue gives a message up after 20 deliveries."""
    arguments: dict[str, Any] = {"x-queue-type": kind}
    if kind == QUORUM:
        arguments["x-delivery-limit"] = DELIVERY_LIMIT
    async with await aio_pika.connect(broker.admin_url) as connection:
        channel = await connection.channel()
        await channel.declare_queue(queue, durable=True, arguments=arguments)


async def waiting(broker: Broker, queue: str) -> int:
    """Messages that nobody has taken."""
    async with await aio_pika.connect(broker.admin_url) as connection:
        channel = await connection.channel()
        declared = await channel.declare_queue(queue, passive=True)
        return int(declared.declaration_result.message_count or 0)


def _port(ground: Ground) -> int:
    assert ground.postgres.port is not None
    return ground.postgres.port


def _through(url: str, port: int) -> str:
    """The same address, by way of a proxy."""
    parts = urlsplit(url)
    return url.replace(f":{parts.port}/", f":{port}/", 1)

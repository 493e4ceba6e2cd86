"""Real parts for every test: Postgres with the migrated model, RabbitMQ, a browser; and no way out of this machine.

Fixtures: `dsn` (a fresh, migrated database), `new_dsn` (makes further ones), `server` (the embedded Postgres),
`rabbitmq` (a real broker, vhost BF), `koe` (a mailbox on it), `chromium` (where the browser is), `browser`
(Playwright's, started).
"""

import asyncio
import gc
import io
import itertools
import logging
import socket
from collections import Counter
from collections.abc import AsyncIterator, Callable, Generator, Iterator
from typing import Any
from uuid import uuid4

import aio_pika
import pytest
import structlog
from playwright.async_api import Browser, async_playwright

from orgraf import observe
from orgraf.embedded import Embedded
from tests.parts import chromium as chromium_part
from tests.parts import postgres
from tests.parts import rabbitmq as rabbitmq_part
from tests.parts.chromium import Chromium
from tests.parts.folder import shared_folder
from tests.parts.missing import Missing
from tests.parts.rabbitmq import Broker


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """How many tests did not run, and why: a line per reason."""
    skipped = terminalreporter.stats.get("skipped", [])
    reasons = Counter(report.longrepr[2] if isinstance(report.longrepr, tuple) else "" for report in skipped)
    terminalreporter.section(f"{len(skipped)} tests skipped", sep="-")
    for reason, count in reasons.most_common():
        terminalreporter.line(f"{count:5} x {reason.removeprefix('Skipped: ')}")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(call: pytest.CallInfo[Any]) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A test that ran into its time limit tells what each of its tasks was waiting for."""
    report = yield
    if call.excinfo is not None and str(call.excinfo.value).startswith("Timeout"):
        report.sections += [(f"task {task.get_name()}", _stack(task)) for task in _pending()]
    return report


def _pending() -> list["asyncio.Task[Any]"]:
    """Of every loop: no loop runs while a report is made."""
    return [found for found in gc.get_objects() if isinstance(found, asyncio.Task) and not found.done()]


def _stack(task: "asyncio.Task[Any]") -> str:
    with io.StringIO() as out:
        task.print_stack(file=out)
        return out.getvalue()


@pytest.fixture(autouse=True, scope="session")
def _no_way_out() -> Iterator[None]:
    """A connection to another machine is a mistake in the test: refuse it before a packet leaves."""
    connect, connect_ex, getaddrinfo = socket.socket.connect, socket.socket.connect_ex, socket.getaddrinfo

    def check(address: Any) -> None:
        host = address[0] if isinstance(address, tuple) else None
        if host is not None and host not in ("localhost", "::1", "") and not str(host).startswith("127."):
            raise RuntimeError(f"a test wanted to reach {host}: only loopback and unix sockets are open to tests")

    def guarded_connect(self: socket.socket, address: Any) -> None:
        check(address)
        connect(self, address)

    def guarded_connect_ex(self: socket.socket, address: Any) -> int:
        check(address)
        return connect_ex(self, address)

    def guarded_getaddrinfo(host: Any, *rest: Any, **more: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else host
        check((name or "", 0))
        return getaddrinfo(host, *rest, **more)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded_connect)
        patch.setattr(socket.socket, "connect_ex", guarded_connect_ex)
        patch.setattr(socket, "getaddrinfo", guarded_getaddrinfo)
        yield


@pytest.fixture(scope="session")
def server() -> Iterator[Embedded]:
    """One Postgres for the session. Nothing is synced to disk: only tests may do without."""
    with shared_folder() as folder, Embedded(folder / "pg", fsync=False) as server:
        yield server


@pytest.fixture(scope="session")
def template(server: Embedded) -> str:
    """The name of the one migrated database that all others are copies of."""
    return postgres.migrated_template(server)


@pytest.fixture(scope="session")
def new_dsn(server: Embedded, template: str) -> Callable[[], str]:
    """Makes one more fresh, migrated database: for fixtures of a wider scope than a test."""
    numbers = itertools.count(1)

    def make() -> str:
        return postgres.clone(server, template, f"clone_{next(numbers)}")

    return make


@pytest.fixture
def dsn(server: Embedded, new_dsn: Callable[[], str]) -> Iterator[str]:
    """A fresh, migrated database of this test alone."""
    dsn = new_dsn()
    yield dsn
    postgres.drop(server, dsn)


@pytest.fixture(scope="session")
def rabbitmq() -> Iterator[Broker]:
    """A real RabbitMQ with the vhost BF. A test makes its queues over `admin_url`: the product declares nothing."""
    with shared_folder() as folder:
        try:
            broker = rabbitmq_part.start(folder)
        except Missing as why:
            pytest.skip(str(why))
        yield broker
        broker.end()


@pytest.fixture
async def koe(rabbitmq: Broker) -> str:
    """A durable mailbox, made by its owner."""
    name = str(uuid4())
    async with await aio_pika.connect(rabbitmq.admin_url) as connection:
        channel = await connection.channel()
        await channel.declare_queue(name, durable=True)
    return name


@pytest.fixture(scope="session")
def chromium() -> Chromium:
    """Where the browser is, and how it is to be called."""
    try:
        return chromium_part.find()
    except Missing as why:
        pytest.skip(str(why))


@pytest.fixture
async def browser(chromium: Chromium, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Browser]:
    """A headless Chromium."""
    for name, value in chromium.environment.items():
        monkeypatch.setenv(name, value)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium.path, args=chromium.arguments)
        yield browser
        await browser.close()


@pytest.fixture
def logget() -> Iterator[io.StringIO]:
    """All that is logged, as it is in production, of ours from DEBUG on."""
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    written = io.StringIO()
    observe.configure_logging(as_json=True, level=logging.DEBUG, to=written)
    yield written
    root.handlers[:] = before
    root.setLevel(level)
    for name in observe.VORES:
        logging.getLogger(name).setLevel(logging.NOTSET)
    structlog.reset_defaults()

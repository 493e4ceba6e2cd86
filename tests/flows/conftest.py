"""Whole worlds for the session, filled once: `verden` (push, `ret` replaces), `anden_verden` (AMQP, it merges),
`signeret_verden` (AMQP with tokens).

Tests share them: each writes to units and users that it made itself, and puts right what it broke. `stille_verden` is
a server alone, in which nothing changes.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import aio_pika
import httpx
import pytest

from orgraf.embedded import Embedded
from simulator import noegler
from simulator.server import STS, Options
from simulator.sts import UDSTEDER
from tests.fkorg.security.fixture import pkcs12_i
from tests.flows import facit
from tests.flows import verden as verdener
from tests.flows.facit import Facit
from tests.flows.frontend import DEADLINE_S, Frontend
from tests.flows.verden import Kilde, Verden
from tests.parts import postgres
from tests.parts.rabbitmq import VHOST, Broker
from tests.simulator.fixtures import SEED, copy_of

KOE = "flows"


@pytest.fixture(scope="session")
def fyldt(tmp_path_factory: pytest.TempPathFactory, new_dsn: Callable[[], str]) -> tuple[Path, str]:
    """A small truth, and a database filled from it by `orgraf bootstrap`. Neither is to be changed."""
    mappe = tmp_path_factory.mktemp("fyldt")
    options = Options(mappe / "sandhed", verdener.free_ports(1)[0], seed=SEED)
    settings = verdener.make_settings(mappe, new_dsn(), options)
    with Kilde(options).koerer():
        done = verdener.orgraf("bootstrap", settings=settings)
    assert done.returncode == 0, done.stderr
    return options.dir, settings["ORGRAF_DATABASE_DSN"]


@pytest.fixture(scope="session")
def verden(tmp_path_factory: pytest.TempPathFactory, server: Embedded, fyldt: tuple[Path, str]) -> Iterator[Verden]:
    """Messages come by push; a list that is sent replaces the list."""
    mappe, (port, door, kilde) = tmp_path_factory.mktemp("verden"), verdener.free_ports(3)
    url = f"http://127.0.0.1:{door}/beskedfordeler/modtag"
    options = Options(_truth(fyldt, mappe), kilde, seed=SEED, push_url=url)
    settings = verdener.make_settings(mappe, _database(server, fyldt, "flows_push"), options, port)
    push = {"ORGRAF_PUSH": "true", "ORGRAF_LISTEN_PORT": str(door)}
    with verdener.running(Kilde(options), settings, mappe, **push) as running:
        yield running


@pytest.fixture(scope="session")
def anden_verden(
    tmp_path_factory: pytest.TempPathFactory, server: Embedded, fyldt: tuple[Path, str], rabbitmq: Broker
) -> Iterator[Verden]:
    """Messages come by AMQP; a list that is sent is laid over the list."""
    mappe, (port, kilde) = tmp_path_factory.mktemp("anden_verden"), verdener.free_ports(2)
    with ThreadPoolExecutor() as thread:  # this one may have a loop
        thread.submit(asyncio.run, _mailbox(rabbitmq.admin_url, KOE)).result()
    options = Options(_truth(fyldt, mappe), kilde, seed=SEED, amqp_url=rabbitmq.admin_url, queue=KOE, ret="merge")
    settings = verdener.make_settings(mappe, _database(server, fyldt, "flows_amqp"), options, port)
    mailbox = {"ORGRAF_AMQP_URL": rabbitmq.url, "ORGRAF_AMQP_QUEUE": KOE}
    with verdener.running(Kilde(options), settings, mappe, **mailbox) as running:
        yield running


@pytest.fixture(scope="session")
def signeret_verden(
    tmp_path_factory: pytest.TempPathFactory, server: Embedded, fyldt: tuple[Path, str], rabbitmq: Broker
) -> Iterator[Verden]:
    """Calls of the source are signed, and the mailbox is opened with a token, at the strict door before the broker."""
    mappe, (port, kilde, amqps), koe = tmp_path_factory.mktemp("signeret"), verdener.free_ports(3), "flows-signeret"
    with ThreadPoolExecutor() as thread:  # this one may have a loop
        thread.submit(asyncio.run, _mailbox(rabbitmq.admin_url, koe)).result()
    amqp = {"amqp_url": rabbitmq.admin_url, "queue": koe, "amqps_port": amqps}
    options = Options(_truth(fyldt, mappe), kilde, seed=SEED, signed=True, **amqp)  # type: ignore[arg-type]
    source = Kilde(options)
    assert source.simulator.sikkerhed is not None
    kept = source.simulator.sikkerhed.noegler
    settings = verdener.make_settings(mappe, _database(server, fyldt, "flows_signeret"), options, port) | {
        "ORGRAF_CERTIFICATE": str(pkcs12_i(mappe / "anvender.p12", kept.anvender, verdener.KODEORD)),
        "ORGRAF_CERTIFICATE_PASSWORD": verdener.KODEORD,
        "ORGRAF_STS_URL": f"http://127.0.0.1:{kilde}{STS}",
        "ORGRAF_STS_ISSUER": UDSTEDER,
        "ORGRAF_STS_CERTIFICATES": str(kept.certifikat(noegler.STS)),
        "ORGRAF_SOURCE_CERTIFICATES": str(kept.certifikat(noegler.TJENESTE)),
        "ORGRAF_AMQP_URL": f"amqps://127.0.0.1:{amqps}/{VHOST}",
        "ORGRAF_AMQP_QUEUE": koe,
        "ORGRAF_AMQP_CA": str(kept.certifikat(noegler.BESKEDFORDELER)),
    }
    with verdener.running(source, settings, mappe) as running:
        yield running


@pytest.fixture(scope="session")
def stille_verden(
    tmp_path_factory: pytest.TempPathFactory, server: Embedded, fyldt: tuple[Path, str]
) -> Iterator[Verden]:
    """A server right after the first fill, and nothing else: what it answers is what the truth says."""
    mappe, (port, kilde) = tmp_path_factory.mktemp("stille_verden"), verdener.free_ports(2)
    options = Options(_truth(fyldt, mappe), kilde, seed=SEED)
    settings = verdener.make_settings(mappe, _database(server, fyldt, "flows_stille"), options, port)
    loaded = verdener.orgraf("klasser", settings["ORGRAF_KLASSER"], settings=settings)
    assert loaded.returncode == 0, loaded.stderr
    with verdener.answering(Kilde(options), settings, mappe) as running:
        yield running


@pytest.fixture(scope="session")
def sandhedens(stille_verden: Verden) -> Callable[[int | None], Facit]:
    """What the truth comes to at a moment in nanoseconds; None: now. Each moment is worked out once."""
    sandhed = stille_verden.kilde.sandhed
    alle = facit.nyeste(sandhed)
    nu_ns = time.time_ns()

    @cache
    def til(ns: int | None) -> Facit:
        return Facit(alle, str(sandhed.organisation), nu_ns if ns is None else ns)

    return til


@pytest.fixture
async def laeser(stille_verden: Verden) -> AsyncIterator[Frontend]:
    """A client of `stille_verden`."""
    async with httpx.AsyncClient(base_url=stille_verden.url, timeout=DEADLINE_S) as http:
        yield Frontend(stille_verden, http)


@pytest.fixture(params=["push, replace", "AMQP, merge"])
def hver_verden(request: pytest.FixtureRequest) -> Verden:
    """Both worlds in turn: whatever the door and whatever `ret` does with what is left out."""
    found = request.getfixturevalue("verden" if request.param.startswith("push") else "anden_verden")
    assert isinstance(found, Verden)
    return found


@pytest.fixture
async def frontend(verden: Verden) -> AsyncIterator[Frontend]:
    """A client of `verden`."""
    async with httpx.AsyncClient(base_url=verden.url, timeout=DEADLINE_S) as http:
        yield Frontend(verden, http)


@pytest.fixture
async def klient(hver_verden: Verden) -> AsyncIterator[Frontend]:
    """A client of each world in turn."""
    async with httpx.AsyncClient(base_url=hver_verden.url, timeout=DEADLINE_S) as http:
        yield Frontend(hver_verden, http)


def _truth(fyldt: tuple[Path, str], mappe: Path) -> Path:
    return copy_of(fyldt[0], mappe / "sandhed")


def _database(server: Embedded, fyldt: tuple[Path, str], name: str) -> str:
    return postgres.clone(server, urlsplit(fyldt[1]).path.lstrip("/"), name)


async def _mailbox(url: str, koe: str) -> None:
    """The queue: it belongs to the Beskedfordeler, and is there before anybody reads."""
    async with await aio_pika.connect(url) as connection:
        channel = await connection.channel()
        await channel.declare_queue(koe, durable=True)

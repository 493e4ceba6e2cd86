"""Cases 33 and 34 of security.md 11: who is told our token, and what happens when it is refused or ends.

The strict door of the simulator stands before a real RabbitMQ.
"""

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pamqp.frame
import pytest
from aio_pika.exceptions import AuthenticationError
from pamqp.commands import Connection

from fkorg.beskedfordeler import external
from fkorg.beskedfordeler.amqp import Login, LoginSource, Postkasse, Ventetid, _connect, se_efter
from fkorg.beskedfordeler.external import LoginAfvist, UkendtServer
from fkorg.errors import NoAccess, Unavailable
from fkorg.security import saml, tls
from fkorg.security.saml import Krav
from simulator.amqpdoor import HILSEN
from simulator.sikkerhed import MODTAG
from simulator.sts import UDSTEDER
from tests.fkorg.beskedfordeler.postkasse import SHORT, Log, publish, waiting
from tests.fkorg.security import fixture
from tests.parts.rabbitmq import VHOST, Broker
from tests.simulator.doer import CVR, Sted, sted

MARGEN = timedelta(hours=8) - timedelta(minutes=5)
"""So old a token is renewed."""


@pytest.fixture(scope="session")
def noeglemappe(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("noegler")


@pytest.fixture
def her(noeglemappe: Path) -> Sted:
    return sted(noeglemappe)


def url(port: int) -> str:
    return f"amqps://127.0.0.1:{port}/{VHOST}"


@asynccontextmanager
async def emptied(login: LoginSource, koe: str, log: Log) -> AsyncIterator[None]:
    """The mailbox being emptied by whoever logs in so."""
    vent = {"genforbind": SHORT, "afvist": SHORT, "pause": SHORT}
    task = asyncio.create_task(Postkasse(login, koe, log.receive, log, stille_s=0.05, eftersyn_s=0.05, **vent).run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@asynccontextmanager
async def lytter(context: ssl.SSLContext, mekanismer: str) -> AsyncIterator[tuple[int, bytearray]]:
    """A server that offers these mechanisms: its port, and what it was told over TLS."""
    hoert, borte = bytearray(), asyncio.Event()

    async def hoer(laes: asyncio.StreamReader, skriv: asyncio.StreamWriter) -> None:
        hoert.extend(await laes.read(100))
        skriv.write(pamqp.frame.marshal(Connection.Start(server_properties={"x": "y"}, mechanisms=mekanismer), 0))
        while piece := await laes.read(100):
            hoert.extend(piece)
        skriv.close()
        borte.set()

    server = await asyncio.start_server(hoer, "127.0.0.1", 0, ssl=context)
    async with server:
        yield server.sockets[0].getsockname()[1], hoert
        if hoert:
            await borte.wait()


async def test_33_a_server_whose_certificate_is_not_trusted_is_told_nothing(her: Sted) -> None:
    context = tls.doer([], kraevet=False)
    tls.vis(context, fixture.noegle(fixture.FREMMED))

    async with lytter(context, "EXTERNAL") as (port, hoert):
        with pytest.raises(UkendtServer):
            await _connect(await her.login(port)())
        assert not hoert


async def test_33_a_server_of_another_host_is_told_nothing(her: Sted) -> None:
    async with her.door("amqp://127.0.0.1:1").aaben("127.0.0.2", 0) as port:
        with pytest.raises(UkendtServer):
            await _connect(await her.login(port, vaert="127.0.0.2")())


@pytest.mark.parametrize("mekanismer", ["PLAIN AMQPLAIN", "EXTERNALS", ""])
async def test_33_where_external_is_not_offered_no_token_is_sent(her: Sted, mekanismer: str) -> None:
    context = her.door("").tls()

    async with lytter(context, mekanismer) as (port, hoert):
        with pytest.raises(AuthenticationError):
            await _connect(await her.login(port)())
    assert bytes(hoert) == HILSEN


async def test_33_a_token_never_goes_where_the_server_is_not_verified(her: Sted) -> None:
    blind = her.tls()
    blind.check_hostname = False
    for url, context in (
        ("amqp://127.0.0.1:1/BF", her.tls()),
        ("amqps://127.0.0.1:1/BF", blind),
        ("amqps://x/BF", None),
    ):
        with pytest.raises(ValueError, match="verified server"):
            await _connect(Login(url, context, "<Assertion/>"))


async def test_33_a_refused_token_is_renewed_once_and_then_waited_with(her: Sted, rabbitmq: Broker, koe: str) -> None:
    log, fetched = Log(), []

    def chance() -> float:
        fetched.append(len(her.hentet))
        return 1.0

    async with her.door(rabbitmq.url).aaben("127.0.0.1", 0) as port:
        login = her.login(port, cvr="22222222")
        await login()
        her.now += timedelta(minutes=1)
        postkasse = Postkasse(login, koe, log.receive, log, afvist=Ventetid(0.01, 0.02), chance=chance)
        task = asyncio.create_task(postkasse.run())
        await log.until("afbrudt", "afbrudt", "afbrudt")
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    assert "forbundet" not in log.seen
    assert fetched[:3] == [1, 2, 2], "before each wait: one that was only just fetched is not fetched again"


async def test_33_a_token_that_was_renewed_is_taken(her: Sted, rabbitmq: Broker, koe: str) -> None:
    log, door = Log(), her.door(rabbitmq.url)
    await publish(rabbitmq, koe, "1")

    async with door.aaben("127.0.0.1", 0) as port:
        login = her.login(port)
        await login()
        her.now += timedelta(minutes=1)
        her.nyt_sts(fixture.noegle("andet sts"))
        async with emptied(login, koe, log):
            await log.until("1", "tomt")

    assert log.seen[:2] == ["afbrudt", "forbundet"]
    assert door.logins == ["signatur", her.hentet[1].token.id]


async def test_33_the_doctor_is_told_which_no_it_was_and_never_the_token(her: Sted, rabbitmq: Broker, koe: str) -> None:
    await publish(rabbitmq, koe, "1")
    async with her.door(rabbitmq.url).aaben("127.0.0.1", 0) as port:
        assert await se_efter(her.login(port), koe) == (1, 0)
        with pytest.raises(NoAccess, match="LoginAfvist") as caught:
            await se_efter(her.login(port, cvr="22222222"), koe)
        her.away = Unavailable("the token service is out of reach")
        with pytest.raises(Unavailable, match="the token service"):
            await se_efter(her.login(port, cvr="33333333"), koe)
    assert isinstance(caught.value.__cause__, LoginAfvist)
    assert "Assertion" not in str(caught.value.__cause__) + str(caught.value.__cause__.__cause__)


@pytest.mark.parametrize("kode", [320, 403])
async def test_34_a_close_in_the_middle_costs_no_message_and_brings_a_new_token(
    her: Sted, rabbitmq: Broker, koe: str, kode: int
) -> None:
    log, door = Log(), her.door(rabbitmq.url)
    log.refuse["2"] = 10**9
    await publish(rabbitmq, koe, "1", "2", "3")

    async with door.aaben("127.0.0.1", 0) as port, emptied(her.login(port), koe, log):
        await log.until("1", "pause")
        her.now += timedelta(minutes=1)
        door.luk(kode, "ACCESS_REFUSED")
        await log.until("afbrudt")
        log.refuse.clear()
        await log.until("1", "2", "3", "forbundet", "forbundet", "tomt")

    assert len(door.logins) == len(her.hentet) == len(set(door.logins)) == 2
    assert [one for one in log.seen if one.isdigit()] == ["1", "2", "3"]
    assert await waiting(rabbitmq, koe) == 0


async def test_34_a_broker_that_hangs_up_without_a_word_is_called_again(her: Sted, rabbitmq: Broker, koe: str) -> None:
    log, door = Log(), her.door(rabbitmq.url)

    async with contextlib.AsyncExitStack() as stack:
        async with door.aaben("127.0.0.1", 0) as port:
            await stack.enter_async_context(emptied(her.login(port), koe, log))
            await log.until("tomt")
        await log.until("afbrudt")
        await publish(rabbitmq, koe, "1")
        await stack.enter_async_context(door.aaben("127.0.0.1", port))
        await log.until("1", "forbundet", "forbundet")


async def test_34_before_the_token_ends_there_is_another_and_nobody_notices(
    her: Sted, rabbitmq: Broker, koe: str
) -> None:
    log, door = Log(), her.door(rabbitmq.url)
    numbers = [str(number) for number in range(40)]

    async with door.aaben("127.0.0.1", 0) as port, emptied(her.login(port), koe, log):
        await log.until("tomt")
        await publish(rabbitmq, koe, *numbers[:20])
        her.now += MARGEN
        await publish(rabbitmq, koe, *numbers[20:])
        await log.until(*numbers, "forbundet", "forbundet")
        await log.until(*["tomt"] * (log.seen.count("tomt") + 1))

    assert "afbrudt" not in log.seen
    assert [one for one in log.seen if one.isdigit()] == numbers
    assert door.logins == [one.token.id for one in her.hentet]
    assert await waiting(rabbitmq, koe) == 0


async def test_34_while_no_new_token_is_to_be_had_the_old_connection_goes_on(
    her: Sted, rabbitmq: Broker, koe: str
) -> None:
    log, door = Log(), her.door(rabbitmq.url)

    async with door.aaben("127.0.0.1", 0) as port, emptied(her.login(port), koe, log):
        await log.until("tomt")
        her.away = Unavailable("the token service is out of reach")
        her.now += timedelta(hours=8)
        await publish(rabbitmq, koe, "1")
        await log.until("1", "tomt", "tomt")
        assert log.seen.count("forbundet") == 1
        her.away = None
        await log.until("forbundet", "forbundet")

    assert "afbrudt" not in log.seen


async def test_34_a_token_that_ended_under_way_is_followed_by_a_new_one(her: Sted, rabbitmq: Broker, koe: str) -> None:
    log, door = Log(), her.door(rabbitmq.url)
    her.levetid(timedelta(milliseconds=500))

    async with door.aaben("127.0.0.1", 0) as port:
        login = her.login(port)
        gammel = await login()

        async def first_the_old_one() -> Login:
            return gammel if her.away is not None else await login()

        her.away = Unavailable("the token service is out of reach")
        async with emptied(first_the_old_one, koe, log):
            await log.until("forbundet", "afbrudt")
            her.levetid(timedelta(hours=8))
            her.away = None
            await publish(rabbitmq, koe, "1")
            await log.until("1", "forbundet", "forbundet")

    assert door.logins[-1] == her.hentet[-1].token.id != her.hentet[0].token.id


async def test_the_certificate_is_shown_in_the_handshake_when_that_is_asked_for(
    her: Sted, rabbitmq: Broker, koe: str
) -> None:
    door, token = her.door(rabbitmq.url), external.tekst(await her.tokens.token(MODTAG, CVR))
    async with door.aaben("127.0.0.1", 0) as port:
        for noegle, viste in ((None, 0), (her.noegler.anvender, 1)):
            async with await _connect(Login(url(port), her.tls(noegle), token)):
                assert door.viste == viste
        with pytest.raises(ConnectionError):
            await _connect(Login(url(port), her.tls(fixture.noegle(fixture.FREMMED)), token))
    assert len(door.logins) == 2


def test_the_assertion_goes_out_as_it_is_without_a_declaration(her: Sted) -> None:
    text = her.udsted()
    for before in (b"", b"<?xml version='1.0' encoding='UTF-8'?>\n", b"\xef\xbb\xbf"):
        krav = Krav([her.noegler.sts.certifikat], UDSTEDER, MODTAG)
        assert external.tekst(saml.efterproev(before + text, krav, her.now)).encode() == text

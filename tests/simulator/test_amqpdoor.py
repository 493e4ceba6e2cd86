"""The strict door before a broker: which logins it takes, and how it says no."""

import asyncio
import base64
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from pathlib import Path

import pamqp.frame
import pytest
from pamqp.commands import Connection

from fkorg.security.verifier import Afvist, Grund
from simulator.amqpdoor import HILSEN, Stroem
from simulator.server import Options, open_simulator
from simulator.sikkerhed import MODTAG, MODTAGER
from tests.fkorg.security import fixture
from tests.parts.rabbitmq import Broker
from tests.simulator.doer import CVR, Sted, sted

KAN = {"capabilities": {"authentication_failure_close": True}}


@pytest.fixture(scope="module")
def noeglemappe(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("noegler")


@pytest.fixture
def her(noeglemappe: Path) -> Sted:
    return sted(noeglemappe)


def changed(text: bytes) -> str:
    return text.decode().replace("11111111", "11111112")


def by_another(her: Sted) -> str:
    text = her.udsted()
    her.nyt_sts(fixture.noegle(fixture.FREMMED))
    return text.decode()


def of_another(her: Sted) -> str:
    fremmed = fixture.noegle(fixture.FREMMED).certifikat
    return her.sikkerhed.tokens.udsted(fremmed, CVR, MODTAG, her.now).decode()


def ended(her: Sted) -> str:
    text = her.udsted()
    her.now += timedelta(hours=8, minutes=1)
    return text.decode()


def early(her: Sted) -> str:
    her.now += timedelta(minutes=2)
    text = her.udsted()
    her.now -= timedelta(minutes=2)
    return text.decode()


REFUSED: dict[str, tuple[Callable[[Sted], str], Grund]] = {
    "nothing": (lambda _: "", Grund.ASSERTION),
    "no XML": (lambda _: "<", Grund.XML),
    "with a declaration": (lambda her: f"<?xml version='1.0'?>{her.udsted().decode()}", Grund.ASSERTION),
    "in Base64": (lambda her: base64.b64encode(her.udsted()).decode(), Grund.ASSERTION),
    "changed": (lambda her: changed(her.udsted()), Grund.SIGNATUR),
    "by another issuer's key": (by_another, Grund.SIGNATUR),
    "for another audience": (lambda her: her.udsted(MODTAGER).decode(), Grund.MODTAGER),
    "for another municipality": (lambda her: her.udsted(cvr="22222222").decode(), Grund.CVR),
    "ended": (ended, Grund.GYLDIGHED),
    "not begun": (early, Grund.GYLDIGHED),
    "for somebody else's key": (of_another, Grund.BEKRAEFTELSE),
}


@pytest.mark.parametrize("token, grund", REFUSED.values(), ids=REFUSED)
def test_33_a_token_that_does_not_prove_itself_opens_nothing(
    her: Sted, token: Callable[[Sted], str], grund: Grund
) -> None:
    with pytest.raises(Afvist) as caught:
        her.sikkerhed.proev_login(token(her))
    assert caught.value.grund is grund


@asynccontextmanager
async def ringet_op(port: int, her: Sted, hilsen: bytes = HILSEN) -> AsyncIterator[Stroem]:
    laes, skriv = await asyncio.open_connection("127.0.0.1", port, ssl=her.tls())
    skriv.write(hilsen)
    try:
        yield laes, skriv
    finally:
        skriv.close()
        with suppress(OSError):
            await skriv.wait_closed()


@asynccontextmanager
async def hils(port: int, her: Sted) -> AsyncIterator[Stroem]:
    """A client that has been offered the mechanisms."""
    async with ringet_op(port, her) as (laes, skriv):
        start = await metode(laes)
        assert isinstance(start, Connection.Start)
        assert start.mechanisms == "EXTERNAL"
        assert start.server_properties["product"] == "RabbitMQ", "what the broker can is told as it tells it"
        yield laes, skriv


async def metode(laes: asyncio.StreamReader) -> object:
    hoved = await laes.readexactly(7)
    return pamqp.frame.unmarshal(hoved + await laes.readexactly(int.from_bytes(hoved[3:]) + 1))[2]


def ok(mekanisme: str = "EXTERNAL", svar: str = "<x/>", **kan: object) -> bytes:
    return pamqp.frame.marshal(Connection.StartOk(kan or KAN, mekanisme, svar), 0)  # type: ignore[arg-type]


@pytest.mark.parametrize("mekanisme", ["EXTERNAL", "PLAIN"])
async def test_33_who_is_refused_and_can_be_told_is_told(her: Sted, rabbitmq: Broker, mekanisme: str) -> None:
    door = her.door(rabbitmq.url)
    async with asyncio.timeout(20), door.aaben("127.0.0.1", 0) as port, hils(port, her) as (laes, skriv):
        skriv.write(ok(mekanisme))
        lukket = await metode(laes)
        assert isinstance(lukket, Connection.Close)
        assert (lukket.reply_code, lukket.reply_text) == (403, "ACCESS_REFUSED")
        skriv.write(pamqp.frame.marshal(Connection.CloseOk(), 0))
        assert await laes.read() == b""


async def test_33_who_cannot_be_told_is_dropped(her: Sted, rabbitmq: Broker) -> None:
    frames = {"it knows no such close": ok(capabilities={}), "a frame too long": b"\x01\0\0\0\x02\0\0" + b"x" * 9}
    async with asyncio.timeout(20), her.door(rabbitmq.url).aaben("127.0.0.1", 0) as port:
        for frame in frames.values():
            async with hils(port, her) as (laes, skriv):
                skriv.write(frame)
                assert await laes.read() == b""


async def test_a_login_is_longer_than_the_broker_takes_and_reaches_the_door_alone(her: Sted, rabbitmq: Broker) -> None:
    """The broker has its factory settings: 4096 bytes before it is tuned."""
    door, login = her.door(rabbitmq.url), ok(svar=her.udsted().decode())
    async with asyncio.timeout(20), door.aaben("127.0.0.1", 0) as port, hils(port, her) as (laes, skriv):
        skriv.write(login)
        assert isinstance(await metode(laes), Connection.Tune)
    assert len(login) > 4096


async def test_another_protocol_is_told_which_one_it_is(her: Sted) -> None:
    door = her.door("amqp://127.0.0.1:1")
    async with asyncio.timeout(20), door.aaben("127.0.0.1", 0) as port, ringet_op(port, her, b"GET / HT") as (laes, _):
        assert await laes.read() == HILSEN


@pytest.mark.parametrize("but", [{"signed": False}, {"amqp_url": None, "queue": None}], ids=["unsigned", "no broker"])
def test_a_door_for_nothing_is_refused(tmp_path: Path, but: dict[str, object]) -> None:
    given: dict[str, object] = {"signed": True, "amqp_url": "amqp://127.0.0.1/BF", "queue": "x", "amqps_port": 5671}
    with pytest.raises(ValueError, match="--amqps-port"):
        open_simulator(Options(tmp_path, **given | but))  # type: ignore[arg-type]

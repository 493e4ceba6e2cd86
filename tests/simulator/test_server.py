"""The simulator over HTTP: the official paths, the small doors, push to a listening receiver."""

import asyncio
import queue
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID, uuid4

import aio_pika
import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fkorg.beskedfordeler.push import KVITTERET
from fkorg.catalogue import Objekttype
from fkorg.operationer import Anmodning, Laes, LaesSvar, Ret, operation
from fkorg.registrering import Lister
from fkorg.wire import besked_xml
from fkorg.wire.anmodning_xml import write_anmodning
from fkorg.wire.soap_xml import Hoved, read_kuvert, write_kuvert
from fkorg.wire.svar_xml import read_svar
from simulator.fejl import Fejl
from simulator.sandhed import Sandhed
from simulator.server import Options, Simulator, make_app, open_simulator
from tests.parts.rabbitmq import Broker
from tests.simulator.live import live, serving

ENHED = Objekttype.ORGANISATION_ENHED


@pytest.fixture
def simulator(sandhed: Sandhed, fejl: Fejl) -> Simulator:
    return Simulator(sandhed, fejl)


@pytest.fixture
async def client(simulator: Simulator) -> AsyncIterator[httpx.AsyncClient]:
    app = make_app(Options(Path()), simulator)
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://simulator") as client:
            yield client


def _body(anmodning: Anmodning) -> bytes:
    return write_kuvert(write_anmodning(anmodning), Hoved("en-transaktion", message_id="urn:uuid:1"))


@pytest.mark.parametrize("path", ["/organisation/organisationenhed/6", "/organisation/organisationenhed/6/"])
async def test_a_service_answers_at_both_spellings_of_its_path(
    path: str, client: httpx.AsyncClient, sandhed: Sandhed
) -> None:
    answer = await client.post(path, content=_body(Laes(ENHED, sandhed.ramme.uuid("enhed", 3))))

    kuvert = read_kuvert(answer.content)
    svar = read_svar(kuvert.krop)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/soap+xml; charset=utf-8")
    assert isinstance(svar, LaesSvar)
    assert svar.billede is not None
    assert (kuvert.hoved.transaktions_id, kuvert.hoved.relates_to) == ("en-transaktion", "urn:uuid:1")


async def test_a_service_that_there_is_not_is_404(client: httpx.AsyncClient) -> None:
    assert (await client.post("/organisation/sag/6", content=b"")).status_code == 404


async def test_a_get_without_wsdl_is_405(client: httpx.AsyncClient) -> None:
    assert (await client.get("/organisation/bruger/6")).status_code == 405


async def test_faults_are_set_while_it_runs(client: httpx.AsyncClient) -> None:
    set_to = await client.post("/fejl", json={"lag": 1.5, "swallow": "0.5"})
    wrong = await client.post("/fejl", json={"lag": "x"})

    plan = (await client.get("/fejl")).json()["plan"]
    assert (set_to.status_code, wrong.status_code) == (200, 400)
    assert (plan["lag"], plan["swallow"]) == ("1.5", "0.5")


async def test_the_truth_can_be_asked(client: httpx.AsyncClient, sandhed: Sandhed) -> None:
    uuid = sandhed.ramme.uuid("enhed", 3)

    found = (await client.get(f"/sandhed/ORGANISATION_ENHED/{uuid}")).json()

    assert [one["tidspunktNs"] for one in found] == [reg.tidspunkt_ns for reg in sandhed.registreringer(ENHED, uuid)]
    assert found[-1]["egenskaber"]
    assert (await client.get(f"/sandhed/BRUGER/{UUID(int=1)}")).status_code == 404
    assert (await client.get(f"/sandhed/SAG/{uuid}")).status_code == 404


async def test_a_message_can_be_provoked(client: httpx.AsyncClient) -> None:
    made = await client.post("/besked", json={"objekttype": "BRUGER", "uuid": str(UUID(int=1))})
    wrong = await client.post("/besked", json={"objekttype": "BRUGER"})

    beskeder = (await client.get("/beskeder")).json()
    assert (made.status_code, wrong.status_code) == (202, 400)
    assert [besked["uuid"] for besked in beskeder] == [str(UUID(int=1))]


async def test_it_says_what_it_is(client: httpx.AsyncClient, sandhed: Sandhed) -> None:
    said = (await client.get("/")).json()

    assert (said["cvr"], said["size"]) == ("11111111", "small")
    assert said["organisation"] == str(sandhed.organisation)
    assert said["objekter"]["BRUGER"] > 1_500


async def test_a_change_is_pushed_to_the_door(sandhed: Sandhed) -> None:
    got: queue.Queue[bytes] = queue.Queue()

    async def modtag(request: Request) -> Response:
        got.put(await request.body())
        return Response(KVITTERET, media_type="application/xml")

    anmodning = Ret(ENHED, sandhed.ramme.uuid("enhed", 3), Lister())
    receiver = Starlette(routes=[Route("/modtag", modtag, methods=["POST"])])
    with serving(receiver) as door, live(sandhed, Options(Path(), push_url=f"{door}/modtag")) as running:
        async with httpx.AsyncClient() as client:
            await client.post(f"{running.url}/organisation/{operation(anmodning).sti}/6", content=_body(anmodning))
        body = await asyncio.to_thread(got.get, timeout=10)

    assert besked_xml.read(body).uuid == anmodning.uuid


async def test_a_change_is_published_to_the_queue(sandhed: Sandhed, rabbitmq: Broker) -> None:
    koe, anmodning = str(uuid4()), Ret(ENHED, sandhed.ramme.uuid("enhed", 3), Lister())
    async with await aio_pika.connect(rabbitmq.admin_url) as connection:
        channel = await connection.channel()
        queue = await channel.declare_queue(koe, durable=True)
        with live(sandhed, Options(Path(), amqp_url=rabbitmq.admin_url, queue=koe)) as running:
            async with httpx.AsyncClient() as client:
                await client.post(f"{running.url}/organisation/{operation(anmodning).sti}/6", content=_body(anmodning))
            async with queue.iterator(timeout=20) as arriving:
                message = await anext(arriving)
                await message.ack()

    besked = besked_xml.read(message.body)
    assert (besked.uuid, besked.besked_id) == (anmodning.uuid, message.message_id)


WRONG = {
    "another size": {"size": "tiny"},
    "a queue without broker": {"queue": "q"},
    "another way of ret": {"ret": "guess"},
    "an unknown fault": {"fault": ["slaw=1"]},
}


@pytest.mark.parametrize("options", WRONG.values(), ids=WRONG)
def test_options_that_cannot_be_are_refused(options: dict[str, str], tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="wanted"):
        open_simulator(Options(tmp_path / "ny", **options))  # type: ignore[arg-type]  # wrong on purpose

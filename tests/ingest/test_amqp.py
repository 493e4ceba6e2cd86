"""From a real RabbitMQ to rows: a message is acknowledged when it is committed, and the channel's state follows."""

import asyncio
from collections.abc import Sequence
from uuid import uuid4

from fkorg.beskedfordeler.amqp import Postkasse, Udgiver, samme_login
from fkorg.catalogue import Objekttype
from ingest import worker as working
from ingest.kanal import Kanal
from model import feed_state
from tests import registreringer as r
from tests.ingest.conftest import Hus
from tests.ingest.test_receive import besked
from tests.parts.rabbitmq import Broker
from tests.registreringer import uuid

ENHED = Objekttype.ORGANISATION_ENHED


class Hoert(Kanal):
    """A channel whose emptiness can be awaited."""

    empty: asyncio.Event

    def tomt(self, alder_s: float = 0.0, forbrugere: int = 1) -> None:
        super().tomt(alder_s, forbrugere)
        self.empty.set()


async def test_messages_of_a_mailbox_reach_the_rows_and_garbage_does_not_block(
    fuldt_hus: Hus, rabbitmq: Broker, koe: str, dsn: str
) -> None:
    hus = fuldt_hus
    hus.kilde.put(ENHED, uuid("skole"), r.enhed("Friskolen", tid=100))
    kanal = Hoert(hus.pool, r.KOMMUNE, feed_state.AMQP, hus.ur)
    kanal.empty, applied = asyncio.Event(), asyncio.Event()

    async def modtag(bodies: Sequence[bytes]) -> None:
        async with kanal.besked():
            await hus.modtager.modtag_mange(bodies, feed_state.AMQP, hus.ur())

    udgiver = Udgiver(samme_login(rabbitmq.admin_url), koe)
    for body in (b"ikke xml", besked("skole", ENHED, tid=100), besked("skole", ENHED, tid=100)):
        await udgiver.publish(body, str(uuid4()))
    tasks = [
        asyncio.create_task(Postkasse(samme_login(rabbitmq.url), koe, modtag, kanal, stille_s=0.05).run()),
        asyncio.create_task(working.run(hus.worker, dsn, clock=hus.ur, efter=lambda _: applied.set())),
    ]
    async with asyncio.timeout(20):
        await applied.wait()
        await kanal.empty.wait()
    await kanal.beat()
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await udgiver.aclose()

    assert await hus.rows(
        "select enhedsnavn from organisation_enhed where uuid = $1 and registreret_til = 9223372036854775807",
        uuid("skole"),
    ) == [("Friskolen",)]
    assert await hus.rows("select reason from parked") == [
        ("malformed: wanted well-formed XML, found an error at line 1, column 1",)
    ]
    assert await hus.rows("select connected_since is not null, last_empty_at from feed_state where kanal = 'AMQP'") == [
        (True, hus.ur())
    ]

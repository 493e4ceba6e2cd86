"""A real RabbitMQ: messages are acknowledged when received and not before, whatever breaks."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import aio_pika
import pytest

from fkorg.beskedfordeler import amqp
from fkorg.beskedfordeler.amqp import AFVIST, Login, Postkasse, Udgiver, Ventetid, samme_login
from fkorg.errors import Unavailable
from tests.fkorg.beskedfordeler.postkasse import SHORT, Log, publish, waiting
from tests.parts.rabbitmq import Broker


@asynccontextmanager
async def emptied(rabbitmq: Broker, koe: str, log: Log, prefetch: int = 100) -> AsyncGenerator[None, None]:
    """The mailbox being emptied by one who may read and nothing else."""
    postkasse = Postkasse(
        samme_login(rabbitmq.url),
        koe,
        log.receive,
        log,
        prefetch=prefetch,
        genforbind=SHORT,
        pause=SHORT,
        stille_s=0.05,
    )
    task = asyncio.create_task(postkasse.run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@pytest.mark.parametrize("prefetch", [1, 100])
async def test_messages_come_in_order_and_the_empty_mailbox_is_told(rabbitmq: Broker, koe: str, prefetch: int) -> None:
    log = Log()
    await publish(rabbitmq, koe, "1", "2", "3")

    async with emptied(rabbitmq, koe, log, prefetch):
        await log.until("3", "tomt")
        await publish(rabbitmq, koe, "4")
        await log.until("4", "tomt", "tomt")

    assert [one for one in log.seen if one.isdigit()] == ["1", "2", "3", "4"]
    assert log.seen[0] == "forbundet"
    assert log.seen.index("3") < log.seen.index("tomt") < log.seen.index("4")
    assert await waiting(rabbitmq, koe) == 0


async def test_what_has_arrived_is_received_together_and_one_at_fault_alone(rabbitmq: Broker, koe: str) -> None:
    log = Log()
    log.refuse["17"] = 2
    numbers = [str(number) for number in range(30)]
    await publish(rabbitmq, koe, *numbers)

    async with emptied(rabbitmq, koe, log):
        await log.until(*numbers, "tomt")

    assert max(log.sizes) > 1
    assert [one for one in log.seen if one.isdigit()] == numbers
    assert log.seen.count("pause") == 2, "while it came alone, not while it came with others"
    assert await waiting(rabbitmq, koe) == 0


async def test_a_mailbox_that_is_never_quiet_for_long_is_asked_all_the_same(rabbitmq: Broker, koe: str) -> None:
    log = Log()
    numbers = [str(number) for number in range(12)]

    async with emptied(rabbitmq, koe, log):
        for number in numbers:  # a message each 0.2 s: it is quiet for 0.25 s at no time
            await publish(rabbitmq, koe, number)
            await asyncio.sleep(0.2)
        told = log.seen.count("tomt")

    assert [one for one in log.seen if one.isdigit()] == numbers
    assert told >= 1


async def test_whoever_else_takes_from_the_mailbox_is_counted_until_the_broker_has_given_him_up(
    rabbitmq: Broker, koe: str
) -> None:
    """What he took and has not kept is in no queue: only the count tells that there may be something."""
    log = Log()

    async with await aio_pika.connect(rabbitmq.url) as other:
        queue = await (await other.channel()).get_queue(koe, ensure=False)
        taken: asyncio.Queue[object] = asyncio.Queue()
        await queue.consume(taken.put)
        await publish(rabbitmq, koe, "1")
        await taken.get()
        async with emptied(rabbitmq, koe, log):
            await log.until("tomt of 2")
            await other.close()
            await log.until("1", "tomt")

    assert log.seen.index("tomt of 2") < log.seen.index("1") < log.seen.index("tomt")


async def test_a_message_that_cannot_be_received_is_tried_again_and_nothing_overtakes_it(
    rabbitmq: Broker, koe: str
) -> None:
    log = Log()
    log.refuse["1"] = 3
    await publish(rabbitmq, koe, "1", "2")

    async with emptied(rabbitmq, koe, log):
        await log.until("2", "pause", "pause", "pause")

    assert [one for one in log.seen if one.isdigit()] == ["1", "2"]
    assert log.seen.count("forbundet") == 1


async def test_a_message_that_was_not_received_stays_in_the_mailbox(rabbitmq: Broker, koe: str) -> None:
    log = Log()
    log.refuse["1"] = 10**9
    await publish(rabbitmq, koe, "1", "2")

    async with emptied(rabbitmq, koe, log):
        await log.until("pause")

    assert await waiting(rabbitmq, koe) == 2


async def test_a_broker_that_is_killed_loses_nothing(rabbitmq: Broker, koe: str) -> None:
    log = Log()
    await publish(rabbitmq, koe, "1")

    async with emptied(rabbitmq, koe, log):
        await log.until("1", "tomt")
        rabbitmq.kill()
        await log.until("afbrudt")
        await asyncio.to_thread(rabbitmq.run)
        await publish(rabbitmq, koe, "2")
        await log.until("2", "forbundet", "forbundet", "tomt", "tomt")

    assert await waiting(rabbitmq, koe) == 0


async def test_a_mailbox_that_does_not_exist_is_told_and_tried_again(rabbitmq: Broker) -> None:
    log = Log()

    async with emptied(rabbitmq, str(uuid4()), log):
        await log.until("afbrudt", "afbrudt")

    assert "forbundet" not in log.seen


async def test_publishing_to_a_mailbox_that_does_not_exist_is_unavailable(rabbitmq: Broker) -> None:
    with pytest.raises(Unavailable):
        await publish(rabbitmq, str(uuid4()), "1")


async def test_publishing_goes_on_after_the_broker_came_back(rabbitmq: Broker, koe: str) -> None:
    udgiver = Udgiver(samme_login(rabbitmq.admin_url), koe)
    await udgiver.publish(b"1", "1")
    rabbitmq.kill()

    with pytest.raises(Unavailable):
        await udgiver.publish(b"2", "2")
    await asyncio.to_thread(rabbitmq.run)
    await udgiver.publish(b"3", "3")
    await udgiver.aclose()

    assert await waiting(rabbitmq, koe) == 2


async def test_a_message_fetched_at_the_border_of_two_bursts_is_not_lost(rabbitmq: Broker, koe: str) -> None:
    log = Log()
    numbers = [str(n) for n in range(200)]

    async with emptied(rabbitmq, koe, log):
        for start in range(0, 200, 20):
            await publish(rabbitmq, koe, *numbers[start : start + 20])
        await log.until(*numbers)

    assert sorted((one for one in log.seen if one.isdigit()), key=int) == numbers


def test_waiting_doubles_up_to_its_bound() -> None:
    assert [Ventetid(1, 10).efter(failures) for failures in (1, 2, 3, 4, 5, 500)] == [1, 2, 4, 8, 10, 10]
    assert [AFVIST.efter(500, chance) for chance in (0, 0.5, 1)] == [150, 225, 300]


def test_a_login_does_not_show_its_password() -> None:

    assert "hemmelig" not in repr(Login("amqp://laeser:hemmelig@127.0.0.1/BF", token="<hemmelig/>"))


async def test_a_broker_that_is_not_there_leaves_no_connection_open(monkeypatch: pytest.MonkeyPatch) -> None:
    """An open one would try to close itself whenever the garbage collector finds it, in a loop or not."""
    made: list[aio_pika.Connection] = []

    class Remembered(aio_pika.Connection):
        def __init__(self, *given: Any, **more: Any) -> None:
            super().__init__(*given, **more)
            made.append(self)

    monkeypatch.setattr(aio_pika, "Connection", Remembered)
    with pytest.raises(ConnectionError):
        await amqp._connect(Login("amqp://orgraf:orgraf@127.0.0.1:1/BF"))

    assert [one.is_closed for one in made] == [True]

import socket
from collections.abc import Callable
from urllib.parse import urlsplit

import aio_pika
import aiormq
import asyncpg
import pytest
from playwright.async_api import Browser

from tests.parts.rabbitmq import Broker


async def test_each_test_has_a_database_of_its_own(dsn: str, new_dsn: Callable[[], str]) -> None:
    other = new_dsn()

    connection = await asyncpg.connect(dsn)
    await connection.execute("create table mine (number int)")
    await connection.close()

    connection = await asyncpg.connect(other)
    assert await connection.fetchval("select to_regclass('mine')") is None
    await connection.close()


async def test_a_persistent_message_survives_kill_9_of_the_broker(rabbitmq: Broker) -> None:
    async with await aio_pika.connect(rabbitmq.admin_url) as admin:
        channel = await admin.channel()
        await channel.declare_queue("proof", durable=True)
        message = aio_pika.Message(b"kept", delivery_mode=aio_pika.DeliveryMode.PERSISTENT)
        await channel.default_exchange.publish(message, routing_key="proof")
    rabbitmq.kill()
    rabbitmq.run()

    async with await aio_pika.connect(rabbitmq.url) as reader:
        queue = await (await reader.channel()).get_queue("proof", ensure=False)
        kept = await queue.get()
        await kept.ack()

    assert kept.body == b"kept"


async def test_the_reader_of_the_mailbox_may_declare_nothing(rabbitmq: Broker) -> None:
    async with await aio_pika.connect(rabbitmq.url) as reader:
        channel = await reader.channel()
        with pytest.raises(aiormq.exceptions.ChannelAccessRefused):
            await channel.declare_queue("not-allowed", durable=True)


async def test_the_browser_renders_a_page(browser: Browser) -> None:
    page = await browser.new_page()

    await page.set_content("<h1>rødgrød</h1>")

    assert await page.inner_text("h1") == "rødgrød"


@pytest.mark.parametrize("address", [("192.0.2.1", 9), ("example.invalid", 80)])
def test_other_machines_cannot_be_reached(address: tuple[str, int]) -> None:
    with pytest.raises(RuntimeError, match="only loopback"):
        socket.create_connection(address, timeout=1)


def test_the_database_is_reached_by_its_socket(dsn: str) -> None:
    assert urlsplit(dsn).hostname is None

from uuid import uuid4

import aio_pika
import pytest

from tests.parts.rabbitmq import Broker


@pytest.fixture
async def koe(rabbitmq: Broker) -> str:
    """A durable mailbox, made by its owner."""
    name = str(uuid4())
    async with await aio_pika.connect(rabbitmq.admin_url) as connection:
        channel = await connection.channel()
        await channel.declare_queue(name, durable=True)
    return name

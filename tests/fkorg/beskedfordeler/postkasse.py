"""A mailbox at a real broker, and what its receiver sees."""

import asyncio
from collections.abc import Sequence
from uuid import uuid4

import aio_pika

from fkorg.beskedfordeler.amqp import Udgiver, Ventetid, samme_login
from tests.parts.rabbitmq import Broker

SHORT = Ventetid(0.01, 0.05)
DEADLINE_S = 20.0


class Log:
    """What was received and signalled, to be awaited."""

    def __init__(self) -> None:
        self.seen: list[str] = []
        self.refuse: dict[str, int] = {}
        self.sizes: list[int] = []
        self._changed = asyncio.Condition()

    async def receive(self, bodies: Sequence[bytes]) -> None:
        """All of them or none; one to be refused is so as often as was asked for when it comes alone."""
        self.sizes.append(len(bodies))
        numbers = [body.decode() for body in bodies]
        for number in numbers:
            if left := self.refuse.get(number, 0):
                self.refuse[number] = left - (len(numbers) == 1)
                raise OSError("the database is away")
        for number in numbers:
            await self.add(number)

    async def add(self, what: str) -> None:
        self.seen.append(what)
        async with self._changed:
            self._changed.notify_all()

    def _later(self, what: str) -> None:
        asyncio.get_running_loop().create_task(self.add(what)).add_done_callback(lambda task: task.result())

    def forbundet(self) -> None:
        self._later("forbundet")

    def tomt(self, alder_s: float = 0.0, forbrugere: int = 1) -> None:
        self._later("tomt" if forbrugere == 1 else f"tomt of {forbrugere}")

    def afbrudt(self, cause: BaseException) -> None:
        self._later("afbrudt")

    def pause(self, cause: BaseException) -> None:
        self._later("pause")

    async def until(self, *wanted: str) -> None:
        """Returns when all of these have been seen, with a deadline."""
        async with asyncio.timeout(DEADLINE_S), self._changed:
            await self._changed.wait_for(lambda: all(self.seen.count(one) >= wanted.count(one) for one in wanted))


async def publish(rabbitmq: Broker, koe: str, *bodies: str) -> None:
    udgiver = Udgiver(samme_login(rabbitmq.admin_url), koe)
    try:
        for body in bodies:
            await udgiver.publish(body.encode(), str(uuid4()))
    finally:
        await udgiver.aclose()


async def waiting(rabbitmq: Broker, koe: str) -> int:
    async with await aio_pika.connect(rabbitmq.admin_url) as connection:
        channel = await connection.channel()
        queue = await channel.declare_queue(koe, durable=True, passive=True)
        return queue.declaration_result.message_count or 0

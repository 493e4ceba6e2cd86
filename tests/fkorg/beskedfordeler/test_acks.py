"""What a broker is told of what was received: never of a message that was not."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from random import Random

from fkorg.beskedfordeler.acks import Acks


@dataclass
class Channel:
    """What is not acknowledged yet, and by how many frames the rest was."""

    out: set[int] = field(default_factory=set)
    frames: int = 0

    def deliver(self, *numbers: int) -> "list[Message]":
        self.out |= {*numbers}
        return [Message(self, number) for number in numbers]


@dataclass
class Message:
    channel: Channel
    delivery_tag: int | None

    async def ack(self, multiple: bool = False) -> None:
        upto = self.delivery_tag or 0
        self.channel.frames += 1
        self.channel.out -= {number for number in self.channel.out if number == upto or (multiple and number < upto)}


async def given(*groups: Sequence[int], delivered: int) -> Channel:
    """So many were delivered, and received in these groups."""
    channel, acks = Channel(), Acks()
    messages = {message.delivery_tag: message for message in channel.deliver(*range(1, delivered + 1))}
    for group in groups:
        await acks.give([messages[number] for number in group])
    return channel


async def test_what_was_received_together_is_told_by_one_frame() -> None:
    channel = await given([1, 2, 3], [4], [5, 6], delivered=8)

    assert (channel.out, channel.frames) == ({7, 8}, 3)


async def test_one_that_came_earlier_and_is_not_received_yet_stays_the_brokers() -> None:
    channel = await given([1, 2, 4], delivered=4)

    assert (channel.out, channel.frames) == ({3}, 3)


async def test_it_is_one_frame_again_when_the_missing_one_was_received() -> None:
    channel = await given([2, 1], [5, 4], [3], [6, 7], delivered=8)

    assert (channel.out, channel.frames) == ({8}, 5)


async def test_in_any_order_and_any_groups_exactly_what_was_received_is_told() -> None:
    for seed in range(300):
        rnd = Random(seed)
        order = list(range(1, 21))
        rnd.shuffle(order)
        received = order[: rnd.randint(1, 20)]
        cuts = sorted({0, len(received), *rnd.sample(range(len(received)), min(3, len(received)))})
        groups = [received[a:b] for a, b in pairwise(cuts)]

        channel = await given(*groups, delivered=20)

        assert channel.out == {*order} - {*received}

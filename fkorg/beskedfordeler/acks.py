"""Tells a broker what was received: many messages by one frame, where none that came before them is still to be
received. Knows no connection: that is the channel's, and its end forgets what was not acknowledged.
"""

from collections.abc import Awaitable, Sequence
from typing import Protocol


class Leveret(Protocol):
    """A message that one channel delivered."""

    @property
    def delivery_tag(self) -> int | None:
        """Its number on the channel, which counts from 1."""

    def ack(self, multiple: bool = False) -> Awaitable[None]:
        """It is received; `multiple`: and all that have lower numbers."""


class Acks:
    """Those of one channel."""

    def __init__(self) -> None:
        self._received = 0
        self._highest = 0

    async def give(self, messages: Sequence[Leveret]) -> None:
        """These have been received, each for the first time. When as many were received as the highest number says,
        none below it is missing. Raises what a broken connection raises.
        """
        last = max(messages, key=_number)
        self._received += len(messages)
        self._highest = max(self._highest, _number(last))
        if self._received == self._highest:
            await last.ack(multiple=True)
            return
        for message in messages:
            await message.ack()


def _number(message: Leveret) -> int:
    return message.delivery_tag or 0

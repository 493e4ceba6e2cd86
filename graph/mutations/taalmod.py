"""Patience: pauses that grow, until the time is up."""

import asyncio
from typing import Final

from graph.mutations.kontekst import Skrivere

LAENGSTE_PAUSE_S: Final = 1.0


class Taalmod:
    """As long as an answer waits for the source to show something."""

    def __init__(self, skrivere: Skrivere) -> None:
        self._now = asyncio.get_running_loop().time
        self._deadline = self._now() + skrivere.vent.total_seconds()
        self._pause = skrivere.pause.total_seconds()

    async def pause(self) -> bool:
        """Wait a little; False, at once, when the time is up."""
        if self._now() + self._pause >= self._deadline:
            return False
        await asyncio.sleep(self._pause)
        self._pause = min(1.5 * self._pause, LAENGSTE_PAUSE_S)
        return True

"""An event loop whose clock jumps: nothing is waited for, and the same seed runs the same way every time."""

import asyncio
import selectors
from collections.abc import Mapping
from typing import Any


class Fastlaast(Exception):
    """Everybody waits for something that nobody will do."""


class _Selector(selectors.BaseSelector):
    """No files; waiting moves the clock."""

    def __init__(self) -> None:
        self.now = 0.0

    def register(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        return selectors.SelectorKey(fileobj, 0, events, data)

    def unregister(self, fileobj: Any) -> selectors.SelectorKey:
        return selectors.SelectorKey(fileobj, 0, 0, None)

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None:
            raise Fastlaast("all tasks wait, and no timer is set")
        self.now += max(0.0, timeout)
        return []

    def get_map(self) -> Mapping[Any, selectors.SelectorKey]:
        return {}


class Loekke(asyncio.SelectorEventLoop):
    """Time is a number that starts at 0 seconds."""

    def __init__(self) -> None:
        self._hops = _Selector()
        super().__init__(self._hops)

    def time(self) -> float:
        return self._hops.now

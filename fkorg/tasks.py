"""Ending tasks of ours.

To await a cancelled task under `suppress(CancelledError)` takes a cancellation that was meant for us for the task's,
and forgets it: we go on, though told to end. Gathering tells the two apart.
"""

import asyncio
from typing import TypeVar

T = TypeVar("T")


async def cancelled(*tasks: "asyncio.Task[T]") -> list[T | BaseException]:
    """Cancel them and wait, so that what they held is let go before we go on. What each returned or failed with."""
    for task in tasks:
        task.cancel()
    return await asyncio.gather(*tasks, return_exceptions=True)


def hvor(task: "asyncio.Task[T]") -> str:
    """Where it waits: its coroutine and what that awaits, outermost first."""
    names: list[str] = []
    one: object = task.get_coro()
    while (name := getattr(one, "__qualname__", None)) is not None:
        names.append(name)
        one = getattr(one, "cr_await", None)
    return " > ".join(names)

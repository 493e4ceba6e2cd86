"""A reader who asks ten times a second while something is hurt, and will have an answer or be told when to come again.

Owns what answers are allowed. Refuses to know what is hurt.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.chaos.scene import Broken, Scene, until
from tests.flows.verden import CVR

ASK = {"query": f'{{ organisation(cvr: "{CVR}") {{ organisationEnhed {{ enhedsnavn }} }} }}'}
LATE_S = 2.0
"""An answer that takes longer than this hangs. With room for a machine of two cores that does all of this at once."""


@dataclass
class Reads:
    """What a reader met meanwhile: answers, refusals (503 with Retry-After), and how long the slowest took."""

    answered: int = 0
    refused: int = 0
    slowest_s: float = 0.0
    wrong: list[str] = field(default_factory=list)

    def shown(self) -> str:
        return f"{self.answered} reads answered, {self.refused} refused with 503, slowest {self.slowest_s:.1f} s"


@asynccontextmanager
async def during(work: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """It goes on while the block runs."""
    task = asyncio.create_task(work)
    try:
        yield
        if task.done():
            task.result()
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


@asynccontextmanager
async def reading(place: Scene) -> AsyncIterator[Reads]:
    """A reader asks while the block runs and until it is answered again. Raises Broken for an answer wrong or late."""
    reads = Reads()
    async with during(_read(place, reads)):
        yield reads
        before = reads.answered
        await until("reads are answered again", lambda: reads.answered > before)
    if reads.wrong or reads.slowest_s > LATE_S or reads.answered < 2:
        raise Broken(f"{reads.answered} reads answered, slowest {reads.slowest_s:.1f} s; {reads.wrong[:3]}")


async def _read(place: Scene, reads: Reads) -> None:
    """Ask ten times a second. Answered with data, or refused in the way that clients understand; nothing else."""
    headers = {"authorization": f"Bearer {place.tokens['laes']}"}
    while True:
        async with httpx.AsyncClient(timeout=10, verify=False) as http:  # no TLS: spare its set-up
            started = time.monotonic()
            answer = await http.post(f"{place.url}/graphql", json=ASK, headers=headers)
        reads.slowest_s = max(reads.slowest_s, time.monotonic() - started)
        if answer.status_code == 503 and "retry-after" in answer.headers:
            reads.refused += 1
        elif answer.status_code == 200 and "errors" not in answer.json():
            reads.answered += 1
        else:
            reads.wrong.append(f"{answer.status_code} {answer.text[:200]}")
        await asyncio.sleep(0.1)

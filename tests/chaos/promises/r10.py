"""R10: from a change at the source to its row, and to a subscriber, with a source of 20 ms and 50 messages a second."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from random import Random
from typing import Any
from uuid import UUID

from fkorg import tid
from model.stand import Segl
from tests.chaos.elsewhere import Elsewhere
from tests.chaos.follower import Follower
from tests.chaos.scene import Broken, Ground, Scene, scene, until
from tests.chaos.watch import Watch, share, watching

ALONE = True


async def run(ground: Ground, seed: int, full: bool) -> str:
    """Short: that all of it comes, with its figures. Full: within the promised times, on a machine of its own."""
    count, rate = (3_000, 50.0) if full else (200, 25.0)
    settings = {"ORGRAF_SETTLE": "60s", "ORGRAF_LEASE": "60s"}
    async with scene(ground, "r10", seed=seed, settings=settings, source_of=Elsewhere) as place:
        kilde: Any = place.kilde
        # Nothing is cut here: a relay in this process would only be measured with the rest.
        place.a.start(database_dsn=place.past_the_proxy)
        place.serve.start(database_dsn=place.past_the_proxy)
        await place.filled()
        await place.ready()
        with kilde.fejl(slow=0.02):
            async with watching(place) as watch, _listening(place, seed) as listener:
                watch.told = listener.heard.told = await kilde.steadily(count, rate, seed)
                await until("all is in the log", lambda: len(watch.waits()) >= count)
                await until("all is heard", lambda: len(listener.heard.waits()) >= count)
        rows, heard = watch.waits(), listener.heard.waits()
    p50, p99, told = share(rows, 0.5), share(rows, 0.99), share(heard, 0.99)
    if full and (p50 > 250 or p99 > 1000 or told > 1500):
        raise Broken(f"p50 {p50:.0f} ms of 250, p99 {p99:.0f} ms of 1000, to a subscriber p99 {told:.0f} ms of 1500")
    return (
        f"{count} changes at {rate:.0f} a second, source at 20 ms: to the row p50 {p50:.0f} ms, p99 {p99:.0f} ms;"
        f" to a subscriber p99 {told:.0f} ms"
    )


@dataclass
class _Listener(Follower):
    """A subscriber that notes when it heard of what."""

    heard: Watch = field(default_factory=Watch)

    def take(self, frame: Any) -> None:
        if frame["type"] == "next" and (found := frame["payload"]["data"]["aendringer"])["__typename"] == "Aendring":
            key = UUID(found["uuid"]), tid.parse_ns(found["registreringstid"])
            self.heard.seen.setdefault(key, time.monotonic())
        super().take(frame)


@asynccontextmanager
async def _listening(place: Scene, seed: int) -> AsyncIterator[_Listener]:
    """One subscriber while the block runs, from before its first change."""
    secret = await place.fetchval("select secret from model_state")
    url = f"ws://127.0.0.1:{place.web.port}/graphql"
    segl = Segl.of(secret, place.kilde.sandhed.organisation)
    listener = _Listener(url, place.tokens["laes"], segl, Random(seed), objects=" registreringstid")
    running = asyncio.create_task(listener.run())
    try:
        await until("the subscriber follows", lambda: listener.start is not None)
        yield listener
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)

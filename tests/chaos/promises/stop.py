"""Graceful stop and start order: nothing is lost by a SIGTERM, and a neighbour that is away is waited for.

Four parts: everything starts before its neighbours; SIGTERM under load, also while all neighbours are silent; Postgres
refuses or is silent (every door 503 within a second, and back by itself); source and broker away (reads go on,
freshness never claims later than the truth, what queued up is caught up).
"""

import asyncio
import statistics
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from random import Random
from typing import Any

from fkorg import tid
from model.stand import Segl
from tests.chaos import callers, follower, oracle
from tests.chaos.callers import Call, Callers
from tests.chaos.changes import Changes
from tests.chaos.follower import Follower
from tests.chaos.process import Process
from tests.chaos.proxy import BLACKHOLE, HEALTHY
from tests.chaos.scene import Broken, Ground, Scene, scene, until

ALONE = True

SLACK_NS = 200_000_000
"""Between our reading of the clock and the process's."""
STALE_NS = 12 * 10**9
"""What is not told for so long is not fresh (model.freshness, FRISK_TIL)."""
NOTICED_NS = 3 * 10**9
"""The source is asked each second here; freshness is remembered for one."""


@dataclass(frozen=True)
class Sample:
    """What was said of freshness, and when it was asked."""

    at_ns: int
    found: dict[str, Any]


@dataclass(frozen=True)
class Form:
    """How much of it."""

    stops: int
    rate: float
    down_s: float
    away_s: float
    queued: int
    """Changes while the broker is away."""
    within_s: float
    """503 comes by then; in CI the machine is shared."""
    caught_up_s: float = 300.0


SHORT = Form(stops=1, rate=20, down_s=1, away_s=6, queued=500, within_s=2)
FULL = Form(stops=5, rate=50, down_s=30, away_s=600, queued=10_000, within_s=1)


async def run(ground: Ground, seed: int, full: bool) -> str:
    form, rnd = FULL if full else SHORT, Random(seed)
    async with scene(ground, "stop", seed=seed, settings={"ORGRAF_PROBE": "1s", "ORGRAF_WAIT": "3s"}) as place:
        started = await _start_order(place, rnd)
        place.b.start()
        base = await oracle.baseline(place)
        changes = Changes(place.kilde, seed)
        stopped = await _stops(place, changes, form)
        silent = await _stops_in_silence(place)
        down = [await _postgres(place, how, form) for how in ("refused", "silent")]
        away = await _neighbours(place, changes, form)
        await oracle.hold(place, base)
    return "; ".join([started, stopped, silent, *down, away])


async def _start_order(place: Scene, rnd: Random) -> str:
    """Nobody is there; then one neighbour after the other, in any order."""
    neighbours = {"Postgres": place.database, "broker": place.broker, "source": place.source}
    for one in neighbours.values():
        await one.away()
    place.a.start()
    place.serve.start()
    await until("the server listens", lambda: _live(place), 30)
    slowest_s = await callers.shut(place, 2)
    order = list(neighbours)
    rnd.shuffle(order)
    for name in order:
        await asyncio.sleep(0.3)
        await neighbours[name].listen()
    came = time.monotonic()
    await place.filled()
    await place.ready()
    _alive(place.a, place.serve)
    return (
        f"started before {', '.join(order)} came in that order: 503 within {slowest_s * 1000:.0f} ms, filled and ready"
        f" {time.monotonic() - came:.0f} s after the last"
    )


async def _stops(place: Scene, changes: Changes, form: Form) -> str:
    """SIGTERM under load: the server, then the ingest that leads; nothing that was asked stays unanswered."""
    segl = Segl.of(await place.fetchval("select secret from model_state"), place.kilde.sandhed.organisation)
    url = f"ws://127.0.0.1:{place.web.port}/graphql"
    followers = [Follower(url, place.tokens["laes"], segl, Random(nr)) for nr in range(3)]
    works = [asyncio.create_task(one.run()) for one in followers]
    changing = asyncio.create_task(changes.steadily(10**9, form.rate))
    ended, handed, answered = [], [], 0
    try:
        async with Callers(place).calling() as calling:
            await until("writes are answered", lambda: any(one.status == 200 for one in calling.writes))
            with place.kilde.fejl(slow=0.3):
                for _ in range(form.stops):
                    await asyncio.sleep(1)
                    at = time.monotonic()
                    ended.append(await place.serve.end())
                    answered += _answered(calling.under_way(at))
                    place.serve.start()
                    await place.ready()
                    ended.append(await _hand_over(place, handed))
        changing.cancel()
        await oracle.at_rest(place)
        await follower.all_heard(place, followers)
        renames = calling.kept()
    finally:
        for task in (changing, *works):
            task.cancel()
        await asyncio.gather(changing, *works, return_exceptions=True)
    return (
        f"{len(ended)} SIGTERMs under load ended within {max(ended):.1f} s, {answered} calls under way all answered,"
        f" {renames} renames kept, another led after {max(handed):.1f} s, followers without a gap"
    )


async def _hand_over(place: Scene, handed: list[float]) -> float:
    """The ingest that leads is ended; the other leads at once; the ended one comes back."""
    await until("somebody leads", place.leading)
    leading = await place.leading()
    assert leading is not None
    at = time.monotonic()
    took_s = await leading.end()

    async def other() -> bool:
        now = await place.leading()
        return now is not None and now is not leading

    await until("the other leads", other, 10)
    handed.append(time.monotonic() - at)
    leading.start()
    return took_s


async def _stops_in_silence(place: Scene) -> str:
    """SIGTERM while database, broker and source say nothing, and requests wait for them."""
    proxies = (place.database, place.broker, place.source)
    for proxy in proxies:
        proxy.toxic = BLACKHOLE
    asking = asyncio.create_task(callers.knock(place, "/graphql"))
    await asyncio.sleep(0.3)
    ended = await asyncio.gather(*(one.end() for one in (place.serve, place.a, place.b)))
    await asking
    for proxy in proxies:
        proxy.cut()
        proxy.toxic = HEALTHY
    for one in (place.serve, place.a, place.b):
        one.start()
    await place.ready()
    return f"while every neighbour was silent within {max(ended):.1f} s"


async def _postgres(place: Scene, how: str, form: Form) -> str:
    """It falls while requests are under way: every door 503 within a second; then it comes back."""
    async with Callers(place, readers=3, writers=0).calling() as calling:
        await asyncio.sleep(0.5)
        at = time.monotonic()
        if how == "refused":
            await place.database.away()
        else:
            place.database.toxic = BLACKHOLE
        await asyncio.sleep(1.2)
        slowest_s = await callers.shut(place, 5, form.within_s)
        await asyncio.sleep(form.down_s)
        back = time.monotonic()
        if how == "refused":
            await place.database.listen()
        else:
            place.database.toxic = HEALTHY
        await place.ready()
        recovered_s = time.monotonic() - back
        await asyncio.sleep(0.5)
    during = [one for one in calling.reads if at <= one.ended < back]
    for one in during:
        if one.status not in (200, 503) or one.took_s > form.within_s:
            raise Broken(f"with Postgres {how}, a read said {one.status} after {one.took_s:.2f} s")
    if calling.reads[-1].status != 200:
        raise Broken(f"with Postgres back, a read said {calling.reads[-1].status}")
    slowest_s = max(slowest_s, *(one.took_s for one in during if one.status == 503))
    return f"Postgres {how}: 503 within {slowest_s * 1000:.0f} ms at every door, back after {recovered_s:.1f} s"


async def _neighbours(place: Scene, changes: Changes, form: Form) -> str:
    """Source and broker are away, each for as long, the source first: the broker silent, and refusing at last.

    What changes while the source alone is away is kept, what changes after that waits at the broker.
    """
    await oracle.at_rest(place)
    alone_s, samples = form.away_s / 5, list[Sample]()
    async with Callers(place, readers=2, writers=0).calling() as calling, _watched(place, samples):
        await asyncio.sleep(3)
        quiet_s, since = _p99(calling.reads), time.monotonic()
        told = form.queued + form.queued // 5
        changing = asyncio.create_task(changes.steadily(told, form.queued / form.away_s))
        await place.source.away()
        source_ns = time.time_ns()
        await asyncio.sleep(alone_s)
        broker_ns = time.time_ns()
        place.broker.toxic = BLACKHOLE
        await asyncio.sleep(form.away_s - alone_s)
        _honest(samples, source_ns, broker_ns)
        await place.source.listen()
        await place.broker.away()
        place.broker.toxic = HEALTHY
        source_ns = time.time_ns() + 10**18
        await asyncio.sleep(alone_s)
        await changing
        _honest(samples, source_ns, broker_ns)
        samples.clear()
        await place.broker.listen()
        caught_up_s = await oracle.at_rest(place, form.caught_up_s)
        await until("fresh again", lambda: samples and samples[-1].found["status"] == "FRISK", 60)
    reads = [one for one in calling.reads if one.began >= since]
    if wrong := [one.status for one in reads if one.status != 200]:
        raise Broken(f"{len(wrong)} of {len(reads)} reads failed while source or broker was away: {wrong[:5]}")
    return (
        f"source and broker away for {form.away_s:.0f} s each, {form.away_s - alone_s:.0f} of them both: {len(reads)}"
        f" reads, none failed, p99 {_p99(reads) * 1000:.0f} ms ({quiet_s * 1000:.0f} ms before), freshness honest,"
        f" {told} changes caught up {caught_up_s:.0f} s after the broker came back"
    )


@asynccontextmanager
async def _watched(place: Scene, samples: list[Sample]) -> AsyncIterator[None]:
    """What is said of freshness, twice a second, while the block runs."""

    async def watch() -> None:
        while True:
            samples.append(Sample(time.time_ns(), await callers.freshness(place)))
            await asyncio.sleep(0.5)

    watching = asyncio.create_task(watch())
    try:
        yield
    finally:
        watching.cancel()
        with suppress(asyncio.CancelledError):
            await watching


def _honest(samples: Sequence[Sample], source_ns: int, broker_ns: int) -> None:
    """Nothing is claimed later than the truth. Raises Broken."""
    for one in samples:
        found = one.found
        til_ns = tid.parse_ns(found["beskederTil"] or "1970-01-01T00:00:00Z")
        if one.at_ns > broker_ns and til_ns > broker_ns + SLACK_NS:
            raise Broken(f"messages said to be in {(til_ns - broker_ns) / 1e9:.1f} s after the broker was gone")
        if one.at_ns > broker_ns + STALE_NS and found["status"] == "FRISK":
            raise Broken("FRISK though the broker was gone")
        if one.at_ns > source_ns + NOTICED_NS and (found["kildeTilgaengelig"] or found["status"] == "FRISK"):
            raise Broken("FRISK, or the source said to be there, though it was gone")


def _answered(calls: Sequence[Call]) -> int:
    """None of them was left without an answer; how many there were. Raises Broken."""
    for one in calls:
        if one.status != 200 or one.body.get("errors"):
            raise Broken(f"{one.what or 'a read'}, under way at SIGTERM, was answered {one.status} {one.body}")
    return len(calls)


def _p99(calls: Sequence[Call]) -> float:
    return statistics.quantiles([one.took_s for one in calls], n=100)[98]


async def _live(place: Scene) -> bool:
    return (
        await callers.knock(
            place,
            "/health/live",
        )
    ).status == 200


def _alive(*processes: Process) -> None:
    for one in processes:
        if not one.alive or one.lives != 1:
            raise Broken(f"{one.name} did not wait: it ended with {one.status}")

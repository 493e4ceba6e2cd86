"""R1: messages while ingest is killed, broker and Postgres go and come, the source is cut off: nothing is lost."""

import asyncio
from collections.abc import Awaitable, Callable
from random import Random

from tests.chaos import oracle
from tests.chaos.changes import Changes
from tests.chaos.scene import CLASSIC, QUORUM, Ground, Scene, scene

Blow = Callable[[Scene, Random], Awaitable[None]]


async def run(ground: Ground, seed: int, full: bool) -> str:
    """On a classic queue and on a quorum queue that gives messages up."""
    return "; ".join([await _on(ground, kind, seed, full) for kind in (CLASSIC, QUORUM)])


async def _on(ground: Ground, kind: str, seed: int, full: bool) -> str:
    messages, kills, postgres, broker, cuts = (10_000, 50, 5, 5, 5) if full else (200, 4, 1, 1, 1)
    rnd = Random(seed)
    async with scene(ground, f"r1_{kind}", queue=kind, seed=seed) as place:
        place.a.start()
        await place.filled()
        place.b.start()
        base = await oracle.baseline(place)
        changes = Changes(place.kilde, seed)
        blows: list[Blow] = [_kill_ingest] * kills + [_kill_postgres] * postgres + [_cut_source] * cuts
        blows += [_kill_broker if number % 2 == 0 else _stop_broker for number in range(broker)]
        rnd.shuffle(blows)
        rate = 40.0
        changing = asyncio.create_task(changes.steadily(messages, rate))
        for blow in blows:
            await blow(place, rnd)
            await asyncio.sleep(rnd.uniform(0, 1.6 * messages / rate / len(blows)))
        await changing
        for one in place.ingests:
            if not one.alive:
                one.start()
        verdict = await oracle.hold(place, base)
    return (
        f"{kind}: {verdict.messages} messages, {kills} kills of ingest, {postgres} of Postgres, {broker} of the broker,"
        f" source cut off {cuts} times: {verdict.objects} objects as at the source, {verdict.changes} changes in order,"
        " 0 lost, 0 twice"
    )


async def _kill_ingest(place: Scene, rnd: Random) -> None:
    """Mostly the one that leads; the other comes in, the killed one comes back."""
    leading = await place.leading()
    one = leading if leading is not None and rnd.random() < 0.8 else rnd.choice(place.ingests)
    one.kill()
    await asyncio.sleep(rnd.uniform(0, 0.5))
    one.start()


async def _kill_postgres(place: Scene, rnd: Random) -> None:
    await place.ground.kill_postgres(rnd.uniform(0.1, 2))


async def _kill_broker(place: Scene, rnd: Random) -> None:
    await place.ground.restart_broker(kill=True)


async def _stop_broker(place: Scene, rnd: Random) -> None:
    await place.ground.restart_broker(kill=False)


async def _cut_source(place: Scene, rnd: Random) -> None:
    await place.source.away()
    await asyncio.sleep(rnd.uniform(0.5, 3))
    await place.source.listen()

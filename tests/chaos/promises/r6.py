"""R6: one unreadable message in a thousand, and an object that the source cannot give: all else goes on, no slower."""

import asyncio
from uuid import UUID

from tests.chaos import oracle
from tests.chaos.changes import BRUGER, Changes
from tests.chaos.scene import Broken, Ground, Scene, scene, until
from tests.chaos.watch import share, watching

ALONE = True


async def run(ground: Ground, seed: int, full: bool) -> str:
    """A quiet stretch, then the same with poison in it. Only the full form is long enough to compare their p99."""
    count, malformed = (3_000, 0.001) if full else (150, 0.03)
    async with scene(ground, "r6", seed=seed) as place:
        place.a.start()
        await place.filled()
        base = await oracle.baseline(place)
        work = Changes(place.kilde, seed)
        poisoned: UUID = place.kilde.sandhed.ramme.uuid("bruger", 900)
        quiet = await _stretch(place, work, count)
        with place.kilde.fejl(malformed=1.0):  # one at least: one in a thousand may be none of three thousand
            await asyncio.to_thread(work.one)
            unreadable_one = "select true from parked where uuid is null"
            await until("an unreadable message is parked", lambda: place.fetchval(unreadable_one))
        with place.kilde.fejl(malformed=malformed, poison=poisoned):
            await asyncio.to_thread(work.rename, BRUGER, poisoned, "Giftig")
            hurt = await _stretch(place, work, count)
            unreadable = await place.fetchval("select coalesce(sum(attempts), 0) from parked where uuid is null")
            aside = "select true from parked where uuid = $1"
            await until("the object is set aside", lambda: place.fetchval(aside, poisoned))
        await asyncio.to_thread(work.rename, BRUGER, poisoned, "Rask igen")
        verdict = await oracle.hold(place, base)
    before, after = share(quiet, 0.99), share(hurt, 0.99)
    if len(hurt) < count:
        raise Broken(f"{count - len(hurt)} changes were not seen beside the poison")
    if full and after > 2 * before:
        raise Broken(f"p99 went from {before:.0f} ms to {after:.0f} ms")
    return (
        f"{unreadable} unreadable messages parked, an object that always faults: {verdict.changes} changes applied,"
        f" p99 {before:.0f} ms quiet, {after:.0f} ms poisoned"
    )


async def _stretch(place: Scene, work: Changes, count: int) -> list[float]:
    """The waits of so many changes, sorted."""
    async with watching(place) as watch:
        await work.steadily(count, 25, watch.tell)
        for _ in range(100):
            if len(watch.waits()) >= count:
                break
            await asyncio.sleep(0.1)
        return watch.waits()

"""R8: messages are swallowed; one comparison names exactly those objects, and puts all of them right."""

import asyncio
import json

from tests.chaos import oracle
from tests.chaos.changes import Changes
from tests.chaos.scene import Broken, Ground, scene
from tests.flows.verden import orgraf


async def run(ground: Ground, seed: int, full: bool) -> str:
    """Each object changes once, so that no later message heals what was lost. Functions change with no message."""
    count, silent = (800, 40) if full else (150, 5)
    async with scene(ground, "r8", seed=seed) as place:
        place.a.start()
        await place.filled()
        base = await oracle.baseline(place)
        work = Changes(place.kilde, seed)
        with place.kilde.fejl(swallow=0.05):
            await asyncio.to_thread(work.each_once, count)
        await oracle.at_rest(place)  # else a function is read beside its user, and its message told of it
        await asyncio.to_thread(work.functions, silent)
        beskeder = await asyncio.to_thread(place.kilde.sandhed.beskeder)
        swallowed = {(one.objekttype.value, one.uuid) for one in beskeder if one.slugt}
        done = await asyncio.to_thread(orgraf, "reconcile", "--json", settings=place.a.settings)
        if done.returncode != 0:
            raise Broken(f"reconcile ended with {done.returncode}: {done.stderr[-500:]}")
        told = json.loads(done.stdout)
        named = {(one["objekttype"], one["uuid"]) for one in told["tabtBesked"]}
        if named != swallowed or told["udenBesked"] != silent:
            raise Broken(
                f"{len(swallowed)} messages swallowed, {len(named)} named, {len(named & swallowed)} of them rightly;"
                f" {silent} functions changed, {told['udenBesked']} counted"
            )
        verdict = await oracle.hold(place, base)
    return (
        f"{len(swallowed)} of {count} messages swallowed, {silent} functions changed silently: one comparison of"
        f" {told['gennemgaaet']} objects named exactly those, put {told['rettede']} right;"
        f" {verdict.objects} objects as at the source"
    )

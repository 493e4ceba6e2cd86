"""R9: the export is cut short, or empty, and says that all is well: brake and alarm, and nothing is deleted."""

import asyncio
import json
from typing import Any

from tests.chaos import oracle
from tests.chaos.scene import Broken, Ground, Scene, scene, until
from tests.flows.verden import orgraf

TOMBSTONES = "select count(*) from objekt where livscyklus not in ('OPSTAAET', 'IMPORTERET')"


async def run(ground: Ground, seed: int, full: bool) -> str:
    """The walk of the bootstrap and that of the comparison, each with half an export and with none."""
    said = []
    async with scene(ground, "r9", seed=seed) as place:
        place.a.start()
        await place.filled()
        base = await oracle.baseline(place)
        before = await place.fetchval(TOMBSTONES)
        for share in (0.5, 1.0):
            with place.kilde.fejl(truncate=share):
                absent = await _braked(place)
                said.append(f"{share:.0%} cut away: {absent} objects absent")
            if (gone := await place.fetchval(TOMBSTONES)) != before:
                raise Broken(f"{gone - before} tombstones after an export that was cut short")
        if "nothing is touched" not in place.a.log.read_text("utf-8"):
            raise Broken("no alarm was logged")
        healed = json.loads((await _call(place, "reconcile", "--json")).stdout)
        if healed["bremse"]:
            raise Broken("the brake holds still after the export came back")
        verdict = await oracle.hold(place, base)
    return f"{'; '.join(said)}: brake and alarm each time, 0 tombstones; {verdict.objects} objects as at the source"


async def _braked(place: Scene) -> int:
    """Both walks brake; how many objects the first found absent."""
    compared = json.loads((await _call(place, "reconcile", "--json")).stdout)
    if not compared["bremse"]:
        raise Broken("the comparison was not braked")
    await place.a.end()
    walked = await _call(place, "bootstrap")
    if walked.returncode != 1 or "so much is absent" not in walked.stderr:
        raise Broken(f"bootstrap was not braked: {walked.returncode} {walked.stderr[-300:]}")
    place.a.start()
    await until("it leads again", place.leading)
    return int(walked.stdout.rpartition("new, ")[2].partition(" ")[0])


async def _call(place: Scene, *arguments: str) -> Any:
    return await asyncio.to_thread(orgraf, *arguments, settings=place.a.settings)

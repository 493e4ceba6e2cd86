"""R3: the first fill, killed again and again while the source changes, ends as an undisturbed one would. Each kill
costs at most the page that was rolled back and the one that had been read ahead."""

import asyncio
import re
from collections import Counter
from random import Random
from typing import Any

from tests.chaos import oracle
from tests.chaos.changes import Changes
from tests.chaos.scene import Broken, Ground, Scene, scene, until

_FRA = re.compile(rb"FoersteResultatReference>(\d+)<")


async def run(ground: Ground, seed: int, full: bool) -> str:
    """Short: some 10,000 objects, 3 kills. Full: the large municipality, 2,000 changes, 20 kills."""
    size, changes, kills = ("large", 2_000, 20) if full else ("small", 60, 3)
    rnd = Random(seed)
    async with scene(ground, "r3_undisturbed", size=size, seed=seed) as place:
        place.a.start()
        await place.filled(900 if full else 120)
        undisturbed = await oracle.baseline(place)
    async with scene(ground, "r3", size=size, seed=seed) as place:
        asked = _count_pages(place)
        work = Changes(place.kilde, seed)
        changing = asyncio.create_task(work.steadily(changes, 10 if full else 6))
        for _ in range(kills):
            place.a.start()
            await _some_pages(place, rnd)
            place.a.kill()
        place.a.start()
        await place.filled(900 if full else 120)
        await changing
        verdict = await oracle.hold(place, undisturbed)
        cuts = place.a.log.read_text("utf-8").count('"event": "waiting: ')
    pages, calls = len(asked), asked.total()
    if calls > pages + 2 * (kills + cuts):
        raise Broken(f"{calls} pages were asked for, of {pages} that there are, with {kills} kills: {dict(asked)}")
    return (
        f"first fill of {verdict.objects} objects, {kills} kills, {changes} changes meanwhile: as at the source;"
        f" {pages} pages of the export, {calls} asked for, {cuts} cuts beside the kills"
    )


def _count_pages(place: Scene) -> Counter[bytes]:
    """How often each page of the export is asked for."""
    asked: Counter[bytes] = Counter()
    tjeneste: Any = place.kilde.simulator.tjeneste
    answer = tjeneste.answer

    def counted(service: str, body: bytes) -> Any:
        if b"objekthierarki" in body[:2000].lower():
            found = _FRA.search(body)
            asked[found[1] if found else b"0"] += 1
        return answer(service, body)

    tjeneste.answer = counted
    return asked


async def _some_pages(place: Scene, rnd: Random) -> None:
    """Until some more pages are applied, or for some seconds when the pages are through; then a moment more."""
    applied = "select coalesce(max((page_token ->> 'fra')::bigint), 0) from snapshot_run"
    before = await place.fetchval(applied)
    try:
        await until("a page", lambda: _more(place, applied, before + 500 * rnd.randint(1, 3)), 8, every_s=0.02)
    except Broken:
        return
    await asyncio.sleep(rnd.uniform(0, 0.4))


async def _more(place: Scene, sql: str, wanted: int) -> bool:
    return bool(await place.fetchval(sql) >= wanted)

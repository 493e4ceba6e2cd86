"""The calendar: effect periods that begin and end become change rows by themselves, also over a night in which the
clocks are set and after a day in which nothing ran. Each boundary once, not before its instant, in order."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from fkorg import tid
from fkorg.registrering import Egenskab
from fkorg.virkning import Virkning
from tests.chaos import oracle
from tests.chaos.changes import ENHED
from tests.chaos.scene import Broken, Ground, Scene, scene, until

DANISH = ZoneInfo("Europe/Copenhagen")
HOUR = timedelta(hours=1)
KEPT = {"ORGRAF_KEEP_CHANGES": "100000h", "ORGRAF_KEEP_MESSAGES": "100000h", "ORGRAF_COMPARE": "100000h"}
"""The clock goes a year ahead: nothing is to be forgotten or compared meanwhile."""
ROWS = "select reg_ns, aarsag, anvendt_at from aendring where uuid = $1 and aarsag = 'KALENDER' order by xid, seq"


async def run(ground: Ground, seed: int, full: bool) -> str:
    """The same in both forms: the two nights of a year in which the clocks are set, then a day without ingest."""
    now = datetime.now(UTC)
    nights = sorted(_night(now, summer) for summer in (True, False))
    told = []
    async with scene(ground, "calendar", seed=seed, settings=KEPT) as place:
        units = [place.kilde.sandhed.ramme.uuid("enhed", nr) for nr in range(20, 23)]
        plans = [_hours_around(night) for night in nights]
        plans.append([nights[-1] + timedelta(days=3, hours=hour) for hour in (1, 5, 20)])
        for uuid, plan in zip(units, plans, strict=True):
            await asyncio.to_thread(_plan, place, uuid, plan)
        place.a.start()
        await place.filled()
        base = await oracle.baseline(place)
        for uuid, plan in zip(units[:-1], plans[:-1], strict=True):
            for moment in plan:
                await _at(place, moment - timedelta(minutes=20))
                await _rows(place, uuid, plan.index(moment))
                await _at(place, moment + timedelta(minutes=1))
                await _rows(place, uuid, plan.index(moment) + 1)
            told.append(f"{plan[0].astimezone(DANISH):%d.%m.%Y}")
        await place.a.end()
        place.move_clock(plans[-1][-1] + 4 * HOUR - datetime.now(UTC))
        place.a.start()
        await _rows(place, units[-1], len(plans[-1]))
        await oracle.at_rest(place)
        for uuid, plan in zip(units, plans, strict=True):
            await _in_order(place, uuid, plan)
        verdict = await oracle.hold(place, base)
    count = sum(len(plan) for plan in plans)
    return (
        f"{count} boundaries, those of the nights of {' and '.join(told)} each by itself, {len(plans[-1])} passed in a"
        f" day without ingest: each told once, none early, in order; {verdict.objects} objects as at the source"
    )


def _night(now: datetime, summer: bool) -> datetime:
    """01:00 UTC of the next night in which the Danish clocks go forward, or back."""
    for day in range(1, 400):
        night = (now + timedelta(days=day)).replace(hour=1, minute=0, second=0, microsecond=0)
        before, after = (night - HOUR).astimezone(DANISH).utcoffset(), night.astimezone(DANISH).utcoffset()
        if before != after and (after == timedelta(hours=2)) is summer:
            return night
    raise AssertionError("no night in which the clocks are set within 400 days")


def _hours_around(night: datetime) -> list[datetime]:
    """Danish midnight before, the hour before the change, the change itself, the hour after, the midnight after."""
    midnight = night.astimezone(DANISH).replace(hour=0)
    after = (midnight + timedelta(days=1)).replace(hour=0)
    return [midnight.astimezone(UTC), night - HOUR / 2, night, night + HOUR / 2, after.astimezone(UTC)]


def _plan(place: Scene, uuid: UUID, moments: list[datetime]) -> None:
    """Another name of the unit from each of the moments on, in one registration."""
    sandhed = place.kilde.sandhed
    found = sandhed.nyeste(ENHED, uuid)
    assert found is not None
    starts = [int(moment.timestamp()) * 10**9 for moment in moments]
    ends = [*starts[1:], tid.UENDELIG_NS]
    first = found.egenskaber[0]
    names = [
        Egenskab(Virkning(fra, til), {**first.felter, "enhedsnavn": f"Fra grænse {nr}"})
        for nr, (fra, til) in enumerate(zip(starts, ends, strict=True), 1)
    ]
    before = replace(first, virkning=Virkning(first.virkning.fra_ns, starts[0]))
    with sandhed.transaktion():
        changed = replace(found, tidspunkt_ns=sandhed.naeste_tid(ENHED, uuid), egenskaber=(before, *names), fejl=())
        sandhed.skriv(ENHED, uuid, changed)


async def _at(place: Scene, moment: datetime) -> None:
    """It is that moment now."""
    place.move_clock(moment - datetime.now(UTC))
    await asyncio.sleep(1.5)


async def _rows(place: Scene, uuid: UUID, count: int) -> None:
    """So many boundaries of the unit are told, and no more."""

    async def told() -> bool:
        found = len(await place.fetch(ROWS, uuid))
        if found > count:
            raise Broken(f"{found} boundaries of a unit are told, {count} have passed")
        return found == count

    await until(f"{count} boundaries are told", told, 30)


async def _in_order(place: Scene, uuid: UUID, plan: list[datetime]) -> None:
    """Each told at or after its instant, in the order of the instants."""
    rows = await place.fetch(ROWS, uuid)
    applied = [row["anvendt_at"] for row in rows]
    if applied != sorted(applied) or any(at < moment for at, moment in zip(applied, plan, strict=True)):
        raise Broken(f"boundaries {plan} were told at {applied}")

"""R2: ingest kills itself at each failpoint in turn, on each channel; every next life goes on from there. As R1."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from random import Random

from fkorg import ret
from fkorg.failpoint import STEDER
from tests.chaos import oracle
from tests.chaos.changes import ENHED, Changes
from tests.chaos.process import Process
from tests.chaos.scene import PATIENCE_S, Broken, Ground, Scene, scene, until
from tests.flows.verden import om_dage

ELSEWHERE = ("write.",)
"""Places of the server; `writes` kills it there."""
AMQP_ALONE = ("receive.acknowledged",)
SETTINGS = {"ORGRAF_SETTLE": "500ms"}
PARTS = ("amqp", "push")
"""In the full form."""
_Act = Callable[[Process, str], Awaitable[None]]


async def run(ground: Ground, seed: int, full: bool, *part: str) -> str:
    """Short: once each, every message by both channels. Full: five times each, on each channel alone."""
    return await _on(ground, part or PARTS, 5 if full else 1, seed)


async def _on(ground: Ground, channels: tuple[str, ...], times: int, seed: int) -> str:
    struck = 0
    for nr in range(times):
        rnd = Random(f"{seed} {channels} {nr}")
        async with scene(ground, f"r2_{nr}", channels=channels, seed=seed, settings=SETTINGS) as place:
            course = _Course(place, rnd)
            struck += await course.fill()
            base = await oracle.baseline(place)
            struck += await course.follow("amqp" in channels)
            place.a.start()
            verdict = await oracle.hold(place, base)
    return (
        f"{' and '.join(channels)}: killed at {struck} places ({times} times each of {struck // times}), the last time"
        f" {verdict.objects} objects as at the source, 0 lost, 0 twice"
    )


class _Course:
    """From failpoint to failpoint: each life ends at one, the next begins with another."""

    def __init__(self, place: Scene, rnd: Random) -> None:
        self.place = place
        self.rnd = rnd
        self.changes = Changes(place.kilde, rnd.randrange(10**6))
        self.planned = 0

    async def fill(self) -> int:
        """The first fill, killed at each of its places, while the source changes."""
        names = _of("bootstrap.")
        for name in names:
            await self._life(name, 1, self._nothing)
            await asyncio.to_thread(self.changes.some, 3)
        self.place.a.start()
        await self.place.filled()
        await oracle.at_rest(self.place)
        self.place.a.kill()
        return len(names)

    async def follow(self, amqp: bool) -> int:
        """Everything else, in an order of the seed's."""
        names = [name for name in STEDER if not name.startswith(("bootstrap.", *ELSEWHERE))]
        names = [name for name in names if amqp or name not in AMQP_ALONE]
        self.rnd.shuffle(names)
        for name in names:
            times = self.rnd.randint(1, 3) if name.startswith(("receive.", "worker.", "refresh.")) else 1
            await self._life(name, times, self._act(name))
        return len(names)

    async def _life(self, name: str, pass_: int, act: _Act) -> None:
        poll = {"functions_poll": "1s"} if name.startswith("functions.") else {}
        one = self.place.a
        one.start(failpoints=f"{name}=kill@{pass_}", **poll)
        await act(one, name)
        if not await one.ended(PATIENCE_S):
            raise Broken(f"{name} was not passed {pass_} times in {PATIENCE_S:.0f} s")
        if one.status != -9:
            raise Broken(f"at {name} ingest ended with status {one.status} instead of being killed")

    def _act(self, name: str) -> _Act:
        area = name.partition(".")[0]
        return {"calendar": self._pass_a_boundary, "compare": self._compare, "leader": self._nothing}.get(
            area, self._change
        )

    async def _nothing(self, one: Process, name: str) -> None:
        pass

    async def _change(self, one: Process, name: str) -> None:
        """Until it is dead: one change after the other, each applied by itself."""
        for _ in range(60):
            await asyncio.to_thread(self.changes.one)
            if await one.ended(0.3):
                return

    async def _pass_a_boundary(self, one: Process, name: str) -> None:
        """A unit has another name from a coming day on; that day begins. Unless it was killed sooner: a day that began
        in the life before, which ended at its calendar, is passed in this one."""
        self.planned += 1
        uuid = self.place.kilde.sandhed.ramme.uuid("enhed", 100 + self.planned)
        fra = om_dage(self.planned)
        await asyncio.to_thread(
            lambda: self.place.kilde.ret(ENHED, uuid, ret.SaetFelter({"enhedsnavn": f"Planlagt {self.planned}"}, fra))
        )
        stored = "select true from organisation_enhed where uuid = $1 and enhedsnavn = $2"
        plan = f"Planlagt {self.planned}"

        async def stored_or_dead() -> bool:
            return not one.alive or bool(await self.place.fetchval(stored, uuid, plan))

        await until("the plan is stored", stored_or_dead)
        self.place.move_clock(timedelta(days=self.planned, minutes=1))

    async def _compare(self, one: Process, name: str) -> None:
        """Somebody asks for a comparison."""
        await until("somebody leads", self.place.leading)
        # The clock has gone on by days: the leader may be about to begin one by itself.
        async with self.place.connection.transaction():
            await self.place.fetchval("lock table afstemning in share row exclusive mode")
            await self.place.fetchval("delete from afstemning where finished_at is null")
            await self.place.fetchval(ASKED, self.place.kilde.sandhed.organisation)


ASKED = """
insert into afstemning (organisation, started_seq, started_at, straks, phase, page_token)
values ($1, (select coalesce(max(seq), 0) from aendring), clock_timestamp(), true, 'EKSPORT', '{}') returning id
"""


def _of(prefix: str) -> list[str]:
    return [name for name in STEDER if name.startswith(prefix)]

"""Writes: mutations while the source's connection is cut before, during and after the effect, and servers are killed.

Two servers; callers ask either, again with the same key when they were not told an outcome, and some give up at once.
Nothing takes effect twice, nobody who was told a receipt was told wrong, and nothing stays in doubt.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from random import Random
from typing import Any

import httpx

from simulator.tjeneste import Besvaret, Tjeneste
from tests.chaos import oracle, writers
from tests.chaos.process import Process
from tests.chaos.proxy import BLACKHOLE, HEALTHY, Toxic
from tests.chaos.scene import Broken, Ground, Scene, scene, until
from tests.chaos.writers import Wish, effects
from tests.flows.frontend import Frontend
from tests.flows.skrivning import forsoeg
from tests.flows.verden import Verden, free_ports

SETTINGS = {"ORGRAF_SOURCE_TIMEOUT": "3s", "ORGRAF_SETTLE": "1s", "ORGRAF_WAIT": "2s"}
LAG_S = 0.3
CUT, GIVES_UP = 0.2, 0.2
"""Shares: of writes whose connection is cut, of callers who ask once."""
KILLED_AT = ("write.recorded", "write.sent", "write.finished", "write.read_back")
WRITES = tuple(f"{name}Input".encode() for name in ("Opret", "Import", "Ret", "Passiver", "Slet"))
CALLERS = 8
WITHIN_S = 120.0
DOUBT = "select id from write_request where status in ('STARTET', 'UVIS')"


async def run(ground: Ground, seed: int, full: bool) -> str:
    count, kills = (1_000, 20) if full else (50, 2)
    rnd = Random(seed)
    async with scene(ground, "writes", seed=seed, settings=SETTINGS) as place:
        place.a.start()
        await place.filled()
        base = await oracle.baseline(place)
        wishes = writers.wishes(place.kilde, count, rnd)
        cutter = Cutter(place, Random(seed + 1))
        async with _second(place) as other:
            servers = (place.serve, other)
            for one in servers:
                one.start()
            await asyncio.gather(*(_ready(one) for one in servers))
            cutter.on = True
            place.kilde.simulator.fejl.set({"lag": str(LAG_S), "uncertain": "0.03", "fault": "0.02"})
            doubt = Doubt(place)
            helpers = [asyncio.create_task(_hurt(place, Random(seed + 2))), asyncio.create_task(doubt.watch())]
            try:
                killed, _ = await asyncio.gather(
                    _kill(servers, kills, Random(seed + 3)), _callers(place, servers, wishes, rnd)
                )
            finally:
                await _calm(place, cutter, helpers[0])
            await until("nothing is in doubt", doubt.none, WITHIN_S)
            helpers[1].cancel()
            before = await asyncio.to_thread(effects, place.kilde, wishes)
            _judge(wishes, before.count, before.wrong)
            await _asked_again(place, servers, wishes, before.count)
        verdict = await oracle.hold(place, base)
    asked, told = sum(len(wish.told) for wish in wishes), sum("done" in wish.told[:-1] for wish in wishes)
    return (
        f"{count} mutations asked {asked} times, cut from the source {_named(cutter.cuts)}, the servers killed"
        f" {_named(killed)}: {told} answered with receipts before all was calm, {sum(before.count.values())} had"
        f" taken effect by then, {count} at the end; 0 twice, 0 undone, 0 receipts lost, in doubt for at most"
        f" {doubt.longest_s:.0f} s; {verdict.objects} objects as at the source"
    )


class Cutter(Tjeneste):
    """The simulator's services; a share of the writes lose their connection before, while or after they take effect."""

    def __init__(self, place: Scene, rnd: Random) -> None:
        simulator = place.kilde.simulator
        super().__init__(simulator.sandhed, simulator.fejl)
        simulator.tjeneste = self
        self.on = False
        self.cuts: Counter[str] = Counter()
        self._place, self._rnd = place, rnd
        self._loop = asyncio.get_running_loop()

    def answer(self, service: str, body: bytes) -> Besvaret:
        """In the simulator's thread."""
        cut = self.on and any(one in body for one in WRITES) and self._rnd.random() < CUT
        if not cut:
            return super().answer(service, body)
        kind = self._rnd.choice(("before", "during", "after"))
        self.cuts[kind] += 1
        if kind == "before":
            self._cut()
            return Besvaret(500, b"")
        if kind == "during":
            self._cut()
        found = super().answer(service, body)
        if kind == "after":
            self._cut()
        return found

    def _cut(self) -> None:
        async def cut() -> int:
            return self._place.source.cut()

        asyncio.run_coroutine_threadsafe(cut(), self._loop).result(10)


class Doubt:
    """Records without outcome, seen each half second. `longest_s`: the longest that one of them stayed so."""

    def __init__(self, place: Scene) -> None:
        self.longest_s = 0.0
        self._place = place
        self._since: dict[Any, float] = {}
        self._turn = asyncio.Lock()  # the scene has one connection

    async def watch(self) -> None:
        while True:
            await self.none()
            await asyncio.sleep(0.5)

    async def none(self) -> bool:
        now = asyncio.get_running_loop().time()
        async with self._turn:
            rows = {row["id"] for row in await self._place.fetch(DOUBT)}
        self._since = {id: self._since.get(id, now) for id in rows}
        self.longest_s = max([self.longest_s, *(now - since for since in self._since.values())])
        return not rows


@asynccontextmanager
async def _second(place: Scene) -> AsyncIterator[Process]:
    """Another server, past the proxy before the first."""
    settings = place.serve.settings | {"ORGRAF_LISTEN_PORT": str(free_ports(1)[0])}
    process = Process("serve2", "serve", settings, place.folder / "serve2.log")
    try:
        yield process
    finally:
        process.kill()


async def _ready(server: Process) -> None:
    """Until it answers, or has come to the end of its life: it may be one of looking into what another left."""
    async with httpx.AsyncClient(verify=False) as http:

        async def answers() -> bool:
            try:
                return not server.alive or (await http.get(f"{_url(server)}/health/ready")).status_code == 200
            except httpx.HTTPError:
                return False

        await until(f"{server.name} is ready", answers)


async def _hurt(place: Scene, rnd: Random) -> None:
    """What the network does to anything that is said, in short spells. Nothing is held longer than is waited for."""
    while True:
        await asyncio.sleep(rnd.uniform(1, 4))
        what, for_s = rnd.choice(
            [
                (Toxic(cut_after=rnd.randrange(1500)), 0.3),
                (Toxic(up=True, cut_after=rnd.randrange(200, 4000)), 0.3),
                (Toxic(truncate_after=rnd.randrange(1500)), 0.3),
                (Toxic(half_close_after=rnd.randrange(1500)), 0.3),
                (Toxic(latency_s=0.1), 1.0),
                (BLACKHOLE, rnd.choice((0.5, 2.2))),
            ]
        )
        place.source.toxic = what
        await asyncio.sleep(for_s)
        place.source.toxic = HEALTHY


async def _kill(servers: tuple[Process, ...], kills: int, rnd: Random) -> Counter[str]:
    """In turn, so that one is always left: killed, and once more at a place where its next life is to end."""
    killed: Counter[str] = Counter()
    for number in range(kills // 2):
        server, sted = servers[number % len(servers)], rnd.choice(KILLED_AT)
        await asyncio.sleep(rnd.uniform(0, 2))
        server.kill()
        killed["anywhere"] += 1
        server.start(failpoints=f"{sted}=kill@{rnd.randint(1, 4)}")
        await _ready(server)
        by_itself = await server.ended(rnd.uniform(4, 10))
        server.kill()
        killed[sted if by_itself else "anywhere"] += 1
        server.start()
        await _ready(server)
    return killed


async def _callers(place: Scene, servers: tuple[Process, ...], wishes: list[Wish], rnd: Random) -> None:
    """Callers side by side; each goes through its share in order."""
    left = list(reversed(wishes))

    async def one() -> None:
        while left:
            wish = left.pop()
            patient = rnd.random() >= GIVES_UP
            try:
                async with asyncio.timeout(WITHIN_S):
                    while await _ask(place, rnd.choice(servers), wish) != "done" and patient:
                        await asyncio.sleep(rnd.uniform(0.1, 1))
            except TimeoutError:
                raise Broken(f"write {wish.nr} ({wish.felt}) was asked for in vain: {wish.told}") from None

    await asyncio.gather(*(one() for _ in range(CALLERS)))


async def _ask(place: Scene, server: Process, wish: Wish) -> str:
    """Once; "done", or why not. Raises Broken for an answer that there should never be."""
    verden = Verden(place.kilde, _url(server), place.dsn, place.tokens, {}, "", place.folder)
    try:
        async with httpx.AsyncClient(base_url=verden.url, timeout=40, verify=False) as http:
            svar = await forsoeg(
                Frontend(verden, http), wish.felt, valg={"idempotensnoegle": wish.noegle}, **wish.argumenter
            )
    except (httpx.HTTPError, ValueError):
        wish.told.append("nothing")
        return "nothing"
    if svar.status == 200 and not svar.fejl:
        wish.told.append("done")
        wish.kvitteringer.append([k for k in svar.body["data"][wish.felt]["kvitteringer"] if k["sendt"]])
        return "done"
    told = svar.fejl[0]["extensions"].get("kode") if svar.fejl else str(svar.status)
    if told not in ("UNCERTAIN", "UNAVAILABLE", "503", None) or (told is None and svar.status == 200):
        raise Broken(f"write {wish.nr} ({wish.felt}) was answered {svar.body}")
    wish.told.append(str(told))
    return str(told)


async def _done(place: Scene, server: Process, wish: Wish) -> bool:
    return await _ask(place, server, wish) == "done"


async def _calm(place: Scene, cutter: Cutter, hurting: "asyncio.Task[None]") -> None:
    hurting.cancel()
    with suppress(asyncio.CancelledError):
        await hurting
    place.source.toxic = HEALTHY
    cutter.on = False
    place.source.cut()  # what a spell left half-open
    place.kilde.simulator.fejl.set({"lag": "0", "uncertain": "0", "fault": "0"})


def _judge(wishes: list[Wish], count: Any, wrong: list[str]) -> None:
    twice = [f"write {w.nr} ({w.felt}) took effect {count[w.nr]} times" for w in wishes if count[w.nr] > 1]
    false = [f"write {w.nr} ({w.felt}) was told done and is not" for w in wishes if w.kvitteringer and not count[w.nr]]
    if found := twice + false + wrong:
        raise Broken(f"{len(found)} writes: " + "; ".join(found[:5]))


async def _asked_again(place: Scene, servers: tuple[Process, ...], wishes: list[Wish], before: Any) -> None:
    """Every key gives its receipts: the same as before, of writes that are at the source once."""
    places = asyncio.Semaphore(CALLERS)

    async def again(wish: Wish) -> None:
        async with places:
            await until(f"write {wish.nr} is answered in peace", lambda: _done(place, servers[wish.nr % 2], wish))

    await asyncio.gather(*(again(wish) for wish in wishes))
    after = await asyncio.to_thread(effects, place.kilde, wishes)
    _judge(wishes, after.count, after.wrong)
    lost = [
        f"write {w.nr} ({w.felt}) took effect {after.count[w.nr]} times, was told {w.told}, receipts {w.kvitteringer}"
        for w in wishes
        if not w.kvitteringer[-1] or any(k != w.kvitteringer[0] for k in w.kvitteringer) or after.count[w.nr] != 1
    ]
    if lost:
        raise Broken(f"the receipts of {len(lost)} writes were lost or changed: " + "; ".join(lost[:5]))


def _url(server: Process) -> str:
    return f"http://127.0.0.1:{server.settings['ORGRAF_LISTEN_PORT']}"


def _named(counted: Counter[str]) -> str:
    return (
        f"{counted.total()} times (" + ", ".join(f"{name} {number}" for name, number in sorted(counted.items())) + ")"
    )

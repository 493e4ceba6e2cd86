"""Followers who are told together: who comes, goes, cannot take it or may not any more: each hears all of it once."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing, suppress
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

import orjson
import pytest
from graphql import parse

from fkorg.errors import Unavailable
from graph.answer import Spoergsmaal, Svar
from graph.caller import Principal
from graph.kor import Kore, Levering
from graph.subscriptions import FRA, Subscriptions, _lige
from model.log import Log
from model.stand import Stand
from tests.graph.log_fixture import LAESER, a_log, change
from tests.graph.test_subscriptions import DOCUMENT, subscriptions

DEADLINE_S = 60.0


@pytest.fixture
async def log(dsn: str) -> AsyncIterator[Log]:
    async with a_log(dsn) as log:
        yield log


@dataclass
class Tilhoerer:
    """A follower that now and then cannot take what is told together, and now and then leaves and comes back."""

    subs: Subscriptions
    rng: Random
    principal: Callable[[], Principal] = lambda: LAESER
    variables: dict[str, Any] = field(default_factory=dict)
    nej: float = 0.0
    hoert: list[str] = field(default_factory=list)
    """The positions of changes, in the order in which they were told."""
    sammen: int = 0
    """How many of them together with others."""
    stand: str | None = None
    begyndt: asyncio.Event = field(default_factory=asyncio.Event)
    sidst: Levering | None = None

    async def foelg(self) -> None:
        variables = self.variables | ({"efter": self.stand} if self.stand else {})
        spoergsmaal = Spoergsmaal(DOCUMENT, None, variables)
        async with aclosing(self.subs.follow(spoergsmaal, self.principal, self.tag)) as told:
            async for levering in told:
                self._hoer(levering)

    def tag(self, levering: Levering) -> bool:
        if self.rng.random() < self.nej:
            return False
        self.sammen += levering.ny
        self._hoer(levering)
        return True

    def _hoer(self, levering: Levering) -> None:
        self.sidst = levering
        if not levering.svar.udfoert:
            return
        assert levering.svar.data is not None
        besked = orjson.loads(levering.svar.data)["besked"]
        assert besked["stand"] == levering.stand
        if besked["__typename"] == "Aendring":
            self.hoert.append(besked["stand"])
        self.stand = besked["stand"]
        self.begyndt.set()

    async def ustadigt(self) -> None:
        """Follow, leave at any moment, come back with the last position."""
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(self.rng.uniform(0.01, 0.6)):
                    await self.foelg()


async def _faelles(log: Log, tilhoerere: list[Tilhoerer], arbejde: Callable[[], Any]) -> list[str]:
    """Let them all follow while something happens; the positions of all changes, in order."""
    maaler = Tilhoerer(subscriptions(log), Random(0))
    alene = asyncio.create_task(_alene(maaler))
    tasks = [asyncio.create_task(one.foelg()) for one in tilhoerere]
    try:
        async with asyncio.timeout(DEADLINE_S):
            for one in (*tilhoerere, maaler):
                await one.begyndt.wait()
            antal = await arbejde()
            while len(maaler.hoert) < antal or any(len(one.hoert) < antal for one in tilhoerere):
                await asyncio.sleep(0.02)
            await asyncio.sleep(0.3)
    finally:
        for task in (*tasks, alene):
            task.cancel()
        await asyncio.gather(*tasks, alene, return_exceptions=True)
    return maaler.hoert


async def _alene(one: Tilhoerer) -> None:
    async with aclosing(one.subs.follow(Spoergsmaal(DOCUMENT), one.principal)) as told:
        async for levering in told:
            one._hoer(levering)


@pytest.mark.parametrize("seed", range(4))
async def test_each_hears_every_change_once_and_in_order(log: Log, seed: int) -> None:
    rng, subs = Random(seed), subscriptions(log)
    stadige = [Tilhoerer(subs, Random(n), nej=nej) for n, nej in enumerate((0, 0, 0, 0.1, 0.3, 0.6, 1))]
    ustadige = [Tilhoerer(subs, Random(n), nej=0.1) for n in range(5)]

    async def arbejde() -> int:
        for number in range(80):
            await change(log, f"enhed {number}")
            if rng.random() < 0.3:
                await asyncio.sleep(rng.uniform(0, 0.1))
        return 80

    tasks: list[asyncio.Task[None]] = []

    async def alle() -> int:
        tasks.extend(asyncio.create_task(one.ustadigt()) for one in ustadige)
        for one in ustadige:
            await one.begyndt.wait()
        while len(subs._kore) < 6:  # else a crowded machine may tell all of it before anybody has joined
            await asyncio.sleep(0.01)
        antal = await arbejde()
        while any(len(one.hoert) < antal for one in ustadige):
            await asyncio.sleep(0.02)
        return antal

    try:
        wanted = await _faelles(log, stadige, alle)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    assert len(wanted) == len(set(wanted)) == 80
    for one in (*stadige, *ustadige):
        assert one.hoert == wanted
    assert stadige[0].sammen == 80, "who takes all of it is told all of it together"
    assert stadige[-1].sammen == 0
    assert all(one.sammen for one in ustadige)


@pytest.mark.parametrize(
    ("query", "en", "anden", "lige"),
    [
        (DOCUMENT, {"efter": "a"}, {"efter": "b"}, True),
        (DOCUMENT, {"filter": {"uuid": []}}, {"filter": None}, False),
        ("subscription ($u: [UUID!]) { aendringer(filter: {uuid: $u}) { __typename } }", {"u": []}, {"u": None}, False),
        ("subscription ($b: Boolean!) { aendringer { ... @skip(if: $b) { __typename } } }", {"b": 1}, {"b": 0}, False),
    ],
    ids=["from elsewhere", "another filter", "another part of the filter", "other fields"],
)
def test_who_is_told_the_same(query: str, en: dict[str, Any], anden: dict[str, Any], lige: bool) -> None:
    found = [_lige(parse(query), Spoergsmaal(query, None, variables), FRA) for variables in (en, anden)]
    assert (found[0] == found[1]) is lige


async def test_who_loses_a_right_is_told_no_more_and_why(log: Log) -> None:
    subs, rettigheder = subscriptions(log), [LAESER.rettigheder]
    taber = Tilhoerer(subs, Random(1), principal=lambda: replace(LAESER, rettigheder=rettigheder[0]))
    bliver = Tilhoerer(subs, Random(2))
    tasks = [asyncio.create_task(one.foelg()) for one in (taber, bliver)]
    async with asyncio.timeout(DEADLINE_S):
        await taber.begyndt.wait()
        await bliver.begyndt.wait()
        await asyncio.sleep(0.2)
        await change(log, "foer")
        while not (taber.hoert and bliver.hoert):
            await asyncio.sleep(0.02)
        rettigheder[0] = frozenset()
        await change(log, "efter")
        await tasks[0]
        while len(bliver.hoert) < 2:
            await asyncio.sleep(0.02)
    tasks[1].cancel()
    await asyncio.gather(*tasks, return_exceptions=True)

    assert (taber.sammen, bliver.sammen) == (1, 2)
    assert taber.hoert == bliver.hoert[:1]
    assert taber.sidst is not None
    assert not taber.sidst.svar.udfoert


def levering(xid: int, *, ny: bool = True, incarnation: int = 1) -> Levering:
    return Levering(Svar(b"1"), f"s{xid}", Stand(incarnation, xid), ny)


async def _stroem(*leveringer: Levering, fejl: Exception | None = None) -> AsyncGenerator[Levering, None]:
    await asyncio.sleep(0)
    for one in leveringer:
        yield one
    if fejl is not None:
        raise fejl


async def test_what_one_has_heard_already_is_not_told_again_but_a_pulse_is() -> None:
    hoert: list[Levering] = []
    told = [levering(3), levering(5, ny=False), levering(5), levering(5, ny=False), levering(6)]

    ud = await Kore().med("k", Stand(1, 5), "s5", lambda one: not hoert.append(one), lambda _: _stroem(*told))  # type: ignore[func-returns-value]

    assert hoert == [levering(5, ny=False), levering(5, ny=False), levering(6)]
    assert ud == ("s6", False)


@pytest.mark.parametrize("fejl", [Unavailable("away"), KeyError("a bug")])
async def test_when_the_stream_fails_each_goes_on_from_his_own_place(fejl: Exception) -> None:
    kore, tavs = Kore(), [False]
    stroem = lambda _: _stroem(levering(2), levering(3), fejl=fejl)  # noqa: E731

    def en_gang(_: Levering) -> bool:
        tavs[0] = not tavs[0]
        return tavs[0]

    found = await asyncio.gather(
        kore.med("k", Stand(1, 1), "s1", lambda _: True, stroem),
        kore.med("k", Stand(1, 1), "s1", en_gang, stroem),
        kore.med("k", Stand(1, 1), "s1", lambda _: False, stroem),
    )

    assert found == [("s3", False), ("s2", True), ("s1", True)]
    assert len(kore) == 0
    assert kore.kan("k", Stand(1, 0))


async def test_nobody_joins_those_who_are_ahead_or_of_another_life() -> None:
    kore, videre = Kore(), asyncio.Event()

    async def stroem(_: str) -> AsyncGenerator[Levering, None]:
        yield levering(5)
        await videre.wait()

    task = asyncio.create_task(kore.med("k", Stand(1, 4), "s4", lambda _: True, stroem))
    await asyncio.sleep(0.05)
    kan = [
        kore.kan("k", Stand(1, 4)),
        kore.kan("k", Stand(1, 5)),
        kore.kan("k", Stand(2, 5)),
        kore.kan("andet", Stand(1, 1)),
    ]
    async with asyncio.timeout(5):
        for_sent = await kore.med("k", Stand(1, 4), "for sent", lambda _: True, stroem)
    videre.set()

    assert for_sent == ("for sent", True)
    assert kan == [False, True, False, True]
    assert await task == ("s5", False)


async def test_the_stream_ends_when_the_last_has_left() -> None:
    kore, lukket = Kore(), asyncio.Event()

    async def stroem(_: str) -> AsyncGenerator[Levering, None]:
        try:
            await asyncio.Event().wait()
            yield levering(5)
        finally:
            lukket.set()

    tasks = [asyncio.create_task(kore.med("k", Stand(1, 4), "s4", lambda _: True, stroem)) for _ in range(2)]
    await asyncio.sleep(0.05)
    assert len(kore) == 2
    for task in tasks:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    assert lukket.is_set()
    assert len(kore) == 0

"""Following the log: from where, what first, what when it is quiet, and what when the position is no good."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing
from datetime import timedelta
from uuid import UUID

import pytest

from fkorg.errors import Unavailable
from graph import follow
from graph.follow import Besked, Gensynk, Puls
from model import incarnation
from model.aendringslog import Aendring, Filter
from model.log import Log
from model.stand import Stand
from tests.builders import Kommune
from tests.graph.log_fixture import BY, a_log, change
from tests.model.log import NOW

DEADLINE_S = 20.0
ONE_PULSE = timedelta(hours=1)


@pytest.fixture
async def log(dsn: str) -> AsyncIterator[Log]:
    async with a_log(dsn) as log:
        yield log


def text(log: Log, position: Stand) -> str:
    return log.text(BY.uuid, position, NOW)


class Follower:
    """Takes from a stream with a deadline."""

    def __init__(self, told: AsyncGenerator[Besked, None]) -> None:
        self.told = told

    async def next(self) -> Besked:
        async with asyncio.timeout(DEADLINE_S):
            return await anext(self.told)

    async def uuids(self, count: int) -> list[UUID]:
        found = [await self.next() for _ in range(count)]
        return [one.uuid for one in found if isinstance(one, Aendring)]


def following(log: Log, efter: str | None = None, **more: object) -> AsyncGenerator[Besked, None]:
    arguments = {"filter": Filter(), "puls": ONE_PULSE, "chance": lambda: 1.0, **more}
    return follow.follow(log, BY.uuid, efter, **arguments)  # type: ignore[arg-type]


async def test_without_a_position_it_begins_now_with_a_pulse(log: Log) -> None:
    await change(log, "before")
    async with aclosing(following(log)) as told:
        follower = Follower(told)

        first = await follower.next()
        later = await change(log, "later")

        assert isinstance(first, Puls)
        assert await follower.uuids(1) == [later]


async def test_it_goes_on_from_any_message_without_gap_or_repeat(log: Log) -> None:
    start = text(log, await log.begin(BY.uuid, None))
    names = [await change(log, f"n{number}") for number in range(5)]
    async with aclosing(following(log, start)) as told:
        messages = [await Follower(told).next() for _ in range(6)]
    assert [one.uuid for one in messages if isinstance(one, Aendring)] == names
    assert isinstance(messages[-1], Puls)

    for number, message in enumerate(messages):
        async with aclosing(following(log, text(log, message.stand))) as told:
            rest = names[number + 1 :]
            assert await Follower(told).uuids(len(rest)) == rest
            assert isinstance(await Follower(told).next(), Puls)


async def test_a_pulse_says_whether_all_has_been_told(log: Log) -> None:
    start = text(log, await log.begin(BY.uuid, None))
    for number in range(follow.SIDE + 1):
        await change(log, f"n{number}", ring=False)
    async with aclosing(following(log, start, puls=timedelta())) as told:
        messages = [await Follower(told).next() for _ in range(follow.SIDE + 3)]

    assert [(number, one.alt) for number, one in enumerate(messages) if isinstance(one, Puls)] == [
        (follow.SIDE, False),
        (follow.SIDE + 2, True),
    ]


async def test_those_who_came_together_are_not_sent_their_pulses_together(log: Log) -> None:
    async with aclosing(following(log, chance=lambda: 0.0)) as told:
        early = [await Follower(told).next() for _ in range(2)]
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2):
                await anext(told)

    assert [type(one) for one in early] == [Puls, Puls]


async def test_what_came_while_it_was_away_comes_first(log: Log) -> None:
    async with aclosing(following(log)) as told:
        position = (await Follower(told).next()).stand

    missed = [await change(log, f"n{number}", ring=False) for number in range(3)]

    async with aclosing(following(log, text(log, position))) as told:
        assert await Follower(told).uuids(3) == missed


async def test_a_pulse_comes_when_it_is_quiet_and_carries_the_position(log: Log) -> None:
    async with aclosing(following(log, puls=timedelta(seconds=0.01))) as told:
        pulses = [await Follower(told).next() for _ in range(3)]

    assert [type(one) for one in pulses] == [Puls, Puls, Puls]
    later = await change(log, "later")
    async with aclosing(following(log, text(log, pulses[-1].stand))) as told:
        assert await Follower(told).uuids(1) == [later]


def forged(log: Log) -> str:
    return "AAAA"


def foreign(log: Log) -> str:
    return log.text(Kommune(cvr="22222222").uuid, Stand(1, 1), NOW)


def expired(log: Log) -> str:
    return log.text(BY.uuid, Stand(1, 1), NOW - timedelta(days=8))


def older_life(log: Log) -> str:
    return text(log, Stand(0, 1))


def beyond(log: Log) -> str:
    return text(log, Stand(1, 2**40))


@pytest.mark.parametrize("position", [forged, foreign, expired, older_life, beyond])
async def test_a_position_that_cannot_be_continued_gives_a_gensynk_and_goes_on_from_now(
    log: Log, position: Callable[[Log], str]
) -> None:
    await change(log, "before")
    async with aclosing(following(log, position(log))) as told:
        follower = Follower(told)

        first = await follower.next()
        pulse = await follower.next()
        later = await change(log, "later")

        assert isinstance(first, Gensynk)
        assert "load anew" in first.grund or "given by" in first.grund
        assert isinstance(pulse, Puls)
        assert await follower.uuids(1) == [later]


async def test_a_position_beyond_the_last_begins_a_new_life(log: Log) -> None:
    async with aclosing(following(log, beyond(log))) as told:
        first = await Follower(told).next()

    async with log.database.connection() as connection:
        assert (await incarnation.read(connection)).nummer == 2
    assert first.stand.incarnation == 2


async def test_a_restore_while_following_gives_a_gensynk(log: Log) -> None:
    async with aclosing(following(log)) as told:
        follower = Follower(told)
        await follower.next()

        async with log.database.transaction() as tx:
            await incarnation.begin(tx, await incarnation.read(tx), NOW)
        gensynk = await follower.next()

        assert isinstance(gensynk, Gensynk)
        assert gensynk.stand.incarnation == 2


async def test_a_database_set_back_under_a_follower_gives_a_gensynk_also_when_nobody_began_a_new_life(log: Log) -> None:
    """As after a restore of the database alone: the follower's position lies beyond the last (rules.md 30)."""
    ahead = Stand(1, 2**40)

    class Restored(Log):
        async def begin(self, organisation: UUID, efter: str | None) -> Stand:
            return ahead if efter == "as it was" else await super().begin(organisation, efter)

    restored = Restored(log.database, log.tail, log.secret, log.ur)
    async with aclosing(following(restored, "as it was")) as told:
        follower = Follower(told)
        first = await follower.next()
        pulse = await follower.next()
        later = await change(log, "later")

        assert isinstance(first, Gensynk)
        assert first.stand.incarnation == 2
        assert isinstance(pulse, Puls)
        assert await follower.uuids(1) == [later]


class Away(Log):
    """A log whose database can be away."""

    away = False

    async def read(self, *arguments: object) -> object:  # type: ignore[override]
        if self.away:
            raise Unavailable("the database is away")
        return await super().read(*arguments)  # type: ignore[arg-type]


async def test_while_the_database_is_away_the_pulse_goes_on_from_the_same_position(log: Log) -> None:
    away = Away(log.database, log.tail, log.secret, log.ur)
    async with aclosing(following(away, puls=timedelta(seconds=0.01))) as told:
        follower = Follower(told)
        before = await follower.next()
        away.away = True
        changed = await change(log, "meanwhile")

        during = [await follower.next() for _ in range(2)]
        away.away = False
        after = [await follower.next() for _ in range(3)]

    assert {one.stand for one in during if isinstance(one, Puls)} <= {before.stand}
    assert [one.uuid for one in during + after if isinstance(one, Aendring)] == [changed]


async def test_who_may_no_longer_read_is_told_nothing_more(log: Log) -> None:
    allowed = True

    def may_read() -> None:
        if not allowed:
            raise PermissionError

    async with aclosing(following(log, may_read=may_read)) as told:
        await Follower(told).next()
        allowed = False
        await change(log, "secret")

        with pytest.raises(PermissionError):
            await Follower(told).next()

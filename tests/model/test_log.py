"""Positions as one process takes them in: refused at once, waited for, expired, or met in another life of the log."""

import time
from collections.abc import AsyncIterator, Callable
from datetime import timedelta

import pytest

from fkorg.errors import Unavailable
from model import incarnation, stand
from model.aendringslog import Filter
from model.log import Log
from model.stand import Stand
from tests.builders import Kommune
from tests.graph.log_fixture import BY, Ur, a_log, change
from tests.model.log import NOW


@pytest.fixture
async def log(dsn: str) -> AsyncIterator[Log]:
    async with a_log(dsn) as log:
        yield log


async def given(log: Log) -> str:
    return log.text(BY.uuid, (await log.begin(BY.uuid, None)), log.ur())


REFUSED: dict[str, tuple[Callable[[Log], str], type[stand.Standfejl]]] = {
    "no text of ours": (lambda log: "AAAA", stand.Forfalsket),
    "changed": (lambda log: log.text(BY.uuid, Stand(1, 1), NOW)[:-1] + "_", stand.Forfalsket),
    "of another municipality": (lambda log: log.text(Kommune(cvr="22222222").uuid, Stand(1, 1), NOW), stand.Fremmed),
    "of an older life": (lambda log: log.text(BY.uuid, Stand(0, 1), NOW), stand.AndenInkarnation),
    "of a life to come": (lambda log: log.text(BY.uuid, Stand(2, 1), NOW), stand.AndenInkarnation),
    "beyond the last": (lambda log: log.text(BY.uuid, Stand(1, 2**40), NOW), stand.HinsidesSidste),
}


@pytest.mark.parametrize("text, error", REFUSED.values(), ids=REFUSED)
async def test_is_refused_at_once_a_position(log: Log, text: Callable[[Log], str], error: type[Exception]) -> None:
    began = time.monotonic()

    with pytest.raises(error):
        await log.reach(BY.uuid, text(log))

    assert time.monotonic() - began < log.vent.total_seconds() / 2


async def test_a_position_holds_for_seven_days_by_the_clock_that_is_handed_in(log: Log) -> None:
    text = await given(log)
    assert isinstance(log.ur, Ur)

    log.ur.now = NOW + timedelta(days=7)
    await log.reach(BY.uuid, text)
    await log.begin(BY.uuid, text)

    log.ur.now += timedelta(seconds=1)
    with pytest.raises(stand.Udloebet):
        await log.reach(BY.uuid, text)
    with pytest.raises(stand.Udloebet):
        await log.begin(BY.uuid, text)


async def test_what_the_tail_has_not_seen_yet_is_neither_refused_nor_taken_for_a_restore(log: Log) -> None:
    """A tail whose connection is dead without a word: positions of other processes are ahead of it."""
    log.vent = timedelta(seconds=0.05)
    text = log.text(BY.uuid, await log.here(), NOW)
    log.tail.has_passed = lambda position: False  # type: ignore[method-assign]

    with pytest.raises(Unavailable):
        await log.reach(BY.uuid, text)

    async with log.database.connection() as connection:
        assert (await incarnation.read(connection)).nummer == 1


async def test_a_life_that_begins_between_two_pages_is_told_not_read_over(log: Log) -> None:
    position = await log.begin(BY.uuid, None)
    await change(log, "lost")
    async with log.database.transaction() as tx:
        await incarnation.begin(tx, await incarnation.read(tx), NOW)

    with pytest.raises(stand.AndenInkarnation):
        await log.read(BY.uuid, position, Filter(), 100)

"""Following the change log from a position: every change once, in order, and a sign of life between them.

Owns when a follower reads, when it is sent a Puls, and when its position is given up with a Gensynk. Refuses to know
GraphQL and connections. A follower that leaves closes the generator; nothing else holds on to it.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from random import random
from typing import Final, TypeAlias
from uuid import UUID

from fkorg.errors import Unavailable
from model.aendringslog import Aendring, Filter, Side
from model.log import Log
from model.stand import Stand, Standfejl

SIDE: Final = 100
"""Changes read at a time: what a slow follower holds in memory."""
PULS: Final = timedelta(seconds=15)
_IGEN_S: Final = 1.0
"""The wait before the log is read again after the database was away."""


@dataclass(frozen=True, slots=True)
class Puls:
    """Everything up to `stand` has been told. `alt`: and no more is known to wait."""

    stand: Stand
    alt: bool


@dataclass(frozen=True, slots=True)
class Gensynk:
    """The position asked for cannot be continued; what changes after `stand` follows."""

    stand: Stand
    grund: str


Besked: TypeAlias = Aendring | Puls | Gensynk


async def follow(
    log: Log,
    organisation: UUID,
    efter: str | None,
    filter: Filter,
    *,
    may_read: Callable[[], None] = lambda: None,
    puls: timedelta = PULS,
    chance: Callable[[], float] = random,
) -> AsyncGenerator[Besked, None]:
    """Changes after a position, without end. The first Puls comes after the first page of what was there.

    `may_read` is asked before each page is told: what it raises ends the following. While the database is away the
    pulse goes on from the same position. The second Puls comes early, by `chance`: those who came together are not
    sent their pulses together.
    """
    position, again = await _begin(log, organisation, efter)
    if again is not None:
        yield again
    clock = asyncio.get_running_loop().time
    due, pause, together = clock(), chance() * puls.total_seconds(), False
    while True:
        version = log.tail.version(organisation)
        page = await _page(log, organisation, position, filter, version if together else None)
        may_read()
        if isinstance(page, Gensynk):
            position = page.stand
            yield page
            continue
        if page is not None:
            for one in page.aendringer:
                yield one
            position = page.naeste
        if clock() >= due:
            due, pause = clock() + pause, puls.total_seconds()
            yield Puls(position, page is not None and not page.flere)
        if page is None:
            await asyncio.sleep(min(_IGEN_S, max(due - clock(), 0.0)))
        elif not page.flere:
            together = True
            await log.tail.news(organisation, version, max(due - clock(), 0.0))


async def _begin(log: Log, organisation: UUID, efter: str | None) -> tuple[Stand, Gensynk | None]:
    try:
        return await log.begin(organisation, efter), None
    except Standfejl as error:
        position = await log.begin(organisation, None)
        return position, Gensynk(position, error.grund)


async def _page(
    log: Log, organisation: UUID, position: Stand, filter: Filter, news: int | None
) -> Side | Gensynk | None:
    """The next page, or where to go on when none follows the position any more; None while the database is away.

    Who has told all that was there shares what he reads with those who heard of the same `news`.
    """
    with suppress(Unavailable):
        try:
            if news is None:
                return await log.read(organisation, position, filter, SIDE)
            return await log.read_together(organisation, position, filter, SIDE, news)
        except Standfejl as error:
            return Gensynk(await log.begin(organisation, None), error.grund)
    return None

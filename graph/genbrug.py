"""Answers that are given again while nothing has changed. Source: performance.md 4, rules.md 12 and 38.

Owns when an answer still holds: the version of the municipality's data is the one it was made at, no effect date has
passed, the bell is heard, and nobody was given a position in the change log that the version may not know of yet.
Refuses to know how answers are made and what they say; who asks gives a key that tells apart whatever makes them differ
(document, variables, rights, municipality) and keeps away what is to be logged each time (rules.md 34).
"""

import hashlib
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import orjson

from fkorg.errors import Unavailable
from graph.answer import Sted, Svar
from model.faelles import Faelles
from model.log import Log

LAENGST: Final = timedelta(seconds=60)
"""No answer is given again for longer: what no change tells of (titles of classes, paths made anew by an operator)."""
VENT_S: Final = 0.25
"""The wait for the tail of the log to reach a position that was given out; then an answer is made anew."""
SKAEVT: Final = timedelta(seconds=1)
"""A question may have looked at the clock so long before the one whose answer it is given."""
_RAMME: Final = 500
"""Bytes that an answer takes beside its data and key."""


@dataclass(slots=True)
class Husket:
    """An answer, at which version of the data it was made, and for which moments it holds: `fra` <= now < `til`.

    `svar.horisont` goes up with the log's, as long as the answer holds.
    """

    svar: Svar
    version: int
    fra: datetime
    til: datetime

    def gaelder(self, version: int, now: datetime) -> bool:
        """Would it be made so now?"""
        return self.version == version and self.fra - SKAEVT <= now < self.til


@dataclass(slots=True)
class Genbrug:
    """One per process. `graense` tells when the next effect date of a municipality passes (None: never); `budget`: the
    bytes that answers may take together. `talt` is told of each question: HIT, MISS, or BYPASS."""

    log: Log
    graense: Callable[[UUID], Awaitable[datetime | None]]
    budget: int
    talt: Callable[[str], None] = lambda _: None
    _kendt: "OrderedDict[Sted, tuple[Husket, int]]" = field(default_factory=OrderedDict, init=False)
    _bytes: int = field(default=0, init=False)
    _graenser: dict[UUID, tuple[int, datetime | None]] = field(default_factory=dict, init=False)
    _samlet: Faelles[Hashable, Husket] = field(default_factory=lambda: Faelles(0.0), init=False)

    def __len__(self) -> int:
        return len(self._kendt)

    @property
    def bytes_(self) -> int:
        """What the answers take."""
        return self._bytes

    async def svar(
        self, organisation: UUID, noegle: Hashable, now: datetime, arbejde: Callable[[], Awaitable[Svar]]
    ) -> Svar:
        """The answer: as it was made before where that holds, else by `arbejde`, once for all who ask meanwhile."""
        version = await self._version(organisation)
        if version is None:
            self.talt("BYPASS")
            return await arbejde()
        sted = (organisation, noegle)
        if (kendt := self._husket(sted, version, now)) is not None:
            return kendt
        self.talt("MISS")
        ny = await self._samlet.faa((*sted, version), lambda: self._ny(sted, version, now, arbejde))
        return ny.svar if ny.fra == now or ny.gaelder(version, now) else await arbejde()

    def straks(self, sted: Sted, now: datetime) -> Svar | None:
        """The answer kept there, when it holds and that can be said without waiting."""
        tail, givet = self.log.tail, self.log.givet
        if not tail.hears or tail.venter or (givet is not None and not tail.has_passed(givet)):
            return None
        return self._husket(sted, tail.version(sted[0]), now)

    def _husket(self, sted: Sted, version: int, now: datetime) -> Svar | None:
        kendt = self._kendt.get(sted)
        if kendt is None or not kendt[0].gaelder(version, now):
            return None
        self._kendt.move_to_end(sted)
        self.talt("HIT")
        assert self.log.tail.aktuel is not None, "there is no version before the first look"
        husket, horisont = kendt[0], self.log.tail.aktuel.horisont
        if husket.svar.horisont != horisont:
            husket.svar = replace(husket.svar, horisont=horisont)
        return husket.svar

    async def _version(self, organisation: UUID) -> int | None:
        """The version that all of us know of; None while that cannot be said."""
        tail, givet = self.log.tail, self.log.givet
        if givet is not None and not tail.has_passed(givet) and not await tail.passed(givet, VENT_S):
            return None
        return tail.version(organisation) if tail.hears and not tail.venter else None

    async def _ny(self, sted: Sted, version: int, now: datetime, arbejde: Callable[[], Awaitable[Svar]]) -> Husket:
        """Make it, and keep it under the version that was before: if that moved meanwhile, it is never given again."""
        svar = await arbejde()
        if not svar.udfoert:
            return Husket(svar, version, now, now)
        til = await self._til(sted[0], version, now)
        ny = Husket(replace(svar, etag=_etag(svar), sted=sted), version, now, til)
        if til > now:
            self._husk(sted, ny)
        return ny

    async def _til(self, organisation: UUID, version: int, now: datetime) -> datetime:
        """Until when what is read now holds by the clock: `now` itself when the calendar is late."""
        kendt = self._graenser.get(organisation)
        if kendt is None or kendt[0] != version or (kendt[1] is not None and kendt[1] <= now):
            try:
                kendt = self._graenser[organisation] = (version, await self.graense(organisation))
            except Unavailable:
                return now
        return max(now, min(now + LAENGST, kendt[1] or now + LAENGST))

    def _husk(self, sted: Sted, ny: Husket) -> None:
        self._glem(sted)
        stoerrelse = len(ny.svar.data or b"") + len(repr(sted[1])) + _RAMME
        if stoerrelse > self.budget // 4:
            return
        self._kendt[sted] = (ny, stoerrelse)
        self._bytes += stoerrelse
        while self._bytes > self.budget:
            self._glem(next(iter(self._kendt)))

    def _glem(self, sted: Sted) -> None:
        if (kendt := self._kendt.pop(sted, None)) is not None:
            self._bytes -= kendt[1]


def _etag(svar: Svar) -> str:
    """Of data and errors, for who asks whether they are still the same."""
    found = hashlib.blake2b(svar.data or b"", digest_size=12)
    found.update(orjson.dumps(list(svar.errors)))
    return f'W/"{found.hexdigest()}"'

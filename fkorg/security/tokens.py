"""Tokens by audience and municipality: one fetch for many callers, renewed before they end. Source: security.md 3.4.

Lives as long as the process, in memory alone. Refuses to know how a token is fetched, and what it opens.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import uniform
from typing import Final, TypeAlias

from fkorg.errors import FkorgError
from fkorg.security.saml import Assertion

MARGEN: Final = timedelta(minutes=5)
"""A token with less left is renewed; up to as much before that, by chance, so that replicas do not all ask at once."""
KNAP: Final = timedelta(seconds=30)
"""With less left a token is not used, whatever became of its renewal."""
VENT: Final = timedelta(seconds=10)
"""After a renewal that failed, the old token is used for so long before the next."""
HVILE: Final = timedelta(seconds=5)
"""A token that a service refused is renewed at most this often."""

Noegle: TypeAlias = tuple[str, str]
"""Audience and CVR."""
Hent: TypeAlias = Callable[[str, str], Awaitable[Assertion]]
"""Fetches a token for that audience and CVR. Raises one of the five errors."""


@dataclass(slots=True)
class _Kendt:
    """A token, from when on it is renewed, and when it was fetched."""

    assertion: Assertion
    fornyes: datetime
    hentet: datetime


@dataclass(slots=True)
class Tokens:
    """One per process and own certificate. `talt` counts fetches by outcome: HENTET, FEJLET."""

    hent: Hent
    ur: Callable[[], datetime]
    spredning: Callable[[], timedelta] = lambda: MARGEN * uniform(0, 1)
    talt: Counter[str] = field(default_factory=Counter)
    _kendte: dict[Noegle, _Kendt] = field(default_factory=dict)
    _hentes: dict[Noegle, "asyncio.Task[Assertion]"] = field(default_factory=dict)

    async def token(self, modtager: str, cvr: str) -> Assertion:
        """One that holds for a while. Raises what fetching raised, when none is left that does."""
        noegle = (modtager, cvr)
        kendt = self._kendte.get(noegle)
        if kendt is not None and self.ur() < kendt.fornyes:
            return kendt.assertion
        try:
            return await self._hent(noegle)
        except FkorgError:
            now = self.ur()
            if kendt is None or now >= kendt.assertion.udloeber - KNAP:
                raise
            kendt.fornyes = now + VENT
            return kendt.assertion

    def afvist(self, assertion: Assertion) -> bool:
        """A service says that this one is bad: the next is a new one. False when it was only just fetched: asking again
        would not help."""
        noegle = (assertion.modtager, assertion.cvr)
        kendt = self._kendte.get(noegle)
        if kendt is None or kendt.assertion is not assertion:
            return True  # it has been renewed meanwhile
        if self.ur() < kendt.hentet + HVILE:
            return False
        del self._kendte[noegle]
        return True

    async def _hent(self, noegle: Noegle) -> Assertion:
        """The one fetch under way; it goes on when who began it is told to end."""
        task = self._hentes.get(noegle)
        if task is None:
            task = self._hentes[noegle] = asyncio.create_task(self._ny(noegle))
            task.add_done_callback(lambda _: self._hentes.pop(noegle, None))
            task.add_done_callback(lambda done: done.cancelled() or done.exception())  # somebody looked
        return await asyncio.shield(task)

    async def _ny(self, noegle: Noegle) -> Assertion:
        try:
            assertion = await self.hent(*noegle)
        except FkorgError:
            self.talt["FEJLET"] += 1
            raise
        self.talt["HENTET"] += 1
        now = self.ur()
        fornyes = max(assertion.udloeber - MARGEN - self.spredning(), now)
        self._kendte[noegle] = _Kendt(assertion, fornyes, now)
        return assertion

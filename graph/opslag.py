"""Writes the log of reads, many answers in one commit: an answer waits until its row lasts. Source: rules.md 34.

While a commit is under way those who come wait for the next, so that the database is asked once however many they are.
Refuses to know what an answer showed, and what becomes of it when nothing can be written.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias

from graph.answer import ANDRE
from graph.caller import Principal
from model import opslag
from model.opslag import Opslag
from model.pool import Pool

_Venter: TypeAlias = "tuple[Opslag, asyncio.Future[None]]"


@dataclass(frozen=True, slots=True)
class Hvem:
    """Who asks, when, and by which operation of those that the operator trusts."""

    principal: Principal
    now: datetime
    operation: str = ANDRE

    def saa(self, felter: Sequence[str], personer: Sequence[str]) -> Opslag:
        """The row that says so."""
        organisation = self.principal.organisation
        assert organisation is not None, "who is shown something has a municipality"
        operation = None if self.operation == ANDRE else self.operation
        return Opslag(organisation, self.now, self.principal.caller, felter, personer, operation)


@dataclass(slots=True)
class Opslagslog:
    """One per process, on the database that is written to."""

    pool: Pool
    _venter: list[_Venter] = field(default_factory=list, init=False)
    _skriver: "asyncio.Task[None] | None" = field(default=None, init=False)

    async def skriv(self, et: Opslag) -> None:
        """Returns when it lasts. Raises Unavailable: it may not have been written."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._venter.append((et, future))
        if self._skriver is None:
            self._skriver = asyncio.create_task(self._run())
        await future

    async def _run(self) -> None:
        try:
            while self._venter:
                sammen, self._venter = self._venter, []
                await self._commit(sammen)
        finally:
            self._skriver = None

    async def _commit(self, sammen: list[_Venter]) -> None:
        try:
            async with self.pool.connection() as connection:
                await opslag.skriv(connection, [et for et, _ in sammen])
        except Exception as error:  # noqa: BLE001  each who waits hears of it
            for _, future in sammen:
                if not future.done():
                    future.set_exception(error)
            return
        for _, future in sammen:
            if not future.done():
                future.set_result(None)

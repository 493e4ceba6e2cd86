"""A process that can die or stand still at every step, and its connections to the tables in memory."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from typing import Any

from fkorg.errors import Unavailable
from tests.simulation import hukommelse, tvillinger_afstemning, tvillinger_koe, tvillinger_model
from tests.simulation.hukommelse import Row, Tabeller
from tests.simulation.uro import Uro

_ = (tvillinger_afstemning, tvillinger_koe, tvillinger_model)  # imported for what they register


class Doed(BaseException):
    """kill -9: nothing the process does from here on has an effect."""


class Proces:
    """One life of one process."""

    def __init__(self, navn: str, uro: Uro) -> None:
        self.navn = navn
        self.uro = uro
        self.alive = True

    async def skridt(self, hvad: str) -> None:
        """Between two steps: go on, stand still for a while, or die. Raises Doed."""
        self.check()
        wait = self.uro.naeste(self.navn, hvad)
        if wait is None:
            self.alive = False
            raise Doed
        await asyncio.sleep(wait)
        self.check()

    def check(self) -> None:
        if not self.alive:
            raise Doed


class Database:
    """The one database: its tables, who is in a transaction, and who hears the bell."""

    def __init__(self, uro: Uro) -> None:
        self.tables = Tabeller()
        self.uro = uro
        self.bells: list[Callable[[], None]] = []
        self.inside: str | None = None

    def ring(self) -> None:
        """At commit; a bell may be missed."""
        if self.tables.rung:
            self.tables.rung = False
            for bell in self.bells:
                if not self.uro.ja(self.uro.tavs_klokke):
                    bell()


class Forbindelse:
    """What a statement is run on."""

    def __init__(self, proces: Proces, database: Database) -> None:
        self._proces = proces
        self._database = database

    async def fetch(self, text: str, *values: object) -> list[Row]:
        self._proces.check()
        return hukommelse.answer(self._database.tables, text, values)

    async def fetchrow(self, text: str, *values: object) -> Row | None:
        rows = await self.fetch(text, *values)
        return rows[0] if rows else None

    async def fetchval(self, text: str, *values: object) -> Any:
        row = await self.fetchrow(text, *values)
        return None if row is None else next(iter(row.values()))

    async def execute(self, text: str, *values: object) -> str:
        return f"DONE {len(await self.fetch(text, *values))}"

    async def executemany(self, text: str, rows: Iterable[Sequence[object]]) -> None:
        for row in rows:
            await self.fetch(text, *row)

    async def copy_records_to_table(
        self, table: str, *, records: Iterable[Sequence[object]], columns: Sequence[str]
    ) -> None:
        self._proces.check()
        hukommelse.copied(self._database.tables, table, columns, records)


class Pulje:
    """A `model.pool.Pool` of one process. All or nothing; a commit may succeed and yet not be heard of."""

    def __init__(self, proces: Proces, database: Database) -> None:
        self._proces = proces
        self._database = database

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Forbindelse]:
        proces, database, uro = self._proces, self._database, self._database.uro
        await proces.skridt("begin")
        if uro.ja(uro.database_vaek):
            raise Unavailable("the database is away")
        assert database.inside is None, f"{proces.navn} begins while {database.inside} waits inside a transaction"
        saved = database.tables.savepoint()
        database.inside = proces.navn
        try:
            yield Forbindelse(proces, database)
            proces.check()
            if uro.ja(uro.commit_fejler):
                raise Unavailable("the commit failed")
        except BaseException:
            database.tables.restore(saved)
            raise
        finally:
            database.inside = None
        database.ring()
        await proces.skridt("committed")
        if uro.ja(uro.commit_uhoert):
            raise Unavailable("the connection was lost at commit")

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Forbindelse]:
        async with self.transaction() as tx:
            yield tx

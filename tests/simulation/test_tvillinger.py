"""The tables in memory answer as Postgres does: both run the same course, statement by statement."""

from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, cast

import pytest

from fkorg.catalogue import Objekttype
from fkorg.registrering import Livscyklus
from ingest import bootstrap
from ingest.afstemning import Gang, Rytme
from ingest.beslut import Regler
from ingest.receive import Modtager
from ingest.worker import Worker
from model import feed_state, leader, state
from model.pool import Connection, Pool
from tests import registreringer as r
from tests.ingest.kilde import KildeIHukommelse
from tests.ingest.test_receive import besked
from tests.simulation import hukommelse, tvillinger_afstemning, tvillinger_koe, tvillinger_model
from tests.simulation.hukommelse import HANDLERS, Row, Tabeller, nothing

_ = (tvillinger_afstemning, tvillinger_koe, tvillinger_model)  # imported for what they register
ENHED = Objekttype.ORGANISATION_ENHED
ENHEDER = ["en", "to", "tre", "fire", "fem"]
FELTER = {
    "dirty": "want_ns gen aarsag due_at attempts first_marked_at wanted_at",
    "confirm": "gen aeldre due_at",
    "objekt": "reg_ns rewind tie livscyklus content_hash aarsag anvendt_at verificeret_at",
    "aendring": "seq art reg_ns rewind tie content_hash aarsag anvendt_at",
}
NOEGLE = ("organisation", "objekttype", "uuid")


class Begge:
    """A connection to both. What they answer is compared; what the projection answers is Postgres's alone."""

    def __init__(self, rigtig: Connection, tables: Tabeller) -> None:
        self._rigtig = rigtig
        self._tables = tables

    async def fetch(self, text: str, *values: object) -> list[Any]:
        rows = list(await self._rigtig.fetch(text, *values))
        if (answer := self._answer(text, values)) is not None:
            wanted = [dict(row) for row in rows]
            found = [{name: one.get(name) for name in wanted[0]} for one in answer] if wanted else answer
            assert sorted(map(repr, found)) == sorted(map(repr, wanted)), text
        return rows

    async def fetchrow(self, text: str, *values: object) -> Any:
        rows = await self.fetch(text, *values)
        return rows[0] if rows else None

    async def fetchval(self, text: str, *values: object) -> Any:
        row = await self._rigtig.fetchrow(text, *values)
        answer = self._answer(text, values)
        if answer is not None:
            found = next(iter(answer[0].values())) if answer else None
            assert found == (None if row is None else row[0]), text
        return None if row is None else row[0]

    async def execute(self, text: str, *values: object) -> str:
        self._answer(text, values)
        return await self._rigtig.execute(text, *values)

    async def executemany(self, text: str, rows: Iterable[Sequence[object]]) -> None:
        listed = list(rows)
        for row in listed:
            self._answer(text, row)
        await self._rigtig.executemany(text, listed)

    async def copy_records_to_table(self, table: str, **more: Any) -> None:
        hukommelse.copied(self._tables, table, more["columns"], more["records"])
        await self._rigtig.copy_records_to_table(table, **more)

    def _answer(self, text: str, values: Sequence[object]) -> list[Row] | None:
        answer = hukommelse.answer(self._tables, text, values)
        return None if HANDLERS[text][1] is nothing else answer


class BeggesPulje:
    """A pool over both."""

    def __init__(self, rigtig: Pool) -> None:
        self.rigtig = rigtig
        self.tables = Tabeller()

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Begge]:
        saved = self.tables.savepoint()
        try:
            async with self.rigtig.transaction() as tx:
                yield Begge(tx, self.tables)
        except BaseException:
            self.tables.restore(saved)
            raise

    connection = transaction


@pytest.fixture
async def pulje(dsn: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[BeggesPulje]:
    async with await Pool.open(dsn, size=2) as rigtig:
        async with rigtig.connection() as connection:
            secret = await state.secret(connection)
        pulje = BeggesPulje(rigtig)
        pulje.tables.secret = secret
        yield pulje


@pytest.mark.parametrize("seed", range(4))
async def test_both_sides_go_the_same_way(pulje: BeggesPulje, seed: int) -> None:
    tilfaeldig, now = Random(seed), datetime(2026, 6, 1, tzinfo=UTC)
    pool, kilde = cast(Pool, pulje), KildeIHukommelse()

    def ur() -> datetime:
        return now

    await pulje.rigtig.execute(
        "insert into anvenderkontekst (cvr, organisation, rod, tilstand) values ($1, $2, $3, 'BOOTSTRAP')",
        r.CVR, r.KOMMUNE, r.ROD,
    )  # fmt: skip
    pulje.tables.kontekst[r.CVR] = {"cvr": r.CVR, "organisation": r.KOMMUNE, "rod": r.ROD, "tilstand": "BOOTSTRAP"}
    kilde.put(Objekttype.ORGANISATION, r.KOMMUNE, r.organisation())
    kilde.put(ENHED, r.ROD, r.enhed("rod", None))
    leder = await leader.take(pulje.rigtig, r.KOMMUNE, "begge", seen_epoch=None)
    assert leder is not None
    pulje.tables.leader[r.KOMMUNE, leader.ROLE] = {"epoch": leder.epoch, "holder": "begge", "beat_at": now}
    worker = Worker(pool, kilde, leder, Regler(timedelta(seconds=10)), chance=tilfaeldig.random)
    modtager = Modtager(pool, r.CVR, bundfaeldning=timedelta(seconds=10))
    await bootstrap.run(pool, kilde, leder, clock=ur, worker=worker, sidelaengde=2)

    async def sov(seconds: float) -> None:
        nonlocal now
        now += timedelta(seconds=seconds + 5)
        await worker.once(now)

    gang = Gang(pool, kilde, leder, ur, Rytme(side=2, batch=2, bundfaeldning=timedelta(seconds=10)), sov=sov)
    for number in range(1, 40):
        navn, key = (valgt := tilfaeldig.choice(ENHEDER)), (ENHED, r.uuid(valgt))
        tid = 150 + number / 1000
        match tilfaeldig.choice(
            ("ny", "ny", "slet", "samme", "glem", "besked", "besked", "arbejd", "arbejd", "tid", "afstem")
        ):
            case "ny":
                kilde.put(*key, r.enhed(f"{navn} {number}", r.ROD, tid=tid))
            case "slet":
                kilde.put(*key, r.enhed(navn, r.ROD, tid=tid, livscyklus=Livscyklus.SLETTET))
            case "samme" if key in kilde.objekter:
                newest = kilde.objekter[key][-1]
                other = r.enhed(f"{navn} {number}", r.ROD)
                kilde.objekter[key][-1] = type(newest)(newest.tidspunkt_ns, newest.livscyklus, other.egenskaber)
            case "glem":
                kilde.objekter.pop(key, None)
            case "besked":
                told = tilfaeldig.choice((None, tid))
                one, other = (besked(navn, ENHED, id_=f"{part}", tid=told) for part in (number // 2, number // 3))
                await modtager.modtag_mange([one, other, one][: tilfaeldig.randint(1, 3)], feed_state.AMQP, now)
            case "arbejd":
                await worker.once(now)
            case "tid":
                now += timedelta(seconds=tilfaeldig.choice((1, 11, 300)))
            case "afstem":
                await gang.once()

    for tabel, felter in FELTER.items():
        names = [*NOEGLE, *felter.split()]
        rigtige = [tuple(row) for row in await pulje.rigtig.fetch(f"select {', '.join(names)} from {tabel}")]
        huskede = getattr(pulje.tables, tabel)
        rows = (
            huskede
            if isinstance(huskede, list)
            else [dict(zip(NOEGLE, k, strict=True)) | v for k, v in huskede.items()]
        )
        assert sorted(map(repr, (tuple(row[name] for name in names) for row in rows))) == sorted(map(repr, rigtige)), (
            tabel
        )

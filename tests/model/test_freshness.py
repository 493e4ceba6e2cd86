"""Freshness: what may be claimed from what was recorded, and that it is never later than the truth."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import orjson
import pytest

from fkorg.catalogue import Objekttype
from fkorg.errors import Unavailable
from model import freshness, tables
from model.freshness import Fakta, Freshness, Friskhedsstatus, Kanal
from model.pool import Pool, Record
from tests.builders import Kommune, et_objekt, insert, row

BY = Kommune()
NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


def ago(**gap: float) -> datetime:
    return NOW - timedelta(**gap)


TOM = Kanal(connected_since=ago(hours=1), disconnected_at=None, last_empty_at=ago(seconds=1))
FRISK = Fakta(
    bootstrap=False,
    kanaler=(TOM,),
    kilde_tilgaengelig=True,
    besked_venter_siden=None,
    venter_siden=None,
    ventende=0,
    parkerede=0,
    verificeret_til=ago(hours=5),
)
CASES = {
    "all is well": (FRISK, "FRISK", ago(seconds=1)),
    "a message waits since a moment": (replace(FRISK, besked_venter_siden=ago(seconds=4)), "FRISK", ago(seconds=4)),
    "a message waits long": (replace(FRISK, besked_venter_siden=ago(seconds=11)), "BAGUD", ago(seconds=11)),
    "a message waits very long": (replace(FRISK, besked_venter_siden=ago(minutes=16)), "FORAELDET", ago(minutes=16)),
    "a message marked after the last empty moment": (replace(FRISK, besked_venter_siden=NOW), "FRISK", ago(seconds=1)),
    "the channel was lost": (
        replace(FRISK, kanaler=(replace(TOM, disconnected_at=ago(seconds=1)),)),
        "BAGUD",
        ago(seconds=1),
    ),
    "the channel is back and not yet drained": (
        replace(FRISK, kanaler=(Kanal(ago(seconds=2), ago(minutes=1), ago(minutes=1)),)),
        "BAGUD",
        ago(minutes=1),
    ),
    "the receiver died without a word": (
        replace(FRISK, kanaler=(replace(TOM, last_empty_at=ago(minutes=20)),)),
        "FORAELDET",
        ago(minutes=20),
    ),
    "one of two channels is behind": (
        replace(FRISK, kanaler=(TOM, replace(TOM, last_empty_at=ago(minutes=3)))),
        "BAGUD",
        ago(minutes=3),
    ),
    "one of two channels was never empty": (
        replace(FRISK, kanaler=(TOM, replace(TOM, last_empty_at=None))),
        "FORAELDET",
        None,
    ),
    "no channel yet": (replace(FRISK, kanaler=()), "FORAELDET", None),
    "the source is away": (replace(FRISK, kilde_tilgaengelig=False), "BAGUD", ago(seconds=1)),
    "first fill": (replace(FRISK, bootstrap=True), "BOOTSTRAP", ago(seconds=1)),
}


@pytest.mark.parametrize("facts, status, til", CASES.values(), ids=CASES)
def test_freshness_when(facts: Fakta, status: str, til: datetime | None) -> None:
    found = freshness.deduce(facts, NOW)

    assert (found.status, found.beskeder_til) == (status, til)


def test_a_claim_ages_when_nothing_new_is_learnt() -> None:
    later = [freshness.deduce(FRISK, NOW + timedelta(minutes=m)) for m in (0, 1, 20)]

    assert [one.status for one in later] == ["FRISK", "BAGUD", "FORAELDET"]
    assert {one.beskeder_til for one in later} == {ago(seconds=1)}


def test_the_fragment_is_the_json_of_the_answers_extensions() -> None:
    found = freshness.fragment(freshness.deduce(FRISK, NOW), "AAAA")

    assert orjson.loads(found) == {
        "status": "FRISK",
        "stand": "AAAA",
        "beskederTil": "2026-06-01T11:59:59Z",
        "verificeretTil": "2026-06-01T07:00:00Z",
    }


@pytest.fixture
async def pool(dsn: str) -> AsyncIterator[Pool]:
    async with await Pool.open(dsn, size=2) as pool:
        yield pool


async def test_the_facts_are_those_that_ingest_recorded(pool: Pool) -> None:
    enhed, bruger = Objekttype.ORGANISATION_ENHED, Objekttype.BRUGER
    mark = {"objekttype": enhed, "want_ns": 1, "gen": 1, "attempts": 0, "due_at": "2026-06-01T12:00Z"}
    amqp = {"connected_since": "2026-06-01T11:00Z", "last_empty_at": "2026-06-01T11:59Z"}
    source = {"source_ok_at": "2026-06-01T11:58Z", "source_failed_at": "2026-06-01T11:57Z"}
    parked = {
        "besked_id": "x",
        "reason": "unreadable",
        "attempts": 1,
        "first_at": "2026-06-01",
        "last_at": "2026-06-01",
    }
    async with pool.transaction() as tx:
        await insert(
            tx,
            [
                *BY.rows(),
                row(tables.feed_state, BY, kanal="AMQP", **amqp),
                row(tables.feed_state, BY, kanal="SOAP", **source),
                row(tables.dirty, BY, **mark, aarsag="BESKED", first_marked_at="2026-06-01T11:55Z"),
                row(tables.dirty, BY, **mark, aarsag="AFSTEMNING", first_marked_at="2026-06-01T10:00Z"),
                row(tables.parked, BY, **parked),
                et_objekt(BY, bruger, BY.en_uuid(), verificeret_at="2026-06-01T09:00Z"),
                et_objekt(BY, bruger, BY.en_uuid(), verificeret_at="2026-06-01T08:00Z"),
                et_objekt(BY, bruger, BY.en_uuid(), verificeret_at="2026-05-01T08:00Z", livscyklus="SLETTET"),
            ],
        )

    facts = await freshness.read(pool, BY.uuid)

    assert facts == Fakta(
        bootstrap=False,
        kanaler=(Kanal(ago(hours=1), None, ago(minutes=1)),),
        kilde_tilgaengelig=True,
        besked_venter_siden=ago(minutes=5),
        venter_siden=ago(hours=2),
        ventende=2,
        parkerede=1,
        verificeret_til=ago(hours=4),
    )


async def test_an_object_never_verified_counts_from_when_it_was_applied(pool: Pool) -> None:
    async with pool.transaction() as tx:
        seen = et_objekt(BY, Objekttype.BRUGER, BY.en_uuid(), verificeret_at="2026-06-01T09:00Z")
        never = et_objekt(BY, Objekttype.BRUGER, BY.en_uuid(), anvendt_at="2026-06-01T07:00Z")
        await insert(tx, [*BY.rows(), seen, never])

    facts = await freshness.read(pool, BY.uuid)

    assert facts is not None
    assert facts.verificeret_til == ago(hours=5)


async def test_a_municipality_that_is_not_served_has_no_freshness(pool: Pool) -> None:
    with pytest.raises(LookupError):
        await Freshness(pool).of(BY.uuid, NOW)


class Counted:
    """A database that counts questions and can be away."""

    def __init__(self, pool: Pool) -> None:
        self.pool, self.asked, self.away = pool, 0, False

    async def fetch(self, text: str, *values: object) -> list[Record]:
        self.asked += 1
        if self.away:
            raise Unavailable("the database is away")
        return await self.pool.fetch(text, *values)


async def served(pool: Pool) -> Counted:
    async with pool.transaction() as tx:
        channel = {"connected_since": "2026-06-01T11:00Z", "last_empty_at": "2026-06-01T11:59:59Z"}
        source = row(tables.feed_state, BY, kanal="SOAP", source_ok_at="2026-06-01T11:58Z")
        await insert(tx, [*BY.rows(), row(tables.feed_state, BY, kanal="PUSH", **channel), source])
    return Counted(pool)


async def test_many_askers_within_a_second_are_one_question(pool: Pool) -> None:
    database = await served(pool)
    asked = Freshness(database)

    found = await asyncio.gather(*(asked.of(BY.uuid, NOW) for _ in range(50)))
    await asked.of(BY.uuid, NOW + timedelta(seconds=0.9))

    assert {one.status for one in found} == {Friskhedsstatus.FRISK}
    assert database.asked == 1
    await asked.of(BY.uuid, NOW + timedelta(seconds=1))
    assert database.asked == 2


async def test_while_the_database_is_away_the_last_known_ages(pool: Pool) -> None:
    database = await served(pool)
    asked = Freshness(database)
    before = await asked.of(BY.uuid, NOW)

    database.away = True
    after = await asked.of(BY.uuid, NOW + timedelta(hours=1))

    assert (before.status, after.status) == (Friskhedsstatus.FRISK, Friskhedsstatus.FORAELDET)
    assert before.beskeder_til == after.beskeder_til
    with pytest.raises(Unavailable):
        await asked.of(UUID(int=7), NOW)

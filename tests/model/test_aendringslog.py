"""Reading the change log: no gap under concurrent writers, order, pages, and every filter."""

import asyncio
import random
from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID

import pytest

from model import aendringslog
from model.aendringslog import Aendring, Filter, Side
from model.pool import Connection, Pool
from model.stand import Stand
from tests.builders import REGISTRERET, Kommune, en_adressering, en_bruger, en_enhed, en_sti, et_medlemskab, insert
from tests.model.log import NOW, en_aendring

BY = Kommune()
START = Stand(1, 0)


@pytest.fixture
async def pool(dsn: str) -> AsyncIterator[Pool]:
    async with await Pool.open(dsn, size=12) as pool:
        yield pool


async def page(pool: Pool, efter: Stand = START, filter: Filter | None = None, antal: int = 100) -> Side:
    async with pool.connection() as connection:
        return await aendringslog.read(connection, BY.uuid, efter, filter or Filter(), antal=antal, now=NOW)


def uuids(side: Side) -> list[UUID]:
    return [one.uuid for one in side.aendringer]


async def test_a_change_below_a_running_transaction_is_not_passed_by(pool: Pool) -> None:
    first, second = BY.en_uuid(), BY.en_uuid()
    before = (await page(pool)).naeste
    async with pool.transaction() as slow:
        await en_aendring(slow, BY, first)
        async with pool.transaction() as quick:
            await en_aendring(quick, BY, second)

        meanwhile = await page(pool, before)

    after = await page(pool, meanwhile.naeste)
    assert uuids(meanwhile) == []
    assert uuids(after) == [first, second]


async def test_concurrent_writers_leave_no_gap_no_repeat_and_one_order(pool: Pool) -> None:
    chance = random.Random(7)
    per_writer, writers = 40, 8
    start = (await page(pool)).naeste
    written: list[UUID] = []

    async def write(number: int) -> None:
        for _ in range(per_writer):
            async with pool.transaction() as tx:
                for _ in range(chance.randint(1, 3)):
                    uuid = BY.en_uuid()
                    await en_aendring(tx, BY, uuid)
                    written.append(uuid)
                for _ in range(chance.randint(0, 5)):
                    await tx.fetchval("select 1")

    running = asyncio.gather(*(write(number) for number in range(writers)))
    told: list[Aendring] = []
    position = start
    last = False
    while not last:
        quiet = running.done()
        side = await page(pool, position, antal=chance.randint(1, 30))
        told += side.aendringer
        position = side.naeste
        last = quiet and not side.flere
    await running

    assert sorted(one.uuid for one in told) == sorted(written)
    order = [(one.stand.xid, one.stand.seq) for one in told]
    assert order == sorted(order)
    assert (await page(pool)).aendringer == tuple(told[:100])


async def test_the_position_of_an_answer_misses_nothing(pool: Pool) -> None:
    async with pool.transaction() as slow:
        await en_aendring(slow, BY, BY.en_uuid("langsom"))
        async with pool.connection() as connection:
            answer = (await aendringslog.aktuel(connection)).stand

    assert uuids(await page(pool, answer)) == [BY.en_uuid("langsom")]


async def test_pages_go_on_from_each_other(pool: Pool) -> None:
    expected = [BY.en_uuid() for _ in range(5)]
    async with pool.transaction() as tx:
        for uuid in expected:
            await en_aendring(tx, BY, uuid)

    one = await page(pool, antal=2)
    two = await page(pool, one.naeste, antal=2)
    three = await page(pool, two.naeste, antal=2)

    assert [uuids(one), uuids(two), uuids(three)] == [expected[:2], expected[2:4], expected[4:]]
    assert [one.flere, two.flere, three.flere] == [True, True, False]
    assert one.naeste == one.aendringer[-1].stand


async def test_a_filter_that_matches_nothing_still_moves_on(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aendringslog, "VINDUE", 3)
    wanted = BY.en_uuid("sidst")
    async with pool.transaction() as tx:
        for _ in range(4):
            await en_aendring(tx, BY, BY.en_uuid())
        await en_aendring(tx, BY, wanted)

    one = await page(pool, filter=Filter(uuid=(wanted,)))
    two = await page(pool, one.naeste, Filter(uuid=(wanted,)))

    assert (uuids(one), one.flere, one.naeste_givet) == ([], True, NOW)
    assert (uuids(two), two.flere) == ([wanted], False)


async def test_another_municipality_and_another_incarnation_are_not_told(pool: Pool) -> None:
    async with pool.transaction() as tx:
        await en_aendring(tx, Kommune(cvr="22222222"), BY.en_uuid())
        await en_aendring(tx, BY, BY.en_uuid(), incarnation=7)

    assert uuids(await page(pool)) == []


async def test_a_change_carries_what_the_log_has(pool: Pool) -> None:
    async with pool.transaction() as tx:
        cause = await en_aendring(tx, BY, BY.rod, art="INAKTIV")
        await en_aendring(tx, BY, BY.rod, aarsag="AFLEDT", afledt_af=cause, felter=("sti",))

    first, derived = (await page(pool, filter=Filter(afledte=True))).aendringer

    assert (first.art, first.aarsag, first.objekttype, first.uuid) == (
        "INAKTIV",
        "BESKED",
        "ORGANISATION_ENHED",
        BY.rod,
    )
    assert (first.reg_ns, first.anvendt_at, first.felter, first.afledt_af) == (REGISTRERET, NOW, ("enhedsnavn",), None)
    assert derived.afledt_af == first.stand


async def korsbaek(connection: Connection) -> None:
    """rod > skole > klasse, rod > teknik; mads in klasse, ulla in teknik."""
    skole, klasse, teknik = (BY.en_uuid(navn) for navn in ("skole", "klasse", "teknik"))
    mads, ulla = BY.en_uuid("mads"), BY.en_uuid("ulla")
    await insert(
        connection,
        [
            *BY.rows(),
            en_enhed(BY, "Skole", uuid=skole),
            en_enhed(BY, "Klasse", uuid=klasse, overordnet=skole),
            en_enhed(BY, "Teknik", uuid=teknik),
            en_sti(BY, BY.rod, skole),
            en_sti(BY, BY.rod, skole, klasse),
            en_sti(BY, BY.rod, teknik),
            en_bruger(BY, "mads", uuid=mads, person=BY.en_uuid("mads-person")),
            en_bruger(BY, "ulla", uuid=ulla),
            et_medlemskab(BY, mads, klasse, uuid=BY.en_uuid("mads-job")),
            et_medlemskab(BY, ulla, teknik, uuid=BY.en_uuid("ulla-job")),
            en_adressering(BY, en_bruger(BY, uuid=mads), BY.en_uuid("mads-post")),
            en_adressering(BY, en_enhed(BY, uuid=teknik), BY.en_uuid("teknik-post")),
        ],
    )


OBJEKTER = {
    "skole": "ORGANISATION_ENHED",
    "klasse": "ORGANISATION_ENHED",
    "teknik": "ORGANISATION_ENHED",
    "mads": "BRUGER",
    "ulla": "BRUGER",
    "mads-person": "PERSON",
    "mads-job": "ORGANISATION_FUNKTION",
    "ulla-job": "ORGANISATION_FUNKTION",
    "mads-post": "ADRESSE",
    "teknik-post": "ADRESSE",
}
FILTRE = {
    "all": (Filter(), set(OBJEKTER)),
    "types": (Filter(objekttyper=("BRUGER", "PERSON")), {"mads", "ulla", "mads-person"}),
    "no type": (Filter(objekttyper=()), set()),
    "one object": (Filter(uuid=(BY.en_uuid("klasse"),)), {"klasse"}),
    "under the school": (
        Filter(under_enhed=BY.en_uuid("skole")),
        {"skole", "klasse", "mads", "mads-person", "mads-job", "mads-post"},
    ),
    "users under technics": (Filter(under_enhed=BY.en_uuid("teknik"), objekttyper=("BRUGER",)), {"ulla"}),
    "under technics": (Filter(under_enhed=BY.en_uuid("teknik")), {"teknik", "ulla", "ulla-job", "teknik-post"}),
    "under the root": (Filter(under_enhed=BY.rod), set(OBJEKTER)),
    "a user": (Filter(brugere=(BY.en_uuid("mads"),)), {"mads", "mads-person", "mads-job", "mads-post"}),
    "a user elsewhere": (Filter(brugere=(BY.en_uuid("mads"),), under_enhed=BY.en_uuid("teknik")), set()),
}


@pytest.mark.parametrize("filter, expected", FILTRE.values(), ids=FILTRE)
async def test_a_filter_tells(pool: Pool, filter: Filter, expected: set[str]) -> None:
    async with pool.transaction() as tx:
        await korsbaek(tx)
        for navn, objekttype in OBJEKTER.items():
            await en_aendring(tx, BY, BY.en_uuid(navn), objekttype)

    side = await page(pool, filter=filter)

    assert set(uuids(side)) == {BY.en_uuid(navn) for navn in expected}
    assert {one.art for one in side.aendringer} <= {"AENDRET"}


async def move_klasse(tx: Connection, reg_ns: int) -> None:
    """The class moves from the school to technics."""
    klasse, teknik = BY.en_uuid("klasse"), BY.en_uuid("teknik")
    await tx.execute("update organisation_enhed set registreret_til = $1 where uuid = $2", reg_ns, klasse)
    await insert(tx, [en_enhed(BY, "Klasse", uuid=klasse, overordnet=teknik, registreret_fra=reg_ns)])
    await tx.execute("update enhed_sti set sti = $1 where enhed = $2", [BY.rod, teknik, klasse], klasse)
    await en_aendring(tx, BY, klasse, reg_ns=reg_ns)


async def test_a_unit_that_moves_away_leaves_the_filter_once(pool: Pool) -> None:
    async with pool.transaction() as tx:
        await korsbaek(tx)
        await move_klasse(tx, REGISTRERET + 10)
        await en_aendring(tx, BY, BY.en_uuid("klasse"), reg_ns=REGISTRERET + 20)

    left = await page(pool, filter=Filter(under_enhed=BY.en_uuid("skole")))
    entered = await page(pool, filter=Filter(under_enhed=BY.en_uuid("teknik")))

    assert [(one.art, one.reg_ns) for one in left.aendringer] == [("UDGAAET", REGISTRERET + 10)]
    assert [(one.art, one.reg_ns) for one in entered.aendringer] == [
        ("AENDRET", REGISTRERET + 10),
        ("AENDRET", REGISTRERET + 20),
    ]


async def test_a_deleted_unit_is_told_to_its_subtree_also_when_the_parent_went_first(pool: Pool) -> None:
    async with pool.transaction() as tx:
        await korsbaek(tx)
        for number, navn in enumerate(("skole", "klasse"), 1):
            when, uuid = REGISTRERET + number, BY.en_uuid(navn)
            await tx.execute("update organisation_enhed set registreret_til = $1 where uuid = $2", when, uuid)
            await tx.execute("delete from enhed_sti where enhed = $1", uuid)
            await en_aendring(tx, BY, uuid, art="SLETTET", reg_ns=when)

    side = await page(pool, filter=Filter(under_enhed=BY.en_uuid("skole")))

    assert [(one.uuid, one.art) for one in side.aendringer] == [
        (BY.en_uuid("skole"), "SLETTET"),
        (BY.en_uuid("klasse"), "SLETTET"),
    ]


async def test_a_planned_move_leaves_the_filter_when_the_calendar_says_so(pool: Pool) -> None:
    klasse, teknik, skole = (BY.en_uuid(navn) for navn in ("klasse", "teknik", "skole"))
    async with pool.transaction() as tx:
        await korsbaek(tx)
        await tx.execute("update organisation_enhed set virkning_til = '2026-06-01' where uuid = $1", klasse)
        await insert(tx, [en_enhed(BY, "Klasse", uuid=klasse, overordnet=teknik, virkning_fra="2026-06-01")])
        await tx.execute("update enhed_sti set sti = $1 where enhed = $2", [BY.rod, teknik, klasse], klasse)
        await en_aendring(tx, BY, klasse, aarsag="KALENDER")

    side = await page(pool, filter=Filter(under_enhed=skole))

    assert [(one.uuid, one.art) for one in side.aendringer] == [(klasse, "UDGAAET")]


async def test_a_change_of_many_is_told_to_each_user_and_resumed_between_them(pool: Pool) -> None:
    klasse = BY.en_uuid("klasse")
    async with pool.transaction() as tx:
        await korsbaek(tx)
        extra = [et_medlemskab(BY, BY.en_uuid(navn), klasse) for navn in ("bent", "agnes", "agnes")]
        await insert(tx, [row.but(uuid=BY.en_uuid()) for row in extra])
        cause = await en_aendring(tx, BY, BY.en_uuid("skole"))
        await en_aendring(tx, BY, klasse, aarsag="AFLEDT", afledt_af=cause, felter=("sti", "effektivLeder"))
        await en_aendring(tx, BY, BY.en_uuid("teknik"))
    users = sorted(BY.en_uuid(navn) for navn in ("mads", "bent", "agnes"))
    everything = Filter(afledte=True)

    whole = await page(pool, filter=everything)
    resumed = [await page(pool, one.stand, everything) for one in whole.aendringer]

    assert uuids(whole) == [BY.en_uuid("skole"), klasse, *users, BY.en_uuid("teknik")]
    assert [uuids(side) for side in resumed] == [uuids(whole)[n + 1 :] for n in range(6)]
    assert [one.felter for one in whole.aendringer][1:3] == [
        ("sti", "effektivLeder"),
        ("enhedsstier", "ledere", "lederkaede"),
    ]
    assert {one.afledt_af for one in whole.aendringer[1:5]} == {whole.aendringer[0].stand}


AFLEDTE = {
    "not asked for": (Filter(), set()),
    "units alone": (Filter(afledte=True, objekttyper=("ORGANISATION_ENHED",)), {"klasse"}),
    "users alone": (Filter(afledte=True, objekttyper=("BRUGER",)), {"mads"}),
    "one user": (Filter(afledte=True, brugere=(BY.en_uuid("mads"),)), {"mads"}),
    "another user": (Filter(afledte=True, brugere=(BY.en_uuid("ulla"),)), set()),
    "under the school": (Filter(afledte=True, under_enhed=BY.en_uuid("skole")), {"klasse", "mads"}),
    "under technics": (Filter(afledte=True, under_enhed=BY.en_uuid("teknik")), set()),
}


@pytest.mark.parametrize("filter, expected", AFLEDTE.values(), ids=AFLEDTE)
async def test_derived_changes_are_told_when(pool: Pool, filter: Filter, expected: set[str]) -> None:
    async with pool.transaction() as tx:
        await korsbaek(tx)
        await en_aendring(tx, BY, BY.en_uuid("klasse"), aarsag="AFLEDT", felter=("effektivLeder",))

    side = await page(pool, filter=filter)

    assert set(uuids(side)) == {BY.en_uuid(navn) for navn in expected}


async def test_the_newest_change_of_an_object_is_found_when_it_is_new_enough(pool: Pool) -> None:
    async with pool.transaction() as tx:
        await en_aendring(tx, BY, BY.rod, reg_ns=100)

    async with pool.connection() as connection:
        found = await aendringslog.newest(connection, BY.uuid, "ORGANISATION_ENHED", BY.rod, want_ns=100)
        later = await aendringslog.newest(connection, BY.uuid, "ORGANISATION_ENHED", BY.rod, want_ns=101)

    assert found == (await page(pool)).aendringer[0].stand
    assert later is None


async def test_changes_are_kept_a_day_longer_than_positions_live(pool: Pool) -> None:
    kept, gone = BY.en_uuid("kept"), BY.en_uuid("gone")
    async with pool.transaction() as tx:
        await en_aendring(tx, BY, gone, anvendt_at=NOW - timedelta(days=8, seconds=1))
        await en_aendring(tx, BY, kept, anvendt_at=NOW - timedelta(days=8))

        assert await aendringslog.prune(tx, BY.uuid, NOW, antal=10) == 1

    assert uuids(await page(pool)) == [kept]

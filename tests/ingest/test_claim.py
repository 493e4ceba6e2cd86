"""What is claimed, in which order, and what becomes of a claim that is never settled."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from fkorg.catalogue import Objekttype
from fkorg.registrering import Objekt
from ingest import worker
from model import dirty
from model.dirty import Krav
from tests import registreringer as r
from tests.ingest.conftest import Hus
from tests.ingest.test_worker import maerk, objekt
from tests.registreringer import dag


async def test_what_was_told_of_is_claimed_by_itself_the_most_overdue_first(fuldt_hus: Hus) -> None:
    hus = fuldt_hus

    async def claimed(*, resten: bool) -> list[str]:
        async with hus.pool.connection() as connection:
            krav = await dirty.claim(
                connection, r.KOMMUNE, now=hus.ur(), lease=hus.worker.lease, count=1, resten=resten
            )
        return [navn for navn in ("raadhus", "skole", "sfo", "borger") for one in krav if one.objekt == objekt(navn)]

    await maerk(hus, "borger")
    await maerk(hus, "skole", want_ns=dirty.NOGET)
    hus.ur.go(seconds=1)
    await maerk(hus, "raadhus")
    await maerk(hus, "sfo", want_ns=dag(1))

    assert [await claimed(resten=False) for _ in range(3)] == [["skole"], ["sfo"], []]
    assert [await claimed(resten=True) for _ in range(3)] == [["borger"], ["raadhus"], []]


async def test_a_claim_takes_what_it_is_asked_for_also_by_a_plan_of_when_the_queues_were_empty(fuldt_hus: Hus) -> None:
    """As after the first fill: nothing is queued, statistics say so, and the statements' plans are kept."""
    hus, many = fuldt_hus, [(Objekt(r.KOMMUNE, Objekttype.BRUGER, uuid4()), dirty.UANSET) for _ in range(300)]

    async with hus.pool.connection() as connection:
        await connection.execute("delete from dirty")
        await connection.execute("delete from confirm")
        await connection.execute("analyze dirty, confirm")

        async def claimed(count: int) -> list[int]:
            """Of those told of, of the rest, of those to be confirmed."""
            asked: Any = {"now": hus.ur() + dirty.BUNDFAELDNING, "lease": timedelta(0), "count": count}
            found = [await dirty.claim(connection, r.KOMMUNE, **asked, resten=resten) for resten in (False, True)]
            return [*map(len, found), len(await dirty.claim_confirm(connection, r.KOMMUNE, **asked))]

        for _ in range(6):  # from the sixth on the plan is kept
            assert await claimed(50) == [0, 0, 0]
        told = [(objekt, dirty.NOGET) for objekt, _ in many[:150]]
        await dirty.mark_many(connection, told, aarsag="BESKED", now=hus.ur())
        await dirty.mark_many(connection, many[150:], aarsag="BESKED", now=hus.ur())
        await connection.execute("delete from dirty where uuid = any($1)", [o.uuid for o, _ in many[::2]])

        assert await claimed(50) == [50, 50, 50]


async def test_a_claim_that_was_settled_already_clears_no_later_mark(fuldt_hus: Hus) -> None:
    """An object is claimed twice, as by a worker that stood still for its lease, and marked anew between the ends."""
    hus = fuldt_hus

    async def claim() -> list[Krav]:
        async with hus.pool.connection() as connection:
            return await dirty.claim(connection, r.KOMMUNE, now=hus.ur(), lease=hus.worker.lease, count=1)

    async def settle(krav: list[Krav]) -> None:
        async with hus.pool.transaction() as tx:
            await dirty.clear(tx, krav)

    await maerk(hus, "skole", want_ns=dag(1))
    first = await claim()
    hus.ur.go(minutes=2)
    again = await claim()
    await settle(first)
    await maerk(hus, "skole", want_ns=dag(2))

    await settle(again)

    assert [one.objekt for one in first + again] == [objekt("skole")] * 2
    assert await hus.rows("select want_ns from dirty") == [(dag(2),)]


async def test_what_is_told_of_meanwhile_does_not_wait_for_the_rest(fuldt_hus: Hus, monkeypatch: Any) -> None:
    """While what hangs on others is still being read, a message's object is read and applied, more than once."""
    hus, go_on, asked = fuldt_hus, asyncio.Event(), asyncio.Event()
    laes = hus.kilde.laes

    async def slow(objekttype: Objekttype, uuid: UUID) -> Any:
        if uuid == r.uuid("borger"):
            asked.set()
            await go_on.wait()
        return await laes(objekttype, uuid)

    async def told() -> None:
        await maerk(hus, "skole", want_ns=dirty.NOGET, aarsag="BESKED")
        hus.worker.klokke.set()
        async with asyncio.timeout(5):
            while await hus.rows("select 1 from dirty where uuid = $1", r.uuid("skole")):
                await asyncio.sleep(0.01)

    monkeypatch.setattr(hus.kilde, "laes", slow)
    await maerk(hus, "borger")
    async with worker._opfoelgning(hus.worker) as efter:
        runde = asyncio.create_task(hus.worker.runde(hus.ur, efter))
        await asked.wait()
        await told()
        await told()
        still = [one[0] for one in await hus.rows("select uuid from dirty")]
        go_on.set()
        await runde

    assert r.uuid("borger") in still
    assert not await hus.rows("select 1 from dirty where uuid = $1", r.uuid("borger"))


async def test_a_lease_that_has_run_out_gives_the_row_back(fuldt_hus: Hus) -> None:
    hus = fuldt_hus
    await maerk(hus, "skole")
    async with hus.pool.transaction() as tx:
        claimed = await dirty.claim(tx, r.KOMMUNE, now=hus.ur(), lease=hus.worker.lease, count=10, resten=True)

    meanwhile = await hus.worker.once(hus.ur())
    hus.ur.go(seconds=61)
    after = await hus.worker.once(hus.ur())

    assert len(claimed) == 1
    assert not meanwhile.beslutninger
    assert after.beslutninger["Faerdig"] >= 1


async def test_what_waits_to_be_asked_about_stays_claimed_however_slow_the_source_is(
    fuldt_hus: Hus, monkeypatch: pytest.MonkeyPatch
) -> None:
    hus, go_on, asked = fuldt_hus, asyncio.Event(), []

    async def slow(*args: Any) -> list[UUID]:
        asked.append(args)
        await go_on.wait()
        return []

    async def claimed() -> int:
        async with hus.pool.connection() as connection:
            return len(await dirty.claim(connection, r.KOMMUNE, now=hus.ur(), lease=hus.worker.lease, count=10))

    monkeypatch.setattr(hus.kilde, "soeg", slow)
    hus.worker.batch = 1
    async with worker._opfoelgning(hus.worker) as efter:
        for navn in ("mads", "ulla"):
            await maerk(hus, navn, Objekttype.BRUGER, want_ns=dirty.NOGET, aarsag="BESKED")
        await hus.worker.runde(hus.ur, efter)
        for _ in range(3):
            hus.ur.go(seconds=40)
            await efter.plads(hus.ur())
        assert await claimed() == 0

        await maerk(hus, "ulla", Objekttype.BRUGER, want_ns=dirty.NOGET, aarsag="BESKED")
        await hus.worker.runde(hus.ur, efter)  # read again, and asked about once
        await efter.plads(hus.ur())
        assert await claimed() == 0
        go_on.set()

    assert len(asked) == 2
    assert not await hus.rows("select 1 from dirty where want_ns = $1", dirty.NOGET)


async def test_a_new_leader_need_not_wait_for_old_leases(fuldt_hus: Hus) -> None:
    hus = fuldt_hus
    await maerk(hus, "skole")
    async with hus.pool.transaction() as tx:
        await dirty.claim(tx, r.KOMMUNE, now=hus.ur(), lease=hus.worker.lease, count=10, resten=True)

    await hus.worker.begynd(hus.ur())
    ud = await hus.worker.once(hus.ur())

    assert ud.beslutninger["Faerdig"] == 1


async def test_what_hangs_on_an_object_is_due_when_it_was_read_however_long_others_were_asked_about(
    fuldt_hus: Hus, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else it would seem to have waited for long already, and would be read before what messages tell of."""
    hus, go_on = fuldt_hus, asyncio.Event()
    soeg = hus.kilde.soeg

    async def slow(*asked: Any) -> list[UUID]:
        await go_on.wait()
        return await soeg(*asked)

    monkeypatch.setattr(hus.kilde, "soeg", slow)
    async with worker._opfoelgning(hus.worker) as efter:
        await maerk(hus, "mads", Objekttype.BRUGER, want_ns=dirty.NOGET, aarsag="BESKED")
        await hus.worker.runde(hus.ur, efter)
        await asyncio.sleep(0)
        hus.ur.go(seconds=30)
        await maerk(hus, "ulla", Objekttype.BRUGER, want_ns=dirty.NOGET, aarsag="BESKED")
        await hus.worker.runde(hus.ur, efter)
        go_on.set()

    due = dict(await hus.rows("select uuid, due_at from dirty"))
    assert due[r.uuid("ulla-job")] == hus.ur()

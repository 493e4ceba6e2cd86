"""What is claimed, in which order, and what becomes of a claim that is never settled."""

import asyncio
from typing import Any
from uuid import UUID

import pytest

from fkorg.catalogue import Objekttype
from ingest import worker
from model import dirty
from tests import registreringer as r
from tests.ingest.conftest import Hus
from tests.ingest.test_worker import maerk, objekt
from tests.registreringer import dag


async def test_what_was_told_of_is_read_before_what_hangs_on_it_unless_that_has_waited_for_long(fuldt_hus: Hus) -> None:
    hus = fuldt_hus

    async def claimed() -> list[str]:
        async with hus.pool.transaction() as tx:
            krav = await dirty.claim(tx, r.KOMMUNE, now=hus.ur(), lease=hus.worker.lease, count=10, resten=1)
        return sorted(navn for navn in ("raadhus", "skole", "borger") if objekt(navn) in {k.objekt for k in krav})

    await maerk(hus, "borger")
    hus.ur.go(seconds=4)
    await maerk(hus, "raadhus")
    await maerk(hus, "skole", want_ns=dirty.NOGET)

    told = await claimed()
    rest = await claimed()
    hus.ur.go(seconds=2)
    await maerk(hus, "skole", want_ns=dag(1))
    hus.ur.go(seconds=4)

    assert told == ["skole"]
    assert rest == ["borger"], "one, the most overdue"
    assert await claimed() == ["raadhus", "skole"]


async def test_a_lease_that_has_run_out_gives_the_row_back(fuldt_hus: Hus) -> None:
    hus = fuldt_hus
    await maerk(hus, "skole")
    async with hus.pool.transaction() as tx:
        claimed = await dirty.claim(tx, r.KOMMUNE, now=hus.ur(), lease=hus.worker.lease, count=10, resten=10)

    meanwhile = await hus.worker.once(hus.ur())
    hus.ur.go(seconds=61)
    after = await hus.worker.once(hus.ur())

    assert len(claimed) == 1
    assert not meanwhile.beslutninger
    assert after.beslutninger["Faerdig"] >= 1


async def test_a_new_leader_need_not_wait_for_old_leases(fuldt_hus: Hus) -> None:
    hus = fuldt_hus
    await maerk(hus, "skole")
    async with hus.pool.transaction() as tx:
        await dirty.claim(tx, r.KOMMUNE, now=hus.ur(), lease=hus.worker.lease, count=10, resten=10)

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
        await hus.worker.runde(hus.ur(), efter)
        await asyncio.sleep(0)
        hus.ur.go(seconds=30)
        await maerk(hus, "ulla", Objekttype.BRUGER, want_ns=dirty.NOGET, aarsag="BESKED")
        await hus.worker.runde(hus.ur(), efter)
        go_on.set()

    due = dict(await hus.rows("select uuid, due_at from dirty"))
    assert due[r.uuid("ulla-job")] == hus.ur()

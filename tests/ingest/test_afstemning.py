"""Everything compared with the source: over a source in memory that changes without a word."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from fkorg.catalogue import Objekttype
from fkorg.errors import FkorgError, Malformed, NoAccess, Unavailable
from fkorg.registrering import Livscyklus, Objekt
from ingest.afstemning import Gang, Rytme
from model import afstemning, feed_state, snapshot
from model.afstemning import EKSPORT, Rapport
from tests import registreringer as r
from tests.ingest.conftest import Hus
from tests.ingest.test_receive import besked
from tests.registreringer import uuid

ENHED, BRUGER, PERSON = Objekttype.ORGANISATION_ENHED, Objekttype.BRUGER, Objekttype.PERSON
ADRESSE, FUNKTION = Objekttype.ADRESSE, Objekttype.ORGANISATION_FUNKTION
RYTME = Rytme(side=2, batch=2)


def gang(hus: Hus, sov: Callable[[float], Awaitable[None]] | None = None) -> Gang:
    """A comparison beside a worker: while it waits, time goes on and the worker works."""

    async def work(seconds: float) -> None:
        hus.ur.go(seconds=61)
        await hus.worker.drain(hus.ur())

    return Gang(hus.pool, hus.kilde, hus.leder, hus.ur, RYTME, sov=sov or work)


async def afstem(hus: Hus) -> Rapport:
    hus.ur.go(minutes=5)
    return await gang(hus).once()


def tabt(*objekter: tuple[Objekttype, str]) -> list[Objekt]:
    return sorted(Objekt(r.KOMMUNE, objekttype, uuid(navn)) for objekttype, navn in objekter)


async def test_where_all_is_the_same_nothing_is_put_right_and_all_is_verified(fuldt_hus: Hus) -> None:
    rapport = await afstem(fuldt_hus)
    await fuldt_hus.worker.drain(fuldt_hus.ur())

    assert (rapport.mangler, rapport.foraeldet, rapport.ekstra, rapport.rettet) == (0, 0, 0, 0)
    assert rapport.skannet == len(fuldt_hus.kilde.objekter)
    assert await fuldt_hus.rows("select uuid from objekt where verificeret_at < $1", rapport.startet) == []


async def test_a_card_that_is_wrong_is_told_and_made_anew(fuldt_hus: Hus) -> None:
    hus = fuldt_hus
    kort = "select person, adresser from bruger_kort order by uuid"
    before = await hus.rows(kort)
    await hus.pool.execute('update bruger_kort set person = \'{"navn":"En anden"}\' where uuid = $1', uuid("ulla"))

    first, second = await afstem(hus), await afstem(hus)

    assert (first.kort, second.kort) == (1, 0)
    assert await hus.rows(kort) == before


async def test_what_no_message_told_is_put_right_and_named(fuldt_hus: Hus) -> None:
    hus = fuldt_hus
    hus.kilde.put(ENHED, uuid("skole"), r.enhed("Ny skole", tid=200))
    hus.kilde.put(ENHED, uuid("ny"), r.enhed("Ny enhed", tid=200))
    hus.kilde.put(
        BRUGER, uuid("ulla"), replace(r.bruger("ulla"), tidspunkt_ns=r.dag(200), livscyklus=Livscyklus.SLETTET)
    )
    hus.kilde.put(PERSON, uuid("mads-person"), replace(r.person("Mads Andersen"), tidspunkt_ns=r.dag(200)))
    hus.kilde.forget(ADRESSE, uuid("algade"))

    rapport = await afstem(hus)

    assert rapport.tabt_besked == tabt((ENHED, "skole"), (ENHED, "ny"), (BRUGER, "ulla"))
    assert (rapport.mangler, rapport.ekstra, rapport.rettet, rapport.uden_besked) == (1, 1, 5, 2)
    again = await afstem(hus)
    assert (again.mangler, again.foraeldet, again.ekstra, again.rettet) == (0, 0, 0, 0)


async def test_what_a_message_is_about_to_tell_is_no_lost_message(fuldt_hus: Hus) -> None:
    hus = fuldt_hus
    hus.kilde.put(ENHED, uuid("skole"), r.enhed("Ny skole", tid=200))
    delivered = False

    async def late(_: float) -> None:
        nonlocal delivered
        if not delivered:
            delivered = True
            await hus.modtager.modtag(besked("skole", ENHED, tid=200), feed_state.AMQP, hus.ur())
        hus.ur.go(seconds=61)
        await hus.worker.drain(hus.ur())

    hus.ur.go(minutes=5)
    rapport = await gang(hus, late).once()

    assert rapport.foraeldet == rapport.rettet == 1
    assert rapport.tabt_besked == []


@pytest.mark.parametrize("levende", [0, 3])
async def test_an_export_that_lacks_too_much_is_not_believed(fuldt_hus: Hus, levende: int) -> None:
    hus = fuldt_hus
    for number in range(60):
        hus.kilde.put(ENHED, uuid(f"enhed {number}"), r.enhed(f"Enhed {number}"))
    await afstem(hus)
    kept = dict(hus.kilde.objekter)
    for key in [key for key in kept if key[0] is ENHED][levende:]:
        del hus.kilde.objekter[key]

    rapport = await afstem(hus)

    assert rapport.bremset is not None
    assert (rapport.ekstra, rapport.rettet) == (0, 0)
    assert await hus.rows("select uuid from objekt where livscyklus = 'SLETTET'") == []


async def test_one_that_was_cut_goes_on_where_it_was(fuldt_hus: Hus) -> None:
    hus = fuldt_hus
    hus.ur.go(minutes=5)
    hus.kilde.fejl[uuid("mads-person")] = hus.kilde.fejl[uuid("ulla-person")] = Unavailable("away")
    hus.kilde.fejl[r.KOMMUNE] = Unavailable("away")
    with pytest.raises(Unavailable):
        await gang(hus).once()
    hus.kilde.fejl.clear()
    before = len(hus.kilde.kald)

    rapport = await gang(hus).once()

    assert "hierarki" not in {operation for operation, _ in hus.kilde.kald[before:]}
    assert rapport.skannet == len(hus.kilde.objekter)


@pytest.mark.parametrize("fejl", [Unavailable("away"), NoAccess("no agreement"), Malformed("no XML")])
async def test_a_source_that_fails_ends_no_service(fuldt_hus: Hus, fejl: FkorgError) -> None:
    hus = fuldt_hus
    hus.kilde.fejl[None] = fejl
    waited: list[float] = []

    async def mend(seconds: float) -> None:
        waited.append(seconds)
        hus.kilde.fejl.clear()
        hus.ur.go(seconds=61)
        await hus.worker.drain(hus.ur())
        if await hus.rows("select id from afstemning where rettet is not null"):
            raise asyncio.CancelledError

    hus.ur.go(minutes=5)
    async with hus.pool.transaction() as tx:
        await afstemning.begynd(tx, r.KOMMUNE, EKSPORT, hus.ur(), straks=True)
    with pytest.raises(asyncio.CancelledError):
        await gang(hus, mend).run()

    assert waited


async def test_one_that_takes_its_time_gives_way_to_one_that_is_waited_for(fuldt_hus: Hus) -> None:
    hus = fuldt_hus
    slow = asyncio.Event()

    async def wait(seconds: float) -> None:
        if not slow.is_set():
            slow.set()
            async with hus.pool.transaction() as tx:
                await afstemning.begynd(tx, r.KOMMUNE, EKSPORT, hus.ur(), straks=True)
        hus.ur.go(seconds=61)
        await hus.worker.drain(hus.ur())

    hus.ur.go(minutes=5)
    rapport = await gang(hus, wait).once(straks=False)

    assert rapport.id == 2
    assert rapport.skannet == len(hus.kilde.objekter)
    assert await hus.rows("select id from afstemning where rettet is null") == [(1,)]


async def test_the_first_fill_is_left_as_it_was(fuldt_hus: Hus) -> None:
    await afstem(fuldt_hus)

    async with fuldt_hus.pool.connection() as connection:
        assert (await snapshot.kontekster(connection))[0].tilstand == "KLAR"

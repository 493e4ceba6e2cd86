from uuid import UUID

import pytest

from fkorg import failpoint
from fkorg.catalogue import Objekttype
from fkorg.errors import FkorgError, Malformed, NoAccess, NotFound, Unavailable
from fkorg.registrering import Objekt
from ingest import bootstrap, kommune
from model import dirty, leader, snapshot, vedligehold
from model.pool import Pool
from orgraf import failpoints
from tests import registreringer as r
from tests.ingest.conftest import Hus, Ur
from tests.ingest.kilde import en_kommune
from tests.registreringer import uuid

ENHED = Objekttype.ORGANISATION_ENHED


async def objekter(hus: Hus) -> set[tuple[str, UUID]]:
    return set(await hus.rows("select objekttype, uuid from objekt"))


async def test_a_fill_cut_short_at_any_call_goes_on_and_ends_the_same(hus: Hus) -> None:
    wanted = {(objekttype.value, uuid_) for objekttype, uuid_ in hus.kilde.objekter}
    calls = 0
    for cut in range(40):
        hus.kilde.kald.clear()
        ask = hus.kilde._ask

        def cut_short(operation: str, uuids: list[UUID], ask: object = ask, cut: int = cut) -> None:
            if len(hus.kilde.kald) >= cut:
                raise Unavailable("cut")
            ask(operation, uuids)  # type: ignore[operator]

        hus.kilde._ask = cut_short  # type: ignore[method-assign]
        try:
            await bootstrap.run(hus.pool, hus.kilde, hus.leder, clock=hus.ur, sidelaengde=2, batch=2, worker=hus.worker)
            break
        except Unavailable:
            calls += 1
        finally:
            hus.kilde._ask = ask  # type: ignore[method-assign]

    assert calls >= 3
    assert await objekter(hus) == wanted
    assert await hus.rows("select count(*) from enhed_sti") == [(4,)]
    assert await hus.rows("select state from snapshot_run") == [("DONE",)]


@pytest.mark.parametrize("place", [name for name in failpoint.STEDER if name.startswith("bootstrap.")])
async def test_a_fill_that_dies_anywhere_walks_once_and_says_nothing_is_absent(hus: Hus, place: str) -> None:
    units = sum(objekttype is ENHED for objekttype, _ in hus.kilde.objekter)
    pages = -(-units // 2) + 1
    failpoint.switch_on(failpoints.read(f"{place}=raise"))
    try:
        with pytest.raises(Unavailable):
            await bootstrap.run(hus.pool, hus.kilde, hus.leder, clock=hus.ur, sidelaengde=2, batch=2, worker=hus.worker)
    finally:
        failpoint.switch_on({})

    await bootstrap.run(hus.pool, hus.kilde, hus.leder, clock=hus.ur, sidelaengde=2, batch=2, worker=hus.worker)

    asked = sum(operation == "hierarki" for operation, _ in hus.kilde.kald)
    assert asked <= pages + 2, "one page was rolled back, one had been read ahead"
    assert await hus.rows("select state from snapshot_run") == [("DONE",)]
    assert await hus.rows("select tilstand from anvenderkontekst") == [("KLAR",)]


async def test_an_object_marked_while_its_page_was_read_is_left_to_the_worker(hus: Hus) -> None:
    hierarki = hus.kilde.hierarki

    async def change_meanwhile(*args: object, **more: object) -> object:
        async for pair in hierarki(*args, **more):  # type: ignore[arg-type]
            yield pair
        if ("hierarki", 0) in hus.kilde.kald[-1:]:
            async with hus.pool.transaction() as tx:
                marked = Objekt(r.KOMMUNE, ENHED, uuid("skole"))
                await dirty.mark(tx, marked, want_ns=r.dag(100), aarsag="BESKED", now=hus.ur())
            hus.kilde.put(ENHED, uuid("skole"), r.enhed("Ændret undervejs", tid=100))

    hus.kilde.hierarki = change_meanwhile  # type: ignore[assignment, method-assign]
    await hus.fyld()

    rows = "select enhedsnavn, aarsag from organisation_enhed join objekt using (uuid) where uuid = $1"
    assert await hus.rows(rows, uuid("skole")) == [("Ændret undervejs", "BESKED")]


async def test_statistics_are_made_anew_where_much_was_filled_in(hus: Hus, monkeypatch: pytest.MonkeyPatch) -> None:
    """After the export, and after each kind of gap that there was; a walk that finds nothing new makes them once."""
    stored: list[int] = []

    async def analyser(pool: Pool) -> None:
        stored.append((await hus.rows("select count(*) from objekt"))[0][0])

    monkeypatch.setattr(vedligehold, "analyser", analyser)
    await hus.fyld()
    first, stored[:] = stored[:], []
    await hus.fyld()

    assert first == sorted(set(first))
    assert first[-1] == len(hus.kilde.objekter)
    assert stored == first[-1:]


async def test_a_second_walk_deletes_nothing_by_absence_but_reads_it_back(fuldt_hus: Hus) -> None:
    hus = fuldt_hus
    hus.kilde.forget(ENHED, uuid("skole"))
    hus.ur.go(hours=1)

    ud = await hus.fyld()

    assert (ud.fravaerende, ud.bremset) == (1, False)
    assert await hus.rows("select livscyklus from objekt where uuid = $1", uuid("skole")) == [("IMPORTERET",)]
    assert await hus.rows("select aeldre from confirm where uuid = $1", uuid("skole")) == [(1,)]
    assert await hus.rows("select tilstand from anvenderkontekst") == [("KLAR",)]


async def test_a_suspiciously_small_export_is_braked(fuldt_hus: Hus) -> None:
    hus = fuldt_hus
    for number in range(60):
        hus.kilde.put(ENHED, uuid(f"u{number}"), r.enhed(f"u{number}"))
    hus.ur.go(hours=1)
    await hus.fyld()
    for number in range(60):
        hus.kilde.forget(ENHED, uuid(f"u{number}"))
    hus.ur.go(hours=1)

    ud = await hus.fyld()

    assert (ud.fravaerende, ud.bremset) == (60, True)
    assert await hus.rows("select * from dirty") == []
    assert await hus.rows("select state from snapshot_run order by id desc limit 1") == [("BRAKED",)]


async def test_a_dangling_reference_is_no_obstacle(hus: Hus) -> None:
    tabt = r.til("TilknyttedePersoner", uuid("tabt"))
    hus.kilde.put(Objekttype.BRUGER, uuid("ib"), r.bruger("ib", tabt))

    await hus.fyld()

    assert (Objekttype.PERSON.value, uuid("tabt")) not in await objekter(hus)
    assert await hus.rows("select person from bruger where uuid = $1", uuid("ib")) == [(uuid("tabt"),)]


async def test_progress_is_told(hus: Hus) -> None:
    told: list[bootstrap.Fremdrift] = []

    await bootstrap.run(hus.pool, hus.kilde, hus.leder, clock=hus.ur, fremdrift=told.append, worker=hus.worker)

    faser = list(dict.fromkeys(one.fase for one in told))
    assert faser == ["HIERARKI", "VIRKSOMHED", "PERSON", "ADRESSE", "AFSLUT", "KORT"]
    assert told[-1].objekter == len(hus.kilde.objekter)


async def test_an_unknown_cvr_is_not_found(pool: Pool, ur: Ur) -> None:
    with pytest.raises(NotFound):
        await kommune.find(pool, en_kommune(), "99999999", ur())


async def test_two_organisations_of_one_company_are_told_apart_by_state_or_refused(pool: Pool, ur: Ur) -> None:
    kilde = en_kommune()
    kilde.put(Objekttype.ORGANISATION, uuid("anden"), r.organisation(None))
    found = await kommune.find(pool, kilde, r.CVR, ur())
    kilde.put(Objekttype.ORGANISATION, uuid("anden"), r.organisation(uuid("rod2")))

    with pytest.raises(Malformed):
        await kommune.find(pool, kilde, r.CVR, ur())
    named = await kommune.find(pool, kilde, r.CVR, ur(), organisation=r.KOMMUNE)

    assert found.organisation == named.organisation == r.KOMMUNE


async def test_a_root_that_changed_silently_is_followed(fuldt_hus: Hus) -> None:
    hus = fuldt_hus
    hus.kilde.put(Objekttype.ORGANISATION, r.KOMMUNE, r.organisation(uuid("raadhus"), tid=10))

    await kommune.find(hus.pool, hus.kilde, r.CVR, hus.ur())
    await hus.worker.drain(hus.ur())

    assert await hus.rows("select rod from anvenderkontekst") == [(uuid("raadhus"),)]
    assert await hus.rows("select enhed from enhed_sti order by dybde") == [(uuid("raadhus"),), (uuid("borger"),)]


async def test_one_that_is_filled_is_known_again_without_the_source(fuldt_hus: Hus) -> None:
    hus = fuldt_hus
    found = await kommune.kendt(hus.pool, r.CVR, hus.ur())

    assert found is not None
    assert (found.organisation, found.rod) == (r.KOMMUNE, r.ROD)
    assert await hus.rows("select uuid from dirty where objekttype = 'ORGANISATION'") == [(r.KOMMUNE,)]
    assert await kommune.kendt(hus.pool, r.CVR, hus.ur(), organisation=r.KOMMUNE) == found
    assert await kommune.kendt(hus.pool, r.CVR, hus.ur(), organisation=uuid("anden")) is None
    assert await kommune.kendt(hus.pool, "99999999", hus.ur()) is None


async def test_one_that_is_not_filled_is_not_known_without_the_source(hus: Hus) -> None:
    assert await kommune.kendt(hus.pool, r.CVR, hus.ur()) is None


@pytest.mark.parametrize("away", [Unavailable("away"), NoAccess("shut")], ids=repr)
async def test_what_was_found_before_goes_on_while_the_source_is_away(fuldt_hus: Hus, away: FkorgError) -> None:
    hus = fuldt_hus
    hus.kilde.fejl[None] = away

    assert (await kommune.igen(hus.pool, hus.kilde, r.CVR, hus.ur())).organisation == r.KOMMUNE
    with pytest.raises(type(away)):
        await kommune.igen(hus.pool, hus.kilde, "99999999", hus.ur())


async def test_who_no_longer_leads_fills_nothing(hus: Hus) -> None:
    await leader.take(hus.pool, r.KOMMUNE, "anden", seen_epoch=hus.leder.epoch)

    with pytest.raises(leader.Afloest):
        await hus.fyld()

    assert await objekter(hus) == set()
    async with hus.pool.connection() as connection:
        assert await snapshot.resume(connection, r.KOMMUNE) is not None

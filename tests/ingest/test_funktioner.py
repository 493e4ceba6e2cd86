import asyncio
from datetime import datetime, timedelta

import pytest

from fkorg.catalogue import Objekttype
from fkorg.errors import FkorgError, Malformed, NoAccess, Unavailable
from ingest import funktioner
from ingest.funktioner import Runde
from tests import registreringer as r
from tests.ingest.conftest import Hus
from tests.registreringer import uuid

FUNKTION = Objekttype.ORGANISATION_FUNKTION


async def test_what_no_message_told_is_found_by_asking(fuldt_hus: Hus) -> None:
    hus = fuldt_hus
    nyt = r.funktion(r.klassifikation.ENHEDSROLLE, [uuid("skole")], [uuid("mads")])
    hus.kilde.put(FUNKTION, uuid("nyt job"), nyt)
    aendret = r.funktion(r.klassifikation.ENHEDSROLLE, [uuid("borger")], [uuid("ulla")], titel="Chef", tid=100)
    hus.kilde.put(FUNKTION, uuid("ulla-job"), aendret)

    runde = await funktioner.once(hus.pool, hus.kilde, hus.leder, clock=hus.ur, batch=2)
    again = await funktioner.once(hus.pool, hus.kilde, hus.leder, clock=hus.ur)

    assert (runde, again) == (Runde(3, 2, 0), Runde(3, 0, 0))
    assert await hus.rows(
        "select titel from medlemskab where bruger = $1 and registreret_til = 9223372036854775807", uuid("ulla")
    ) == [("Chef",)]
    assert {aarsag for (aarsag,) in await hus.rows("select aarsag from aendring where uuid = $1", uuid("nyt job"))} == {
        "AFSTEMNING"
    }


async def test_a_function_that_is_found_no_more_is_read_alone(fuldt_hus: Hus) -> None:
    hus = fuldt_hus
    hus.kilde.forget(FUNKTION, uuid("ulla-job"))

    runde = await funktioner.once(hus.pool, hus.kilde, hus.leder, clock=hus.ur)

    assert runde.fravaerende == 1
    assert set(await hus.rows("select uuid, aarsag from dirty")) == {
        (uuid("ulla-job"), "AFSTEMNING"),
        (r.KOMMUNE, "AFSTEMNING"),
    }


async def test_a_source_that_is_away_changes_nothing(fuldt_hus: Hus) -> None:
    hus = fuldt_hus
    hus.kilde.fejl.update(dict.fromkeys((uuid("ulla-job"), uuid("mads-job")), Unavailable("why")))

    with pytest.raises(Unavailable, match="functions: why"):
        await funktioner.once(hus.pool, hus.kilde, hus.leder, clock=hus.ur)

    assert await hus.rows("select * from dirty") == []


@pytest.mark.parametrize("away", [NoAccess("x"), Malformed("x"), Unavailable("x")], ids=repr)
async def test_polling_goes_on_after_a_round_that_failed(fuldt_hus: Hus, away: FkorgError) -> None:
    hus, asked = fuldt_hus, asyncio.Event()
    hus.kilde.fejl[None], hus.kilde.heles_efter = away, 2

    def clock() -> datetime:
        asked.set()
        return hus.ur()

    polling = asyncio.create_task(funktioner.run(hus.pool, hus.kilde, hus.leder, every=timedelta(0), clock=clock))
    async with asyncio.timeout(20):
        await asked.wait()
    polling.cancel()
    await asyncio.gather(polling, return_exceptions=True)

    assert hus.kilde.kald[:2] == [("soeg", 0), ("soeg", 0)]

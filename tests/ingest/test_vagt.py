import asyncio
from datetime import timedelta

import pytest

from fkorg.catalogue import Objekttype
from fkorg.errors import NoAccess, Unavailable
from fkorg.registrering import Oejebliksbillede
from ingest import vagt
from model import freshness
from tests import registreringer as r
from tests.ingest.conftest import Hus
from tests.ingest.kilde import KildeIHukommelse

SHORT = timedelta(seconds=0.02)


class Haenger(KildeIHukommelse):
    """It takes the question and never answers."""

    async def laes(self, objekttype: Objekttype, uuid: object) -> Oejebliksbillede:
        await asyncio.Event().wait()
        raise AssertionError("unreachable")


@pytest.mark.parametrize("fejl", [Unavailable("away"), NoAccess("no agreement")])
async def test_a_source_that_fails_does_not_answer(hus: Hus, fejl: Exception) -> None:
    hus.kilde.fejl[None] = fejl  # type: ignore[assignment]

    assert not await vagt.svarer(hus.kilde, hus.leder, SHORT)


async def test_not_found_is_an_answer(hus: Hus) -> None:
    assert await vagt.svarer(KildeIHukommelse(), hus.leder, SHORT)


async def test_freshness_knows_a_source_that_hangs_while_there_is_nothing_to_read(fuldt_hus: Hus) -> None:
    hus = fuldt_hus
    before = await freshness.read(hus.pool, r.KOMMUNE)
    hus.ur.go(seconds=30)
    watching = asyncio.create_task(vagt.run(hus.pool, Haenger(), hus.leder, every=SHORT, clock=hus.ur))

    async with asyncio.timeout(10):
        while (await _facts(hus)).kilde_tilgaengelig:
            await asyncio.sleep(0.02)
    watching.cancel()

    assert before is not None
    assert before.kilde_tilgaengelig


async def _facts(hus: Hus) -> freshness.Fakta:
    facts = await freshness.read(hus.pool, r.KOMMUNE)
    assert facts is not None
    return facts

from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest

from fkorg.soap.client import Klient
from model.pool import Pool
from simulator.fejl import Fejl
from simulator.operationer.ret import RetMaade
from simulator.sandhed import Sandhed
from simulator.tjeneste import Tjeneste
from tests.graph.mutations.plads import Forbindelse, Plads
from tests.simulator.fixtures import SEED, Ur, copy_of, sandhed_in


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small truth as it was made; not to be changed."""
    mappe = tmp_path_factory.mktemp("sandhed") / "made"
    sandhed_in(mappe, Ur()).close()
    return mappe


@pytest.fixture(scope="session")
def forbindelse() -> Forbindelse:
    return Forbindelse()


@pytest.fixture(scope="session")
def klient(forbindelse: Forbindelse) -> Klient:
    """One client for the session: reading the WSDLs is what costs."""
    return forbindelse.klient()


@pytest.fixture(params=list(RetMaade))
def maade(request: pytest.FixtureRequest) -> RetMaade:
    """What `ret` does with entries that are left out: writing must be right either way (rules.md 7)."""
    return RetMaade(request.param)


@pytest.fixture
def ur() -> Ur:
    return Ur()


@pytest.fixture
def sandhed(made: Path, tmp_path: Path, ur: Ur) -> Iterator[Sandhed]:
    opened = sandhed_in(copy_of(made, tmp_path / "sandhed"), ur)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def skrivedsn(new_dsn: Callable[[], str]) -> str:
    """One database for all of them, emptied for each test: making one takes longer than most tests."""
    return new_dsn()


@pytest.fixture
async def plads(
    skrivedsn: str, sandhed: Sandhed, ur: Ur, maade: RetMaade, forbindelse: Forbindelse, klient: Klient
) -> AsyncIterator[Plads]:
    forbindelse.fejl = Fejl(SEED)
    forbindelse.tjeneste = Tjeneste(sandhed, forbindelse.fejl, maade=maade)
    forbindelse.kald.clear()
    forbindelse.efter_skrivning = forbindelse.efter_laesning = forbindelse.foer_svigt = None
    forbindelse.afvis_ved = None
    forbindelse.svigter, forbindelse.svigter_ved, forbindelse.svigter_efter = None, None, False
    async with await Pool.open(skrivedsn) as pool:
        await pool.execute("truncate dirty, write_request, objekt, aendring, anonymisering, person")
        yield Plads(skrivedsn, pool, sandhed, ur, forbindelse, klient)

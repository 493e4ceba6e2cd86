from collections.abc import Iterator
from pathlib import Path

import pytest

from simulator.fejl import Fejl
from simulator.sandhed import Sandhed
from simulator.tjeneste import Tjeneste
from tests.simulator.fixtures import SEED, Ur, copy_of, sandhed_in


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small truth as it was made; not to be changed."""
    mappe = tmp_path_factory.mktemp("sandhed") / "made"
    sandhed_in(mappe, Ur()).close()
    return mappe


@pytest.fixture
def ur() -> Ur:
    return Ur()


@pytest.fixture
def sandhed(made: Path, tmp_path: Path, ur: Ur) -> Iterator[Sandhed]:
    """A small truth of the test's own."""
    opened = sandhed_in(copy_of(made, tmp_path / "sandhed"), ur)
    yield opened
    opened.close()


@pytest.fixture
def fejl() -> Fejl:
    return Fejl(SEED)


@pytest.fixture
def tjeneste(sandhed: Sandhed, fejl: Fejl) -> Tjeneste:
    return Tjeneste(sandhed, fejl)

"""A few worlds of scripts/simulate, in the suite: it runs thousands, and the wrong variants."""

import pytest

from tests.simulation.varianter import prov

FEW = 20


def test_every_promise_holds() -> None:
    broken = {seed: found.brud for seed in range(FEW) if (found := prov(seed)).brud}

    assert broken == {}


@pytest.mark.parametrize("seed", [63056, 64582])
def test_a_world_ends_though_a_process_dies_as_it_does(seed: int) -> None:
    assert prov(seed).brud == []


def test_a_seed_runs_the_same_way_again() -> None:
    assert [prov(seed) for seed in range(4)] == [prov(seed) for seed in range(4)]

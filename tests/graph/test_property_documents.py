"""Compiled answers equal those of plain loops, over random documents and random municipalities with all dirt.

Runs ORGRAF_DOCUMENTS documents (120 when not set) from ORGRAF_SEED on. A difference is printed with its seed, the
document, the variables and the first lines that differ; `python -m tests.graph.prove SEED` shows one again.
"""

import os
from collections.abc import AsyncIterator, Callable

import pytest

from tests.graph import prove
from tests.graph.proving import Ground, ground
from tests.graph.worlds import World, a_world

DOCUMENTS = int(os.environ.get("ORGRAF_DOCUMENTS", "120"))
FIRST = int(os.environ.get("ORGRAF_SEED", "1"))
WORLDS = 4


@pytest.fixture
async def worlds(new_dsn: Callable[[], str]) -> AsyncIterator[tuple[list[World], Ground]]:
    """Some worlds in one database: what is of one municipality must never show in another's answer."""
    made = [a_world(seed) for seed in range(FIRST, FIRST + WORLDS)]
    found = await ground(new_dsn(), [row for w in made for row in w.rows], [k for w in made for k in (w.here, w.there)])
    yield made, found
    await found.lease.close()


async def test_compiled_answers_equal_those_of_plain_loops(worlds: tuple[list[World], Ground]) -> None:
    made, found = worlds
    product = prove.product(found)

    differences = [
        text
        for number in range(FIRST, FIRST + DOCUMENTS)
        if (text := await prove.one(product, found, made[number % WORLDS], number)) is not None
    ]

    assert not differences, f"{len(differences)} of {DOCUMENTS} documents differ\n\n" + "\n\n".join(differences[:3])

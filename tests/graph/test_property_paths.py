"""The paths that the apply path keeps (`enhed_sti`) are those that a plain walk up the tree gives.

The compiled answers about now rest on them; random documents run on paths that the oracle made, so this is the other
half: made all at once, and kept while units are moved at random.
"""

import random
from collections.abc import AsyncIterator, Callable
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from model.projection import foelger
from model.projection.raekker import Kontekst
from tests import builders
from tests.builders import Kommune
from tests.graph import chance
from tests.graph.naive import snapshot, tree
from tests.graph.naive.snapshot import Moment, Snapshot
from tests.graph.worlds import World, a_world

NOW = datetime.fromisoformat(chance.NOW)
KNOWN_NOW = f"registreret_til = {builders.KENDT_NU} and virkning_fra <= $1 and virkning_til > $1"


@pytest.fixture
async def connection(new_dsn: Callable[[], str]) -> AsyncIterator["asyncpg.Connection[Any]"]:
    opened = await asyncpg.connect(new_dsn(), server_settings={"TimeZone": "UTC"})
    yield opened
    await opened.close()


@pytest.mark.parametrize("seed", range(21, 27))
async def test_paths_are_what_a_walk_gives_and_stay_so_when_units_move(
    connection: "asyncpg.Connection[Any]", seed: int
) -> None:
    world, rng = a_world(seed, 40), random.Random(seed)
    await builders.insert(connection, world.rows)
    by, kontekst = world.here, Kontekst(world.here.uuid, world.here.rod)

    await foelger.genopbyg(connection, kontekst, NOW)
    assert await kept(connection, by) == await walked(connection, by)

    for _ in range(12):
        await foelger.flyt(connection, kontekst, await move(connection, world, rng), NOW)
        assert await kept(connection, by) == await walked(connection, by)


async def kept(connection: "asyncpg.Connection[Any]", by: Kommune) -> dict[str, list[str]]:
    rows = await connection.fetch("select enhed, sti, dybde from enhed_sti where organisation = $1", by.uuid)
    assert all(row["dybde"] == len(row["sti"]) - 1 for row in rows)
    return {str(row["enhed"]): [str(uuid) for uuid in row["sti"]] for row in rows}


async def walked(connection: "asyncpg.Connection[Any]", by: Kommune) -> dict[str, list[str]]:
    tabeller = snapshot.of(await snapshot.load(connection), str(by.uuid))
    now = Snapshot(tabeller, str(by.uuid), Moment(snapshot.micros(chance.NOW) or 0))
    paths = {e["uuid"]: [over["uuid"] for over in tree.sti(now, e["uuid"])] for e in now.rows("organisation_enhed")}
    return {uuid: path for uuid, path in paths.items() if path}


async def move(connection: "asyncpg.Connection[Any]", world: World, rng: random.Random) -> list[UUID]:
    """Give some units another superior: a unit, one of their own below, themselves, none, or one that is not there."""
    found = await connection.fetch(
        f"select uuid from organisation_enhed where organisation = $2 and uuid <> $3 and {KNOWN_NOW} order by uuid",
        NOW, world.here.uuid, world.here.rod,
    )  # fmt: skip
    units = [row["uuid"] for row in found]
    moved = rng.sample(units, rng.randint(1, 3))
    for unit in moved:
        to = rng.choice((rng.choice(units), world.here.rod, unit, None, UUID(chance.UKENDTE[0])))
        await connection.execute(
            f"update organisation_enhed set overordnet = $4 where organisation = $2 and uuid = $3 and {KNOWN_NOW}",
            NOW, world.here.uuid, unit, to,
        )  # fmt: skip
    return moved

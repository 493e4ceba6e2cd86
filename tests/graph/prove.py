"""The proof by hand: thousands of random documents, or one again by its seed.

usage: python -m tests.graph.prove [--documents 3000] [--seed 1] [--worlds 20]   a long run in a database of its own
       python -m tests.graph.prove --only SEED --worlds N                       one document, with what differs

A document's world follows from its seed and the number of worlds, so a difference is seen again with both.
"""

import argparse
import asyncio
import random
import time
from typing import Any

from graph import schema
from graph.documents import Dokumenter
from graph.execute import Udfoerer
from orgraf.embedded import Embedded
from tests.graph.documents import a_document
from tests.graph.proving import (
    LEFT_OUT,
    NOW,
    SCHEMA,
    Ground,
    difference,
    expected,
    ground,
    only_typename,
    principal,
    question,
)
from tests.graph.worlds import World, a_world
from tests.parts import postgres
from tests.parts.folder import shared_folder
from tests.parts.postgres import TEMPLATE

SHOWN = 5
PRODUCT_SCHEMA = schema.core(schema.build())


def product(found: Ground) -> Udfoerer:
    """The product's engine on the ground's connections."""
    return Udfoerer(Dokumenter(PRODUCT_SCHEMA), found.lease, lambda principal, now: None)


async def one(udfoerer: Udfoerer, found: Ground, world: World, seed: int) -> str | None:
    """The document of that seed, asked of both; what differs, to be printed; None when nothing."""
    rng = random.Random(f"rights {seed}")
    rights = {"navn": rng.random() < 0.7, "cpr": rng.random() < 0.7}
    document = a_document(seed, SCHEMA, world.uuids, LEFT_OUT)
    before = len(found.lease.asked)
    wanted = expected(found, world.here, document, **rights)
    try:
        svar = await udfoerer.besvar(question(document), principal(world.here, **rights), NOW)
        differs = difference(wanted, svar)
    except Exception as error:  # noqa: BLE001  a document that breaks the product is a finding like another
        differs = [f"the product failed: {type(error).__name__}: {error}"]
    asked = len(found.lease.asked) - before
    if asked != 1 and not (asked == 0 and only_typename(wanted)):
        differs.append(f"{asked} statements were asked, wanted one")
    if not differs:
        return None
    return "\n".join([f"seed {seed}, world {world.seed}, rights {rights}", str(document), *differs])


async def several(dsn: str, seeds: range, worlds: int, shown: int) -> int:
    """Ask all of them and print what differs; the number of documents that did."""
    made = [a_world(seed) for seed in range(1, worlds + 1)]
    found = await ground(dsn, [row for w in made for row in w.rows], [k for w in made for k in (w.here, w.there)])
    udfoerer, differ, started = product(found), 0, time.monotonic()
    for number, seed in enumerate(seeds, 1):
        text = await one(udfoerer, found, made[seed % worlds], seed)
        if text is not None:
            differ += 1
            if differ <= shown:
                print(text, end="\n\n", flush=True)
        if number % 500 == 0:
            print(f"{number} documents, {differ} differ, {time.monotonic() - started:.0f} s", flush=True)
    await found.lease.close()
    print(f"{len(seeds)} documents over {worlds} worlds: {differ} differ")
    return differ


def main(documents: int, seed: int, worlds: int, only: int | None, shown: int) -> int:
    """Run in a Postgres of its own; 1 when anything differed."""
    seeds = range(seed, seed + documents) if only is None else range(only, only + 1)
    with shared_folder() as folder, Embedded(folder / "pg", fsync=False) as server:
        dsn = postgres.clone(server, postgres.migrated_template(server), f"{TEMPLATE}_prove")
        return 1 if asyncio.run(several(dsn, seeds, worlds, shown)) else 0


def _arguments() -> dict[str, Any]:
    parser = argparse.ArgumentParser(prog="python -m tests.graph.prove", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--documents", type=int, default=3000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--worlds", type=int, default=20)
    parser.add_argument("--only", type=int)
    parser.add_argument("--shown", type=int, default=SHOWN)
    return vars(parser.parse_args())


if __name__ == "__main__":
    raise SystemExit(main(**_arguments()))

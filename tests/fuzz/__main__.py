"""Fuzz a real server: half bodies, half frames, in turns. Prints what came of it; exit 0 when all held, 1 when not.

One seed sends the same again; what the server does first is its own.
"""

import argparse
import asyncio
import logging
import sys
import time

from tests.fuzz import bodies, frames
from tests.fuzz.place import place
from tests.fuzz.stock import Stock
from tests.fuzz.verdict import Verdict

TURNS = 20
LONG = 100_000
"""A run of so many tells how far it is."""


async def run(count: int, seed: int) -> tuple[Verdict, bool]:
    """The whole run: what came of it, and whether all held."""
    verdict = Verdict()
    async with place(seed) as (server, world):
        stock = Stock.of(seed, world)
        for turn in range(TURNS):
            share = count * (turn + 1) // TURNS - count * turn // TURNS
            await bodies.run(server, stock, share - share // 2, verdict)
            await frames.run(server, stock, share // 2, verdict)
            if not server.alive:
                break
            verdict.memory.append(server.memory_mib())
            if count >= LONG:
                print(f"fuzz: {turn + 1} of {TURNS} parts, {verdict.memory[-1]:.0f} MiB", file=sys.stderr, flush=True)
        return verdict, verdict.end(server)


def main() -> int:
    """As the arguments say."""
    parser = argparse.ArgumentParser(prog="scripts/fuzz", description=__doc__)
    parser.add_argument("--count", type=int, default=50_000, help="bodies and frames together")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    logging.disable(logging.CRITICAL)  # of this side: what is sent wrongly is answered so
    started = time.monotonic()
    verdict, held = asyncio.run(run(options.count, options.seed))
    print(verdict.told())
    print(f"fuzz: {'all held' if held else 'BROKEN'}; seed {options.seed}, {time.monotonic() - started:.0f} s")
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())

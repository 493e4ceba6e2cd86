"""Many worlds, each from its seed: exit 0 when every promise held in every one of them. A failing world prints its
schedule; `--seed` runs it alone, the same way again."""

import argparse
import logging
import os
import sys
import time
from functools import partial
from multiprocessing import Pool
from typing import Final

from tests.simulation.varianter import VARIANTER, prov
from tests.simulation.verden import STANDSET, Udfald

SHOWN: Final = 2
"""Schedules printed when several worlds fail."""
TOLD_EACH: Final = 5000
"""Worlds, between two words of how far a long run has come."""


def main() -> int:
    """Run the worlds that the arguments name."""
    options = _options()
    logging.disable(logging.CRITICAL)
    seeds = [options.seed] if options.seed is not None else range(options.start, options.start + options.seeds)
    started = time.monotonic()
    stopped: list[str] = []
    failed = steps = deaths = changes = worlds = 0
    with Pool(os.cpu_count()) as workers:
        for found in workers.imap_unordered(partial(prov, variant=options.variant), seeds, chunksize=8):
            worlds += 1
            changes, deaths, steps = changes + found.aendringer, deaths + found.doede, steps + found.skridt
            if found.brud:
                failed += 1
                stopped += [broken for broken in found.brud if broken.startswith(STANDSET)]
                if failed <= SHOWN:
                    _show(found)
                if options.variant:
                    break
            if worlds % TOLD_EACH == 0:
                print(f"simulate: {worlds} worlds, {failed} broken", file=sys.stderr, flush=True)
    if options.seed is not None and not failed:
        _show(prov(options.seed, options.variant))
    what = f"variant {options.variant}" if options.variant else "the product"
    print(
        f"simulate: {what}: {worlds} worlds, {failed} broken; {steps} steps, {deaths} kills, {changes} changes applied;"
        f" {time.monotonic() - started:.0f} s on {os.cpu_count()} cores"
    )
    if options.variant and stopped:
        print(f"simulate: variant {options.variant} stopped by itself, which proves nothing: {stopped}")
        return 2
    return 1 if failed else 0


def _show(found: Udfald) -> None:
    print(f"seed {found.seed}:")
    print("\n".join(f"    {line}" for line in found.spor))
    for broken in found.brud:
        print(f"  broken: {broken}", flush=True)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/simulate", description=__doc__)
    parser.add_argument("--seeds", type=int, default=5000, help="how many worlds (5000)")
    parser.add_argument("--from", type=int, default=0, dest="start", metavar="N", help="the first world's seed (0)")
    parser.add_argument("--seed", type=int, help="this world alone, with its schedule")
    parser.add_argument(
        "--variant", choices=sorted(VARIANTER), help="a wrong variant: exit 1 at the first world it breaks"
    )
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())

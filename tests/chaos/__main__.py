"""The promises of ingest.md 8 and what goes with them, each kept while real processes are killed, cut off and held.

One line per promise with its figures; exit 0 when all hold, 1 when one is broken. One seed replays a run's choices;
when its processes reach a place is theirs.
"""

import argparse
import asyncio
import contextlib
import importlib
import io
import logging
import os
import pkgutil
import random
import signal
import sys
import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import ModuleType

from tests.chaos import lanes, promises
from tests.chaos.lanes import Told
from tests.chaos.scene import Ground, ground
from tests.parts.missing import ROOT, Missing

REPORT = ROOT / "docs" / "reliability.md"
SECTION = "## Full forms, latest first\n"


def names() -> list[str]:
    """R1, R2, ... in their order, then those that have words for names."""
    found = [module.name for module in pkgutil.iter_modules(promises.__path__)]
    numbered = [name for name in found if name[0] == "r" and name[1:].isdigit()]
    return [name.upper() for name in sorted(numbered, key=lambda name: int(name[1:]))] + sorted(
        set(found) - set(numbered)
    )


def main() -> int:
    """Run the promises that the arguments name."""
    options = _options()
    wanted = options.only.split(",") if options.only else names()
    if unknown := sorted(set(wanted) - set(names())):
        print(f"chaos: there is no promise {', '.join(unknown)}; there are {', '.join(names())}", file=sys.stderr)
        return 2
    logging.disable(logging.CRITICAL)  # of the harness itself: its own connections are hurt too
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # what was started is ended, by pid
    told: list[Told] = []
    try:
        if options.lane:
            with ground() as place:
                lanes.serve(lambda name: _kept(name, place, options.seed, options.full))
            return 0
        alone = [name for name in wanted if getattr(_promise(name), "ALONE", False)]
        parts = {name: _parts(name, options.full) for name in wanted}
        split = [f"{name}/{part}" for name in wanted for part in parts[name]]
        together = [*split, *(name for name in wanted if name not in alone and not parts[name])]
        form = ["--seed", str(options.seed), *(["--full"] if options.full else [])]
        whole = _Whole(parts, lambda one: told.append(_tell(one, options.seed, options.full)))
        lanes.run(together, alone, form, whole.tell)
    except Missing as why:
        print(f"chaos: cannot run here: {why}", file=sys.stderr)
        return 2
    broken = sum(not one.held for one in told)
    print(f"chaos: {len(wanted) - broken} of {len(wanted)} promises held; seed {options.seed}, {_machine()}")
    return 1 if broken else 0


def _promise(name: str) -> ModuleType:
    return importlib.import_module(f"tests.chaos.promises.{name.lower()}")


def _parts(name: str, full: bool) -> tuple[str, ...]:
    return getattr(_promise(name), "PARTS", ()) if full else ()


@dataclass
class _Whole:
    """Tells of a promise when all its parts have been told."""

    parts: Mapping[str, Sequence[str]]
    told: Callable[[Told], None]
    waiting: dict[str, dict[str, Told]] = field(default_factory=dict)

    def tell(self, one: Told) -> None:
        """One promise, or a part of one."""
        name, _, part = one.name.partition("/")
        if not part:
            self.told(one)
            return
        found = self.waiting.setdefault(name, {})
        found[part] = one
        if len(found) == len(self.parts[name]):
            all_ = [found[part] for part in self.parts[name]]
            figures, said = "; ".join(one.figures for one in all_), "".join(one.said for one in all_)
            self.told(Told(name, all(one.held for one in all_), figures, max(one.seconds for one in all_), said))


def _kept(name: str, place: Ground, seed: int, full: bool) -> Told:
    """Run one, or a part of one."""
    promise, *part = name.split("/")
    started, said = time.monotonic(), io.StringIO()
    with contextlib.redirect_stdout(said):
        try:
            figures, held = asyncio.run(_promise(promise).run(place, seed, full, *part)), True
        except Exception as failure:  # noqa: BLE001  the others are still to be run; what it was is shown
            traceback.print_exc(file=sys.stdout)
            figures, held = f"BROKEN: {failure}", False
    return Told(name, held, figures, time.monotonic() - started, "" if held else said.getvalue())


def _tell(one: Told, seed: int, full: bool) -> Told:
    figures = f"{' '.join(one.figures.split())} ({one.seconds:.0f} s)"
    print(f"{one.said}{one.name}: {figures}", flush=True)
    if full:
        _write(f"- {datetime.now().date()}, seed {seed}, {_machine()}: **{one.name}** {figures}\n")
    return one


def _write(line: str) -> None:
    """Into the report, at once: a run that is cut keeps what it has shown."""
    text = REPORT.read_text("utf-8")
    before, found, after = text.partition(SECTION)
    assert found, f"{REPORT} lacks the heading {SECTION!r}"
    REPORT.write_text(f"{before}{found}\n{line}{after.removeprefix(chr(10))}", "utf-8")


def _machine() -> str:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{os.cpu_count()} cores, {memory:.0f} GiB"


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/chaos", description=__doc__)
    parser.add_argument("--full", action="store_true", help="the full forms; each line is kept in docs/reliability.md")
    parser.add_argument("--lane", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--only", help="these promises, with commas: R1,R6,writes")
    parser.add_argument("--seed", type=int, default=random.randrange(10**6), help="chooses what is hurt when")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())

"""orgraf beside PostGraphile, resolvers and the floors: one run, one table.

The same Postgres and rows, the same questions, equal answers first; then the contenders in turn, round after round, and
medians. Starts its own servers on loopback, ends them, and ends by itself.
"""

import argparse
import asyncio
import json
import sys
import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from bench import aabent, abonnenter, contenders, floor, indtag, load, municipality, plans, report, vaekst
from bench.load import Target
from bench.municipality import Filled
from bench.queries import QUERIES, Query, body, chosen, equal
from bench.report import Row
from model.pool import Connection, Pool
from orgraf.embedded import Embedded

CALLERS: Final = (1, 16)
ONE_CALLER: Final = {"resolvere": ("Q4", "Q5")}
"""What is asked by one caller alone: sixteen would each wait for tens of seconds."""


def main() -> int:
    """Run it; 0 when it could be run, whatever came out."""
    options = _options()
    if options.subscribers:
        abonnenter.run(options.subscribers)
        return 0
    scale = "short" if options.short else str(options.scale)
    if options.growth:
        vaekst.run(*options.growth)
        return 0
    if options.changes:
        indtag.run(scale)
        return 0
    if options.explain:
        plans.run(scale)
        return 0
    size = municipality.SIZES[scale]
    if options.signed:
        report.say_filled(municipality.signed(size))
        return 0
    with municipality.municipality(size) as (postgres, filled), tempfile.TemporaryDirectory(dir="/tmp") as name:
        folder = Path(name)
        report.begin(filled, options.rounds)
        rows = asyncio.run(_run(postgres, filled, folder, options))
    report.show(rows)
    if options.json:
        options.json.write_text(json.dumps([one.as_json() for one in rows], indent=1) + "\n", "utf-8")
    return 0


async def _run(postgres: Embedded, filled: Filled, folder: Path, options: argparse.Namespace) -> list[Row]:
    dsn = postgres.dsn()
    await municipality.refresh_peer(dsn, filled)
    async with await Pool.open(dsn) as pool, pool.connection() as connection, _started(dsn, filled, folder) as targets:
        keys = {query.name: await chosen(connection, query) for query in QUERIES}
        answers = folder / "answers"
        answers.mkdir()
        for query in QUERIES:
            await _same_answer(query, keys[query.name][0], targets, answers)
        async with contenders.konstant(answers, folder) as constant:
            targets.append(constant)
            found: list[Row] = []
            for query in QUERIES:
                sql = await floor.statement(dsn, filled.organisation, query, keys[query.name][0])
                spurgt = _Asked(query, keys[query.name], sql)
                for callers in CALLERS:
                    found += await _rounds(postgres, spurgt, callers, targets, options, filled, connection)
            return found + await _open(postgres, keys, targets, options, filled)


@asynccontextmanager
async def _started(dsn: str, filled: Filled, folder: Path) -> AsyncIterator[list[Target]]:
    """The contenders that answer questions; the first is the product."""
    organisation = filled.organisation
    async with AsyncExitStack() as stack:
        yield [
            await stack.enter_async_context(one)
            for one in (
                contenders.orgraf(dsn, organisation, folder, ORGRAF_CARDS="false"),
                contenders.orgraf(dsn, organisation, folder, contenders.CARDS),
                contenders.orgraf(dsn, organisation, folder, contenders.REUSED, **contenders.REUSE),
                contenders.postgraphile("postgraphile", dsn, folder),
                contenders.postgraphile("postgraphile-views", dsn, folder),
                contenders.resolvere(dsn, organisation, folder),
            )
        ]


async def _same_answer(query: Query, key: Any, targets: Sequence[Target], answers: Path) -> None:
    given = {one.name: await load.ask(one, body(query, key, one.name)) for one in targets}
    objects = equal(given)
    (answers / query.name).write_bytes(given["orgraf"])
    report.say(f"{query.name}: equal answers of {objects:,} objects, {len(given['orgraf']):,} bytes")


@dataclass(frozen=True)
class _Asked:
    """A question, what it is asked about, and its statement for the floor."""

    query: Query
    keys: Sequence[Any]
    sql: floor.Statement


async def _rounds(
    postgres: Embedded,
    spurgt: _Asked,
    callers: int,
    targets: Sequence[Target],
    options: argparse.Namespace,
    filled: Filled,
    log: Connection,
) -> list[Row]:
    """All in turn, after a short round each to warm up. `log`: where the log of reads is looked after."""
    query, keys, sql = spurgt.query, spurgt.keys, spurgt.sql
    seconds = 1 if options.short else query.seconds[callers > 1]
    postmaster = postgres.pid or 0
    rows = []
    asked = [one for one in targets if callers == 1 or query.name not in ONE_CALLER.get(one.name, ())]
    for number in range(options.rounds + 1):
        length = seconds if number else 1
        for target in list(asked):
            bodies = [body(query, key, target.name) for key in keys]
            at = replace(target, path=f"/{query.name}") if target.name == "konstant" else target
            if target.name == contenders.REUSED:  # what a first answer costs is another contender's figure
                for one in bodies:
                    await load.ask(at, one)
            found = await load.window(at, bodies, callers, length, postmaster, log)
            await load.quiet(postgres.dsn())
            if number == 1 and not found.rps:
                report.say(f"{query.name}, {callers} callers: {target.name} gives no answer in {length} s: left out")
                asked.remove(target)
            rows.append(Row(target.name, query.name, callers, filled.size, number, found))
        found = await floor.window(postgres.dsn(), sql, callers, length, postmaster)
        rows.append(Row("sql", query.name, callers, filled.size, number, found))
        report.say(f"{query.name}, {callers} callers: round {number} of {options.rounds}", passing=True)
    return [row for row in rows if row.round]


async def _open(
    postgres: Embedded,
    keys: Mapping[str, Sequence[Any]],
    targets: Sequence[Target],
    options: argparse.Namespace,
    filled: Filled,
) -> list[Row]:
    """Questions at a fixed rate while changes are applied; the peers' tables do not follow changes."""
    rows = []
    ours = [one for one in targets if one.name in aabent.CONTENDERS]
    seconds = 2 if options.short else aabent.SECONDS
    for number in range(1, options.rounds + 1):
        for target in ours:
            found = await aabent.window(
                target, keys, seconds, postgres.dsn(), UUID(filled.organisation), postgres.pid or 0
            )
            rows.append(Row(target.name, aabent.NAVN, 0, filled.size, number, found))
        report.say(f"open: round {number} of {options.rounds}", passing=True)
    return rows


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/bench", description=__doc__)
    parser.add_argument("--scale", type=int, choices=(1, 10), default=1, help="1: M1, 50,000 users; 10: M10")
    parser.add_argument("--short", action="store_true", help="a small municipality and short windows: does it run?")
    parser.add_argument("--rounds", type=int, help="rounds that count; 7, with --short 1")
    parser.add_argument("--subscribers", type=int, metavar="N", help="instead: so many subscribers of one server")
    parser.add_argument("--changes", action="store_true", help="instead: how quickly messages and changes get in")
    parser.add_argument("--explain", action="store_true", help="instead: how Postgres answers the questions")
    parser.add_argument("--signed", action="store_true", help="instead: the first fill over signed calls")
    parser.add_argument("--growth", type=Path, nargs=2, metavar="JSON", help="instead: compare two runs' files")
    parser.add_argument("--json", type=Path, help="write each window's figures there")
    options = parser.parse_args()
    options.rounds = options.rounds or (1 if options.short else 7)
    return options


if __name__ == "__main__":
    sys.exit(main())

"""How Postgres answers the five questions: `scripts/bench --explain`, as Markdown, for docs/plans.md."""

import asyncio
import re
from collections.abc import Iterable
from typing import Final

import asyncpg

from bench import floor, municipality
from bench.queries import QUERIES, chosen
from bench.report import say
from model.pool import reading_settings
from orgraf.embedded import Embedded

EXPLAIN: Final = "explain (analyze, buffers, costs off, timing off, summary on)"
NOISE: Final = re.compile(
    r"^\s*(Index Searches|Buffers|Planning|Sort Method|Heap Fetches|Rows Removed|Storage|Batches):"
)
"""What each node repeats; the buffers are told of the whole. What was never executed is left out: the tables beside a
card that holds."""


def run(scale: str) -> None:
    """Print the plan of each question with its first key, nodes and row counts, and the buffers of the whole."""
    with municipality.municipality(municipality.SIZES[scale]) as (postgres, filled):
        asyncio.run(_plans(postgres, filled.organisation))


async def _plans(postgres: Embedded, organisation: str) -> None:
    connection = await asyncpg.connect(postgres.dsn(), server_settings=reading_settings(None))
    try:
        for query in QUERIES:
            key = (await chosen(connection, query))[0]
            found = await floor.statement(postgres.dsn(), organisation, query, key)
            rows = await connection.fetch(f"{EXPLAIN} {found.text}", *found.values)
            say(f"## {query.name}\n\n```\n{_short(row[0] for row in rows)}\n```\n")
    finally:
        await connection.close()


def _short(lines: Iterable[str]) -> str:
    told, kept = list(lines), []
    skipped: int | None = None
    for line in told:
        deep = len(line) - len(line.lstrip())
        if skipped is not None and deep > skipped:
            continue
        skipped = deep if "(never executed)" in line else None
        if skipped is None and not NOISE.match(line):
            kept.append(line[:118].rstrip())
    buffers = [line.strip() for line in told if line.lstrip().startswith("Buffers")]
    return "\n".join([*kept, *buffers[:1]])

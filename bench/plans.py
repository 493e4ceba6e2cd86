"""How Postgres answers the five questions: `scripts/bench --explain`, as Markdown, for docs/plans.md."""

import asyncio
import re
from typing import Any, Final

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
"""What each node repeats; the buffers are told of the whole."""


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


def _short(lines: Any) -> str:
    told = list(lines)
    whole = [line.strip() for line in told if line.lstrip().startswith(("Buffers", "Execution"))]
    kept = [line[:118] for line in told if not NOISE.match(line)]
    return "\n".join([*(line.rstrip() for line in kept if "Output:" not in line), *whole[:1]])

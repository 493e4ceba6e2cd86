"""How figures grow with the data: `scripts/bench --growth M1.json M10.json`, from two runs with --json.

Q1 to Q4 have answers of equal size in both; Q5 grows with its rows. Owns the comparison alone.
"""

import json
from pathlib import Path
from typing import Any, Final

from rich.table import Table

from bench.contenders import CARDS, TABLES
from bench.load import Round
from bench.municipality import Filled, kept
from bench.report import CONSOLE, Medians, Row, number

MOST: Final = 1.3
"""The goal at equal answer size. Source: performance.md, "Goals"."""
EQUAL: Final = ("Q1", "Q2", "Q3", "Q4")


def run(small: Path, large: Path) -> None:
    """Print both and their ratio. Raises SystemExit for files of another shape, or of one size."""
    first, second = _read(small), _read(large)
    sizes = first[0].scale, second[0].scale
    if sizes[0] == sizes[1]:
        raise SystemExit(f"bench: wanted two runs of different sizes, found {sizes[0]} twice")
    before, after = Medians(first), Medians(second)
    table = Table("", *sizes, "ratio")
    for contender in (TABLES, CARDS):
        for query, callers, name in before.keys:
            if name == contender and callers == 1:
                _row(
                    table, f"{contender} {query}, p50 ms", *_both(before, after, name, query, "p50_ms"), query in EQUAL
                )
    for query in dict.fromkeys(query for query, callers, name in before.keys if name == CARDS and callers == 1):
        _row(table, f"bytes of {query}", *_both(before, after, CARDS, query, "bytes"))
    of_server = [m.of(CARDS, "Q1", 16, "rss_mb") for m in (before, after)]
    _row(table, f"{CARDS}, MB of the server", of_server[0], of_server[1])
    filled = [kept(size) for size in sizes]
    if filled[0] is not None and filled[1] is not None:
        for about, figures in _filled(filled[0], filled[1]).items():
            _row(table, about, *figures)
    CONSOLE.print(table)


def _both(before: Medians, after: Medians, contender: str, query: str, what: str) -> tuple[float, float]:
    return before.of(contender, query, 1, what), after.of(contender, query, 1, what)


def _filled(before: Filled, after: Filled) -> dict[str, tuple[float, float]]:
    named = {
        "objects": "objects",
        "bootstrap, s": "seconds",
        "bootstrap, CPU of Postgres, s": "postgres_cpu_s",
        "bootstrap, CPU of the filler, s": "filler_cpu_s",
        "bootstrap, MB of the filler": "filler_mb",
        "disk, MB": "database_mb",
    }
    return {about: (float(getattr(before, name)), float(getattr(after, name))) for about, name in named.items()}


def _row(table: Table, about: str, before: float, after: float, limited: bool = False) -> None:
    ratio = after / before if before else float("nan")
    asked = f" (<= {MOST:g}{'' if ratio <= MOST else ', NOT'})" if limited else ""
    table.add_row(about, number(before), number(after), f"{ratio:.2f}x{asked}")


def _read(path: Path) -> list[Row]:
    try:
        found: list[dict[str, Any]] = json.loads(path.read_text("utf-8"))
        return [_row_of(dict(one)) for one in found]
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as cause:
        raise SystemExit(f"bench: wanted a file that --json wrote, found {path}: {type(cause).__name__}") from cause


def _row_of(one: dict[str, Any]) -> Row:
    head = {name: one.pop(name) for name in ("contender", "query", "concurrency", "scale", "round")}
    return Row(**head, found=Round(**one))

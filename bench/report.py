"""What came out, as one table, and beside the goals of performance.md."""

import json
import os
import platform
import statistics
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.table import Table

from bench.contenders import CARDS, REUSED, TABLES
from bench.load import Round
from bench.municipality import Filled

CONSOLE: Final = Console(width=132)
POSTGRAPHILE: Final = json.loads((Path(__file__).parent / "postgraphile" / "package.json").read_text())["dependencies"][
    "postgraphile"
]
COLUMNS: Final = ("rps", "p50_ms", "p99_ms", "server_cpu_ms", "postgres_cpu_ms", "rss_mb", "bytes", "errors")


@dataclass(frozen=True)
class Row:
    """One window of one contender."""

    contender: str
    query: str
    concurrency: int
    scale: str
    round: int
    found: Round

    def as_json(self) -> dict[str, Any]:
        """Flat, by the names that others read."""
        head = {name: getattr(self, name) for name in ("contender", "query", "concurrency", "scale", "round")}
        return head | asdict(self.found)


def begin(filled: Filled, rounds: int) -> None:
    """What is measured, where."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    say(
        f"{datetime.now(UTC).date()}, {os.cpu_count()} cores, {memory:.0f} GiB; Python {platform.python_version()},"
        f" strawberry {version('strawberry-graphql')}, asyncpg {version('asyncpg')}, PostGraphile {POSTGRAPHILE};"
        f" {rounds} rounds"
    )
    say_filled(filled)


def say_filled(filled: Filled) -> None:
    """What the first fill took."""
    say(
        f"{filled.size}: {filled.objects:,} objects by the first fill in {filled.seconds:.0f} s (CPU: filler"
        f" {filled.filler_cpu_s:.0f} s, Postgres {filled.postgres_cpu_s:.0f} s; filler {filled.filler_mb:.0f} MB),"
        f" {filled.database_mb:,.0f} MB on disk"
    )


def say(text: str, *, passing: bool = False) -> None:
    """A line; one that is passing is shown to a person alone."""
    if not passing or CONSOLE.is_terminal:
        CONSOLE.print(text, highlight=False, end="\r" if passing else "\n")


def show(rows: Sequence[Row]) -> None:
    """The table of medians, with the least and greatest throughput, and the goals."""
    table = Table(title="medians; answers a second with the least and the greatest round")
    for title in ("", "callers", "contender", "answers/s", "p50 ms", "p99 ms", "CPU ms", "Postgres CPU ms", "MB"):
        table.add_column(title, justify="left" if title in ("", "contender") else "right", no_wrap=True)
    for title in ("bytes", "errors"):
        table.add_column(title, justify="right", no_wrap=True)
    medians = Medians(rows)
    last = None
    for query, callers, contender in medians.keys:
        if last not in (None, (query, callers)):
            table.add_section()
        last = (query, callers)
        found = medians.rounds(contender, query, callers)
        least, greatest = min(one.rps for one in found), max(one.rps for one in found)
        figures = [medians.of(contender, query, callers, column) for column in COLUMNS]
        table.add_row(
            query,
            str(callers) if callers else "-",
            contender,
            f"{number(figures[0])} ({number(least)} to {number(greatest)})",
            *(number(one) for one in figures[1:5]),
            f"{figures[5]:,.0f}",
            f"{figures[6]:,.0f}",
            f"{sum(one.errors for one in found):,}",
        )
    CONSOLE.print(table)
    _goals(medians)


class Medians:
    """The rounds of a run, by contender, query and callers."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self._found: dict[tuple[str, int, str], list[Round]] = {}
        for row in rows:
            self._found.setdefault((row.query, row.concurrency, row.contender), []).append(row.found)

    @property
    def keys(self) -> list[tuple[str, int, str]]:
        """Query, callers and contender, in the order in which they were measured."""
        return list(self._found)

    def rounds(self, contender: str, query: str, callers: int) -> list[Round]:
        """Its windows; none when it was not asked."""
        return self._found.get((query, callers, contender), [])

    def of(self, contender: str, query: str, callers: int, column: str) -> float:
        """The median of a column; not a number when it was not asked."""
        found = [float(getattr(one, column)) for one in self.rounds(contender, query, callers)]
        return statistics.median(found) if found else float("nan")


@dataclass(frozen=True)
class Goal:
    """A ratio, and for each query what it should at least or at most be."""

    about: str
    ratio: Callable[[Medians, str], float]
    wanted: tuple[float, float, float, float, float]
    at_most: bool = False


def _faster(peer: str, callers: int, column: str = "rps", ours_: str = CARDS) -> Callable[[Medians, str], float]:
    def ratio(m: Medians, query: str) -> float:
        ours, theirs = m.of(ours_, query, callers, column), m.of(peer, query, callers, column)
        return _over(ours, theirs) if column == "rps" else _over(theirs, ours)

    return ratio


def _against_resolvers(m: Medians, query: str) -> float:
    if query in ("Q1", "Q2", "Q3"):
        return _faster("resolvere", 16)(m, query)

    def spent(name: str) -> float:
        return m.of(name, query, 1, "server_cpu_ms") + m.of(name, query, 1, "postgres_cpu_ms")

    return _over(spent("resolvere"), spent(CARDS))


def _reused(m: Medians, query: str) -> float:
    return _over(m.of(REUSED, query, 16, "rps"), m.of("konstant", query, 16, "rps"))


def _over_floors(m: Medians, query: str) -> float:
    floors = m.of("sql", query, 1, "p50_ms") + m.of("konstant", query, 1, "p50_ms")
    return _over(m.of(CARDS, query, 1, "p50_ms"), floors)


def _over(one: float, other: float) -> float:
    """Their ratio; not a number where a window was too short for any answer."""
    return one / other if one and other else float("nan")


GOALS: Final = (
    Goal("PostGraphile: answers/s, 16 callers", _faster("postgraphile", 16), (4.5, 5, 4, 5, 6)),
    Goal("the same, from the tables alone", _faster("postgraphile", 16, ours_=TABLES), (4.5, 3.5, 4, 3.5, 3.2)),
    Goal("PostGraphile: p50, 1 caller", _faster("postgraphile", 1, "p50_ms"), (2.5, 2, 2.5, 2, 2.5)),
    Goal("PostGraphile on views: answers/s, 16 callers", _faster("postgraphile-views", 16), (0, 0, 0, 0, 0)),
    Goal("resolvers: answers/s (Q4, Q5: CPU)", _against_resolvers, (25, 20, 30, 20, 40)),
    Goal("given again, over constant bytes: answers/s", _reused, (0.75, 0.75, 0.75, 0.75, 0.75)),
    Goal("p50 over the two floors, 1 caller", _over_floors, (2.0, 1.3, 2.6, 1.3, 1.3), at_most=True),
)
"""Source: performance.md, "Goals"; of nought: no goal."""


def _goals(medians: Medians) -> None:
    table = Table(title="orgraf as it ships, with cards, against ... (goal)")
    table.add_column("")
    names = list(dict.fromkeys(query for query, callers, _ in medians.keys if callers))
    for name in names:
        table.add_column(name, justify="right", no_wrap=True)
    for goal in GOALS:
        cells = []
        for name, wanted in zip(names, goal.wanted, strict=True):
            found = goal.ratio(medians, name)
            held = found <= wanted if goal.at_most else found >= wanted
            asked = f" ({'<=' if goal.at_most else '>='} {wanted:g}{'' if held else ', NOT'})" if wanted else ""
            cells.append(f"{found:.2f}x{asked}")
        table.add_row(goal.about, *cells)
    CONSOLE.print(table)


def number(value: float) -> str:
    """With as many digits as can be told from the next run's."""
    return f"{value:,.0f}" if value >= 1000 else f"{value:,.1f}" if value >= 10 else f"{value:.2f}"

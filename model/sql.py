"""Named statements out of .sql files. Owns the form of those files; refuses to know what any statement does.

A file `x.sql` lies beside `x.py` and holds blocks: `-- name: claim`, one line of purpose as comment, the statement.
Parameters are written `:name` and passed by name; a cast after one stays as it is (`:uuid::uuid`). A list, such as
`:uuid::uuid[]`, comes through a select: the planner then knows as little of its length in a plan for one call as in one
for all calls, and keeps the latter. A plan for a list of one looks so much cheaper that it would be made at each call,
at several times the cost of running it.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from model.pool import Connection, Record

_NAME: Final = re.compile(r"^-- name: (\w+)\s*$", re.MULTILINE)
_PARAMETER: Final = re.compile(r"(?<![:\w]):([a-z_][a-z0-9_]*)")
_LISTE: Final = re.compile(_PARAMETER.pattern + r"::([a-z]+)\[\]")


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement: its text with $1, $2 ... and the names that stand for them, in that order."""

    text: str
    parameters: tuple[str, ...]

    async def fetch(self, connection: Connection, **values: object) -> list[Record]:
        """All rows."""
        return list(await connection.fetch(self.text, *self._order(values)))

    async def fetchrow(self, connection: Connection, **values: object) -> Record | None:
        """The first row, or None."""
        return await connection.fetchrow(self.text, *self._order(values))

    async def fetchval(self, connection: Connection, **values: object) -> Any:
        """The first column of the first row, or None."""
        return await connection.fetchval(self.text, *self._order(values))

    async def execute(self, connection: Connection, **values: object) -> int:
        """How many rows were touched."""
        tag = await connection.execute(self.text, *self._order(values))
        last = tag.rsplit(" ", 1)[-1]
        return int(last) if last.isdigit() else 0

    async def executemany(self, connection: Connection, rows: Iterable[Mapping[str, object]]) -> None:
        """Once for each row, in one round trip."""
        await connection.executemany(self.text, [self._order(row) for row in rows])

    def _order(self, values: Mapping[str, object]) -> list[object]:
        if len(values) != len(self.parameters):
            raise TypeError(f"the statement takes {self.parameters}, got {tuple(values)}")
        return [values[name] for name in self.parameters]


def load(module_file: str) -> dict[str, Statement]:
    """The statements of the .sql file beside a module: `SQL = sql.load(__file__)`."""
    return parse(Path(module_file).with_suffix(".sql").read_text(encoding="utf-8"))


def parse(text: str) -> dict[str, Statement]:
    """The named statements of a text. Raises ValueError for a name given twice."""
    parts = _NAME.split(text)
    names, bodies = parts[1::2], parts[2::2]
    if len(set(names)) != len(names):
        raise ValueError(f"a statement is named twice among {names}")
    return {name: _statement(body) for name, body in zip(names, bodies, strict=True)}


def _statement(body: str) -> Statement:
    lines = [line for line in body.strip().splitlines() if not line.lstrip().startswith("--")]
    parameters: list[str] = []

    def number(match: re.Match[str]) -> str:
        if match[1] not in parameters:
            parameters.append(match[1])
        return f"${parameters.index(match[1]) + 1}"

    written = _LISTE.sub(r"((select :\1::\2[])::\2[])", "\n".join(lines))
    return Statement(_PARAMETER.sub(number, written).rstrip().rstrip(";"), tuple(parameters))

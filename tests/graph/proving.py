"""One document asked twice: of the product on Postgres and of the oracle in memory; and how the two are compared.

Owns the rows in the database, the counting of statements and the printing of a difference. Knows no rule.
"""

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import asyncpg
from graphql import GraphQLSchema, build_schema

from graph.answer import Spoergsmaal, Svar
from graph.caller import Principal, Ret
from model.lease import Lease
from model.pool import Record
from tests.builders import Executes, Kommune, Row, en_sti, insert
from tests.graph import chance
from tests.graph.documents import Document
from tests.graph.naive import oracle, snapshot, tree
from tests.graph.naive.execute import Answer, Fejl
from tests.graph.naive.lister import Cursor, place
from tests.graph.naive.query import left_out
from tests.graph.naive.snapshot import Moment, Snapshot, Tabeller

ROOT: Final = Path(__file__).parents[2]
SCHEMA: Final[GraphQLSchema] = build_schema((ROOT / "schema.graphql").read_text(encoding="utf-8"))
LEFT_OUT: Final = frozenset(left_out(SCHEMA))
NOW: Final = datetime.fromisoformat(chance.NOW)


@dataclass
class CountingLease:
    """The product's own connections, and the statements that were asked on them."""

    lease: Lease
    asked: list[str] = field(default_factory=list)

    async def fetchrow(self, text: str, *values: object, kommune: object = None) -> Record | None:
        self.asked.append(text)
        return await self.lease.fetchrow(text, *values)

    async def close(self) -> None:
        await self.lease.close()


@dataclass
class Ground:
    """A database with rows, the product reading it, and the same rows in memory by municipality."""

    lease: CountingLease
    tabeller: Tabeller
    by_kommune: dict[str, Tabeller] = field(default_factory=dict)

    def of(self, by: Kommune) -> Tabeller:
        key = str(by.uuid)
        if key not in self.by_kommune:
            self.by_kommune[key] = snapshot.of(self.tabeller, key)
        return self.by_kommune[key]


async def ground(dsn: str, rows: Iterable[Row], kommuner: Iterable[Kommune]) -> Ground:
    """Put the rows into the database, with the paths that follow from them; read all of it back."""
    connection = await asyncpg.connect(dsn, server_settings={"TimeZone": "UTC"})
    try:
        await insert(connection, rows)
        tabeller = await snapshot.load(connection)
        await _paths(connection, tabeller, kommuner)
        await connection.execute("analyze")
    finally:
        await connection.close()
    return Ground(CountingLease(Lease(dsn)), tabeller)


async def _paths(connection: Executes, tabeller: Tabeller, kommuner: Iterable[Kommune]) -> None:
    """`enhed_sti` as of NOW, found by the oracle's own loops."""
    made = []
    for by in kommuner:
        now = Snapshot(snapshot.of(tabeller, str(by.uuid)), str(by.uuid), Moment(snapshot.micros(NOW.isoformat()) or 0))
        for enhed in now.rows("organisation_enhed"):
            sti = [e["uuid"] for e in tree.sti(now, enhed["uuid"])]
            made += [en_sti(by, *sti)] if sti else []
    await insert(connection, made)


def question(document: Document) -> Spoergsmaal:
    return Spoergsmaal(document.text, document.operation, document.variables)


def principal(by: Kommune, *, navn: bool = True, cpr: bool = True) -> Principal:
    """A caller who may read, with the rights to names and CPR numbers as said."""
    rights = {Ret.LAES} | ({Ret.SENAVN} if navn else set()) | ({Ret.SECPR} if cpr else set())
    return Principal("test", by.cvr, by.uuid, frozenset(rights), NOW + timedelta(hours=1))


def expected(ground: Ground, by: Kommune, document: Document, *, navn: bool = True, cpr: bool = True) -> Answer:
    caller = oracle.Caller(by.cvr, str(by.uuid), navn, cpr)
    return oracle.ask(SCHEMA, ground.of(by), caller, document.text, document.variables, document.operation, NOW)


def difference(wanted: Answer, found: Svar) -> list[str]:
    """What differs, in words; empty when nothing."""
    if not found.udfoert or found.data is None:
        return [f"the product refused a valid document: {found.errors}"]
    text = found.data.decode()
    pair = aligned(wanted.data, json.loads(text, object_pairs_hook=_no_doubles))
    want, have = (json.dumps(value, ensure_ascii=False, indent=1, default=str) for value in pair)
    lines = []
    if have != want:
        lines.append("data, wanted against found:\n" + _first_difference(want, have))
    errors = Counter(_product_error(e) for e in found.errors)
    expected_errors = Counter(_oracle_error(e) for e in wanted.errors)
    lines += [f"error wanted and not found: {e}" for e in (expected_errors - errors)]
    lines += [f"error found and not wanted: {e}" for e in (errors - expected_errors)]
    return lines


def _no_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    keys = [key for key, _ in pairs]
    assert len(keys) == len(set(keys)), f"a key stands twice in one object: {keys}"
    return dict(pairs)


def aligned(want: Any, have: Any) -> tuple[Any, Any]:
    """Both as JSON has them, each cursor as the place it names, as far as the specification says what that is."""
    match want, have:
        case Cursor(), str():
            tekst, uuid = place(have)
            return [want.tekst, want.uuid], [None if want.tekst is None else tekst, uuid]
        case dict(), dict() if want.keys() == have.keys():
            pairs = {key: aligned(want[key], have[key]) for key in want}
            return {key: pair[0] for key, pair in pairs.items()}, {key: pairs[key][1] for key in have}
        case list(), list():
            pairs_ = [aligned(*pair) for pair in zip(want, have, strict=False)]
            return [p[0] for p in pairs_] + want[len(have) :], [p[1] for p in pairs_] + have[len(want) :]
    return want, have


def _product_error(error: Mapping[str, Any]) -> tuple[Any, ...]:
    extensions = error["extensions"]
    count = re.search(r"\((\d+) places\)$", error["message"])
    number = int(count[1]) if count else 1
    return (tuple(error["path"]), extensions["classification"], extensions["type"], number)


def _oracle_error(error: Fejl) -> tuple[Any, ...]:
    return (error.path, error.classification, error.type, error.antal)


def _first_difference(want: str, have: str) -> str:
    """Some lines round the first place where the two differ."""
    wanted, found = want.splitlines(), have.splitlines()
    for number in range(max(len(wanted), len(found))):
        if wanted[number : number + 1] != found[number : number + 1]:
            start = max(number - 6, 0)
            return "\n".join(
                ["  ", *wanted[start:number], *(f"- {w}" for w in wanted[number : number + 6])]
                + [f"+ {f}" for f in found[number : number + 6]]
            )
    return "nothing"


def only_typename(answer: Answer) -> bool:
    """True when nothing of the data was asked for: a statement may be spared then."""
    return all(value in ("Query", None) for value in (answer.data or {}).values())

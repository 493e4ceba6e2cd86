"""The queue, the guard, the log and the leader in memory: each SQL statement of ingest's path has a twin here.

The product's own Python runs unchanged; only what a `model.sql.Statement` would have asked Postgres is answered from
dictionaries. A transaction is all or nothing and alone: what runs between two statements of Postgres itself is for the
chaos harness. `test_hukommelse` runs both sides by side. Rows of the projection are not kept: what is stored is judged
by version and hash.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from datetime import datetime
from itertools import count
from typing import Any, Final, TypeAlias
from uuid import UUID

from model.sql import Statement

Row: TypeAlias = dict[str, Any]
Noegle: TypeAlias = tuple[UUID, str, UUID]
"""organisation, objekttype, uuid: the key of an object in every table."""
Handler: TypeAlias = Callable[..., list[Row]]
LEVENDE: Final = ("OPSTAAET", "IMPORTERET")


@dataclass(slots=True)
class Tabeller:
    """The tables. Rows are never changed in place, so that a shallow copy is a savepoint."""

    dirty: dict[Noegle, Row] = field(default_factory=dict)
    confirm: dict[Noegle, Row] = field(default_factory=dict)
    objekt: dict[Noegle, Row] = field(default_factory=dict)
    registrering: list[Row] = field(default_factory=list)
    aendring: list[Row] = field(default_factory=list)
    inbox: dict[tuple[UUID, str], Row] = field(default_factory=dict)
    parked: dict[tuple[UUID, str], Row] = field(default_factory=dict)
    leader: dict[tuple[UUID, str], Row] = field(default_factory=dict)
    kontekst: dict[str, Row] = field(default_factory=dict)
    run: dict[int, Row] = field(default_factory=dict)
    seen: dict[tuple[int, str, UUID], Row] = field(default_factory=dict)
    afstemning: dict[int, Row] = field(default_factory=dict)
    forskel: dict[tuple[int, str, UUID], str] = field(default_factory=dict)
    clock: datetime = datetime.min
    """What clock_timestamp() says."""
    seconds: Callable[[], float] = lambda: 0.0
    generation: Iterator[int] = field(default_factory=lambda: count(10**9))
    """The sequence of marks: what was taken from it does not come back."""
    secret: bytes = b"noegle"
    rung: bool = False
    """The workers' bell was rung: heard when the transaction commits."""

    def savepoint(self) -> "Tabeller":
        """The tables as they are now."""
        return Tabeller(**{name: getattr(self, name).copy() for name in _NAMES})

    def restore(self, saved: "Tabeller") -> None:
        """The tables as they were then."""
        for name in _NAMES:
            setattr(self, name, getattr(saved, name))


_UDENFOR: Final = ("clock", "seconds", "generation", "secret", "rung")
_NAMES: Final = tuple(one.name for one in fields(Tabeller) if one.name not in _UDENFOR)


HANDLERS: dict[str, tuple[tuple[str, ...], Handler]] = {}


def twin(statements: dict[str, Statement], *names: str) -> Callable[[Handler], Handler]:
    def register(handler: Handler) -> Handler:
        for name in names:
            HANDLERS[statements[name].text] = (statements[name].parameters, handler)
        return handler

    return register


def answer(tables: Tabeller, text: str, values: Sequence[object]) -> list[Row]:
    """What the statement returns, or the rows it touched. Raises LookupError for one that has no twin."""
    found = HANDLERS.get(text)
    if found is None:
        raise LookupError(f"no twin for the statement: {text[:200]}")
    parameters, handler = found
    return handler(tables, **dict(zip(parameters, values, strict=bool(parameters))))


@contextmanager
def instead(statement: Statement, handler: Handler) -> Iterator[None]:
    """Another answer to a statement: for wrong variants."""
    kept = HANDLERS[statement.text]
    HANDLERS[statement.text] = (statement.parameters, handler)
    try:
        yield
    finally:
        HANDLERS[statement.text] = kept


def copied(tables: Tabeller, table: str, columns: Sequence[str], records: Iterable[Sequence[object]]) -> None:
    """COPY into a table; rows of the projection go nowhere."""
    rows = [dict(zip(columns, record, strict=True)) for record in records]
    if table == "objekt":
        for row in rows:
            key = (row["organisation"], row["objekttype"], row["uuid"])
            assert key not in tables.objekt, "a unique violation: COPY of an object that is stored"
            tables.objekt[key] = row
    elif table == "registrering":
        tables.registrering += rows
    elif table == "aendring":
        for row in rows:
            append(tables, row)


def put_in(tables: Tabeller, *, table: str, **row: Any) -> list[Row]:
    """A row by a statement of its own."""
    copied(tables, table, [*row], [[*row.values()]])
    return []


def append(tables: Tabeller, row: Row) -> Row:
    stored = {"seq": len(tables.aendring) + 1, "afledt_af": None, "committed": tables.seconds(), **row}
    tables.aendring.append(stored)
    return stored


def nothing(tables: Tabeller, **_: object) -> list[Row]:
    return []


def named(key: Noegle, row: Row) -> Row:
    return {"organisation": key[0], "objekttype": key[1], "uuid": key[2], **row}

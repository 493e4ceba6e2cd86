"""Rows in Postgres: read what is known of some objects, replace what differs, keep what has ended as history.

Statements follow the tables, so they are built by SQLAlchemy Core, once, when this module is loaded. Knows no rules
of projection and no change log.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Text,
    Uuid,
    any_,
    bindparam,
    cast,
    column,
    delete,
    literal_column,
    null,
    select,
    union_all,
    update,
)
from sqlalchemy.dialects.postgresql.asyncpg import dialect as asyncpg_dialect
from sqlalchemy.sql.expression import ClauseElement

from fkorg.catalogue import Objekttype
from fkorg.tid import ALTID_NS, UENDELIG_NS, from_datetime
from model import tables
from model.pool import SENEST, TIDLIGST, Connection, indsaet
from model.projection.raekker import EJERTABELLER, KOLONNER, Row, Rows, tabeller

_DIALECT: Final = asyncpg_dialect()  # type: ignore[no-untyped-call]  # SQLAlchemy leaves it untyped
_KENDT_NU: Final = literal_column(str(tables.KENDT_NU), BigInteger())


@dataclass(frozen=True, slots=True)
class Kendt:
    """A row that is known now: where it lies, since when it is known, and what it says."""

    ctid: Any
    registreret_fra: int
    row: Row


@dataclass(frozen=True, slots=True)
class Tekster:
    """The statements of one table."""

    kolonner: tuple[str, ...]
    kendte: str
    slut: str
    slet: str
    tider: tuple[int, ...]
    noegle: int


async def kendte(
    tx: Connection, organisation: UUID, objekttype: Objekttype, uuids: Sequence[UUID]
) -> dict[UUID, dict[str, list[Kendt]]]:
    """What is known now of objects of one type, by uuid and table."""
    found: dict[UUID, dict[str, list[Kendt]]] = {}

    def add(tabel: str, ctid: Any, registreret_fra: int, values: list[Any]) -> None:
        tekster = TEKSTER[tabel]
        for place in tekster.tider:
            values[place] = _ns(values[place])
        by_table = found.setdefault(values[tekster.noegle], {})
        by_table.setdefault(tabel, []).append(Kendt(ctid, registreret_fra, tuple(values)))

    egne = [tabel for tabel in tabeller(objekttype) if tabel not in EJERTABELLER]
    for tabel in egne if uuids else ():
        for ctid, registreret_fra, *values in await tx.fetch(TEKSTER[tabel].kendte, organisation, list(uuids)):
            add(tabel, ctid, registreret_fra, values)
    if uuids and len(egne) < len(tabeller(objekttype)):
        for tabel, ctid, registreret_fra, *values in await tx.fetch(
            KENDTE_RELATIONER, organisation, list(uuids), objekttype.value
        ):
            add(tabel, ctid, registreret_fra, [values[place] for place in _PLADSER[tabel]])
    return found


def rows_of(kendt: Mapping[str, list[Kendt]]) -> Rows:
    """The rows alone."""
    return {tabel: [one.row for one in found] for tabel, found in kendt.items()}


@dataclass(slots=True)
class Udskiftning:
    """What a batch changes in the tables: rows that end, rows that go, rows that come."""

    slut: dict[str, list[tuple[int, Any]]]
    slet: dict[str, list[tuple[Any]]]
    nye: dict[str, list[Row]]

    @classmethod
    def tom(cls) -> "Udskiftning":
        return cls(defaultdict(list), defaultdict(list), defaultdict(list))

    def objekt(self, kendt: Mapping[str, list[Kendt]], rows: Rows, reg_ns: int) -> None:
        """Make an object's known rows into these: equal ones stay as they are, since when they have been known.

        A row known only since this registration or a later one (a tie, a rewind) was never true: it goes.
        """
        for tabel in kendt.keys() | rows.keys():
            wanted = dict.fromkeys(rows.get(tabel, ()))
            for one in kendt.get(tabel, ()):
                if one.row in wanted:
                    del wanted[one.row]
                elif one.registreret_fra < reg_ns:
                    self.slut[tabel].append((reg_ns, one.ctid))
                else:
                    self.slet[tabel].append((one.ctid,))
            if wanted:
                self.nye[tabel] += [(*row, reg_ns, tables.KENDT_NU) for row in wanted]

    async def udfoer(self, tx: Connection) -> None:
        """Carry it out. What ends goes first: two rows of one thing may not hold at once."""
        for tabel, ended in self.slut.items():
            await tx.executemany(TEKSTER[tabel].slut, ended)
        for tabel, gone in self.slet.items():
            await tx.executemany(TEKSTER[tabel].slet, gone)
        for tabel, new in self.nye.items():
            await indsaet(tx, tabel, TEKSTER[tabel].kolonner, new)


def _ns(value: datetime | None) -> int | None:
    if value is None:
        return None
    if value == SENEST:
        return UENDELIG_NS
    return ALTID_NS if value == TIDLIGST else from_datetime(value)


def _text(statement: ClauseElement, order: Iterable[str]) -> str:
    """The statement's text; its parameters stand in the order given."""
    compiled: Any = statement.compile(dialect=_DIALECT)
    if list(compiled.positiontup) != list(order):
        raise TypeError(f"the parameters come as {compiled.positiontup}, wanted {list(order)}")
    return str(compiled)


def _kendte(tabel: str) -> tuple[Any, list[Any]]:
    """The table, and which of its rows are what is known now of some objects."""
    t = {table.name: table for table in tables.PROJEKTION}[tabel]
    ejer = tabel in EJERTABELLER
    own = [t.c.organisation == bindparam("organisation", type_=Uuid())]
    own.append(t.c["ejer" if ejer else "uuid"] == any_(bindparam("uuids", type_=ARRAY(Uuid()))))
    own += [t.c.ejertype == bindparam("ejertype", type_=Text())] if ejer else []
    return t, [*own, t.c.registreret_til == _KENDT_NU]


def _tekster(tabel: str) -> Tekster:
    t, own = _kendte(tabel)
    kolonner = KOLONNER[tabel]
    ctid: Any = column("ctid")
    raw: Any = bindparam("ctid")
    columns = [t.c[kolonne] for kolonne in kolonner]
    kendte = select(ctid, t.c.registreret_fra, *columns).where(*own).order_by(t.c.virkning_fra)
    slut = update(t).values(registreret_til=bindparam("reg_ns", type_=BigInteger())).where(ctid == raw)
    return Tekster(
        kolonner=(*kolonner, "registreret_fra", "registreret_til"),
        kendte="" if tabel in EJERTABELLER else _text(kendte, ["organisation", "uuids"]),
        slut=_text(slut, ["reg_ns", "ctid"]),
        slet=_text(delete(t).where(ctid == raw), ["ctid"]),
        tider=tuple(i for i, k in enumerate(kolonner) if k.endswith(("_fra", "_til")) or k in ("start", "slut")),
        noegle=kolonner.index("ejer" if tabel in EJERTABELLER else "uuid"),
    )


def _kendte_relationer() -> str:
    """The rows of all tables of relations, by one statement: which table, and each column that any of them has."""
    parts = []
    for tabel in EJERTABELLER:
        t, own = _kendte(tabel)
        columns = [
            (t.c[kolonne] if kolonne in t.c else cast(null(), type_)).label(kolonne) for kolonne, type_ in _ALLE.items()
        ]
        ctid: Any = literal_column(f"{tabel}.ctid")
        parts.append(select(literal_column(f"'{tabel}'"), ctid, t.c.registreret_fra, *columns).where(*own))
    return _text(union_all(*parts), ["organisation", "uuids", "ejertype"])


_ALLE: Final[Mapping[str, Any]] = {
    kolonne: table.c[kolonne].type
    for table in tables.PROJEKTION
    if table.name in EJERTABELLER
    for kolonne in KOLONNER[table.name]
}
_PLADSER: Final = {tabel: [[*_ALLE].index(kolonne) for kolonne in KOLONNER[tabel]] for tabel in EJERTABELLER}
"""Where the columns of a table of relations stand in a row of `KENDTE_RELATIONER`."""
KENDTE_RELATIONER: Final = _kendte_relationer()
TEKSTER: Final[Mapping[str, Tekster]] = {tabel: _tekster(tabel) for tabel in KOLONNER}

"""The read model in memory, and what of it holds for one municipality at one time.

Owns loading and the time predicate of storage.md 1, in plain loops. Refuses to know GraphQL.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol

from model import tables
from model.tables import KENDT_NU

Row = dict[str, Any]
Tabeller = dict[str, list[Row]]
FOR_EVER = 2**90
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LOADED = (*tables.PROJEKTION, tables.klasse, tables.anvenderkontekst, tables.objekt, tables.dirty)
_LOADED += (tables.soegetekst, tables.registrering)


class Fetches(Protocol):
    """What `load` needs of a connection of the driver."""

    async def fetch(self, query: str, *args: object) -> list[Any]: ...


async def load(connection: Fetches) -> Tabeller:
    """Every row of the tables that readers see, times as microseconds since 1970."""
    loaded: Tabeller = {}
    for tabel in _LOADED:
        found = await connection.fetch(f"select to_jsonb(x)::text from {tabel.name} x")
        loaded[tabel.name] = [_with_times(json.loads(record[0])) for record in found]
    return loaded


def micros(moment: str | None) -> int | None:
    """A time as Postgres prints it in JSON, in microseconds since 1970."""
    if moment is None:
        return None
    if moment in ("infinity", "-infinity"):
        return FOR_EVER if moment == "infinity" else -FOR_EVER
    gap = datetime.fromisoformat(moment) - _EPOCH
    return (gap.days * 86400 + gap.seconds) * 1_000_000 + gap.microseconds


_TIMES = frozenset(
    column.name
    for tabel in _LOADED
    for column in tabel.c
    if column.name.endswith(("_at", "_fra", "_til", "_graense", "start", "slut")) and "registreret" not in column.name
)


def _with_times(row: Row) -> Row:
    return {name: micros(value) if name in _TIMES else value for name, value in row.items()}


@dataclass(frozen=True)
class Moment:
    """The time an operation asks for: effect in microseconds, registration in nanoseconds; None = as known now."""

    virkning: int
    registrering: int | None = None

    def holds(self, row: Row) -> bool:
        """The predicate of storage.md 1: `nu`, or `dengang` when a registration time is asked for."""
        if self.registrering is None:
            known = row["registreret_til"] == KENDT_NU
        else:
            known = row["registreret_fra"] <= self.registrering < row["registreret_til"]
        return bool(known and row["virkning_fra"] <= self.virkning < row["virkning_til"])


def of(tabeller: Tabeller, organisation: str) -> Tabeller:
    """The rows of one municipality, and the classes."""
    return {
        name: [row for row in rows if row.get("organisation", organisation) == organisation]
        for name, rows in tabeller.items()
    }


@dataclass
class Snapshot:
    """What one municipality's rows say at one moment. Other municipalities' rows do not exist in it."""

    tabeller: Tabeller
    organisation: str
    moment: Moment
    _held: dict[str, list[Row]] = field(default_factory=dict)
    _keyed: dict[tuple[str, str], dict[Any, list[Row]]] = field(default_factory=dict)
    stier: dict[str, list[Row]] = field(default_factory=dict)
    """Paths that were asked for before: the one answer that is too slow to find anew each time."""

    def rows(self, tabel: str) -> list[Row]:
        """The rows of a projection table in effect."""
        if tabel not in self._held:
            self._held[tabel] = [
                row
                for row in self.tabeller[tabel]
                if row["organisation"] == self.organisation and self.moment.holds(row)
            ]
        return self._held[tabel]

    def where(self, tabel: str, kolonne: str, value: Any) -> list[Row]:
        """Those whose column has the value; none for null."""
        if (tabel, kolonne) not in self._keyed:
            keyed: dict[Any, list[Row]] = {}
            for row in self.rows(tabel):
                keyed.setdefault(row[kolonne], []).append(row)
            self._keyed[tabel, kolonne] = keyed
        return [] if value is None else self._keyed[tabel, kolonne].get(value, [])

    def one(self, tabel: str, uuid: str | None) -> Row | None:
        """The object of that uuid, or None."""
        found = self.where(tabel, "uuid", uuid)
        assert len(found) <= 1, f"two rows of {tabel} {uuid} hold at once"
        return found[0] if found else None

    def owned(self, tabel: str, ejertype: str, ejer: str) -> Iterator[Row]:
        """The relations of that kind that an object owns."""
        return (row for row in self.where(tabel, "ejer", ejer) if row["ejertype"] == ejertype)

    def klasse(self, uuid: str | None) -> Row | None:
        """The class of that uuid; classes have no time and no municipality."""
        if ("klasse", "uuid") not in self._keyed:
            self._keyed["klasse", "uuid"] = {row["uuid"]: [row] for row in self.tabeller["klasse"]}
        return next(iter(self._keyed["klasse", "uuid"].get(uuid, [])), None)

    def kontekst(self) -> Row:
        """The row of the municipality itself: its CVR and root unit."""
        return next(row for row in self.tabeller["anvenderkontekst"] if row["organisation"] == self.organisation)


def unique(rows: Iterable[Row], kolonne: str) -> list[Row]:
    """Without those whose column was seen before."""
    seen: dict[Any, Row] = {}
    for row in rows:
        seen.setdefault(row[kolonne], row)
    return list(seen.values())

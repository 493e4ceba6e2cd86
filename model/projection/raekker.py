"""The shape of what a projection gives: rows by table, in the tables' own column order. Knows no object type.

A row is a tuple: organisation first, effect last as nanoseconds cut to microseconds; registration time is put on when
it is stored. Plain tuples, because a first fill makes a million of them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias
from uuid import UUID

from fkorg.catalogue import Objekttype
from fkorg.tid import ALTID_NS, UENDELIG_NS
from model import tables

Row: TypeAlias = tuple[Any, ...]
Rows: TypeAlias = dict[str, list[Row]]

KOLONNER: Final[Mapping[str, tuple[str, ...]]] = {
    tabel.name: tuple(c.name for c in tabel.c if not c.name.startswith("registreret_")) for tabel in tables.PROJEKTION
}
"""The columns of a row, by table."""
HOVEDTABEL: Final[Mapping[Objekttype, str]] = {
    Objekttype.ORGANISATION: "organisation",
    Objekttype.ORGANISATION_ENHED: "organisation_enhed",
    Objekttype.ORGANISATION_FUNKTION: "funktion",
    Objekttype.BRUGER: "bruger",
    Objekttype.PERSON: "person",
    Objekttype.ADRESSE: "adresse",
    Objekttype.VIRKSOMHED: "virksomhed",
    Objekttype.MYNDIGHED: "myndighed",
    Objekttype.IT_SYSTEM: "it_system",
    Objekttype.INTERESSEFAELLESSKAB: "interessefaellesskab",
}
EJERTABELLER: Final = ("adressering", "opgave", "tilknytning")
"""Tables of relations: keyed by ejertype and ejer, not by uuid."""


def tabeller(objekttype: Objekttype) -> tuple[str, ...]:
    """The tables that an object of the type has rows in."""
    hoved = HOVEDTABEL[objekttype]
    if objekttype is Objekttype.ORGANISATION_FUNKTION:
        return (hoved, "medlemskab", *EJERTABELLER)
    aktoer = objekttype not in (Objekttype.PERSON, Objekttype.ADRESSE, Objekttype.VIRKSOMHED, Objekttype.MYNDIGHED)
    return (hoved, *EJERTABELLER) if aktoer else (hoved,)


@dataclass(frozen=True, slots=True)
class Kontekst:
    """The municipality in whose CVR context the object was read: its Organisation, and its root unit where known.

    `secret`: the key of content hashes (rules.md 35), which applying wants and projecting does without.
    """

    organisation: UUID
    rod: UUID | None = None
    secret: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Afvigelse:
    """Something in the source that projects nothing: what is wrong (`art`) and in which list."""

    art: str
    sted: str


@dataclass(slots=True)
class Projektion:
    """The rows of one object, and what was wrong with it."""

    rows: Rows = field(default_factory=dict)
    afvigelser: list[Afvigelse] = field(default_factory=list)

    def add(self, tabel: str, rows: list[Row]) -> None:
        """Rows of one table; none is nothing."""
        if rows:
            self.rows[tabel] = rows


def gaelder(row: Row, now_ns: int) -> bool:
    """True when the row's effect holds at the moment."""
    return bool(row[-2] <= now_ns < row[-1])


def i_kraft(rows: Iterable[Row], now_ns: int) -> list[Row]:
    """The rows in effect at the moment."""
    return [row for row in rows if row[-2] <= now_ns < row[-1]]


def naeste_graense(rows: Rows, now_ns: int) -> int | None:
    """The nearest coming moment at which a row begins or ends: until then nothing of the object changes by itself."""
    nearest = UENDELIG_NS
    for group in rows.values():
        for row in group:
            for ns in row[-2:]:
                if now_ns < ns < nearest:
                    nearest = ns
    return None if nearest == UENDELIG_NS else nearest


def afkort(ns: int) -> int:
    """A moment as the tables can hold it: whole microseconds, within the years of timestamptz."""
    if ns <= ALTID_NS or ns >= UENDELIG_NS:
        return ALTID_NS if ns < 0 else UENDELIG_NS
    return ns - ns % 1000

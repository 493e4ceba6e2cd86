"""Where a read field comes from in the read model: the vocabulary of declarations in graph/types/.

Every read field of the schema names one source, once, next to its type and description; there are no resolvers. A
source says which column, which expression or which related rows; graph/compile turns it into SQL. Refuses to know
GraphQL documents, values and callers.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any, Protocol, TypeAlias

from sqlalchemy import ColumnElement, FromClause, Table

from graph.caller import Ret

Vilkaar: TypeAlias = ColumnElement[bool]
Raekke: TypeAlias = Mapping[Table, FromClause]
"""The row that fields are read from: for each table that takes part, its alias in the statement."""


class Slags(Enum):
    """How a value is written as JSON. Bare kinds need no escaping (storage.md 4)."""

    TEKST = auto()
    UUID = auto()
    STATUS = auto()
    """TilstandStatus: unknown is INAKTIV with a warning (domain.md 4.3)."""
    ENUM = auto()
    """Text of our own that is an enum value of the schema."""
    TID = auto()
    """Effect time; no limit is null."""
    REGTID = auto()
    """Registration time in nanoseconds, written with all its digits."""
    TAL = auto()
    JSON = auto()
    """Finished JSON text."""


@dataclass(frozen=True, slots=True)
class Kolonne:
    """A column of the type's own table, or of `tabel` when another table takes part in the row.

    `ellers`: columns that stand in, in order, for a mandatory name that is missing; a warning tells (rules.md 11).
    """

    navn: str
    slags: Slags = Slags.TEKST
    tabel: Table | None = None
    ellers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Udtryk:
    """A computed value: a function of the place gives the expression."""

    af: "Callable[[Sted], ColumnElement[Any]]"
    slags: Slags = Slags.TEKST


@dataclass(frozen=True, slots=True)
class Klassefelt:
    """Number or title of the class that a column points at. An unknown class is null with a warning (rules.md 6)."""

    navn: str
    felt: str = "titel"
    tabel: Table | None = None


@dataclass(frozen=True, slots=True)
class Indlejret:
    """A part of the same row; `tabel`: which table's columns the part is made of, when not the type's own.

    `findes`: the column that is null when the part is missing.
    """

    tabel: Table | None = None
    findes: str | None = None


@dataclass(frozen=True, slots=True)
class En:
    """At most one related row."""

    til: "Callable[[Sted], Fra]"


@dataclass(frozen=True, slots=True)
class EnAf:
    """One related row of a type that a column of the row tells: object type -> relation."""

    skelner: str
    til: "Mapping[str, Callable[[Sted], Fra]]"


@dataclass(frozen=True, slots=True)
class Mange:
    """All related rows in order, at most 2,000 (rules.md 18)."""

    til: "Callable[[Sted], Fra]"


@dataclass(frozen=True, slots=True)
class Connection:
    """Related rows by page: `Fra.sortering` is the order."""

    til: "Callable[[Sted], Fra]"


@dataclass(frozen=True, slots=True)
class VedUuid:
    """The rows with the uuids that are asked for, in that order; NotFound for each that is none (rules.md 12)."""

    til: "Callable[[Sted, ColumnElement[Any]], Fra]"


@dataclass(frozen=True, slots=True)
class Side:
    """A part of a page (edges, pageInfo, cursor, node, antal): the connection that holds it says what it is."""


Kilde: TypeAlias = Kolonne | Udtryk | Klassefelt | Indlejret | En | EnAf | Mange | Connection | VedUuid | Side


@dataclass(frozen=True, slots=True)
class Sortering:
    """The order of a page: a text and a uuid, unique together; they are what a cursor carries."""

    tekst: ColumnElement[str]
    uuid: ColumnElement[Any]
    faldende: bool = False


@dataclass(frozen=True, slots=True)
class Fra:
    """Related rows: what their fields are read from, and which of them, in which order.

    The first table of `raekke` is the type's own. `fra`: what is joined; without it the tables of `raekke` stand side
    by side. `findes`: false where the mandatory other
    end is missing, so that the element is left out with a warning. `forste`: dirty data may give several, take one.
    """

    raekke: Raekke
    hvor: Sequence[Vilkaar]
    fra: Sequence[FromClause] = ()
    orden: Sequence[ColumnElement[Any]] = ()
    sortering: Sortering | None = None
    findes: Vilkaar | None = None
    forste: bool = False
    indlejret: bool = False
    """The related row is part of the row above already: nothing is selected."""
    i_traeet: bool = False
    """The units are known to stand in the tree: what hangs below them need not ask again."""


class Sted(Protocol):
    """A place in the statement, as relations see it: the row above, new aliases, time, tenant and arguments."""

    @property
    def basis(self) -> Table:
        """The table of the row above."""

    @property
    def form(self) -> Mapping[str, Any]:
        """The arguments of this field that decide the statement's shape; an absent one is not in it."""

    @property
    def organisation(self) -> ColumnElement[Any]:
        """The caller's municipality: the tenant wall."""

    @property
    def nutid(self) -> bool:
        """True when the time is now itself, so that tables kept for now may be read."""

    @property
    def i_traeet(self) -> bool:
        """True when the units of the row above are known to stand in the tree."""

    def har(self, ret: Ret) -> bool:
        """True when the caller has the right; part of the statement's shape."""

    def vist(self, felt: str, uuid: ColumnElement[Any]) -> ColumnElement[Any]:
        """The answer shows this of that person: text to stand before it, from which the log of reads knows."""

    def __getitem__(self, tabel: Table) -> FromClause:
        """The alias of a table in the row above."""

    def __contains__(self, tabel: Table) -> bool:
        """Does the table take part in the row above?"""

    def ny(self, tabel: Table) -> FromClause:
        """A fresh alias."""

    def gaelder(self, alias: FromClause) -> Vilkaar:
        """The tenant wall and the time: the row is of this municipality, known and in effect."""

    def egen(self, alias: FromClause) -> Vilkaar:
        """The tenant wall alone, for tables without time."""

    def navn(self) -> str:
        """A fresh name for a common table expression."""

    def bind(self, navn: str) -> ColumnElement[Any]:
        """The value of an argument of this field."""

    def konstant(self, vaerdi: Any) -> ColumnElement[Any]:
        """A value of ours (a class UUID) as a bind parameter."""

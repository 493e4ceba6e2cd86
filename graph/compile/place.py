"""The place in a statement: aliases in order, bind parameters by name, the tenant wall and the time.

Implements graph.source.Sted. The wall and the time stand in one place each, so that no table reference can differ.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Boolean,
    ColumnElement,
    DateTime,
    FromClause,
    Integer,
    Table,
    Text,
    Uuid,
    bindparam,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.types import TypeEngine

from graph import limits
from graph.caller import Ret
from graph.compile.markers import Fundliste
from graph.compile.text import maerket
from graph.plan import Plan, Tid, Valg
from graph.source import Fra, Raekke, Vilkaar
from model.tables import KENDT_NU

_UUIDER: Final = ARRAY(Uuid())
_TEKSTER: Final = ARRAY(Text())
TYPER: Final[Mapping[str, TypeEngine[Any]]] = {
    "rolle": _UUIDER,
    "type": _UUIDER,
    "itSystemer": _UUIDER,
    "brugerFilter.funktionstype": _UUIDER,
    "uuid": Uuid(),
    "uuider": _UUIDER,
    "opgaver.rolle": Uuid(),
    "opgaver.numre": _TEKSTER,
    "opgaver.begyndelser": _TEKSTER,
    "numre": _TEKSTER,
    "brugerFilter.enhed": Uuid(),
    "brugerFilter.underEnhed": Uuid(),
    "brugerFilter.brugerTypeUuid": Uuid(),
    "brugerFilter.adresseRolleFilter.rolle": Uuid(),
    "fra": Boolean(),
    "maksDybde": Integer(),
    "first": Integer(),
    "registreringFra": BigInteger(),
    "registreringTil": BigInteger(),
    "sted.tekst": Text(),
    "sted.uuid": Uuid(),
}
"""The SQL type of an argument's value; Text where it is not named."""


@dataclass(frozen=True, slots=True)
class Vaerdi:
    """Where a bind parameter's value comes from: field `nr`'s value `navn`, or a constant of ours."""

    navn: str
    nr: int | None = None
    konstant: Any = None
    ellers: Any = None
    """The value when the field's arguments give none."""


@dataclass(slots=True)
class Bygger:
    """One statement under way."""

    plan: Plan
    fund: Fundliste = field(default_factory=lambda: Fundliste([]))
    vaerdier: dict[str, Vaerdi] = field(default_factory=dict)
    laest: set[str] = field(default_factory=set)
    """What of persons the answer shows, or searches by, for the log of reads."""
    _parametre: dict[str, ColumnElement[Any]] = field(default_factory=dict)
    _aliaser: int = 0
    _navne: int = 0

    def alias(self, tabel: Table) -> FromClause:
        """t1, t2, ... in the order of their making, so that equal plans give equal text. Raises ForMeget."""
        self._aliaser += 1
        if self._aliaser > (mest := limits.TABELLER):
            raise limits.ForMeget(f"wanted at most {mest} tables to read from, each time counted: ask for less at once")
        return _alias(tabel, self._aliaser)

    def navn(self) -> str:
        """r1, r2, ... for subqueries and common table expressions."""
        self._navne += 1
        return f"r{self._navne}"

    def parameter(self, navn: str, type_: TypeEngine[Any], vaerdi: Vaerdi) -> ColumnElement[Any]:
        """The bind parameter of that name; one name is one parameter wherever it stands."""
        if navn not in self._parametre:
            self.vaerdier[navn] = vaerdi
            self._parametre[navn] = bindparam(navn, type_=type_)
        return self._parametre[navn]

    @property
    def organisation(self) -> ColumnElement[Any]:
        return self.parameter("organisation", Uuid(), Vaerdi("organisation"))

    @property
    def t(self) -> ColumnElement[Any]:
        """The time in effect."""
        return self.parameter("t", DateTime(timezone=True), Vaerdi("t"))

    def gaelder(self, alias: FromClause) -> Vilkaar:
        """The tenant wall and the time. The two predicates of storage.md 1."""
        dengang = self.plan.tid is Tid.DENGANG
        r = self.parameter("r", BigInteger(), Vaerdi("r")) if dengang else None
        return Gaelder(alias, self.organisation, self.t, r)

    def egen(self, alias: FromClause) -> Vilkaar:
        """The tenant wall."""
        vilkaar: Vilkaar = alias.c.organisation == self.organisation
        return vilkaar


class Gaelder(ColumnElement[bool]):
    """The wall and the time of one alias, written in one go: they stand at every table, and as five comparisons each
    they took a third of the time in which a statement is made. `r` None: known now."""

    inherit_cache = False
    type = Boolean()

    def __init__(
        self, alias: FromClause, organisation: ColumnElement[Any], t: ColumnElement[Any], r: ColumnElement[Any] | None
    ) -> None:
        self.alias, self.organisation, self.t, self.r = alias, organisation, t, r

    @property
    def _from_objects(self) -> list[Any]:
        """Nothing: whoever asks it of an alias selects from that alias."""
        return []


@compiles(Gaelder)
def _gaelder(vilkaar: Gaelder, compiler: Any, **kw: Any) -> str:
    def skrevet(vaerdi: ColumnElement[Any]) -> str:
        found: str = compiler.process(vaerdi, **kw)
        return found

    a = vilkaar.alias.name  # type: ignore[attr-defined]  # an alias has one
    egen = f"{a}.organisation = {skrevet(vilkaar.organisation)}"
    kendt = f"{a}.registreret_til = {KENDT_NU}"
    if vilkaar.r is not None:
        kendt = f"{a}.registreret_til > {skrevet(vilkaar.r)} AND {a}.registreret_fra <= {skrevet(vilkaar.r)}"
    t = skrevet(vilkaar.t)
    return f"({egen} AND {kendt} AND {a}.virkning_til > {t} AND {a}.virkning_fra <= {t})"


@lru_cache(maxsize=2_000)
def _alias(tabel: Table, nr: int) -> FromClause:
    """Kept, since an alias copies every column of its table."""
    return tabel.alias(f"t{nr}")


@dataclass(frozen=True, slots=True)
class Omgivelse:
    """The row that fields are read from."""

    raekke: Raekke
    basis: Table | None
    i_traeet: bool = False

    @classmethod
    def of(cls, fra: Fra) -> "Omgivelse":
        return cls(fra.raekke, next(iter(fra.raekke)), fra.i_traeet)


@dataclass(frozen=True, slots=True)
class Plads:
    """A field in its row: what relations and expressions see of the statement (graph.source.Sted)."""

    bygger: Bygger
    omgivelse: Omgivelse
    valg: Valg
    over: Valg | None = None
    """Whose arguments count: of a part of a page those of the connection."""

    @property
    def basis(self) -> Table:
        assert self.omgivelse.basis is not None, f"{self.valg.ejer} has no table"
        return self.omgivelse.basis

    @property
    def form(self) -> Mapping[str, Any]:
        return dict(self.bygger.plan.forme[self.nr]) if self.nr is not None else {}

    @property
    def nr(self) -> int | None:
        """The number of the field whose arguments count."""
        return (self.over or self.valg).nr

    @property
    def organisation(self) -> ColumnElement[Any]:
        return self.bygger.organisation

    @property
    def nutid(self) -> bool:
        return self.bygger.plan.tid is Tid.NU

    @property
    def i_traeet(self) -> bool:
        return self.omgivelse.i_traeet

    def har(self, ret: Ret) -> bool:
        return ret in self.bygger.plan.rettigheder

    def vist(self, felt: str, uuid: ColumnElement[Any]) -> ColumnElement[Any]:
        self.bygger.laest.add(felt)
        return maerket(uuid)

    def __getitem__(self, tabel: Table) -> FromClause:
        return self.omgivelse.raekke[tabel]

    def __contains__(self, tabel: Table) -> bool:
        return tabel in self.omgivelse.raekke

    def ny(self, tabel: Table) -> FromClause:
        return self.bygger.alias(tabel)

    def gaelder(self, alias: FromClause) -> Vilkaar:
        return self.bygger.gaelder(alias)

    def egen(self, alias: FromClause) -> Vilkaar:
        return self.bygger.egen(alias)

    def navn(self) -> str:
        return self.bygger.navn()

    def bind(self, navn: str) -> ColumnElement[Any]:
        return self.bygger.parameter(
            f"a{self.nr}_{navn.replace('.', '_')}", TYPER.get(navn, Text()), Vaerdi(navn, self.nr)
        )

    def sted(self, del_: str, ellers: Any) -> ColumnElement[Any]:
        """Where the page begins: the cursor's part, or the end of the list it begins at."""
        navn = f"sted.{del_}"
        return self.bygger.parameter(
            f"a{self.nr}_{navn.replace('.', '_')}", TYPER[navn], Vaerdi(navn, self.nr, ellers=ellers)
        )

    def konstant(self, vaerdi: UUID) -> ColumnElement[Any]:
        return self.bygger.parameter(f"k_{vaerdi.hex}", Uuid(), Vaerdi("konstant", konstant=vaerdi))

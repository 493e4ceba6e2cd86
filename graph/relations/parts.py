"""Pieces that several relations use: our own words as literals, object types by table, common conditions."""

import re
from typing import Any, Final

from sqlalchemy import ColumnElement, FromClause, Table, any_, literal_column
from sqlalchemy import func as fn
from sqlalchemy.types import Integer, Text

from fkorg.catalogue import Objekttype
from graph.source import Sortering, Sted, Vilkaar
from model import tables

OBJEKTTYPE: Final[dict[Table, Objekttype]] = {
    tables.organisation: Objekttype.ORGANISATION,
    tables.organisation_enhed: Objekttype.ORGANISATION_ENHED,
    tables.funktion: Objekttype.ORGANISATION_FUNKTION,
    tables.bruger: Objekttype.BRUGER,
    tables.person: Objekttype.PERSON,
    tables.adresse: Objekttype.ADRESSE,
    tables.virksomhed: Objekttype.VIRKSOMHED,
    tables.myndighed: Objekttype.MYNDIGHED,
    tables.it_system: Objekttype.IT_SYSTEM,
    tables.interessefaellesskab: Objekttype.INTERESSEFAELLESSKAB,
}
"""The object type whose rows a table holds."""
TYPENAVN: Final[dict[Table, str]] = {
    tables.organisation: "Organisation",
    tables.organisation_enhed: "OrganisationEnhed",
    tables.funktion: "OrganisationFunktion",
    tables.bruger: "Bruger",
    tables.person: "Person",
    tables.adresse: "Adresse",
    tables.virksomhed: "Virksomhed",
    tables.myndighed: "Myndighed",
    tables.it_system: "ItSystem",
    tables.interessefaellesskab: "Interessefaellesskab",
}
"""The GraphQL type whose objects a table holds."""
DYBEST: Final = 50
"""Beyond any tree: where a walk ends that dirty data made a circle. Source: storage.md 2."""
ENDE: Final = literal_column("E'\\x01'", Text)
"""Between the parts of a sort key: before every letter, so that the shorter text comes first."""
SIDST: Final = literal_column("E'\\U0010FFFE'", Text)
"""After every name."""

_ORD: Final = re.compile(r"[A-Za-z_]+\Z", re.ASCII)


def ordet(tekst: str) -> ColumnElement[str]:
    """A word of our own vocabulary as a literal; never a value from outside."""
    if not _ORD.match(tekst):
        raise ValueError(f"not a word of ours: {tekst!r}")
    return literal_column(f"'{tekst}'", Text)


def tal(vaerdi: int) -> ColumnElement[int]:
    """A number of our own as a literal."""
    return literal_column(str(int(vaerdi)), Integer)


def objekttype(sted: Sted) -> ColumnElement[str]:
    """The object type of the row above."""
    return ordet(OBJEKTTYPE[sted.basis])


def aktiv(alias: FromClause) -> Vilkaar:
    """The state in effect is Aktiv; unknown is not (domain.md 4.3)."""
    return alias.c.status == ordet("AKTIV")


def ikke_aktiv(alias: FromClause) -> Vilkaar:
    """Inaktiv, or unknown, which is shown as inactive."""
    return fn.coalesce(alias.c.status, ordet("INAKTIV")) == ordet("INAKTIV")


def iblandt(kolonne: ColumnElement[Any], liste: ColumnElement[Any]) -> Vilkaar:
    """The column's value is one of the list's."""
    return kolonne == any_(liste)


def fra_tid(kolonne: ColumnElement[Any]) -> ColumnElement[Any]:
    """A start as it sorts: no date comes before every date."""
    return fn.coalesce(kolonne, literal_column("'-infinity'::timestamptz"))


def liste(alias: FromClause) -> Sortering:
    """All objects of a type by name: the order of the list's own index."""
    return Sortering(alias.c.sortering, alias.c.uuid)


def efter_navn(alias: FromClause) -> Sortering:
    """Related objects by name.

    Written so that the list's index does not offer itself: the planner would walk the whole list in order rather than
    sort the few rows that are related, since what is written of each row outweighs both in its sums.
    """
    return Sortering(alias.c.sortering.op("||")(literal_column("''", Text)), alias.c.uuid)


def navneorden(alias: FromClause) -> list[ColumnElement[Any]]:
    """The same order for a list without pages."""
    return [efter_navn(alias).tekst, alias.c.uuid]

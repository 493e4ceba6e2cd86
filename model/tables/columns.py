"""The columns and the MetaData that every table is made of."""

from typing import Any, Final

from sqlalchemy import (
    Column,
    DateTime,
    MetaData,
    Text,
    Uuid,
)
from sqlalchemy.types import UserDefinedType

KENDT_NU: Final = 9223372036854775807
"""`registreret_til` of a row that is known now: the greatest bigint, a literal so that partial indexes match."""
C_UTF8: Final = "C"


class Xid8(UserDefinedType[int]):
    """A full transaction id. Read and written as text by the driver."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        return "xid8"


metadata = MetaData(
    naming_convention={
        "pk": "%(table_name)s_pkey",
        "ix": "%(table_name)s_%(column_0_N_name)s_idx",
        "uq": "%(table_name)s_%(column_0_N_name)s_key",
        "ck": "%(table_name)s_%(constraint_name)s_check",
        "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
    }
)


def tekst_(navn: str, *, nullable: bool = True, collation: str | None = None) -> Column[str]:
    return Column(navn, Text(collation=collation), nullable=nullable)


def uuid_(navn: str, *, nullable: bool = True) -> Column[Any]:
    return Column(navn, Uuid(), nullable=nullable)


def tid_(navn: str, *, nullable: bool = True) -> Column[Any]:
    return Column(navn, DateTime(timezone=True), nullable=nullable)


def objekt_(*, primary: bool = True) -> tuple[Column[Any], ...]:
    """The key of an object, first in every table of ingest."""
    return (
        Column("organisation", Uuid(), primary_key=primary, nullable=False),
        Column("objekttype", Text, primary_key=primary, nullable=False),
        Column("uuid", Uuid(), primary_key=primary, nullable=False),
    )

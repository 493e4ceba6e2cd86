"""Derived tables, kept by the apply path; they hold "now" (storage.md 2 and 6)."""

from sqlalchemy import (
    Column,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Table,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY

from model.tables.columns import C_UTF8, metadata, tekst_, tid_, uuid_

enhed_sti = Table(
    "enhed_sti",
    metadata,
    uuid_("organisation", nullable=False),
    uuid_("enhed", nullable=False),
    Column("sti", ARRAY(Uuid()), nullable=False),
    Column("dybde", Integer, nullable=False),
    PrimaryKeyConstraint("organisation", "enhed"),
)
"""Path of each unit that hangs under the organisation's root: root first, itself last; no row = outside the tree."""
Index("enhed_sti_sti_idx", enhed_sti.c.sti)

soegetekst = Table(
    "soegetekst",
    metadata,
    uuid_("organisation", nullable=False),
    tekst_("objekttype", nullable=False),
    uuid_("uuid", nullable=False),
    tekst_("felt", nullable=False),
    tekst_("ord", nullable=False, collation=C_UTF8),
)
"""What `soeg` looks in: ' ' || casefolded text, one row per object and field, rows of "now"."""
Index("soegetekst_objekt_idx", soegetekst.c.organisation, soegetekst.c.objekttype, soegetekst.c.uuid)
Index("soegetekst_ord_idx", text("ord gin_trgm_ops"), _table=soegetekst, postgresql_using="gin")


def _kort(navn: str, *tekster: str) -> Table:
    return Table(
        navn,
        metadata,
        uuid_("organisation", nullable=False),
        uuid_("uuid", nullable=False),
        *(tekst_(tekst) for tekst in tekster),
        tid_("gaelder_fra", nullable=False),
        tid_("gaelder_til", nullable=False),
        PrimaryKeyConstraint("organisation", "uuid"),
    )


bruger_kort = _kort("bruger_kort", "person", "adresser", "brugernavn", "medlemskaber")
"""JSON text of a user's name and relations, one fixed selection each, from one effect boundary of the rows in it to the
next. NULL: what is there is unusual, and is to be read from the tables. Source: storage.md 3."""
enhed_kort = _kort("enhed_kort", "ledere", "ledernavne")
"""The same of a unit."""

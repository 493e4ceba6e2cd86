"""The bitemporal projection: one table per thing a reader asks for, in the words of the API (storage.md 1)."""

from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Index,
    Table,
    Uuid,
    literal_column,
    text,
)
from sqlalchemy.dialects.postgresql import ExcludeConstraint

from model.tables.columns import C_UTF8, KENDT_NU, metadata, tekst_, tid_, uuid_


def _tilstand() -> tuple[Column[Any], ...]:
    """The Gyldighed in effect: status null = unknown, shown as INAKTIV with a warning (domain.md 4.3)."""
    return tekst_("status"), tid_("status_fra"), tid_("status_til")


def _bitemporal(
    navn: str, *columns: Column[Any], noegle: tuple[str, ...] = (), opslag: tuple[tuple[str, ...], ...] = ()
) -> Table:
    """A projection table: `noegle` names a thing of which one row holds at any instant (checked by the
    database); relations of many have none. `opslag`: the keys that readers come by."""
    tabel = Table(
        navn,
        metadata,
        uuid_("organisation", nullable=False),
        *columns,
        tid_("virkning_fra", nullable=False),
        tid_("virkning_til", nullable=False),
        Column("registreret_fra", BigInteger, nullable=False),
        Column("registreret_til", BigInteger, nullable=False, server_default=text(str(KENDT_NU))),
        CheckConstraint("virkning_fra < virkning_til", name="virkning"),
        CheckConstraint("registreret_fra < registreret_til", name="registreret"),
    )
    for kolonner in opslag:
        Index(f"{navn}_{'_'.join(kolonner)}_idx", *(tabel.c[k] for k in (*kolonner, "registreret_til", "virkning_til")))
    if noegle:
        tabel.append_constraint(_ingen_overlap(tabel, noegle))
    return tabel


def _ingen_overlap(tabel: Table, noegle: tuple[str, ...]) -> ExcludeConstraint:
    """No two rows known now overlap. The predicate is written so that no reader's predicate implies it: the planner
    would take this GiST index for a lookup by (organisation, uuid), 20 to 200 times slower than the btree by uuid."""
    return ExcludeConstraint(
        *((tabel.c[kolonne], "=") for kolonne in ("organisation", *noegle)),
        (literal_column("tstzrange(virkning_fra, virkning_til)"), "&&"),
        name=f"{tabel.name}_ingen_overlap",
        where=text(f"registreret_til + 0 = {KENDT_NU}"),
    )


def _liste(tabel: Table, kolonne: str = "sortering") -> None:
    """The index of a list: keyset by sort key and uuid among rows known now (storage.md 5)."""
    Index(
        f"{tabel.name}_liste_idx",
        tabel.c.organisation,
        tabel.c[kolonne],
        tabel.c.uuid,
        postgresql_where=text(f"registreret_til = {KENDT_NU}"),
    )


organisation = _bitemporal(
    "organisation",
    uuid_("uuid", nullable=False),
    tekst_("brugervendt_noegle"),
    tekst_("organisationsnavn"),
    *_tilstand(),
    uuid_("overordnet"),
    uuid_("virksomhed"),
    uuid_("myndighed"),
    uuid_("tilhoerer"),
    noegle=("uuid",),
    opslag=(("uuid",),),
)
virksomhed = _bitemporal(
    "virksomhed",
    uuid_("uuid", nullable=False),
    tekst_("brugervendt_noegle"),
    tekst_("cvr_nummer"),
    tekst_("se_nummer"),
    tekst_("p_nummer"),
    tekst_("navn"),
    noegle=("uuid",),
    opslag=(("uuid",),),
)
myndighed = _bitemporal(
    "myndighed",
    uuid_("uuid", nullable=False),
    tekst_("brugervendt_noegle"),
    tekst_("cvr_nummer"),
    tekst_("navn"),
    tekst_("myndighedskode"),
    noegle=("uuid",),
    opslag=(("uuid",),),
)
organisation_enhed = _bitemporal(
    "organisation_enhed",
    uuid_("uuid", nullable=False),
    tekst_("brugervendt_noegle"),
    tekst_("enhedsnavn"),
    tekst_("sortering", nullable=False, collation=C_UTF8),
    *_tilstand(),
    uuid_("overordnet"),
    uuid_("tilhoerer"),
    uuid_("enhedstype"),
    noegle=("uuid",),
    opslag=(("uuid",), ("overordnet",)),
)
_liste(organisation_enhed)
bruger = _bitemporal(
    "bruger",
    uuid_("uuid", nullable=False),
    tekst_("brugervendt_noegle"),
    tekst_("brugernavn"),
    tekst_("sortering", nullable=False, collation=C_UTF8),
    *_tilstand(),
    uuid_("tilhoerer"),
    uuid_("brugertype"),
    uuid_("person"),
    noegle=("uuid",),
    opslag=(("uuid",), ("person",)),
)
_liste(bruger)
Index(
    "bruger_brugernavn_idx",
    bruger.c.organisation,
    text("lower(brugernavn) text_pattern_ops"),
    postgresql_where=text(f"registreret_til = {KENDT_NU}"),
)
person = _bitemporal(
    "person",
    uuid_("uuid", nullable=False),
    tekst_("brugervendt_noegle"),
    tekst_("navn"),
    tekst_("cpr"),
    noegle=("uuid",),
    opslag=(("uuid",), ("cpr",)),
)
adresse = _bitemporal(
    "adresse",
    uuid_("uuid", nullable=False),
    tekst_("brugervendt_noegle"),
    tekst_("adressetekst"),
    noegle=("uuid",),
    opslag=(("uuid",),),
)
it_system = _bitemporal(
    "it_system",
    uuid_("uuid", nullable=False),
    tekst_("brugervendt_noegle"),
    tekst_("it_system_navn"),
    tekst_("it_system_type"),
    tekst_("sortering", nullable=False, collation=C_UTF8),
    *_tilstand(),
    noegle=("uuid",),
    opslag=(("uuid",),),
)
interessefaellesskab = _bitemporal(
    "interessefaellesskab",
    uuid_("uuid", nullable=False),
    tekst_("brugervendt_noegle"),
    tekst_("navn"),
    tekst_("type"),
    *_tilstand(),
    uuid_("overordnet"),
    uuid_("tilhoerer"),
    noegle=("uuid",),
    opslag=(("uuid",),),
)
funktion = _bitemporal(
    "funktion",
    uuid_("uuid", nullable=False),
    tekst_("brugervendt_noegle"),
    tekst_("funktionsnavn"),
    tekst_("sortering", nullable=False, collation=C_UTF8),
    uuid_("funktionstype"),
    *_tilstand(),
    uuid_("tilhoerer"),
    noegle=("uuid",),
    opslag=(("uuid",),),
)
medlemskab = _bitemporal(
    "medlemskab",
    uuid_("uuid", nullable=False),
    uuid_("bruger"),
    uuid_("enhed", nullable=False),
    uuid_("funktionstype", nullable=False),
    tekst_("titel"),
    tekst_("brugervendt_noegle"),
    tid_("start"),
    tid_("slut"),
    noegle=("uuid", "bruger"),
    opslag=(("uuid",), ("bruger",), ("enhed",)),
)
"""One row per (function, user) of the membership types, user null = vacant post; `start`/`slut` by domain.md 4.4."""
adressering = _bitemporal(
    "adressering",
    tekst_("ejertype", nullable=False),
    uuid_("ejer", nullable=False),
    uuid_("adresse", nullable=False),
    uuid_("rolle", nullable=False),
    uuid_("type", nullable=False),
    tekst_("indeks", nullable=False, collation=C_UTF8),
    opslag=(("ejer",), ("adresse",)),
)
opgave = _bitemporal(
    "opgave",
    tekst_("ejertype", nullable=False),
    uuid_("ejer", nullable=False),
    uuid_("klasse", nullable=False),
    uuid_("rolle"),
    uuid_("type"),
    tekst_("indeks", nullable=False, collation=C_UTF8),
    opslag=(("ejer",), ("klasse",)),
)
"""Opgaver of a unit (with rolle, type, indeks); TilknyttedeOpgaver of the others (no rolle and type, indeks '')."""
tilknytning = _bitemporal(
    "tilknytning",
    tekst_("ejertype", nullable=False),
    uuid_("ejer", nullable=False),
    tekst_("relation", nullable=False),
    uuid_("maal", nullable=False),
    opslag=(("ejer", "relation"), ("maal", "relation")),
)
"""Every plain relation of many (TilknyttedeEnheder, TilknyttedeFunktioner, ...), by the XSD's element name."""

klasse = Table(
    "klasse",
    metadata,
    Column("uuid", Uuid(), primary_key=True),
    tekst_("nummer", collation=C_UTF8),
    tekst_("titel", nullable=False),
    tekst_("facet"),
    Column("aktiv", Boolean, nullable=False, server_default=text("true")),
)
Index("klasse_nummer_idx", text("nummer text_pattern_ops"))


PROJEKTION: Final[tuple[Table, ...]] = (
    organisation,
    virksomhed,
    myndighed,
    organisation_enhed,
    bruger,
    person,
    adresse,
    it_system,
    interessefaellesskab,
    funktion,
    medlemskab,
    adressering,
    opgave,
    tilknytning,
)
"""The bitemporal tables: what `project` makes rows of and `apply` replaces."""

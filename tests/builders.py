"""Rows of the read model for tests: small valid ones, one thing changed at a time, and how they get into Postgres.

`en_enhed(by)` is a valid unit of the municipality `by`; every column can be given by name. Times are text as Postgres
reads it ("2026-01-01", UTC); effect is unlimited unless said. Rows hold plain JSON values, so that they can be printed,
compared and inserted without the driver's types. That a projection makes such rows is tests/model's business.
"""

import itertools
import json
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol
from uuid import UUID, uuid5

from sqlalchemy import Table

from fkorg import klassifikation
from fkorg.catalogue import Objekttype
from model import tables
from model.tables import KENDT_NU

REGISTRERET = 1_767_225_600_000_000_000
"""2026-01-01 in nanoseconds: when a row was recorded unless it says otherwise."""
_NAVNERUM = UUID("6f726772-6166-5eed-8000-000000000000")
_BOGSTAVER = str.maketrans({"ä": "æ", "ö": "ø", "ü": "y", "ß": "ss"})
_DANSKE = str.maketrans("æøå", "{|}")


@dataclass(frozen=True)
class Row:
    """One row of one table; values as JSON has them."""

    tabel: Table
    values: Mapping[str, Any]

    def __getitem__(self, kolonne: str) -> Any:
        return self.values[kolonne]

    def but(self, **changes: Any) -> "Row":
        """The same row with other values."""
        return Row(self.tabel, {**self.values, **{k: _plain(v) for k, v in changes.items()}})


@dataclass(frozen=True)
class Kommune:
    """A municipality to build rows for; its uuids differ from call to call but not from run to run."""

    cvr: str = "11111111"
    navn: str = "Korsbæk Kommune"
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1), repr=False)

    def en_uuid(self, navn: str | None = None) -> UUID:
        """The uuid of that name in this municipality; without name the next one."""
        return uuid5(_NAVNERUM, f"{self.cvr}/{next(self._numbers) if navn is None else navn}")

    @property
    def uuid(self) -> UUID:
        """Its Organisation."""
        return self.en_uuid("organisation")

    @property
    def rod(self) -> UUID:
        """Its root unit."""
        return self.en_uuid("rod")

    def rows(self) -> list[Row]:
        """What every municipality has: its context, organisation, company, authority and root unit."""
        virksomhed, myndighed = self.en_uuid("virksomhed"), self.en_uuid("myndighed")
        return [
            row(tables.anvenderkontekst, self, cvr=self.cvr, rod=self.rod, tilstand="KLAR"),
            en_organisation(self, virksomhed=virksomhed, myndighed=myndighed),
            row(tables.virksomhed, self, uuid=virksomhed, cvr_nummer=self.cvr, brugervendt_noegle=self.cvr),
            row(tables.myndighed, self, uuid=myndighed, myndighedskode="999", navn=self.navn),
            en_enhed(self, self.navn, uuid=self.rod, sortering=" " + sortering(self.navn), overordnet=None),
            en_sti(self, self.rod),
        ]


def row(tabel: Table, by: Kommune | None = None, /, **values: Any) -> Row:
    """A row of the table: what is not named is empty, unlimited in effect, known since REGISTRERET."""
    unknown = values.keys() - tabel.c.keys()
    if unknown:
        raise TypeError(f"{tabel.name} has no column {', '.join(sorted(unknown))}")
    usual: dict[str, Any] = {
        "virkning_fra": "-infinity",
        "virkning_til": "infinity",
        "registreret_fra": REGISTRERET,
        "registreret_til": KENDT_NU,
    }
    if by is not None:
        usual["organisation"] = by.uuid
    if by is not None and "uuid" in tabel.c and "uuid" not in values:
        usual["uuid"] = by.en_uuid()
    return Row(tabel, {c.name: _plain(values.get(c.name, usual.get(c.name))) for c in tabel.c})


def en_organisation(by: Kommune, **values: Any) -> Row:
    usual = {"uuid": by.uuid, "organisationsnavn": by.navn, "brugervendt_noegle": by.navn, "overordnet": by.rod}
    return row(tables.organisation, by, **(usual | {"status": "AKTIV", "tilhoerer": by.uuid} | values))


def en_enhed(by: Kommune, navn: str | None = "Rådhuset", **values: Any) -> Row:
    """An active unit under the root; its path is a row of its own (`en_sti`)."""
    usual = {"enhedsnavn": navn, "brugervendt_noegle": navn, "sortering": sortering(navn or ""), "status": "AKTIV"}
    return row(tables.organisation_enhed, by, **(usual | {"overordnet": by.rod, "tilhoerer": by.uuid} | values))


def en_bruger(by: Kommune, navn: str | None = "mads", **values: Any) -> Row:
    usual = {"brugernavn": navn, "brugervendt_noegle": navn, "sortering": sortering(navn or ""), "status": "AKTIV"}
    return row(tables.bruger, by, **(usual | {"tilhoerer": by.uuid} | values))


def en_person(by: Kommune, navn: str | None = "Mads Skjern", **values: Any) -> Row:
    return row(tables.person, by, **({"navn": navn, "cpr": "0102031234"} | values))


def en_adresse(by: Kommune, tekst: str | None = "Algade 1, 4999 Korsbæk", **values: Any) -> Row:
    return row(tables.adresse, by, **({"adressetekst": tekst} | values))


def en_adressering(by: Kommune, ejer: Row, adresse: UUID | str, **values: Any) -> Row:
    """The relation from a unit, user, function or IT system to an address: a post address of a unit by default."""
    usual = {"rolle": klassifikation.ENHED_POSTADRESSE, "type": klassifikation.ENHEDSADRESSE, "indeks": "1"}
    return row(tables.adressering, by, **(usual | _ejer(ejer) | {"adresse": adresse} | values))


def et_medlemskab(by: Kommune, bruger: UUID | str | None, enhed: UUID | str, **values: Any) -> Row:
    usual = {"bruger": bruger, "enhed": enhed, "funktionstype": klassifikation.ENHEDSROLLE, "titel": "Sagsbehandler"}
    return row(tables.medlemskab, by, **(usual | values))


def en_funktion(by: Kommune, navn: str | None = "Vagt", **values: Any) -> Row:
    usual = {"funktionsnavn": navn, "sortering": sortering(navn or ""), "status": "AKTIV", "tilhoerer": by.uuid}
    return row(tables.funktion, by, **(usual | {"funktionstype": klassifikation.HENVENDELSESSTED} | values))


def en_opgave(by: Kommune, ejer: Row, klasse: UUID | str, **values: Any) -> Row:
    """A task of a unit (responsible); of another object without role and type."""
    enhed = ejer.tabel is tables.organisation_enhed
    relation = {"rolle": klassifikation.ANSVARLIG, "type": klassifikation.OPGAVEKLASSE} if enhed else {}
    return row(
        tables.opgave, by, **({"indeks": "1" if enhed else ""} | relation | _ejer(ejer) | {"klasse": klasse} | values)
    )


def en_tilknytning(by: Kommune, ejer: Row, relation: str, maal: UUID | str, **values: Any) -> Row:
    return row(tables.tilknytning, by, **(_ejer(ejer) | {"relation": relation, "maal": maal} | values))


def et_it_system(by: Kommune, navn: str | None = "Lønsystem", **values: Any) -> Row:
    usual = {"it_system_navn": navn, "sortering": sortering(navn or ""), "status": "AKTIV"}
    return row(tables.it_system, by, **(usual | values))


def en_sti(by: Kommune, *sti: UUID | str) -> Row:
    """The path of the last of the units, root first."""
    return row(tables.enhed_sti, by, enhed=sti[-1], sti=list(sti), dybde=len(sti) - 1)


def et_objekt(by: Kommune, objekttype: Objekttype, uuid: UUID | str, **values: Any) -> Row:
    """What is applied of an object (`meta` answers from it)."""
    usual = {"objekttype": objekttype, "uuid": uuid, "reg_ns": REGISTRERET, "rewind": 0, "tie": 0}
    usual |= {"livscyklus": "IMPORTERET", "content_hash": "\\x00", "aarsag": "BOOTSTRAP", "anvendt_at": "2026-01-01"}
    return row(tables.objekt, by, **(usual | values))


def en_klasse(uuid: UUID | str, titel: str, nummer: str | None = None, **values: Any) -> Row:
    return row(tables.klasse, **({"uuid": uuid, "titel": titel, "nummer": nummer, "aktiv": True} | values))


def kendte_klasser() -> list[Row]:
    """The built-in classes, as every database has them."""
    return [en_klasse(k.uuid, k.titel, k.nummer, facet=k.facet, aktiv=k.aktiv) for k in klassifikation.KENDTE]


def sortering(navn: str) -> str:
    """The sort key of a name in Danish order. Source: storage.md 5; written apart from the projection's own."""
    text = navn.casefold().translate(_BOGSTAVER).replace("aa", "å")
    plain = (c if c in "æøå" else unicodedata.normalize("NFD", c) for c in unicodedata.normalize("NFC", text))
    return "".join(c for c in "".join(plain) if not unicodedata.combining(c)).translate(_DANSKE)


class Executes(Protocol):
    """What `insert` needs of a connection of the driver."""

    async def execute(self, query: str, *args: object) -> str: ...


async def insert(connection: Executes, rows: Iterable[Row]) -> None:
    """Put the rows into their tables; a class that is there already is left as it is."""
    ordered = sorted(rows, key=lambda r: r.tabel.name)
    for _, group in itertools.groupby(ordered, key=lambda r: r.tabel.name):
        batch = list(group)
        tabel = batch[0].tabel
        names = ", ".join(f'"{c.name}"' for c in tabel.c)
        await connection.execute(
            f"insert into {tabel.name} ({names}) select {names} from json_populate_recordset(null::{tabel.name}, $1)"
            + (" on conflict do nothing" if tabel is tables.klasse else ""),
            json.dumps([dict(r.values) for r in batch]),
        )


def _ejer(ejer: Row) -> dict[str, Any]:
    typer = {
        "organisation": Objekttype.ORGANISATION,
        "organisation_enhed": Objekttype.ORGANISATION_ENHED,
        "bruger": Objekttype.BRUGER,
        "funktion": Objekttype.ORGANISATION_FUNKTION,
        "it_system": Objekttype.IT_SYSTEM,
    }
    return {"ejertype": typer[ejer.tabel.name], "ejer": ejer["uuid"]}


def _plain(value: Any) -> Any:
    """As JSON has it: a uuid is its text, an enum its value, a list a list."""
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, Objekttype):
        return value.value
    if isinstance(value, (list, tuple)):
        return [_plain(v) for v in value]
    return value

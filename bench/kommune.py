"""An invented municipality of medium size as rows of the read model, loaded by COPY. Deterministic.

700 units in four levels, 7,000 users with person, e-mail and phone. Each unit of the second level has ten units below
it with 38 members each: asked for with members, persons and addresses it is an answer of about 2,000 objects.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID, uuid5

from fkorg import klassifikation
from model import tables
from model.tables import KENDT_NU

CVR: Final = "11111111"
CENTRE: Final = 10
AFDELINGER: Final = 10
TEAMS: Final = 589
MEDLEMMER: Final = 38
BRUGERE: Final = 7_000
SIDEN: Final = datetime(2020, 1, 1, tzinfo=UTC)
ALTID: Final = datetime.min.replace(tzinfo=UTC)
UENDELIG: Final = datetime.max.replace(tzinfo=UTC)
REGISTRERET: Final = 1_767_225_600_000_000_000
_NAVNERUM: Final = UUID("6f726772-6166-5eed-8000-0000000be9c4")


def en_uuid(navn: str) -> UUID:
    return uuid5(_NAVNERUM, navn)


ORGANISATION: Final = en_uuid("organisation")


@dataclass
class _Rows:
    """Records per table, in the order of its columns."""

    found: dict[str, list[tuple[Any, ...]]] = field(default_factory=dict)

    def add(self, tabel: str, **values: Any) -> None:
        usual = {"organisation": ORGANISATION, "virkning_fra": ALTID, "virkning_til": UENDELIG}
        usual |= {"registreret_fra": REGISTRERET, "registreret_til": KENDT_NU, "tilhoerer": ORGANISATION}
        usual |= {"status": "AKTIV", "status_fra": SIDEN, "status_til": UENDELIG}
        columns = tables.metadata.tables[tabel].c
        record = tuple(values.get(c.name, usual.get(c.name)) for c in columns)
        self.found.setdefault(tabel, []).append(record)


def rows() -> dict[str, list[tuple[Any, ...]]]:
    """All records, by table."""
    r = _Rows()
    rod = en_uuid("enhed 0")
    r.add("anvenderkontekst", cvr=CVR, rod=rod, tilstand="KLAR")
    r.add("organisation", uuid=ORGANISATION, organisationsnavn="Korsbæk", overordnet=rod, virksomhed=en_uuid("cvr"))
    r.add("virksomhed", uuid=en_uuid("cvr"), cvr_nummer=CVR)
    units = list(_units())
    for uuid, sti, navn in units:
        r.add(
            "organisation_enhed",
            uuid=uuid,
            enhedsnavn=navn,
            brugervendt_noegle=navn,
            sortering=navn.lower(),
            overordnet=sti[-2] if len(sti) > 1 else None,
        )
        r.add("enhed_sti", enhed=uuid, sti=sti, dybde=len(sti) - 1)
    places = [uuid for uuid, sti, _ in units if len(sti) == 3 for _ in range(MEDLEMMER)]
    places += [uuid for uuid, sti, _ in units if len(sti) == 4] * 6
    for number in range(BRUGERE):
        _user(r, number, places[number % len(places)])
    for klasse in klassifikation.KENDTE:
        r.add("klasse", uuid=klasse.uuid, titel=klasse.titel, nummer=klasse.nummer, facet=klasse.facet, aktiv=True)
    return r.found


def _units() -> Iterator[tuple[UUID, list[UUID], str]]:
    rod = [en_uuid("enhed 0")]
    yield rod[-1], rod, "Korsbæk Kommune"
    departments = []
    for c in range(CENTRE):
        centre = [*rod, en_uuid(f"centre {c}")]
        yield centre[-1], centre, f"Center {c}"
        for a in range(AFDELINGER):
            afdeling = [*centre, en_uuid(f"afdeling {c} {a}")]
            departments.append(afdeling)
            yield afdeling[-1], afdeling, f"Afdeling {c}.{a}"
    for t in range(TEAMS):
        sti = [*departments[t % len(departments)], en_uuid(f"team {t}")]
        yield sti[-1], sti, f"Team {t}"


def _user(r: _Rows, number: int, enhed: UUID) -> None:
    bruger, person = en_uuid(f"bruger {number}"), en_uuid(f"person {number}")
    navn = f"b{number:05}"
    r.add("person", uuid=person, brugervendt_noegle=navn, navn=f'Bo "{number}" Ærø', cpr=f"{number:010}")
    r.add("bruger", uuid=bruger, brugernavn=navn, brugervendt_noegle=navn, sortering=navn, person=person)
    r.add(
        "medlemskab",
        uuid=en_uuid(f"ansat {number}"),
        bruger=bruger,
        enhed=enhed,
        funktionstype=klassifikation.ENHEDSROLLE,
        titel="Sagsbehandler",
        start=SIDEN,
        slut=UENDELIG,
    )
    for rolle, tekst in (
        (klassifikation.BRUGER_EMAIL, f"{navn}@korsbaek.dk"),
        (klassifikation.BRUGER_TELEFON, f"{number:08}"),
    ):
        adresse = en_uuid(f"adresse {tekst}")
        r.add("adresse", uuid=adresse, adressetekst=tekst)
        r.add(
            "adressering",
            ejertype="BRUGER",
            ejer=bruger,
            adresse=adresse,
            rolle=rolle,
            type=klassifikation.BRUGERADRESSE,
            indeks="1",
        )


async def load(connection: Any) -> int:
    """Fill an empty, migrated database; gives the number of rows."""
    loaded = 0
    for tabel, records in rows().items():
        columns = [column.name for column in tables.metadata.tables[tabel].c]
        if tabel == "klasse":
            await connection.execute("truncate klasse")
        await connection.copy_records_to_table(tabel, records=records, columns=columns)
        loaded += len(records)
    await connection.execute("analyze")
    return loaded

"""Which API fields a change touches: columns and relations -> field names. Pure; the words of the public schema."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from model.projection.raekker import KOLONNER, Row, Rows

_TILSTAND: Final = {"status": "tilstand", "status_fra": "tilstand", "status_til": "tilstand"}
_NOEGLE: Final = {"brugervendt_noegle": "brugervendtNoegle"}
KOLONNEFELT: Final[Mapping[str, Mapping[str, str]]] = {
    "organisation": _NOEGLE
    | _TILSTAND
    | {
        "organisationsnavn": "organisationsnavn",
        "overordnet": "organisationEnhed",
        "virksomhed": "virksomhed",
        "myndighed": "myndighed",
    },
    "virksomhed": _NOEGLE | {"cvr_nummer": "cvrNummerTekst"},
    "myndighed": _NOEGLE | {"navn": "navn", "myndighedskode": "myndighedskode"},
    "organisation_enhed": _NOEGLE
    | _TILSTAND
    | {
        "enhedsnavn": "enhedsnavn",
        "overordnet": "overordnetEnhed",
        "tilhoerer": "tilhoerer",
        "enhedstype": "enhedstypeUuid",
    },
    "bruger": _NOEGLE | _TILSTAND | {"brugernavn": "brugernavn", "brugertype": "brugerTypeUuid", "person": "person"},
    "person": _NOEGLE | {"navn": "navn", "cpr": "cpr"},
    "adresse": _NOEGLE | {"adressetekst": "adresseTekst"},
    "it_system": _NOEGLE | _TILSTAND | {"it_system_navn": "itSystemNavn"},
    "interessefaellesskab": _NOEGLE | _TILSTAND | {"navn": "navn", "type": "type"},
    "funktion": _NOEGLE | _TILSTAND | {"funktionsnavn": "funktionsnavn", "funktionstype": "funktionsTypeUuid"},
}
"""The API field that a column of an object's own table answers; columns that answer none are left out."""
RELATIONSFELT: Final[Mapping[str, Sequence[str]]] = {
    "TilknyttedeItSystemer": ("itSystemer",),
    "TilknyttedeFunktioner": ("henvendelsessteder", "udbetalendeEnhed"),
    "TilknyttedeEnheder": ("enheder",),
    "TilknyttedeBrugere": ("brugere",),
}
_LISTEFELT: Final = {"adressering": "adresser", "opgave": "opgaver"}


def aendrede(foer: Rows, efter: Rows) -> list[str]:
    """The API fields whose values differ at some time, sorted."""
    found: set[str] = set()
    for tabel in foer.keys() | efter.keys():
        old, new = foer.get(tabel, []), efter.get(tabel, [])
        if tabel in KOLONNEFELT:
            if old != new:
                found |= _kolonner(tabel, old, new)
        elif tabel in _LISTEFELT:
            if set(old) != set(new):
                found.add(_LISTEFELT[tabel])
        elif tabel == "tilknytning":
            found.update(felt for row in set(old) ^ set(new) for felt in RELATIONSFELT.get(row[3], ()))
    return sorted(found)


def _kolonner(tabel: str, old: list[Row], new: list[Row]) -> set[str]:
    felter = KOLONNEFELT[tabel]
    return {
        felter[kolonne]
        for place, kolonne in enumerate(KOLONNER[tabel])
        if kolonne in felter and _forloeb(old, place) != _forloeb(new, place)
    }


def _forloeb(rows: list[Row], place: int) -> list[tuple[Any, int, int]]:
    """One column through time: cuts made for other columns' sake do not count, nor the time it is empty."""
    course: list[tuple[Any, int, int]] = []
    for row in sorted(rows, key=lambda row: row[-2]):
        value, fra, til = row[place], row[-2], row[-1]
        if value is None:
            continue
        if course and course[-1][0] == value and course[-1][2] == fra:
            course[-1] = (value, course[-1][1], til)
        else:
            course.append((value, fra, til))
    return course

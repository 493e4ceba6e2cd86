"""An invented KLE set: main groups, groups and subjects with numbers and titles like the real catalogue's.

Not the real one: titles are ours. A number has 2, 5 or 8 characters; the parent is the number minus its last group.
Source of the shape: domain.md 3.5.
"""

import csv
from pathlib import Path
from typing import Final

from fkorg.klassifikation import KLE_FACET, Klasse
from simulator.kommune.byg import uuid_for

_HOVEDGRUPPER: Final = {
    "00": "Kommunens styrelse",
    "01": "Fysisk planlægning",
    "02": "Byggeri",
    "05": "Veje og trafik",
    "13": "Forsyning",
    "15": "Beskæftigelse",
    "17": "Folkeskolen",
    "18": "Fritid og folkeoplysning",
    "20": "Kultur og biblioteker",
    "27": "Social service",
    "28": "Dagtilbud for børn",
    "29": "Sundhed",
    "32": "Kontante ydelser",
    "81": "Personale",
    "83": "Indkøb",
    "85": "IT og digitalisering",
}
_GRUPPER: Final = ("i almindelighed", "planlægning", "drift", "tilsyn", "støtte", "samarbejde")
_EMNER: Final = (
    "almindelige spørgsmål",
    "ansøgninger",
    "afgørelser",
    "klager",
    "tilskud",
    "rådgivning",
    "registre",
    "økonomi",
)
_DOBBELT: Final = "85.02.03"


def kle(seed: int) -> list[Klasse]:
    """The set of that seed, in order of number. One number occurs twice, once inactive (domain.md 3.5)."""
    klasser = []
    for hoved, titel in _HOVEDGRUPPER.items():
        klasser.append(_klasse(seed, hoved, titel))
        for g, gruppe in enumerate(_GRUPPER):
            klasser.append(_klasse(seed, f"{hoved}.{g:02}", f"{titel}, {gruppe}"))
            klasser += [
                _klasse(seed, f"{hoved}.{g:02}.{e:02}", f"{titel}, {gruppe}: {emne}") for e, emne in enumerate(_EMNER)
            ]
    udgaaet = Klasse(uuid_for(seed, "kle", _DOBBELT, "udgaaet"), "Udgået emne", _DOBBELT, str(KLE_FACET), aktiv=False)
    return [*klasser, udgaaet]


def opgave_numre() -> list[str]:
    """The numbers that units take as tasks: subjects mostly, some groups."""
    return [
        nummer
        for hoved in _HOVEDGRUPPER
        for g in range(len(_GRUPPER))
        for nummer in (f"{hoved}.{g:02}", *(f"{hoved}.{g:02}.{e:02}" for e in range(len(_EMNER))))
    ]


def write_csv(path: Path, seed: int) -> None:
    """The set as `uuid,nummer,titel,facet,aktiv` with a heading, UTF-8: what `orgraf klasser FILE` reads."""
    with path.open("w", encoding="utf-8", newline="") as target:
        rows = csv.writer(target)
        rows.writerow(("uuid", "nummer", "titel", "facet", "aktiv"))
        rows.writerows((k.uuid, k.nummer, k.titel, k.facet, str(k.aktiv).lower()) for k in kle(seed))


def _klasse(seed: int, nummer: str, titel: str) -> Klasse:
    return Klasse(uuid_for(seed, "kle", nummer), titel, nummer, str(KLE_FACET))

"""Memberships of a function: who, in which unit, from when to when. Pure.

Source: domain.md 4.4 (start = latest, slut = earliest of the three bounds), rules.md 16 (one row per user, a vacant
post has none; a function whose unit relation has ended is none).
"""

from typing import Any
from uuid import UUID

from fkorg.klassifikation import MEDLEMSKABER
from fkorg.registrering import Egenskab, Gyldighed, Registrering
from fkorg.tid import ALTID_NS, UENDELIG_NS
from model.projection import stykker
from model.projection.raekker import Afvigelse, Kontekst, Projektion, Row
from model.projection.stykker import Indgang


def project(reg: Registrering, kontekst: Kontekst, funktion: UUID, ud: Projektion) -> None:
    """Add the rows of `medlemskab`; none for other function types."""
    stille = Projektion()  # what is wrong with the lists was told when the function itself was projected
    typer = [i for i in stykker.relation(reg, "Funktionstype", stille) if i.value in MEDLEMSKABER]
    if not typer or not reg.livscyklus.levende:
        return
    enheder = _med_graenser(stykker.relation(reg, "TilknyttedeEnheder", stille))
    aktiv = _aktive(reg, stille)
    if len({i.value[0] for i in enheder}) > 1:
        ud.afvigelser.append(Afvigelse("flere_enheder", "TilknyttedeEnheder"))
    faelles = [stykker.egenskaber(reg, _texts, stille), aktiv, stykker.relation(reg, "Funktionstype", stille), enheder]
    brugere = stykker.relation(reg, "TilknyttedeBrugere", stille)
    rows: list[Row] = []
    for bruger in sorted({i.value for i in brugere}):
        egne = _med_graenser([i for i in brugere if i.value == bruger])
        rows += _rows([*faelles, egne], kontekst, funktion, bruger)
    rows += _ledige(faelles, brugere, kontekst, funktion)
    ud.add("medlemskab", rows)


def _rows(lister: list[list[Indgang]], kontekst: Kontekst, funktion: UUID, bruger: UUID | None) -> list[Row]:
    """The pieces in which all that makes a membership holds; titles may be missing."""
    rows = []
    for fra, til, values in stykker.stykker(lister):
        texts, *needed = values
        if any(value is None for value in needed):
            continue
        tilstand, funktionstype, (enhed, *_), *_ = needed
        if tilstand[0] != Gyldighed.AKTIV or funktionstype not in MEDLEMSKABER:
            continue
        graenser = [tilstand[1:], needed[2][1:], *(value[1:] for value in needed[3:])]
        start, slut = max(g[0] for g in graenser), min(g[1] for g in graenser)
        titel, noegle = texts or (None, None)
        rows.append((
            kontekst.organisation, funktion, bruger, enhed, funktionstype, titel, noegle,
            None if start == ALTID_NS else start, None if slut == UENDELIG_NS else slut, fra, til,
        ))  # fmt: skip
    return rows


def _ledige(faelles: list[list[Indgang]], brugere: list[Indgang], kontekst: Kontekst, funktion: UUID) -> list[Row]:
    """A row without user wherever the post exists and nobody is in it."""
    if not brugere:
        return _rows(faelles, kontekst, funktion, None)
    tomme = _huller(brugere)
    return [
        (*row[:-2], max(row[-2], fra), min(row[-1], til))
        for row in _rows(faelles, kontekst, funktion, None)
        for fra, til in tomme
        if max(row[-2], fra) < min(row[-1], til)
    ]


def _huller(indgange: list[Indgang]) -> list[tuple[int, int]]:
    """The time that no entry covers."""
    huller, til_nu = [], ALTID_NS
    for fra, til, _ in sorted(indgange, key=lambda i: (i.fra, i.til)):
        if fra > til_nu:
            huller.append((til_nu, fra))
        til_nu = max(til_nu, til)
    if til_nu < UENDELIG_NS:
        huller.append((til_nu, UENDELIG_NS))
    return huller


def _med_graenser(indgange: list[Indgang]) -> list[Indgang]:
    """Entries whose value carries its own bounds."""
    return [Indgang(fra, til, (value, fra, til)) for fra, til, value in indgange]


def _aktive(reg: Registrering, ud: Projektion) -> list[Indgang]:
    return [Indgang(fra, til, (value[0], fra, til)) for fra, til, value in stykker.tilstande(reg, ud)]


def _texts(egenskab: Egenskab) -> tuple[Any, ...]:
    return egenskab.tekst("funktionsnavn"), egenskab.tekst("brugervendtnoegle")

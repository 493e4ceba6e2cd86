"""Relations of many as rows: Adresser, tasks, and every plain one by its element name; alike for all six actor types.

Source: domain.md 2.3; a reference, Rolle or Type that names no uuid is reported and gives no row. Pure.
"""

from uuid import UUID

from fkorg.catalogue import Objekttype
from fkorg.registrering import Registrering, Relation
from model.projection.raekker import Afvigelse, Kontekst, Projektion, Row
from model.projection.stykker import maal_af, periode, uuid_af


def project(
    ejertype: Objekttype,
    plain: frozenset[str],
    reg: Registrering,
    kontekst: Kontekst,
    ejer: UUID,
    ud: Projektion,
) -> None:
    """Add the rows of `adressering`, `opgave` and `tilknytning`."""
    adressering: list[Row] = []
    opgave: list[Row] = []
    tilknytning: list[Row] = []
    key = (kontekst.organisation, ejertype.value, ejer)
    for entry in reg.relationer:
        if entry.navn == "Adresser":
            _dynamisk(entry, key, adressering, ud)
        elif entry.navn == "Opgaver":
            _dynamisk(entry, key, opgave, ud)
        elif entry.navn == "TilknyttedeOpgaver":
            _fast(entry, key, opgave, (None, None, ""), ud)
        elif entry.navn in plain:
            _fast(entry, (*key, entry.navn), tilknytning, (), ud)
    ud.add("adressering", samlet(adressering))
    ud.add("opgave", samlet(opgave))
    ud.add("tilknytning", samlet(tilknytning))


def samlet(rows: list[Row]) -> list[Row]:
    """Rows that say the same become one where their periods touch or overlap; each once, in a fixed order."""
    if len(rows) < 2:
        return rows
    by_value: dict[Row, list[tuple[int, int]]] = {}
    for row in rows:
        by_value.setdefault(row[:-2], []).append((row[-2], row[-1]))
    return [(*value, fra, til) for value, perioder in by_value.items() for fra, til in _union(perioder)]


def _union(perioder: list[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for fra, til in sorted(perioder):
        if joined and fra <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(til, joined[-1][1]))
        else:
            joined.append((fra, til))
    return joined


def _dynamisk(entry: Relation, key: Row, rows: list[Row], ud: Projektion) -> None:
    maal, rolle, type_ = maal_af(entry, ud), uuid_af(entry.rolle), uuid_af(entry.type)
    if rolle is None:
        ud.afvigelser.append(Afvigelse("uden_rolle", entry.navn))
    if type_ is None:
        ud.afvigelser.append(Afvigelse("uden_type", entry.navn))
    if maal is None or rolle is None or type_ is None:
        return
    held = periode(entry.virkning, entry.navn, ud)
    if held:
        rows.append((*key, maal, rolle, type_, entry.indeks or "", *held))


def _fast(entry: Relation, key: Row, rows: list[Row], rest: Row, ud: Projektion) -> None:
    maal = maal_af(entry, ud)
    held = periode(entry.virkning, entry.navn, ud) if maal else None
    if maal and held:
        rows.append((*key, maal, *rest, *held))

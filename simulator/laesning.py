"""Which registrations, and which of their entries, a read returns. Works on packed ones: bulk reads unpack nothing.

Source: domain.md 4.5, rules.md 1. Without filter: the newest registration with what is in effect now. With
VirkningFra/TilFilter: what meets the window. With RegistreringFra/TilFilter: all registrations that met it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias
from uuid import UUID

import orjson

from fkorg.catalogue import Objekttype
from fkorg.operationer import Filtre
from fkorg.tid import ALTID_NS, UENDELIG_NS
from simulator.lager import Raekke
from simulator.sandhed import Sandhed
from simulator.snavs import Saerhed

Liste: TypeAlias = "list[list[Any]]"
"""Entries as simulator/indhold.py packs them: orjson gives no narrower type."""


@dataclass(frozen=True, slots=True)
class Vindue:
    """A window of effect; `nu`: one instant. Entries meet it or they are left out of the answer."""

    fra_ns: int
    til_ns: int

    @property
    def alt(self) -> bool:
        """True when nothing is left out, not even empty and reversed periods."""
        return self.fra_ns == ALTID_NS and self.til_ns == UENDELIG_NS

    def meets(self, fra: int | None, til: int | None) -> bool:
        """True when a packed period shares an instant with the window, or is empty and lies in it."""
        fra_ns, til_ns = ALTID_NS if fra is None else fra, UENDELIG_NS if til is None else til
        if fra_ns == til_ns:
            return self.fra_ns <= fra_ns < self.til_ns
        return fra_ns < self.til_ns and til_ns > self.fra_ns and fra_ns < til_ns


@dataclass(frozen=True, slots=True)
class Udsnit:
    """What a read returns of one registration, packed."""

    tidspunkt_ns: int
    livscyklus: str
    egenskaber: Liste
    tilstande: Liste
    relationer: Liste
    bruger: Any
    note: str | None
    lokal_udvidelse: dict[str, str]


def vindue(fra_ns: int | None, til_ns: int | None, now_ns: int) -> Vindue:
    """The window of an effect filter; one end alone is unlimited at the other; none at all is the instant now."""
    if fra_ns is None and til_ns is None:
        return Vindue(now_ns, now_ns + 1)
    fra_ns, til_ns = ALTID_NS if fra_ns is None else fra_ns, UENDELIG_NS if til_ns is None else til_ns
    return Vindue(fra_ns, max(til_ns, fra_ns + 1))


def udsnit(row: Raekke, synligt: Vindue) -> Udsnit:
    """The registration with the entries that meet the window."""
    egenskaber, tilstande, relationer, bruger, note, lokal = orjson.loads(row.indhold)
    if not synligt.alt:
        egenskaber = [entry for entry in egenskaber if synligt.meets(entry[0], entry[1])]
        tilstande = [entry for entry in tilstande if synligt.meets(entry[0], entry[1])]
        relationer = [entry for entry in relationer if synligt.meets(entry[1], entry[2])]
    return Udsnit(row.tidspunkt_ns, row.livscyklus, egenskaber, tilstande, relationer, bruger, note, lokal)


def laes(
    sandhed: Sandhed, objekttype: Objekttype, uuids: Iterable[UUID], filtre: Filtre, *, lag_ns: int = 0
) -> list[tuple[UUID, list[Udsnit]]]:
    """The objects that there are, in the order asked for, each with its registrations; unknown ones are left out.

    `lag_ns`: what was written less than this ago is not seen yet.
    """
    now_ns = sandhed.ur()
    synligt = vindue(filtre.virkning_fra_ns, filtre.virkning_til_ns, now_ns)
    asked = list(dict.fromkeys(uuids))
    nyeste = sandhed.nyeste_raekker(objekttype, [str(uuid) for uuid in asked])
    found = []
    for uuid in asked:
        row = nyeste.get(str(uuid))
        if row is None:
            continue
        saerhed = sandhed.saerheder.get((objekttype, uuid))
        rows = [row]
        if filtre.registrering_fra_ns is not None or filtre.registrering_til_ns is not None:
            rows = _registreret(sandhed.raekker(objekttype, uuid), filtre)
        elif saerhed is Saerhed.TO_REGISTRERINGER:
            rows = sandhed.raekker(objekttype, uuid)[-2:]
        elif saerhed is Saerhed.INGEN_REGISTRERING:
            rows = []
        if lag_ns:
            rows = _seen(sandhed, objekttype, uuid, rows, now_ns - lag_ns)
            if not rows:
                continue
        found.append((uuid, [udsnit(row, synligt) for row in rows]))
    return found


def _registreret(rows: Sequence[Raekke], filtre: Filtre) -> list[Raekke]:
    """The registrations that were the newest at some moment of the window."""
    window = vindue(filtre.registrering_fra_ns, filtre.registrering_til_ns, 0)
    ends = [row.tidspunkt_ns for row in rows[1:]] + [UENDELIG_NS]
    return [row for row, end in zip(rows, ends, strict=True) if window.meets(row.tidspunkt_ns, end)]


def _seen(sandhed: Sandhed, objekttype: Objekttype, uuid: UUID, rows: list[Raekke], efter_ns: int) -> list[Raekke]:
    """A read behind its message: without the registrations written since; the one before them instead."""
    nye = sandhed.nylige(objekttype, str(uuid), efter_ns)
    if not nye:
        return rows
    seen = [row for row in rows if row.tidspunkt_ns not in nye]
    return seen or [row for row in sandhed.raekker(objekttype, uuid) if row.tidspunkt_ns not in nye][-1:]

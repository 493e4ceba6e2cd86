"""soeg and fremsoegobjekthierarki: which objects meet the criteria, and which page of them.

Later pages are cut from the list found for the first one, as long as that is kept: an offset alone promises no
snapshot. Source: FACTS.md 4 and 5, domain.md 4.5 and 7.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any, Final
from uuid import UUID

import orjson

from fkorg.catalogue import KATALOG, Objekttype
from fkorg.operationer import Filtre, Hierarki, Soeg, SoegRegistrering, SoegVirkning
from fkorg.registrering import Egenskab, Lister, Livscyklus, Relation
from fkorg.virkning import ALTID, Virkning
from simulator import laesning
from simulator.laesning import Udsnit, Vindue
from simulator.lager import Raekke
from simulator.sandhed import Sandhed

MAX_SOEG: Final = 1_000
MAX_HIERARKI: Final = 500
_EJER: Final = {Objekttype.ORGANISATION_FUNKTION: "TilknyttedeOrganisationer"}


class Soegning:
    """Searches in one truth; lives as long as it, and keeps the lists found last for the pages that follow."""

    def __init__(self, sandhed: Sandhed, *, kept: int = 64) -> None:
        self._sandhed = sandhed
        self._kept = kept
        self._found: OrderedDict[object, list[str]] = OrderedDict()

    def soeg(self, asked: Soeg) -> list[UUID]:
        """One page of the UUIDs found; passive and deleted objects only when their life cycle code is asked for."""
        foerste = max(asked.fra_nummer or 0, 0)
        key = repr(replace(asked, fra_nummer=None, antal=None))
        found = self._pages(key, foerste, lambda: self._soeg(asked))
        return [UUID(uuid) for uuid in found[foerste : foerste + _antal(asked.antal, MAX_SOEG)]]

    def hierarki(
        self, asked: Hierarki, objekttype: Objekttype, *, andel: float = 1.0
    ) -> list[tuple[UUID, list[Udsnit]]]:
        """One page of a list of the hierarchy: all but deleted objects and those whose every owner relation has ended.

        `andel`: the share of the list that there seems to be (the fault "truncate").
        """
        foerste = max(asked.fra_nummer or 0, 0)
        key = repr((objekttype, replace(asked, fra_nummer=None, antal=None)))
        found = self._pages(key, foerste, lambda: self._hierarki(asked, objekttype))
        stop = min(foerste + _antal(asked.antal, MAX_HIERARKI), int(len(found) * andel))
        filtre = Filtre() if asked.virkning is None else Filtre(asked.virkning.fra_ns, asked.virkning.til_ns)
        return laesning.laes(self._sandhed, objekttype, (UUID(uuid) for uuid in found[foerste:stop]), filtre)

    def _pages(self, key: object, foerste: int, find: Callable[[], Iterable[str]]) -> list[str]:
        if foerste == 0 or key not in self._found:
            self._found[key] = list(find())
        self._found.move_to_end(key)
        while len(self._found) > self._kept:
            self._found.popitem(last=False)
        return self._found[key]

    def _soeg(self, asked: Soeg) -> Iterator[str]:
        meets = _meets(asked, self._sandhed.ur())
        return (row.uuid for row in self._kandidater(asked.objekttype, asked.kriterier) if meets(row))

    def _kandidater(self, objekttype: Objekttype, kriterier: Lister) -> Iterable[Raekke]:
        """The objects that point at what is searched for, when something is; else all of the type."""
        maal = {one.navn: one.maal for one in KATALOG[objekttype].relationer}
        for relation in kriterier.relationer or ():
            uuid = None if relation.reference is None else relation.reference.uuid
            if uuid is not None and maal[relation.navn] not in ("Klasse", "Organisation"):
                uuids = [str(one) for one in self._sandhed.peger_paa(objekttype, uuid)]
                rows = self._sandhed.nyeste_raekker(objekttype, uuids)
                return [rows[one] for one in uuids if one in rows]
        return self._sandhed.alle_raekker(objekttype)

    def _hierarki(self, asked: Hierarki, objekttype: Objekttype) -> Iterator[str]:
        synligt = _vindue(asked.virkning, self._sandhed.ur())
        egenskab = asked.egenskaber.get(objekttype)
        ejer = _EJER.get(objekttype, "Tilhoerer")
        for row in self._sandhed.alle_raekker(objekttype):
            if row.livscyklus == Livscyklus.SLETTET.value or not _registreret(row, asked.registrering):
                continue
            egenskaber, _, relationer, *_ = orjson.loads(row.indhold)
            ender = [entry[2] for entry in relationer if entry[0] == ejer]
            if ender and all(til is not None and til <= synligt.fra_ns for til in ender):
                continue
            if egenskab is None or any(_egenskab_meets(entry, egenskab, synligt) for entry in egenskaber):
                yield row.uuid


def _antal(asked: int | None, most: int) -> int:
    return most if asked is None else min(max(asked, 0), most)


def _meets(asked: Soeg, now_ns: int) -> Callable[[Raekke], bool]:
    kriterier = asked.kriterier
    synligt = _vindue(asked.virkning, now_ns)
    livscyklus = None if asked.registrering is None else asked.registrering.livscyklus

    def seen(virkning: Virkning) -> Vindue:
        """A criterion's own effect comes before that of the search. Source: domain.md 4.5."""
        return synligt if virkning == ALTID else laesning.vindue(virkning.fra_ns, virkning.til_ns, now_ns)

    def meets(row: Raekke) -> bool:
        if livscyklus is None and not Livscyklus(row.livscyklus).levende:
            return False
        if not _registreret(row, asked.registrering):
            return False
        egenskaber, tilstande, relationer, *_ = orjson.loads(row.indhold)
        return (
            all(any(_egenskab_meets(e, k, seen(k.virkning)) for e in egenskaber) for k in kriterier.egenskaber or ())
            and all(
                any(e[3] == k.status.value and seen(k.virkning).meets(e[0], e[1]) for e in tilstande)
                for k in kriterier.tilstande or ()
            )
            and all(
                any(_relation_meets(e, k, seen(k.virkning)) for e in relationer) for k in kriterier.relationer or ()
            )
        )

    return meets


def _registreret(row: Raekke, asked: SoegRegistrering | None) -> bool:
    """The newest registration has the life cycle code, user and time that were asked for."""
    if asked is None:
        return True
    if asked.livscyklus is not None and row.livscyklus != asked.livscyklus.value:
        return False
    if asked.bruger is not None and _id(orjson.loads(row.indhold)[3]) != asked.bruger.id:
        return False
    if asked.fra_ns is None and asked.til_ns is None:
        return True
    return laesning.vindue(asked.fra_ns, asked.til_ns, 0).meets(row.tidspunkt_ns, row.tidspunkt_ns)


def _egenskab_meets(entry: list[Any], kriterie: Egenskab, synligt: Vindue) -> bool:
    felter = entry[3]
    return synligt.meets(entry[0], entry[1]) and all(
        felter.get(navn) == (list(value) if isinstance(value, tuple) else value)
        for navn, value in kriterie.felter.items()
    )


def _relation_meets(entry: list[Any], kriterie: Relation, synligt: Vindue) -> bool:
    """Rolle, Type and Indeks must be sent in a search by a dynamic relation; an empty Indeks asks for none."""
    if entry[0] != kriterie.navn or not synligt.meets(entry[1], entry[2]):
        return False
    rolle, art, indeks = entry[5:] if len(entry) > 5 else (None, None, None)
    return (
        (kriterie.reference is None or _id(entry[4]) == kriterie.reference.id)
        and (kriterie.rolle is None or _id(rolle) == kriterie.rolle.id)
        and (kriterie.type is None or _id(art) == kriterie.type.id)
        and (not kriterie.indeks or indeks == kriterie.indeks)
    )


def _id(packed: Any) -> str | None:
    found: str | None = packed[0] if isinstance(packed, list) else packed
    return found


def _vindue(virkning: SoegVirkning | None, now_ns: int) -> Vindue:
    if virkning is None:
        return laesning.vindue(None, None, now_ns)
    return laesning.vindue(virkning.fra_ns, virkning.til_ns, now_ns)

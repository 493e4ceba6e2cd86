"""Cutting an object's time: from entries with effect to the pieces in which everything chosen is constant. Pure.

Source: domain.md 4.3 (of two that overlap the one with the later start wins), rules.md 2 and 4. Knows no tables.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Any, Final, NamedTuple
from uuid import UUID

from fkorg.registrering import Egenskab, Reference, Registrering, Relation
from fkorg.tid import ALTID_NS, UENDELIG_NS
from fkorg.virkning import Virkning
from model.projection.raekker import Afvigelse, Projektion, afkort

_URN_UUID: Final = "urn:uuid:"


class Indgang(NamedTuple):
    """One entry of a list: half-open effect in nanoseconds, and its value."""

    fra: int
    til: int
    value: Any


class Stykke(NamedTuple):
    """A piece of time and what was chosen of each list in it (None = nothing in effect)."""

    fra: int
    til: int
    values: tuple[Any, ...]


Valg = Callable[[Sequence[Indgang], int], Any]
"""How a list is asked what holds from a moment on."""


def i_kraft(indgange: Sequence[Indgang], ns: int) -> Any:
    """The value in effect; of several the one that began last, then the greater value."""
    for indgang in reversed(indgange):
        if indgang.fra <= ns < indgang.til:
            return indgang.value
    return None


def foerst(indgange: Sequence[Indgang], ns: int) -> Any:
    """The value in effect; of several the one that began first, then the smaller value."""
    return next((indgang.value for indgang in indgange if indgang.fra <= ns < indgang.til), None)


def sidst_kendte(indgange: Sequence[Indgang], ns: int) -> Any:
    """The value in effect, else the one that ended last (rules.md 4, Tilhoerer)."""
    found = i_kraft(indgange, ns)
    if found is not None:
        return found
    ended = [indgang for indgang in indgange if indgang.til <= ns]
    return max(ended, key=lambda i: (i.til, i.fra, str(i.value))).value if ended else None


def stykker(lister: Sequence[Sequence[Indgang]], valg: Sequence[Valg] | None = None) -> list[Stykke]:
    """Each longest piece of time in which every list's choice is the same and one of them at least is in effect.

    The lists come from `ordnet`. Pieces are in order of time and do not overlap; touching ones differ.
    """
    cuts = sorted({ns for liste in lister for indgang in liste for ns in (indgang.fra, indgang.til)})
    pieces: list[Stykke] = []
    for fra, til in pairwise(cuts):
        if not any(indgang.fra <= fra < indgang.til for liste in lister for indgang in liste):
            continue
        if valg is None:
            values = tuple([i_kraft(liste, fra) for liste in lister])
        else:
            values = tuple([choose(liste, fra) for choose, liste in zip(valg, lister, strict=True)])
        if pieces and pieces[-1].til == fra and pieces[-1].values == values:
            pieces[-1] = Stykke(pieces[-1].fra, til, values)
        else:
            pieces.append(Stykke(fra, til, values))
    return pieces


def ordnet(indgange: Iterable[Indgang]) -> list[Indgang]:
    """Entries so that of those in effect the last one wins: by start, then by value as text."""
    listed = list(indgange)
    if len(listed) > 1:
        listed.sort(key=lambda i: (i.fra, str(i.value), i.til))
    return listed


def periode(virkning: Virkning, sted: str, ud: Projektion) -> tuple[int, int] | None:
    """The effect as the tables hold it; None, and reported, for a period with no moment in it (rules.md 2)."""
    fra, til = afkort(virkning.fra_ns), afkort(virkning.til_ns)
    if fra < til:
        return fra, til
    ud.afvigelser.append(Afvigelse("omvendt" if virkning.omvendt else "tom", sted))
    return None


def egenskaber(reg: Registrering, make: Callable[[Egenskab], Any], ud: Projektion) -> list[Indgang]:
    """The attribute sets, each as the value `make` gives it."""
    found = []
    for egenskab in reg.egenskaber:
        held = periode(egenskab.virkning, "egenskaber", ud)
        if held:
            found.append(Indgang(*held, make(egenskab)))
    return ordnet(found)


def tilstande(reg: Registrering, ud: Projektion) -> list[Indgang]:
    """The Gyldighed: (status, fra, til) with the entry's own bounds, None = no limit."""
    found = []
    for tilstand in reg.tilstande:
        held = periode(tilstand.virkning, "tilstande", ud)
        if held:
            fra, til = held
            value = (tilstand.status.value, fra if fra > ALTID_NS else None, til if til < UENDELIG_NS else None)
            found.append(Indgang(fra, til, value))
    return ordnet(found)


def relation(reg: Registrering, navn: str, ud: Projektion) -> list[Indgang]:
    """The entries of a plain relation, as the uuid they point at."""
    found = []
    for entry in reg.relationer:
        if entry.navn == navn:
            maal = maal_af(entry, ud)
            held = periode(entry.virkning, navn, ud) if maal else None
            if maal and held:
                found.append(Indgang(*held, maal))
    return ordnet(found)


def maal_af(entry: Relation, ud: Projektion) -> UUID | None:
    """The uuid that a relation points at; None, and reported, when it names none."""
    maal = uuid_af(entry.reference)
    if maal is None:
        ud.afvigelser.append(Afvigelse("uden_reference", entry.navn))
    return maal


def uuid_af(reference: Reference | None) -> UUID | None:
    """The uuid of a reference, also of a URN that holds one. Source: domain.md 2.3."""
    return None if reference is None else _uuid(reference.id)


@lru_cache(maxsize=4096)
def _uuid(text: str) -> UUID | None:
    return Reference(text[len(_URN_UUID) :] if text[: len(_URN_UUID)].lower() == _URN_UUID else text).uuid

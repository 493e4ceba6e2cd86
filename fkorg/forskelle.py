"""What differs between two versions of an object, field by field, as text a person can read.

A field is named by the catalogue (attributes), "tilstand", or the relation's name with a small first letter. Knows
nothing of who may see a value: the caller masks.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from fkorg.registrering import Egenskab, Lister, Reference, Relation
from fkorg.ret import gaeldende
from fkorg.tid import ALTID_NS, UENDELIG_NS, dag
from fkorg.virkning import Virkning, cut, merge


@dataclass(frozen=True, slots=True)
class Forskel:
    """One field: what it said only before and only after; None = nothing."""

    felt: str
    foer: str | None
    efter: str | None


def forskelle(foer: Lister, efter: Lister) -> tuple[Forskel, ...]:
    """The fields that differ, in the order attributes, state, relations. Lists that are None count as empty."""
    before, after = _linjer(foer), _linjer(efter)
    found = []
    for felt in dict.fromkeys([*after, *before]):
        old, new = before.get(felt, []), after.get(felt, [])
        only_old, only_new = [line for line in old if line not in new], [line for line in new if line not in old]
        if only_old or only_new:
            found.append(Forskel(felt, "; ".join(only_old) or None, "; ".join(only_new) or None))
    return tuple(found)


def _linjer(lister: Lister) -> dict[str, list[str]]:
    """Each field with one line per value and period, oldest first."""
    lines: dict[str, list[tuple[Virkning, str]]] = {}
    egenskaber = [e for e in lister.egenskaber or () if not e.virkning.tom]
    for felt in dict.fromkeys(felt for e in egenskaber for felt in e.felter):
        lines[felt] = [(virkning, value) for value, virkning in _forloeb(egenskaber, felt)]
    for tilstand in lister.tilstande or ():
        if not tilstand.virkning.tom:
            lines.setdefault("tilstand", []).append((tilstand.virkning, tilstand.status.value))
    for relation in lister.relationer or ():
        if not relation.virkning.tom:
            felt = relation.navn[0].lower() + relation.navn[1:]
            lines.setdefault(felt, []).append((relation.virkning, _relation(relation)))
    return {felt: [_linje(*line) for line in sorted(found)] for felt, found in lines.items()}


def _forloeb(egenskaber: list[Egenskab], felt: str) -> Iterable[tuple[str, Virkning]]:
    """The values of one field over time, touching equal ones merged."""
    pieces: list[tuple[str, Virkning]] = []
    for piece in cut(e.virkning for e in egenskaber):
        found = gaeldende(egenskaber, piece.fra_ns)
        value = found.felter.get(felt) if found else None
        if value is not None:
            pieces.append((value if isinstance(value, str) else ", ".join(value), piece))
    return merge(pieces)


def _relation(relation: Relation) -> str:
    parts = [_navn(relation.reference) or "-"]
    if relation.rolle is not None:
        parts.append(f"rolle {_navn(relation.rolle)}")
    if relation.indeks is not None:
        parts.append(f"indeks {relation.indeks}")
    return ", ".join(parts)


def _navn(reference: Reference | None) -> str | None:
    return reference.id if reference else None


def _linje(virkning: Virkning, text: str) -> str:
    fra = f" fra {dag(virkning.fra_ns)}" if virkning.fra_ns != ALTID_NS else ""
    til = f" til {dag(virkning.til_ns)}" if virkning.til_ns != UENDELIG_NS else ""
    return text + fra + til

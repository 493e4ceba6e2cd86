"""What `ret` makes of a stored registration: pure. Source: rules.md 7, domain.md 8.2, FACTS.md 4.

A list that is not sent is untouched. A list of states or relations that is sent replaces that list (an entry left out
is gone), or in merge mode joins it. A new Egenskab ends the overlap of the old ones and the earlier period stays.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from enum import StrEnum

from fkorg.catalogue import KATALOG, Objekttype
from fkorg.registrering import Egenskab, Lister, Registrering, Relation, Tilstand
from fkorg.virkning import Virkning


class RetMaade(StrEnum):
    """What becomes of entries that a sent list leaves out."""

    REPLACE = "replace"
    MERGE = "merge"


def ret(objekttype: Objekttype, stored: Registrering, sendt: Lister, maade: RetMaade) -> Registrering:
    """The stored registration with what was sent; life cycle code, time, user and note are left to the caller."""
    merge = maade is RetMaade.MERGE
    egenskaber, tilstande, relationer = stored.egenskaber, stored.tilstande, stored.relationer
    if sendt.egenskaber is not None:
        egenskaber = tuple(_cut_out(stored.egenskaber, sendt.egenskaber)) + sendt.egenskaber
    if sendt.tilstande is not None:
        tilstande = tuple(_kept_tilstande(stored.tilstande, sendt.tilstande)) if merge else ()
        tilstande += sendt.tilstande
    if sendt.relationer is not None:
        relationer = tuple(_kept_relationer(objekttype, stored.relationer, sendt.relationer)) if merge else ()
        relationer += sendt.relationer
    return replace(
        stored,
        egenskaber=egenskaber,
        tilstande=tilstande,
        relationer=relationer,
        lokal_udvidelse=_udvidelse(stored, sendt, merge=merge),
        fejl=(),
    )


def _cut_out(gamle: Iterable[Egenskab], nye: Iterable[Egenskab]) -> Iterator[Egenskab]:
    """The old sets without the time the new ones cover; what nothing is left of is gone."""
    nye = tuple(nye)
    for gammel in gamle:
        pieces = [gammel.virkning]
        for ny in nye:
            if gammel.virkning == ny.virkning:
                pieces = []
            elif not ny.virkning.tom:
                pieces = [left for piece in pieces for left in _without(piece, ny.virkning)]
        yield from (replace(gammel, virkning=piece) for piece in pieces)


def _without(piece: Virkning, taken: Virkning) -> list[Virkning]:
    if piece.tom or piece.overlap(taken).tom:
        return [piece]
    around = (Virkning(piece.fra_ns, taken.fra_ns), Virkning(taken.til_ns, piece.til_ns))
    return [one for one in around if not one.tom]


def _kept_tilstande(gamle: Iterable[Tilstand], nye: Iterable[Tilstand]) -> Iterator[Tilstand]:
    """Merge: a state sent with the same status and start is the same entry."""
    sent = {(ny.status, ny.virkning.fra_ns) for ny in nye}
    return (gammel for gammel in gamle if (gammel.status, gammel.virkning.fra_ns) not in sent)


def _kept_relationer(objekttype: Objekttype, gamle: Iterable[Relation], nye: Iterable[Relation]) -> Iterator[Relation]:
    """Merge: single relations are overwritten, dynamic ones matched by role and index, others by reference."""
    enkelte = {one.navn for one in KATALOG[objekttype].relationer if not one.flere}

    def key(relation: Relation) -> tuple[object, ...]:
        if relation.navn in enkelte:
            return (relation.navn,)
        if relation.indeks is not None:
            return (relation.navn, relation.indeks, None if relation.rolle is None else relation.rolle.id)
        return (relation.navn, None if relation.reference is None else relation.reference.id)

    sent = {key(ny) for ny in nye}
    return (gammel for gammel in gamle if key(gammel) not in sent)


def _udvidelse(stored: Registrering, sendt: Lister, *, merge: bool) -> dict[str, str]:
    lists = {"attributter": sendt.egenskaber, "tilstande": sendt.tilstande, "relationer": sendt.relationer}
    gammel = {navn: text for navn, text in stored.lokal_udvidelse.items() if merge or lists.get(navn) is None}
    return {**gammel, **sendt.lokal_udvidelse}

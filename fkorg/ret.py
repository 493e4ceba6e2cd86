"""Read-modify-write: from the registration just read and the wanted steps, the lists to send.

Only the meant changes. Everything read goes back, in the order read: the source may replace a list by what is sent or
merge the two, and this is right either way. Ended entries stay, with their TilTidspunkt. None when nothing would
change: then nothing is sent.
Pure: the registration is read with the unlimited window right before (rules.md 1), "now" is an argument.
Source: domain.md 8.2 and 8.3, rules.md 2, 7, 23 to 25. Knows no SOAP.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeAlias
from uuid import NAMESPACE_OID, UUID, uuid5

from fkorg.errors import Malformed
from fkorg.registrering import Ansvar, Egenskab, Gyldighed, Lister, Reference, Registrering, Relation, Tilstand
from fkorg.tid import UENDELIG_NS
from fkorg.virkning import Virkning, cut

Felter: TypeAlias = Mapping[str, str | tuple[str, ...]]
_STATUS: Final = "status"


@dataclass(frozen=True, slots=True)
class SaetFelter:
    """From `fra_ns` on the fields have these texts; None ends a field.

    A later set that repeats the old value follows; a change that was already planned for a field stands.
    """

    felter: Mapping[str, str | None]
    fra_ns: int


@dataclass(frozen=True, slots=True)
class SaetTilstand:
    """From `fra_ns` on this is the Gyldighed: the current one is ended, the new one added."""

    status: Gyldighed
    fra_ns: int


@dataclass(frozen=True, slots=True)
class SaetEnkelt:
    """A single relation (Overordnet, Tilhoerer, Enhedstype, ...) is overwritten: value and Virkning."""

    navn: str
    maal: UUID
    fra_ns: int


@dataclass(frozen=True, slots=True)
class Tilfoej:
    """A plain relation of many points at `maal` in this period."""

    navn: str
    maal: UUID
    virkning: Virkning


@dataclass(frozen=True, slots=True)
class SaetDynamisk:
    """A relation with Rolle and Indeks points at `maal`: the live entry (rolle, indeks) is ended, a new one added.

    Without `indeks`, or when none is live: one is added. None is when the role already points there.
    """

    navn: str
    maal: UUID
    rolle: UUID
    type: UUID
    virkning: Virkning
    indeks: str | None = None


@dataclass(frozen=True, slots=True)
class Afslut:
    """The entries of a relation end at `til_ns`, not before their own start; narrowed by what is given."""

    navn: str
    til_ns: int
    maal: UUID | None = None
    rolle: UUID | None = None
    indeks: str | None = None


Skridt: TypeAlias = SaetFelter | SaetTilstand | SaetEnkelt | Tilfoej | SaetDynamisk | Afslut


def ret(
    registrering: Registrering, skridt: Iterable[Skridt], now_ns: int, ansvar: Ansvar | None = None
) -> Lister | None:
    """The three lists to send, or None when the registration already says what is wanted.

    `ansvar` is who answers for the new entries. Raises Malformed when the registration holds entries that could not
    be read: a `ret` would lose them.
    """
    if lost := sorted({fejl.sted for fejl in registrering.fejl if fejl.udeladt}):
        raise Malformed(
            f"the stored object has entries that cannot be read ({', '.join(lost)}): changing it would lose them;"
            " have it repaired at the source"
        )
    before = lister = Lister.af(registrering)
    for et in skridt:
        lister = _anvend(lister, et, now_ns, ansvar)
    return None if lister == before else lister


def gaeldende(egenskaber: Sequence[Egenskab], ns: int) -> Egenskab | None:
    """The attribute set in effect: of several, the one that starts last, then the later in the list."""
    found: Egenskab | None = None
    for egenskab in egenskaber:
        if egenskab.virkning.gaelder(ns) and (found is None or egenskab.virkning.fra_ns >= found.virkning.fra_ns):
            found = egenskab
    return found


def peger_paa(relation: Relation, maal: UUID) -> bool:
    """True when the entry's reference is that UUID, whatever its label."""
    return relation.reference is not None and relation.reference.uuid == maal


def _anvend(lister: Lister, skridt: Skridt, now_ns: int, ansvar: Ansvar | None) -> Lister:
    egenskaber, tilstande, relationer = lister.egenskaber or (), lister.tilstande or (), lister.relationer or ()
    match skridt:
        case SaetFelter():
            return replace(lister, egenskaber=_saet_felter(egenskaber, skridt, now_ns, ansvar))
        case SaetTilstand():
            return replace(lister, tilstande=_saet_tilstand(tilstande, skridt, now_ns, ansvar))
        case SaetEnkelt():
            return replace(lister, relationer=_saet_enkelt(relationer, skridt, ansvar))
        case Tilfoej():
            return replace(lister, relationer=_tilfoej(relationer, skridt, ansvar))
        case SaetDynamisk():
            return replace(lister, relationer=_saet_dynamisk(relationer, skridt, ansvar))
        case Afslut():
            return replace(lister, relationer=_afslut(relationer, skridt))


# ---- attributes and states: what holds from a moment on


@dataclass(frozen=True, slots=True)
class _Stykke:
    """A piece of time and what holds in it: the entry it came from (None = a gap is filled) and its fields."""

    kilde: int | None
    felter: Felter
    virkning: Virkning


def _saet_tilstand(
    tilstande: tuple[Tilstand, ...], skridt: SaetTilstand, now_ns: int, ansvar: Ansvar | None
) -> tuple[Tilstand, ...]:
    """A Gyldighed is an attribute set of one field."""
    as_sets = tuple(Egenskab(t.virkning, {_STATUS: t.status.value}, t.ansvar) for t in tilstande)
    after = _saet_felter(as_sets, SaetFelter({_STATUS: skridt.status.value}, skridt.fra_ns), now_ns, ansvar)
    return tuple(Tilstand(e.virkning, Gyldighed(str(e.felter[_STATUS])), e.ansvar) for e in after)


def _saet_felter(
    egenskaber: tuple[Egenskab, ...], skridt: SaetFelter, now_ns: int, ansvar: Ansvar | None
) -> tuple[Egenskab, ...]:
    stykker = _samlet(_stykker(egenskaber, skridt, now_ns))
    if all(s.kilde is not None and s.felter == egenskaber[s.kilde].felter for s in stykker):
        return egenskaber
    after: list[Egenskab] = []
    for nr, egenskab in enumerate(egenskaber):
        own = [s for s in stykker if s.kilde == nr]
        after.extend(_efter(egenskab, own, skridt.fra_ns, ansvar))
    after.extend(Egenskab(s.virkning, s.felter, ansvar) for s in stykker if s.kilde is None)
    return tuple(after)


def _efter(egenskab: Egenskab, own: list[_Stykke], fra_ns: int, ansvar: Ansvar | None) -> Iterable[Egenskab]:
    """The entry as it goes back: whole before `fra_ns`, ended where it first changes, followed by its pieces.

    What changes from its own start stays as an empty period, so that no entry is left out.
    """
    virkning = egenskab.virkning
    if virkning.tom or virkning.til_ns <= fra_ns:
        yield egenskab
        return
    begins = max(virkning.fra_ns, fra_ns)
    if own and own[0].virkning.fra_ns == begins and own[0].felter == egenskab.felter:
        begins = own.pop(0).virkning.til_ns
    yield replace(egenskab, virkning=virkning.slut(begins))
    for stykke in own:
        changed = stykke.felter != egenskab.felter
        yield Egenskab(stykke.virkning, stykke.felter, ansvar if changed else egenskab.ansvar)


def _stykker(egenskaber: tuple[Egenskab, ...], skridt: SaetFelter, now_ns: int) -> Iterable[_Stykke]:
    """All time from `fra_ns` on, piece by piece, with the wanted fields in it."""
    live = [e for e in egenskaber if not e.virkning.tom]
    pivot = max(skridt.fra_ns, now_ns)
    in_effect = gaeldende(live, pivot)
    at_pivot: Felter = in_effect.felter if in_effect else {}
    follows = set(skridt.felter)
    for piece in cut([*(e.virkning for e in live), Virkning(skridt.fra_ns)]):
        if piece.fra_ns < skridt.fra_ns or piece.tom:
            continue
        found = gaeldende(live, piece.fra_ns)
        if piece.fra_ns > pivot:
            if found is None:
                follows.clear()
                continue
            follows = {navn for navn in follows if found.felter.get(navn) == at_pivot.get(navn)}
        basis = found or _grundlag(live, piece.fra_ns)
        wanted = {navn: value for navn, value in skridt.felter.items() if navn in follows}
        if found is None and not any(wanted.values()):
            continue
        kilde = None if found is None else next(nr for nr, e in enumerate(egenskaber) if e is found)
        yield _Stykke(kilde, _med(basis.felter, wanted), piece)


def _grundlag(live: list[Egenskab], ns: int) -> Egenskab:
    """What a set in a gap builds on: the last before, else the first after, else none."""
    before = [e for e in live if e.virkning.til_ns <= ns]
    if before:
        return max(before, key=lambda e: (e.virkning.til_ns, e.virkning.fra_ns))
    return min(live, key=lambda e: e.virkning.fra_ns, default=Egenskab(Virkning(), {}))


def _med(felter: Felter, wanted: Mapping[str, str | None]) -> Felter:
    """The fields with the wanted ones set or, where None, left out; the same mapping when nothing differs."""
    if all(felter.get(navn) == value for navn, value in wanted.items()):
        return felter
    kept = {navn: value for navn, value in felter.items() if navn not in wanted}
    return kept | {navn: value for navn, value in wanted.items() if value is not None}


def _samlet(stykker: Iterable[_Stykke]) -> list[_Stykke]:
    """Touching pieces of one entry with equal fields are one piece."""
    merged: list[_Stykke] = []
    for stykke in stykker:
        last = merged[-1] if merged else None
        if (
            last is not None
            and (last.kilde, last.felter) == (stykke.kilde, stykke.felter)
            and last.virkning.til_ns == stykke.virkning.fra_ns
        ):
            merged[-1] = replace(last, virkning=Virkning(last.virkning.fra_ns, stykke.virkning.til_ns))
        else:
            merged.append(stykke)
    return merged


# ---- relations


def _saet_enkelt(relationer: tuple[Relation, ...], skridt: SaetEnkelt, ansvar: Ansvar | None) -> tuple[Relation, ...]:
    fra = skridt.fra_ns
    same = [r for r in relationer if r.navn == skridt.navn and peger_paa(r, skridt.maal) and not r.virkning.tom]
    if any(r.virkning.fra_ns <= fra and r.virkning.til_ns == UENDELIG_NS for r in same):
        return relationer
    reaches = [r.virkning.fra_ns for r in same if r.virkning.til_ns >= fra]
    new = Relation(skridt.navn, Virkning(min([fra, *reaches])), Reference(str(skridt.maal)), ansvar=ansvar)
    places = [nr for nr, r in enumerate(relationer) if r.navn == skridt.navn]
    if not places:
        return (*relationer, new)
    return tuple(new if nr == places[0] else r for nr, r in enumerate(relationer) if nr not in places[1:])


def _tilfoej(relationer: tuple[Relation, ...], skridt: Tilfoej, ansvar: Ansvar | None) -> tuple[Relation, ...]:
    return _udvid(
        relationer,
        lambda r: r.navn == skridt.navn and peger_paa(r, skridt.maal),
        Relation(skridt.navn, skridt.virkning, Reference(str(skridt.maal)), ansvar=ansvar),
    )


def _saet_dynamisk(
    relationer: tuple[Relation, ...], skridt: SaetDynamisk, ansvar: Ansvar | None
) -> tuple[Relation, ...]:
    def of_role(relation: Relation) -> bool:
        return relation.navn == skridt.navn and relation.rolle is not None and relation.rolle.uuid == skridt.rolle

    def replaced(relation: Relation) -> bool:
        virkning = relation.virkning
        live = not virkning.tom and virkning.til_ns > skridt.virkning.fra_ns
        return of_role(relation) and live and relation.indeks == skridt.indeks and not peger_paa(relation, skridt.maal)

    old = [r for r in relationer if skridt.indeks is not None and replaced(r)]
    after = tuple(replace(r, virkning=r.virkning.slut(skridt.virkning.fra_ns)) if r in old else r for r in relationer)
    new = Relation(
        skridt.navn,
        skridt.virkning,
        Reference(str(skridt.maal)),
        Reference(str(skridt.rolle)),
        Reference(str(skridt.type)),
        _ledigt_indeks(relationer, skridt),
        ansvar,
    )
    return _udvid(after, lambda r: of_role(r) and peger_paa(r, skridt.maal), new)


def _udvid(relationer: tuple[Relation, ...], same: Callable[[Relation], bool], new: Relation) -> tuple[Relation, ...]:
    """With `new` added, unless an entry that means the same touches its period: then that one reaches as far."""
    wanted = new.virkning
    for nr, relation in enumerate(relationer):
        virkning = relation.virkning
        if not same(relation) or virkning.tom or virkning.fra_ns > wanted.til_ns or virkning.til_ns < wanted.fra_ns:
            continue
        union = Virkning(min(virkning.fra_ns, wanted.fra_ns), max(virkning.til_ns, wanted.til_ns))
        return (*relationer[:nr], replace(relation, virkning=union), *relationer[nr + 1 :])
    return (*relationer, new)


def _afslut(relationer: tuple[Relation, ...], skridt: Afslut) -> tuple[Relation, ...]:
    def meant(relation: Relation) -> bool:
        return (
            relation.navn == skridt.navn
            and not relation.virkning.tom
            and (skridt.maal is None or peger_paa(relation, skridt.maal))
            and (skridt.rolle is None or (relation.rolle is not None and relation.rolle.uuid == skridt.rolle))
            and (skridt.indeks is None or relation.indeks == skridt.indeks)
        )

    return tuple(replace(r, virkning=r.virkning.slut(skridt.til_ns)) if meant(r) else r for r in relationer)


def _ledigt_indeks(relationer: Iterable[Relation], skridt: SaetDynamisk) -> str:
    """The wanted Indeks when the list has no such one, ended ones included; else a new one.

    The new one is drawn from what it is for, so that a repeated call draws the same. It keeps the first sign of a UUID
    it follows: by convention the lowest string is the primary one (domain.md 2.3).
    """
    taken = {relation.indeks for relation in relationer if relation.navn == skridt.navn}
    if skridt.indeks is not None and skridt.indeks not in taken:
        return skridt.indeks
    first = skridt.indeks[0] if skridt.indeks and len(skridt.indeks) == 36 else ""
    number = 0
    while True:
        drawn = str(uuid5(NAMESPACE_OID, f"{skridt.navn} {skridt.rolle} {skridt.maal} {number}"))
        candidate = first + drawn[len(first) :]
        if candidate not in taken:
            return candidate
        number += 1

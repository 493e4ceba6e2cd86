"""A Registrering as compact bytes for the truth file, and back, in the order its lists were given.

Unlike fkorg.registrering.to_content it sorts nothing: what a reader gets is what was written. Knows no file.
"""

from collections.abc import Mapping
from typing import TypeAlias, cast

import orjson

from fkorg.registrering import (
    Ansvar,
    Egenskab,
    Gyldighed,
    Livscyklus,
    Reference,
    Registrering,
    Relation,
    Tilstand,
)
from fkorg.tid import ALTID_NS, UENDELIG_NS
from fkorg.virkning import ALTID, Virkning

Pakket: TypeAlias = "int | str | list[Pakket] | dict[str, Pakket] | None"


def pak(registrering: Registrering, fast: Ansvar) -> bytes:
    """The lists, user and note as bytes; `fast` is the Ansvar that nearly every entry has, written as 1."""
    return orjson.dumps(
        [
            [[*_tid(e.virkning), _pak_ansvar(e.ansvar, fast), dict(e.felter)] for e in registrering.egenskaber],
            [[*_tid(t.virkning), _pak_ansvar(t.ansvar, fast), t.status.value] for t in registrering.tilstande],
            [_pak_relation(r, fast) for r in registrering.relationer],
            _pak_reference(registrering.bruger),
            registrering.note,
            dict(registrering.lokal_udvidelse),
        ]
    )


def udpak(packed: bytes, tidspunkt_ns: int, livscyklus: Livscyklus, fast: Ansvar) -> Registrering:
    """The registration that `pak` wrote."""
    egenskaber, tilstande, relationer, bruger, note, lokal = orjson.loads(packed)
    return Registrering(
        tidspunkt_ns,
        livscyklus,
        tuple(
            Egenskab(_virkning(fra, til), _felter(felter), _ansvar(ansvar, fast))
            for fra, til, ansvar, felter in egenskaber
        ),
        tuple(
            Tilstand(_virkning(fra, til), Gyldighed(status), _ansvar(ansvar, fast))
            for fra, til, ansvar, status in tilstande
        ),
        tuple(_relation(entry, fast) for entry in relationer),
        _reference(bruger),
        note,
        lokal,
    )


def _tid(virkning: Virkning) -> tuple[int | None, int | None]:
    fra, til = virkning.fra_ns, virkning.til_ns
    return None if fra == ALTID_NS else fra, None if til == UENDELIG_NS else til


def _virkning(fra: int | None, til: int | None) -> Virkning:
    if fra is None and til is None:
        return ALTID
    return Virkning(ALTID_NS if fra is None else fra, UENDELIG_NS if til is None else til)


def _pak_ansvar(ansvar: Ansvar | None, fast: Ansvar) -> Pakket:
    if ansvar is None:
        return 0
    if ansvar is fast or ansvar == fast:
        return 1
    return [_pak_reference(ansvar.aktoer), ansvar.aktoertype, ansvar.note]


def _ansvar(packed: Pakket, fast: Ansvar) -> Ansvar | None:
    if isinstance(packed, list):
        aktoer, aktoertype, note = packed
        return Ansvar(_reference(aktoer), cast("str | None", aktoertype), cast("str | None", note))
    return fast if packed else None


def _pak_reference(reference: Reference | None) -> Pakket:
    if reference is None:
        return None
    return reference.id if reference.label is None else [reference.id, reference.label]


def _reference(packed: Pakket) -> Reference | None:
    if packed is None:
        return None
    if isinstance(packed, list):
        return Reference(str(packed[0]), str(packed[1]))
    return Reference(str(packed))


def _pak_relation(relation: Relation, fast: Ansvar) -> Pakket:
    entry: list[Pakket] = [
        relation.navn,
        *_tid(relation.virkning),
        _pak_ansvar(relation.ansvar, fast),
        _pak_reference(relation.reference),
    ]
    if relation.rolle is not None or relation.type is not None or relation.indeks is not None:
        entry += [_pak_reference(relation.rolle), _pak_reference(relation.type), relation.indeks]
    return entry


def _relation(packed: list[Pakket], fast: Ansvar) -> Relation:
    navn, fra, til, ansvar, reference = packed[:5]
    virkning = _virkning(cast("int | None", fra), cast("int | None", til))
    if len(packed) == 5:
        return Relation(str(navn), virkning, _reference(reference), ansvar=_ansvar(ansvar, fast))
    rolle, art, indeks = packed[5:]
    return Relation(
        str(navn),
        virkning,
        _reference(reference),
        _reference(rolle),
        _reference(art),
        cast("str | None", indeks),
        _ansvar(ansvar, fast),
    )


def _felter(felter: Mapping[str, str | list[str]]) -> dict[str, str | tuple[str, ...]]:
    return {navn: tuple(value) if isinstance(value, list) else value for navn, value in felter.items()}

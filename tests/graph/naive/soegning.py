"""Search as storage.md 6 has it: words that begin so, ranked; what is only alike when that finds few (decision 0010).

Postgres' trigrams are written here anew: sets of three letters of each word, padded with two spaces before and one
behind.
"""

import itertools
import re
import struct
import unicodedata
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from tests.graph.naive import tree
from tests.graph.naive.andre import TYPER
from tests.graph.naive.execute import Failed, Ting, Warn
from tests.graph.naive.fields import MOST, NOT_FOUND, UNAUTHORIZED, VALIDATION, Arguments, Felt, Felter
from tests.graph.naive.lister import Element, connection
from tests.graph.naive.snapshot import Row

ALIKE = 0.6
FEW = 5
SEARCHED = {objekttype.value: (type_, tabel) for type_, (tabel, objekttype) in TYPER.items()}


def soeg(f: Felter, t: Ting, a: Arguments, warn: Warn) -> Any:
    """Each object once, by its nearest text; the nearest first, then by type and uuid: no text is in a cursor."""
    if a["cvr"] != f.cvr:
        raise Failed(NOT_FOUND)
    words = unicodedata.normalize("NFC", a["tekst"]).casefold().split()
    if not words or not 0 <= a.get("first", MOST) <= MOST:
        raise Failed(VALIDATION)
    if "PERSON" in a.get("typer", ()) and not f.navn:
        warn(UNAUTHORIZED)
    asked = " " + " ".join(words)
    visible = [row for row in f.snapshot.tabeller["soegetekst"] if _visible(f, row, a)]
    ranked = [(rank, row) for row in visible if (rank := _rank(row["ord"], words)) is not None]
    near = [(nearness(rank, similarity(row["ord"], asked)), row) for rank, row in ranked]
    if len(ranked) < FEW:
        found = {id(row) for _, row in ranked}
        alike = [(word_similarity(asked, row["ord"]), row) for row in visible if id(row) not in found]
        near += [(nearness(2, share), row) for share, row in alike if share >= ALIKE]
    best: dict[tuple[str, str], Element] = {}
    for share, row in sorted(near, key=lambda r: (-r[0], r[1]["ord"], r[1]["felt"])):
        type_, tabel = SEARCHED[row["objekttype"]]
        node = f.snapshot.one(tabel, row["uuid"])
        assert node is not None
        key = (-share, row["objekttype"], row["uuid"])
        edge = {"felt": row["felt"], "naerhed": float(share)}
        best.setdefault((row["objekttype"], row["uuid"]), Element(key, Ting(type_, node), edge))
    return connection("SoegConnection", sorted(best.values(), key=lambda e: e.key), a)


def _rank(text: str, words: list[str]) -> int | None:
    """0: begins with the words as asked; 1: has words that begin so; None: has not.

    Eight digits are a telephone number, with or without +45 or 0045, which texts write in several ways.
    """
    number = re.fullmatch(r"(?:\+45|0045)?([0-9]{8})", "".join(words))
    if number:
        digits = number[1]
        written = (f" {digits}", " {}{} {}{} {}{} {}{}".format(*digits), f" {digits[:4]} {digits[4:]}", f"+45{digits}")
        if not any(form in text for form in written):
            return None
    elif not all(f" {word}" in text for word in words):
        return None
    return 0 if text.startswith(" " + " ".join(words)) else 1


def _visible(f: Felter, row: Row, a: Arguments) -> bool:
    """Of a type asked for, with the right, there, ours, in the state asked for, units in the tree. rules.md 15."""
    type_, tabel = SEARCHED[row["objekttype"]]
    if "typer" in a and row["objekttype"] not in a["typer"]:
        return False
    if type_ not in ("OrganisationEnhed", "Bruger", "Adresse") and not (type_ == "Person" and f.navn):
        return False
    found = f.snapshot.one(tabel, row["uuid"])
    if found is None:
        return False
    if "status" in found:
        wanted = a.get("status")
        if not tree.own(f.snapshot, found) or wanted not in (None, found["status"] or "INAKTIV"):
            return False
    return type_ != "OrganisationEnhed" or tree.in_tree(f.snapshot, row["uuid"])


def trigrams(text: str) -> list[str]:
    """In the order of the text, doubles kept."""
    found = []
    for is_word, letters in itertools.groupby(text.lower(), key=str.isalnum):
        if is_word:
            padded = f"  {''.join(letters)} "
            found += [padded[i : i + 3] for i in range(len(padded) - 2)]
    return found


def similarity(a: str, b: str) -> float:
    one, other = set(trigrams(a)), set(trigrams(b))
    return len(one & other) / len(one | other) if one | other else 0.0


def word_similarity(asked: str, text: str) -> float:
    """The greatest similarity of what is asked with any stretch of the text's trigrams."""
    one, other = set(trigrams(asked)), trigrams(text)
    shared = [number for number, trigram in enumerate(other) if trigram in one]
    stretches = (other[first : last + 1] for first in shared for last in shared if first <= last)
    return max((_share(one, set(stretch)) for stretch in stretches), default=0.0)


def _share(one: set[str], stretch: set[str]) -> float:
    return len(one & stretch) / len(one | stretch)


def nearness(rank: int, share: float) -> Decimal:
    """A third for each step of the rank, and within it how alike the texts are; as Postgres' float4 tells that."""
    (single,) = struct.unpack("f", struct.pack("f", share))
    return ((2 - rank + Decimal(f"{single:.6g}")) / 3).quantize(Decimal("0.001"), ROUND_HALF_UP)


FELTER: dict[str, Felt] = {
    "Query.soeg": soeg,
    "SoegEdge.felt": lambda f, t, a, warn: t.row["element"].edge["felt"],
    "SoegEdge.naerhed": lambda f, t, a, warn: t.row["element"].edge["naerhed"],
}

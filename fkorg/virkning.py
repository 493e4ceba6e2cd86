"""Half-open effect periods: overlap, clip, cut, merge. Pure; knows no XML and no objects.

Source: domain.md 4; rules.md 2 (an empty period is legal data, a reversed one is reported and never fails the object).
"""

import itertools
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Self, TypeVar

from fkorg.tid import ALTID_NS, UENDELIG_NS

T = TypeVar("T")


@dataclass(frozen=True, order=True, slots=True)
class Virkning:
    """When a value holds: half-open [fra_ns, til_ns), nanoseconds UTC, ALTID_NS and UENDELIG_NS as "no limit"."""

    fra_ns: int = ALTID_NS
    til_ns: int = UENDELIG_NS

    @property
    def tom(self) -> bool:
        """True when no moment lies in it: such a period is kept for writing back and projects no row."""
        return self.fra_ns >= self.til_ns

    @property
    def omvendt(self) -> bool:
        """True when it ends before it starts, which is a fault in the data and is reported."""
        return self.fra_ns > self.til_ns

    def gaelder(self, ns: int) -> bool:
        """True when the moment lies in the period."""
        return self.fra_ns <= ns < self.til_ns

    def overlap(self, other: "Virkning") -> "Virkning":
        """What the two share; `tom` when nothing."""
        return Virkning(max(self.fra_ns, other.fra_ns), min(self.til_ns, other.til_ns))

    def slut(self, til_ns: int) -> Self:
        """The same period ended at `til_ns`, but not before its own start. Source: domain.md 8.2, end date."""
        return replace(self, til_ns=max(self.fra_ns, min(self.til_ns, til_ns)))


ALTID = Virkning()


def boundaries(perioder: Iterable[Virkning]) -> list[int]:
    """Every moment at which one of the periods starts or ends, with the two infinities, ascending."""
    cuts = {ALTID_NS, UENDELIG_NS}
    for periode in perioder:
        if not periode.tom:
            cuts.update((periode.fra_ns, periode.til_ns))
    return sorted(cuts)


def cut(perioder: Iterable[Virkning]) -> list[Virkning]:
    """All time, cut at every boundary of the periods: within each piece no period starts or ends."""
    cuts = boundaries(perioder)
    return [Virkning(fra, til) for fra, til in itertools.pairwise(cuts)]


def merge(pieces: Iterable[tuple[T, Virkning]]) -> list[tuple[T, Virkning]]:
    """Touching pieces of equal value become one. Pieces come in order of time and do not overlap."""
    merged: list[tuple[T, Virkning]] = []
    for value, periode in pieces:
        if merged and merged[-1][0] == value and merged[-1][1].til_ns == periode.fra_ns:
            merged[-1] = (value, Virkning(merged[-1][1].fra_ns, periode.til_ns))
        else:
            merged.append((value, periode))
    return merged

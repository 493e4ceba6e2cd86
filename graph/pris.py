"""What an operation costs at most: its fields, each as often as the pages and lists of uuids around it are long.

Linear in the selection, and worked out once for it: a sum of terms, each a number of fields and the fields whose
arguments multiply it. Lists without pages count once: they are short, and end at a limit of their own.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from graph.source import Connection, VedUuid

if TYPE_CHECKING:
    from graph.plan import Valg

Led: TypeAlias = tuple[int, tuple[int, ...]]
"""So many fields, and the numbers of the fields whose page or list they stand in."""


def led(felter: "Iterable[Valg]") -> tuple[Led, ...]:
    """The terms of a selection."""
    antal: dict[tuple[int, ...], int] = {}

    def taael(valgte: "Iterable[Valg]", sider: tuple[int, ...]) -> None:
        for valg in valgte:
            antal[sider] = antal.get(sider, 0) + 1
            inden = sider
            if valg.nr is not None and isinstance(valg.kilde, Connection | VedUuid):
                inden = (*sider, valg.nr)
            for under in valg.under.values():
                taael(under, inden)

    taael(felter, ())
    return tuple((felter_, sider) for sider, felter_ in antal.items())


def pris(leddene: Sequence[Led], argumenter: Sequence[Mapping[str, Any]]) -> int:
    """The cost with these arguments, by the numbers of their fields."""
    sum_ = 0
    for felter, sider in leddene:
        for nr in sider:
            felter *= _laengde(argumenter[nr])
        sum_ += felter
    return sum_


def _laengde(argumenter: Mapping[str, Any]) -> int:
    first = argumenter.get("first")
    if first is not None:
        return int(first)
    uuid = argumenter.get("uuid")
    return len(uuid) if isinstance(uuid, Sequence) else 1

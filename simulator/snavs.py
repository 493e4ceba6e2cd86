"""The dirt of the sample data: records as real municipalities have them, each by name, in every size.

`katalog(seed)` names them (tests elsewhere address a record by name), `poster(seed)` makes them. Source: domain.md 11.
Their UUIDs come from the seed and the name, so no data need be made to know them.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from fkorg.catalogue import Objekttype
from simulator.kommune import snavs_brugere, snavs_enheder, snavs_funktioner
from simulator.kommune.byg import Post, Ramme, ramme
from simulator.kommune.snavs_byg import Fund, Saerhed

_DELE: Final = (snavs_enheder.SNAVS, snavs_brugere.SNAVS, snavs_funktioner.SNAVS)

__all__ = ["Saerhed", "Snavs", "katalog", "poster", "saerheder"]


@dataclass(frozen=True, slots=True)
class Snavs:
    """One kind of dirt: its name, what it is, its objects by a short name, the UUIDs that do not exist."""

    navn: str
    om: str
    objekter: dict[str, tuple[Objekttype, UUID]]
    mangler: dict[str, UUID] = field(default_factory=dict)

    def uuid(self, navn: str) -> UUID:
        """The UUID of one of its objects, or of what is missing. Raises KeyError."""
        return self.objekter[navn][1] if navn in self.objekter else self.mangler[navn]


def katalog(seed: int) -> dict[str, Snavs]:
    """Every kind by name."""
    r = ramme(seed)
    return {
        navn: Snavs(
            navn,
            om,
            {kort: (post[0], post[1]) for kort, post in fund.poster.items()},
            fund.mangler,
        )
        for navn, om, fund in _fund(r)
    }


def poster(seed: int) -> Iterator[Post]:
    """The objects themselves, each once."""
    for _, _, fund in _fund(ramme(seed)):
        yield from fund.poster.values()


def saerheder(seed: int) -> dict[tuple[Objekttype, UUID], Saerhed]:
    """The objects that reads treat oddly: no registration, two, UUIDs in upper case."""
    return {
        (fund.poster[kort][0], fund.poster[kort][1]): saerhed
        for _, _, fund in _fund(ramme(seed))
        for kort, saerhed in fund.saerheder.items()
    }


def _fund(r: Ramme) -> Iterator[tuple[str, str, Fund]]:
    for del_ in _DELE:
        for navn, (om, make) in del_.items():
            yield navn, om, make(r, navn)

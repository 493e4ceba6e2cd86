"""The sample municipality: Korsbæk Kommune, CVR 11111111, made from a size and a seed, always the same.

Hands out objects one by one with all their registrations; knows no file and no clock.
"""

from collections.abc import Iterator
from random import Random

from simulator import snavs
from simulator.kommune import brugere, byg, enheder, funktioner
from simulator.kommune.byg import CVR, Post
from simulator.kommune.stoerrelser import STOERRELSER, Stoerrelse

__all__ = ["CVR", "STOERRELSER", "generate", "stoerrelse"]


def stoerrelse(size: str) -> Stoerrelse:
    """The counts of that size. Raises ValueError naming the sizes there are."""
    if size not in STOERRELSER:
        raise ValueError(f"wanted a size of {', '.join(STOERRELSER)}, found {size!r}")
    return STOERRELSER[size]


def generate(size: str, seed: int) -> Iterator[Post]:
    """Every object once, root unit before all other units, the dirt (simulator/snavs.py) last."""
    antal = stoerrelse(size)
    r = byg.ramme(seed)
    rnd = Random(f"{size}/{seed}")
    traeet = enheder.plan(r, rnd, antal)
    folk = brugere.plan(r, rnd, antal)
    knyttede = funktioner.knyttede(r, rnd, antal, traeet)
    yield from enheder.faelles(r, rnd, traeet[0].uuid)
    yield from enheder.enheder(r, rnd, antal, traeet, knyttede)
    yield from brugere.brugere(r, rnd, antal, folk)
    yield from funktioner.funktioner(r, rnd, antal, traeet, folk)
    yield from snavs.poster(seed)

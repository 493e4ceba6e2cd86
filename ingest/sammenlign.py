"""What a comparison with the source finds of one object, and what is to be done about it. Pure; ingest.md 6.

The guard decides what is newer (model.projection.vaern); this only names the outcome for the report. Nothing is put
right here: what differs is read back by the one path.
"""

from dataclasses import dataclass
from enum import Enum
from typing import Final

from model.projection.vaern import Laest, Lagret, Udfald, afgoer


class Forskel(Enum):
    """How an object here differs from the source's."""

    MANGLER = "MANGLER"
    """It lives at the source and not here."""
    FORAELDET = "FORAELDET"
    """The source has a newer registration."""
    UENS = "UENS"
    """The same registration time, other content."""
    KILDEN_ER_AELDRE = "KILDEN_ER_AELDRE"
    """The source has an older registration: it lags, or was put back."""
    EKSTRA = "EKSTRA"
    """It lives here and not at the source."""


BEKRAEFTES: Final = frozenset({Forskel.UENS, Forskel.KILDEN_ER_AELDRE})
"""Only a confirm read may change these; the others are read back."""


@dataclass(frozen=True, slots=True)
class Set:
    """What the source showed: registration time, keyed hash, and whether the object lives."""

    reg_ns: int
    content_hash: bytes
    levende: bool


def sammenlign(lagret: Lagret | None, fundet: Set | None) -> Forskel | None:
    """The difference, or None: they agree, or neither knows the object as living."""
    if fundet is None:
        return Forskel.EKSTRA if lagret is not None and lagret.levende else None
    if lagret is None:
        return Forskel.MANGLER if fundet.levende else None
    udfald, _ = afgoer(lagret, Laest(fundet.reg_ns, fundet.content_hash))
    match udfald:
        case Udfald.SAMME:
            return None
        case Udfald.FORAELDET:
            return Forskel.KILDEN_ER_AELDRE
        case Udfald.UENS:
            return Forskel.UENS
    return Forskel.MANGLER if fundet.levende and not lagret.levende else Forskel.FORAELDET


def for_mange(fravaerende: int, levende: int) -> bool:
    """The brake: so much is absent that the source's answer is not believed (ingest.md 5)."""
    return fravaerende > max(50, levende // 100)

"""The version guard: what becomes of a read, set against what is stored. Pure; ingest.md 4's table.

Order is (rewind, registration time, tie). Only a read marked as confirming may overwrite at the same time, or go back.
"""

from dataclasses import dataclass
from enum import Enum, auto


class Udfald(Enum):
    """What becomes of a read."""

    NY = auto()
    """Newer, or the first: store, project, log."""
    SAMME = auto()
    """What is stored already: nothing but the verification."""
    FORAELDET = auto()
    """Older than what is stored: dropped; the caller reads again."""
    UENS = auto()
    """The same time with other content: not overwritten; the caller has a confirm read made."""
    UKENDT = auto()
    """Neither stored nor known to the source: nothing."""


@dataclass(frozen=True, slots=True)
class Lagret:
    """What is stored of an object."""

    reg_ns: int
    rewind: int
    tie: int
    content_hash: bytes
    levende: bool


@dataclass(frozen=True, slots=True)
class Version:
    """Where in the object's order a registration is stored."""

    reg_ns: int
    rewind: int = 0
    tie: int = 0


@dataclass(frozen=True, slots=True)
class Laest:
    """What was read: registration time and hash; `bekraefter`: a confirm read; `tilbage`: one that is believed when
    it is older, being the second in a row."""

    reg_ns: int
    content_hash: bytes
    bekraefter: bool = False
    tilbage: bool = False


def afgoer(lagret: Lagret | None, laest: Laest) -> tuple[Udfald, Version]:
    """What becomes of a read of an object that the source knows, and the version it gets when it is new."""
    if lagret is None:
        return Udfald.NY, Version(laest.reg_ns)
    if laest.reg_ns > lagret.reg_ns:
        return Udfald.NY, Version(laest.reg_ns, lagret.rewind)
    if laest.reg_ns < lagret.reg_ns:
        if laest.tilbage:
            return Udfald.NY, Version(laest.reg_ns, lagret.rewind + 1)
        return Udfald.FORAELDET, Version(laest.reg_ns, lagret.rewind)
    if laest.content_hash == lagret.content_hash:
        return Udfald.SAMME, Version(lagret.reg_ns, lagret.rewind, lagret.tie)
    if laest.bekraefter:
        return Udfald.NY, Version(laest.reg_ns, lagret.rewind, lagret.tie + 1)
    return Udfald.UENS, Version(lagret.reg_ns, lagret.rewind, lagret.tie)


def afgoer_fravaer(lagret: Lagret | None, *, tilbage: bool, mindst_ns: int = 0) -> tuple[Udfald, Version]:
    """What becomes of a read that found nothing: a known object is gone only when a second read says so too.

    The tombstone's time is that of the receipt (`mindst_ns`), else right after what is stored: the source gives none,
    our clock must not outrun its own, and a message's time may be that of a revival not seen yet.
    """
    if lagret is None:
        return Udfald.UKENDT, Version(0)
    kept = Version(lagret.reg_ns, lagret.rewind, lagret.tie)
    if not lagret.levende:
        return Udfald.SAMME, kept
    if not tilbage:
        return Udfald.UENS, kept
    return Udfald.NY, Version(max(lagret.reg_ns + 1, mindst_ns), lagret.rewind)

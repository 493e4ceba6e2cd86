"""What is to be done with a claimed object after it was read: clear, again, confirm, set aside. Pure; ingest.md 4.

The one place where "is it done" is decided: no I/O, no clock, no chance of its own, so that a simulation can run it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, TypeAlias

from ingest.retry import BAGUD, IGEN, Again, Park, on_error
from model.dirty import UANSET, Krav
from model.projection.vaern import Udfald


@dataclass(frozen=True, slots=True)
class Faerdig:
    """The row goes, unless it was marked again."""


@dataclass(frozen=True, slots=True)
class Igen:
    """Read again then."""

    due_at: datetime


@dataclass(frozen=True, slots=True)
class Bekraeft:
    """The row goes and a confirm read is made then; `aeldre`: reads in a row that were older, or found nothing.

    `behold`: the row stays and is itself the second look, because more is wanted than is stored."""

    due_at: datetime
    aeldre: int = 0
    behold: bool = False


@dataclass(frozen=True, slots=True)
class Parker:
    """The row goes, the object is set aside under this reason."""

    reason: str


Beslutning: TypeAlias = Faerdig | Igen | Bekraeft | Parker


@dataclass(frozen=True, slots=True)
class Regler:
    """The waits: `bundfaeldning` = settle time, `igen` = back-off, `bagud` = how long the source may lag."""

    bundfaeldning: timedelta = timedelta(seconds=60)
    igen: Again = IGEN
    bagud: timedelta = BAGUD


FORSOEG: Final = 8
"""Tries in a row before an object that fails alone is set aside: about a minute of them, as the waits double."""


@dataclass(frozen=True, slots=True)
class Laesning:
    """What reading a claimed object came to. `findes`: the source knows it; `lagret_ns`: what is stored now;
    `anden_type`: another object of ours has this uuid (a message of unknown type is marked as both, rules.md 9)."""

    udfald: Udfald
    findes: bool
    lagret_ns: int | None
    anden_type: bool = False


def maa_gaa_tilbage(krav: Krav, *, findes: bool) -> bool:
    """May this read declare the object gone, or go back? The second in a row may, of which only a confirm read goes
    back; and so may one read after a mutation of ours, whose receipt says the same."""
    if krav.aarsag == "MUTATION" and not krav.bekraefter:
        return True
    return krav.aeldre >= 1 and (krav.bekraefter or not findes)


def beslut(krav: Krav, laest: Laesning, regler: Regler, now: datetime, chance: float) -> Beslutning:
    """What is to be done next. `chance`: 0 to 1, for the jitter."""
    if krav.bekraefter:
        return _bekraeftet(krav, laest, regler, now)
    nok = _nok(krav, laest)
    if laest.udfald is Udfald.UENS and (nok or not laest.findes):
        return Bekraeft(now + regler.bundfaeldning, 0 if laest.findes else 1, behold=not nok)
    if _borte(krav, laest, regler, now):
        return Faerdig()
    if laest.udfald in (Udfald.NY, Udfald.SAMME) and nok:
        return Faerdig()
    if now - krav.wanted_at >= regler.bagud:
        return Parker("not_found" if laest.udfald is Udfald.UKENDT else "source_behind_message")
    return Igen(now + regler.igen.wait(krav.attempts, chance))


def ved_fejl(krav: Krav, error: Exception, skyld: bool, regler: Regler, now: datetime, chance: float) -> Beslutning:
    """What is to be done about an object that could not be read. `skyld`: it failed alone, while the source answered
    about others. Only such a one is set aside, when it fails since long and time and again: a failure of a moment after
    an outage of ours is not its fault. A source that is away, or shut to us, is waited for, however long."""
    action = on_error(error)
    if isinstance(action, Park) and (skyld or action.always):
        return Parker(action.reason)
    if krav.bekraefter:
        return Igen(now + regler.bundfaeldning)
    given_up = now - krav.first_marked_at >= regler.bagud and krav.attempts >= FORSOEG
    if isinstance(action, Again) and skyld and given_up:
        return Parker(action.reason)
    return Igen(now + regler.igen.wait(krav.attempts, chance))


def _nok(krav: Krav, laest: Laesning) -> bool:
    """Is what is stored as new as what is wanted?"""
    return laest.lagret_ns is not None and laest.lagret_ns >= krav.want_ns


def _borte(krav: Krav, laest: Laesning, regler: Regler, now: datetime) -> bool:
    """Found nothing, and nothing more is to be expected: buried since what is wanted, a reference that dangles, or
    another type's uuid. What a message told of is none of these, with or without a time; a message later than the
    burial may tell of a revival, which the source shows late."""
    if laest.findes:
        return False
    if laest.udfald is Udfald.UKENDT:
        return laest.anden_type or krav.want_ns == UANSET
    return _nok(krav, laest) or now - krav.wanted_at >= regler.bagud


def _bekraeftet(krav: Krav, laest: Laesning, regler: Regler, now: datetime) -> Beslutning:
    """A confirm read: two in a row that are older, or find nothing, are believed."""
    if laest.udfald in (Udfald.FORAELDET, Udfald.UENS):
        return Bekraeft(now + regler.bundfaeldning, krav.aeldre + 1)
    return Faerdig()

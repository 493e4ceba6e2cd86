"""Faults on request: what the simulator does wrong, by NAME=VALUE, at start or while it runs. Deciding is seeded.

A share is between 0 and 1; 0 (or "off") switches a fault off. Knows no HTTP and no queue.
"""

from dataclasses import dataclass, fields
from math import inf
from random import Random
from typing import Final
from uuid import UUID

OM: Final = {
    "slow": "seconds that each call of a service takes longer",
    "fault": "share of calls answered by a SOAP fault, nothing done",
    "uncertain": "share of writes that are carried out and then answered by a SOAP fault",
    "lag": "seconds that reads are behind writes: laes is behind its message",
    "duplicate": "share of messages that are delivered twice",
    "reorder": "share of messages that are delivered after the one that follows them",
    "swallow": "share of messages that are never sent",
    "malformed": "share of messages preceded by one that is no XML",
    "truncate": "share of every list of the export that is cut away at its end, with StatusKode 20",
    "refuse": "StatusKode that every write is answered with, nothing done",
    "agreement": "1: every call is answered by the fault ServiceAgreementNotFound",
    "context": "1: every call is answered by the fault 5015, Usercontext doesn't exist",
    "poison": "the UUID of an object of which laes and list always answer a SOAP fault",
}
"""Every fault: its name and what its value means."""


@dataclass(frozen=True, slots=True)
class Fejlplan:
    """The faults that are on. All off by default."""

    slow: float = 0.0
    fault: float = 0.0
    uncertain: float = 0.0
    lag: float = 0.0
    duplicate: float = 0.0
    reorder: float = 0.0
    swallow: float = 0.0
    malformed: float = 0.0
    truncate: float = 0.0
    refuse: int = 0
    agreement: int = 0
    context: int = 0
    poison: UUID | None = None


_SHARES: Final = ("fault", "uncertain", "duplicate", "reorder", "swallow", "malformed", "truncate")


class Fejl:
    """The faults of a running simulator; lives as long as it."""

    def __init__(self, seed: int, valgte: list[str] | None = None) -> None:
        """`valgte` as NAME=VALUE. Raises ValueError for an unknown name or a value it cannot have."""
        self.plan = Fejlplan()
        self._rnd = Random(seed)
        for one in valgte or ():
            navn, _, value = one.partition("=")
            self.set({navn: value})

    def set(self, values: dict[str, str]) -> None:
        """Switches faults on or off; all of them or, on an error, none."""
        known = {one.name: getattr(self.plan, one.name) for one in fields(Fejlplan)}
        for navn, value in values.items():
            if navn not in OM:
                raise ValueError(f"wanted a fault of {', '.join(OM)}, found {navn!r}")
            known[navn] = _value(navn, value)
        self.plan = Fejlplan(**known)

    def happens(self, share: float) -> bool:
        """Whether a fault of that share strikes now."""
        return share > 0 and self._rnd.random() < share


def _value(navn: str, text: str) -> float | int | UUID | None:
    if text in ("", "off", "0"):
        return None if navn == "poison" else 0
    try:
        if navn == "poison":
            return UUID(text)
        if navn in ("refuse", "agreement", "context"):
            return int(text)
        number = float(text)
    except ValueError as cause:
        raise ValueError(f"wanted {OM[navn]}, found {navn}={text}") from cause
    if not 0 <= number < inf or (navn in _SHARES and number > 1):
        raise ValueError(f"wanted {OM[navn]}, found {navn}={text}")
    return number

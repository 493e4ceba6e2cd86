"""What a failure means for what failed: again later, or set aside. One table; the only place that decides it.

An exception that is none of the five is a bug: the object is set aside and the log is loud, never "weather".
Source: ingest.md 4 (0.25 s to 60 s, full jitter).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from fkorg.errors import Malformed, NoAccess, NotFound, Refused, Unavailable, Uncertain


@dataclass(frozen=True, slots=True)
class Again:
    """Try again after a wait that doubles from `first` to `most`, drawn evenly from nothing up to it.

    `reason`: what it is set aside as, when for long the source answers about others and not about it."""

    first: timedelta
    most: timedelta
    reason: str = "source_fails"

    def wait(self, attempts: int, chance: float) -> timedelta:
        """The wait before the next try. `attempts`: those made, from 1; `chance`: 0 to 1."""
        doubled: int = 2 ** min(max(attempts - 1, 0), 30)
        return min(self.most, self.first * doubled) * chance


@dataclass(frozen=True, slots=True)
class Park:
    """Set it aside under this reason: repeating does not help. That is known only while the source answers about
    others; `always`: the failure is our own."""

    reason: str
    always: bool = False


IGEN: Final = Again(timedelta(seconds=0.25), timedelta(seconds=60))
BAGUD: Final = timedelta(minutes=15)
"""How long the source may be behind its own message."""
ON_ERROR: Final[Mapping[type[Exception], Again | Park]] = {
    Unavailable: IGEN,
    Uncertain: IGEN,
    NotFound: IGEN,
    NoAccess: replace(IGEN, reason="refused"),
    Malformed: Park("malformed"),
    Refused: Park("refused"),
}


def on_error(error: Exception) -> Again | Park:
    """The row of the table that an error falls under."""
    for kind in type(error).__mro__:
        if kind in ON_ERROR:
            return ON_ERROR[kind]
    return Park(f"bug:{type(error).__name__}", always=True)

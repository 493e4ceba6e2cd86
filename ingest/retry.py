"""What a failure means for what failed: again later, or set aside. One table; the only place that decides it.

An exception that is none of the five is a bug: the object is set aside and the log is loud, never "weather".
Source: ingest.md 4 (0.25 s to 60 s, full jitter).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from fkorg.errors import Malformed, NotFound, Refused, Unavailable, Uncertain


@dataclass(frozen=True, slots=True)
class Again:
    """Try again after a wait that doubles from `first` to `most`, drawn evenly from nothing up to it."""

    first: timedelta
    most: timedelta

    def wait(self, attempts: int, chance: float) -> timedelta:
        """The wait before the next try. `attempts`: those made, from 1; `chance`: 0 to 1."""
        doubled: int = 2 ** min(max(attempts - 1, 0), 30)
        return min(self.most, self.first * doubled) * chance


@dataclass(frozen=True, slots=True)
class Park:
    """Set it aside under this reason: repeating does not help."""

    reason: str


IGEN: Final = Again(timedelta(seconds=0.25), timedelta(seconds=60))
BAGUD: Final = timedelta(minutes=15)
"""How long the source may be behind its own message."""
ON_ERROR: Final[Mapping[type[Exception], Again | Park]] = {
    Unavailable: IGEN,
    Uncertain: IGEN,
    NotFound: IGEN,
    Malformed: Park("malformed"),
    Refused: Park("refused"),
}


def on_error(error: Exception) -> Again | Park:
    """The row of the table that an error falls under."""
    for kind in type(error).__mro__:
        if kind in ON_ERROR:
            return ON_ERROR[kind]
    return Park(f"bug:{type(error).__name__}")

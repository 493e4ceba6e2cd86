"""What is found missing while the answer is written, marked where it happens; read again by graph/findings.

JSON text from `to_json` holds no control characters, so a marker is one of them, a number that names the finding, and
an end. An answer without any of them goes out untouched (docs/decisions: markers in the answer).
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

HER: Final = "\x01"
"""A value was replaced or is null: what follows the marker is the value."""
SLUT: Final = "\x02"
UDELADT: Final = "\x03"
"""A list element was left out: the marker stands in its place."""
FOR_MANGE: Final = "\x04"
"""The list has one element more than may be shown; the marker stands before its first."""

PERSON: Final = "\x07"
"""A person's uuid between two of these stands before what shows the name or CPR number, or what was recorded of the
person. No finding: graph/findings takes them out first, and the log of reads gets the uuids."""


class Klassifikation(StrEnum):
    """KOMBIT's classes of errors."""

    NOT_FOUND = "NotFound"
    VALIDATION = "ValidationError"
    NULL_VALUE = "NullValueInNonNullableField"
    SYNTAX = "InvalidSyntax"
    UNAUTHORIZED = "Unauthorized"
    SERVER = "ServerError"


@dataclass(frozen=True, slots=True)
class Fund:
    """One kind of finding at one selected field. `hver`: each occurrence is an error of its own, about the uuid asked
    for by the field of that number."""

    klassifikation: Klassifikation
    besked: str
    advarsel: bool = True
    hver: int | None = None


@dataclass(slots=True)
class Fundliste:
    """The findings of a statement, numbered as they are marked."""

    fund: list[Fund]

    def maerke(self, tegn: str, fund: Fund) -> str:
        """The marker of a new finding."""
        self.fund.append(fund)
        return f"{tegn}{len(self.fund) - 1}{SLUT}"

    def maerke_for(self, fund: Fund) -> tuple[str, str]:
        """A marker that carries a number of the row's own: what stands before and after it."""
        self.fund.append(fund)
        return f"{HER}{len(self.fund) - 1}:", SLUT

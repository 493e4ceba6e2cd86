"""How a service says what became of a call: StandardRetur, and the receipt that a caller of ours gets.

Source: FACTS.md 2 and 4, domain.md 8.4. What a code means to a caller is decided in soap/faults.py.
"""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

UDFOERT: Final = 20
AFVIST: Final = 40
IKKE_AUTORISERET: Final = 41
IKKE_FUNDET: Final = 44
TIDSPUNKT_I_FREMTIDEN: Final = 45
UGYLDIG_PERIODE: Final = 47
TILSTANDSKONFLIKT: Final = 49


@dataclass(frozen=True, slots=True)
class StandardRetur:
    """The status code and the service's own words, which are Danish and not to be parsed."""

    status_kode: int = UDFOERT
    tekst: str | None = None


@dataclass(frozen=True, slots=True)
class UnikRetur:
    """The outcome for one object of an import: its type's name and UUID."""

    type: str
    uuid: UUID
    status_kode: int = UDFOERT
    tekst: str | None = None


@dataclass(frozen=True, slots=True)
class Kvittering:
    """The source's receipt for a write that it carried out."""

    status_kode: int
    tekst: str | None
    transaktions_id: str

"""Token -> principal: who calls, for which municipality, with which rights. Plans and mutations see only this.

Source: security.md 9.1 and 9.2 (a PS256 JWT as the token service issues it), rules.md 27, 36, 39. Deny by default:
what cannot be read grants nothing. Knows no HTTP framework, no clock (`now` is an argument) and no settings;
messages say what was wanted and never repeat the token.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class Ret(StrEnum):
    """The rights a caller can have. Source: rules.md 36."""

    LAES = "LAES"
    SKRIV = "SKRIV"
    SENAVN = "SENAVN"
    SECPR = "SECPR"
    INDSIGT = "INDSIGT"
    FORKLAR = "FORKLAR"
    KILDE = "KILDE"
    DRIFT = "DRIFT"


@dataclass(frozen=True, slots=True)
class Principal:
    """A caller whose token holds. `organisation` is None until the municipality of the CVR is known to the model."""

    caller: str
    cvr: str
    organisation: UUID | None
    rettigheder: frozenset[Ret]
    udloeber: datetime

    def har(self, ret: Ret) -> bool:
        """True when the caller has the right."""
        return ret in self.rettigheder

"""Who calls, and with which rights. Plans and mutations see only this. Source: rules.md 36.

Refuses to know how a token proves it: graph/token.py does. Names of KOMBIT's privileges are data here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

CERTIFIKAT: Final = "orgraf.certifikat"
"""The ASGI scope's key of the caller's certificate: its Base64url SHA-256 thumbprint, where it is known."""


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


PERSONRETTE: Final = frozenset({Ret.SENAVN, Ret.SECPR})
"""To personal data: who has one is named in the log of reads, and statements differ by them."""
_ROLLE: Final = "http://organisation.stoettesystemerne.dk/roles/usersystemrole/"
PRIVILEGIER: Final[Mapping[str, Ret]] = {
    _ROLLE + "udstil/1": Ret.LAES,
    _ROLLE + "rediger/1": Ret.SKRIV,
    _ROLLE + "indsigt/1": Ret.INDSIGT,
    _ROLLE + "forklar/1": Ret.FORKLAR,
    _ROLLE + "kilde/1": Ret.KILDE,
    _ROLLE + "drift/1": Ret.DRIFT,
}
"""Privilege URI -> right. Defaults of ours: the true URIs come with the agreement and are configured."""
BEGRAENSNINGER: Final[Mapping[str, Ret]] = {
    "http://organisation.stoettesystemerne.dk/constraints/SeNavn/1": Ret.SENAVN,
    "http://organisation.stoettesystemerne.dk/constraints/SeCPR/1": Ret.SECPR,
}
"""Constraint URI -> the right that its value `Ja` gives. Defaults of ours, as above."""


class Cnf(StrEnum):
    """What a token's binding to a client certificate is taken for. Source: security.md 9.2 (7)."""

    OFF = "off"
    IF_PRESENT = "if_present"
    REQUIRED = "required"


class TokenAfvist(Exception):
    """No principal: the message says what was wanted. The answer is 401."""


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

"""What is stored and compared of a registration: its canonical content as JSON, and the keyed hash of it.

Keyed, because a hash of a name or CPR number could be guessed back (rules.md 35). Knows no tables.
"""

import hashlib
import hmac
from dataclasses import dataclass
from typing import Final

import orjson

from fkorg.registrering import Livscyklus, Registrering, to_content

FRAVAER: Final = "FRAVAER"
"""`kilde` of a tombstone: the source does not know the object any more."""
INTET: Final = b"{}"


@dataclass(frozen=True, slots=True)
class Indhold:
    """The content as finished JSON, and its hash."""

    json: bytes
    hash: bytes


def indhold(registrering: Registrering | None, secret: bytes) -> Indhold:
    """Content and hash of a registration; None is the content of an object that the source does not know."""
    if registrering is None:
        return Indhold(INTET, _hash(Livscyklus.SLETTET.value, INTET, secret))
    content = orjson.dumps(to_content(registrering))
    return Indhold(content, _hash(registrering.livscyklus.value, content, secret))


def _hash(livscyklus: str, content: bytes, secret: bytes) -> bytes:
    return hmac.digest(secret, livscyklus.encode() + b"\0" + content, hashlib.sha256)

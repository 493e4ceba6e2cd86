"""Ten digits that may be a CPR number, where none may stand: errors, logs, keys, the reasons of closed sockets.

Source: domain.md 12 and security.md: a CPR number is in rows and answers alone. What only looks like one is hidden too.
"""

import base64
import binascii
import re
from typing import Final

_MULIG: Final = re.compile(r"(?<!\d)(?<!\d\.)\d{6}(?:[-+\s]|%2[Dd]|%20)?\d{4}(?!\d)")
_BASE64: Final = re.compile(r"(?<![A-Za-z0-9+/_-])[MNO][A-Za-z0-9+/_-]{13,14}(?![A-Za-z0-9+/_-])")
"""So long is Base64 of ten digits, with something between them or nothing; it begins so."""
SKJULT: Final = "[cpr?]"


def findes(tekst: str) -> bool:
    """May the text hold one, in whichever digits and however written?"""
    return skjul(tekst) != tekst


def skjul(tekst: str) -> str:
    """The text without."""
    return _BASE64.sub(_afkodet, _MULIG.sub(SKJULT, tekst))


def _afkodet(fundet: "re.Match[str]") -> str:
    try:
        raa = base64.b64decode(fundet[0] + "=" * (-len(fundet[0]) % 4), altchars=b"-_").decode("ascii")
    except (binascii.Error, UnicodeDecodeError):
        return fundet[0]
    return SKJULT if _MULIG.fullmatch(raa) else fundet[0]

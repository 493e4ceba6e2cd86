"""Danish order and the form that text is searched in, computed here because the database's collations know neither.

Source: storage.md 5 and 6. A changed rule is a rebuild (`orgraf rebuild`). Knows no tables.
"""

import unicodedata
from functools import lru_cache
from typing import Final

_SOM_DANSK: Final = str.maketrans({"ä": "æ", "ö": "ø", "ü": "y"})
_EFTER_Z: Final = str.maketrans("æøå", "{|}")
_BEVAR: Final = frozenset("æøå")


@lru_cache(maxsize=4096)
def sortering(navn: str) -> str:
    """The sort key of a name: casefolded, aa as å, accents off, æ ø å after z. For columns of collation "C"."""
    folded = navn.casefold()
    if folded.isascii():
        return folded.replace("aa", "}")
    text = unicodedata.normalize("NFC", folded).translate(_SOM_DANSK).replace("aa", "å")
    return "".join(c if c in _BEVAR else _uden_accent(c) for c in text).translate(_EFTER_Z)


def soegeord(tekst: str) -> str:
    """Text as `soegetekst.ord` holds it: a space, so that each word has one before it, and the casefolded text."""
    return " " + unicodedata.normalize("NFC", tekst).casefold()


def _uden_accent(tegn: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFD", tegn) if not unicodedata.combining(c))

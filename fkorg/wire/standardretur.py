"""StandardRetur: how a service says what became of a call. Source: FACTS.md 2 and 4.

What a code means to a caller is decided in soap/faults.py.
"""

from dataclasses import dataclass
from typing import Final

from fkorg.catalogue import SD
from fkorg.errors import Malformed
from fkorg.wire import xml
from fkorg.wire.xml import Element

UDFOERT: Final = 20
AFVIST: Final = 40
IKKE_AUTORISERET: Final = 41
IKKE_FUNDET: Final = 44
TIDSPUNKT_I_FREMTIDEN: Final = 45
UGYLDIG_PERIODE: Final = 47
TILSTANDSKONFLIKT: Final = 49

TAG: Final = f"{{{SD}}}StandardRetur"
_KODE: Final = f"{{{SD}}}StatusKode"
_TEKST: Final = f"{{{SD}}}FejlbeskedTekst"


@dataclass(frozen=True, slots=True)
class StandardRetur:
    """The status code and the service's own words, which are Danish and not to be parsed."""

    status_kode: int = UDFOERT
    tekst: str | None = None


def read_retur(element: Element) -> StandardRetur:
    """A StandardRetur (or UnikRetur). Raises Malformed when its code is no number."""
    try:
        kode = int(xml.child_text(element, _KODE) or "")
    except ValueError as cause:
        raise Malformed("wanted a number as StatusKode") from cause
    return StandardRetur(kode, xml.child_text(element, _TEKST) or None)


def write_retur(parent: Element, retur: StandardRetur, *, tag: str = TAG) -> Element:
    """The StandardRetur as a new child."""
    element = xml.sub(parent, tag)
    xml.sub(element, _KODE, str(retur.status_kode))
    if retur.tekst is not None:
        xml.sub(element, _TEKST, retur.tekst)
    return element

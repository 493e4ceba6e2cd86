"""StandardRetur and UnikRetur <-> XML. Source: FACTS.md 2."""

from typing import Final
from uuid import UUID

from fkorg.catalogue import SD
from fkorg.errors import Malformed
from fkorg.kvittering import StandardRetur, UnikRetur
from fkorg.wire import xml
from fkorg.wire.xml import Element

TAG: Final = f"{{{SD}}}StandardRetur"
UNIK_TAG: Final = f"{{{SD}}}UnikRetur"
_TYPE: Final = f"{{{SD}}}Type"
_UUID: Final = f"{{{SD}}}UUIDIdentifikator"
_KODE: Final = f"{{{SD}}}StatusKode"
_TEKST: Final = f"{{{SD}}}FejlbeskedTekst"


def read_retur(element: Element) -> StandardRetur:
    """A StandardRetur. Raises Malformed when its code is no number."""
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


def read_unik(element: Element) -> UnikRetur:
    """A UnikRetur. Raises Malformed without a UUID."""
    retur = read_retur(element)
    try:
        uuid = UUID(xml.child_text(element, _UUID) or "")
    except ValueError as cause:
        raise Malformed("wanted a UUID in UnikRetur") from cause
    return UnikRetur(xml.child_text(element, _TYPE) or "", uuid, retur.status_kode, retur.tekst)


def write_unik(parent: Element, unik: UnikRetur) -> None:
    """The UnikRetur as a new child."""
    element = write_retur(parent, StandardRetur(unik.status_kode, unik.tekst), tag=UNIK_TAG)
    xml.sub(element, _TYPE, unik.type)
    xml.sub(element, _UUID, str(unik.uuid))

"""Bulk answers read as they arrive: memory does not grow with the number of objects.

For the answers of laes, list and fremsoegobjekthierarki. Knows no network: it is fed with the bytes of an answer.
"""

from typing import Final

from lxml import etree

from fkorg.catalogue import KATALOG, Objekttype
from fkorg.errors import Malformed
from fkorg.kvittering import StandardRetur
from fkorg.operationer import SYSTEM_NS
from fkorg.registrering import Oejebliksbillede
from fkorg.wire import standardretur, xml
from fkorg.wire.registrering_xml import read_oejebliksbillede
from fkorg.wire.soap_xml import SOAP
from fkorg.wire.xml import Element

_BILLEDE: Final = "FiltreretOejebliksbillede"
_FAULT: Final = f"{{{SOAP}}}Fault"
_TAGS: Final = [
    *(f"{{{beskrivelse.namespace}}}{_BILLEDE}" for beskrivelse in KATALOG.values()),
    f"{{{SYSTEM_NS}}}{_BILLEDE}",
    standardretur.TAG,
    _FAULT,
]


class Stroem:
    """One answer being read. `feed` it with what arrives, `close` it at the end.

    `retur` is the answer's StandardRetur, `fault` its SOAP fault, once they have passed; `udeladt` counts the objects
    without a readable UUID, which cannot be given to anybody.
    """

    def __init__(self, *, size_bytes: int = 2_000_000_000, objekt_bytes: int = 16_000_000) -> None:
        """`objekt_bytes`: how much may come before the next object is complete. It stays in memory until then."""
        self.retur: StandardRetur | None = None
        self.fault: Element | None = None
        self.udeladt = 0
        self._left = size_bytes
        self._objekt_bytes = self._waiting = objekt_bytes
        self._parser = xml.pull_parser(_TAGS)
        self._checked = False

    def feed(self, chunk: bytes) -> list[tuple[Objekttype, Oejebliksbillede]]:
        """The objects that are complete with this chunk. Raises Malformed."""
        self._left -= len(chunk)
        if self._left < 0:
            raise Malformed("wanted a shorter answer: it is beyond the limit of bytes")
        self._waiting -= len(chunk)
        try:
            self._parser.feed(chunk)
        except (etree.LxmlError, ValueError) as cause:
            raise xml.not_well_formed(cause) from cause
        found = self._read()
        if self._waiting < 0:
            raise Malformed("wanted the end of an object: the answer goes on without one, beyond the limit of bytes")
        return found

    def close(self) -> list[tuple[Objekttype, Oejebliksbillede]]:
        """The last objects. Raises Malformed when the document is not complete."""
        try:
            root = self._parser.close()
        except (etree.LxmlError, ValueError) as cause:
            raise xml.not_well_formed(cause) from cause
        xml.refuse_doctype(root)
        return self._read()

    def _read(self) -> list[tuple[Objekttype, Oejebliksbillede]]:
        found: list[tuple[Objekttype, Oejebliksbillede]] = []
        for _, element in self._parser.read_events():
            if not self._checked:
                xml.refuse_doctype(element)
                self._checked = True
            self._waiting = self._objekt_bytes
            tag = xml.tag(element)
            if tag == standardretur.TAG:
                self.retur = standardretur.read_retur(element)
            elif tag == _FAULT:
                self.fault = element
                continue
            else:
                try:
                    found.append(read_oejebliksbillede(element))
                except Malformed:
                    self.udeladt += 1
            _forget(element)
        return found


def _forget(element: Element) -> None:
    """Gives back the memory of what has been read: the element's content, and what stands before it in the document."""
    element.clear(keep_tail=True)
    parent = element.getparent()
    while parent is not None:
        while element.getprevious() is not None:
            del parent[0]
        element, parent = parent, parent.getparent()

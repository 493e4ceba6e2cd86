"""The push door without its HTTP: a posted body is read into a Besked, and answered by a ModtagBeskedOutput.

Source: FACTS.md 7 (REST push), domain.md 9.3. Which answer a body gets is the receiver's to decide: stored or set aside
is 20, a database that is away is 40; other codes stop the mailbox.
"""

from typing import Final

from fkorg.besked import Besked
from fkorg.kvittering import AFVIST, UDFOERT, StandardRetur
from fkorg.wire import besked_xml, xml
from fkorg.wire.besked_xml import DEFAULT, PUSH, Beskedkoder
from fkorg.wire.standardretur import write_retur

MEDIA_TYPE: Final = "application/xml; charset=utf-8"
MAX_BYTES: Final = xml.BESKED.size_bytes
"""Longer bodies need not be read to be Malformed."""


def laes(body: bytes, koder: Beskedkoder = DEFAULT) -> Besked:
    """The message that was posted. Raises Malformed, with its BeskedId where that could be read."""
    return besked_xml.read(body, koder)


def svar(status_kode: int, tekst: str | None = None) -> bytes:
    """The answer's body; its HTTP status is 200."""
    root = xml.root(f"{{{PUSH}}}ModtagBeskedOutput")
    write_retur(root, StandardRetur(status_kode, tekst))
    return xml.serialise(root)


KVITTERET: Final = svar(UDFOERT, "OK")
"""Stored, or set aside as unreadable: it will not come again."""
IKKE_GEMT: Final = svar(AFVIST, "Beskeden kunne ikke gemmes nu")
"""Not stored: the distributor pauses and sends it again."""

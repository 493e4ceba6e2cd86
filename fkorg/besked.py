"""What a Haendelsesbesked tells us: an id, which object, when. Never the new data: that is read back by laes.

Source: FACTS.md 7, domain.md 9.1 (all of ObjektRegistrering is optional), rules.md 9 and 33. Knows no XML and no queue.
"""

from dataclasses import dataclass
from uuid import UUID

from fkorg.catalogue import Objekttype


@dataclass(frozen=True, slots=True)
class Besked:
    """One message. Optional fields are None when the envelope leaves them out.

    `objekttyper` is what the object may be: one when the message says it, OrganisationEnhed and Bruger when it
    holds a uuid of unknown type (rules.md 9). `registrering_ns` is the start of the interval that its digits
    name (rules.md 3).
    """

    besked_id: str
    uuid: UUID
    objekttyper: tuple[Objekttype, ...]
    registrering_ns: int | None = None
    cvr: str | None = None
    beskedtype: str | None = None
    oevrige: tuple["Besked", ...] = ()
    """The message's other objects, each as a Besked of the same id: ObjektRegistrering may occur more than once."""

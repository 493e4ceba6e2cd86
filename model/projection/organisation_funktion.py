"""OrganisationFunktion -> rows: the function, of whatever type, and its memberships.

Its owner is in TilknyttedeOrganisationer: a function has no Tilhoerer (FACTS.md 3).
"""

from typing import Final
from uuid import UUID

from fkorg.catalogue import Objekttype
from fkorg.registrering import Registrering
from model.projection import medlemskab, objekt, stykker
from model.projection.objekt import Enkelt
from model.projection.raekker import Kontekst, Projektion

OPSKRIFT: Final = objekt.opskrift(
    Objekttype.ORGANISATION_FUNKTION,
    {
        "brugervendt_noegle": "brugervendtnoegle",
        "funktionsnavn": "funktionsnavn",
    },
    (
        Enkelt("funktionstype", "Funktionstype"),
        Enkelt("tilhoerer", "TilknyttedeOrganisationer", stykker.sidst_kendte),
    ),
    navn="funktionsnavn",
)


def project(reg: Registrering, kontekst: Kontekst, uuid: UUID) -> Projektion:
    """The rows of one function, memberships included."""
    ud = objekt.project(OPSKRIFT, reg, kontekst, uuid)
    medlemskab.project(reg, kontekst, uuid, ud)
    return ud

"""Organisation -> rows. Overordnet names the root unit of the one valid hierarchy (domain.md 2.2)."""

from typing import Final
from uuid import UUID

from fkorg.catalogue import Objekttype
from fkorg.registrering import Registrering
from model.projection import objekt
from model.projection.objekt import Enkelt
from model.projection.raekker import Kontekst, Projektion

OPSKRIFT: Final = objekt.opskrift(
    Objekttype.ORGANISATION,
    {
        "brugervendt_noegle": "brugervendtnoegle",
        "organisationsnavn": "organisationsnavn",
    },
    (
        Enkelt("overordnet", "Overordnet"),
        Enkelt("virksomhed", "Virksomhed"),
        Enkelt("myndighed", "Myndighed"),
        Enkelt("tilhoerer", "Tilhoerer"),
    ),
)


def project(reg: Registrering, kontekst: Kontekst, uuid: UUID) -> Projektion:
    """The rows of one organisation."""
    return objekt.project(OPSKRIFT, reg, kontekst, uuid)

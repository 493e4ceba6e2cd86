"""Myndighed -> rows."""

from typing import Final
from uuid import UUID

from fkorg.catalogue import Objekttype
from fkorg.registrering import Registrering
from model.projection import objekt
from model.projection.raekker import Kontekst, Projektion

OPSKRIFT: Final = objekt.opskrift(
    Objekttype.MYNDIGHED,
    {
        "brugervendt_noegle": "brugervendtnoegle",
        "cvr_nummer": "cvrnummer",
        "navn": "navn",
        "myndighedskode": "myndighedskode",
    },
)


def project(reg: Registrering, kontekst: Kontekst, uuid: UUID) -> Projektion:
    """The rows of one authority."""
    return objekt.project(OPSKRIFT, reg, kontekst, uuid)

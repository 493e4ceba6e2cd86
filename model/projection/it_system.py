"""ItSystem -> rows. Its Tilhoerer may be several: they are rows of `tilknytning`."""

from typing import Final
from uuid import UUID

from fkorg.catalogue import Objekttype
from fkorg.registrering import Registrering
from model.projection import objekt
from model.projection.raekker import Kontekst, Projektion

OPSKRIFT: Final = objekt.opskrift(
    Objekttype.IT_SYSTEM,
    {
        "brugervendt_noegle": "brugervendtnoegle",
        "it_system_navn": "itsystemnavn",
        "it_system_type": "itsystemtype",
    },
    navn="it_system_navn",
)


def project(reg: Registrering, kontekst: Kontekst, uuid: UUID) -> Projektion:
    """The rows of one IT system."""
    return objekt.project(OPSKRIFT, reg, kontekst, uuid)

"""Person -> rows: name and CPR number. No state and no relations (domain.md 2.2)."""

from typing import Final
from uuid import UUID

from fkorg.catalogue import Objekttype
from fkorg.registrering import Registrering
from model.projection import objekt
from model.projection.raekker import Kontekst, Projektion

OPSKRIFT: Final = objekt.opskrift(
    Objekttype.PERSON,
    {
        "brugervendt_noegle": "brugervendtnoegle",
        "navn": "navn",
        "cpr": "cpr",
    },
)


def project(reg: Registrering, kontekst: Kontekst, uuid: UUID) -> Projektion:
    """The rows of one person."""
    return objekt.project(OPSKRIFT, reg, kontekst, uuid)

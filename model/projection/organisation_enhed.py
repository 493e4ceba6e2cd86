"""OrganisationEnhed -> rows. Tilhoerer is the last one known (rules.md 4), so that ended units are still ours."""

from typing import Final
from uuid import UUID

from fkorg.catalogue import Objekttype
from fkorg.registrering import Registrering
from model.projection import objekt, stykker
from model.projection.objekt import Enkelt
from model.projection.raekker import Kontekst, Projektion

OPSKRIFT: Final = objekt.opskrift(
    Objekttype.ORGANISATION_ENHED,
    {
        "brugervendt_noegle": "brugervendtnoegle",
        "enhedsnavn": "enhedsnavn",
    },
    (
        Enkelt("overordnet", "Overordnet"),
        Enkelt("tilhoerer", "Tilhoerer", stykker.sidst_kendte),
        Enkelt("enhedstype", "Enhedstype"),
    ),
    navn="enhedsnavn",
)


def project(reg: Registrering, kontekst: Kontekst, uuid: UUID) -> Projektion:
    """The rows of one unit."""
    return objekt.project(OPSKRIFT, reg, kontekst, uuid)

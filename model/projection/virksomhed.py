"""Virksomhed -> rows. The CVR number is in its own field or in the key (domain.md 2.2): readers look in both."""

from typing import Final
from uuid import UUID

from fkorg.catalogue import Objekttype
from fkorg.registrering import Registrering
from model.projection import objekt
from model.projection.raekker import Kontekst, Projektion

OPSKRIFT: Final = objekt.opskrift(
    Objekttype.VIRKSOMHED,
    {
        "brugervendt_noegle": "brugervendtnoegle",
        "cvr_nummer": "cvrnummer",
        "se_nummer": "senummer",
        "p_nummer": "pnummer",
        "navn": "navn",
    },
)


def project(reg: Registrering, kontekst: Kontekst, uuid: UUID) -> Projektion:
    """The rows of one company."""
    return objekt.project(OPSKRIFT, reg, kontekst, uuid)

"""Adresse -> rows: one text. What it is, is said by the relation to it (domain.md 2.3)."""

from typing import Final
from uuid import UUID

from fkorg.catalogue import Objekttype
from fkorg.registrering import Registrering
from model.projection import objekt
from model.projection.raekker import Kontekst, Projektion

OPSKRIFT: Final = objekt.opskrift(
    Objekttype.ADRESSE,
    {
        "brugervendt_noegle": "brugervendtnoegle",
        "adressetekst": "adressetekst",
    },
)


def project(reg: Registrering, kontekst: Kontekst, uuid: UUID) -> Projektion:
    """The rows of one address."""
    return objekt.project(OPSKRIFT, reg, kontekst, uuid)

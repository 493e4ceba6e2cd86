"""Interessefaellesskab -> rows: not in use by municipalities, kept for completeness."""

from typing import Final
from uuid import UUID

from fkorg.catalogue import Objekttype
from fkorg.registrering import Registrering
from model.projection import objekt, stykker
from model.projection.objekt import Enkelt
from model.projection.raekker import Kontekst, Projektion

OPSKRIFT: Final = objekt.opskrift(
    Objekttype.INTERESSEFAELLESSKAB,
    {
        "brugervendt_noegle": "brugervendtnoegle",
        "navn": "navn",
        "type": "type",
    },
    (
        Enkelt("overordnet", "Overordnet"),
        Enkelt("tilhoerer", "Tilhoerer", stykker.sidst_kendte),
    ),
)


def project(reg: Registrering, kontekst: Kontekst, uuid: UUID) -> Projektion:
    """The rows of one community of interest."""
    return objekt.project(OPSKRIFT, reg, kontekst, uuid)

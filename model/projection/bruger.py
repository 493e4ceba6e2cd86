"""Bruger -> rows. BrugerTyper and TilknyttedePersoner are lists of which one is in effect at a time (domain.md 2.2).

Of several persons in effect the first counts (domain.md 5): by start, then uuid.
"""

from typing import Final
from uuid import UUID

from fkorg.catalogue import Objekttype
from fkorg.registrering import Registrering
from model.projection import objekt, stykker
from model.projection.objekt import Enkelt
from model.projection.raekker import Kontekst, Projektion

OPSKRIFT: Final = objekt.opskrift(
    Objekttype.BRUGER,
    {
        "brugervendt_noegle": "brugervendtnoegle",
        "brugernavn": "brugernavn",
    },
    (
        Enkelt("tilhoerer", "Tilhoerer", stykker.sidst_kendte),
        Enkelt("brugertype", "BrugerTyper"),
        Enkelt("person", "TilknyttedePersoner", stykker.foerst),
    ),
    navn="brugernavn",
)


def project(reg: Registrering, kontekst: Kontekst, uuid: UUID) -> Projektion:
    """The rows of one user."""
    return objekt.project(OPSKRIFT, reg, kontekst, uuid)

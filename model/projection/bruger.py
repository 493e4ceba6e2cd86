"""Bruger -> rows. BrugerTyper and TilknyttedePersoner are lists of which one is in effect at a time (domain.md 2.2)."""

from typing import Final
from uuid import UUID

from fkorg.catalogue import Objekttype
from fkorg.registrering import Registrering
from model.projection import objekt
from model.projection.objekt import Enkelt
from model.projection.raekker import Kontekst, Projektion

OPSKRIFT: Final = objekt.opskrift(
    Objekttype.BRUGER,
    {
        "brugervendt_noegle": "brugervendtnoegle",
        "brugernavn": "brugernavn",
    },
    (
        Enkelt("tilhoerer", "Tilhoerer", sidst_kendte=True),
        Enkelt("brugertype", "BrugerTyper"),
        Enkelt("person", "TilknyttedePersoner"),
    ),
    navn="brugernavn",
)


def project(reg: Registrering, kontekst: Kontekst, uuid: UUID) -> Projektion:
    """The rows of one user."""
    return objekt.project(OPSKRIFT, reg, kontekst, uuid)

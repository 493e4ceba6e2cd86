"""The enums of the schema. Where the field has them already (fkorg), they are the same."""

from enum import StrEnum

import strawberry

from fkorg.catalogue import Objekttype
from fkorg.registrering import Gyldighed, Livscyklus

TilstandStatus = strawberry.enum(
    Gyldighed,
    name="TilstandStatus",
    description="The states of an object. Unknown is shown as INAKTIV, with a warning.",
)
strawberry.enum(Objekttype, name="Objekttype", description="The ten object types of FK Organisation.")
strawberry.enum(
    Livscyklus, name="Livscykluskode", description="How a registration arose. PASSIVERET and SLETTET no longer exist."
)


@strawberry.enum(
    description="Why the read model changed. AFLEDT: follows from another object's change, e.g. a new manager."
)
class Aarsag(StrEnum):
    """Why a change came. Source: rules.md 28, 29."""

    BESKED = "BESKED"
    BOOTSTRAP = "BOOTSTRAP"
    MUTATION = "MUTATION"
    AFSTEMNING = "AFSTEMNING"
    KALENDER = "KALENDER"
    AFLEDT = "AFLEDT"


__all__ = ["Aarsag", "Gyldighed", "Livscyklus", "Objekttype"]

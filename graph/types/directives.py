"""The directives of the schema: what a field is under, and at which time an operation runs."""

from enum import StrEnum

import strawberry
from graphql import DirectiveLocation
from strawberry.schema_directive import Location

from graph.types.scalars import Tidspunkt


@strawberry.enum(description="The restrictions of a service agreement on personal data.")
class PersonDataConstraintType(StrEnum):
    """SeNavn and SeCPR-nummer."""

    SENAVN = "SENAVN"
    SECPR = "SECPR"


@strawberry.schema_directive(
    locations=[Location.FIELD_DEFINITION],
    name="PersonDataConstraint",
    description="The field is null, with a warning, for callers without this right.",
)
class PersonDataConstraint:
    """KOMBIT's mark on personal data."""

    constraint: PersonDataConstraintType


@strawberry.directive(
    locations=[DirectiveLocation.QUERY],
    name="tidspunkt",
    description="Runs the whole operation as of another time: past or planned in the world (virkningstid), and as "
    "known at a moment (registreringstid). Absent: now.",
)
def tidspunkt(
    virkningstid: Tidspunkt | None = strawberry.UNSET, registreringstid: Tidspunkt | None = strawberry.UNSET
) -> None:
    """Read by graph/plan; Strawberry only declares it."""

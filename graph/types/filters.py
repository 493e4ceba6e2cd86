"""What lists can be narrowed by."""

from uuid import UUID

import strawberry

from graph.types.scalars import CPR, KLE


@strawberry.input(description="Units by task.")
class KleFilter:
    """Without a role: whatever the role."""

    rolle: UUID | None = strawberry.field(default=strawberry.UNSET, description="Class of the role, e.g. Ansvarlig.")
    kle_nummer: list[KLE] = strawberry.field(description='Any of these: "02.05.02", "00.01*", "*".')


@strawberry.input(description="Users by the text of an address.")
class AdresseRolleFilter:
    """Upper and lower case alike."""

    rolle: UUID = strawberry.field(description="Class of the role, e.g. the user's e-mail.")
    tekst: str = strawberry.field(description="The whole text, or its start and a *.")


@strawberry.input(description="Users by the person behind them. Needs the right to what it names.")
class PersonFilter:
    """Filtering is disclosure too."""

    navn: str | None = strawberry.field(
        default=strawberry.UNSET, description="The whole name, or its start and a *. Needs SeNavn."
    )
    cpr: CPR | None = strawberry.field(default=strawberry.UNSET, description="Needs SeCPR.")


@strawberry.input(description="Which users; all parts must fit.")
class BrugerFilter:
    """The last three are ours."""

    brugernavn: str | None = strawberry.field(
        default=strawberry.UNSET, description='The whole user name, or its start and a *: "jdoe*".'
    )
    adresse_rolle_filter: AdresseRolleFilter | None = strawberry.field(
        default=strawberry.UNSET, description="By the text of an address."
    )
    bruger_type_uuid: UUID | None = strawberry.field(default=strawberry.UNSET, description="Class of the kind of user.")
    person_filter: PersonFilter | None = strawberry.field(
        default=strawberry.UNSET, description="By the person behind the user."
    )
    enhed: UUID | None = strawberry.field(default=strawberry.UNSET, description="With a membership of this unit.")
    under_enhed: UUID | None = strawberry.field(
        default=strawberry.UNSET, description="With a membership of this unit or of one below it."
    )
    funktionstype: list[UUID] | None = strawberry.field(
        default=strawberry.UNSET, description="With a membership of one of these types."
    )

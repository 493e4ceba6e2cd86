"""Medlemskab: who belongs to which unit, and as what. Enhedsrolle, Ansat i and Lederrolle are all memberships."""

from uuid import UUID

import strawberry

from graph import relations
from graph.source import En, Klassefelt, Kolonne, Slags
from graph.types.field import felt, laest
from graph.types.references import BrugerRef, EnhedRef
from graph.types.scalars import Tidspunkt
from model import tables


@strawberry.interface(
    description="The relation between a Bruger and an OrganisationEnhed. One per function and user: a function of "
    "several users shows once for each, with the same uuid."
)
class Medlemskab:
    """Active now only."""

    uuid: UUID = felt(Kolonne("uuid", Slags.UUID), "The function behind the membership.")
    medlemskab_rolle_titel: str | None = felt(Kolonne("titel"), "Typically the job title.")
    brugervendt_noegle: str | None = felt(
        Kolonne("brugervendt_noegle"), "The function's key in the system that owns it."
    )
    funktions_type_uuid: UUID | None = felt(
        Kolonne("funktionstype", Slags.UUID), "Class of the function: Enhedsrolle, Ansat i, Lederrolle."
    )
    funktions_type_titel: str | None = felt(
        Klassefelt("funktionstype"), "Title of that class. Null with a warning when it is unknown."
    )
    start: Tidspunkt | None = felt(
        Kolonne("start", Slags.TID), "The latest start of state, user and unit. Null: since always."
    )
    slut: Tidspunkt | None = felt(Kolonne("slut", Slags.TID), "The earliest end of state, user and unit. Null: no end.")


@laest(tables.medlemskab, om="A user's membership, seen from the user.")
class BrugerMedlemskab(Medlemskab):
    """Leads on to the unit."""

    medlem_af: EnhedRef | None = felt(En(relations.medlemskaber.enhed), "The unit.")


@laest(tables.medlemskab, om="A membership, seen from the unit.")
class OrganisationEnhedMedlemskab(Medlemskab):
    """Leads on to the user."""

    bruger: BrugerRef | None = felt(En(relations.medlemskaber.bruger), "The user. Null: a vacant post.")

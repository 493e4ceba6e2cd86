"""The types that all mutations share: options, receipts, differences, and the payloads.

A payload's object is read by plan when it is selected, from the read model: never from what was sent.
"""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import strawberry

from graph.mutations.felt import resolver, valgfri
from graph.types.enums import Objekttype
from graph.types.references import (
    AdresseRef,
    BrugerMedlemskabRef,
    BrugerRef,
    EnhedMedlemskabRef,
    EnhedRef,
    FunktionRef,
    PersonRef,
)
from graph.types.scalars import Stand, Tidspunkt


@strawberry.input(description="How a mutation is to be carried out.")
class Skrivevalg:
    """All may be absent."""

    idempotensnoegle: str | None = valgfri(
        "Same key, same effect once, for 7 days: the stored receipts are answered again."
    )
    forventet_registrering: Tidspunkt | None = valgfri(
        "Refuse if the object was recorded after this (`meta.registreringstid`)."
    )
    proeve: bool | None = strawberry.field(
        default=False, description="Show what would be written and who is touched; write nothing."
    )
    note: str | None = valgfri("Kept with the registration at the source.")


@strawberry.type(description="What the source answered. Null code: nothing was sent (dry run, or nothing to change).")
class Kvittering:
    """One per call that a plain write or a step of a task makes."""

    status_kode: int | None = strawberry.field(default=None, description="20 is done.")
    tekst: str | None = strawberry.field(default=None, description="The source's own words; not to be parsed.")
    transaktions_id: UUID | None = strawberry.field(default=None, description="Names the call at the source.")
    sendt: bool = strawberry.field(default=False, description="True when the source was called.")


@strawberry.type(description="One field that differs: what it said only before, and only after.")
class Forskel:
    """Values with the days they hold from and to; null: nothing, or the token lacks the right to see it."""

    felt: str = strawberry.field(description="The field, by its name in the API.")
    foer: str | None = strawberry.field(
        description="What is there now and will not be: values with their days, for people to read."
    )
    efter: str | None = strawberry.field(
        description="What will be there and is not now: values with their days, for people to read."
    )


@strawberry.type(description="An object that was written, or would be.")
class BeroertObjekt:
    """Its key; a new one has no uuid in a dry run."""

    objekttype: Objekttype = strawberry.field(description="Its type.")
    uuid: UUID | None = strawberry.field(description="Its id. Null: new, in a dry run.")


@strawberry.type(description="Who and what a change touches. The counts are filled in dry runs on units.")
class Beroert:
    """The objects, and how far a change of a unit reaches."""

    objekter: list[BeroertObjekt] = strawberry.field(description="In the order of the calls.")
    enheder: int | None = strawberry.field(default=None, description="Units of the subtree, the unit itself included.")
    brugere: int | None = strawberry.field(default=None, description="Users with a membership in one of them now.")


Laes = Callable[[strawberry.Info, str, UUID | None], Awaitable[dict[str, Any] | None]]
"""Reads the payload's object: type name and uuid -> its selection, None when the model cannot show it yet."""


@strawberry.interface(description="What became of a write.")
class Skrivning:
    """The answer of every mutation of an object."""

    kvitteringer: list[Kvittering] = strawberry.field(description="In the order of the calls; one for a plain write.")
    forskelle: list[Forskel] = strawberry.field(description="What changes, field by field.")
    beroert: Beroert = strawberry.field(description="What and whom it touches.")
    stand: Stand | None = strawberry.field(
        description="From here on the written state can be read: send it in the header `x-Mindst`. Null: not seen yet."
    )
    maal: strawberry.Private[UUID | None]
    medlemskab_uuid: strawberry.Private[UUID | None]
    laes: strawberry.Private[Laes]


@strawberry.type(description="What became of a write of a unit.")
class OrganisationEnhedSkrivning(Skrivning):
    """The unit, and the membership a task made or ended."""

    @resolver("As the read model shows it, never older than the write; null: not seen yet, or gone.")
    async def organisation_enhed(self, info: strawberry.Info) -> EnhedRef | None:
        return await self.laes(info, "OrganisationEnhed", self.maal)  # type: ignore[return-value]  # a plan's dict

    @resolver("The membership that the task made.")
    async def medlemskab(self, info: strawberry.Info) -> EnhedMedlemskabRef | None:
        found = await self.laes(info, "OrganisationEnhedMedlemskab", self.medlemskab_uuid)
        return found  # type: ignore[return-value]  # a plan's dict


@strawberry.type(description="What became of a write of a user.")
class BrugerSkrivning(Skrivning):
    """The user, and the membership a task made or ended."""

    @resolver("As the read model shows it, never older than the write; null: not seen yet, or gone.")
    async def bruger(self, info: strawberry.Info) -> BrugerRef | None:
        return await self.laes(info, "Bruger", self.maal)  # type: ignore[return-value]  # a plan's dict

    @resolver("The membership that the task made.")
    async def medlemskab(self, info: strawberry.Info) -> BrugerMedlemskabRef | None:
        found = await self.laes(info, "BrugerMedlemskab", self.medlemskab_uuid)
        return found  # type: ignore[return-value]  # a plan's dict


@strawberry.type(description="What became of a write of a person.")
class PersonSkrivning(Skrivning):
    """The person."""

    @resolver("As the read model shows it, never older than the write; null: not seen yet, or gone.")
    async def person(self, info: strawberry.Info) -> PersonRef | None:
        return await self.laes(info, "Person", self.maal)  # type: ignore[return-value]  # a plan's dict


@strawberry.type(description="What became of a write of an address.")
class AdresseSkrivning(Skrivning):
    """The address."""

    @resolver("As the read model shows it, never older than the write; null: not seen yet, or gone.")
    async def adresse(self, info: strawberry.Info) -> AdresseRef | None:
        return await self.laes(info, "Adresse", self.maal)  # type: ignore[return-value]  # a plan's dict


@strawberry.type(description="What became of a write of a function.")
class OrganisationFunktionSkrivning(Skrivning):
    """The function."""

    @resolver("As the read model shows it, never older than the write; null: not seen yet, or gone.")
    async def organisation_funktion(self, info: strawberry.Info) -> FunktionRef | None:
        return await self.laes(info, "OrganisationFunktion", self.maal)  # type: ignore[return-value]  # a plan's dict

"""Changes: as a page after a position, and as a subscription. Answered from the change log, not by a plan.

The values come from `Changes` (graph/changes.py) through the context of the operation; the object that a change is
about is read by the query path, at delivery.
"""

from collections.abc import AsyncGenerator, Awaitable
from enum import StrEnum
from typing import Annotated, Any, Protocol, TypeAlias
from uuid import UUID

import strawberry
from strawberry.types import Info

from graph.types.enums import Aarsag, Objekttype
from graph.types.friskhed import Friskhed
from graph.types.objekt import Objekt
from graph.types.scalars import CVR, Stand, Tidspunkt

_EFTER = "A position from an earlier answer. Absent: from now on."
_FILTER = "Only these changes. Absent: all of the municipality that do not follow from other objects' changes."


class Forespurgt(Protocol):
    """Who answers the fields below: graph/changes.py."""

    def side(
        self, info: Info[Any, Any], efter: str | None, filter: "AendringFilter | None", antal: int | None
    ) -> "Awaitable[AendringSide]": ...

    def lyt(
        self, info: Info[Any, Any], efter: str | None, filter: "AendringFilter | None"
    ) -> "AsyncGenerator[AendringBesked, None]": ...

    def friskhed(self, info: Info[Any, Any], cvr: str) -> Awaitable[Friskhed]: ...


class Omgivelser(Protocol):
    """What the fields below need of the context of an execution (graph/context.py)."""

    @property
    def aendringer(self) -> Forespurgt: ...

    def objekt(self, info: Info[Any, Any], objekttype: Objekttype, uuid: UUID) -> Awaitable[Any]: ...


def _omgivelser(info: Info[Any, Any]) -> Omgivelser:
    found: Omgivelser = info.context
    return found


async def _objekt(root: "Aendring", info: Info[Any, Any]) -> Objekt | None:
    found: Objekt | None = await _omgivelser(info).objekt(info, root.objekttype, root.uuid)
    return found


@strawberry.enum(
    description="What happened to the object. OPSTAAET: it is new, or was brought back to life. INAKTIV: its Gyldighed "
    "became Inaktiv. SLETTET: passivated, deleted or gone. UDGAAET: it left the filter or the caller's sight."
)
class AendringsArt(StrEnum):
    """Source: rules.md 28."""

    OPSTAAET = "OPSTAAET"
    AENDRET = "AENDRET"
    INAKTIV = "INAKTIV"
    SLETTET = "SLETTET"
    UDGAAET = "UDGAAET"


@strawberry.type(description="One change of one object. It says where to look; the values are read with `objekt`.")
class Aendring:
    """A row of the change log, at its position."""

    stand: Stand = strawberry.field(description="Where to go on after this change.")
    sted: strawberry.Private[Any]
    """The same, as the log has it (model.stand.Stand)."""
    art: AendringsArt = strawberry.field(description="What happened.")
    aarsag: Aarsag = strawberry.field(description="Why it came.")
    objekttype: Objekttype = strawberry.field(description="The type of the object.")
    uuid: UUID = strawberry.field(description="The object.")
    registreringstid: Tidspunkt | None = strawberry.field(description="When the source registered the change.")
    anvendt: Tidspunkt = strawberry.field(description="When it came into the read model.")
    felter: list[str] = strawberry.field(description="Fields of the API that changed, as far as is known.")
    afledt_af: Stand | None = strawberry.field(description="The change that this one follows from.")

    objekt: Objekt | None = strawberry.field(
        resolver=_objekt, description="The object at delivery, never older than the change; null if gone."
    )


@strawberry.type(description="Sent at the start and every 15 seconds, so that silence is never taken for freshness.")
class Puls:
    """All changes up to `stand` have been sent."""

    stand: Stand = strawberry.field(description="Where to go on after what was sent so far.")
    sted: strawberry.Private[Any]
    alt: strawberry.Private[bool]
    """No more is known to wait."""
    friskhed: Friskhed = strawberry.field(description="How fresh the read model is.")


@strawberry.type(description="The position cannot be continued: load anew. What changes from here on follows.")
class Gensynk:
    """The position expired, or the model was restored."""

    stand: Stand = strawberry.field(description="The position that the following changes go on from.")
    grund: str = strawberry.field(description="Why, in words.")


AendringBesked: TypeAlias = Annotated[
    Aendring | Puls | Gensynk,
    strawberry.union("AendringBesked", description="What a subscription to changes is sent."),
]


@strawberry.type(description="Changes after a position. Ask again with `naeste` until `flere` is false.")
class AendringSide:
    """Not a Relay list: it has no end."""

    aendringer: list[Aendring] = strawberry.field(description="In the order they became visible. May be empty.")
    naeste: Stand = strawberry.field(description="Where to go on.")
    flere: bool = strawberry.field(description="True when more is known to wait: ask again at once.")
    friskhed: Friskhed = strawberry.field(description="How fresh the read model is.")


@strawberry.input(description="Which changes; all parts must fit.")
class AendringFilter:
    """An empty list fits nothing."""

    cvr: CVR | None = strawberry.field(
        default=strawberry.UNSET, description="The municipality: must be the one of the token."
    )
    objekttyper: list[Objekttype] | None = strawberry.field(
        default=strawberry.UNSET, description="Objects of these types."
    )
    uuid: list[UUID] | None = strawberry.field(default=strawberry.UNSET, description="These objects.")
    under_enhed: UUID | None = strawberry.field(
        default=strawberry.UNSET,
        description="This unit and those below it, with their functions, addresses, users and users' persons. "
        "A unit or function that moves out is told once, as UDGAAET.",
    )
    brugere: list[UUID] | None = strawberry.field(
        default=strawberry.UNSET, description="These users, with their functions, persons and addresses."
    )
    afledte: bool | None = strawberry.field(
        default=False, description="Also what follows from another object's change, e.g. a new effective manager."
    )


async def _aendringer(
    info: Info[Any, Any],
    efter: Annotated[Stand | None, strawberry.argument(description=_EFTER)] = strawberry.UNSET,
    filter: Annotated[AendringFilter | None, strawberry.argument(description=_FILTER)] = strawberry.UNSET,
    antal: Annotated[int | None, strawberry.argument(description="At most, and by default, 500.")] = strawberry.UNSET,
) -> AendringSide | None:
    return await _omgivelser(info).aendringer.side(info, efter, filter, antal)


async def _friskhed(
    info: Info[Any, Any],
    cvr: Annotated[CVR, strawberry.argument(description="The municipality: must be the one of the token.")],
) -> Friskhed | None:
    return await _omgivelser(info).aendringer.friskhed(info, cvr)


def _lyt(
    info: Info[Any, Any],
    efter: Annotated[Stand | None, strawberry.argument(description=_EFTER)] = strawberry.UNSET,
    filter: Annotated[AendringFilter | None, strawberry.argument(description=_FILTER)] = strawberry.UNSET,
) -> AsyncGenerator[AendringBesked, None]:
    return _omgivelser(info).aendringer.lyt(info, efter, filter)


@strawberry.type
class Aendringsforespoergsler:
    """The fields of Query that are answered from the change log; graph/schema.py adds them to the read fields."""

    aendringer: AendringSide | None = strawberry.field(
        resolver=_aendringer,
        description="Changes after a position, in the order they became visible. Start with the `stand` of any "
        "answer's `extensions.friskhed`. Ask again with `naeste` until `flere` is false.",
    )
    friskhed: Friskhed | None = strawberry.field(resolver=_friskhed, description="How fresh the read model is.")


@strawberry.type(description="Being told of changes, over graphql-transport-ws.")
class Subscription:
    """One field; graph/subscriptions.py delivers it."""

    aendringer: AsyncGenerator[AendringBesked, None] = strawberry.subscription(
        resolver=_lyt,
        description="Changes as they come, without gaps, in order; resumable after any message by its `stand`.",
    )

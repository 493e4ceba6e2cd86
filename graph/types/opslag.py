"""Who has seen a person: the log of reads as the API shows it. Answered from `access_log`, not by a plan."""

from collections.abc import Awaitable
from typing import Annotated, Any, Protocol
from uuid import UUID

import strawberry
from strawberry.types import Info

from graph.types.lists import CURSOR, EDGES, NODE, SIDE
from graph.types.scalars import Cursor, Tidspunkt


@strawberry.type(description="An answer that showed a person's name or CPR number, or what was recorded of the person.")
class Opslag:
    """A row of the log of reads, without what was shown."""

    tidspunkt: Tidspunkt = strawberry.field(description="When it was shown.")
    system: str = strawberry.field(description="To whom: the caller that the token named.")
    felter: list[str] = strawberry.field(
        description="What was shown: navn, cpr, indhold (as it was recorded); soegning: it was searched by."
    )
    operation: str | None = strawberry.field(description="The operation's name, of documents that the operator trusts.")


@strawberry.type(description="One read and its place.")
class OpslagEdge:
    """As Relay has it."""

    cursor: Cursor = strawberry.field(description=CURSOR)
    node: Opslag = strawberry.field(description=NODE)


@strawberry.type(description="Where a page of reads lies in its list.")
class OpslagSide:
    """Forwards only."""

    end_cursor: Cursor | None = strawberry.field(description="Cursor of the last element of the page.")
    has_next_page: bool = strawberry.field(description="Are there elements after this page?")


@strawberry.type(description="A page of reads, the latest first.")
class OpslagConnection:
    """Forwards only: new ones come before it."""

    edges: list[OpslagEdge] = strawberry.field(description=EDGES)
    page_info: OpslagSide = strawberry.field(description=SIDE)


class Forespurgt(Protocol):
    """Who answers the field below: graph/indsigt.py."""

    def hvem(
        self,
        info: Info[Any, Any],
        person: UUID,
        fra: Tidspunkt | None,
        til: Tidspunkt | None,
        first: int | None,
        after: str | None,
    ) -> Awaitable[OpslagConnection]: ...


class Omgivelser(Protocol):
    """What the field below needs of the context of an execution (graph/context.py)."""

    @property
    def indsigt(self) -> Forespurgt: ...


async def _hvem(
    info: Info[Any, Any],
    person_uuid: Annotated[UUID, strawberry.argument(description="The person.")],
    fra: Annotated[Tidspunkt | None, strawberry.argument(description="Shown at this moment or later.")] = None,
    til: Annotated[Tidspunkt | None, strawberry.argument(description="Shown at this moment or earlier.")] = None,
    first: Annotated[int | None, strawberry.argument(description="At most, and by default, 500.")] = None,
    after: Annotated[Cursor | None, strawberry.argument(description="Only elements after this one.")] = None,
) -> OpslagConnection | None:
    omgivelser: Omgivelser = info.context
    return await omgivelser.indsigt.hvem(info, person_uuid, fra, til, first, after)


@strawberry.type
class Opslagsforespoergsler:
    """The field of Query that is answered from the log of reads; graph/schema.py adds it to the read fields."""

    hvem_har_set_mig: OpslagConnection | None = strawberry.field(
        resolver=_hvem,
        description="Who has been shown a person's name or CPR number, the latest first. Needs the right Indsigt.",
    )

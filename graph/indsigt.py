"""Who has seen a person: `Query.hvemHarSetMig`. Owns the form of a place in the list.

Refuses to know how the log of reads is written (graph/opslag.py) and who may ask (graph/rettigheder.py).
"""

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from strawberry.types import Info

from graph.arguments import SIDE
from graph.changes import refusal, tenant
from graph.jose import afkod, kod
from graph.types import opslag as api
from graph.types.scalars import Cursor, Tidspunkt, af_datetime
from model import opslag
from model.pool import Pool

_CURSOR: Final = b"o"
_LAENGST: Final = 20
"""Of a place: a bigint, and what stands before it."""


@dataclass(frozen=True)
class Indsigt:
    """One per process: the `indsigt` of every operation's context."""

    pool: Pool

    async def hvem(
        self,
        info: Info[Any, Any],
        person: UUID,
        fra: Tidspunkt | None,
        til: Tidspunkt | None,
        first: int | None,
        after: str | None,
    ) -> api.OpslagConnection:
        """A page of the reads of one person, the latest first. Raises GraphQLError for arguments that cannot be."""
        antal = SIDE if first is None else first
        if not 0 <= antal <= SIDE:
            raise refusal(f"first: wanted 0 to {SIDE}, found {antal}")
        async with self.pool.connection() as connection:
            fundne = await opslag.om(
                connection,
                tenant(info.context.principal),
                person,
                fra=None if fra is None else fra.datetime,
                til=None if til is None else til.slut.datetime,
                foer=None if after is None else _laes(after),
                antal=antal + 1,
            )
        kanter = [api.OpslagEdge(cursor=_skriv(one.nr), node=_vist(one.opslag)) for one in fundne[:antal]]
        side = api.OpslagSide(end_cursor=kanter[-1].cursor if kanter else None, has_next_page=len(fundne) > antal)
        return api.OpslagConnection(edges=kanter, page_info=side)


def _vist(one: opslag.Opslag) -> api.Opslag:
    return api.Opslag(
        tidspunkt=af_datetime(one.tidspunkt), system=one.caller, felter=list(one.felter), operation=one.operation
    )


def _skriv(nr: int) -> Cursor:
    return Cursor(kod(_CURSOR + str(nr).encode()))


def _laes(after: str) -> int:
    """Raises GraphQLError for what is no place in this list."""
    raw = afkod(after)
    if raw[:1] != _CURSOR or not raw[1:].isdigit() or len(raw) > _LAENGST:
        raise refusal("after: wanted a cursor of this list")
    return int(raw[1:])

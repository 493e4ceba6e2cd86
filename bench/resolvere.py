"""The peer: the same part of the schema over the same tables, by ordinary Strawberry resolvers and DataLoader.

Written as a good developer would write it: one loader per relation, each a single statement for all keys of a level,
columns named, no ORM. It keeps the product's rules of time, tenant and order, but verifies no token and looks for no
warnings: what it leaves out is to its advantage. Serves POST /graphql; run by bench/contenders.py.
"""

import os
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from typing import Any, NewType, TypeVar
from uuid import UUID

import asyncpg
import strawberry
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from strawberry.asgi import GraphQL
from strawberry.dataloader import DataLoader
from strawberry.schema.config import StrawberryConfig
from strawberry.types import Info

from fkorg import klassifikation

T = TypeVar("T")
Tid = NewType("Tid", datetime)
NU = """x.organisation = $2 and x.registreret_til = 9223372036854775807
    and x.virkning_til > $3 and x.virkning_fra <= $3"""


@strawberry.type
class KlassifikationRelation:
    rolle: UUID


@strawberry.type
class Adresse:
    uuid: UUID
    adresse_tekst: str
    klassifikation: KlassifikationRelation


@strawberry.type
class Person:
    uuid: UUID
    navn: str | None


@strawberry.type
class Bruger:
    uuid: UUID
    brugernavn: str
    person_uuid: strawberry.Private[UUID | None]

    @strawberry.field
    async def person(self, info: Info["Loaders", None]) -> Person | None:
        return await info.context.person.load(self.person_uuid) if self.person_uuid else None

    @strawberry.field
    async def adresser(self, info: Info["Loaders", None]) -> list[Adresse]:
        return await info.context.adresser.load(self.uuid)

    @strawberry.field
    async def har_medlemskab(self, info: Info["Loaders", None]) -> list["BrugerMedlemskab"]:
        return await info.context.har_medlemskab.load(self.uuid)


@strawberry.type
class BrugerMedlemskab:
    uuid: UUID
    funktions_type_uuid: UUID
    enhed_uuid: strawberry.Private[UUID]

    @strawberry.field
    async def medlem_af(self, info: Info["Loaders", None]) -> "OrganisationEnhed | None":
        return await info.context.enhed.load(self.enhed_uuid)


@strawberry.type
class OrganisationEnhedMedlemskab:
    uuid: UUID
    funktions_type_uuid: UUID
    start: Tid | None
    slut: Tid | None
    bruger_uuid: strawberry.Private[UUID | None]

    @strawberry.field
    async def bruger(self, info: Info["Loaders", None]) -> Bruger | None:
        return await info.context.bruger.load(self.bruger_uuid) if self.bruger_uuid else None


@strawberry.type
class OrganisationEnhed:
    uuid: UUID
    enhedsnavn: str
    overordnet_uuid: strawberry.Private[UUID | None]

    @strawberry.field
    async def overordnet_enhed(self, info: Info["Loaders", None]) -> "OrganisationEnhed | None":
        return await info.context.enhed.load(self.overordnet_uuid) if self.overordnet_uuid else None

    @strawberry.field
    async def adresser(self, info: Info["Loaders", None]) -> list[Adresse]:
        return await info.context.adresser.load(self.uuid)

    @strawberry.field
    async def ledere(self, info: Info["Loaders", None]) -> list[OrganisationEnhedMedlemskab]:
        return await info.context.ledere.load(self.uuid)

    @strawberry.field
    async def underliggende_enheder(self, info: Info["Loaders", None]) -> list["OrganisationEnhed"]:
        return await info.context.underliggende.load(self.uuid)

    @strawberry.field
    async def medlemskaber(self, info: Info["Loaders", None]) -> list[OrganisationEnhedMedlemskab]:
        return await info.context.medlemskaber.load(self.uuid)


@strawberry.type
class PageInfo:
    has_next_page: bool
    end_cursor: str | None


@strawberry.type
class BrugerEdge:
    node: Bruger


@strawberry.type
class BrugerConnection:
    edges: list[BrugerEdge]
    page_info: PageInfo


@strawberry.enum
class TilstandStatus(Enum):
    AKTIV = "AKTIV"


@strawberry.type
class Query:
    @strawberry.field
    async def bruger(self, info: Info["Loaders", None], uuid: list[UUID]) -> list[Bruger | None]:
        return list(await info.context.bruger.load_many(uuid))

    @strawberry.field
    async def bruger_liste(
        self, info: Info["Loaders", None], cvr: str, status: TilstandStatus, first: int
    ) -> BrugerConnection:
        rows = await info.context.side(first + 1)
        edges = [BrugerEdge(node=_bruger(row)) for row in rows[:first]]
        return BrugerConnection(edges=edges, page_info=PageInfo(has_next_page=len(rows) > first, end_cursor=None))

    @strawberry.field
    async def organisation_enhed(self, info: Info["Loaders", None], uuid: list[UUID]) -> list[OrganisationEnhed | None]:
        return list(await info.context.enhed.load_many(uuid))


@dataclass(frozen=True)
class Loaders:
    """One per request: each asks once for all keys of a level."""

    enhed: DataLoader[UUID, OrganisationEnhed | None]
    underliggende: DataLoader[UUID, list[OrganisationEnhed]]
    medlemskaber: DataLoader[UUID, list[OrganisationEnhedMedlemskab]]
    ledere: DataLoader[UUID, list[OrganisationEnhedMedlemskab]]
    har_medlemskab: DataLoader[UUID, list[BrugerMedlemskab]]
    bruger: DataLoader[UUID, Bruger | None]
    person: DataLoader[UUID, Person | None]
    adresser: DataLoader[UUID, list[Adresse]]
    side: Callable[[int], Awaitable[Sequence[Any]]]


def loaders(pool: Any, organisation: UUID) -> Loaders:
    now = datetime.now(UTC)

    async def ask(statement: str, keys: Sequence[UUID]) -> Any:
        return await pool.fetch(statement, keys, organisation, now)

    async def side(first: int) -> Any:
        return await pool.fetch(BRUGERLISTE, first, organisation, now)

    return Loaders(
        _one(ask, ENHED, lambda r: OrganisationEnhed(uuid=r[0], enhedsnavn=r[1], overordnet_uuid=r[2])),
        _many(ask, UNDERLIGGENDE, lambda r: OrganisationEnhed(uuid=r[1], enhedsnavn=r[2], overordnet_uuid=r[0])),
        _many(ask, MEDLEMSKABER, _medlemskab),
        _many(ask, LEDERE, _medlemskab),
        _many(ask, HAR, lambda r: BrugerMedlemskab(uuid=r[1], funktions_type_uuid=r[2], enhed_uuid=r[3])),
        _one(ask, BRUGER, _bruger),
        _one(ask, PERSON, lambda r: Person(uuid=r[0], navn=r[1])),
        _many(ask, ADRESSER, _adresse),
        side,
    )


def _bruger(r: Any) -> Bruger:
    return Bruger(uuid=r[0], brugernavn=r[1], person_uuid=r[2])


def _adresse(r: Any) -> Adresse:
    return Adresse(uuid=r[1], adresse_tekst=r[2], klassifikation=KlassifikationRelation(rolle=r[3]))


def _medlemskab(r: Any) -> OrganisationEnhedMedlemskab:
    return OrganisationEnhedMedlemskab(
        uuid=r[1],
        funktions_type_uuid=r[2],
        start=_limit(r[3]),
        slut=_limit(r[4]),
        bruger_uuid=r[5],
    )


def _limit(moment: datetime | None) -> Any:
    """No limit is null; the driver reads infinity as a naive maximum."""
    return None if moment is None or moment.tzinfo is None else moment


def _one(ask: Any, statement: str, make: Callable[[Any], T]) -> DataLoader[UUID, T | None]:
    async def load(keys: list[UUID]) -> list[T | None]:
        found = {row[0]: make(row) for row in await ask(statement, keys)}
        return [found.get(key) for key in keys]

    return DataLoader(load)


def _many(ask: Any, statement: str, make: Callable[[Any], T]) -> DataLoader[UUID, list[T]]:
    async def load(keys: list[UUID]) -> list[list[T]]:
        found: dict[UUID, list[T]] = {key: [] for key in keys}
        for row in await ask(statement, keys):
            found[row[0]].append(make(row))
        return [found[key] for key in keys]

    return DataLoader(load)


NAVN = "coalesce(x.{0}, x.brugervendt_noegle, x.uuid::text)"
ENHED = f"""select x.uuid, {NAVN.format("enhedsnavn")}, x.overordnet from organisation_enhed x
    where x.uuid = any($1) and {NU}"""
UNDERLIGGENDE = f"""select x.overordnet, x.uuid, {NAVN.format("enhedsnavn")} from organisation_enhed x
    where x.overordnet = any($1) and {NU} and x.status = 'AKTIV' and x.tilhoerer = $2
    order by x.sortering, x.uuid"""
MEDLEMSKABER = f"""select x.enhed, x.uuid, x.funktionstype, x.start, x.slut, x.bruger from medlemskab x
    where x.enhed = any($1) and {NU} order by x.start nulls first, x.uuid, x.bruger"""
LEDERE = f"""select x.enhed, x.uuid, x.funktionstype, x.start, x.slut, x.bruger from medlemskab x
    join bruger b on b.uuid = x.bruger and b.status = 'AKTIV' and {NU.replace("x.", "b.")}
    where x.enhed = any($1) and x.funktionstype = '{klassifikation.LEDERROLLE}' and {NU}
    order by x.start nulls first, x.uuid, x.bruger"""
HAR = f"""select x.bruger, x.uuid, x.funktionstype, x.enhed from medlemskab x
    where x.bruger = any($1) and {NU} order by x.start nulls first, x.uuid"""
BRUGER = f"select x.uuid, {NAVN.format('brugernavn')}, x.person from bruger x where x.uuid = any($1) and {NU}"
BRUGERLISTE = f"""select x.uuid, {NAVN.format("brugernavn")}, x.person from bruger x
    where {NU} and x.status = 'AKTIV' and x.tilhoerer = $2 order by x.sortering, x.uuid limit $1"""
PERSON = f"select x.uuid, x.navn from person x where x.uuid = any($1) and {NU}"
ADRESSER = f"""select x.ejer, a.uuid, {NAVN.replace("x.", "a.").format("adressetekst")}, x.rolle
    from adressering x join adresse a on a.uuid = x.adresse and {NU.replace("x.", "a.")}
    where x.ejer = any($1) and {NU} order by x.indeks, a.uuid, x.rolle, x.type"""


class _Endpoint(GraphQL[Any, None]):
    """Strawberry's own ASGI endpoint with the loaders as context."""

    async def get_context(self, request: Any, response: Any) -> Any:
        return loaders(request.app.state.pool, request.app.state.organisation)


def app() -> Starlette:
    """The server; its database and municipality come by the environment (it is no part of the product)."""

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        settings = {"jit": "off", "TimeZone": "UTC"}
        async with asyncpg.create_pool(
            os.environ["BENCH_DSN"], min_size=8, max_size=8, server_settings=settings
        ) as pool:
            app.state.pool, app.state.organisation = pool, UUID(os.environ["BENCH_ORGANISATION"])
            yield

    scalar = strawberry.scalar(name="DateTime", serialize=lambda moment: moment.strftime("%Y-%m-%dT%H:%M:%SZ"))
    schema = strawberry.Schema(Query, config=StrawberryConfig(scalar_map={Tid: scalar}))
    endpoint = _Endpoint(schema, graphql_ide=None)

    async def live(request: Request) -> Response:
        return Response("ok")

    return Starlette(routes=[Route("/health/live", live), Route("/graphql", endpoint)], lifespan=lifespan)

"""A small municipality to ask, and an engine that answers: for tests that say in words what is answered.

Korsbæk: root > Børn (manager Anna, member Bo) > Skolen (vacant post); a user without person; dirt where it is named.
"""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import asyncpg
import orjson

from fkorg import klassifikation
from fkorg.errors import Unavailable
from graph import schema
from graph.answer import Spoergsmaal, Svar
from graph.caller import Principal, Ret
from graph.documents import Dokumenter
from graph.execute import Udfoerer
from graph.opslag import Opslagslog
from model.lease import Lease
from model.opslag import Opslag
from tests import builders
from tests.builders import Kommune, Row

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
ALT = frozenset({Ret.LAES, Ret.SENAVN, Ret.SECPR})
CORE = schema.core(schema.build())
UKENDT = "dead0000-0000-4000-8000-000000000000"


@dataclass
class By:
    """The municipality's rows by the names that tests use."""

    kommune: Kommune = field(default_factory=Kommune)
    raekker: dict[str, Row] = field(default_factory=dict)

    def __getitem__(self, navn: str) -> str:
        """The uuid of that object."""
        return str(self.raekker[navn]["uuid"])

    def add(self, navn: str, raekke: Row) -> Row:
        self.raekker[navn] = raekke
        return raekke

    def rows(self) -> list[Row]:
        return [*self.kommune.rows(), *self.raekker.values(), *builders.kendte_klasser()]


def korsbaek() -> By:
    by = By()
    k = by.kommune
    boern = by.add("boern", builders.en_enhed(k, "Børn"))
    skolen = by.add("skolen", builders.en_enhed(k, "Skolen", overordnet=boern["uuid"]))
    by.add("sti1", builders.en_sti(k, k.rod, boern["uuid"]))
    by.add("sti2", builders.en_sti(k, k.rod, boern["uuid"], skolen["uuid"]))
    anna = by.add("annas person", builders.en_person(k, "Anna Å", cpr="0101010101"))
    by.add("anna", builders.en_bruger(k, "anna", person=anna["uuid"]))
    by.add("bo", builders.en_bruger(k, "bo"))
    by.add("leder", builders.et_medlemskab(k, by["anna"], boern["uuid"], funktionstype=klassifikation.LEDERROLLE))
    by.add("annas job", builders.et_medlemskab(k, by["anna"], boern["uuid"], titel="Chef"))
    by.add("bos job", builders.et_medlemskab(k, by["bo"], boern["uuid"]))
    by.add("ledig", builders.et_medlemskab(k, None, skolen["uuid"]))
    algade = by.add("algade", builders.en_adresse(k))
    by.add("adressering", builders.en_adressering(k, boern, algade["uuid"]))
    return by


class Husker(Opslagslog):
    """Keeps what was to be written; `borte`: cannot."""

    def __init__(self) -> None:
        self.husket: list[Opslag] = []
        self.borte = False

    async def skriv(self, et: Opslag) -> None:
        if self.borte:
            raise Unavailable("the database is away")
        self.husket.append(et)

    def hentet(self) -> list[tuple[list[str], list[str]]]:
        """What of whom, since last time."""
        husket, self.husket = self.husket, []
        return [(list(et.felter), sorted(map(str, et.personer))) for et in husket]


@dataclass
class Kalder:
    """Asks as one caller; what came last is kept."""

    motor: Udfoerer
    principal: Principal

    async def svar(self, query: str, operation: str | None = None, **variables: Any) -> Svar:
        return await self.motor.besvar(Spoergsmaal(query, operation, variables), self.principal, NOW)

    async def data(self, query: str, **variables: Any) -> Any:
        """The data of an answer without errors."""
        svar = await self.svar(query, **variables)
        assert not svar.errors, svar.errors
        assert svar.data is not None
        return orjson.loads(svar.data)

    async def fejl(self, query: str, **variables: Any) -> tuple[Any, list[tuple[Any, str, str]]]:
        """The data, and of each error path, classification and type."""
        svar = await self.svar(query, **variables)
        told = [(e.get("path"), e["extensions"]["classification"], e["extensions"]["type"]) for e in svar.errors]
        return (orjson.loads(svar.data) if svar.data is not None else None), told


@asynccontextmanager
async def kalder(
    dsn: str,
    by: By,
    rettigheder: frozenset[Ret] = ALT,
    *,
    laeser: Any = None,
    fyld: bool = True,
    kontekst: Any = None,
    opslag: Opslagslog | None = None,
) -> AsyncIterator[Kalder]:
    """A database of these rows and a caller of that municipality. `opslag`: the log of reads, if there is to be one."""
    if fyld:
        connection = await asyncpg.connect(dsn)
        await builders.insert(connection, by.rows())
        await connection.close()
    principal = Principal("test", by.kommune.cvr, by.kommune.uuid, rettigheder, NOW)
    async with Lease(dsn, size=1) as lease:
        kontekst = kontekst or (lambda principal, now: None)
        motor = Udfoerer(Dokumenter(CORE), laeser(lease) if laeser else lease, kontekst, opslag=opslag)
        yield Kalder(motor, principal)


def samme(dsn: str, by: By, rettigheder: frozenset[Ret]) -> AbstractAsyncContextManager[Kalder]:
    """Another caller of a database that is filled already."""
    return kalder(dsn, by, rettigheder, fyld=False)

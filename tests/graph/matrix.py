"""A place to ask every question with every right: two municipalities in one database, planted names and CPR numbers.

The rows are those of tests/graph/worlds.py, dirt included; what a person is called and numbered is planted, so that it
is known again wherever it comes out, and can be made different with all else equal. Owns the database and the engine as
it is wired; knows no right.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import aclosing, asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final

import orjson
from graphql import (
    GraphQLArgument,
    GraphQLError,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    OperationType,
    get_named_type,
    is_enum_type,
)

from fkorg.catalogue import Objekttype
from graph.answer import Spoergsmaal, Svar
from graph.caller import Principal, Ret
from graph.changes import Changes
from graph.context import Context
from graph.documents import Dokumenter, Lager
from graph.execute import Udfoerer
from graph.indsigt import Indsigt
from graph.mutations.kontekst import Skrivere
from graph.ordinary import vist
from graph.subscriptions import Prepared, Subscriptions
from model import incarnation, opslag, tables
from model.freshness import Freshness
from model.leader import ROLE
from model.lease import Lease
from model.log import Log
from model.opslag import Opslag
from model.pool import Pool
from model.projection import kort
from model.projection.kort import Art
from model.tail import Tail
from model.writes import Skrivelaas
from orgraf import roller
from orgraf.settings import Settings
from tests import builders
from tests.builders import Kommune, Row
from tests.graph.arguments import BY_UUID
from tests.graph.fixture import CORE
from tests.graph.proving import NOW, ground
from tests.graph.veje import Felt, Veje, skriv
from tests.graph.worlds import a_world
from tests.model.log import en_aendring
from tests.parts.postgres import as_role, make_role

SEED: Final = 11
ORD: Final = "jdoe"
LAESER: Final = "matrix_read"
"""The login that all of it is read as."""
"""A word of users' names, and of every person's."""
ALT: Final = frozenset(Ret)
DEADLINE_S: Final = 60.0


@dataclass(frozen=True)
class Plantet:
    """What the persons of the caller's municipality are called and numbered: a word, and five digits before others."""

    navn: str = "Hemmelig"
    cpr: str = "31129"

    def findes_i(self, svar: bytes) -> set[Ret]:
        """The rights that it takes to see what is in there."""
        found = {Ret.SENAVN} if self.navn.casefold().encode() in svar.lower() else set()
        return found | ({Ret.SECPR} if self.cpr.encode() in svar else set())

    def i(self, rows: Iterable[Row], by: Kommune) -> list[Row]:
        """The rows with it in every place that tells of a person."""
        numre: dict[str, int] = {}
        return [self._i(row, numre) if row.values.get("organisation") == str(by.uuid) else row for row in rows]

    def _i(self, row: Row, numre: dict[str, int]) -> Row:
        person = row.tabel is tables.person or row.values.get("objekttype") == "PERSON"
        if not person:
            return row
        nr = numre.setdefault(row["uuid"], len(numre))
        navn, cpr = f"{self.navn} {ORD}{nr}", f"{self.cpr}{nr:05}"
        if row.tabel is tables.person:
            return row.but(navn=navn, cpr=cpr)
        if row.tabel is tables.soegetekst:
            return row.but(ord=f" {navn.casefold()}")
        if row.tabel is tables.registrering:
            felter = {"brugervendtnoegle": "p", "navn": navn, "cpr": cpr}
            return row.but(content={"egenskaber": [{"fra": None, "til": None, "felter": felter}]})
        return row


FREMMED: Final = Plantet("Fremmed", "17099")
"""The persons of the other municipality."""


@dataclass
class Sted:
    """A filled database, and what answers from it."""

    dsn: str
    here: Kommune
    there: Kommune
    uuids: Mapping[str, list[str]]
    plantet: Plantet
    udfoerer: Udfoerer
    changes: Changes
    skrivere: Skrivere
    indsigt: Indsigt | None = None
    fremmede: Mapping[str, list[str]] = field(default_factory=dict)
    """The uuids of the other municipality, by table."""
    stande: dict[str, str] = field(default_factory=dict)
    """Where the changes of a municipality begin, by CVR."""

    def principal(self, rettigheder: frozenset[Ret] = ALT, by: Kommune | None = None) -> Principal:
        by = by or self.here
        return Principal("test", by.cvr, by.uuid, rettigheder, NOW + timedelta(hours=1))

    def kontekst(self, principal: Principal, now: datetime) -> Context:
        return Context(
            principal, now, self.changes, self.udfoerer.objekter, self.skrivere, self.udfoerer.opslag, self.indsigt
        )

    async def svar(self, tekst: str, principal: Principal, variables: Mapping[str, Any] | None = None) -> list[Svar]:
        """The answer to the document; of a subscription those of all that is there to tell."""
        spoergsmaal = Spoergsmaal(tekst, None, variables or {})
        if tekst.startswith("subscription"):
            return await self._fortalt(spoergsmaal, principal)
        return [await self.udfoerer.besvar(spoergsmaal, principal, NOW)]

    async def _fortalt(self, spoergsmaal: Spoergsmaal, principal: Principal) -> list[Svar]:
        found: list[Svar] = []
        told = self.subscriptions.follow(spoergsmaal, lambda: principal)
        async with asyncio.timeout(DEADLINE_S), aclosing(told):
            async for levering in told:
                found.append(levering.svar)
                if not levering.svar.udfoert or levering.alt:
                    break
        return found

    @property
    def subscriptions(self) -> Subscriptions:
        def prepare(spoergsmaal: Spoergsmaal, _: Principal) -> Prepared:
            found = self.udfoerer.dokumenter.find(spoergsmaal)
            return found if isinstance(found, Svar) else found.document

        def shown(errors: Any) -> list[dict[str, Any]]:
            return [vist(error) for error in errors if isinstance(error, GraphQLError)]

        return Subscriptions(CORE, prepare, self.kontekst, shown, lambda: NOW)


@dataclass
class Faelles:
    """What engines of several databases share, so that a document is parsed and compiled once."""

    dokumenter: Dokumenter = field(default_factory=lambda: Dokumenter(CORE))
    statements: Any = field(default_factory=lambda: Lager(5_000))


@asynccontextmanager
async def sted(
    dsn: str, faelles: Faelles, plantet: Plantet | None = None, *, alene: bool = False
) -> AsyncIterator[Sted]:
    """The two municipalities in that database, read through the second wall. `alene`: without the other's rows."""
    world, plantet = a_world(SEED, 14), plantet or Plantet()
    rows = FREMMED.i(plantet.i(world.rows, world.here), world.there)
    fremmed = str(world.there.uuid)
    if alene:
        rows = [row for row in rows if row.values.get("organisation") != fremmed]
    kommuner = (world.here,) if alene else (world.here, world.there)
    found = await ground(dsn, rows, kommuner)
    await found.lease.close()
    uuids = _kendte(rows, world.here)
    tail = Tail(dsn)
    task = asyncio.create_task(tail.run())
    try:
        await make_role(dsn, LAESER)
        await roller.giv(Settings(database_dsn=dsn), None, None, LAESER)
        lease = Lease(as_role(dsn, LAESER), size=2, vaeg=True)
        async with await Pool.open(dsn, size=4) as pool, lease:
            async with pool.transaction() as tx:
                secret = (await incarnation.read(tx)).secret
                for by in kommuner:
                    await _kort(tx, by)
            log = Log(pool, tail, secret, lambda: NOW)
            changes = Changes(log, Freshness(pool))
            skrivere = Skrivere({world.here.cvr: object()}, pool, Skrivelaas(pool), secret)  # type: ignore[dict-item]  # not called
            made = Sted(dsn, world.here, world.there, uuids, plantet, None, changes, skrivere)  # type: ignore[arg-type]  # next line
            made.udfoerer = Udfoerer(faelles.dokumenter, lease, made.kontekst, statements=faelles.statements)
            made.indsigt = Indsigt(pool)
            made.fremmede = _kendte(rows, world.there)
            for by in kommuner:
                await _aendringer(made, pool, rows, by)
                await _opslag(pool, by, _kendte(rows, by))
            yield made
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def _kendte(rows: list[Row], by: Kommune) -> dict[str, list[str]]:
    """The uuids of a municipality by table; a person with registrations; names of users."""
    egne = [row for row in rows if row.values.get("organisation") == str(by.uuid)]
    found: dict[str, list[str]] = {}
    for row in egne:
        if row.values.get("uuid"):
            found.setdefault(row.tabel.name, []).append(row["uuid"])
    registreret = [r["uuid"] for r in egne if r.tabel is tables.registrering and r["objekttype"] == "PERSON"]
    brugernavne = [r["brugernavn"] for r in egne if r.tabel is tables.bruger and str(r["brugernavn"]).startswith(ORD)]
    found |= {"registrering_person": registreret, "brugernavn": brugernavne}
    return {kind: list(dict.fromkeys(kendte)) for kind, kendte in found.items()}


async def _kort(tx: Any, by: Kommune) -> None:
    """The cards, as a leader keeps them."""
    await builders.insert(
        tx, [builders.row(tables.leader, by, role=ROLE, epoch=1, holder="test", beat_at=NOW.isoformat(), kort2_epoch=1)]
    )
    for art, tabel in ((Art.BRUGERE, "bruger"), (Art.ENHEDER, "organisation_enhed")):
        uuids = await tx.fetch(f"select distinct uuid from {tabel} where organisation = $1", by.uuid)
        await kort.goer(tx, by.uuid, art, [row["uuid"] for row in uuids], NOW)


async def _aendringer(made: Sted, pool: Pool, rows: list[Row], by: Kommune) -> None:
    """One change of an object of each type, three of persons, after a position that is kept."""
    svar = await made.udfoerer.besvar(Spoergsmaal("{ aendringer { naeste } }"), made.principal(by=by), NOW)
    assert svar.data is not None
    made.stande[by.cvr] = orjson.loads(svar.data)["aendringer"]["naeste"]
    async with pool.transaction() as tx:
        for objekttype in Objekttype:
            egne = [r["uuid"] for r in rows if r.tabel is tables.objekt and r["organisation"] == str(by.uuid)
                    and r["objekttype"] == objekttype]  # fmt: skip
            for uuid in egne[: 3 if objekttype is Objekttype.PERSON else 1]:
                await en_aendring(tx, by, uuid, objekttype.value, anvendt_at=NOW)
        await tx.execute("select pg_notify('aendring', '')")


async def _opslag(pool: Pool, by: Kommune, kendte: Mapping[str, list[str]]) -> None:
    """Somebody has seen a person's name."""
    async with pool.connection() as connection:
        await opslag.skriv(connection, [Opslag(by.uuid, NOW, "somebody", ["navn"], kendte["registrering_person"])])


# ---- what is asked ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Spurgt:
    """One document: its text, the selection it was written from, and its variables."""

    tekst: str
    felter: tuple[Felt, ...]
    art: OperationType
    variables: Mapping[str, Any]


def spurgt(made: Sted, felter: tuple[Felt, ...], art: OperationType, tid: str = "") -> Spurgt:
    """The operation with that selection. `tid`: the directive @tidspunkt, when it is asked of another time."""
    valgt = skriv(felter)
    efter = "$efter" in valgt
    tekst = f"{art.value}{' Q($efter: Stand)' if efter else ' Q'}{tid} {valgt}"
    return Spurgt(tekst, felter, art, {"efter": made.stande[made.here.cvr]} if efter else {})


def alle(made: Sted) -> list[Spurgt]:
    """Every way to every field, now and as it was known."""
    dengang = ' @tidspunkt(registreringstid: "2026-03-02T12:00:00Z", virkningstid: "2026-03-02T12:00:00Z")'
    veje = Veje(CORE, Literaler(made).af)
    found = []
    for art, root in (
        (OperationType.QUERY, CORE.query_type),
        (OperationType.MUTATION, CORE.mutation_type),
        (OperationType.SUBSCRIPTION, CORE.subscription_type),
    ):
        assert root is not None
        found += [spurgt(made, felter, art) for felter in veje.documents(root)]
    found += [
        spurgt(made, s.felter, s.art, dengang) for s in found if s.art is OperationType.QUERY and "Stand" not in s.tekst
    ]
    kort_ = (f for d in veje.documents(CORE.query_type) if d[0].sti == "Query.bruger" for f in d)  # type: ignore[arg-type]
    rod = next(kort_)
    (person,) = [f for f in rod.under if f.navn == "person"]
    smalt = replace(person, under=tuple(f for f in person.under if f.navn in ("uuid", "navn")))
    return [*found, spurgt(made, (replace(rod, under=(smalt,)),), OperationType.QUERY)]


@dataclass(frozen=True)
class Literaler:
    """What is written for arguments: things of the caller's municipality, by name of the argument or by its type."""

    made: Sted

    def af(self, sti: str, navn: str, argument: GraphQLArgument) -> str | None:
        givet: dict[str, str] = {
            "efter": "$efter",
            "valg": "{proeve: true}",
            "tekst": f'"{ORD}"',
            "kleNummer": '"00.01"',
            "objekttype": "PERSON",
            "Query.registrering.uuid": self._tekst(self.made.uuids["registrering_person"]),
            "brugernavn": self._tekst(self.made.uuids["brugernavn"]),
            "personUuid": self._tekst(self.made.uuids["registrering_person"]),
        }
        if (literal := givet.get(f"{sti}.{navn}", givet.get(navn))) is not None and not sti.startswith("Mutation."):
            return literal
        if sti.startswith("Mutation.") and navn == "valg":
            return givet[navn]
        if sti.startswith("Query.") and navn == "uuid":
            kendte = self.made.uuids[BY_UUID[sti.removeprefix("Query.")]]
            return orjson.dumps(kendte[:40]).decode()
        return self.literal(argument.type) if isinstance(argument.type, GraphQLNonNull) else None

    def literal(self, type_: Any) -> str:
        """Something of that type that may be sent: of an input object what must be there."""
        if isinstance(type_, GraphQLNonNull):
            return self.literal(type_.of_type)
        if isinstance(type_, GraphQLList):
            return f"[{self.literal(type_.of_type)}]"
        if isinstance(type_, GraphQLInputObjectType):
            navne = [n for n, f in type_.fields.items() if isinstance(f.type, GraphQLNonNull)] or list(type_.fields)[:1]
            return f"{{{', '.join(f'{n}: {self.literal(type_.fields[n].type)}' for n in navne)}}}"
        if is_enum_type(type_):
            return next(iter(type_.values))
        uuid = self.made.uuids["organisation_enhed"][0]
        return {"UUID": f'"{uuid}"', "CVR": f'"{self.made.here.cvr}"', "Boolean": "false", "KLE": '"00.01"'}.get(
            get_named_type(type_).name, '"x"'
        )

    @staticmethod
    def _tekst(fundne: list[str]) -> str:
        return f'"{fundne[0]}"'

"""A question in, an answer out: documents and statements are kept, one statement runs per operation.

Owns the way from a document to bytes: coerce variables, plan, compile once per plan, bind, run, read the markers.
Refuses to know HTTP, how connections are shared, and what resolvers do (graph/ordinary).
"""

import re
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from time import perf_counter
from typing import Any, Final, Protocol
from uuid import UUID

import orjson
from graphql import (
    GraphQLError,
    GraphQLList,
    GraphQLObjectType,
    GraphQLResolveInfo,
    OperationType,
)
from graphql.execution.values import VariableValues
from strawberry.types import Info

from fkorg import tid
from fkorg.errors import Unavailable
from graph import findings, ordinary
from graph.answer import Spoergsmaal, Svar
from graph.arguments import Ugyldigt, normaliser
from graph.caller import PERSONRETTE, Principal, Ret
from graph.compile import Statement, compile_plan
from graph.compile.markers import Klassifikation
from graph.compile.objects import SOEGNING
from graph.compile.statement import bind
from graph.documents import Dokumenter, Lager, afvist
from graph.errors import af_graphql, fejl
from graph.genbrug import Genbrug
from graph.limits import ForMeget
from graph.opslag import Hvem, Opslagslog
from graph.plan import Dokument, Form, Plan, Tid, Trae, Valg
from graph.plan import trae as byg_trae
from graph.pris import pris as prisen
from graph.relations.rod import VED_UUID
from graph.rettigheder import PLANRETTE
from graph.schema import TYPE
from graph.source import Connection, VedUuid
from graph.tidsvalg import Tidsvalg, ikke_bevaret, kraev_bevaret, tidsvalg

_VAERDI: Final = re.compile(r"'(?:[^']|'')*'")
_FORKLAR: Final = "explain (analyze, buffers, format json)"
PRISGRAENSE: Final = 10_000_000
"""So many fields, each counted as often as the pages and lists around it are long: a page of 500 within one of 500, as
clients of KOMBIT get them by default, with 40 fields."""
UDEN_OPSLAG: Final = "names and CPR numbers are not shown: the log of reads cannot be written now; ask again later"
MEST_SQL: Final = 10_000_000
"""Letters of all statements that are kept."""
SVAR_BYTES: Final = 64 * 1024 * 1024
_OBJEKTER: Final = "objekter"
"""The response key of objects that resolvers read."""


class Laeser(Protocol):
    """Connections that run one statement, prepared (model.lease). `kommune`: whose rows it is about, alone."""

    async def fetchrow(self, text: str, *values: object, kommune: UUID | None = None) -> Any: ...


@dataclass(frozen=True, slots=True)
class Laest:
    """What one statement answered: the JSON text, what was found missing, and its position in the change log.

    `opslag`: what of persons it shows or searches by, when it is to be logged; `personer`: whose.
    """

    data: bytes
    errors: list[dict[str, Any]]
    horisont: int
    pris: int
    opslag: tuple[str, ...] = ()
    personer: tuple[str, ...] = ()


@dataclass(slots=True)
class Udfoerer:
    """The engine of one schema. `kontekst`: what resolvers find in `info.context`."""

    dokumenter: Dokumenter
    laeser: Laeser
    kontekst: Callable[[Principal, datetime], Any]
    historik: timedelta | None = None
    """How far back what was known is kept; None = all of it."""
    genbrug: Genbrug | None = None
    """None: each answer is made anew."""
    prisgraense: int = PRISGRAENSE
    """What an operation may cost at most."""
    kort: bool = True
    """Cards are read where one holds what is asked for."""
    opslag: Opslagslog | None = None
    """Where it is written who saw what of persons; None: nowhere, which is for tests."""
    svar_bytes: int = SVAR_BYTES
    """How long the text of an answer may be."""
    statements: "Lager[Any, Statement]" = field(default_factory=lambda: Lager(1_000, MEST_SQL))
    traeer: "Lager[Any, tuple[Trae, Any]]" = field(default_factory=lambda: Lager(1_000))

    async def besvar(self, spoergsmaal: Spoergsmaal, principal: Principal, now: datetime) -> Svar:
        """The answer to one operation. Raises Unavailable when the database is away."""
        dokument = self.dokumenter.find(spoergsmaal)
        if isinstance(dokument, Svar):
            return dokument
        if not principal.har(Ret.LAES):
            return Svar(b"null", [fejl("the token does not give the right to read", Klassifikation.UNAUTHORIZED)])
        variables = dokument.variabler.vaerdier(spoergsmaal.variables)
        if isinstance(variables, list):
            return afvist(af_graphql(variables))
        if dokument.operation.operation is OperationType.QUERY:
            try:
                return await self._query(dokument, spoergsmaal, variables, principal, now)
            except Ugyldigt as error:
                return afvist([fejl(str(error), Klassifikation.VALIDATION)])
            except ForMeget as error:
                return afvist([fejl(f"query: {error}", Klassifikation.VALIDATION)])
            except GraphQLError as error:
                return afvist(af_graphql([error], dokument.document))
        if dokument.operation.operation is OperationType.MUTATION:
            return await self._ordinary(dokument, spoergsmaal, principal, now)
        return afvist([fejl("query: a subscription is asked for over WebSocket", Klassifikation.VALIDATION)])

    async def forklar(self, spoergsmaal: Spoergsmaal, principal: Principal, now: datetime) -> Mapping[str, Any] | None:
        """How the database answers the plan of a query: `sql`; `plan`, that of an execution of its own, with buffers
        and times; `tider`, milliseconds to find document and statement once both are kept. None for other operations.

        Whatever value stands in the plan is left out: it may be a name or a CPR number. Raises Unavailable.
        """
        started = perf_counter()
        dokument = self.dokumenter.find(spoergsmaal)
        if isinstance(dokument, Svar) or dokument.operation.operation is not OperationType.QUERY:
            return None
        variables = dokument.variabler.vaerdier(spoergsmaal.variables)
        if isinstance(variables, list) or not (trae := dokument.trae(variables.coerced)).planlagt:
            return None
        laest = perf_counter()
        try:
            statement, vaerdier, _, _ = self._bundet(
                trae, variables, principal, self._tidsvalg(dokument, variables, now), {}
            )
        except (Ugyldigt, GraphQLError):
            return None
        bundet = perf_counter()
        kommune = principal.organisation
        raekke = await self.laeser.fetchrow(f"{_FORKLAR} {statement.tekst}", *vaerdier, kommune=kommune)
        return {
            "sql": statement.tekst,
            "plan": orjson.loads(_VAERDI.sub("'...'", raekke[0])),
            "tider": {"dokument": (laest - started) * 1000, "statement": (bundet - laest) * 1000},
        }

    async def objekter(
        self, info: Info[Any, Any], type_name: str, uuids: Sequence[UUID], principal: Principal, now: datetime
    ) -> list[dict[str, Any] | None]:
        """Objects of one type by uuid, with the selection of the field that `info` is about: by response key.

        For resolvers of payloads and changes; None for what is not there. What is missing in the data is as in any
        answer, and told to the context.
        """
        raa = info._raw_info
        sted = self._objekttrae(raa, type_name)
        nr = len(sted.steder) - 1
        laest = await self._laes(
            sted, raa.variable_values, Hvem(principal, now), Tidsvalg(Tid.NU, now), {nr: {"uuid": list(uuids)}}
        )
        if laest.errors:
            raa.context.advar(info, uuids, [error | {"path": error.get("path", ())[1:]} for error in laest.errors])
        fundne: list[dict[str, Any] | None] = orjson.loads(laest.data)[_OBJEKTER]
        for fundet in fundne:
            if fundet is not None:
                fundet[TYPE] = type_name
        return fundne

    async def _query(
        self,
        dokument: Dokument,
        spoergsmaal: Spoergsmaal,
        variables: VariableValues,
        principal: Principal,
        now: datetime,
    ) -> Svar:
        trae = dokument.trae(variables.coerced)
        if trae.planlagt and not trae.andre:
            tidsvalg = self._tidsvalg(dokument, variables, now)

            async def nyt() -> Svar:
                laest = await self._laes(trae, variables, Hvem(principal, now, dokument.navn), tidsvalg)
                return self._svar(laest.data, laest.errors, laest, dokument, {})

            if self.genbrug is None or not trae.genbrug or tidsvalg.tid is not Tid.NU or principal.organisation is None:
                return await nyt()
            return await self.genbrug.svar(principal.organisation, _noegle(spoergsmaal, principal), now, nyt)
        return await self._mixed(trae, dokument, spoergsmaal, variables, principal, now)

    async def _mixed(
        self,
        trae: Trae,
        dokument: Dokument,
        spoergsmaal: Spoergsmaal,
        variables: VariableValues,
        principal: Principal,
        now: datetime,
    ) -> Svar:
        """Fields with resolvers first: a position in the log that they give never lies beyond the planned data.

        Raises Unavailable when there is nothing else and all of it is away, as a planned answer would.
        """
        kontekst = self.kontekst(principal, now)
        andre = await ordinary.udfoer(dokument, trae.andre, spoergsmaal.variables, kontekst)
        if andre.borte is not None and not trae.planlagt:
            raise andre.borte
        data = andre.data or {}
        laest = None
        if trae.planlagt:
            hvem = Hvem(principal, now, dokument.navn)
            laest = await self._laes(trae, variables, hvem, self._tidsvalg(dokument, variables, now))
            data |= orjson.loads(laest.data)
        samlet = orjson.dumps({valg.noegle: data.get(valg.noegle) for valg in trae.felter})
        errors = [*(laest.errors if laest is not None else ()), *andre.errors]
        return self._svar(samlet, errors, laest, dokument, ordinary.udvidelser(kontekst))

    async def _ordinary(
        self, dokument: Dokument, spoergsmaal: Spoergsmaal, principal: Principal, now: datetime
    ) -> Svar:
        kontekst = self.kontekst(principal, now)
        result = await ordinary.udfoer(dokument, None, spoergsmaal.variables, kontekst)
        return self._svar(orjson.dumps(result.data), result.errors, None, dokument, ordinary.udvidelser(kontekst))

    def _svar(
        self,
        data: bytes,
        errors: Sequence[Mapping[str, Any]],
        laest: Laest | None,
        dokument: Dokument,
        udvidelser: Mapping[str, Any],
    ) -> Svar:
        """The answer; of what a plan has read with its price."""
        if laest is None:
            return Svar(data, errors, udvidelser, operation=dokument.navn)
        pris = {"pris": {"pris": laest.pris, "graense": self.prisgraense}, **udvidelser}
        return Svar(data, errors, pris, horisont=laest.horisont, operation=dokument.navn)

    async def _laes(
        self,
        trae: Trae,
        variables: VariableValues | None,
        hvem: Hvem,
        tidsvalg: Tidsvalg,
        givet: Mapping[int, Mapping[str, Any]] | None = None,
    ) -> Laest:
        """Run the plan of the tree; what it shows of persons is in the log of reads when this returns, or is not shown.

        `givet`: argument values that stand in no document. Raises Ugyldigt.
        """
        laest = await self._koer(trae, variables, hvem.principal, tidsvalg, givet or {})
        if self.opslag is None or not laest.opslag:
            return laest
        try:
            await self.opslag.skriv(hvem.saa(laest.opslag, laest.personer))
        except Unavailable:
            uden = replace(hvem.principal, rettigheder=hvem.principal.rettigheder - PERSONRETTE)
            laest = await self._koer(trae, variables, uden, tidsvalg, givet or {})
            ingen = fejl(UDEN_OPSLAG, Klassifikation.SERVER, kode="UNAVAILABLE")
            return replace(laest, errors=[ingen, *laest.errors])
        return laest

    async def _koer(
        self,
        trae: Trae,
        variables: VariableValues | None,
        principal: Principal,
        tidsvalg: Tidsvalg,
        givet: Mapping[int, Mapping[str, Any]],
    ) -> Laest:
        statement, vaerdier, binds, pris = self._bundet(trae, variables, principal, tidsvalg, givet)
        raekke = await self.laeser.fetchrow(statement.tekst, *vaerdier, kommune=principal.organisation)
        data: bytes = raekke["svar"]
        if len(data) > self.svar_bytes:
            raise Ugyldigt(f"query: wanted an answer of at most {self.svar_bytes} bytes: ask for shorter pages")
        personer: tuple[str, ...] = ()
        if statement.laest:
            data, personer = findings.personer(data)
        errors: list[dict[str, Any]] = []
        if findings.findes(data):
            data, errors = findings.laes(data, statement.fund, binds)
        opslag = statement.laest if personer or SOEGNING in statement.laest else ()
        return Laest(data, errors, raekke["horisont"], pris, opslag, personer)

    def _bundet(
        self,
        trae: Trae,
        variables: VariableValues | None,
        principal: Principal,
        tidsvalg: Tidsvalg,
        givet: Mapping[int, Mapping[str, Any]],
    ) -> tuple[Statement, list[Any], tuple[Mapping[str, Any], ...], int]:
        """The statement, compiled once for its plan; its values; each field's argument values; the price.

        Raises Ugyldigt.
        """
        forme, binds = _argumenter(trae, variables, principal, givet)
        if (pris := prisen(trae.pris, binds)) > self.prisgraense:
            raise Ugyldigt(f"query: wanted a price of at most {self.prisgraense}, found {pris}: ask for shorter pages")
        kraev_bevaret(binds, tidsvalg.bevaret_ns)
        rettigheder = principal.rettigheder & PLANRETTE
        noegle = (trae, forme, rettigheder, tidsvalg.tid)
        statement = self.statements.get(noegle)
        if statement is None:
            plan = Plan(trae.planlagt, forme, rettigheder, tidsvalg.tid, self.kort)
            statement = compile_plan(plan)
            self.statements.put(noegle, statement, len(statement.tekst))
        faelles = {"organisation": principal.organisation, "t": tidsvalg.t, "r": tidsvalg.r}
        return statement, bind(statement.vaerdier, faelles, binds), binds, pris

    def _tidsvalg(self, dokument: Dokument, variables: VariableValues, now: datetime) -> Tidsvalg:
        """At which time the operation runs. Raises Ugyldigt for one before what is kept."""
        valgt = tidsvalg(dokument, variables, now)
        if self.historik is None:
            return valgt
        bevaret_ns = tid.from_datetime(now - self.historik)
        if valgt.r is not None and valgt.r < bevaret_ns:
            raise ikke_bevaret("registreringstid", bevaret_ns)
        return replace(valgt, bevaret_ns=bevaret_ns)

    def _objekttrae(self, info: GraphQLResolveInfo[Any], type_name: str) -> Trae:
        """The tree of the objects below a field, kept by the field's nodes in their document."""
        noder = tuple(info.field_nodes)
        known = {navn: value for navn, value in info.variable_values.coerced.items() if isinstance(value, bool)}
        noegle = (type_name, tuple(id(node) for node in noder), tuple(sorted(known.items())))
        found = self.traeer.get(noegle)
        if found is None:
            found = self.traeer.put(
                noegle, (_objekttrae(info, type_name, known), noder)
            )  # the nodes stay, so their ids
        return found[0]


def _noegle(spoergsmaal: Spoergsmaal, principal: Principal) -> Hashable:
    """What makes answers of one municipality differ, beside data and time."""
    variables = orjson.dumps(spoergsmaal.variables, option=orjson.OPT_SORT_KEYS).decode()  # bytes would hold 4 KiB
    return spoergsmaal.query, spoergsmaal.operation_name, variables, principal.cvr, principal.rettigheder


def _argumenter(
    trae: Trae, variables: VariableValues | None, principal: Principal, givet: Mapping[int, Mapping[str, Any]]
) -> tuple[tuple[Form, ...], tuple[Mapping[str, Any], ...]]:
    """Shape and values of every field that takes arguments, by its number."""
    forme: list[Form] = []
    binds: list[Mapping[str, Any]] = []
    for nr, valg in enumerate(trae.steder):
        if nr in givet or valg.kilde is None:
            forme.append(())
            binds.append(givet.get(nr, {}))
        else:
            assert valg.argumenter is not None, "a field with a place takes arguments"
            vaerdier = valg.argumenter.vaerdier(variables)
            form, bind_ = normaliser(vaerdier, isinstance(valg.kilde, Connection), principal)
            forme.append(form)
            binds.append(bind_)
    return tuple(forme), tuple(binds)


def _objekttrae(info: GraphQLResolveInfo[Any], type_name: str, known: Mapping[str, bool]) -> Trae:
    """The field's selection on that type, below a root that takes uuids."""
    type_ = info.schema.type_map[type_name]
    assert isinstance(type_, GraphQLObjectType), f"{type_name} is an object type"
    sets = [node.selection_set for node in info.field_nodes if node.selection_set is not None]
    fundet = byg_trae(info.schema, info.fragments, known, type_, sets)
    rod = Valg(
        _OBJEKTER,
        _OBJEKTER,
        "Query",
        GraphQLList(type_),
        VedUuid(VED_UUID[type_name]),
        tuple(info.field_nodes),
        None,
        len(fundet.steder),
        {type_name: fundet.felter},
    )
    return Trae((rod,), (*fundet.steder, rod))

"""A subscription's document -> its answers, one per event, each with the caller and the moment of its delivery.

Owns the execution of events. Refuses to know when a follower is told what (graph/follow.py), who is told together
(graph/kor.py) and who carries it away (graph/socket.py). Followers with equal document, variables and rights get equal
answers, and `Levering.svar` is finished text: a change is executed once for all of them who are told of it at the same
moment.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterable, Callable, Collection, Hashable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any, Final, TypeAlias

import orjson
from graphql import (
    SKIP,
    ArgumentNode,
    DirectiveNode,
    DocumentNode,
    ExecutionResult,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLSchema,
    OperationType,
    VariableNode,
    Visitor,
    create_source_event_stream,
    execute_subscription_event,
    get_operation_ast,
    visit,
)
from graphql.execution import Executor

from graph.answer import Spoergsmaal, Svar
from graph.caller import PERSONRETTE, Principal
from graph.changes import Changes
from graph.context import Context
from graph.errors import af_graphql
from graph.kor import Kore, Levering, Tag
from graph.types.aendring import Aendring, Gensynk
from model.faelles import Faelles

SAMMEN_S: Final = 0.1
"""Seconds that an answer is given to others of its group: what they are shown is no older."""
FRA: Final = ("efter",)
"""The argument that says from where one is told."""
ALENE_S: Final = 15.0
"""Seconds that followers go on alone after what they were told together ended or failed."""
Prepared: TypeAlias = DocumentNode | Svar
"""A parsed, validated and affordable document, or the answer that refuses it."""


@dataclass(frozen=True, slots=True)
class Subscriptions:
    """What the socket asks. `prepare` is the document's way through parser, validation and limits; `context` makes the
    surroundings of an execution; `shown` turns errors into what clients see."""

    schema: GraphQLSchema
    prepare: Callable[[Spoergsmaal, Principal], Prepared]
    context: Callable[[Principal, datetime], Context]
    shown: Callable[[Sequence[GraphQLError]], Sequence[dict[str, Any]]]
    ur: Callable[[], datetime]
    _svar: Faelles[Hashable, Svar] = field(default_factory=lambda: Faelles(SAMMEN_S), init=False)
    _kore: Kore = field(default_factory=Kore, init=False)

    def is_one(self, spoergsmaal: Spoergsmaal, principal: Principal) -> bool:
        """Does the document ask for a subscription? False also for what cannot be read: the query path says why."""
        document = self.prepare(spoergsmaal, principal)
        if isinstance(document, Svar):
            return False
        operation = get_operation_ast(document, spoergsmaal.operation_name)
        return operation is not None and operation.operation is OperationType.SUBSCRIPTION

    async def follow(
        self, spoergsmaal: Spoergsmaal, principal: Callable[[], Principal], tag: Tag | None = None
    ) -> AsyncGenerator[Levering, None]:
        """The answers, without end. The first and only one says `udfoert=False` when the subscription is refused.

        `tag`: who has it is told together with others when he has been told all that was there (graph/kor.py): those
        answers are given to it, not yielded.
        """
        document = self.prepare(spoergsmaal, principal())
        if isinstance(document, Svar):
            yield Levering(document)
            return
        fra: str | None = None
        sammen = _lige(document, spoergsmaal, FRA)
        alene_til = 0.0
        clock = asyncio.get_running_loop().time
        while True:
            sidst: Levering | None = None
            async with aclosing(self._alene(document, spoergsmaal, principal, fra)) as told:
                async for levering in told:
                    yield levering
                    if tag is None or levering.sted is None or not levering.alt or clock() < alene_til:
                        continue
                    if self._kore.kan((sammen, _rettigheder(principal())), levering.sted):
                        sidst = levering
                        break
            if sidst is None or tag is None:
                return
            fra, igen = await self._sammen(sammen, document, spoergsmaal, principal, tag, sidst)
            alene_til = 0.0 if igen else clock() + ALENE_S

    async def _sammen(
        self,
        sammen: Hashable,
        document: DocumentNode,
        spoergsmaal: Spoergsmaal,
        principal: Callable[[], Principal],
        tag: Tag,
        sidst: Levering,
    ) -> tuple[str, bool]:
        """Be told together with others after the last answer, by the rights that everybody has at each delivery; from
        where to go on alone, and whether soon with others again."""
        hvem = principal()
        rettigheder = _rettigheder(hvem)

        def tager(levering: Levering) -> bool:
            try:
                nu = principal()
            except Exception:  # noqa: BLE001  alone he is told what it is
                return False
            return (nu is hvem or _rettigheder(nu) == rettigheder) and tag(levering)

        assert sidst.sted is not None, "it has a position"
        assert sidst.stand is not None, "and its text"
        stroem = partial(self._alene, document, spoergsmaal, lambda: hvem)
        return await self._kore.med((sammen, rettigheder), sidst.sted, sidst.stand, tager, stroem)

    async def _alene(
        self,
        document: DocumentNode,
        spoergsmaal: Spoergsmaal,
        principal: Callable[[], Principal],
        fra: str | None,
    ) -> AsyncGenerator[Levering, None]:
        """The answers to one, from a position on; None: from where the document says."""
        context = _Following(principal, self.context(principal(), self.ur()).aendringer, fra)
        executor = Executor.build(
            self.schema,
            document,
            context_value=context,
            raw_variable_values=dict(spoergsmaal.variables),
            operation_name=spoergsmaal.operation_name,
        )
        if isinstance(executor, list):
            yield Levering(Svar(None, af_graphql(executor), udfoert=False))
            return
        gruppe = _lige(document, spoergsmaal, None)
        events = create_source_event_stream(executor)
        if not isinstance(events, AsyncIterable):
            events = await events if not isinstance(events, ExecutionResult) else events
        if isinstance(events, ExecutionResult):
            yield Levering(self._refused(events.errors or []))
            return
        try:
            async with aclosing(events) as told:  # type: ignore[type-var]  # Strawberry's resolver is a generator
                async for event in told:
                    yield await self._delivered(executor, gruppe, event, principal())
        except GraphQLError as error:
            yield Levering(self._refused([error]))

    async def _delivered(
        self, executor: "Executor[Any]", gruppe: Hashable, event: Any, principal: Principal
    ) -> Levering:
        """The event's answer. One change, in one group, with the same rights, is executed once for all."""
        if not isinstance(event, Aendring):
            svar = await self._answer(executor, event, principal)
            if isinstance(event, Gensynk):
                return Levering(svar, event.stand)
            return Levering(svar, event.stand, event.sted, alt=event.alt)
        noegle = (gruppe, event.stand, _rettigheder(principal))
        svar = await self._svar.faa(noegle, lambda: self._answer(executor, event, principal))
        return Levering(svar, event.stand, event.sted, ny=True)

    async def _answer(self, executor: "Executor[Any]", event: Any, principal: Principal) -> Svar:
        one = executor.build_per_event_executor(event)
        one.context_value = context = self.context(principal, self.ur())
        result = execute_subscription_event(one)
        if not isinstance(result, ExecutionResult):
            result = await result
        errors = [*(self.shown(result.errors) if result.errors else ()), *context.advarsler]
        data = bytearray(orjson.dumps(result.data))  # as made it holds 4 KiB at least, and each follower keeps his last
        return Svar(bytes(data), errors)

    def _refused(self, errors: Sequence[GraphQLError]) -> Svar:
        return Svar(None, self.shown(errors), udfoert=False)


def _rettigheder(principal: Principal) -> Hashable:
    """What decides what a caller is told. Who may see names or CPR numbers shares with himself alone: the log of reads
    names him."""
    kan_se = principal.rettigheder & PERSONRETTE
    return principal.cvr, principal.organisation, principal.rettigheder, principal.caller if kan_se else None


def _lige(document: DocumentNode, spoergsmaal: Spoergsmaal, undtagen: Collection[str] | None) -> Hashable:
    """Those of whom this is equal are shown a change alike: the document, and the variables that stand below its root
    field. Those of the root's own arguments decide what is told (from where on, of what), not how; they count too when
    `undtagen` says of which arguments alone they do not."""
    navne: set[str] = set()
    visit(document, _Variable(navne, undtagen))
    brugt = {navn: value for navn, value in spoergsmaal.variables.items() if navn in navne}
    return spoergsmaal.query, spoergsmaal.operation_name, orjson.dumps(brugt, option=orjson.OPT_SORT_KEYS).decode()


class _Variable(Visitor):
    """Collects the variables of a document, but for their definitions, and for arguments of an operation's own fields:
    all of them, or those that are named."""

    def __init__(self, navne: set[str], undtagen: Collection[str] | None) -> None:
        super().__init__()
        self._navne = navne
        self._undtagen = undtagen

    def enter_variable_definition(self, *_: object) -> Any:
        return SKIP

    def enter_variable(self, node: VariableNode, *args: Any) -> None:
        ancestors = args[3]
        fields = [one for one in ancestors if isinstance(one, FieldNode)]
        elsewhere = any(isinstance(one, FragmentDefinitionNode | DirectiveNode) for one in ancestors)
        argument = next(one.name.value for one in (*ancestors, args[1]) if isinstance(one, ArgumentNode))
        af_roden = len(fields) == 1 and not elsewhere
        if not af_roden or (self._undtagen is not None and argument not in self._undtagen):
            self._navne.add(node.name.value)


@dataclass(frozen=True, slots=True)
class _Following:
    """The context of the stream itself: whose rights hold is asked anew at each delivery."""

    _principal: Callable[[], Principal]
    aendringer: Changes
    fra: str | None
    """The position to go on from, instead of the document's."""

    @property
    def principal(self) -> Principal:
        return self._principal()

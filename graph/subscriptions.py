"""A subscription's document -> its answers, one per event, each with the caller and the moment of its delivery.

Owns the execution of events. Refuses to know when a follower is told what (graph/follow.py) and who carries it away
(graph/socket.py). Followers with equal document, variables and rights get equal answers, and `Levering.svar` is
finished text: a change is executed once for all of them who are told of it at the same moment.
"""

from collections.abc import AsyncGenerator, AsyncIterable, Callable, Hashable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, TypeAlias

import orjson
from graphql import (
    SKIP,
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
from graph.caller import Principal
from graph.changes import Changes
from graph.context import Context
from graph.errors import af_graphql
from graph.types.aendring import Aendring
from model.faelles import Faelles

SAMMEN_S: Final = 0.1
"""Seconds that an answer is given to others of its group: what they are shown is no older."""
Prepared: TypeAlias = DocumentNode | Svar
"""A parsed, validated and affordable document, or the answer that refuses it."""


@dataclass(frozen=True, slots=True)
class Levering:
    """One answer of a subscription, and the position to go on from after it."""

    svar: Svar
    stand: str | None


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

    def is_one(self, spoergsmaal: Spoergsmaal, principal: Principal) -> bool:
        """Does the document ask for a subscription? False also for what cannot be read: the query path says why."""
        document = self.prepare(spoergsmaal, principal)
        if isinstance(document, Svar):
            return False
        operation = get_operation_ast(document, spoergsmaal.operation_name)
        return operation is not None and operation.operation is OperationType.SUBSCRIPTION

    async def follow(
        self, spoergsmaal: Spoergsmaal, principal: Callable[[], Principal]
    ) -> AsyncGenerator[Levering, None]:
        """The answers, without end. The first and only one says `udfoert=False` when the subscription is refused."""
        document = self.prepare(spoergsmaal, principal())
        if isinstance(document, Svar):
            yield Levering(document, None)
            return
        context = _Following(principal, self.context(principal(), self.ur()).aendringer)
        executor = Executor.build(
            self.schema,
            document,
            context_value=context,
            raw_variable_values=dict(spoergsmaal.variables),
            operation_name=spoergsmaal.operation_name,
        )
        if isinstance(executor, list):
            yield Levering(Svar(None, af_graphql(executor), udfoert=False), None)
            return
        gruppe = _gruppe(document, spoergsmaal)
        events = create_source_event_stream(executor)
        if not isinstance(events, AsyncIterable):
            events = await events if not isinstance(events, ExecutionResult) else events
        if isinstance(events, ExecutionResult):
            yield Levering(self._refused(events.errors or []), None)
            return
        try:
            async with aclosing(events) as told:  # type: ignore[type-var]  # Strawberry's resolver is a generator
                async for event in told:
                    yield await self._delivered(executor, gruppe, event, principal())
        except GraphQLError as error:
            yield Levering(self._refused([error]), None)

    async def _delivered(
        self, executor: "Executor[Any]", gruppe: Hashable, event: Any, principal: Principal
    ) -> Levering:
        """The event's answer. One change, in one group, with the same rights, is executed once for all."""
        if not isinstance(event, Aendring):
            return Levering(await self._answer(executor, event, principal), getattr(event, "stand", None))
        noegle = (gruppe, event.stand, principal.cvr, principal.organisation, principal.rettigheder)
        svar = await self._svar.faa(noegle, lambda: self._answer(executor, event, principal))
        return Levering(svar, event.stand)

    async def _answer(self, executor: "Executor[Any]", event: Any, principal: Principal) -> Svar:
        one = executor.build_per_event_executor(event)
        one.context_value = context = self.context(principal, self.ur())
        result = execute_subscription_event(one)
        if not isinstance(result, ExecutionResult):
            result = await result
        errors = [*(self.shown(result.errors) if result.errors else ()), *context.advarsler]
        return Svar(orjson.dumps(result.data), errors)

    def _refused(self, errors: Sequence[GraphQLError]) -> Svar:
        return Svar(None, self.shown(errors), udfoert=False)


def _gruppe(document: DocumentNode, spoergsmaal: Spoergsmaal) -> Hashable:
    """Those of whom this is equal are shown a change alike: the document, and the variables that stand below its root
    field. Those of the root's own arguments decide what is told (from where on, of what), not how."""
    navne: set[str] = set()
    visit(document, _Nedenfor(navne))
    brugt = {navn: value for navn, value in spoergsmaal.variables.items() if navn in navne}
    return spoergsmaal.query, spoergsmaal.operation_name, orjson.dumps(brugt, option=orjson.OPT_SORT_KEYS)


class _Nedenfor(Visitor):
    """Collects the variables that stand elsewhere than in definitions and in arguments of an operation's own fields."""

    def __init__(self, navne: set[str]) -> None:
        super().__init__()
        self._navne = navne

    def enter_variable_definition(self, *_: object) -> Any:
        return SKIP

    def enter_variable(self, node: VariableNode, *args: Any) -> None:
        ancestors = args[3]
        fields = [one for one in ancestors if isinstance(one, FieldNode)]
        in_fragment = any(isinstance(one, FragmentDefinitionNode) for one in ancestors)
        directive = any(isinstance(one, DirectiveNode) for one in ancestors)
        if len(fields) > 1 or in_fragment or directive:
            self._navne.add(node.name.value)


@dataclass(frozen=True, slots=True)
class _Following:
    """The context of the stream itself: whose rights hold is asked anew at each delivery."""

    _principal: Callable[[], Principal]
    aendringer: Changes

    @property
    def principal(self) -> Principal:
        return self._principal()

"""A subscription's document -> its answers, one per event, each with the caller and the moment of its delivery.

Owns the execution of events. Refuses to know when a follower is told what (graph/follow.py) and who carries it away
(graph/socket.py). Followers with equal document, variables and rights get equal answers, and `Levering.svar` is
finished text: one execution can serve them all. Today each follower is a group of one.
"""

from collections.abc import AsyncGenerator, AsyncIterable, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

import orjson
from graphql import (
    DocumentNode,
    ExecutionResult,
    GraphQLError,
    GraphQLSchema,
    OperationType,
    create_source_event_stream,
    execute_subscription_event,
    get_operation_ast,
)
from graphql.execution import Executor

from graph.answer import Spoergsmaal, Svar
from graph.caller import Principal
from graph.changes import Changes
from graph.context import Context
from graph.errors import af_graphql

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
        events = create_source_event_stream(executor)
        if not isinstance(events, AsyncIterable):
            events = await events if not isinstance(events, ExecutionResult) else events
        if isinstance(events, ExecutionResult):
            yield Levering(self._refused(events.errors or []), None)
            return
        try:
            async with aclosing(events) as told:  # type: ignore[type-var]  # Strawberry's resolver is a generator
                async for event in told:
                    yield await self._answer(executor, event, principal())
        except GraphQLError as error:
            yield Levering(self._refused([error]), None)

    async def _answer(self, executor: "Executor[Any]", event: Any, principal: Principal) -> Levering:
        one = executor.build_per_event_executor(event)
        one.context_value = context = self.context(principal, self.ur())
        result = execute_subscription_event(one)
        if not isinstance(result, ExecutionResult):
            result = await result
        errors = [*(self.shown(result.errors) if result.errors else ()), *context.advarsler]
        return Levering(Svar(orjson.dumps(result.data), errors), getattr(event, "stand", None))

    def _refused(self, errors: Sequence[GraphQLError]) -> Svar:
        return Svar(None, self.shown(errors), udfoert=False)


@dataclass(frozen=True, slots=True)
class _Following:
    """The context of the stream itself: whose rights hold is asked anew at each delivery."""

    _principal: Callable[[], Principal]
    aendringer: Changes

    @property
    def principal(self) -> Principal:
        return self._principal()

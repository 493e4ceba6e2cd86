"""The one function that properties call: rows, caller, document -> the answer as the rules have it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from graphql import GraphQLSchema, OperationDefinitionNode, get_operation_ast, get_variable_values, parse
from graphql.execution import get_directive_values

from tests.graph.naive.execute import Answer, execute
from tests.graph.naive.fields import Felter
from tests.graph.naive.moments import ns
from tests.graph.naive.query import FELTER
from tests.graph.naive.snapshot import Moment, Snapshot, Tabeller


@dataclass(frozen=True)
class Caller:
    """Who asks: the municipality, and the rights to names and CPR numbers."""

    cvr: str
    organisation: str
    navn: bool = True
    cpr: bool = True


def ask(
    schema: GraphQLSchema,
    tabeller: Tabeller,
    caller: Caller,
    text: str,
    variables: Mapping[str, Any],
    operation: str | None,
    now: datetime,
) -> Answer:
    """The answer to an operation that is valid for the schema."""
    document = parse(text)
    node = get_operation_ast(document, operation)
    assert isinstance(node, OperationDefinitionNode)
    coerced: Any = get_variable_values(schema, node.variable_definitions or (), dict(variables))
    directive = schema.get_directive("tidspunkt")
    asked = (get_directive_values(directive, node, coerced) if directive else None) or {}
    snapshot = Snapshot(tabeller, caller.organisation, _moment(asked, now))
    fields = Felter(snapshot, caller.cvr, caller.navn, caller.cpr, FELTER)
    return execute(schema, fields, document, coerced, node)


def _moment(asked: Mapping[str, Any], now: datetime) -> Moment:
    """Effect: the moment itself. Registration: the end of the interval that its digits name. rules.md 3."""
    virkning, registrering = asked.get("virkningstid"), asked.get("registreringstid")
    effect = ns(virkning)[0] // 1000 if virkning is not None else ns(now.isoformat())[0] // 1000
    return Moment(effect, ns(registrering)[1] if registrering is not None else None)

"""The variables of an operation: as JSON gave them in, as the schema's types want them out.

graphql-core reads their types out of the document at each call; a Dokument keeps them. What is not plainly there and
right, a default or a fault, is left to graphql-core, whose errors clients know.
"""

from collections.abc import Mapping
from typing import Any, Final

from graphql import GraphQLError, Undefined, get_variable_values
from graphql.execution.values import VariableValues, VariableValueSource
from graphql.utilities import coerce_input_value

from graph.plan import Dokument

MOST_ERRORS: Final = 20


def vaerdier(dokument: Dokument, givet: Mapping[str, Any]) -> VariableValues | list[GraphQLError]:
    """The values by name, or why there are none."""
    sources: dict[str, VariableValueSource] = {}
    coerced: dict[str, Any] = {}
    for signatur in dokument.signaturer:
        value = givet.get(signatur.name, Undefined)
        try:
            known = Undefined if value is Undefined else coerce_input_value(value, signatur.type)
        except (GraphQLError, RecursionError):  # an input object may refuse what it is made of
            known = Undefined
        if known is Undefined:
            definitioner = dokument.operation.variable_definitions or ()
            return get_variable_values(dokument.schema, definitioner, dict(givet), MOST_ERRORS)
        sources[signatur.name] = VariableValueSource(signatur, value)
        coerced[signatur.name] = known
    return VariableValues(sources, coerced)

"""The values of an operation's variables and of its fields' arguments, as graphql-core has them; types are read once.

graphql-core looks at types and nodes at each call. Here what no variable changes is kept, and what is not plainly there
and right, a default or a fault, is left to graphql-core, whose errors clients know.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from graphql import (
    FieldNode,
    GraphQLError,
    GraphQLField,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLSchema,
    ListValueNode,
    ObjectValueNode,
    OperationDefinitionNode,
    Undefined,
    ValueNode,
    VariableNode,
    get_argument_values,
    get_variable_values,
    is_leaf_type,
)
from graphql.execution.get_variable_signature import GraphQLVariableSignature, get_variable_signature
from graphql.execution.values import VariableValues, VariableValueSource, coerce_argument
from graphql.utilities import coerce_input_value

MOST_ERRORS: Final = 20
Omformer: TypeAlias = Callable[[Any], Any]
"""JSON's value -> that of the schema's type; Undefined, or an exception, for what graphql-core is to look at."""


@dataclass(frozen=True, slots=True)
class Variabler:
    """The variables of one operation of a valid document."""

    schema: GraphQLSchema
    operation: OperationDefinitionNode
    signaturer: tuple[tuple[GraphQLVariableSignature, Omformer], ...]

    @classmethod
    def of(cls, schema: GraphQLSchema, operation: OperationDefinitionNode) -> "Variabler":
        """Their names and types."""
        signaturer = [get_variable_signature(schema, one) for one in operation.variable_definitions or ()]
        kendte = [one for one in signaturer if isinstance(one, GraphQLVariableSignature)]
        assert len(kendte) == len(signaturer), "the types of a valid document's variables are input types"
        return cls(schema, operation, tuple((one, _omformer(one.type)) for one in kendte))

    def vaerdier(self, givet: Mapping[str, Any]) -> VariableValues | list[GraphQLError]:
        """The values by name, or why there are none."""
        sources: dict[str, VariableValueSource] = {}
        coerced: dict[str, Any] = {}
        for signatur, omformer in self.signaturer:
            navn = signatur.name
            try:
                known = omformer(value) if (value := givet.get(navn, Undefined)) is not Undefined else Undefined
            except Exception:  # noqa: BLE001  whatever a scalar or an input object refuses it with
                known = Undefined
            if known is Undefined:
                definitioner = self.operation.variable_definitions or ()
                return get_variable_values(self.schema, definitioner, dict(givet), MOST_ERRORS)
            sources[navn] = VariableValueSource(signatur, value)
            coerced[navn] = known
        return VariableValues(sources, coerced)


@dataclass(frozen=True, slots=True)
class Argumenter:
    """A field's arguments as its node gives them. `faste`: the values that need no variable; None where one stands
    within a list or an object. `variable`: arguments that are a variable, with its name."""

    definition: GraphQLField
    node: FieldNode
    faste: Mapping[str, Any] | None
    variable: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, definition: GraphQLField, node: FieldNode) -> "Argumenter":
        """What can be known of them before there are variables."""
        givne = {argument.name.value: argument for argument in node.arguments or ()}
        faste: dict[str, Any] = {}
        variable = []
        for navn, argument in definition.args.items():
            value = givne[navn].value if navn in givne else None
            if isinstance(value, VariableNode):
                variable.append((argument.out_name or navn, value.name.value))
                continue
            if _med_variabel(value):
                return cls(definition, node, None, ())
            try:
                coerce_argument(faste, node, navn, argument, givne.get(navn), None, None)
            except GraphQLError:  # to be raised when it is executed
                return cls(definition, node, None, ())
        return cls(
            definition, node, {navn: value for navn, value in faste.items() if value is not None}, tuple(variable)
        )

    def vaerdier(self, variables: VariableValues | None) -> Mapping[str, Any]:
        """The values by name; those that are null may be left out. Raises GraphQLError."""
        if self.faste is not None:
            if not self.variable:
                return self.faste
            if variables is not None:
                found = dict(self.faste)
                for navn, variabel in self.variable:
                    found[navn] = variables.coerced.get(variabel)
                if None not in found.values():
                    return found
        return get_argument_values(self.definition, self.node, variables)


def _omformer(type_: GraphQLInputType) -> Omformer:
    """`coerce_input_value` for values of that type."""
    if isinstance(type_, GraphQLNonNull):
        indre = _omformer(type_.of_type)
        return lambda value: Undefined if value is None else indre(value)
    if isinstance(type_, GraphQLList):
        return _liste(_omformer(type_.of_type))
    if is_leaf_type(type_):
        leaf = type_.coerce_input_value
        return lambda value: None if value is None else leaf(value)
    return lambda value: coerce_input_value(value, type_)


def _liste(hver: Omformer) -> Omformer:
    def omform(value: Any) -> Any:
        if type(value) is not list:
            return None if value is None else Undefined
        found = [hver(one) for one in value]
        return Undefined if any(one is Undefined for one in found) else found

    return omform


def _med_variabel(value: ValueNode | None) -> bool:
    """Does a variable stand in the literal?"""
    match value:
        case VariableNode():
            return True
        case ListValueNode():
            return any(map(_med_variabel, value.values))
        case ObjectValueNode():
            return any(_med_variabel(felt.value) for felt in value.fields)
    return False

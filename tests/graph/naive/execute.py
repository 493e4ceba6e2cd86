"""Walks a document over the fields of `fields.py`: one selection after the other, one value after the other.

Owns what GraphQL says about merging, `@skip`, fragments and null, with the one departure of rules.md 11: a list element
that cannot be answered is left out with a WARNING instead of emptying the list. Knows no table.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLAbstractType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    get_argument_values,
    get_directive_values,
    is_leaf_type,
)
from graphql.type import GraphQLIncludeDirective, GraphQLSkipDirective

Path = tuple[str | int, ...]


class Nulled(Exception):
    """A null in a non-null field, on its way to the nearest place that may be null or left out."""


class Failed(Exception):
    """A field that answers with an error: its classification."""


@dataclass(frozen=True)
class Ting:
    """An object in the answer: its GraphQL type, its row, and the relation it was reached by."""

    type: str
    row: Mapping[str, Any]
    via: Mapping[str, Any] = field(default_factory=dict)


@dataclass
class Fejl:
    """One error of the answer: where its field occurred first, and how often."""

    path: Path
    classification: str
    type: str
    antal: int = 1
    id: str | None = None


@dataclass
class Answer:
    data: dict[str, Any] | None
    errors: list[Fejl]


class Fields(Protocol):
    """What answers a field: given the object, the field's name and its arguments. Raises Failed."""

    def answer(self, ting: Ting, navn: str, arguments: Mapping[str, Any], warn: "Warn") -> Any: ...


@dataclass
class Found:
    """One finding at one place: of which selected field (`plan`), and what."""

    plan: Path
    fejl: Fejl


@dataclass
class Warn:
    """Where the findings of one field of one object go."""

    found: list[Found]
    plan: Path
    path: Path

    def __call__(self, classification: str, type: str = "WARNING", id: str | None = None) -> None:
        self.found.append(Found(self.plan, Fejl(self.path, classification, type, 1, id)))


def counted(found: Iterable[Found]) -> list[Fejl]:
    """One per selected field and kind, with how many there were; of NotFound one per uuid. rules.md 12."""
    errors: dict[tuple[Any, ...], Fejl] = {}
    for one in found:
        key = (one.plan, one.fejl.classification, one.fejl.type, one.fejl.id)
        if key in errors:
            errors[key].antal += 1 if one.fejl.id is None else 0
        else:
            errors[key] = one.fejl
    return list(errors.values())


@dataclass
class Execution:
    """One operation under way."""

    schema: GraphQLSchema
    fields: Fields
    fragments: dict[str, FragmentDefinitionNode]
    variables: Any
    found: list[Found] = field(default_factory=list)

    def select(self, type_: GraphQLObjectType, sets: Iterable[SelectionSetNode]) -> dict[str, list[FieldNode]]:
        """The selections that count for an object of that type, merged by response key, in order."""
        merged: dict[str, list[FieldNode]] = {}
        for selection_set in sets:
            for selection in selection_set.selections:
                if not self.included(selection):
                    continue
                if isinstance(selection, FieldNode):
                    key = selection.alias.value if selection.alias else selection.name.value
                    merged.setdefault(key, []).append(selection)
                    continue
                fragment: FragmentDefinitionNode | InlineFragmentNode
                if isinstance(selection, FragmentSpreadNode):
                    fragment = self.fragments[selection.name.value]
                else:
                    assert isinstance(selection, InlineFragmentNode)
                    fragment = selection
                if self.applies(fragment, type_):
                    for inner, nodes in self.select(type_, [fragment.selection_set]).items():
                        merged.setdefault(inner, []).extend(nodes)
        return merged

    def included(self, node: Any) -> bool:
        skip = get_directive_values(GraphQLSkipDirective, node, self.variables)
        include = get_directive_values(GraphQLIncludeDirective, node, self.variables)
        return not (skip and skip["if"]) and not (include and not include["if"])

    def applies(self, fragment: FragmentDefinitionNode | InlineFragmentNode, type_: GraphQLObjectType) -> bool:
        if fragment.type_condition is None:
            return True
        condition = self.schema.type_map[fragment.type_condition.name.value]
        if condition is type_:
            return True
        return isinstance(condition, GraphQLAbstractType) and self.schema.is_sub_type(condition, type_)

    def ting(self, ting: Ting, sets: Iterable[SelectionSetNode], plan: Path, path: Path) -> dict[str, Any]:
        """The object's part of the answer. Raises Nulled."""
        type_ = self.schema.type_map[ting.type]
        assert isinstance(type_, GraphQLObjectType)
        answer = {}
        for key, nodes in self.select(type_, sets).items():
            answer[key] = self.felt(type_, ting, nodes, (*plan, type_.name, key), (*path, key))
        return answer

    def felt(self, type_: GraphQLObjectType, ting: Ting, nodes: list[FieldNode], plan: Path, path: Path) -> Any:
        """One selected field of one object. Raises Nulled."""
        navn = nodes[0].name.value
        if navn == "__typename":
            return type_.name
        definition = type_.fields[navn]
        arguments = get_argument_values(definition, nodes[0], self.variables)
        warn = Warn(self.found, plan, path)
        try:
            value = self.fields.answer(ting, navn, arguments, warn)
        except Failed as failure:
            warn(str(failure), type="ERROR")
            value = None
        sets = [node.selection_set for node in nodes if node.selection_set]
        return self.complete(definition.type, value, sets, plan, path)

    def complete(
        self, type_: GraphQLOutputType, value: Any, sets: list[SelectionSetNode], plan: Path, path: Path
    ) -> Any:
        """The value as the type says. Raises Nulled where it may not be null and is."""
        if isinstance(type_, GraphQLNonNull):
            if value is None:
                raise Nulled
            return self.value(type_.of_type, value, sets, plan, path)
        if value is None:
            return None
        before = len(self.found)
        try:
            return self.value(type_, value, sets, plan, path)
        except Nulled:
            self.nulled(before, plan, path)
            return None

    def value(self, type_: Any, value: Any, sets: list[SelectionSetNode], plan: Path, path: Path) -> Any:
        """A value that is there. Raises Nulled."""
        if isinstance(type_, GraphQLList):
            return self.liste(type_.of_type, value, sets, plan, path)
        if is_leaf_type(type_):
            return value
        return self.ting(value, sets, plan, path)

    def liste(self, of: Any, values: list[Any], sets: list[SelectionSetNode], plan: Path, path: Path) -> list[Any]:
        """The elements that can be answered. One that can't is left out with a WARNING at the list (rules.md 11)."""
        answers: list[Any] = []
        for value in values:
            before = len(self.found)
            try:
                answers.append(self.complete(of, value, sets, plan, (*path, len(answers))))
            except Nulled:
                self.nulled(before, plan, path)
        return answers

    def nulled(self, before: int, plan: Path, path: Path) -> None:
        """What is null or left out tells of itself alone: findings inside it are in no answer."""
        del self.found[before:]
        Warn(self.found, plan, path)("NullValueInNonNullableField")


def execute(
    schema: GraphQLSchema, fields: Fields, document: DocumentNode, variables: Any, node: OperationDefinitionNode
) -> Answer:
    """Answer an operation that is valid for the schema; `variables` are coerced."""
    fragments = {d.name.value: d for d in document.definitions if isinstance(d, FragmentDefinitionNode)}
    run = Execution(schema, fields, fragments, variables)
    assert schema.query_type is not None
    data = run.ting(Ting(schema.query_type.name, {}), [node.selection_set], (), ())
    return Answer(data, counted(run.found))

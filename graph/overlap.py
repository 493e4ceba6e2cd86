"""GraphQL's rule "field selection merging": what has one response name must be one value. In linear time.

Source: the specification of GraphQL, 5.3.2; the way of Simon Adameit, as Sangria has it: fields are not compared in
pairs but gathered by response name, once for their shapes and once for each type that they may stand on together, and
each group's selections are gathered again as one. graphql-core compares pairs, which is quadratic; what it refuses is
refused here, and nothing else (docs/decisions/0023). Expects a document that is valid by all other rules.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple, TypeAlias

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLCompositeType,
    GraphQLError,
    GraphQLList,
    GraphQLNonNull,
    GraphQLOutputType,
    GraphQLSchema,
    InlineFragmentNode,
    ListValueNode,
    NamedTypeNode,
    NullValueNode,
    ObjectValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    StringValueNode,
    ValueNode,
    VariableNode,
    get_named_type,
    is_composite_type,
    is_leaf_type,
    is_object_type,
)

from graph.limits import ForMeget

MEST: Final = 20_000
"""Fields that are gathered at most: of a document within the limits ten times what stands in it, which only fields on
interfaces within interfaces can reach."""
Noegle: TypeAlias = "tuple[Noegle, ...] | str | bool | None"
"""A value of the document, to be compared."""


class _Felt(NamedTuple):
    """A selected field, the type it stands on, and its own type."""

    ejer: GraphQLCompositeType
    node: FieldNode
    type: GraphQLOutputType


def konflikt(schema: GraphQLSchema, document: DocumentNode) -> GraphQLError | None:
    """The first two fields that cannot be merged; None when all can. Raises ForMeget."""
    fragmenter = {d.name.value: d for d in document.definitions if isinstance(d, FragmentDefinitionNode)}
    samler = _Samler(schema, fragmenter)
    for operation in document.definitions:
        if isinstance(operation, OperationDefinitionNode):
            rod = schema.get_root_type(operation.operation)
            assert rod is not None, "a valid operation has a root type"
            try:
                samler.proev(samler.felter([(rod, operation.selection_set)]), sammen=True)
            except _Konflikt as fundet:
                return fundet.error
    return None


class _Konflikt(Exception):
    """Two fields of one response name cannot be merged."""

    def __init__(self, et: _Felt, andet: _Felt, hvorfor: str) -> None:
        super().__init__(hvorfor)
        besked = f"Fields '{_navn(et.node)[:200]}' conflict because {hvorfor}. Use different aliases on the fields to "
        self.error = GraphQLError(f"{besked}fetch both if this was intentional.", [et.node, andet.node])


@dataclass(slots=True)
class _Samler:
    """Gathers the fields of one document. `argumenter`: of a node, once worked out."""

    schema: GraphQLSchema
    fragmenter: Mapping[str, FragmentDefinitionNode]
    argumenter: dict[int, frozenset[tuple[str, Noegle]]] = field(default_factory=dict)
    samlet: int = 0

    def felter(self, sets: Iterable[tuple[GraphQLCompositeType, SelectionSetNode]]) -> list[_Felt]:
        """The fields of selections that are merged, in order; each fragment once."""
        found: list[_Felt] = []
        kendte: set[str] = set()
        for ejer, set_ in sets:
            self._saml(ejer, set_, found, kendte)
        self.samlet += len(found) + len(kendte)
        if self.samlet > MEST:
            raise ForMeget("wanted fewer fields on interfaces, in one another")
        return found

    def proev(self, felter: Sequence[_Felt], *, sammen: bool) -> None:
        """Can they be merged? `sammen`: they may stand in one object, so that equal names must be equal fields.

        Raises _Konflikt.
        """
        grupper: dict[str, list[_Felt]] = {}
        for felt in felter:
            grupper.setdefault(_navn(felt.node), []).append(felt)
        for gruppe in grupper.values():
            dele = _efter_type(gruppe) if sammen else []
            for del_ in dele:
                self._kraev_ens_felt(del_)
            _kraev_ens_form(gruppe)
            self._under(gruppe, sammen=len(dele) == 1)
            if len(dele) > 1:
                for del_ in dele:
                    self._under(del_, sammen=True)

    def _under(self, gruppe: Sequence[_Felt], *, sammen: bool) -> None:
        sets = []
        for felt in gruppe:
            type_ = get_named_type(felt.type)
            if felt.node.selection_set is not None and is_composite_type(type_):
                sets.append((type_, felt.node.selection_set))
        if sets:
            self.proev(self.felter(sets), sammen=sammen)

    def _saml(self, ejer: GraphQLCompositeType, set_: SelectionSetNode, found: list[_Felt], kendte: set[str]) -> None:
        for selection in set_.selections:
            if isinstance(selection, FieldNode):
                definition = self.schema.get_field(ejer, selection.name.value)
                assert definition is not None, "a valid document asks for fields that are there"
                found.append(_Felt(ejer, selection, definition.type))
            elif isinstance(selection, InlineFragmentNode):
                self._saml(self._type(selection.type_condition, ejer), selection.selection_set, found, kendte)
            elif isinstance(selection, FragmentSpreadNode) and selection.name.value not in kendte:
                kendte.add(selection.name.value)
                fragment = self.fragmenter[selection.name.value]
                self._saml(self._type(fragment.type_condition, ejer), fragment.selection_set, found, kendte)

    def _type(self, node: NamedTypeNode | None, ejer: GraphQLCompositeType) -> GraphQLCompositeType:
        if node is None:
            return ejer
        type_ = self.schema.type_map[node.name.value]
        assert is_composite_type(type_), "a valid fragment stands on a composite type"
        return type_

    def _kraev_ens_felt(self, gruppe: Sequence[_Felt]) -> None:
        """One field, with the same arguments."""
        foerste = gruppe[0]
        for felt in gruppe[1:]:
            ens, felts = foerste.node.name.value, felt.node.name.value
            if ens != felts:
                raise _Konflikt(foerste, felt, f"'{ens[:200]}' and '{felts[:200]}' are different fields")
            if self._argumenter(foerste.node) != self._argumenter(felt.node):
                raise _Konflikt(foerste, felt, "they have differing arguments")

    def _argumenter(self, node: FieldNode) -> frozenset[tuple[str, Noegle]]:
        found = self.argumenter.get(id(node))
        if found is None:
            found = frozenset((one.name.value, _vaerdi(one.value)) for one in node.arguments or ())
            self.argumenter[id(node)] = found
        return found


def _kraev_ens_form(gruppe: Sequence[_Felt]) -> None:
    """Lists, nulls and values alike, wherever they stand: a client reads them without asking for the type.

    `__typename` fits everything, as in graphql-core.
    """
    kendt = [felt for felt in gruppe if not felt.node.name.value.startswith("__")]
    for felt in kendt[1:]:
        if felt.type is not kendt[0].type and _form(felt.type) != _form(kendt[0].type):
            hvorfor = f"they return conflicting types '{kendt[0].type}' and '{felt.type}'"
            raise _Konflikt(kendt[0], felt, hvorfor)


def _efter_type(gruppe: Sequence[_Felt]) -> list[list[_Felt]]:
    """Those that may stand in one object: by each object type, with what stands on interfaces and unions."""
    typer = {felt.ejer.name for felt in gruppe if is_object_type(felt.ejer)}
    if len(typer) <= 1:
        return [list(gruppe)]
    return [[f for f in gruppe if f.ejer.name == navn or not is_object_type(f.ejer)] for navn in sorted(typer)]


def _form(type_: GraphQLOutputType) -> tuple[str, ...]:
    """Lists and non-nulls from the outside in; then the name of a leaf, nothing for what has fields."""
    led = []
    while isinstance(type_, GraphQLNonNull | GraphQLList):
        led.append("!" if isinstance(type_, GraphQLNonNull) else "[")
        type_ = type_.of_type
    return (*led, type_.name) if is_leaf_type(type_) else tuple(led)


def _navn(node: FieldNode) -> str:
    return node.alias.value if node.alias else node.name.value


def _vaerdi(node: ValueNode) -> Noegle:
    if isinstance(node, ListValueNode):
        return ("[", *map(_vaerdi, node.values))
    if isinstance(node, ObjectValueNode):
        return ("{", *sorted(((one.name.value, _vaerdi(one.value)) for one in node.fields), key=lambda pair: pair[0]))
    if isinstance(node, VariableNode):
        return ("$", node.name.value)
    if isinstance(node, StringValueNode):
        return ('"', node.value, node.block is True)
    return (node.kind, None if isinstance(node, NullValueNode) else node.value)  # type: ignore[attr-defined]

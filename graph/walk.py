"""graphql-core's own rules of validation, asked on one cheap walk through the document.

Owns how nodes are walked and who is asked at which; refuses to decide anything: each rule is graphql-core's, and is
told what its `visit` would tell it, but for key and path, which none of them asks for. That one asks every rule at
every node whether it wants to hear of it; here this is found out once for each kind of node, and kinds that nobody
wants to hear of are passed by. `tests/graph/test_walk.py` compares the errors.
"""

from collections.abc import Callable, Collection, Sequence
from functools import cached_property
from typing import Any, Final, NamedTuple

from graphql import (
    BREAK,
    ASTValidationRule,
    DocumentNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLSchema,
    Node,
    OperationDefinitionNode,
    TypeInfo,
    ValidationContext,
    Visitor,
)
from graphql.language.ast import QUERY_DOCUMENT_KEYS
from graphql.validation import UniqueDirectivesPerLocationRule
from graphql.validation.validate import FragmentNestingVisitor, ValidationAbortedError
from graphql.validation.validation_context import NodeWithSelectionSet, VariableUsage, VariableUsageVisitor

NOEGLER: Final = {
    kind: tuple(key for key in keys if key not in ("description", "name", "alias"))
    for kind, keys in QUERY_DOCUMENT_KEYS.items()
}
"""Where a kind has children. Descriptions are for readers, and of names no rule wants to hear."""
_Hoerer = Callable[..., Any]


class Stop(NamedTuple):
    """Who is told of nodes of a kind: rules by their number, the types around them, and where to go from there."""

    ind: tuple[tuple[int, _Hoerer], ...]
    ud: tuple[tuple[int, _Hoerer], ...]
    type_ind: _Hoerer | None
    type_ud: _Hoerer | None
    noegler: tuple[str, ...]


def validate(
    schema: GraphQLSchema, document: DocumentNode, rules: Collection[type[ASTValidationRule]], *, max_errors: int
) -> list[GraphQLError]:
    """What `graphql.validate` says of a document that has been parsed: the first few errors, none when it is valid."""
    errors: list[GraphQLError] = []

    def on_error(error: GraphQLError) -> None:
        if len(errors) >= max_errors:
            raise ValidationAbortedError("Too many validation errors, error limit reached. Validation aborted.")
        errors.append(error)

    types = TypeInfo(schema)
    context = _Context(schema, document, types, on_error)
    visitors: list[Visitor] = [rule(context) for rule in rules]
    fragments = {one.name.value: one for one in document.definitions if isinstance(one, FragmentDefinitionNode)}
    if fragments:
        visitors.insert(0, FragmentNestingVisitor(fragments))
    try:
        _walk(document, types, visitors)
    except ValidationAbortedError as error:
        error.__context__ = None
        errors.append(error.with_traceback(None))
    except RecursionError:
        errors.append(ValidationAbortedError("Validation aborted."))
    return errors


class _Context(ValidationContext):
    """Looks for the uses of variables by the same walk, and not at all in a document that has none: what was found is
    kept by node there, and the hash of a node is that of all below it."""

    @cached_property
    def _har_variable(self) -> bool:
        loc = self.document.loc
        return loc is None or "$" in loc.source.body

    def get_recursive_variable_usages(self, operation: OperationDefinitionNode) -> list[VariableUsage]:
        return super().get_recursive_variable_usages(operation) if self._har_variable else []

    def get_variable_usages(self, node: NodeWithSelectionSet) -> list[VariableUsage]:
        if not self._har_variable:
            return []
        if (found := self._variable_usages.get(node)) is not None:
            return found
        visitor = VariableUsageVisitor(self._type_info, node if isinstance(node, FragmentDefinitionNode) else None)
        _walk(node, self._type_info, [visitor])
        self._variable_usages[node] = visitor.usages
        return visitor.usages


def _walk(root: Node, types: TypeInfo, visitors: list[Visitor]) -> None:
    """Tell the visitors of each node and of its end, in the order of the document. `skipped`: below which node each
    hears nothing, or BREAK."""
    stops: dict[str, Stop] = {}
    skipped: list[object] = [None] * len(visitors)
    ancestors: list[Any] = []

    def go(node: Node, parent: Any) -> None:
        stop = stops.get(node.kind) or stops.setdefault(node.kind, _stop(node.kind, types, visitors))
        back: Sequence[int] = ()
        if stop.type_ind is not None:
            stop.type_ind(node)
        for number, hear in stop.ind:
            if skipped[number] is None and (result := hear(node, None, parent, None, ancestors)) is not None:
                skipped[number] = BREAK if result is BREAK or result is True else node
                back = (*back, number)
        if stop.noegler:
            if parent is not None:
                ancestors.append(parent)
            for key in stop.noegler:
                child = getattr(node, key, None)
                if child is None:
                    continue
                if isinstance(child, tuple):
                    ancestors.append(node)
                    for one in child:
                        go(one, child)
                    ancestors.pop()
                else:
                    go(child, node)
            if parent is not None:
                ancestors.pop()
        for number, hear in stop.ud:
            if skipped[number] is None and hear(node, None, parent, None, ancestors) in (BREAK, True):
                skipped[number] = BREAK
        for number in back:
            if skipped[number] is node:
                skipped[number] = None
        if stop.type_ud is not None:
            stop.type_ud()

    go(root, None)


def _stop(kind: str, types: TypeInfo, visitors: list[Visitor]) -> Stop:
    ind: list[tuple[int, _Hoerer]] = []
    ud: list[tuple[int, _Hoerer]] = []
    for number, visitor in enumerate(visitors):
        for hearers, method in zip((ind, ud), _hoerer(visitor, kind), strict=True):
            if method:
                hearers.append((number, getattr(visitor, method)))
    return Stop(
        tuple(ind),
        tuple(ud),
        getattr(types, f"enter_{kind}", None),
        getattr(types, f"leave_{kind}", None),
        NOEGLER.get(kind, ()),
    )


def _hoerer(visitor: Visitor, kind: str) -> tuple[str | None, str | None]:
    """By which methods a visitor hears of a kind of node. One hears of all, for the directives they may have."""

    def name(of: str) -> str | None:
        return next((name for name in (f"{of}_{kind}", of) if getattr(visitor, name, None)), None)

    if isinstance(visitor, UniqueDirectivesPerLocationRule) and "directives" not in NOEGLER.get(kind, ()):
        return None, None
    return name("enter"), name("leave")

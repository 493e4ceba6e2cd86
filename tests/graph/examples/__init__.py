"""The rules of answering as examples: one small municipality each, with an answer worked out by hand."""

from collections.abc import Iterator

from tests.graph.examples import members, objects, tree
from tests.graph.examples.example import Example


def examples() -> Iterator[tuple[str, Example]]:
    """Each with its name, which is the rule."""
    yield from objects.names()
    yield from objects.relations()
    yield from tree.units()
    yield from tree.roots()
    yield from tree.managers()
    yield from members.memberships()
    yield from members.order()

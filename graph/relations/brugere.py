"""From user to person and back."""

from graph.relations.parts import navneorden
from graph.source import Fra, Sted
from model.tables import bruger
from model.tables import person as person_


def person(sted: Sted) -> Fra:
    """The person behind the user."""
    p = sted.ny(person_)
    return Fra({person_: p}, [p.c.uuid == sted[bruger].c.person, sted.gaelder(p)])


def personens(sted: Sted) -> Fra:
    """The users of the person."""
    b = sted.ny(bruger)
    hvor = [b.c.person == sted[person_].c.uuid, sted.gaelder(b)]
    return Fra({bruger: b}, hvor, orden=navneorden(b))

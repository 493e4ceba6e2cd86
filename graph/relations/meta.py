"""How well an object is known: the version guard, and what waits to be read back."""

from typing import Any

from sqlalchemy import ColumnElement, select

from graph.relations.parts import objekttype, tal
from graph.source import Fra, Sted
from model.tables import dirty, objekt


def meta(sted: Sted) -> Fra:
    """The applied version of the object above."""
    o = sted.ny(objekt)
    hvor = [sted.egen(o), o.c.objekttype == objekttype(sted), o.c.uuid == sted[sted.basis].c.uuid]
    return Fra({objekt: o}, hvor)


def afventer(sted: Sted) -> ColumnElement[Any]:
    """True while the object is marked to be read back."""
    o, d = sted[objekt], sted.ny(dirty)
    hvor = [sted.egen(d), d.c.objekttype == o.c.objekttype, d.c.uuid == o.c.uuid]
    return select(tal(1)).select_from(d).where(*hvor).correlate_except(d).exists()

"""From the organisation to its company and authority."""

from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy import func as fn

from graph.source import Fra, Sted
from model.tables import myndighed as myndighed_
from model.tables import organisation
from model.tables import virksomhed as virksomhed_


def virksomhed(sted: Sted) -> Fra:
    """The company that carries the CVR number."""
    v = sted.ny(virksomhed_)
    return Fra({virksomhed_: v}, [v.c.uuid == sted[organisation].c.virksomhed, sted.gaelder(v)])


def myndighed(sted: Sted) -> Fra:
    """The authority."""
    m = sted.ny(myndighed_)
    return Fra({myndighed_: m}, [m.c.uuid == sted[organisation].c.myndighed, sted.gaelder(m)])


def cvr_nummer(sted: Sted) -> ColumnElement[Any]:
    """The guide puts it into brugervendtNoegle, clients into CVR-NummerTekst: read either (domain.md 2.2)."""
    v = sted[virksomhed_]
    return fn.coalesce(v.c.cvr_nummer, v.c.brugervendt_noegle)

"""Pages of a list, after the Relay specification for cursors."""

from graph.source import Side
from graph.types.bruger import Bruger
from graph.types.enhed import OrganisationEnhed
from graph.types.field import felt, laest
from graph.types.funktion import OrganisationFunktion
from graph.types.medlemskab import OrganisationEnhedMedlemskab
from graph.types.scalars import Cursor

EDGES = "The elements of the page, in order."
SIDE = "Where the page lies in the list."
ANTAL = "How many there are in all pages together. Counted only when asked for."
CURSOR = "The place of this element, for `after` and `before`."
NODE = "The element itself."


@laest(om="Where a page lies in its list.")
class PageInfo:
    """As Relay has it."""

    start_cursor: Cursor | None = felt(Side(), "Cursor of the first element of the page.")
    end_cursor: Cursor | None = felt(Side(), "Cursor of the last element of the page.")
    has_next_page: bool = felt(Side(), "Are there elements after this page?")
    has_previous_page: bool = felt(Side(), "Are there elements before this page?")


@laest(om="One unit of a page.", navn="OrganisaionEnhedEdge")
class OrganisationEnhedEdge:
    """The name in the schema is KOMBIT's own, its missing letter included."""

    cursor: Cursor | None = felt(Side(), CURSOR)
    node: OrganisationEnhed = felt(Side(), NODE)


@laest(om="A page of units.")
class OrganisationEnhedConnection:
    """The root unit first, then by name."""

    edges: list[OrganisationEnhedEdge | None] | None = felt(Side(), EDGES)
    page_info: PageInfo = felt(Side(), SIDE)
    antal: int = felt(Side(), ANTAL)


@laest(om="One user of a page.")
class BrugerEdge:
    """A user and its place."""

    cursor: Cursor | None = felt(Side(), CURSOR)
    node: Bruger = felt(Side(), NODE)


@laest(om="A page of users.")
class BrugerConnection:
    """By user name."""

    edges: list[BrugerEdge | None] | None = felt(Side(), EDGES)
    page_info: PageInfo = felt(Side(), SIDE)
    antal: int = felt(Side(), ANTAL)


@laest(om="One membership of a page.")
class OrganisationEnhedMedlemskabEdge:
    """A membership and its place."""

    cursor: Cursor = felt(Side(), CURSOR)
    node: OrganisationEnhedMedlemskab = felt(Side(), NODE)


@laest(om="A page of memberships.")
class OrganisationEnhedMedlemskabConnection:
    """By user name; vacant posts last."""

    edges: list[OrganisationEnhedMedlemskabEdge] = felt(Side(), EDGES)
    page_info: PageInfo = felt(Side(), SIDE)
    antal: int = felt(Side(), ANTAL)


@laest(om="One function of a page.")
class OrganisationFunktionEdge:
    """A function and its place."""

    cursor: Cursor = felt(Side(), CURSOR)
    node: OrganisationFunktion = felt(Side(), NODE)


@laest(om="A page of functions.")
class OrganisationFunktionConnection:
    """By name."""

    edges: list[OrganisationFunktionEdge] = felt(Side(), EDGES)
    page_info: PageInfo = felt(Side(), SIDE)
    antal: int = felt(Side(), ANTAL)

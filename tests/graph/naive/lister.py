"""Pages of lists: order, cursors, what lies before and after. Source: design.md 5.1, rules.md 18, storage.md 5."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graph.arguments import laes_cursor
from tests.graph.naive.execute import Failed, Ting
from tests.graph.naive.fields import MOST, VALIDATION, Arguments, Felt, kolonne
from tests.graph.naive.snapshot import Row

Key = tuple[str, str]


@dataclass(frozen=True)
class Cursor:
    """A place in a list: the sort key and the uuid (storage.md 5). Where the list has another key, the uuid alone."""

    tekst: str | None
    uuid: str


@dataclass(frozen=True)
class Element:
    """One element of a list: its place, the object, what its edge tells; `own_key`: the order is not that of names."""

    key: tuple[Any, ...]
    node: Ting
    edge: Mapping[str, Any]
    own_key: bool = True

    @property
    def cursor(self) -> Cursor:
        return Cursor(None if self.own_key else self.key[0], str(self.key[-1]))


def in_list(rows: Sequence[Row], type_: str) -> list[Element]:
    """Objects in the order of lists: by sort key, then uuid."""
    elements = [Element((row["sortering"], row["uuid"]), Ting(type_, row), {}, own_key=False) for row in rows]
    return sorted(elements, key=lambda e: e.key)


def connection(
    name: str, elements: Sequence[Element], a: Arguments, standard: int = MOST, falling: bool = False
) -> Ting:
    """The page of the list that the arguments ask for. Raises Failed for sizes and mixtures that are not allowed."""
    backwards = "last" in a or "before" in a
    if backwards and ("first" in a or "after" in a):
        raise Failed(VALIDATION)
    size = a.get("last" if backwards else "first", standard)
    if not 0 <= size <= MOST:
        raise Failed(VALIDATION)
    rest = list(elements)
    if "after" in a:
        rest = [e for e in rest if (e.key < place(a["after"]) if falling else e.key > place(a["after"]))]
    if "before" in a:
        rest = [e for e in rest if e.key < place(a["before"])]
    page = (rest[-size:] if size else []) if backwards else rest[:size]
    return Ting(name, {"page": page, "all": elements, "rest": rest, "backwards": backwards, "after": a})


def place(cursor: str) -> Key:
    """The sort key and the uuid that a cursor of the product names: its own secret, so its own function."""
    tekst, uuid = laes_cursor("after", cursor)
    return tekst, str(uuid)


def _page_info(t: Ting) -> dict[str, Any]:
    page, rest, a = t.row["page"], t.row["rest"], t.row["after"]
    first, last = (page[0], page[-1]) if page else (None, None)
    more = len(rest) > len(page)
    beyond = ("before" if t.row["backwards"] else "after") in a
    return {
        "startCursor": first.cursor if first is not None else None,
        "endCursor": last.cursor if last is not None else None,
        "hasNextPage": beyond if t.row["backwards"] else more,
        "hasPreviousPage": more if t.row["backwards"] else beyond,
    }


def _connection_fields(connection_name: str, edge_name: str) -> dict[str, Felt]:
    return {
        f"{connection_name}.edges": lambda f, t, a, warn: [Ting(edge_name, {"element": e}) for e in t.row["page"]],
        f"{connection_name}.pageInfo": lambda f, t, a, warn: Ting("PageInfo", _page_info(t)),
        f"{connection_name}.antal": lambda f, t, a, warn: len(t.row["all"]),
        f"{edge_name}.cursor": lambda f, t, a, warn: t.row["element"].cursor,
        f"{edge_name}.node": lambda f, t, a, warn: t.row["element"].node,
    }


FELTER: dict[str, Felt] = {
    **_connection_fields("OrganisationEnhedConnection", "OrganisaionEnhedEdge"),
    **_connection_fields("BrugerConnection", "BrugerEdge"),
    **_connection_fields("OrganisationEnhedMedlemskabConnection", "OrganisationEnhedMedlemskabEdge"),
    **_connection_fields("OrganisationFunktionConnection", "OrganisationFunktionEdge"),
    **_connection_fields("SoegConnection", "SoegEdge"),
    **_connection_fields("RegistreringConnection", "RegistreringEdge"),
    **{f"PageInfo.{name}": kolonne(name) for name in ("startCursor", "endCursor", "hasNextPage", "hasPreviousPage")},
}

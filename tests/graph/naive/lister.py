"""Pages of lists: order, cursors, what lies before and after. Source: design.md 5.1, rules.md 18, storage.md 5."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.graph.naive.execute import Failed, Ting
from tests.graph.naive.fields import MOST, VALIDATION, Arguments, Felt, kolonne
from tests.graph.naive.snapshot import Row

Key = tuple[str, str]


@dataclass(frozen=True)
class Cursor:
    """A place in a list: a text and a uuid. How it is written is the product's own business."""

    tekst: str
    uuid: str


@dataclass(frozen=True)
class Element:
    """One element of a list with its place and what its edge tells."""

    key: Key
    node: Ting
    edge: Mapping[str, Any]


def in_list(rows: Sequence[Row], type_: str) -> list[Element]:
    """Objects in the order of lists: by sort key, then uuid."""
    elements = [Element((row["sortering"], row["uuid"]), Ting(type_, row), {}) for row in rows]
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
        rest = [e for e in rest if (e.key < _key(a["after"]) if falling else e.key > _key(a["after"]))]
    if "before" in a:
        rest = [e for e in rest if e.key < _key(a["before"])]
    page = (rest[-size:] if size else []) if backwards else rest[:size]
    return Ting(name, {"page": page, "all": elements, "rest": rest, "backwards": backwards, "after": a})


def _key(cursor: Cursor) -> Key:
    return (cursor.tekst, cursor.uuid)


def _cursor(element: Element | None) -> Cursor | None:
    return Cursor(*element.key) if element is not None else None


def _page_info(t: Ting) -> dict[str, Any]:
    page, rest, a = t.row["page"], t.row["rest"], t.row["after"]
    first, last = (page[0], page[-1]) if page else (None, None)
    more = len(rest) > len(page)
    beyond = ("before" if t.row["backwards"] else "after") in a
    return {
        "startCursor": _cursor(first),
        "endCursor": _cursor(last),
        "hasNextPage": beyond if t.row["backwards"] else more,
        "hasPreviousPage": more if t.row["backwards"] else beyond,
    }


def _connection_fields(connection_name: str, edge_name: str) -> dict[str, Felt]:
    return {
        f"{connection_name}.edges": lambda f, t, a, warn: [Ting(edge_name, {"element": e}) for e in t.row["page"]],
        f"{connection_name}.pageInfo": lambda f, t, a, warn: Ting("PageInfo", _page_info(t)),
        f"{connection_name}.antal": lambda f, t, a, warn: len(t.row["all"]),
        f"{edge_name}.cursor": lambda f, t, a, warn: _cursor(t.row["element"]),
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

"""Walking a list page by page gives the whole list, in order, each element once; forwards and backwards.

Random documents compare single pages; here the product's own cursors are followed to the end.
"""

from collections.abc import AsyncIterator, Callable
from typing import Any

import orjson
import pytest
import pytest_asyncio

from tests.builders import en_funktion, en_tilknytning
from tests.graph import prove
from tests.graph.documents import Document
from tests.graph.proving import NOW, Ground, expected, ground, principal, question
from tests.graph.worlds import World, a_world

pytestmark = pytest.mark.asyncio(loop_scope="module")
PAGE_INFO = "pageInfo { startCursor endCursor hasNextPage hasPreviousPage }"
LISTS = {
    "units": ('organisationEnhedListe(cvr: "CVR", status: AKTIV, PAGE)', "uuid enhedsnavn"),
    "users": ('brugerListe(cvr: "CVR", status: AKTIV, PAGE)', "uuid brugernavn"),
    "inactive users": ('brugerListe(cvr: "CVR", status: INAKTIV, brugerFilter: {brugernavn: "*"}, PAGE)', "uuid"),
    "units below": ('organisationEnhed(uuid: "ROD") { efterkommere(status: null, PAGE)', "uuid dybde"),
    "members below": (
        'organisationEnhed(uuid: "ROD") { medlemmer(medEfterkommere: true, PAGE)',
        "uuid medlemskabRolleTitel bruger { uuid brugernavn }",
    ),
    "functions": ('organisationEnhed(uuid: "ROD") { funktioner(PAGE)', "uuid funktionsnavn"),
    "hits": ('soeg(cvr: "CVR", tekst: "jdoe", status: null, PAGE)', "uuid __typename"),
}
"""How each list is asked for, and what is asked of its elements."""
BOTH_WAYS = ("units", "users", "inactive users")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(new_dsn: Callable[[], str]) -> AsyncIterator[tuple[World, Ground]]:
    made = a_world(3, 40)
    for number in range(9):
        funktion = en_funktion(made.here, f"Vagt {number % 3}")
        made.rows += [funktion, en_tilknytning(made.here, funktion, "TilknyttedeEnheder", made.here.rod)]
    found = await ground(new_dsn(), made.rows, (made.here, made.there))
    yield made, found
    await found.lease.close()


def document(world: World, name: str, page: str) -> Document:
    path, key = LISTS[name]
    text = path.replace("PAGE", page).replace("CVR", world.here.cvr).replace("ROD", str(world.here.rod))
    text = "{ " + text + " { edges { cursor node { " + key + " } } " + PAGE_INFO + " }"
    return Document(text + " }" * (text.count("{") - text.count("}")), {})


def connection(data: Any) -> Any:
    """The page in an answer: what has edges, however deep."""
    while "edges" not in data:
        data = data[0] if isinstance(data, list) else next(iter(data.values()))
    return data


async def walk(world: World, found: Ground, name: str, size: int, *, backwards: bool = False) -> list[Any]:
    """All elements of the list, by pages of that size, in the list's own order."""
    product, caller = prove.product(found), principal(world.here)
    amount, start, end, more = ("first", "after", "endCursor", "hasNextPage")
    if backwards:
        amount, start, end, more = ("last", "before", "startCursor", "hasPreviousPage")
    nodes: list[Any] = []
    page = f"{amount}: {size}"
    for _ in range(1_000):
        svar = await product.besvar(question(document(world, name, page)), caller, NOW)
        assert svar.data is not None, svar.errors
        part = connection(orjson.loads(svar.data))
        edges, info = part["edges"], part["pageInfo"]
        assert (info["startCursor"], info["endCursor"]) == (edges[0]["cursor"], edges[-1]["cursor"])
        seen = [edge["node"] for edge in edges]
        nodes = seen + nodes if backwards else nodes + seen
        if not info[more]:
            return nodes
        assert len(edges) == size, "a page that is not the last is full"
        page = f'{amount}: {size}, {start}: "{info[end]}"'
    raise AssertionError("the list has no end")


def whole(world: World, found: Ground, name: str) -> list[Any]:
    """The list as the oracle has it, in one page."""
    wanted = connection(expected(found, world.here, document(world, name, "first: 500")).data)
    return [edge["node"] for edge in wanted["edges"]]


@pytest.mark.parametrize("name", LISTS)
async def test_pages_forwards_are_the_whole_list(world: tuple[World, Ground], name: str) -> None:
    wanted = whole(*world, name)
    assert len(wanted) > 6, "this world is too small for the test"

    for size in (2, 3, 7):
        found = await walk(*world, name, size)

        # a search that finds a page's worth of hits does not go on to what is only alike
        assert found == (wanted[: len(found)] if name == "hits" else wanted)
        assert len(found) > 6


@pytest.mark.parametrize("name", BOTH_WAYS)
async def test_pages_backwards_are_the_whole_list(world: tuple[World, Ground], name: str) -> None:
    for size in (2, 3, 7):
        assert await walk(*world, name, size, backwards=True) == whole(*world, name)

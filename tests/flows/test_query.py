"""A question is asked: a client of the whole thing, over HTTP, right after the first fill. Lists and their pages.

What is expected is the source's truth (`facit`), never an answer of orgraf's.
"""

from collections.abc import Callable

import pytest

from tests.flows.facit import Facit, brugerliste, dansk, enhedsliste, navn
from tests.flows.frontend import Frontend
from tests.flows.verden import CVR

Sandhedens = Callable[[int | None], Facit]
SIDE = " { antal pageInfo { startCursor endCursor hasNextPage hasPreviousPage } edges { cursor node { uuid } } } "


async def test_the_municipality_answers(laeser: Frontend, sandhedens: Sandhedens) -> None:
    svar = await laeser.spoerg(
        "query($cvr: CVR!) { organisation(cvr: $cvr) { uuid organisationsnavn organisationEnhed { uuid } } }", cvr=CVR
    )

    facit = sandhedens(None)
    assert svar.data["organisation"] == {
        "uuid": facit.organisation,
        "organisationsnavn": "Korsbæk Kommune",
        "organisationEnhed": {"uuid": facit.rod},
    }


def efterkommere(f: Facit) -> list[str]:
    """Nearest first, then by name."""
    under = {uuid: niveau for uuid, niveau in f.under(f.rod).items() if f.enheder[uuid].status == "AKTIV"}
    return sorted(under, key=lambda uuid: (under[uuid], dansk(navn(f.enheder[uuid], "enhedsnavn")), uuid))


LISTER: dict[str, tuple[str, int, Callable[[Facit], list[str]]]] = {
    "units": ("organisationEnhedListe(cvr: $cvr, status: AKTIV, {side})", 61, enhedsliste),
    "inactive units": (
        "organisationEnhedListe(cvr: $cvr, status: INAKTIV, {side})",
        2,
        lambda f: enhedsliste(f, "INAKTIV"),
    ),
    "users": ("brugerListe(cvr: $cvr, status: AKTIV, {side})", 500, brugerliste),
    "inactive users": ("brugerListe(cvr: $cvr, status: INAKTIV, {side})", 101, lambda f: brugerliste(f, "INAKTIV")),
}
"""The field, how many to ask for at a time, and the whole list."""


@pytest.mark.parametrize("felt, antal, hele", LISTER.values(), ids=LISTER)
@pytest.mark.parametrize("baglaens", [False, True], ids=["forwards", "backwards"])
async def test_the_pages_of_a_list_hold_all_of_it_once_and_in_order(
    laeser: Frontend, sandhedens: Sandhedens, felt: str, antal: int, hele: Callable[[Facit], list[str]], baglaens: bool
) -> None:
    ventet = hele(sandhedens(None))
    side = "last: $antal, before: $sted" if baglaens else "first: $antal, after: $sted"
    document = f"query($cvr: CVR!, $antal: Int, $sted: Cursor) {{ liste: {felt.format(side=side)}"
    document += SIDE + "}"

    found, sted, sider = list[str](), None, 0
    while sider == 0 or sted is not None:
        liste = (await laeser.spoerg(document, cvr=CVR, antal=antal, sted=sted)).data["liste"]
        uuids, info = [edge["node"]["uuid"] for edge in liste["edges"]], liste["pageInfo"]
        found = uuids + found if baglaens else found + uuids
        sider += 1

        assert (info["startCursor"], info["endCursor"]) == (liste["edges"][0]["cursor"], liste["edges"][-1]["cursor"])
        videre, bag = (
            (info["hasPreviousPage"], info["hasNextPage"])
            if baglaens
            else (info["hasNextPage"], info["hasPreviousPage"])
        )
        assert (liste["antal"], len(uuids) <= antal, bag) == (len(ventet), True, sider > 1)
        assert videre is (len(found) < len(ventet))
        sted = info["startCursor" if baglaens else "endCursor"] if videre else None

    assert found == ventet
    assert sider == -(-len(ventet) // antal) > 1


async def test_a_cursor_leads_both_ways(laeser: Frontend, sandhedens: Sandhedens) -> None:
    """Whatever page gave it: the neighbours of the tenth user, asked for from both sides at once."""
    ventet = brugerliste(sandhedens(None))
    felt = "brugerListe(cvr: $cvr, status: AKTIV, {0}) {{ edges {{ cursor node {{ uuid }} }} }}"
    svar = await laeser.spoerg("query($cvr: CVR!) { b: " + felt.format("first: 10") + " }", cvr=CVR)
    tiende = svar.data["b"]["edges"][9]["cursor"]

    svar = await laeser.spoerg(
        f"query($cvr: CVR!, $c: Cursor) {{ foer: {felt.format('last: 3, before: $c')} "
        f"efter: {felt.format('first: 3, after: $c')} ingen: {felt.format('first: 0, after: $c')} }}",
        cvr=CVR,
        c=tiende,
    )

    assert {alias: [e["node"]["uuid"] for e in liste["edges"]] for alias, liste in svar.data.items()} == {
        "foer": ventet[6:9],
        "efter": ventet[10:13],
        "ingen": [],
    }


async def test_lists_below_an_object_have_pages_too(laeser: Frontend, sandhedens: Sandhedens) -> None:
    facit = sandhedens(None)
    document = "query($u: [UUID!]!, $after: Cursor) { organisationEnhed(uuid: $u) { efterkommere(first: 70, "
    document += "after: $after)" + SIDE + "} }"

    found: list[str] = []
    after = None
    while not found or after is not None:
        (enhed,) = (await laeser.spoerg(document, u=[facit.rod], after=after)).data["organisationEnhed"]
        found += [edge["node"]["uuid"] for edge in enhed["efterkommere"]["edges"]]
        info = enhed["efterkommere"]["pageInfo"]
        after = info["endCursor"] if info["hasNextPage"] else None

    assert found == efterkommere(facit)

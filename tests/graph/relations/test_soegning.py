"""Search: word beginnings first, typing errors when that finds too little, persons with the right alone."""

from graph.caller import Ret
from model import tables
from tests import builders
from tests.graph.fixture import kalder as kalder_
from tests.graph.fixture import korsbaek, samme


async def test_search_finds_word_beginnings_and_persons_only_with_the_right(dsn: str) -> None:
    by = korsbaek()
    for nr, (type_, navn, tekst) in enumerate(
        [
            ("PERSON", "annas person", "anna å"),
            ("BRUGER", "anna", "anna"),
            ("ORGANISATION_ENHED", "boern", "børn og annaler"),
        ]
    ):
        soegetekst = {"objekttype": type_, "uuid": by[navn], "felt": "navn", "ord": f" {tekst}"}
        by.add(f"s{nr}", builders.row(tables.soegetekst, by.kommune, **soegetekst))
    query = """query ($cvr: CVR!, $t: String!) { soeg(cvr: $cvr, tekst: $t) {
        edges { felt naerhed node { __typename uuid ... on Bruger { brugernavn } } } pageInfo { hasNextPage } } }"""

    async with kalder_(dsn, by) as kalder:
        alt = await kalder.data(query, cvr=by.kommune.cvr, t="ann")
        slaafejl = await kalder.data(query, cvr=by.kommune.cvr, t="annna")
    async with samme(dsn, by, frozenset({Ret.LAES})) as kalder:
        uden = await kalder.data(query, cvr=by.kommune.cvr, t="Anna")

    assert [e["node"]["__typename"] for e in alt["soeg"]["edges"]] == ["Bruger", "Person", "OrganisationEnhed"]
    assert [e["node"]["__typename"] for e in uden["soeg"]["edges"]] == ["Bruger", "OrganisationEnhed"]
    assert uden["soeg"]["edges"][0]["node"]["brugernavn"] == "anna"
    assert uden["soeg"]["edges"][0]["naerhed"] == 1
    assert slaafejl["soeg"]["edges"], "a typing error finds what is like it"

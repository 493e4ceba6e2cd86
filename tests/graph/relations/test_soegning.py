"""Search: word beginnings first, typing errors when that finds too little, persons with the right alone."""

import re

import pytest

from graph.arguments import laes_cursor
from graph.caller import Ret
from model import tables
from tests import builders
from tests.graph.fixture import By, korsbaek, samme
from tests.graph.fixture import kalder as kalder_


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


SOEG = """query ($cvr: CVR!, $t: String!, $typer: [Objekttype!], $first: Int, $after: Cursor) {
  s: soeg(cvr: $cvr, tekst: $t, typer: $typer, first: $first, after: $after) {
    pageInfo { endCursor hasNextPage } edges { cursor naerhed felt node { __typename uuid } } } }"""


def med_tekster(*tekster: tuple[str, str, str]) -> By:
    """Korsbæk, where objects have these texts: name, object type, text."""
    by = korsbaek()
    for nr, (navn, type_, tekst) in enumerate(tekster):
        soegetekst = {"objekttype": type_, "uuid": by[navn], "felt": f"felt{nr}", "ord": f" {tekst}"}
        by.add(f"s{nr}", builders.row(tables.soegetekst, by.kommune, **soegetekst))
    return by


async def test_the_nearest_come_first_and_say_so(dsn: str) -> None:
    by = med_tekster(
        ("skolen", "ORGANISATION_ENHED", "andre navne, bo"),
        ("boern", "ORGANISATION_ENHED", "bo og andre langt navn"),
        ("bo", "BRUGER", "bo"),
        ("anna", "BRUGER", "bo anna"),
        ("anna", "BRUGER", "anna som er bo"),
    )

    async with kalder_(dsn, by) as kalder:
        edges = (await kalder.data(SOEG, cvr=by.kommune.cvr, t="Bo"))["s"]["edges"]

    found = [(edge["node"]["uuid"], edge["felt"]) for edge in edges]
    assert found == [(by["bo"], "felt2"), (by["anna"], "felt3"), (by["boern"], "felt1"), (by["skolen"], "felt0")]
    naerheder = [edge["naerhed"] for edge in edges]
    assert naerheder == sorted(naerheder, reverse=True)
    assert naerheder[0] == 1
    assert naerheder[2] > 2 / 3 > naerheder[3] > 1 / 3


async def test_a_cursor_tells_no_name(dsn: str) -> None:
    """Cursors end in logs and in other callers' hands. Source: domain.md 10."""
    by = med_tekster(
        ("annas person", "PERSON", "anna å"), ("anna", "BRUGER", "anna"), ("algade", "ADRESSE", "anna gade")
    )

    async with kalder_(dsn, by) as kalder:
        alle = (await kalder.data(SOEG, cvr=by.kommune.cvr, t="anna"))["s"]["edges"]
        sider: list[str] = []
        after = None
        for _ in alle:
            side = (await kalder.data(SOEG, cvr=by.kommune.cvr, t="anna", first=1, after=after))["s"]
            sider.append(side["edges"][0]["node"]["uuid"])
            after = side["pageInfo"]["endCursor"]

    assert sider == [edge["node"]["uuid"] for edge in alle]
    assert len(alle) == 3
    assert not side["pageInfo"]["hasNextPage"]
    for edge in alle:
        sted, _ = laes_cursor("after", edge["cursor"])
        assert re.fullmatch(r"[01]\d{3}\x01(PERSON|BRUGER|ADRESSE)", sted)


@pytest.mark.parametrize(
    "typer, fundet", [(["PERSON"], []), (["BRUGER", "PERSON"], ["Bruger"])], ids=["alone", "with others"]
)
async def test_persons_asked_for_without_the_right_are_a_warning(dsn: str, typer: list[str], fundet: list[str]) -> None:
    by = med_tekster(("annas person", "PERSON", "anna å"), ("anna", "BRUGER", "anna"))

    async with kalder_(dsn, by, frozenset({Ret.LAES})) as kalder:
        data, fejl = await kalder.fejl(SOEG, cvr=by.kommune.cvr, t="anna", typer=typer)
        _, ingen = await kalder.fejl(SOEG, cvr=by.kommune.cvr, t="anna")
    async with samme(dsn, by, frozenset({Ret.LAES, Ret.SENAVN})) as kalder:
        med = (await kalder.data(SOEG, cvr=by.kommune.cvr, t="anna", typer=["PERSON"]))["s"]["edges"]

    assert [edge["node"]["__typename"] for edge in data["s"]["edges"]] == fundet
    assert (fejl, ingen) == ([(["s"], "Unauthorized", "WARNING")], [])
    assert [edge["node"]["__typename"] for edge in med] == ["Person"]


NUMRE = ("+45 11 22 33 44", "11223344", "1122 3344", "+4511223344", "0045 11223344", "+45 1122 3344")


@pytest.mark.parametrize("asked", [*NUMRE, "11 22 33 44", "0045 1122 3344"])
async def test_a_telephone_number_is_found_however_it_is_written(dsn: str, asked: str) -> None:
    """And no other: not the digits in another order, nor those of a longer number that does not begin so."""
    others = ("44 33 22 11", "+45 99 11 22 33 44", "5798011223344", "11 22 33", "112233 44 55")
    by = korsbaek()
    for nr, tekst in enumerate((*NUMRE, *others)):
        adresse = by.add(f"a{nr}", builders.en_adresse(by.kommune, tekst))
        by.add(f"ejer{nr}", builders.en_adressering(by.kommune, by.raekker["boern"], adresse["uuid"]))
        ord_ = {"objekttype": "ADRESSE", "uuid": adresse["uuid"], "felt": "adresseTekst", "ord": f" {tekst}"}
        by.add(f"s{nr}", builders.row(tables.soegetekst, by.kommune, **ord_))

    async with kalder_(dsn, by) as kalder:
        edges = (await kalder.data(SOEG, cvr=by.kommune.cvr, t=asked, typer=["ADRESSE"]))["s"]["edges"]

    ventet = {by[f"a{nr}"] for nr in range(len(NUMRE))} | {by[f"a{len(NUMRE) + 1}"]}  # 99 and then the number
    assert {edge["node"]["uuid"] for edge in edges} == ventet

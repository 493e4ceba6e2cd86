"""What an operation may cost: counted by hand here."""

import pytest

from tests.graph.fixture import kalder, korsbaek

EN = "00000000-0000-4000-8000-000000000001"
LISTE = "brugerListe(cvr: $cvr, status: AKTIV"
PRISER = [
    ("{ organisationEnhed(uuid: []) { uuid } }", 1),
    (f'{{ organisationEnhed(uuid: ["{EN}", "{EN}"]) {{ uuid enhedsnavn }} }}', 1 + 2 * 2),
    (f'{{ organisationEnhed(uuid: "{EN}") {{ ...A ...A }} }} fragment A on OrganisationEnhed {{ uuid id: uuid }}', 3),
    (f"query ($cvr: CVR!) {{ {LISTE}, first: 50) {{ antal edges {{ node {{ uuid }} }} }} }}", 1 + 50 * 4),
    (
        f"query ($cvr: CVR!) {{ {LISTE}, first: 50) {{ edges {{ node {{ medarbejdere(first: 9) {{ antal }} }} }} }} }}",
        1 + 50 * (3 + 9),
    ),
]


@pytest.mark.parametrize(("query", "pris"), PRISER)
async def test_the_price_counts_fields_by_their_pages(dsn: str, query: str, pris: int) -> None:
    by = korsbaek()
    async with kalder(dsn, by) as spoerger:
        svar = await spoerger.svar(query, **({"cvr": by.kommune.cvr} if "$cvr" in query else {}))
    assert svar.udfoert, svar.errors
    assert svar.extensions["pris"] == {"pris": pris, "graense": 10_000_000}


async def test_the_page_may_come_from_a_variable(dsn: str) -> None:
    by = korsbaek()
    query = f"query ($cvr: CVR!, $n: Int) {{ {LISTE}, first: $n) {{ antal }} }}"
    async with kalder(dsn, by) as spoerger:
        priser = [
            (await spoerger.svar(query, cvr=by.kommune.cvr, **more)).extensions["pris"]["pris"]
            for more in ({"n": 7}, {"n": 30}, {})
        ]
    assert priser == [8, 31, 501]


async def test_what_costs_too_much_is_not_read(dsn: str) -> None:
    by, asked = korsbaek(), []

    class Watching:
        async def fetchrow(self, text: str, *values: object, kommune: object = None) -> None:
            asked.append(text)

    inner = "edges { node { medarbejdere(first: 500) { edges { node { uuid brugernavn } } } } }"
    query = f"query ($cvr: CVR!) {{ {LISTE}, first: 500) {{ {inner} }} }}"
    async with kalder(dsn, by, laeser=lambda _: Watching()) as spoerger:
        spoerger.motor.prisgraense = 1_000_000
        svar = await spoerger.svar(query, cvr=by.kommune.cvr)

    assert not svar.udfoert
    (error,) = svar.errors
    assert error["message"] == ("query: wanted a price of at most 1000000, found 1001501: ask for shorter pages")
    assert asked == []


async def test_an_answer_that_is_too_long_is_not_sent(dsn: str) -> None:
    by = korsbaek()
    query = f"query ($cvr: CVR!) {{ {LISTE}) {{ edges {{ node {{ brugernavn }} }} }} }}"
    async with kalder(dsn, by) as spoerger:
        spoerger.motor.svar_bytes = 50
        svar = await spoerger.svar(query, cvr=by.kommune.cvr)

    assert not svar.udfoert
    assert [error["message"] for error in svar.errors] == [
        "query: wanted an answer of at most 50 bytes: ask for shorter pages"
    ]

"""A question is asked: a client of the whole thing, over HTTP, after the first fill."""

from tests.flows.frontend import Frontend


async def test_the_municipality_answers(frontend: Frontend) -> None:
    svar = await frontend.spoerg("query($cvr: CVR!) { organisation(cvr: $cvr) { organisationsnavn } }", cvr="11111111")

    assert svar.data == {"organisation": {"organisationsnavn": "Korsbæk Kommune"}}


async def test_it_answers_in_the_other(klient: Frontend) -> None:
    await klient.indtil_navn(klient.verden.uuid("enhed", 0), "Korsbæk Kommune")

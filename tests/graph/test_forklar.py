"""How a query is answered: its statement, the plan of an execution of its own, and what came before."""

from graph.answer import Spoergsmaal
from tests.graph.fixture import NOW, korsbaek
from tests.graph.fixture import kalder as kalder_


async def test_how_a_query_is_answered_can_be_told(dsn: str) -> None:
    by = korsbaek()
    query = "query ($u: [UUID!]!) { organisationEnhed(uuid: $u) { enhedsnavn } }"

    async with kalder_(dsn, by) as kalder:
        forklaret = await kalder.motor.forklar(Spoergsmaal(query, None, {"u": [by["boern"]]}), kalder.principal, NOW)
        others = [
            await kalder.motor.forklar(Spoergsmaal(text, None, {}), kalder.principal, NOW)
            for text in ("{ __typename }", query, "{ nix }")
        ]

    assert forklaret is not None
    assert list(forklaret) == ["sql", "plan", "tider"]
    assert "FROM organisation_enhed" in forklaret["sql"]
    assert forklaret["plan"][0]["Plan"]["Actual Rows"] == 1
    assert all(took >= 0 for took in forklaret["tider"].values())
    assert others == [None, None, None], "introspection, no variable, not valid"

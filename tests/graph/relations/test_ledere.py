"""Managers, in words; the properties show the rest."""

from fkorg import klassifikation
from tests import builders
from tests.graph.fixture import kalder as kalder_
from tests.graph.fixture import korsbaek


async def test_managers_of_a_user_are_found_level_by_level(dsn: str) -> None:
    by = korsbaek()
    chef = by.add("chef", builders.en_bruger(by.kommune, "direktør"))
    by.add(
        "chefen",
        builders.et_medlemskab(by.kommune, chef["uuid"], by.kommune.rod, funktionstype=klassifikation.LEDERROLLE),
    )
    felter = "brugernavn ledere { afstand nedarvet bruger { brugernavn } fraEnhed { enhedsnavn } } "
    felter += "lederkaede { bruger { brugernavn } } medarbejdere { edges { node { brugernavn } } } "
    felter += "alle: medarbejdere(alleNiveauer: true) { antal }"

    async with kalder_(dsn, by) as kalder:
        query = f"query ($u: [UUID!]!) {{ bruger(uuid: $u) {{ {felter} }} }}"
        bo, anna, direktoer = (await kalder.data(query, u=[by["bo"], by["anna"], by["chef"]]))["bruger"]

    assert bo["ledere"] == [
        {"afstand": 0, "nedarvet": False, "bruger": {"brugernavn": "anna"}, "fraEnhed": {"enhedsnavn": "Børn"}}
    ]
    assert [led["bruger"]["brugernavn"] for led in bo["lederkaede"]] == ["anna", "direktør"]
    assert [led["bruger"]["brugernavn"] for led in anna["ledere"]] == ["direktør"]
    assert [e["node"]["brugernavn"] for e in anna["medarbejdere"]["edges"]] == ["bo"]
    assert [e["node"]["brugernavn"] for e in direktoer["medarbejdere"]["edges"]] == ["anna"]
    assert direktoer["alle"] == {"antal": 2}

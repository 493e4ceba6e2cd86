"""Registrations: newest first, names and CPR numbers by right."""

from graph.caller import Ret
from model import tables
from tests import builders
from tests.graph.fixture import kalder as kalder_
from tests.graph.fixture import korsbaek


async def test_registrations_are_newest_first_and_masked(dsn: str) -> None:
    by = korsbaek()
    for nr in (1, 2):
        indhold = {
            "egenskaber": [{"fra": None, "felter": {"navn": f"Anna {nr}", "cpr": "0101010101"}}],
            "tilstande": [],
        }
        by.add(
            f"reg{nr}",
            builders.row(
                tables.registrering,
                by.kommune,
                objekttype="PERSON",
                uuid=by["annas person"],
                reg_ns=builders.REGISTRERET + nr,
                rewind=0,
                tie=0,
                livscyklus="IMPORTERET",
                content=indhold,
                content_hash="\\x00",
                kilde="BOOTSTRAP",
                hentet_at="2026-01-01",
            ),
        )
    query = """query ($u: UUID!) { registrering(objekttype: PERSON, uuid: $u, first: 1) { antal
        edges { node { objekttype tidspunkt livscyklus bruger indhold } } pageInfo { hasNextPage endCursor } } }"""

    async with kalder_(dsn, by, frozenset({Ret.LAES, Ret.SECPR})) as kalder:
        side = (await kalder.data(query, u=by["annas person"]))["registrering"]

    (node,) = [edge["node"] for edge in side["edges"]]
    assert (side["antal"], side["pageInfo"]["hasNextPage"]) == (2, True)
    assert node["tidspunkt"] == "2026-01-01T00:00:00.000000002Z"
    assert node["indhold"]["egenskaber"] == [{"fra": None, "felter": {"navn": None, "cpr": "0101010101"}}]
    assert node["indhold"]["tilstande"] == []

"""Registrations: newest first, found by when, names and CPR numbers by right, times as text."""

from typing import Any

import pytest

from fkorg import tid
from graph.caller import Ret
from model import tables
from tests import builders
from tests.builders import Row
from tests.graph.fixture import By, korsbaek
from tests.graph.fixture import kalder as kalder_


async def test_registrations_are_newest_first_and_masked(dsn: str) -> None:
    by = korsbaek()
    for nr in (1, 2):
        indhold = {
            "egenskaber": [{"fra": None, "til": None, "felter": {"navn": f"Anna {nr}", "cpr": "0101010101"}}],
            "tilstande": [],
        }
        by.add(
            f"reg{nr}",
            _registrering(by, builders.REGISTRERET + nr, indhold),
        )
    query = """query ($u: UUID!) { registrering(objekttype: PERSON, uuid: $u, first: 1) { antal
        edges { node { objekttype tidspunkt livscyklus bruger indhold } } pageInfo { hasNextPage endCursor } } }"""

    async with kalder_(dsn, by, frozenset({Ret.LAES, Ret.SECPR})) as kalder:
        side = (await kalder.data(query, u=by["annas person"]))["registrering"]

    (node,) = [edge["node"] for edge in side["edges"]]
    assert (side["antal"], side["pageInfo"]["hasNextPage"]) == (2, True)
    assert node["tidspunkt"] == "2026-01-01T00:00:00.000000002Z"
    assert node["indhold"]["egenskaber"] == [{"fra": None, "til": None, "felter": {"navn": None, "cpr": "0101010101"}}]
    assert node["indhold"]["tilstande"] == []


def _registrering(by: By, reg_ns: int, indhold: dict[str, Any]) -> Row:
    """One of Anna's person."""
    return builders.row(
        tables.registrering,
        by.kommune,
        objekttype="PERSON",
        uuid=by["annas person"],
        reg_ns=reg_ns,
        rewind=0,
        tie=0,
        livscyklus="IMPORTERET",
        content=indhold,
        content_hash="\\x00",
        kilde="BOOTSTRAP",
        hentet_at="2026-01-01",
    )


TIDER = {
    "no limit": (None, None),
    "a midnight": (1_583_017_200_000_000_000, "2020-02-29T23:00:00Z"),
    "all digits": (1_583_017_200_123_456_789, "2020-02-29T23:00:00.123456789Z"),
    "some digits": (1_583_017_200_120_000_000, "2020-02-29T23:00:00.12Z"),
    "before 1970": (-1, "1969-12-31T23:59:59.999999999Z"),
    "long before": (-62_135_596_800 * 10**9, "0001-01-01T00:00:00Z"),
    "beyond what 64 bits hold": (253_402_297_199_500_000_000, "9999-12-31T22:59:59.5Z"),
    "the last of all": (253_402_300_799_999_999_999, "9999-12-31T23:59:59.999999999Z"),
}


async def test_times_in_the_content_are_text(dsn: str) -> None:
    """A whole number of nanoseconds is more than JavaScript reads exactly."""
    by = korsbaek()
    entries = [{"fra": ns, "til": None} for ns, _ in TIDER.values()]
    indhold = {
        "egenskaber": [{**entry, "felter": {}} for entry in entries],
        "tilstande": [{"fra": None, "til": ns, "status": "AKTIV"} for ns, _ in TIDER.values()],
        "relationer": [{**entry, "navn": "Tilhoerer"} for entry in entries],
        "lokalUdvidelse": {"egenskaber": "<fra>1</fra>"},
    }
    by.add("reg", _registrering(by, builders.REGISTRERET, indhold))
    query = "query ($u: UUID!) { registrering(objekttype: PERSON, uuid: $u) { edges { node { indhold } } } }"

    async with kalder_(dsn, by) as kalder:
        (edge,) = (await kalder.data(query, u=by["annas person"]))["registrering"]["edges"]

    tekster = [text for _, text in TIDER.values()]
    assert edge["node"]["indhold"] == {
        "egenskaber": [{"fra": text, "til": None, "felter": {}} for text in tekster],
        "tilstande": [{"fra": None, "til": text, "status": "AKTIV"} for text in tekster],
        "relationer": [{"fra": text, "til": None, "navn": "Tilhoerer"} for text in tekster],
        "lokalUdvidelse": {"egenskaber": "<fra>1</fra>"},
    }
    assert all(text is None or tid.parse_ns(text) == ns for ns, text in TIDER.values())


GRAENSER = {
    "from the time as printed": ({"fra": "2024-03-05T10:00:00.1234567Z"}, [2, 1]),
    "from the time cut": ({"fra": "2024-03-05T10:00:00.123Z"}, [2, 1]),
    "from the next millisecond": ({"fra": "2024-03-05T10:00:00.124Z"}, [2]),
    "to the time as printed": ({"til": "2024-03-05T10:00:00.1234567Z"}, [1, 0]),
    "to the time cut": ({"til": "2024-03-05T10:00:00.123Z"}, [1, 0]),
    "to its second": ({"til": "2024-03-05T10:00:00Z"}, [1, 0]),
    "to the second before": ({"til": "2024-03-05T09:59:59Z"}, [0]),
    "its second": ({"fra": "2024-03-05T10:00:00Z", "til": "2024-03-05T11:00:00+01:00"}, [1]),
    "from a later to an earlier": ({"fra": "2024-03-05T10:00:01Z", "til": "2024-03-05T10:00:00Z"}, []),
}


@pytest.mark.parametrize("tider, fundet", GRAENSER.values(), ids=GRAENSER)
async def test_bounds_match_the_registration_that_they_are_a_copy_of(
    dsn: str, tider: dict[str, str], fundet: list[int]
) -> None:
    """The interval that the digits name is inside, at both ends. Source: rules.md 3."""
    by = korsbaek()
    for nr, tidspunkt in enumerate(("2023-01-01T00:00:00Z", "2024-03-05T10:00:00.1234567Z", "2025-01-01T00:00:00Z")):
        by.add(f"reg{nr}", _registrering(by, tid.parse_ns(tidspunkt), {"lokalUdvidelse": {"nr": nr}}))
    query = """query ($u: UUID!, $fra: DateTime, $til: DateTime) { registrering(objekttype: PERSON, uuid: $u,
        registreringFra: $fra, registreringTil: $til) { edges { node { indhold } } } }"""

    async with kalder_(dsn, by) as kalder:
        side = (await kalder.data(query, u=by["annas person"], **tider))["registrering"]

    assert [edge["node"]["indhold"]["lokalUdvidelse"]["nr"] for edge in side["edges"]] == fundet

"""Contact places: what a unit points at in vain is told, not passed over in silence."""

from uuid import uuid4

import pytest

from fkorg import klassifikation
from tests import builders
from tests.graph.fixture import kalder as kalder_
from tests.graph.fixture import korsbaek

QUERY = """query ($u: [UUID!]!) { organisationEnhed(uuid: $u) {
  henvendelsessteder { uuid henvendelsesOrganisationEnhed { enhedsnavn } opgave { uuid } }
  udbetalendeEnhed { uuid } } }"""
ADVARSEL = (["organisationEnhed", 0, "henvendelsessteder"], "NullValueInNonNullableField", "WARNING")
FUNKTIONER = {
    "one that is there": ("henvendelsessted", [True], []),
    "one that is not": ("mangler", [], [ADVARSEL]),
    "one whose unit is not": ("uden enhed", [], [ADVARSEL]),
    "one that is inactive": ("inaktiv", [], []),
    "one of another type": ("udbetalende", [], []),
}
"""Which function the unit points at, the places shown, the warnings. Source: rules.md 11."""


@pytest.mark.parametrize("navn, steder, advarsler", FUNKTIONER.values(), ids=FUNKTIONER)
async def test_a_contact_place_that_is_missing_is_a_warning(
    dsn: str, navn: str, steder: list[bool], advarsler: list[object]
) -> None:
    by = korsbaek()
    k, skolen, boern = by.kommune, by.raekker["skolen"], by.raekker["boern"]
    for kort, type_, status in (
        ("henvendelsessted", klassifikation.HENVENDELSESSTED, "AKTIV"),
        ("uden enhed", klassifikation.HENVENDELSESSTED, "AKTIV"),
        ("inaktiv", klassifikation.HENVENDELSESSTED, "INAKTIV"),
        ("udbetalende", klassifikation.UDBETALENDE_ENHED, "AKTIV"),
    ):
        funktion = by.add(kort, builders.en_funktion(k, kort, funktionstype=type_, status=status))
        enhed = uuid4() if kort == "uden enhed" else boern["uuid"]
        by.add(f"{kort} i", builders.en_tilknytning(k, funktion, "TilknyttedeEnheder", enhed))
    peger = by[navn] if navn in by.raekker else uuid4()
    by.add("peger", builders.en_tilknytning(k, skolen, "TilknyttedeFunktioner", peger))

    async with kalder_(dsn, by) as kalder:
        data, fejl = await kalder.fejl(QUERY, u=[by["skolen"]])

    (enheden,) = data["organisationEnhed"]
    place = (
        {"uuid": by[navn], "henvendelsesOrganisationEnhed": {"enhedsnavn": "Børn"}, "opgave": None} if steder else {}
    )
    assert (enheden["henvendelsessteder"], fejl) == ([place for _ in steder], advarsler)
    assert enheden["udbetalendeEnhed"] == ({"uuid": by["boern"]} if navn == "udbetalende" else None)

"""The five writes of a function against the simulator, in both ways of `ret`."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from fkorg import klassifikation
from tests.graph.mutations.dokumenter import (
    FUNKTION,
    I_MORGEN,
    KUN_REPLACE,
    en_bruger,
    en_enhed,
    felter,
    importer,
    livsende,
    ny,
    opret,
    peger,
    perioder,
    rettelse,
    status,
)
from tests.graph.mutations.plads import Plads

RET = rettelse("OrganisationFunktion")
HENVENDELSE, ROLLE = str(klassifikation.HENVENDELSESSTED), str(klassifikation.ENHEDSROLLE)
KLE = "11111111-aaaa-4aaa-8aaa-111111111111"


def en_funktion(enhed: str, **felter: Any) -> dict[str, Any]:
    given = {"cvr": "11111111", "brugervendtNoegle": "f1", "funktionsnavn": "Borgerservice"}
    return given | {"funktionsTypeUuid": HENVENDELSE, "enheder": [enhed], "opgaver": [KLE]} | felter


async def test_a_new_function_belongs_to_the_municipality_and_ties_all_together(plads: Plads) -> None:
    enhed, bruger = await en_enhed(plads), await en_bruger(plads)

    svar = await plads.goer(opret("OrganisationFunktion"), input=en_funktion(enhed, brugere=[bruger]))
    uuid = ny(svar, FUNKTION)

    assert felter(plads, FUNKTION, uuid) == {"brugervendtnoegle": "f1", "funktionsnavn": "Borgerservice"}
    assert status(plads, FUNKTION, uuid) == "AKTIV"
    assert peger(plads, FUNKTION, uuid, "Funktionstype") == [HENVENDELSE]
    assert peger(plads, FUNKTION, uuid, "TilknyttedeOrganisationer") == [str(plads.organisation)]
    assert peger(plads, FUNKTION, uuid, "TilknyttedeEnheder") == [enhed]
    assert peger(plads, FUNKTION, uuid, "TilknyttedeBrugere") == [bruger]
    assert peger(plads, FUNKTION, uuid, "TilknyttedeOpgaver") == [KLE]
    assert plads.laest[-1] == ("OrganisationFunktion", UUID(uuid))


async def test_a_function_for_a_period_ties_for_that_period(plads: Plads) -> None:
    enhed = await en_enhed(plads)
    uuid = ny(
        await plads.goer(
            opret("OrganisationFunktion"),
            input=en_funktion(enhed, periode={"fra": I_MORGEN, "til": "2027-01-01T00:00:00+01:00"}),
        ),
        FUNKTION,
    )

    assert perioder(plads, FUNKTION, uuid, "TilknyttedeEnheder") == [(enhed, "2026-09-22", "2027-01-01")]
    assert status(plads, FUNKTION, uuid) is None
    assert status(plads, FUNKTION, uuid, 1_800_000_000 * 10**9) == "INAKTIV"


async def test_users_and_tasks_come_and_go_and_the_others_stay(plads: Plads) -> None:
    enhed, first, second = await en_enhed(plads), await en_bruger(plads, "a"), await en_bruger(plads, "b")
    given = en_funktion(enhed, brugere=[first], funktionsTypeUuid=ROLLE)
    uuid = ny(await plads.goer(opret("OrganisationFunktion"), input=given), FUNKTION)
    plads.om_to_dage()

    await plads.goer(
        RET,
        input={
            "uuid": uuid,
            "brugere": [second],
            "afslutBrugere": [first],
            "afslutOpgaver": [KLE],
            "funktionsnavn": "X",
        },
    )

    assert perioder(plads, FUNKTION, uuid, "TilknyttedeBrugere") == [
        (first, "2026-09-21", "2026-09-23"),
        (second, "2026-09-23", None),
    ]
    assert peger(plads, FUNKTION, uuid, "TilknyttedeOpgaver") == []
    assert peger(plads, FUNKTION, uuid, "TilknyttedeEnheder") == [enhed]
    assert felter(plads, FUNKTION, uuid)["funktionsnavn"] == "X"


async def test_import_and_the_end_of_a_life(plads: Plads) -> None:
    uuid, enhed = str(uuid4()), await en_enhed(plads)
    await plads.goer(importer("OrganisationFunktion"), uuid=uuid, tid=None, input=en_funktion(enhed))

    for navn, livscyklus in (("passiver", "PASSIVERET"), ("slet", "SLETTET")):
        await plads.goer(livsende(navn, "OrganisationFunktion"), uuid=uuid)

        assert plads.nyeste(FUNKTION, uuid).livscyklus.value == livscyklus


UGYLDIGT: dict[str, tuple[dict[str, Any], str]] = {
    "type null": ({"funktionsTypeUuid": None}, "funktionsTypeUuid:"),
    "type from tomorrow": ({"funktionsTypeUuid": ROLLE, "fra": I_MORGEN}, "fra:"),
    "unknown unit": ({"enheder": [str(uuid4())]}, "enheder[0]:"),
    "unknown user": ({"brugere": [str(uuid4())]}, "brugere[0]:"),
}


@KUN_REPLACE
@pytest.mark.parametrize("given, message", UGYLDIGT.values(), ids=UGYLDIGT)
async def test_a_bad_argument_is_named(plads: Plads, given: dict[str, Any], message: str) -> None:
    enhed = await en_enhed(plads)
    uuid = ny(await plads.goer(opret("OrganisationFunktion"), input=en_funktion(enhed)), FUNKTION)

    assert (await plads.goer(RET, input={"uuid": uuid, **given})).fejl["message"].startswith(message)

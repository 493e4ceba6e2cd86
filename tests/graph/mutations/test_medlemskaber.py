"""Employing, appointing and ending against the simulator, in both ways of `ret`."""

from uuid import UUID, uuid4

from fkorg import klassifikation
from tests.graph.mutations.dokumenter import (
    AFSLUT,
    ANSAET,
    FUNKTION,
    I_MORGEN,
    UDPEG,
    en_bruger,
    en_enhed,
    felter,
    livsende,
    ny,
    opret,
    peger,
    perioder,
    sendte,
    status,
)
from tests.graph.mutations.plads import Plads

ROLLE, LEDER = str(klassifikation.ENHEDSROLLE), str(klassifikation.LEDERROLLE)


async def test_a_user_is_employed_under_a_title(plads: Plads) -> None:
    bruger, enhed = await en_bruger(plads), await en_enhed(plads)

    svar = await plads.goer(ANSAET, bruger=bruger, enhed=enhed, titel="Sagsbehandler")
    uuid = ny(svar, FUNKTION)

    assert felter(plads, FUNKTION, uuid)["funktionsnavn"] == "Sagsbehandler"
    assert peger(plads, FUNKTION, uuid, "Funktionstype") == [ROLLE]
    assert perioder(plads, FUNKTION, uuid, "TilknyttedeBrugere") == [(bruger, "2026-09-21", None)]
    assert perioder(plads, FUNKTION, uuid, "TilknyttedeEnheder") == [(enhed, "2026-09-21", None)]
    assert peger(plads, FUNKTION, uuid, "TilknyttedeOrganisationer") == [str(plads.organisation)]
    assert plads.laest[-1] == ("Bruger", UUID(bruger))


async def test_the_same_employment_again_changes_nothing_another_title_is_a_new_one(plads: Plads) -> None:
    bruger, enhed = await en_bruger(plads), await en_enhed(plads)
    await plads.goer(ANSAET, bruger=bruger, enhed=enhed, titel="Sagsbehandler")
    plads.forbindelse.kald.clear()

    same = await plads.goer(ANSAET, bruger=bruger, enhed=enhed, titel="Sagsbehandler")
    other = await plads.goer(ANSAET, bruger=bruger, enhed=enhed, titel="Konsulent")

    assert (sendte(same), sendte(other)) == ([False], [True])
    assert plads.forbindelse.kald == ["organisationfunktion.opret"]


async def test_an_employment_for_a_period(plads: Plads) -> None:
    bruger, enhed = await en_bruger(plads), await en_enhed(plads)
    periode = {"fra": I_MORGEN, "til": "2027-01-01T00:00:00+01:00"}

    uuid = ny(await plads.goer(ANSAET, bruger=bruger, enhed=enhed, titel="Vikar", periode=periode), FUNKTION)

    assert perioder(plads, FUNKTION, uuid, "TilknyttedeBrugere") == [(bruger, "2026-09-22", "2027-01-01")]
    assert status(plads, FUNKTION, uuid, 1_800_000_000 * 10**9) == "INAKTIV"


async def test_only_employments_are_given_by_ansaet(plads: Plads) -> None:
    bruger, enhed = await en_bruger(plads), await en_enhed(plads)

    svar = await plads.goer(ANSAET, bruger=bruger, enhed=enhed, titel="Chef", funktionsTypeUuid=LEDER)

    assert svar.fejl["message"].startswith("funktionsTypeUuid:")


async def test_a_membership_ends_with_its_last_user(plads: Plads) -> None:
    bruger, enhed = await en_bruger(plads), await en_enhed(plads)
    uuid = ny(await plads.goer(ANSAET, bruger=bruger, enhed=enhed, titel="Sagsbehandler"), FUNKTION)
    plads.om_to_dage()

    first = await plads.goer(AFSLUT, medlemskab=uuid, bruger=bruger)
    second = await plads.goer(AFSLUT, medlemskab=uuid, bruger=bruger)

    assert perioder(plads, FUNKTION, uuid, "TilknyttedeBrugere") == [(bruger, "2026-09-21", "2026-09-23")]
    assert perioder(plads, FUNKTION, uuid, "TilknyttedeEnheder") == [(enhed, "2026-09-21", "2026-09-23")]
    assert status(plads, FUNKTION, uuid) == "INAKTIV"
    assert (sendte(first), sendte(second)) == ([True], [False])


async def test_a_function_goes_on_with_the_users_who_are_left(plads: Plads) -> None:
    first, second, enhed = await en_bruger(plads, "a"), await en_bruger(plads, "b"), await en_enhed(plads)
    given = {"cvr": "11111111", "brugervendtNoegle": "f", "funktionsTypeUuid": ROLLE, "enheder": [enhed]}
    svar = await plads.goer(opret("OrganisationFunktion"), input=given | {"brugere": [first, second]})
    uuid = ny(svar, FUNKTION)
    plads.om_to_dage()

    await plads.goer(AFSLUT, medlemskab=uuid, bruger=first)

    assert peger(plads, FUNKTION, uuid, "TilknyttedeBrugere") == [second]
    assert peger(plads, FUNKTION, uuid, "TilknyttedeEnheder") == [enhed]
    assert status(plads, FUNKTION, uuid) == "AKTIV"


async def test_a_membership_planned_for_later_never_begins(plads: Plads) -> None:
    bruger, enhed = await en_bruger(plads), await en_enhed(plads)
    periode = {"fra": "2026-12-01T00:00:00+01:00"}
    uuid = ny(await plads.goer(ANSAET, bruger=bruger, enhed=enhed, titel="Vikar", periode=periode), FUNKTION)

    await plads.goer(AFSLUT, medlemskab=uuid, bruger=bruger)

    assert perioder(plads, FUNKTION, uuid, "TilknyttedeBrugere") == [(bruger, "2026-12-01", "2026-12-01")]
    assert status(plads, FUNKTION, uuid, 1_800_000_000 * 10**9) == "INAKTIV"


async def test_a_user_without_part_in_the_function_is_named(plads: Plads) -> None:
    bruger, enhed = await en_bruger(plads), await en_enhed(plads)
    uuid = ny(await plads.goer(ANSAET, bruger=bruger, enhed=enhed, titel="Sagsbehandler"), FUNKTION)

    assert (await plads.goer(AFSLUT, medlemskab=uuid, bruger=str(uuid4()))).fejl["message"].startswith("bruger:")


async def test_a_manager_is_appointed_once(plads: Plads) -> None:
    bruger, enhed = await en_bruger(plads), await en_enhed(plads)

    first = await plads.goer(UDPEG, enhed=enhed, bruger=bruger, titel="Leder")
    second = await plads.goer(UDPEG, enhed=enhed, bruger=bruger, titel="Leder")

    uuid = ny(first, FUNKTION)
    assert peger(plads, FUNKTION, uuid, "Funktionstype") == [LEDER]
    assert peger(plads, FUNKTION, uuid, "TilknyttedeBrugere") == [bruger]
    assert (sendte(first), sendte(second)) == ([True], [False])
    assert plads.laest[-1] == ("OrganisationEnhed", UUID(enhed))


async def test_a_manager_is_given_another_title_in_the_same_post(plads: Plads) -> None:
    bruger, enhed = await en_bruger(plads), await en_enhed(plads)
    uuid = ny(await plads.goer(UDPEG, enhed=enhed, bruger=bruger, titel="Leder"), FUNKTION)

    svar = await plads.goer(UDPEG, enhed=enhed, bruger=bruger, titel="Chef")

    assert ny(svar, FUNKTION) == uuid
    assert felter(plads, FUNKTION, uuid)["funktionsnavn"] == "Chef"


async def test_another_manager_is_refused_unless_to_be_replaced(plads: Plads) -> None:
    gammel, ny_leder, enhed = await en_bruger(plads, "a"), await en_bruger(plads, "b"), await en_enhed(plads)
    old = ny(await plads.goer(UDPEG, enhed=enhed, bruger=gammel, titel="Leder"), FUNKTION)
    plads.om_to_dage()

    fejl = (await plads.goer(UDPEG, enhed=enhed, bruger=ny_leder)).fejl
    svar = await plads.goer(UDPEG, enhed=enhed, bruger=ny_leder, erstat=True)

    assert (fejl["kode"], fejl["classification"]) == ("CONFLICT", "ValidationError")
    assert "erstat" in fejl["message"]
    assert sendte(svar) == [True, True]
    assert perioder(plads, FUNKTION, old, "TilknyttedeBrugere") == [(gammel, "2026-09-21", "2026-09-23")]
    assert status(plads, FUNKTION, old) == "INAKTIV"
    new = [o["uuid"] for o in svar.payload["beroert"]["objekter"] if o["uuid"] != old]
    assert peger(plads, FUNKTION, new[0], "TilknyttedeBrugere") == [ny_leder]


async def test_an_appointment_that_has_ended_stands_in_nobodys_way(plads: Plads) -> None:
    gammel, ny_leder, enhed = await en_bruger(plads, "a"), await en_bruger(plads, "b"), await en_enhed(plads)
    old = ny(await plads.goer(UDPEG, enhed=enhed, bruger=gammel), FUNKTION)
    plads.om_to_dage()
    await plads.goer(AFSLUT, medlemskab=old, bruger=gammel)

    assert sendte(await plads.goer(UDPEG, enhed=enhed, bruger=ny_leder)) == [True]


async def test_nobody_is_employed_or_appointed_who_is_gone(plads: Plads) -> None:
    bruger, enhed = await en_bruger(plads), await en_enhed(plads)
    await plads.goer(livsende("slet", "Bruger"), uuid=bruger)
    plads.forbindelse.kald.clear()

    appointed = (await plads.goer(UDPEG, enhed=enhed, bruger=bruger)).fejl
    employed = (await plads.goer(ANSAET, bruger=bruger, enhed=enhed, titel="X")).fejl

    assert appointed["message"].startswith("bruger: that Bruger is SLETTET")
    assert employed["kode"] == "CONFLICT"
    assert plads.forbindelse.kald == []

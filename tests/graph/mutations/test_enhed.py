"""The five writes of a unit against the simulator, in both ways of `ret`."""

from uuid import UUID, uuid4

import pytest

from fkorg import klassifikation
from fkorg.registrering import Livscyklus
from tests.graph.mutations.dokumenter import (
    ADRESSE,
    ENHED,
    I_DAG,
    I_MORGEN,
    KUN_REPLACE,
    en_adresse,
    en_enhed,
    felter,
    importer,
    livsende,
    ny,
    opret,
    peger,
    perioder,
    rettelse,
    rod,
    sendte,
    status,
)
from tests.graph.mutations.plads import Plads

EMAIL, POST = str(klassifikation.ENHED_EMAIL), str(klassifikation.ENHED_POSTADRESSE)
TEAM, AFDELING = str(klassifikation.TEAM), str(klassifikation.AFDELING)
KLE = "11111111-aaaa-4aaa-8aaa-111111111111"
RET = rettelse("OrganisationEnhed")


async def test_a_new_unit_has_all_that_makes_it_seen(plads: Plads) -> None:
    svar = await plads.goer(
        opret("OrganisationEnhed"),
        input={
            "cvr": "11111111",
            "brugervendtNoegle": "SKOLE",
            "enhedsnavn": "Ådalens Skole",
            "overordnetEnhed": rod(plads),
            "enhedstypeUuid": TEAM,
            "adresser": [{"rolle": EMAIL, "tekst": "skole@korsbaek.dk"}],
        },
    )
    uuid, adresse = ny(svar, ENHED), ny(svar, ADRESSE)

    assert plads.forbindelse.kald == ["adresse.opret", "organisationenhed.opret"]
    assert sendte(svar) == [True, True]
    assert felter(plads, ENHED, uuid) == {"brugervendtnoegle": "SKOLE", "enhedsnavn": "Ådalens Skole"}
    assert status(plads, ENHED, uuid) == "AKTIV"
    assert perioder(plads, ENHED, uuid, "Tilhoerer") == [(str(plads.organisation), "2026-09-21", None)]
    assert peger(plads, ENHED, uuid, "Overordnet") == [rod(plads)]
    assert peger(plads, ENHED, uuid, "Enhedstype") == [TEAM]
    assert peger(plads, ENHED, uuid, "Adresser") == [adresse]
    assert felter(plads, ADRESSE, adresse)["adressetekst"] == "skole@korsbaek.dk"
    ansvar = plads.nyeste(ENHED, uuid).egenskaber[0].ansvar
    assert ansvar is not None
    assert (ansvar.aktoer, ansvar.aktoertype) == (plads.sandhed.ramme.ansvar.aktoer, "Organisation")
    assert plads.laest == [("OrganisationEnhed", UUID(uuid))]
    assert svar.payload["stand"] is not None


async def test_a_unit_for_a_period_ends_with_it(plads: Plads) -> None:
    uuid = await en_enhed(plads, periode={"fra": I_DAG, "til": "2027-01-01T00:00:00+01:00"})

    assert perioder(plads, ENHED, uuid, "Tilhoerer") == [(str(plads.organisation), "2026-09-21", "2027-01-01")]
    assert perioder(plads, ENHED, uuid, "Overordnet") == [(rod(plads), "2026-09-21", "2027-01-01")]
    later = 1_800_000_000 * 10**9
    assert (status(plads, ENHED, uuid), status(plads, ENHED, uuid, later)) == ("AKTIV", "INAKTIV")


async def test_import_keeps_uuid_and_time_and_revives_what_was_deleted(plads: Plads) -> None:
    uuid, tid = str(uuid4()), "2026-09-21T08:00:00.1234567+02:00"
    given = {"cvr": "11111111", "brugervendtNoegle": "I", "enhedsnavn": "I", "overordnetEnhed": rod(plads)}
    svar = await plads.goer(importer("OrganisationEnhed"), uuid=uuid, tid=tid, input=given)
    assert svar.payload["beroert"]["objekter"] == [{"objekttype": "ORGANISATION_ENHED", "uuid": uuid}]
    assert plads.nyeste(ENHED, uuid).tidspunkt_ns % 10**9 == 123_456_700
    assert (await plads.goer(importer("OrganisationEnhed"), uuid=uuid, tid=None, input=given)).fejl["statusKode"] == 49
    await plads.goer(livsende("slet", "OrganisationEnhed"), uuid=uuid)

    revived = await plads.goer(importer("OrganisationEnhed"), uuid=uuid, tid=None, input=given)

    assert sendte(revived) == [True]
    assert plads.nyeste(ENHED, uuid).livscyklus is Livscyklus.IMPORTERET


async def test_a_change_names_only_what_changes(plads: Plads) -> None:
    adresse = await en_adresse(plads, "post@korsbaek.dk")
    uuid = await en_enhed(
        plads, enhedstypeUuid=TEAM, adresser=[{"rolle": EMAIL, "tekst": "gl@korsbaek.dk", "indeks": "1"}]
    )
    gammel = peger(plads, ENHED, uuid, "Adresser")[0]

    svar = await plads.goer(
        RET,
        input={
            "uuid": uuid,
            "enhedsnavn": "Nyt navn",
            "enhedstypeUuid": AFDELING,
            "adresser": [{"rolle": POST, "adresse": adresse, "indeks": "2"}],
            "opgaver": [{"opgave": KLE, "rolle": str(klassifikation.ANSVARLIG)}],
        },
    )

    assert felter(plads, ENHED, uuid) == {"brugervendtnoegle": "En enhed", "enhedsnavn": "Nyt navn"}
    assert perioder(plads, ENHED, uuid, "Enhedstype") == [(AFDELING, "2026-09-21", None)]
    assert peger(plads, ENHED, uuid, "Adresser") == sorted([gammel, adresse])
    assert peger(plads, ENHED, uuid, "Opgaver") == [KLE]
    assert {f["felt"] for f in svar.payload["forskelle"]} == {"enhedsnavn", "enhedstypeUuid", "adresser", "opgaver"}


async def test_null_ends_a_value_and_an_entry_ends_by_role_and_index(plads: Plads) -> None:
    uuid = await en_enhed(plads, enhedstypeUuid=TEAM, adresser=[{"rolle": EMAIL, "tekst": "a@b.dk", "indeks": "1"}])
    plads.om_to_dage()

    await plads.goer(
        RET, input={"uuid": uuid, "enhedstypeUuid": None, "afslutAdresser": [{"rolle": EMAIL, "indeks": "1"}]}
    )

    assert perioder(plads, ENHED, uuid, "Enhedstype") == [(TEAM, "2026-09-21", "2026-09-23")]
    assert [p[1:] for p in perioder(plads, ENHED, uuid, "Adresser")] == [("2026-09-21", "2026-09-23")]
    assert peger(plads, ENHED, uuid, "Overordnet") == [rod(plads)]


async def test_an_address_in_use_is_followed_by_a_new_one_under_a_new_index(plads: Plads) -> None:
    uuid = await en_enhed(plads, adresser=[{"rolle": EMAIL, "tekst": "a@b.dk", "indeks": "1"}])
    plads.om_to_dage()
    given = {"uuid": uuid, "adresser": [{"rolle": EMAIL, "tekst": "ny@b.dk", "indeks": "1"}]}

    await plads.goer(RET, input=given)
    again = await plads.goer(RET, input=given)

    first, second = plads.nyeste(ENHED, uuid).relation("Adresser")
    assert first.virkning.til_ns == second.virkning.fra_ns
    assert first.indeks != second.indeks
    assert sendte(again) == [False]


async def test_a_change_that_changes_nothing_is_not_sent(plads: Plads) -> None:
    uuid = await en_enhed(plads, "Samme")
    plads.forbindelse.kald.clear()

    svar = await plads.goer(RET, input={"uuid": uuid, "enhedsnavn": "Samme", "overordnetEnhed": rod(plads)})

    assert plads.forbindelse.kald == []
    assert svar.payload["kvitteringer"] == [{"statusKode": None, "tekst": None, "transaktionsId": None, "sendt": False}]
    assert svar.payload["forskelle"] == []
    assert plads.laest[-1] == ("OrganisationEnhed", UUID(uuid))


async def test_a_unit_is_made_inactive_and_active_again(plads: Plads) -> None:
    uuid = await en_enhed(plads)

    await plads.goer(RET, input={"uuid": uuid, "status": "INAKTIV"})
    inactive = status(plads, ENHED, uuid)
    await plads.goer(RET, input={"uuid": uuid, "status": "AKTIV"})

    assert (inactive, status(plads, ENHED, uuid)) == ("INAKTIV", "AKTIV")
    assert peger(plads, ENHED, uuid, "Tilhoerer") == [str(plads.organisation)]


@pytest.mark.parametrize("navn, livscyklus", [("passiver", "PASSIVERET"), ("slet", "SLETTET")])
async def test_the_life_of_a_unit_ends_once(plads: Plads, navn: str, livscyklus: str) -> None:
    uuid = await en_enhed(plads)

    first = await plads.goer(livsende(navn, "OrganisationEnhed"), uuid=uuid)
    second = await plads.goer(livsende(navn, "OrganisationEnhed"), uuid=uuid)

    assert plads.nyeste(ENHED, uuid).livscyklus.value == livscyklus
    assert (sendte(first), sendte(second)) == ([True], [False])
    assert first.payload["forskelle"] == [{"felt": "livscyklus", "foer": "OPSTAAET", "efter": livscyklus}]


async def test_a_unit_whose_life_has_ended_is_not_changed(plads: Plads) -> None:
    uuid = await en_enhed(plads)
    await plads.goer(livsende("passiver", "OrganisationEnhed"), uuid=uuid)

    fejl = (await plads.goer(RET, input={"uuid": uuid, "enhedsnavn": "Nyt"})).fejl

    assert (fejl["kode"], fejl["statusKode"], fejl["classification"]) == ("CONFLICT", 49, "ValidationError")


UGYLDIGT = {
    "name null": ({"enhedsnavn": None}, "enhedsnavn"),
    "key null": ({"brugervendtNoegle": None}, "brugervendtNoegle"),
    "name blank": ({"enhedsnavn": " "}, "enhedsnavn"),
    "key of 51 characters": ({"brugervendtNoegle": "x" * 51}, "brugervendtNoegle: wanted at most 50"),
    "name with a line break": ({"enhedsnavn": "a\nb"}, "enhedsnavn"),
    "fra in the middle of a day": ({"enhedsnavn": "N", "fra": "2026-09-21T12:00:00+02:00"}, "fra"),
    "fra at UTC midnight": ({"enhedsnavn": "N", "fra": "2026-09-21T00:00:00Z"}, "fra"),
    "type from tomorrow": ({"enhedstypeUuid": TEAM, "fra": I_MORGEN}, "fra"),
    "unknown parent": ({"overordnetEnhed": str(uuid4())}, "overordnetEnhed"),
    "address and text": ({"adresser": [{"rolle": POST, "tekst": "x", "adresse": KLE}]}, "adresser[0]"),
    "neither address nor text": ({"adresser": [{"rolle": POST}]}, "adresser[0]"),
    "unknown address": ({"adresser": [{"rolle": POST, "adresse": KLE}]}, "adresser[0].adresse"),
    "address text too long": ({"adresser": [{"rolle": POST, "tekst": "x" * 201}]}, "adresser[0].tekst"),
    "til before fra": (
        {"adresser": [{"rolle": POST, "tekst": "x", "periode": {"til": "2026-01-01T00:00:00+01:00"}}]},
        "adresser[0].periode.til",
    ),
    "an entry that is not there": ({"afslutAdresser": [{"rolle": POST, "indeks": "9"}]}, "afslutAdresser[0]"),
}


@KUN_REPLACE
@pytest.mark.parametrize("given, argument", UGYLDIGT.values(), ids=UGYLDIGT)
async def test_a_bad_argument_is_named_and_nothing_is_sent(
    plads: Plads, given: dict[str, object], argument: str
) -> None:
    enhed = plads.sandhed.ramme.uuid("enhed", 3)

    fejl = (await plads.goer(RET, input={"uuid": enhed, **given})).fejl

    assert fejl["classification"] == "ValidationError"
    assert fejl["message"].startswith(argument)
    assert plads.forbindelse.kald == []


async def test_a_plan_for_later_is_allowed_where_the_source_keeps_lists(plads: Plads) -> None:
    uuid = await en_enhed(plads, "Gl")

    await plads.goer(RET, input={"uuid": uuid, "enhedsnavn": "Ny", "overordnetEnhed": None, "fra": I_MORGEN})

    assert felter(plads, ENHED, uuid)["enhedsnavn"] == "Gl"
    assert felter(plads, ENHED, uuid, plads.sandhed.ur() + 2 * 86_400 * 10**9)["enhedsnavn"] == "Ny"
    assert perioder(plads, ENHED, uuid, "Overordnet") == [(rod(plads), "2026-09-21", "2026-09-22")]


async def test_an_unknown_unit_is_not_found(plads: Plads) -> None:
    fejl = (await plads.goer(RET, input={"uuid": str(uuid4()), "enhedsnavn": "N"})).fejl

    assert fejl["classification"] == "NotFound"

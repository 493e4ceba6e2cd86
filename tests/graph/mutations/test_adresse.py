"""The five writes of an address, and the task that gives an owner another one."""

from uuid import UUID, uuid4

import pytest

from fkorg import klassifikation
from tests.graph.mutations.dokumenter import (
    ADRESSE,
    BRUGER,
    ENHED,
    KUN_REPLACE,
    SKIFT,
    en_adresse,
    en_bruger,
    en_enhed,
    felter,
    importer,
    livsende,
    ny,
    peger,
    perioder,
    rettelse,
    sendte,
)
from tests.graph.mutations.plads import Plads

RET = rettelse("Adresse")
EMAIL, POST = str(klassifikation.ENHED_EMAIL), str(klassifikation.ENHED_POSTADRESSE)
SOR = "b44138cf-72df-45d1-8821-83db39b62093"


async def test_a_new_address_and_a_change_of_its_text(plads: Plads) -> None:
    uuid = await en_adresse(plads, "Algade 1")

    svar = await plads.goer(RET, input={"uuid": uuid, "adresseTekst": "Algade 2"})

    assert felter(plads, ADRESSE, uuid) == {"brugervendtnoegle": "Algade 1", "adressetekst": "Algade 2"}
    assert [f["felt"] for f in svar.payload["forskelle"]] == ["adresseTekst"]


async def test_import_and_the_end_of_a_life(plads: Plads) -> None:
    uuid, given = str(uuid4()), {"cvr": "11111111", "brugervendtNoegle": "dar", "adresseTekst": "Algade 1"}
    await plads.goer(importer("Adresse"), uuid=uuid, tid=None, input=given)

    for navn, livscyklus in (("passiver", "PASSIVERET"), ("slet", "SLETTET")):
        await plads.goer(livsende(navn, "Adresse"), uuid=uuid)

        assert plads.nyeste(ADRESSE, uuid).livscyklus.value == livscyklus


async def test_another_address_takes_the_place_of_the_old(plads: Plads) -> None:
    first = "1" + str(uuid4())[1:]
    uuid = await en_enhed(
        plads,
        adresser=[
            {"rolle": POST, "tekst": "Algade 1", "indeks": first},
            {"rolle": POST, "tekst": "Postboks 2", "indeks": "2" + str(uuid4())[1:]},
            {"rolle": SOR, "tekst": "123456789"},
        ],
    )
    gamle = {felter(plads, ADRESSE, one)["adressetekst"]: one for one in peger(plads, ENHED, uuid, "Adresser")}
    plads.om_to_dage()

    svar = await plads.goer(SKIFT, ejer={"enhed": uuid}, rolle=POST, tekst="Algade 3")
    adresse = ny(svar, ADRESSE)

    assert peger(plads, ENHED, uuid, "Adresser") == sorted([gamle["Postboks 2"], gamle["123456789"], adresse])
    assert felter(plads, ADRESSE, gamle["Algade 1"])["adressetekst"] == "Algade 1"
    assert (gamle["Algade 1"], "2026-09-21", "2026-09-23") in perioder(plads, ENHED, uuid, "Adresser")
    indekser = [r.indeks for r in plads.nyeste(ENHED, uuid).relation("Adresser")]
    assert len(set(indekser)) == 4
    new = next(r for r in plads.nyeste(ENHED, uuid).relation("Adresser") if r.reference and r.reference.id == adresse)
    assert new.indeks is not None
    assert new.indeks.startswith("1")
    assert plads.laest[-1] == ("Adresse", UUID(adresse))


async def test_the_same_address_again_changes_nothing(plads: Plads) -> None:
    uuid = await en_bruger(plads, adresser=[{"rolle": str(klassifikation.BRUGER_EMAIL), "tekst": "m@korsbaek.dk"}])
    (adresse,) = peger(plads, BRUGER, uuid, "Adresser")
    plads.forbindelse.kald.clear()

    svar = await plads.goer(SKIFT, ejer={"bruger": uuid}, rolle=str(klassifikation.BRUGER_EMAIL), tekst="m@korsbaek.dk")

    assert plads.forbindelse.kald == []
    assert sendte(svar) == [False]
    assert plads.laest[-1] == ("Adresse", UUID(adresse))


async def test_the_first_address_in_a_role_is_added(plads: Plads) -> None:
    uuid = await en_enhed(plads)

    svar = await plads.goer(SKIFT, ejer={"enhed": uuid}, rolle=EMAIL, tekst="enhed@korsbaek.dk")

    assert peger(plads, ENHED, uuid, "Adresser") == [ny(svar, ADRESSE)]
    assert plads.forbindelse.kald[-2:] == ["adresse.opret", "organisationenhed.ret"]


@KUN_REPLACE
@pytest.mark.parametrize("ejer", [{}, {"enhed": str(uuid4()), "bruger": str(uuid4())}], ids=["none", "both"])
async def test_one_owner_is_wanted(plads: Plads, ejer: dict[str, str]) -> None:
    svar = await plads.goer(SKIFT, ejer=ejer, rolle=EMAIL, tekst="x")

    assert len(svar.errors) == 1
    assert plads.forbindelse.kald == []

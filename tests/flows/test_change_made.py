"""A change is made: mutation -> SOAP -> receipt -> ingest -> its own write in the answer -> told to subscribers.

In both worlds: with a source whose `ret` replaces the lists that are sent, and with one that lays them over.
"""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from fkorg import klassifikation
from fkorg.catalogue import Objekttype
from fkorg.registrering import Livscyklus
from tests.flows.frontend import Frontend
from tests.flows.skrivning import fejl, forsoeg, goer, leder_af, navne_i_sti, ny_bruger, ny_enhed
from tests.flows.verden import CVR, om_dage, tekst

ENHED = Objekttype.ORGANISATION_ENHED
ROD = "Korsbæk Kommune"
VORES = {"MUTATION", "BESKED"}
"""Why a write of ours is logged: the source's message about it may be here before its receipt."""
EMAIL, TELEFON = str(klassifikation.ENHED_EMAIL), str(klassifikation.ENHED_TELEFON)


async def test_a_unit_is_renamed(klient: Frontend) -> None:
    uuid = await ny_enhed(klient, "Gl. skole")
    async with klient.foelger(uuid=[uuid]) as abonnement:
        payload = await goer(klient, "omdoebEnhed", uuid=uuid, enhedsnavn="Ny skole på Ærø")
        told = await abonnement.naeste(uuid=uuid)

    (kvittering,) = payload["kvitteringer"]
    assert (kvittering["statusKode"], kvittering["sendt"]) == (20, True)
    assert payload["organisationEnhed"]["enhedsnavn"] == "Ny skole på Ærø"
    (forskel,) = payload["forskelle"]
    assert forskel["foer"].startswith("Gl. skole fra ")
    assert forskel["efter"].startswith("Ny skole på Ærø fra ")
    assert (told["art"], told["felter"]) == ("AENDRET", ["enhedsnavn"])
    assert told["aarsag"] in VORES
    assert told["objekt"]["enhedsnavn"] == "Ny skole på Ærø"


async def test_what_was_written_is_read_by_whoever_has_its_stand(klient: Frontend) -> None:
    uuid = await ny_enhed(klient, "Før")
    stand = (await goer(klient, "omdoebEnhed", uuid=uuid, enhedsnavn="Efter"))["stand"]

    document = "query($u: [UUID!]!) { organisationEnhed(uuid: $u) { enhedsnavn } }"
    svar = await klient.spoerg(document, headers={"x-Mindst": stand}, u=[uuid])

    assert svar.data == {"organisationEnhed": [{"enhedsnavn": "Efter"}]}


async def test_what_changed_since_is_listed_once(klient: Frontend) -> None:
    stand = await klient.stand()
    uuid = await ny_enhed(klient, "En")
    await goer(klient, "omdoebEnhed", uuid=uuid, enhedsnavn="To")

    document = """query($efter: Stand, $u: [UUID!]) { aendringer(efter: $efter, filter: {uuid: $u}) {
        aendringer { art aarsag registreringstid objekt { ... on OrganisationEnhed { enhedsnavn } } } flere } }"""
    side = (await klient.spoerg(document, efter=stand, u=[uuid])).data["aendringer"]

    assert [a["art"] for a in side["aendringer"]] == ["OPSTAAET", "AENDRET"]
    assert {a["aarsag"] for a in side["aendringer"]} <= VORES
    assert {a["objekt"]["enhedsnavn"] for a in side["aendringer"]} == {"To"}
    assert not side["flere"]


async def test_a_unit_moves_with_all_below_it_and_its_people_get_the_new_managers(klient: Frontend) -> None:
    gammel, ny = await ny_enhed(klient, "Gammel plads"), await ny_enhed(klient, "Ny plads")
    for enhed, navn in ((gammel, "gl.leder"), (ny, "ny.leder")):
        await goer(klient, "udpegLeder", enhed=enhed, bruger=await ny_bruger(klient, navn))
    flyttes = await ny_enhed(klient, "Flyttes", gammel)
    dybest = await ny_enhed(klient, "Dybest", await ny_enhed(klient, "Dybere", flyttes))
    menig = await ny_bruger(klient, "menig")
    await goer(klient, "ansaetBruger", bruger=menig, enhed=dybest, titel="Menig")
    before = await navne_i_sti(klient, dybest), await leder_af(klient, dybest)

    async with klient.foelger(uuid=[dybest], afledte=True) as abonnement:
        payload = await goer(klient, "flytEnhed", uuid=flyttes, nyOverordnet=ny)
        afledt = await abonnement.naeste(uuid=dybest)

    assert before == ([ROD, "Gammel plads", "Flyttes", "Dybere", "Dybest"], "gl.leder")
    assert [one["uuid"] for one in payload["organisationEnhed"]["sti"]][-2:] == [ny, flyttes]
    assert await navne_i_sti(klient, dybest) == [ROD, "Ny plads", "Flyttes", "Dybere", "Dybest"]
    assert await leder_af(klient, dybest) == "ny.leder"
    bruger = await klient.bruger(menig, "enhedsstier { sti { enhedsnavn } } ledere { bruger { brugernavn } afstand }")
    assert [one["enhedsnavn"] for one in bruger["enhedsstier"][0]["sti"]][1] == "Ny plads"
    assert bruger["ledere"] == [{"bruger": {"brugernavn": "ny.leder"}, "afstand": 3}]
    assert afledt["aarsag"] == "AFLEDT"


async def test_a_manager_is_appointed_and_replaced_only_when_asked(klient: Frontend) -> None:
    enhed = await ny_enhed(klient, "Enhed der skal ledes")
    foerste, anden = await ny_bruger(klient, "foerste.leder"), await ny_bruger(klient, "anden.leder")
    await goer(klient, "udpegLeder", enhed=enhed, bruger=foerste, titel="Konstitueret leder")

    afvist = await fejl(klient, "udpegLeder", enhed=enhed, bruger=anden)
    stadig = await leder_af(klient, enhed)
    await goer(klient, "udpegLeder", enhed=enhed, bruger=anden, erstat=True)

    assert (afvist["classification"], stadig) == ("ValidationError", "foerste.leder")
    ledere = (await klient.enhed(enhed, "ledere { bruger { brugernavn } }"))["ledere"]
    assert ledere == [{"bruger": {"brugernavn": "anden.leder"}}]
    assert (await klient.bruger(foerste, "lederAf { uuid }"))["lederAf"] == []


async def test_a_user_is_employed_and_leaves(klient: Frontend) -> None:
    enhed, bruger = await ny_enhed(klient, "Enhed med ansat"), await ny_bruger(klient, "ansat")
    felter = "harMedlemskab { uuid medlemskabRolleTitel slut medlemAf { enhedsnavn } }"

    medlemskab = (await goer(klient, "ansaetBruger", bruger=bruger, enhed=enhed, titel="Pædagog"))["medlemskab"]
    ansat = (await klient.bruger(bruger, felter))["harMedlemskab"]
    await goer(klient, "afslutMedlemskab", medlemskab=medlemskab["uuid"], bruger=bruger)

    assert [(one["uuid"], one["medlemskabRolleTitel"]) for one in ansat] == [(medlemskab["uuid"], "Pædagog")]
    assert ansat[0]["medlemAf"]["enhedsnavn"] == "Enhed med ansat"
    assert (await klient.bruger(bruger, felter))["harMedlemskab"] == []
    assert (await klient.enhed(enhed, "medlemskaber { uuid }"))["medlemskaber"] == []


async def test_a_planned_employment_is_seen_by_the_calendar_of_the_question(klient: Frontend) -> None:
    enhed, bruger = await ny_enhed(klient, "Enhed til næste år"), await ny_bruger(klient, "kommende")
    til_aar = datetime.now(UTC).year + 1
    periode = {"fra": f"{til_aar}-01-01T00:00:00+01:00", "til": f"{til_aar}-07-01T00:00:00+02:00"}
    await goer(klient, "ansaetBruger", bruger=bruger, enhed=enhed, titel="Vikar", periode=periode)

    async def medlemmer(tid: str) -> list[Any]:
        found: list[Any] = (await klient.enhed(enhed, "medlemskaber { slut }", tid))["medlemskaber"]
        return found

    assert (await klient.enhed(enhed, "medlemskaber { slut }"))["medlemskaber"] == []
    assert await medlemmer(f"{til_aar}-03-01T12:00:00Z") == [{"slut": f"{til_aar}-06-30T22:00:00Z"}]
    assert await medlemmer(f"{til_aar}-07-01T12:00:00Z") == []


async def test_an_address_is_replaced_for_one_owner_alone(klient: Frontend) -> None:
    en = await ny_enhed(klient, "En", adresser=[{"rolle": EMAIL, "tekst": "faelles@korsbaek.example"}])
    felter = "adresser { uuid adresseTekst adresseRolleTitel }"
    delt = (await klient.enhed(en, felter))["adresser"][0]["uuid"]
    to = await ny_enhed(klient, "To", adresser=[{"rolle": EMAIL, "adresse": delt}, {"rolle": TELEFON, "tekst": "1"}])

    await goer(klient, "skiftAdresse", ejer={"enhed": en}, rolle=EMAIL, tekst="egen@korsbaek.example")

    tekster = [one["adresseTekst"] for one in (await klient.enhed(en, felter))["adresser"]]
    andres = [one["adresseTekst"] for one in (await klient.enhed(to, felter))["adresser"]]
    assert tekster == ["egen@korsbaek.example"]
    assert sorted(andres) == ["1", "faelles@korsbaek.example"]


async def test_what_others_registered_on_the_object_is_still_there_after_a_change(klient: Frontend) -> None:
    """A plain unit of the sample data, with addresses, tasks, systems and functions, is renamed and moved."""
    verden = klient.verden
    alt = (
        "adresser { uuid adresseTekst klassifikation { rolle indeks } } opgaver { uuid } itSystemer { uuid } "
        "medlemskaber { uuid bruger { uuid } } henvendelsessteder { uuid } enhedstypeUuid brugervendtNoegle "
        "tilhoerer { uuid } underliggendeEnheder { uuid } tilstand { status fraTidspunkt }"
    )
    uuid = verden.uuid("enhed", 20)
    before = await klient.enhed(uuid, alt)

    await goer(klient, "omdoebEnhed", uuid=uuid, enhedsnavn="Omdøbt og flyttet")
    await goer(klient, "flytEnhed", uuid=uuid, nyOverordnet=verden.uuid("enhed", 2))

    assert before["adresser"]
    assert await klient.enhed(uuid, alt) == before


async def test_a_dry_run_tells_what_it_would_do_and_writes_nothing(klient: Frontend) -> None:
    uuid, under = await ny_enhed(klient, "Prøves"), await ny_enhed(klient, "Andet sted")
    await ny_enhed(klient, "Følger med", uuid)
    kilde, stand = klient.verden.kilde, await klient.stand()
    before = kilde.sandhed.antal(), kilde.antal_registreringer(ENHED, uuid)

    payload = await goer(klient, "flytEnhed", uuid=uuid, nyOverordnet=under, valg={"proeve": True})

    assert [(f["felt"], f["efter"].split()[0]) for f in payload["forskelle"]] == [("overordnetEnhed", under)]
    assert [k["sendt"] for k in payload["kvitteringer"]] == [False]
    assert payload["beroert"]["enheder"] == 2
    assert (kilde.sandhed.antal(), kilde.antal_registreringer(ENHED, uuid)) == before
    assert await navne_i_sti(klient, uuid) == [ROD, "Prøves"]
    document = "query($s: Stand, $u: [UUID!]) { aendringer(efter: $s, filter: {uuid: $u}) { aendringer { uuid } } }"
    assert (await klient.spoerg(document, s=stand, u=[uuid])).data["aendringer"]["aendringer"] == []


async def test_where_nothing_changes_the_source_is_not_called(klient: Frontend) -> None:
    uuid = await ny_enhed(klient, "Uændret")
    antal = klient.verden.kilde.antal_registreringer(ENHED, uuid)

    payload = await goer(klient, "omdoebEnhed", uuid=uuid, enhedsnavn="Uændret")

    assert [(k["sendt"], k["statusKode"]) for k in payload["kvitteringer"]] == [(False, None)]
    assert payload["organisationEnhed"]["enhedsnavn"] == "Uændret"
    assert klient.verden.kilde.antal_registreringer(ENHED, uuid) == antal


async def test_the_same_key_writes_once(klient: Frontend) -> None:
    uuid = await ny_enhed(klient, "Nøgle")
    antal = klient.verden.kilde.antal_registreringer(ENHED, uuid)
    valg = {"idempotensnoegle": f"omdoeb-{uuid}"}

    first = await goer(klient, "omdoebEnhed", uuid=uuid, enhedsnavn="Én gang", valg=valg)
    second = await goer(klient, "omdoebEnhed", uuid=uuid, enhedsnavn="Én gang", valg=valg)

    assert first["kvitteringer"] == second["kvitteringer"]
    assert klient.verden.kilde.antal_registreringer(ENHED, uuid) == antal + 1


async def test_a_unit_is_passivated_and_brought_back(klient: Frontend) -> None:
    uuid, kilde = await ny_enhed(klient, "Passiveres"), klient.verden.kilde
    document = "query($u: [UUID!]!) { organisationEnhed(uuid: $u) { enhedsnavn } }"
    async with klient.foelger(uuid=[uuid]) as abonnement:
        await goer(klient, "passiverOrganisationEnhed", uuid=uuid)
        gone, told = await klient.spoerg(document, u=[uuid]), await abonnement.naeste(uuid=uuid)
        given = {
            "cvr": CVR,
            "brugervendtNoegle": "p",
            "enhedsnavn": "Genoplivet",
            "overordnetEnhed": klient.verden.uuid("enhed", 0),
        }
        await goer(klient, "importerOrganisationEnhed", uuid=uuid, input=given)
        back = await abonnement.naeste(uuid=uuid)

    assert (told["art"], told["objekt"]) == ("SLETTET", None)
    assert [e["extensions"]["classification"] for e in gone.fejl] == ["NotFound"]
    assert (back["art"], back["objekt"]["enhedsnavn"]) == ("OPSTAAET", "Genoplivet")
    assert kilde.lever(ENHED, uuid) is Livscyklus.IMPORTERET


async def test_a_refusal_of_the_source_reaches_the_client_and_changes_nothing(klient: Frontend) -> None:
    uuid, kilde = await ny_enhed(klient, "Afvises"), klient.verden.kilde
    antal = kilde.antal_registreringer(ENHED, uuid)

    with kilde.fejl(refuse=40):
        afvist = await fejl(klient, "omdoebEnhed", uuid=uuid, enhedsnavn="Bliver aldrig til noget")

    assert (afvist["kode"], afvist["statusKode"], afvist["tekst"]) == ("REFUSED", 40, "Afvist efter ønske")
    assert (afvist["classification"], afvist["type"]) == ("ValidationError", "ERROR")
    assert kilde.antal_registreringer(ENHED, uuid) == antal
    assert (await klient.enhed(uuid, "enhedsnavn"))["enhedsnavn"] == "Afvises"


async def test_a_change_based_on_an_old_reading_is_a_conflict(klient: Frontend) -> None:
    uuid = await ny_enhed(klient, "Læst")
    laest = (await klient.enhed(uuid, "meta { registreringstid }"))["meta"]["registreringstid"]
    klient.verden.kilde.saet(ENHED, uuid, enhedsnavn="Rettet af en anden")

    konflikt = await fejl(klient, "omdoebEnhed", uuid=uuid, enhedsnavn="Min", valg={"forventetRegistrering": laest})

    assert konflikt["kode"] == "CONFLICT"
    await klient.indtil_navn(uuid, "Rettet af en anden")


async def test_a_write_whose_answer_was_not_seen_is_read_back_and_made_once(klient: Frontend) -> None:
    uuid, kilde, valg = await ny_enhed(klient, "Uvist"), klient.verden.kilde, {"idempotensnoegle": str(uuid4())}
    antal = kilde.antal_registreringer(ENHED, uuid)
    skift = {"ejer": {"enhed": uuid}, "rolle": str(klassifikation.ENHED_EMAIL), "tekst": "uvist@korsbaek.example"}

    with kilde.fejl(uncertain=1):
        first = await goer(klient, "skiftAdresse", valg=valg, **skift)
    again = await goer(klient, "skiftAdresse", valg=valg, **skift)

    assert [k["statusKode"] for k in first["kvitteringer"]] == [20, 20]
    assert again["kvitteringer"] == first["kvitteringer"]
    assert again["adresse"] == first["adresse"]
    assert kilde.antal_registreringer(ENHED, uuid) == antal + 1


async def test_a_change_right_after_another_keeps_it_while_the_source_lags(frontend: Frontend) -> None:
    uuid, kilde = await ny_enhed(frontend, "Bagud"), frontend.verden.kilde

    with kilde.fejl(lag=1):
        await goer(frontend, "omdoebEnhed", uuid=uuid, enhedsnavn="Først")
        await goer(frontend, "retOrganisationEnhed", input={"uuid": uuid, "brugervendtNoegle": "siden"})

    assert await frontend.enhed(uuid, "enhedsnavn brugervendtNoegle") == {
        "enhedsnavn": "Først",
        "brugervendtNoegle": "siden",
    }


async def test_while_the_source_is_away_a_write_is_told_to_come_again(frontend: Frontend) -> None:
    uuid, kilde = await ny_enhed(frontend, "Uden kilde"), frontend.verden.kilde
    antal = kilde.antal_registreringer(ENHED, uuid)

    with kilde.borte():
        borte = await fejl(frontend, "omdoebEnhed", uuid=uuid, enhedsnavn="Kom ikke igennem")
    payload = await goer(frontend, "omdoebEnhed", uuid=uuid, enhedsnavn="Kom igennem")

    assert (borte["kode"], borte["classification"]) == ("UNAVAILABLE", "ServerError")
    assert payload["organisationEnhed"]["enhedsnavn"] == "Kom igennem"
    assert kilde.antal_registreringer(ENHED, uuid) == antal + 1


async def test_without_the_right_to_write_nothing_is_tried(klient: Frontend) -> None:
    uuid = await ny_enhed(klient, "Urørt")
    antal = klient.verden.kilde.antal_registreringer(ENHED, uuid)

    svar = await forsoeg(klient, "omdoebEnhed", token="laes", uuid=uuid, enhedsnavn="Rørt")

    assert [e["extensions"]["classification"] for e in svar.fejl] == ["Unauthorized"]
    assert klient.verden.kilde.antal_registreringer(ENHED, uuid) == antal


async def test_a_user_is_made_with_person_and_address_and_the_name_needs_its_right(klient: Frontend) -> None:
    navn = {"cvr": CVR, "brugervendtNoegle": "ny-person", "navn": "Ærenfred Øbo Ågård", "cpr": "0102031234"}
    made = await goer(klient, "opretPerson", input=navn)
    person = next(o["uuid"] for o in made["beroert"]["objekter"] if o["objekttype"] == "PERSON")
    adresse = {"rolle": str(klassifikation.BRUGER_EMAIL), "tekst": "aeobo@korsbaek.example"}
    bruger = await ny_bruger(klient, "aeobo", person=person, adresser=[adresse])

    felter = "person { navn cpr } adresser { adresseTekst adresseRolleTitel }"
    med = await klient.bruger(bruger, felter, "persondata")
    uden = await klient.spoerg(f"query($u: [UUID!]!) {{ bruger(uuid: $u) {{ {felter} }} }}", u=[bruger])

    assert med["person"] == {"navn": "Ærenfred Øbo Ågård", "cpr": "0102031234"}
    assert med["adresser"] == [{"adresseTekst": "aeobo@korsbaek.example", "adresseRolleTitel": "E-mail"}]
    assert uden.data["bruger"][0]["person"] == {"navn": None, "cpr": None}
    assert [kind for kind, _ in uden.advarsler] == ["Unauthorized", "Unauthorized"]


async def test_a_name_from_next_week_on_is_planned(klient: Frontend) -> None:
    uuid = await ny_enhed(klient, "Nu")
    om_en_uge = om_dage(7)

    await goer(klient, "omdoebEnhed", uuid=uuid, enhedsnavn="Om en uge", fra=tekst(om_en_uge))

    assert (await klient.enhed(uuid, "enhedsnavn"))["enhedsnavn"] == "Nu"
    assert (await klient.enhed(uuid, "enhedsnavn", tekst(om_dage(8))))["enhedsnavn"] == "Om en uge"

"""A change is told: Beskedfordeler -> 20 or ack -> read back by SOAP -> rows and log -> answers and subscribers.

The flow itself in both worlds, over push and over a real RabbitMQ; what the source does wrong in the first.
"""

from typing import Any
from uuid import UUID

import httpx

from fkorg import ret, tid
from fkorg.besked import Besked
from fkorg.catalogue import Objekttype
from fkorg.operationer import Opret, Passiver
from fkorg.registrering import Egenskab, Gyldighed, Lister, Reference, Relation, Tilstand
from fkorg.tid import UENDELIG_NS
from fkorg.virkning import Virkning
from fkorg.wire import besked_xml
from tests.flows.frontend import Frontend
from tests.flows.skrivning import goer, leder_af, navne_i_sti, ny_bruger, ny_enhed
from tests.flows.verden import CVR, om_dage, tekst
from tests.simulator.fixtures import DAG_NS, ask

ENHED, BRUGER = Objekttype.ORGANISATION_ENHED, Objekttype.BRUGER
PERSON, ADRESSE, FUNKTION = Objekttype.PERSON, Objekttype.ADRESSE, Objekttype.ORGANISATION_FUNKTION


async def test_a_unit_renamed_by_another_system_is_seen_and_told(klient: Frontend) -> None:
    uuid = klient.verden.uuid("enhed", 9)
    async with klient.foelger(uuid=[uuid]) as abonnement:
        klient.verden.kilde.saet(ENHED, uuid, enhedsnavn="Øresundsskolen")
        told = await abonnement.naeste(uuid=uuid)

    assert (told["art"], told["aarsag"], told["felter"]) == ("AENDRET", "BESKED", ["enhedsnavn"])
    assert told["objekt"]["enhedsnavn"] == "Øresundsskolen"
    assert (await klient.enhed(uuid, "enhedsnavn"))["enhedsnavn"] == "Øresundsskolen"


async def test_a_user_renamed_by_another_system_is_seen_and_told(klient: Frontend) -> None:
    uuid = klient.verden.uuid("bruger", 9)
    async with klient.foelger(uuid=[uuid]) as abonnement:
        klient.verden.kilde.saet(BRUGER, uuid, brugernavn="nytnavn9")
        told = await abonnement.naeste(uuid=uuid)

    assert (told["aarsag"], told["objekt"]["brugernavn"]) == ("BESKED", "nytnavn9")


async def test_a_subtree_moved_at_the_source_is_followed_by_chains_and_managers(klient: Frontend) -> None:
    kilde = klient.verden.kilde
    ny = await ny_enhed(klient, "Kildens nye plads")
    await goer(klient, "udpegLeder", enhed=ny, bruger=await ny_bruger(klient, "kildens.leder"))
    flyttes = await ny_enhed(klient, "Kilden flytter")
    barn = await ny_enhed(klient, "Kildens barn", flyttes)
    async with klient.foelger(uuid=[flyttes, barn], afledte=True) as abonnement:
        kilde.ret(ENHED, flyttes, ret.SaetEnkelt("Overordnet", UUID(ny), om_dage(0)))
        flyttet = await abonnement.naeste(uuid=flyttes, aarsag="BESKED")
        afledt = await abonnement.naeste(uuid=barn, aarsag="AFLEDT")

    assert flyttet["felter"] == ["overordnetEnhed"]
    assert afledt["objekttype"] == "ORGANISATION_ENHED"
    assert await navne_i_sti(klient, barn) == ["Korsbæk Kommune", "Kildens nye plads", "Kilden flytter", "Kildens barn"]
    assert await leder_af(klient, barn) == "kildens.leder"


async def test_what_sends_no_message_is_read_when_its_unit_or_user_is_touched(klient: Frontend) -> None:
    """Address text, person's name and functions change silently (domain.md 9.2)."""
    kilde = klient.verden.kilde
    adresse = {"rolle": "2b670843-ce42-411a-8fb5-311dfdd5caf0", "tekst": "før@korsbaek.example"}
    enhed = await ny_enhed(klient, "Stille ændringer", adresser=[adresse])
    navn = {"cvr": CVR, "brugervendtNoegle": "stille", "navn": "Før Navn"}
    person = str((await goer(klient, "opretPerson", input=navn))["beroert"]["objekter"][0]["uuid"])
    bruger = await ny_bruger(klient, "stille", person=person)
    sendt = len(kilde.sandhed.beskeder())

    tekst = (await klient.enhed(enhed, "adresser { uuid }"))["adresser"][0]["uuid"]
    kilde.saet(ADRESSE, tekst, adressetekst="efter@korsbaek.example")
    kilde.saet(PERSON, person, navn="Efter Navn")
    _ny_ansaettelse(klient, enhed, bruger, "Ny stilling")
    assert len(kilde.sandhed.beskeder()) == sendt
    _roer(klient, ENHED, enhed)
    _roer(klient, BRUGER, bruger)

    felter = "person { navn } harMedlemskab { medlemskabRolleTitel medlemAf { adresser { adresseTekst } } }"
    wanted = {
        "person": {"navn": "Efter Navn"},
        "harMedlemskab": [
            {
                "medlemskabRolleTitel": "Ny stilling",
                "medlemAf": {"adresser": [{"adresseTekst": "efter@korsbaek.example"}]},
            }
        ],
    }

    async def set_alt() -> bool:
        return await klient.bruger(bruger, felter, "persondata") == wanted

    await klient.indtil(set_alt)


async def test_an_object_passivated_by_another_system_is_gone(klient: Frontend) -> None:
    uuid = await ny_enhed(klient, "Passiveres af en anden")
    document = "query($u: [UUID!]!) { organisationEnhed(uuid: $u) { enhedsnavn } }"
    async with klient.foelger(uuid=[uuid]) as abonnement:
        ask(klient.verden.kilde.simulator.tjeneste, Passiver(ENHED, UUID(uuid)))
        told = await abonnement.naeste(uuid=uuid)

    assert (told["art"], told["aarsag"], told["objekt"]) == ("SLETTET", "BESKED", None)
    svar = await klient.spoerg(document, u=[uuid])
    assert [e["extensions"]["classification"] for e in svar.fejl] == ["NotFound"]


async def test_a_name_planned_by_another_system_shows_at_its_time(klient: Frontend) -> None:
    uuid = await ny_enhed(klient, "I dag")
    async with klient.foelger(uuid=[uuid]) as abonnement:
        klient.verden.kilde.ret(ENHED, uuid, ret.SaetFelter({"enhedsnavn": "Om en uge"}, om_dage(7)))
        await abonnement.naeste(uuid=uuid)

    assert (await klient.enhed(uuid, "enhedsnavn"))["enhedsnavn"] == "I dag"
    assert (await klient.enhed(uuid, "enhedsnavn", tekst(om_dage(8))))["enhedsnavn"] == "Om en uge"


async def test_a_message_over_http_is_acknowledged_with_20_and_applied_once(frontend: Frontend) -> None:
    """The same message three times, as the distributor does after a lost answer: one change."""
    verden = frontend.verden
    uuid, stand = await ny_enhed(frontend, "Skubbes"), await frontend.stand()
    with verden.kilde.fejl(swallow=1):
        reg_ns = verden.kilde.saet(ENHED, uuid, enhedsnavn="Skubbet")
    body = besked_xml.write(Besked("skubbet-1", UUID(uuid), (ENHED,), reg_ns, CVR), push=True)

    async with httpx.AsyncClient() as distributor:
        answers = [
            await distributor.post(verden.push_url, content=body, headers={"content-type": "application/xml"})
            for _ in range(3)
        ]
    await frontend.indtil_navn(uuid, "Skubbet")

    assert [(a.status_code, b"<StatusKode>20<" in a.content or b":StatusKode>20<" in a.content) for a in answers] == [
        (200, True)
    ] * 3
    assert await _aendringer(frontend, uuid, stand) == [("AENDRET", "BESKED")]


async def test_messages_twice_and_out_of_order_end_in_the_newest_state(frontend: Frontend) -> None:
    uuid, kilde = await ny_enhed(frontend, "Nul"), frontend.verden.kilde
    async with frontend.foelger(uuid=[uuid]) as abonnement:
        with kilde.fejl(duplicate=1, reorder=0.5):
            for navn in ("En", "To", "Tre", "Fire"):
                sidste_ns = kilde.saet(ENHED, uuid, enhedsnavn=navn)
        told = await abonnement.naeste(uuid=uuid)
        while told["objekt"]["enhedsnavn"] != "Fire":
            told = await abonnement.naeste(uuid=uuid)

    meta = (await frontend.enhed(uuid, "enhedsnavn meta { registreringstid }"))["meta"]
    assert meta["registreringstid"] == tid.format_ns(sidste_ns)


async def test_a_source_behind_its_own_message_is_waited_for(frontend: Frontend) -> None:
    uuid, kilde = frontend.verden.uuid("enhed", 11), frontend.verden.kilde
    stand = await frontend.stand()
    with kilde.fejl(lag=1):
        kilde.saet(ENHED, uuid, enhedsnavn="Efter det")
        await frontend.indtil_navn(uuid, "Efter det")

    assert await _aendringer(frontend, uuid, stand) == [("AENDRET", "BESKED")]


async def test_while_the_source_is_away_reads_go_on_and_say_so_and_it_recovers(frontend: Frontend) -> None:
    verden = frontend.verden
    uuid = await ny_enhed(frontend, "Før nedbruddet")
    with verden.kilde.borte():
        reg_ns = verden.kilde.saet(ENHED, uuid, enhedsnavn="Efter nedbruddet")
        body = besked_xml.write(Besked("under-nedbruddet", UUID(uuid), (ENHED,), reg_ns, CVR), push=True)
        async with httpx.AsyncClient() as distributor:
            answer = await distributor.post(verden.push_url, content=body)

        async def siger_det() -> Any:
            found = await frontend.friskhed()
            return found if not found["kildeTilgaengelig"] else None

        borte = await frontend.indtil(siger_det)
        laest = await frontend.enhed(uuid, "enhedsnavn meta { afventer }")

    async def kommet_sig() -> bool:
        found = await frontend.friskhed()
        return bool(found["kildeTilgaengelig"] and found["status"] == "FRISK" and found["ventende"] == 0)

    await frontend.indtil_navn(uuid, "Efter nedbruddet")
    await frontend.indtil(kommet_sig)
    assert answer.status_code == 200
    assert (borte["status"], borte["ventende"] >= 1) == ("BAGUD", True)
    assert laest == {"enhedsnavn": "Før nedbruddet", "meta": {"afventer": True}}


async def _aendringer(klient: Frontend, uuid: str, efter: str) -> list[tuple[str, str]]:
    """What the log says of the object since the position."""
    document = """query($efter: Stand, $u: [UUID!]) { aendringer(efter: $efter, filter: {uuid: $u}) {
        aendringer { art aarsag } } }"""
    side = (await klient.spoerg(document, efter=efter, u=[uuid])).data["aendringer"]
    return [(a["art"], a["aarsag"]) for a in side["aendringer"]]


def _roer(klient: Frontend, objekttype: Objekttype, uuid: str) -> None:
    """A message about the object, which has not changed itself."""
    simulator = klient.verden.kilde.simulator
    simulator.sandhed.tilfoej_besked(objekttype, UUID(uuid))
    assert simulator.fordeler is not None
    simulator.fordeler.wake()


def _ny_ansaettelse(klient: Frontend, enhed: str, bruger: str, titel: str) -> None:
    """Another system employs the user, without a word."""
    altid = Virkning(om_dage(0) - 30 * DAG_NS, UENDELIG_NS)
    peger = {
        "Funktionstype": "02e61900-33e0-407f-a2a7-22f70221f003",
        "TilknyttedeEnheder": enhed,
        "TilknyttedeBrugere": bruger,
        "TilknyttedeOrganisationer": str(klient.verden.kilde.sandhed.organisation),
    }
    lister = Lister(
        (Egenskab(altid, {"brugervendtnoegle": titel, "funktionsnavn": titel}),),
        (Tilstand(altid, Gyldighed.AKTIV),),
        tuple(Relation(navn, altid, Reference(maal)) for navn, maal in peger.items()),
    )
    svar: Any = ask(klient.verden.kilde.simulator.tjeneste, Opret(FUNKTION, lister))
    assert svar.retur.status_kode == 20, svar

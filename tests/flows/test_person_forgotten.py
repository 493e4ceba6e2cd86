"""A person is made anonymous: mutation -> source -> every version here -> what a reader, a search and the log say."""

from tests.flows.frontend import Frontend
from tests.flows.skrivning import goer
from tests.flows.verden import CVR

NAVNE = ("Glemt Glemsen", "Glemt Andersen Glemsen")
CPR = "0202029876"
ANONYMISER = "mutation($u: UUID!) { anonymiserPerson(personUuid: $u) { statusKode sendt } }"
VERSIONER = """query($u: UUID!) { person(uuid: [$u]) { navn cpr }
  registrering(objekttype: PERSON, uuid: $u, first: 50) { edges { node { indhold } } } }"""


async def test_a_person_is_forgotten_in_every_version(klient: Frontend) -> None:
    given = {"cvr": CVR, "brugervendtNoegle": "glemt", "navn": NAVNE[0], "cpr": CPR}
    uuid = (await goer(klient, "opretPerson", token="skriv", input=given))["person"]["uuid"]
    ret = "mutation($i: RetPerson!) { retPerson(input: $i) { stand person { navn } } }"
    assert (await klient.spoerg(ret, token="skriv", i={"uuid": uuid, "navn": NAVNE[1]})).data
    before = str((await klient.spoerg(VERSIONER, token="persondata", u=uuid)).body)
    assert NAVNE[0] in before
    assert CPR in before

    async with klient.foelger(uuid=[uuid]) as abonnement:
        svar = await klient.spoerg(ANONYMISER, token="skriv", u=uuid)
        told = await abonnement.naeste(uuid=uuid, felter=["cpr", "navn"])

    assert svar.data == {"anonymiserPerson": {"statusKode": 20, "sendt": True}}
    assert "afventer" not in svar.body["extensions"]
    assert told["art"] == "AENDRET"
    after = str((await klient.spoerg(VERSIONER, token="persondata", u=uuid)).body)
    assert [said for said in (*NAVNE, CPR) if said in after] == []

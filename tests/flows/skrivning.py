"""The changes that the flows make: one call each, with the receipt, the diff, and the object as it is then."""

from typing import Any

from tests.flows.frontend import Frontend, Svar
from tests.flows.verden import CVR

ENHED = "organisationEnhed { uuid enhedsnavn overordnetEnhed { uuid } sti { uuid } }"
BRUGER = "bruger { uuid brugernavn }"
FAELLES = (
    "kvitteringer { statusKode tekst transaktionsId sendt } forskelle { felt foer efter } stand "
    "beroert { objekter { objekttype uuid } enheder brugere }"
)
GOER = {
    "opretOrganisationEnhed": (ENHED, {"input": "OpretOrganisationEnhed!"}),
    "opretBruger": (BRUGER, {"input": "OpretBruger!"}),
    "opretPerson": ("person { uuid navn cpr }", {"input": "OpretPerson!"}),
    "opretAdresse": ("adresse { uuid adresseTekst }", {"input": "OpretAdresse!"}),
    "retOrganisationEnhed": (ENHED, {"input": "RetOrganisationEnhed!"}),
    "passiverOrganisationEnhed": (ENHED, {"uuid": "UUID!"}),
    "sletOrganisationEnhed": (ENHED, {"uuid": "UUID!"}),
    "passiverBruger": (BRUGER, {"uuid": "UUID!"}),
    "importerOrganisationEnhed": (ENHED, {"uuid": "UUID!", "input": "OpretOrganisationEnhed!"}),
    "omdoebEnhed": (ENHED, {"uuid": "UUID!", "enhedsnavn": "String!", "fra": "DateTime"}),
    "flytEnhed": (ENHED, {"uuid": "UUID!", "nyOverordnet": "UUID!"}),
    "udpegLeder": (ENHED, {"enhed": "UUID!", "bruger": "UUID!", "titel": "String", "erstat": "Boolean! = false"}),
    "ansaetBruger": (
        BRUGER + " medlemskab { uuid medlemskabRolleTitel }",
        {"bruger": "UUID!", "enhed": "UUID!", "titel": "String!", "periode": "Periode"},
    ),
    "afslutMedlemskab": (BRUGER, {"medlemskab": "UUID!", "bruger": "UUID!", "til": "DateTime"}),
    "skiftAdresse": ("adresse { uuid adresseTekst }", {"ejer": "Adresseejer!", "rolle": "UUID!", "tekst": "String!"}),
}
"""Field of Mutation -> what is asked of its object, and its arguments with their types."""


async def forsoeg(klient: Frontend, felt: str, *, token: str = "skriv", valg: Any = None, **argumenter: Any) -> Svar:
    """The answer to a change, whatever it is."""
    objekt, typer = GOER[felt]
    declared = ", ".join(f"${name}: {kind}" for name, kind in {**typer, "valg": "Skrivevalg"}.items())
    passed = ", ".join(f"{name}: ${name}" for name in [*typer, "valg"])
    document = f"mutation({declared}) {{ {felt}({passed}) {{ {FAELLES} {objekt} }} }}"
    return await klient.spoerg(document, token=token, valg=valg, **argumenter)


async def goer(klient: Frontend, felt: str, **argumenter: Any) -> dict[str, Any]:
    """The payload of a change that succeeds."""
    svar = await forsoeg(klient, felt, **argumenter)
    payload: dict[str, Any] = svar.data[felt]
    assert payload is not None
    return payload


async def fejl(klient: Frontend, felt: str, **argumenter: Any) -> dict[str, Any]:
    """The extensions of the one error of a change that does not succeed; its field is null."""
    svar = await forsoeg(klient, felt, **argumenter)
    assert svar.body["data"] == {felt: None}, svar
    (error,) = svar.fejl
    assert error["path"] == [felt]
    return dict(error["extensions"])


async def ny_enhed(klient: Frontend, navn: str, under: str | None = None, **mere: Any) -> str:
    """A new unit, under the root unless said."""
    over = under or klient.verden.uuid("enhed", 0)
    given = {"cvr": CVR, "brugervendtNoegle": navn, "enhedsnavn": navn, "overordnetEnhed": over, **mere}
    return str((await goer(klient, "opretOrganisationEnhed", input=given))["organisationEnhed"]["uuid"])


async def ny_bruger(klient: Frontend, navn: str, **mere: Any) -> str:
    """A new user."""
    given = {"cvr": CVR, "brugervendtNoegle": navn, "brugernavn": navn, **mere}
    return str((await goer(klient, "opretBruger", input=given))["bruger"]["uuid"])


async def leder_af(klient: Frontend, enhed: str) -> str | None:
    """The user name of the effective manager."""
    found = (await klient.enhed(enhed, "effektivLeder { bruger { brugernavn } }"))["effektivLeder"]
    return None if found is None else str(found["bruger"]["brugernavn"])


async def navne_i_sti(klient: Frontend, enhed: str) -> list[str]:
    """The names from the root down to the unit."""
    return [one["enhedsnavn"] for one in (await klient.enhed(enhed, "sti { enhedsnavn }"))["sti"]]

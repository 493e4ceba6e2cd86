"""A question is asked: search, and what was recorded. Expected is the source's truth."""

import base64
from collections.abc import Callable
from typing import Any

import pytest

from fkorg import tid
from tests.flows.facit import Facit, Objekt, enhedsliste, navn
from tests.flows.frontend import Frontend
from tests.flows.verden import CVR

Sandhedens = Callable[[int | None], Facit]
SOEG = """query S($cvr: CVR!, $tekst: String!, $typer: [Objekttype!], $first: Int, $after: Cursor) {
  soeg(cvr: $cvr, tekst: $tekst, typer: $typer, first: $first, after: $after) {
    pageInfo { hasNextPage endCursor } edges { cursor felt naerhed node { __typename uuid } } } }"""
PERSONNAVN = "Åse Ærtebjerg Østergård"


async def fundet(laeser: Frontend, tekst: str, **mere: Any) -> list[tuple[str, str, str]]:
    """Type, uuid and field of what is found."""
    svar = await laeser.spoerg(SOEG, cvr=CVR, tekst=tekst, **mere)
    edges = svar.data["soeg"]["edges"]
    return [(e["node"]["__typename"], e["node"]["uuid"], e["felt"]) for e in edges]


def begynder(objekt: Objekt, felt: str, *ord_: str) -> bool:
    """The words each begin a word of the text, or of the key."""
    texts = [objekt.felt(felt), objekt.felt("brugervendtnoegle")]
    return any(all(f" {et}" in f" {text}".casefold() for et in ord_) for text in texts if text)


async def test_a_search_finds_all_whose_words_begin_so_page_by_page(laeser: Frontend, sandhedens: Sandhedens) -> None:
    facit = sandhedens(None)
    ventet = {uuid for uuid in enhedsliste(facit) if begynder(facit.enheder[uuid], "enhedsnavn", "team")}

    found, after, naerheder = list[str](), None, list[float]()
    while not found or after is not None:
        svar = await laeser.spoerg(SOEG, cvr=CVR, tekst="TEAM", typer=["ORGANISATION_ENHED"], first=7, after=after)
        page = svar.data["soeg"]
        found += [edge["node"]["uuid"] for edge in page["edges"]]
        naerheder += [edge["naerhed"] for edge in page["edges"]]
        after = page["pageInfo"]["endCursor"] if page["pageInfo"]["hasNextPage"] else None

    assert naerheder == sorted(naerheder, reverse=True)
    assert len(found) == len(set(found)) > 7
    assert set(found) == ventet


async def test_each_type_is_found_by_its_own_text(laeser: Frontend, sandhedens: Sandhedens) -> None:
    facit = sandhedens(None)
    uuid = laeser.verden.uuid("enhed", 9)
    enhed, bruger = facit.enheder[uuid], facit.brugere[laeser.verden.uuid("bruger", 3)]
    adresse = facit.adresser[laeser.verden.uuid("adresse", "e", 9, 0)]

    for type_, objekt, felt in (
        ("OrganisationEnhed", enhed, "enhedsnavn"),
        ("Bruger", bruger, "brugernavn"),
        ("Adresse", adresse, "adresseTekst"),
    ):
        hele = objekt.felt(felt.lower())
        assert hele is not None
        assert (type_, objekt.uuid, felt) in await fundet(laeser, hele)
    svar = await laeser.spoerg(SOEG, cvr=CVR, tekst=navn(bruger, "brugernavn"), first=1)
    assert svar.data["soeg"]["edges"][0] | {"cursor": ""} == {
        "cursor": "",
        "felt": "brugernavn",
        "naerhed": 1,
        "node": {"__typename": "Bruger", "uuid": bruger.uuid},
    }


@pytest.mark.parametrize(
    "skrevet", ["Åse Ærtebjerg Østergård", "østergård åse", "åse ærtebj", "Aase Ærtebjerg Østergård"]
)
async def test_a_person_is_found_by_those_who_may_see_names_alone(
    laeser: Frontend, sandhedens: Sandhedens, skrevet: str
) -> None:
    uuid = laeser.verden.katalog["to_brugere_en_person"].uuid("person")

    assert ("Person", str(uuid), "navn") in await fundet(laeser, skrevet, token="persondata")
    assert "Person" not in {type_ for type_, _, _ in await fundet(laeser, skrevet)}
    uden = await laeser.spoerg(SOEG, cvr=CVR, tekst=skrevet, typer=["PERSON"])
    assert (uden.data["soeg"]["edges"], [klasse for klasse, _ in uden.advarsler]) == ([], ["Unauthorized"])


async def test_a_telephone_number_finds_who_has_it(laeser: Frontend, sandhedens: Sandhedens) -> None:
    """The source writes +45 and eight digits in a row or in pairs; people write them as they like."""
    adresse = laeser.verden.katalog["dobbelt_adresse"].uuid("adresse")
    assert sandhedens(None).adresser[str(adresse)].felt("adressetekst") == "+45 11 22 33 44"

    for skrevet in ("11223344", "11 22 33 44", "+45 11 22 33 44", "1122 3344"):
        assert ("Adresse", str(adresse), "adresseTekst") in await fundet(laeser, skrevet)


@pytest.mark.parametrize("status, findes", [("AKTIV", False), ("INAKTIV", True), ("null", True)])
async def test_a_search_keeps_to_the_state_asked_for(laeser: Frontend, status: str, findes: bool) -> None:
    uuid = str(laeser.verden.katalog["inaktiv_bruger"].uuid("bruger"))
    svar = await laeser.spoerg(
        f'query($cvr: CVR!) {{ soeg(cvr: $cvr, tekst: "fratraadt", status: {status}) '
        "{ edges { node { uuid } } } }",
        cvr=CVR,
    )

    assert (uuid in [edge["node"]["uuid"] for edge in svar.data["soeg"]["edges"]]) is findes


REGISTRERING = """query R($type: Objekttype!, $uuid: UUID!, $fra: DateTime, $til: DateTime) {
  registrering(objekttype: $type, uuid: $uuid, registreringFra: $fra, registreringTil: $til) {
    antal pageInfo { hasNextPage } edges { node { objekttype uuid tidspunkt livscyklus bruger note indhold } } } }"""


async def test_no_cursor_holds_a_name(laeser: Frontend) -> None:
    svar = await laeser.spoerg(SOEG, token="persondata", cvr=CVR, tekst=PERSONNAVN)

    for edge in svar.data["soeg"]["edges"]:
        raa = base64.urlsafe_b64decode(edge["cursor"] + "==").decode().casefold()
        assert not any(ord_ in raa for ord_ in PERSONNAVN.casefold().split()), raa


async def test_what_was_recorded_is_told_as_it_was(laeser: Frontend, sandhedens: Sandhedens) -> None:
    facit, uuid = sandhedens(None), laeser.verden.uuid("bruger", 3)
    reg = facit.brugere[uuid].reg

    svar = await laeser.spoerg(REGISTRERING, type="BRUGER", uuid=uuid)

    liste = svar.data["registrering"]
    (edge,) = liste["edges"]
    indhold = edge["node"].pop("indhold")
    assert (liste["antal"], liste["pageInfo"]["hasNextPage"]) == (1, False)
    assert edge["node"] == {
        "objekttype": "BRUGER",
        "uuid": uuid,
        "tidspunkt": tid.format_ns(reg.tidspunkt_ns),
        "livscyklus": "IMPORTERET",
        "bruger": facit.organisation,
        "note": None,
    }
    assert [e["felter"] for e in indhold["egenskaber"]] == [dict(reg.egenskaber[0].felter)]
    assert [(t["status"], t["fra"], t["til"]) for t in indhold["tilstande"]] == [
        (t.status, tid.format_ns(t.virkning.fra_ns), None) for t in reg.tilstande
    ]
    assert {(r["navn"], r["reference"]) for r in indhold["relationer"]} == {
        (r.navn, r.reference.id) for r in reg.relationer if r.reference is not None
    }


async def test_what_was_recorded_is_found_by_when(laeser: Frontend, sandhedens: Sandhedens) -> None:
    """Both bounds hold the registration whose time they are a copy of, with all digits or with fewer (rules.md 3)."""
    uuid = laeser.verden.uuid("bruger", 3)
    reg_ns = sandhedens(None).brugere[uuid].reg.tidspunkt_ns
    sekund_ns = reg_ns - reg_ns % 10**9
    assert reg_ns != sekund_ns

    async def antal(**tider: int) -> int:
        givet = {navn: tid.format_ns(ns) for navn, ns in tider.items()}
        svar = await laeser.spoerg(REGISTRERING, type="BRUGER", uuid=uuid, **givet)
        return int(svar.data["registrering"]["antal"])

    for kopi in (reg_ns, sekund_ns):
        assert await antal(fra=kopi) == await antal(til=kopi) == await antal(fra=kopi, til=kopi) == 1
    assert await antal(fra=sekund_ns + 10**9) == 0
    assert await antal(til=sekund_ns - 10**9) == 0
    assert await antal(fra=reg_ns + 1) == await antal(til=reg_ns - 1) == 0


async def test_the_name_of_a_person_is_masked_in_what_was_recorded(laeser: Frontend, sandhedens: Sandhedens) -> None:
    uuid = laeser.verden.uuid("person", 3)
    person = sandhedens(None).personer[uuid]

    for token, navnet in (("laes", None), ("persondata", person.felt("navn"))):
        svar = await laeser.spoerg(REGISTRERING, token=token, type="PERSON", uuid=uuid)
        (edge,) = svar.data["registrering"]["edges"]
        assert edge["node"]["indhold"]["egenskaber"][-1]["felter"]["navn"] == navnet

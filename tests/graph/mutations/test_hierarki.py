"""importerHierarki: many units by one call; what is refused, what is carried on, and what an unseen answer comes to."""

from copy import deepcopy
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest

from fkorg.errors import Uncertain
from fkorg.registrering import Livscyklus
from graph.mutations.hierarki import MEST_ENHEDER
from tests.graph.mutations.dokumenter import ENHED, I_DAG, I_GAAR, KUN_REPLACE, en_enhed, felter, livsende, peger, rod
from tests.graph.mutations.plads import Plads, Svar
from tests.graph.mutations.test_afklaring import VALG, draebt_ved, i_tvivl, ryd_op

pytestmark = KUN_REPLACE
IMPORTER = """mutation ($cvr: CVR!, $input: JSON!, $valg: Skrivevalg) {
  importerHierarki(cvr: $cvr, input: $input, valg: $valg) { statusKode tekst transaktionsId sendt } }"""
KALD = ["organisationsystem.import"]
CVR = "11111111"


def enhed(navn: str, over: str, **felter_: Any) -> dict[str, Any]:
    return {"uuid": str(uuid4()), "brugervendtNoegle": navn, "enhedsnavn": navn, "overordnetEnhed": over, **felter_}


def trae(plads: Plads, antal: int = 3) -> list[dict[str, Any]]:
    """Each under the one before, the first under the root; the last stands first."""
    enheder: list[dict[str, Any]] = []
    for nr in range(antal):
        enheder.append(enhed(f"enhed {nr}", enheder[-1]["uuid"] if enheder else rod(plads)))
    return enheder[::-1]


async def importer(plads: Plads, enheder: list[dict[str, Any]], **mere: Any) -> Svar:
    return await plads.goer(IMPORTER, cvr=CVR, input={"enheder": enheder}, **mere)


def findes(plads: Plads, en: dict[str, Any]) -> bool:
    return plads.sandhed.nyeste(ENHED, UUID(en["uuid"])) is not None


async def test_units_are_stored_as_they_are_given_by_one_call(plads: Plads) -> None:
    enheder = trae(plads)
    enheder[0] |= {"registreringstid": "2020-01-01T00:00:00Z", "periode": {"fra": I_GAAR}}
    enheder[1] |= {"enhedstypeUuid": str(UUID(int=9))}

    svar = await importer(plads, enheder)

    assert (svar.payload["statusKode"], svar.payload["sendt"]) == (20, True)
    assert "afventer" not in svar.udvidelser
    assert plads.forbindelse.kald == KALD
    for en in enheder:
        nyeste = plads.nyeste(ENHED, en["uuid"])
        assert nyeste.livscyklus is Livscyklus.IMPORTERET
        assert felter(plads, ENHED, en["uuid"])["enhedsnavn"] == en["enhedsnavn"]
        assert peger(plads, ENHED, en["uuid"], "Overordnet") == [en["overordnetEnhed"]]
        assert peger(plads, ENHED, en["uuid"], "Tilhoerer") == [str(plads.organisation)]
    assert plads.nyeste(ENHED, enheder[0]["uuid"]).tidspunkt_ns == 1_577_836_800 * 10**9
    assert peger(plads, ENHED, enheder[1]["uuid"], "Enhedstype") == [str(UUID(int=9))]


async def test_what_is_not_taken_in_yet_is_told(plads: Plads) -> None:
    plads.ingest = False
    utaalmodig = replace(plads.skrivere, vent=plads.skrivere.pause)
    svar = await importer(plads, trae(plads, 1), skrivere=utaalmodig)
    assert svar.payload["sendt"]
    assert svar.udvidelser["afventer"] is True


async def test_units_that_are_refused_are_named_and_the_others_stand(plads: Plads) -> None:
    known, enheder = await en_enhed(plads), trae(plads)
    enheder[1]["uuid"], enheder[0]["overordnetEnhed"] = known, known

    fejl = (await importer(plads, enheder)).fejl

    assert "1 of 3 units were refused, the others stand: input.enheder[1] (StatusKode 49)" in fejl["message"]
    assert (fejl["kode"], fejl["statusKode"]) == ("CONFLICT", 49)
    assert [one["sendt"] for one in fejl["kvitteringer"]] == [True, True]
    assert findes(plads, enheder[0])
    assert findes(plads, enheder[2])
    assert await i_tvivl(plads) == 0


async def test_what_is_passive_is_revived(plads: Plads) -> None:
    known = await en_enhed(plads)
    await plads.goer(livsende("passiver", "OrganisationEnhed"), uuid=known)

    svar = await importer(plads, [enhed("igen", rod(plads)) | {"uuid": known}])

    assert svar.payload["statusKode"] == 20
    assert felter(plads, ENHED, known)["enhedsnavn"] == "igen"


async def test_a_dry_run_sends_nothing(plads: Plads) -> None:
    svar = await importer(plads, trae(plads), valg={"proeve": True})
    assert svar.payload == {"statusKode": None, "tekst": None, "transaktionsId": None, "sendt": False}
    assert plads.forbindelse.kald == []


async def test_the_same_key_sends_once(plads: Plads) -> None:
    enheder = trae(plads)
    first = await importer(plads, enheder, valg=VALG)
    again = await importer(plads, enheder, valg=VALG)
    assert again.payload == first.payload
    assert plads.forbindelse.kald == KALD


@pytest.mark.parametrize("efter", [True, False], ids=["after", "before"])
async def test_an_answer_that_was_not_seen_is_read_back(plads: Plads, efter: bool) -> None:
    enheder = trae(plads)
    plads.forbindelse.svigter, plads.forbindelse.svigter_efter = Uncertain("cut off"), efter

    svar = await importer(plads, enheder, valg=VALG)

    assert (svar.errors == []) is efter
    if not efter:
        assert svar.fejl["kode"] == "UNAVAILABLE"
    plads.forbindelse.svigter = None
    again = await importer(plads, enheder, valg=VALG)
    assert again.payload["statusKode"] == 20
    assert plads.forbindelse.kald == KALD
    assert await i_tvivl(plads) == 0


async def test_units_that_the_source_says_nothing_of_are_read_back(
    plads: Plads, monkeypatch: pytest.MonkeyPatch
) -> None:
    kald = plads.klient.importer_hierarki

    async def taus(*args: Any, **mere: Any) -> Any:
        unikke, kvittering = await kald(*args, **mere)
        return unikke[:2], kvittering

    monkeypatch.setattr(plads.klient, "importer_hierarki", taus)
    enheder = trae(plads)

    svar = await importer(plads, enheder)

    assert svar.payload["statusKode"] == 20
    assert all(findes(plads, en) for en in enheder)
    assert plads.forbindelse.kald == KALD


@pytest.mark.parametrize("sted, virkede", [("write.recorded", False), ("write.sent", True)], ids=["before", "after"])
async def test_a_server_killed_meanwhile_leaves_each_unit_to_another(plads: Plads, sted: str, virkede: bool) -> None:
    enheder = trae(plads)
    await draebt_ved(plads, sted, IMPORTER, cvr=CVR, input={"enheder": enheder})
    await plads.pool.execute("truncate dirty")

    await ryd_op(plads)

    dirty = await plads.pool.fetch("select uuid from dirty where aarsag = 'MUTATION'")
    assert {str(row["uuid"]) for row in dirty} == {en["uuid"] for en in enheder}
    assert [findes(plads, en) for en in enheder] == [virkede] * 3
    again = await importer(plads, enheder, valg=VALG)
    assert again.payload["statusKode"] == 20
    assert plads.forbindelse.kald == ([] if virkede else KALD)


async def test_of_a_call_that_took_effect_in_part_the_rest_is_sent_again_alone(plads: Plads) -> None:
    """As a source that stores units one after the other and ends in between."""
    enheder = trae(plads)
    await draebt_ved(plads, "write.sent", IMPORTER, cvr=CVR, input={"enheder": enheder})
    plads.sandhed.fjern(ENHED, UUID(enheder[0]["uuid"]))
    before = {en["uuid"]: plads.nyeste(ENHED, en["uuid"]).tidspunkt_ns for en in enheder[1:]}
    await ryd_op(plads)

    again = await importer(plads, enheder, valg=VALG)

    assert again.payload["statusKode"] == 20
    assert plads.forbindelse.kald == KALD
    assert findes(plads, enheder[0])
    assert {uuid: plads.nyeste(ENHED, uuid).tidspunkt_ns for uuid in before} == before


async def test_while_one_of_its_units_is_in_doubt_no_other_write_of_it_begins(plads: Plads) -> None:
    enheder = trae(plads)
    await draebt_ved(plads, "write.recorded", IMPORTER, cvr=CVR, input={"enheder": enheder})

    fejl = (await importer(plads, [enheder[0] | {"overordnetEnhed": rod(plads)}])).fejl

    assert fejl["kode"] == "UNAVAILABLE"
    assert "in doubt" in fejl["message"]
    assert plads.forbindelse.kald == []
    await ryd_op(plads)


NAVN = "Et hemmeligt navn"
GOD = {"uuid": str(UUID(int=5)), "brugervendtNoegle": "n", "enhedsnavn": NAVN, "overordnetEnhed": "ROD"}


def uden(navn: str) -> dict[str, Any]:
    return {key: value for key, value in GOD.items() if key != navn}


AFVIST: dict[str, tuple[Any, str]] = {
    "no object": ([], 'input: wanted {"enheder": [...]}'),
    "something else beside": ({"enheder": [GOD], "brugere": []}, "input: wanted"),
    "no units": ({"enheder": []}, "with 1 to 1000 units"),
    "too many": ({"enheder": [GOD] * (MEST_ENHEDER + 1)}, "with 1 to 1000 units"),
    "a unit that is none": ({"enheder": [GOD, 7]}, "input.enheder[1]: wanted an object"),
    "a field too few": ({"enheder": [uden("enhedsnavn")]}, "input.enheder[0].enhedsnavn: wanted uuid, "),
    "a field too many": ({"enheder": [GOD | {"adresser": []}]}, "input.enheder[0]: wanted uuid, "),
    "no uuid": ({"enheder": [GOD | {"uuid": NAVN}]}, "input.enheder[0].uuid: wanted a UUID"),
    "no text": ({"enheder": [GOD | {"enhedsnavn": 7}]}, "input.enheder[0].enhedsnavn: wanted a text"),
    "a blank name": ({"enheder": [GOD | {"enhedsnavn": " "}]}, "input.enheder[0].enhedsnavn: wanted a text that"),
    "a key that is too long": (
        {"enheder": [GOD | {"brugervendtNoegle": NAVN * 9}]},
        "input.enheder[0].brugervendtNoegle: ",
    ),
    "no time": ({"enheder": [GOD | {"registreringstid": NAVN}]}, "input.enheder[0].registreringstid: wanted a date"),
    "a time without a zone": (
        {"enheder": [GOD | {"periode": {"fra": "2026-01-01T00:00:00"}}]},
        "input.enheder[0].periode.fra: wanted a date and time with a zone",
    ),
    "another time of day": (
        {"enheder": [GOD | {"periode": {"fra": "2026-01-01T12:00:00+01:00"}}]},
        "input.enheder[0].periode.fra: wanted Danish midnight",
    ),
    "a period that ends first": (
        {"enheder": [GOD | {"periode": {"fra": I_DAG, "til": I_GAAR}}]},
        "input.enheder[0].periode.til: wanted a day after fra",
    ),
    "a period of something else": ({"enheder": [GOD | {"periode": [NAVN]}]}, "input.enheder[0].periode: wanted"),
    "one unit twice": ({"enheder": [GOD, GOD]}, "input.enheder[1].uuid: wanted each unit once"),
    "under nothing": (
        {"enheder": [GOD | {"overordnetEnhed": str(UUID(int=77))}]},
        "input.enheder[0].overordnetEnhed: there is no such unit",
    ),
    "under itself": (
        {"enheder": [GOD | {"overordnetEnhed": GOD["uuid"]}]},
        "input.enheder[0].overordnetEnhed: wanted a unit that is not the unit itself or below it",
    ),
    "in a ring": (
        {
            "enheder": [
                GOD | {"overordnetEnhed": str(UUID(int=6))},
                GOD | {"uuid": str(UUID(int=6)), "overordnetEnhed": GOD["uuid"]},
            ]
        },
        "input.enheder[0].overordnetEnhed: wanted a unit that is not",
    ),
}


@pytest.mark.parametrize("given, message", AFVIST.values(), ids=AFVIST)
async def test_what_is_not_as_wanted_is_refused_where_it_stands_and_not_repeated(
    plads: Plads, given: Any, message: str
) -> None:
    wanted = deepcopy(given)
    for en in wanted["enheder"] if isinstance(wanted, dict) else ():
        if isinstance(en, dict) and en.get("overordnetEnhed") == "ROD":
            en["overordnetEnhed"] = rod(plads)

    fejl = (await plads.goer(IMPORTER, cvr=CVR, input=wanted)).fejl

    assert message in fejl["message"]
    assert fejl["classification"] == "ValidationError"
    assert NAVN not in str(fejl)
    assert plads.forbindelse.kald == []


async def test_as_many_as_are_allowed(plads: Plads) -> None:
    enheder = [enhed(f"enhed {nr}", rod(plads)) for nr in range(MEST_ENHEDER)]
    utaalmodig = replace(plads.skrivere, vent=plads.skrivere.pause)
    svar = await importer(plads, enheder, skrivere=utaalmodig)
    assert svar.payload["statusKode"] == 20
    assert all(findes(plads, en) for en in enheder)
    assert plads.forbindelse.kald == KALD


async def test_another_municipality_is_refused(plads: Plads) -> None:
    fejl = (await plads.goer(IMPORTER, cvr="22222222", input={"enheder": trae(plads)})).fejl
    assert "cvr: wanted the CVR of the token" in fejl["message"]

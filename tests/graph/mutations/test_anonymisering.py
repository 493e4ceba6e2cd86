"""anonymiserPerson: what is sent, what is marked, who may, and what an answer that was not seen comes to."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from fkorg.errors import Uncertain
from graph.caller import Ret
from tests.graph.fixture import Husker
from tests.graph.mutations.dokumenter import KUN_REPLACE, PERSON, en_person, felter
from tests.graph.mutations.plads import SKRIVER, Plads
from tests.graph.mutations.test_afklaring import draebt_ved, ryd_op

pytestmark = KUN_REPLACE
ANONYMISER = """mutation ($uuid: UUID, $cpr: CPR, $valg: Skrivevalg) {
  anonymiserPerson(personUuid: $uuid, cpr: $cpr, valg: $valg) { statusKode tekst transaktionsId sendt } }"""
CPR = "0102031234"
KALD = ["organisationsystem.anonymiser"]


async def maerkede(plads: Plads) -> list[str]:
    """Who is to be forgotten here, up to the last registration with a name."""
    rows = await plads.pool.fetch("select person, til_ns from anonymisering")
    for row in rows:
        *_, navngivet, _ = plads.sandhed.registreringer(PERSON, row["person"])
        assert row["til_ns"] >= navngivet.tidspunkt_ns
    return [str(row["person"]) for row in rows]


async def kender(plads: Plads, uuid: str, cpr: str = CPR) -> None:
    """The read model has the person's number."""
    await plads.pool.execute(
        "insert into person (organisation, uuid, cpr, registreret_fra, registreret_til, virkning_fra, virkning_til)"
        " values ($1, $2, $3, 0, 9223372036854775807, '-infinity', 'infinity')", plads.organisation, UUID(uuid), cpr
    )  # fmt: skip


async def test_the_source_forgets_and_the_person_is_marked(plads: Plads) -> None:
    uuid = await en_person(plads)
    plads.forbindelse.kald.clear()

    svar = await plads.goer(ANONYMISER, uuid=uuid)

    assert svar.payload["statusKode"] == 20
    assert svar.payload["sendt"]
    assert [kald.lower() for kald in plads.forbindelse.kald] == KALD
    assert felter(plads, PERSON, uuid)["navn"] != "Mads Skjern"
    assert "cpr" not in felter(plads, PERSON, uuid)
    assert await maerkede(plads) == [uuid]
    assert "afventer" not in svar.udvidelser


async def test_without_ingest_the_answer_says_that_it_is_not_forgotten_here_yet(plads: Plads) -> None:
    uuid = await en_person(plads)
    plads.ingest = False

    svar = await plads.goer(ANONYMISER, uuid=uuid, skrivere=replace(plads.skrivere, vent=plads.skrivere.pause))

    assert svar.payload["sendt"]
    assert svar.udvidelser["afventer"] is True


async def test_by_number_all_who_have_it_here_and_the_search_is_logged(plads: Plads) -> None:
    uuid = await en_person(plads)
    await kender(plads, uuid)
    plads.opslag = Husker()

    svar = await plads.goer(ANONYMISER, rettigheder=SKRIVER | {Ret.SECPR}, cpr=CPR)

    assert svar.payload["statusKode"] == 20
    assert await maerkede(plads) == [uuid]
    assert plads.opslag.hentet() == [(["soegning"], [uuid])]


AFVIST: dict[str, tuple[frozenset[Ret], dict[str, Any], str]] = {
    "neither": (SKRIVER, {}, "personUuid: wanted either"),
    "both": (SKRIVER, {"uuid": str(UUID(int=1)), "cpr": CPR}, "personUuid: wanted either"),
    "number without the right": (SKRIVER, {"cpr": CPR}, "right to see CPR numbers"),
    "no right to write": (frozenset({Ret.LAES, Ret.SECPR}), {"cpr": CPR}, "right to write"),
    "a number nobody has": (SKRIVER | {Ret.SECPR}, {"cpr": CPR}, "nobody here has that number"),
    "a person nobody knows": (SKRIVER, {"uuid": str(UUID(int=1))}, ""),
}


@pytest.mark.parametrize("rettigheder, given, message", AFVIST.values(), ids=AFVIST)
async def test_what_is_refused_marks_nobody_and_says_no_number(
    plads: Plads, rettigheder: frozenset[Ret], given: dict[str, Any], message: str
) -> None:
    svar = await plads.goer(ANONYMISER, rettigheder=rettigheder, **given)

    assert message in svar.fejl["message"]
    assert CPR not in str(svar.errors)
    assert plads.forbindelse.kald == []
    assert await maerkede(plads) == []


async def test_a_dry_run_sends_and_marks_nothing(plads: Plads) -> None:
    uuid = await en_person(plads)
    plads.forbindelse.kald.clear()

    svar = await plads.goer(ANONYMISER, uuid=uuid, valg={"proeve": True})

    assert not svar.payload["sendt"]
    assert plads.forbindelse.kald == []
    assert await maerkede(plads) == []


async def test_the_same_key_sends_once(plads: Plads) -> None:
    uuid = await en_person(plads)
    plads.forbindelse.kald.clear()
    first = await plads.goer(ANONYMISER, uuid=uuid, valg={"idempotensnoegle": "k"})

    again = await plads.goer(ANONYMISER, uuid=uuid, valg={"idempotensnoegle": "k"})

    assert again.payload == first.payload
    assert len(plads.forbindelse.kald) == 1


@pytest.mark.parametrize("efter", [True, False], ids=["after", "before"])
async def test_an_answer_that_was_not_seen_is_read_back(plads: Plads, efter: bool) -> None:
    uuid = await en_person(plads)
    plads.forbindelse.kald.clear()
    plads.forbindelse.svigter, plads.forbindelse.svigter_efter = Uncertain("cut off"), efter

    svar = await plads.goer(ANONYMISER, uuid=uuid)

    assert (svar.errors == []) is efter
    assert (await maerkede(plads) == [uuid]) is efter
    assert len(plads.forbindelse.kald) == efter


@pytest.mark.parametrize("sted, virkede", [("write.recorded", False), ("write.sent", True)], ids=["before", "after"])
async def test_a_server_killed_meanwhile_leaves_the_mark_to_another(plads: Plads, sted: str, virkede: bool) -> None:
    uuid = await en_person(plads)
    await draebt_ved(plads, sted, ANONYMISER, uuid=uuid)

    await ryd_op(plads)

    assert (await maerkede(plads) == [uuid]) is virkede
    assert plads.forbindelse.kald == []
    igen = await plads.goer(ANONYMISER, uuid=uuid, valg={"idempotensnoegle": "k1"})
    assert igen.payload["sendt"]
    assert await maerkede(plads) == [uuid]
    assert len(plads.forbindelse.kald) == (not virkede)

"""The five writes of a person, and who is shown the names and numbers they write (rules.md 22)."""

from uuid import uuid4

import pytest

from graph.caller import Ret
from tests.graph.fixture import Husker
from tests.graph.mutations.dokumenter import (
    KUN_REPLACE,
    PERSON,
    en_person,
    felter,
    importer,
    livsende,
    opret,
    rettelse,
    sendte,
)
from tests.graph.mutations.plads import SKRIVER, Plads

RET = rettelse("Person")


async def test_a_new_person_and_a_change_of_name_and_number(plads: Plads) -> None:
    uuid = await en_person(plads)
    new = felter(plads, PERSON, uuid)
    plads.om_to_dage()

    await plads.goer(RET, input={"uuid": uuid, "navn": "Mads Andersen Skjern", "cpr": None})
    again = await plads.goer(RET, input={"uuid": uuid, "navn": "Mads Andersen Skjern", "cpr": None})

    assert new == {"brugervendtnoegle": "p1", "navn": "Mads Skjern", "cpr": "0102031234"}
    assert felter(plads, PERSON, uuid) == {"brugervendtnoegle": "p1", "navn": "Mads Andersen Skjern"}
    assert felter(plads, PERSON, uuid, plads.ur() - 86_400 * 10**9)["navn"] == "Mads Skjern"
    assert sendte(again) == [False]


async def test_import_and_the_end_of_a_life(plads: Plads) -> None:
    uuid, given = str(uuid4()), {"cvr": "11111111", "brugervendtNoegle": "p", "navn": "Ingeborg Skjern"}
    await plads.goer(importer("Person"), uuid=uuid, tid=None, input=given)

    for navn, livscyklus in (("passiver", "PASSIVERET"), ("slet", "SLETTET")):
        await plads.goer(livsende(navn, "Person"), uuid=uuid)

        assert plads.nyeste(PERSON, uuid).livscyklus.value == livscyklus


RETTER = {
    "neither": (SKRIVER, (None, None)),
    "names": (SKRIVER | {Ret.SENAVN}, ("Mads Skjern fra 2026-09-21", None)),
    "numbers": (SKRIVER | {Ret.SECPR}, (None, "0102031234 fra 2026-09-21")),
    "both": (SKRIVER | {Ret.SENAVN, Ret.SECPR}, ("Mads Skjern fra 2026-09-21", "0102031234 fra 2026-09-21")),
}


@KUN_REPLACE
@pytest.mark.parametrize("rettigheder, shown", RETTER.values(), ids=RETTER)
async def test_what_is_written_is_echoed_only_to_who_may_see_it(
    plads: Plads, rettigheder: frozenset[Ret], shown: tuple[str | None, str | None]
) -> None:
    given = {"cvr": "11111111", "brugervendtNoegle": "p1", "navn": "Mads Skjern", "cpr": "0102031234"}

    svar = await plads.goer(opret("Person"), rettigheder=rettigheder, input=given, valg={"proeve": True})

    told = {f["felt"]: f["efter"] for f in svar.payload["forskelle"]}
    assert (told["navn"], told["cpr"]) == shown


UGYLDIGT = {
    "name null": ({"navn": None}, "navn:"),
    "key is a CPR number": ({"brugervendtNoegle": "0102031234"}, "brugervendtNoegle:"),
    "key is a CPR number with hyphen": ({"brugervendtNoegle": "010203-1234"}, "brugervendtNoegle:"),
    "name too long": ({"navn": "x" * 101}, "navn: wanted at most 100"),
}


@KUN_REPLACE
@pytest.mark.parametrize("given, message", UGYLDIGT.values(), ids=UGYLDIGT)
async def test_a_bad_argument_is_named_and_not_repeated(plads: Plads, given: dict[str, object], message: str) -> None:
    uuid = await en_person(plads)

    fejl = (await plads.goer(RET, input={"uuid": uuid, **given})).fejl

    assert fejl["message"].startswith(message)
    assert "0102031234" not in str(fejl)


async def test_a_number_of_another_form_is_refused_before_anything_runs(plads: Plads) -> None:
    svar = await plads.goer(RET, input={"uuid": str(uuid4()), "cpr": "010203-1234"})

    assert "ten digits" in svar.errors[0]["message"]


@KUN_REPLACE
@pytest.mark.parametrize("borte", [False, True])
async def test_what_a_difference_shows_of_a_person_is_in_the_log_of_reads_or_is_not_shown(
    plads: Plads, borte: bool
) -> None:
    uuid = await en_person(plads)
    plads.opslag = husker = Husker()
    husker.borte = borte
    rettigheder = SKRIVER | {Ret.SENAVN, Ret.SECPR}

    svar = await plads.goer(
        RET, rettigheder=rettigheder, input={"uuid": str(uuid), "navn": "Et Nyt"}, valg={"proeve": True}
    )

    (told,) = [f for f in svar.payload["forskelle"] if f["felt"] == "navn"]
    assert (told["efter"] is None) is borte
    assert husker.hentet() == ([] if borte else [(["navn"], [str(uuid)])])


@KUN_REPLACE
@pytest.mark.parametrize("felt, value, ret", [("navn", "Mads Skjern", Ret.SENAVN), ("cpr", "0102031234", Ret.SECPR)])
async def test_a_dry_run_does_not_tell_whether_a_value_is_the_one_that_is_there(
    plads: Plads, felt: str, value: str, ret: Ret
) -> None:
    uuid = await en_person(plads)
    given = {"uuid": str(uuid), felt: value}
    andre = SKRIVER | {Ret.SENAVN, Ret.SECPR}

    refused = await plads.goer(RET, rettigheder=andre - {ret}, input=given, valg={"proeve": True})
    tried = await plads.goer(RET, rettigheder=SKRIVER | {ret}, input=given, valg={"proeve": True})
    other = await plads.goer(
        RET, rettigheder=SKRIVER, input={"uuid": str(uuid), "brugervendtNoegle": "ny"}, valg={"proeve": True}
    )

    assert refused.errors[0]["classification"] == "Unauthorized"
    assert felt in refused.errors[0]["message"]
    assert value not in str(refused.errors)
    assert tried.errors == other.errors == []

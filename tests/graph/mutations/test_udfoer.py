"""What every mutation does round its work: rights, turns, record, dry run, doubt, and waiting for the model."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from fkorg import klassifikation
from graph.caller import Ret
from model.pool import Pool
from model.writes import Skrivelaas
from simulator.operationer.ret import RetMaade
from tests.fkorg.soap.kilde import REFUSED
from tests.graph.mutations.dokumenter import (
    ADRESSE,
    ENHED,
    OMDOEB,
    SKIFT,
    en_adresse,
    en_enhed,
    felter,
    livsende,
    ny,
    opret,
    peger,
    rettelse,
    rod,
    sendte,
)
from tests.graph.mutations.plads import Plads


@pytest.fixture
def maade() -> RetMaade:
    return RetMaade.REPLACE


@pytest.mark.parametrize(
    "rettigheder", [frozenset(), frozenset({Ret.LAES, Ret.SENAVN, Ret.DRIFT})], ids=["none", "others"]
)
async def test_the_right_to_write_is_needed(plads: Plads, rettigheder: frozenset[Ret]) -> None:
    enhed = plads.sandhed.ramme.uuid("enhed", 3)

    fejl = (await plads.goer(OMDOEB, rettigheder=rettigheder, uuid=enhed, enhedsnavn="X")).fejl

    assert fejl["classification"] == "Unauthorized"
    assert plads.forbindelse.kald == []


async def test_another_municipality_is_refused(plads: Plads) -> None:
    given = {"cvr": "22222222", "brugervendtNoegle": "x", "enhedsnavn": "x", "overordnetEnhed": rod(plads)}

    fejl = (await plads.goer(opret("OrganisationEnhed"), input=given)).fejl

    assert fejl["message"].startswith("cvr:")
    assert plads.forbindelse.kald == []


async def test_a_dry_run_shows_the_difference_and_writes_nothing(plads: Plads) -> None:
    uuid = await en_enhed(plads, "Gl")
    plads.forbindelse.kald.clear()
    await plads.pool.execute("truncate write_request")

    svar = await plads.goer(OMDOEB, uuid=uuid, enhedsnavn="Ny", valg={"proeve": True})

    assert svar.payload["forskelle"] == [
        {
            "felt": "enhedsnavn",
            "foer": "Gl fra 2026-09-21",
            "efter": "Ny fra 2026-09-21",
        }
    ]
    assert svar.payload["beroert"] == {
        "objekter": [{"objekttype": "ORGANISATION_ENHED", "uuid": uuid}],
        "enheder": 1,
        "brugere": 0,
    }
    assert (sendte(svar), svar.payload["stand"]) == ([False], None)
    assert plads.forbindelse.kald == []
    assert felter(plads, ENHED, uuid)["enhedsnavn"] == "Gl"
    assert await plads.pool.fetchval("select count(*) from write_request") == 0
    assert await plads.pool.fetchval("select count(*) from dirty") == 0


async def test_a_dry_run_of_something_new_has_no_uuid(plads: Plads) -> None:
    given = {"cvr": "11111111", "brugervendtNoegle": "x", "enhedsnavn": "x", "overordnetEnhed": rod(plads)}
    adresser = [{"rolle": str(klassifikation.ENHED_EMAIL), "tekst": "a@b.dk"}]

    svar = await plads.goer(opret("OrganisationEnhed"), input=given | {"adresser": adresser}, valg={"proeve": True})

    assert [o["uuid"] for o in svar.payload["beroert"]["objekter"]] == [None, None]
    assert svar.payload["organisationEnhed"] is None
    assert plads.forbindelse.kald == []


async def test_the_same_key_has_the_same_effect_once(plads: Plads) -> None:
    given = {"cvr": "11111111", "brugervendtNoegle": "x", "enhedsnavn": "x", "overordnetEnhed": rod(plads)}
    valg = {"idempotensnoegle": "k1"}

    first = await plads.goer(opret("OrganisationEnhed"), input=given, valg=valg)
    again = await plads.goer(opret("OrganisationEnhed"), input=given, valg=valg)

    assert plads.forbindelse.kald == ["organisationenhed.opret"]
    assert again.payload["kvitteringer"] == first.payload["kvitteringer"]
    assert again.payload["beroert"] == first.payload["beroert"]
    assert plads.laest[0] == plads.laest[1]


async def test_the_same_key_at_the_same_time_has_one_effect(plads: Plads) -> None:
    given = {"cvr": "11111111", "brugervendtNoegle": "x", "enhedsnavn": "x", "overordnetEnhed": rod(plads)}
    document, valg = opret("OrganisationEnhed"), {"idempotensnoegle": "k1"}

    svar = await asyncio.gather(*(plads.goer(document, input=given, valg=valg) for _ in range(5)))

    assert plads.forbindelse.kald == ["organisationenhed.opret"]
    assert len({str(one.payload["kvitteringer"]) for one in svar}) == 1


async def test_a_key_stands_for_one_input_of_one_caller(plads: Plads) -> None:
    uuid, valg = await en_enhed(plads), {"idempotensnoegle": "k1"}
    await plads.goer(OMDOEB, uuid=uuid, enhedsnavn="A", valg=valg)

    fejl = (await plads.goer(OMDOEB, uuid=uuid, enhedsnavn="B", valg=valg)).fejl
    other = await plads.goer(OMDOEB, caller="et-andet", uuid=uuid, enhedsnavn="B", valg=valg)

    assert fejl["classification"] == "ValidationError"
    assert fejl["message"].startswith("valg.idempotensnoegle")
    assert sendte(other) == [True]


async def test_a_key_is_free_again_after_seven_days(plads: Plads) -> None:
    uuid, valg = await en_enhed(plads), {"idempotensnoegle": "k1"}
    await plads.goer(OMDOEB, uuid=uuid, enhedsnavn="A", valg=valg)
    plads.ur.go(8 * 86_400 * 10**9)

    assert sendte(await plads.goer(OMDOEB, uuid=uuid, enhedsnavn="B", valg=valg)) == [True]


async def test_a_wish_refused_before_anything_was_sent_may_be_tried_again(plads: Plads) -> None:
    uuid, valg = await en_enhed(plads), {"idempotensnoegle": "k1"}
    plads.forbindelse.svigter = REFUSED
    fejl = (await plads.goer(OMDOEB, uuid=uuid, enhedsnavn="A", valg=valg)).fejl
    plads.forbindelse.svigter = None

    again = await plads.goer(OMDOEB, uuid=uuid, enhedsnavn="A", valg=valg)

    assert (fejl["kode"], fejl["classification"]) == ("UNAVAILABLE", "ServerError")
    assert sendte(again) == [True]


async def test_a_refusal_of_the_source_reaches_the_caller_and_the_model_is_told_nothing(plads: Plads) -> None:
    uuid = await en_enhed(plads)
    await plads.goer(livsende("slet", "OrganisationEnhed"), uuid=uuid)
    await plads.pool.execute("truncate dirty")
    plads.ingest = False

    fejl = (await plads.goer(OMDOEB, uuid=uuid, enhedsnavn="A")).fejl

    assert fejl["kode"] == "CONFLICT"
    assert fejl["statusKode"] == 49
    assert fejl["tekst"]
    assert await plads.pool.fetchval("select count(*) from write_request where status = 'AFVIST'") == 1


async def test_a_task_that_fails_half_way_tells_what_was_done_and_the_same_key_carries_it_on(plads: Plads) -> None:
    uuid, valg = await en_enhed(plads), {"idempotensnoegle": "k1"}
    asked = {"ejer": {"enhed": uuid}, "rolle": str(klassifikation.ENHED_EMAIL), "tekst": "a@b.dk", "valg": valg}
    plads.forbindelse.svigter, plads.forbindelse.svigter_ved = REFUSED, "organisationenhed.ret"
    fejl = (await plads.goer(SKIFT, **asked)).fejl
    plads.forbindelse.svigter = None
    plads.forbindelse.kald.clear()

    again = await plads.goer(SKIFT, **asked)

    assert fejl["kode"] == "UNAVAILABLE"
    assert [(k["statusKode"], k["sendt"]) for k in fejl["kvitteringer"]] == [(20, True)]
    assert plads.forbindelse.kald == ["organisationenhed.ret"]
    assert again.payload["kvitteringer"][:1] == fejl["kvitteringer"]
    assert sendte(again) == [True, True]
    assert peger(plads, ENHED, uuid, "Adresser") == [ny(again, ADRESSE)]


async def test_a_task_refused_half_way_stays_refused(plads: Plads) -> None:
    uuid, valg = await en_enhed(plads), {"idempotensnoegle": "k1"}
    asked = {"ejer": {"enhed": uuid}, "rolle": str(klassifikation.ENHED_EMAIL), "tekst": "a@b.dk", "valg": valg}
    plads.forbindelse.afvis_ved = "organisationenhed.ret"
    fejl = (await plads.goer(SKIFT, **asked)).fejl
    plads.forbindelse.afvis_ved = None
    plads.forbindelse.kald.clear()

    again = (await plads.goer(SKIFT, **asked)).fejl

    assert (fejl["kode"], len(fejl["kvitteringer"])) == ("REFUSED", 1)
    assert again == fejl
    assert plads.forbindelse.kald == []


async def test_an_object_recorded_after_what_the_caller_saw_is_a_conflict(plads: Plads) -> None:
    uuid = await en_enhed(plads)
    document = rettelse("OrganisationEnhed")
    seen = plads.nyeste(ENHED, uuid).tidspunkt_ns
    whole_second = f"{plads.now:%Y-%m-%dT%H:%M:%S}Z"

    early = await plads.goer(
        document,
        input={"uuid": uuid, "enhedsnavn": "A"},
        valg={"forventetRegistrering": "2026-01-01T00:00:00Z"},
    )
    as_told = await plads.goer(
        document, input={"uuid": uuid, "enhedsnavn": "B"}, valg={"forventetRegistrering": whole_second}
    )

    assert early.fejl["kode"] == "CONFLICT"
    assert sendte(as_told) == [True]
    assert plads.nyeste(ENHED, uuid).tidspunkt_ns > seen


async def test_without_ingest_the_answer_says_so_and_shows_nothing_old(plads: Plads) -> None:
    uuid = await en_enhed(plads)
    plads.ingest = False
    plads.laest.clear()
    hurtigt = replace(plads.skrivere, vent=timedelta(milliseconds=50))

    svar = await plads.goer(OMDOEB, skrivere=hurtigt, uuid=uuid, enhedsnavn="A")

    assert svar.udvidelser == {"afventer": True}
    assert sendte(svar) == [True]
    assert (svar.payload["organisationEnhed"], svar.payload["stand"], plads.laest) == (None, None, [])
    row = await plads.pool.fetchrow("select * from dirty where uuid = $1", UUID(uuid))
    assert row is not None
    assert row["want_ns"] <= plads.nyeste(ENHED, uuid).tidspunkt_ns


async def test_a_database_that_goes_away_after_the_write_does_not_hide_the_receipt(plads: Plads) -> None:
    uuid = await en_enhed(plads)
    plads.ingest = False
    dead = await Pool.open(plads.dsn)
    skrivere = replace(plads.skrivere, pool=dead, laas=Skrivelaas(dead))
    plads.forbindelse.efter_skrivning = dead.inner.terminate

    svar = await plads.goer(OMDOEB, skrivere=skrivere, uuid=uuid, enhedsnavn="A")

    assert [k["statusKode"] for k in svar.payload["kvitteringer"]] == [20]
    assert svar.udvidelser == {"afventer": True}
    assert felter(plads, ENHED, uuid)["enhedsnavn"] == "A"


async def test_what_the_source_had_and_the_model_not_is_fetched_also_when_nothing_is_sent(plads: Plads) -> None:
    uuid = await en_enhed(plads, "Samme")
    await plads.pool.execute("truncate objekt")

    svar = await plads.goer(OMDOEB, uuid=uuid, enhedsnavn="Samme")

    assert sendte(svar) == [False]
    assert svar.payload["stand"] is not None


async def test_writers_of_one_object_come_one_at_a_time_and_lose_nothing(plads: Plads) -> None:
    uuid = await en_enhed(plads)
    adresser = [await en_adresse(plads, f"a{nr}@b.dk") for nr in range(6)]
    document, rolle = rettelse("OrganisationEnhed"), str(klassifikation.ENHED_EMAIL)

    await asyncio.gather(
        *(
            plads.goer(document, input={"uuid": uuid, "adresser": [{"rolle": rolle, "adresse": adresse}]})
            for adresse in adresser
        )
    )

    found = [r.reference.id for r in plads.nyeste(ENHED, uuid).relation("Adresser") if r.reference]
    assert sorted(found) == sorted(adresser)


async def test_a_caller_who_goes_away_does_not_break_a_write_off(plads: Plads) -> None:
    uuid = await en_enhed(plads)
    async with plads.skrivere.laas.holding([f"{plads.organisation}/{uuid}"]):
        asking = asyncio.create_task(plads.goer(OMDOEB, uuid=uuid, enhedsnavn="Efter"))
        while not plads.skrivere.i_gang:
            await asyncio.sleep(0.001)
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
    await plads.skrivere.faerdige()

    assert felter(plads, ENHED, uuid)["enhedsnavn"] == "Efter"
    assert (
        await plads.pool.fetchval(
            "select count(*) from write_request where operation = 'omdoebEnhed' and status = 'UDFOERT'"
        )
        == 1
    )


async def test_a_server_that_cannot_reach_the_source_says_so(plads: Plads) -> None:
    uden = replace(plads.skrivere, kilder={})

    fejl = (await plads.goer(OMDOEB, skrivere=uden, uuid=str(uuid4()), enhedsnavn="X")).fejl

    assert fejl["kode"] == "UNAVAILABLE"


async def test_the_record_of_a_write_holds_no_value_that_was_written(plads: Plads) -> None:
    given = {"cvr": "11111111", "brugervendtNoegle": "p", "navn": "Ingeborg Skjern", "cpr": "0102031234"}
    await plads.goer(opret("Person"), input=given)

    row = await plads.pool.fetchrow("select * from write_request order by started_at desc limit 1")

    assert row is not None
    assert row["status"] == "UDFOERT"
    assert "Skjern" not in str(dict(row))
    assert "0102031234" not in str(dict(row))

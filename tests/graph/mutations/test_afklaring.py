"""What a server that was killed leaves behind is read back by another one; the same key carries it on from there."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from fkorg import failpoint, klassifikation, tid
from fkorg.errors import Unavailable
from graph.mutations import afklaring
from graph.mutations.kontekst import Skrivere
from model import writes
from model.pool import Pool
from model.writes import Skrivelaas
from simulator.operationer.ret import RetMaade
from tests.graph.mutations.dokumenter import (
    ADRESSE,
    ANSAET,
    ENHED,
    FUNKTION,
    OMDOEB,
    SKIFT,
    en_bruger,
    en_enhed,
    felter,
    livsende,
    ny,
    opret,
    peger,
    sendte,
)
from tests.graph.mutations.plads import Plads

VALG = {"idempotensnoegle": "k1"}
NYT = {"cvr": "11111111", "brugervendtNoegle": "n", "adresseTekst": "Algade 9"}
EMAIL = str(klassifikation.ENHED_EMAIL)


AFBRYD = """select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory'
    and database = (select oid from pg_database where datname = current_database())"""
"""End the session of whoever holds a turn."""


class Draebt(Exception):
    """The server ends here."""


@pytest.fixture
def maade() -> RetMaade:
    return RetMaade.REPLACE


@pytest.fixture(autouse=True)
def slukket() -> Iterator[None]:
    yield
    failpoint.switch_on({})


async def draebt_ved(plads: Plads, sted: str, document: str, nr: int = 1, **variables: Any) -> None:
    """Run a document on a server that is killed at the failpoint: no connection of its lives on, nothing is tidied."""
    pool, passes = await Pool.open(plads.dsn), 0

    async def kill() -> None:
        nonlocal passes
        passes += 1
        if passes == nr:
            pool.inner.terminate()
            raise Draebt

    failpoint.switch_on({sted: kill})
    server = replace(plads.skrivere, pool=pool, laas=Skrivelaas(pool), siden={})
    svar = await plads.goer(document, skrivere=server, **{"valg": VALG, **variables})
    failpoint.switch_on({})
    assert svar.errors, "the server lived on"
    plads.forbindelse.kald.clear()


async def ryd_op(plads: Plads, skrivere: Skrivere | None = None) -> None:
    """Another server looks until nothing is in doubt. The killed one's turn is free once Postgres has seen its end."""
    async with asyncio.timeout(5):
        while await i_tvivl(plads):
            await afklaring.runde(skrivere or plads.skrivere, plads.klient, plads.organisation, plads.now)
            await asyncio.sleep(0.01)


async def i_tvivl(plads: Plads) -> int:
    found: int = await plads.pool.fetchval("select count(*) from write_request where status in ('STARTET', 'UVIS')")
    return found


STEDER = pytest.mark.parametrize(
    ("sted", "took_effect"), [("write.recorded", False), ("write.sent", True)], ids=["before", "after"]
)


@STEDER
async def test_a_change_is_settled_as_the_source_shows_and_its_object_read_again(
    plads: Plads, sted: str, took_effect: bool
) -> None:
    uuid = await en_enhed(plads)
    plads.ingest = False
    await draebt_ved(plads, sted, OMDOEB, uuid=uuid, enhedsnavn="A")
    await plads.pool.execute("truncate dirty")

    await ryd_op(plads)

    row = await plads.pool.fetchrow("select aarsag, want_ns from dirty where uuid = $1", UUID(uuid))
    assert row is not None
    assert tuple(row) == ("MUTATION", plads.nyeste(ENHED, uuid).tidspunkt_ns)
    assert (felter(plads, ENHED, uuid)["enhedsnavn"] == "A") is took_effect
    plads.ingest = True
    again = await plads.goer(OMDOEB, uuid=uuid, enhedsnavn="A", valg=VALG)
    assert sendte(again) == [True]
    assert plads.forbindelse.kald == ([] if took_effect else ["organisationenhed.ret"])
    assert felter(plads, ENHED, uuid)["enhedsnavn"] == "A"


async def test_a_change_that_took_effect_is_not_made_again_over_a_later_one(plads: Plads) -> None:
    uuid = await en_enhed(plads)
    await draebt_ved(plads, "write.sent", OMDOEB, uuid=uuid, enhedsnavn="A")
    await ryd_op(plads)
    await plads.goer(OMDOEB, uuid=uuid, enhedsnavn="B")

    again = await plads.goer(OMDOEB, uuid=uuid, enhedsnavn="A", valg=VALG)

    assert sendte(again) == [True]
    assert felter(plads, ENHED, uuid)["enhedsnavn"] == "B"


@STEDER
async def test_a_new_object_is_found_or_made_once(plads: Plads, sted: str, took_effect: bool) -> None:
    await draebt_ved(plads, sted, opret("Adresse"), input=NYT)
    await ryd_op(plads)

    again = await plads.goer(opret("Adresse"), input=NYT, valg=VALG)

    assert sendte(again) == [True]
    assert plads.forbindelse.kald == ([] if took_effect else ["adresse.opret"])
    assert felter(plads, ADRESSE, ny(again, ADRESSE))["adressetekst"] == "Algade 9"
    assert plads.laest[-1] == ("Adresse", UUID(ny(again, ADRESSE)))


async def test_a_caller_who_comes_before_anybody_has_looked_makes_the_server_look(plads: Plads) -> None:
    await draebt_ved(plads, "write.sent", opret("Adresse"), input=NYT)

    again = await plads.goer(opret("Adresse"), input=NYT, valg=VALG)

    assert sendte(again) == [True]
    assert plads.forbindelse.kald == []


async def test_what_is_deleted_already_is_answered_with_its_receipt(plads: Plads) -> None:
    uuid, document = await en_enhed(plads), livsende("slet", "OrganisationEnhed")
    await draebt_ved(plads, "write.sent", document, uuid=uuid)

    again = await plads.goer(document, uuid=uuid, valg=VALG)

    assert sendte(again) == [True]
    assert plads.forbindelse.kald == []


async def test_what_the_caller_expected_is_not_held_against_his_own_change(plads: Plads) -> None:
    uuid = await en_enhed(plads)
    seen = {"idempotensnoegle": "k1", "forventetRegistrering": tid.format_ns(plads.nyeste(ENHED, uuid).tidspunkt_ns)}
    plads.om_to_dage()
    await draebt_ved(plads, "write.sent", OMDOEB, uuid=uuid, enhedsnavn="A", valg=seen)

    again = await plads.goer(OMDOEB, uuid=uuid, enhedsnavn="A", valg=seen)

    assert sendte(again) == [True]
    assert (await plads.goer(OMDOEB, uuid=uuid, enhedsnavn="B", valg={**seen, "idempotensnoegle": "k2"})).errors


@pytest.mark.parametrize(
    ("sted", "nr", "left"),
    [
        ("write.recorded", 1, ["adresse.opret", "organisationenhed.ret"]),
        ("write.sent", 1, ["organisationenhed.ret"]),
        ("write.recorded", 2, ["organisationenhed.ret"]),
        ("write.sent", 2, []),
    ],
)
async def test_a_task_killed_at_any_step_is_carried_on_from_there(
    plads: Plads, sted: str, nr: int, left: list[str]
) -> None:
    uuid = await en_enhed(plads)
    asked = {"ejer": {"enhed": uuid}, "rolle": EMAIL, "tekst": "a@b.dk"}
    await draebt_ved(plads, sted, SKIFT, nr, **asked)
    await ryd_op(plads)

    again = await plads.goer(SKIFT, **asked, valg=VALG)

    assert plads.forbindelse.kald == left
    assert sendte(again) == [True, True]
    (adresse,) = peger(plads, ENHED, uuid, "Adresser")
    assert ny(again, ADRESSE) == adresse
    assert plads.laest[-1] == ("Adresse", UUID(adresse))


async def test_an_employment_that_was_made_is_not_made_again(plads: Plads) -> None:
    enhed, bruger = await en_enhed(plads), await en_bruger(plads)
    asked = {"bruger": bruger, "enhed": enhed, "titel": "Lærer"}
    await draebt_ved(plads, "write.sent", ANSAET, **asked)

    again = await plads.goer(ANSAET, **asked, valg=VALG)

    assert plads.forbindelse.kald == []
    assert sendte(again) == [True]
    assert peger(plads, FUNKTION, ny(again, FUNKTION), "TilknyttedeBrugere") == [bruger]


async def test_one_killed_before_its_first_step_leaves_nothing(plads: Plads) -> None:
    uuid = await en_enhed(plads)
    dead = await Pool.open(plads.dsn)
    server = replace(plads.skrivere, pool=dead, laas=Skrivelaas(dead), siden={})
    plads.forbindelse.efter_laesning = dead.inner.terminate
    await plads.goer(OMDOEB, uuid=uuid, enhedsnavn="A", valg=VALG, skrivere=server)
    plads.forbindelse.efter_laesning = None
    assert await i_tvivl(plads) == 1

    await ryd_op(plads)

    assert sendte(await plads.goer(OMDOEB, uuid=uuid, enhedsnavn="A", valg=VALG)) == [True]


async def test_not_there_is_an_answer_only_when_the_write_may_no_longer_come(plads: Plads) -> None:
    uuid = await en_enhed(plads)
    await draebt_ved(plads, "write.recorded", OMDOEB, uuid=uuid, enhedsnavn="A")
    langmodig = replace(plads.skrivere, stilhed=timedelta(minutes=1), siden={})
    async with asyncio.timeout(5):
        while not langmodig.siden:
            await afklaring.runde(langmodig, plads.klient, plads.organisation, plads.now)

    await afklaring.runde(langmodig, plads.klient, plads.organisation, plads.now)

    assert await i_tvivl(plads) == 1
    (key,) = langmodig.siden
    langmodig.siden[key] -= 60
    await afklaring.runde(langmodig, plads.klient, plads.organisation, plads.now)
    assert (await i_tvivl(plads), langmodig.siden) == (0, {})


async def test_a_write_whose_server_lives_is_left_to_it(plads: Plads) -> None:
    uuid = await en_enhed(plads)

    async def look() -> None:
        await afklaring.runde(plads.skrivere, plads.klient, plads.organisation, plads.now)
        assert await i_tvivl(plads) == 1

    failpoint.switch_on({"write.sent": look})

    assert sendte(await plads.goer(OMDOEB, uuid=uuid, enhedsnavn="A")) == [True]


async def test_servers_that_look_at_once_agree_and_one_settles(plads: Plads) -> None:
    await draebt_ved(plads, "write.sent", opret("Adresse"), input=NYT)
    servers = [replace(plads.skrivere, siden={}) for _ in range(3)]

    await asyncio.gather(*(ryd_op(plads, server) for server in servers))

    (row,) = await plads.pool.fetch("select kvitteringer from write_request where idempotensnoegle = 'k1'")
    assert len(row["kvitteringer"]["skridt"]) == 1


async def test_two_equal_objects_in_doubt_are_two(plads: Plads) -> None:
    await draebt_ved(plads, "write.sent", opret("Adresse"), input=NYT)
    await plads.pool.execute("update write_request set idempotensnoegle = 'k0' where idempotensnoegle = 'k1'")
    await draebt_ved(plads, "write.sent", opret("Adresse"), input=NYT)
    await ryd_op(plads)

    svar = [await plads.goer(opret("Adresse"), input=NYT, valg={"idempotensnoegle": noegle}) for noegle in ("k0", "k1")]

    assert len({ny(one, ADRESSE) for one in svar}) == 2
    assert plads.forbindelse.kald == []


async def test_one_taken_for_dead_sends_nothing_more(plads: Plads) -> None:
    uuid = await en_enhed(plads)

    async def closed() -> None:
        await plads.pool.execute("update write_request set status = 'AFVIST' where status = 'STARTET'")

    failpoint.switch_on({"write.sent": closed})
    fejl = (await plads.goer(SKIFT, ejer={"enhed": uuid}, rolle=EMAIL, tekst="a@b.dk")).fejl

    assert fejl["kode"] == "UNAVAILABLE"
    assert plads.forbindelse.kald[-1] == "adresse.opret"


async def test_the_record_of_an_older_server_is_left_alone(plads: Plads) -> None:
    await plads.pool.execute(
        "insert into write_request (organisation, id, caller, operation, input_hash, status, kvitteringer, started_at)"
        " values ($1, $1, 'x', 'omdoebEnhed', '', 'STARTET', '{}', $2)",
        plads.organisation,
        plads.now,
    )

    await afklaring.runde(plads.skrivere, plads.klient, plads.organisation, plads.now)

    assert await i_tvivl(plads) == 1


async def test_a_writer_that_lost_its_session_tells_the_receipts_of_who_took_it_for_dead(plads: Plads) -> None:
    uuid, others = await en_enhed(plads), []
    plads.forbindelse.kald.clear()

    async def lose_the_session() -> None:
        failpoint.switch_on({})
        await plads.pool.execute(AFBRYD)
        others.append(await plads.goer(OMDOEB, uuid=uuid, enhedsnavn="A", valg=VALG))

    async with await Pool.open(plads.dsn) as pool:
        server = replace(plads.skrivere, pool=pool, laas=Skrivelaas(pool), siden={})
        failpoint.switch_on({"write.sent": lose_the_session})
        first = await plads.goer(OMDOEB, skrivere=server, uuid=uuid, enhedsnavn="A", valg=VALG)
    again = await plads.goer(OMDOEB, uuid=uuid, enhedsnavn="A", valg=VALG)

    told = [svar.payload["kvitteringer"] for svar in (first, *others, again)]
    assert told == [told[0]] * 3
    assert [one["sendt"] for one in told[0]] == [True]
    assert plads.forbindelse.kald == ["organisationenhed.ret"]


async def test_a_receipt_that_could_not_be_recorded_is_read_back_before_its_key_is_told_one(
    plads: Plads, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database is away for a moment when the source has answered; what is read back later has no text."""
    uuid, finish, away = await en_enhed(plads), writes.finish, [True, True]
    plads.forbindelse.kald.clear()

    async def recorded(*arguments: Any) -> bool:
        if away and away.pop():
            raise Unavailable("the database is out of reach")
        return await finish(*arguments)

    monkeypatch.setattr(writes, "finish", recorded)
    told = [await plads.goer(OMDOEB, uuid=uuid, enhedsnavn="A", valg=VALG) for _ in range(2)]

    assert told[0].payload["kvitteringer"] == told[1].payload["kvitteringer"]
    assert sendte(told[0]) == [True]
    assert plads.forbindelse.kald == ["organisationenhed.ret"]


async def test_a_key_whose_receipt_cannot_be_recorded_is_in_doubt_until_it_is_asked_again(plads: Plads) -> None:
    uuid, dead = await en_enhed(plads), await Pool.open(plads.dsn)
    server = replace(plads.skrivere, pool=dead, laas=Skrivelaas(dead), siden={})
    plads.forbindelse.kald.clear()
    plads.forbindelse.efter_skrivning = dead.inner.terminate

    first = await plads.goer(OMDOEB, skrivere=server, uuid=uuid, enhedsnavn="A", valg=VALG)
    plads.forbindelse.efter_skrivning = None
    again = await plads.goer(OMDOEB, uuid=uuid, enhedsnavn="A", valg=VALG)

    assert first.fejl["kode"] == "UNCERTAIN"
    assert sendte(again) == [True]
    assert plads.forbindelse.kald == ["organisationenhed.ret"]

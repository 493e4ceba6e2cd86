"""The source may lag behind its own writes: a change is never built on an older registration than is known."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from fkorg import klassifikation
from graph.mutations.kontekst import Skrivere
from simulator.operationer.ret import RetMaade
from tests.graph.mutations.dokumenter import (
    ADRESSE,
    ANSAET,
    ENHED,
    OMDOEB,
    UDPEG,
    en_adresse,
    en_bruger,
    en_enhed,
    felter,
    opret,
    peger,
    rettelse,
    sendte,
)
from tests.graph.mutations.plads import Plads

RET = rettelse("OrganisationEnhed")
LAG_S = 5


@pytest.fixture
def maade() -> RetMaade:
    return RetMaade.REPLACE


@pytest.fixture(autouse=True)
def bagud(plads: Plads) -> None:
    """Reads are five seconds behind writes, by a clock that goes a second at each reading; and nobody takes them in."""
    assert plads.forbindelse.fejl is not None
    plads.forbindelse.fejl.set({"lag": str(LAG_S)})
    plads.forbindelse.efter_laesning = lambda: plads.ur.go(10**9)
    plads.ingest = False
    plads.skrivere = replace(plads.skrivere, vent=timedelta(milliseconds=300))


def stille(plads: Plads) -> Skrivere:
    """The source's clock stands still: what it does not show now it never shows."""
    plads.forbindelse.efter_laesning = None
    return plads.skrivere


async def test_a_second_change_right_after_the_first_keeps_it(plads: Plads) -> None:
    uuid = await en_enhed(plads)
    await plads.goer(OMDOEB, uuid=uuid, enhedsnavn="A")

    svar = await plads.goer(RET, input={"uuid": uuid, "brugervendtNoegle": "noegle"})

    assert sendte(svar) == [True]
    assert felter(plads, ENHED, uuid) == {"enhedsnavn": "A", "brugervendtnoegle": "noegle"}


async def test_a_source_that_stays_behind_is_not_written_to(plads: Plads) -> None:
    uuid = await en_enhed(plads)
    await plads.goer(OMDOEB, uuid=uuid, enhedsnavn="A")
    plads.forbindelse.kald.clear()

    fejl = (await plads.goer(OMDOEB, skrivere=stille(plads), uuid=uuid, enhedsnavn="B")).fejl

    assert fejl["kode"] == "UNAVAILABLE"
    assert "older registration" in fejl["message"]
    assert plads.forbindelse.kald == []


async def test_what_the_model_has_taken_in_is_known_too(plads: Plads) -> None:
    uuid = await en_enhed(plads)
    await plads.goer(OMDOEB, uuid=uuid, enhedsnavn="A")
    plads.ur.go(LAG_S * 2 * 10**9)
    await plads.indtag()
    await plads.pool.execute("update objekt set reg_ns = reg_ns + 1 where uuid = $1", UUID(uuid))

    fejl = (await plads.goer(OMDOEB, skrivere=stille(plads), uuid=uuid, enhedsnavn="B")).fejl

    assert fejl["kode"] == "UNAVAILABLE"


async def test_what_was_just_made_can_be_pointed_at_and_changed(plads: Plads) -> None:
    over = await en_enhed(plads)

    under = await en_enhed(plads, "Under", over)
    await plads.goer(OMDOEB, uuid=over, enhedsnavn="A")

    assert peger(plads, ENHED, under, "Overordnet") == [over]
    assert felter(plads, ENHED, over)["enhedsnavn"] == "A"


async def test_what_the_model_has_is_waited_for(plads: Plads) -> None:
    uuid = await en_enhed(plads)
    assert plads.forbindelse.fejl is not None
    plads.forbindelse.fejl.set({"lag": "0"})
    await plads.indtag()
    plads.forbindelse.fejl.set({"lag": str(LAG_S)})

    assert sendte(await plads.goer(OMDOEB, uuid=uuid, enhedsnavn="A")) == [True]


async def test_what_was_never_made_is_not_waited_for(plads: Plads) -> None:
    asked = {"cvr": "11111111", "brugervendtNoegle": "x", "enhedsnavn": "x", "overordnetEnhed": str(UUID(int=7))}
    before = plads.ur()

    fejl = (await plads.goer(opret("OrganisationEnhed"), input=asked)).fejl

    assert fejl["message"].startswith("overordnetEnhed")
    assert plads.ur() == before + 10**9


async def test_a_manager_just_appointed_stands_in_the_way_of_another(plads: Plads) -> None:
    enhed, en, to = await en_enhed(plads), await en_bruger(plads, "en"), await en_bruger(plads, "to")
    await plads.goer(UDPEG, enhed=enhed, bruger=en)

    fejl = (await plads.goer(UDPEG, enhed=enhed, bruger=to)).fejl

    assert fejl["kode"] == "CONFLICT"


async def test_an_employment_just_made_is_not_made_again(plads: Plads) -> None:
    enhed, bruger = await en_enhed(plads), await en_bruger(plads)
    asked = {"bruger": bruger, "enhed": enhed, "titel": "Lærer"}
    await plads.goer(ANSAET, **asked)

    assert sendte(await plads.goer(ANSAET, **asked)) == [False]


async def test_addresses_added_one_after_the_other_are_all_there(plads: Plads) -> None:
    uuid, rolle = await en_enhed(plads), str(klassifikation.ENHED_EMAIL)
    adresser = [await en_adresse(plads, f"a{nr}@b.dk") for nr in range(3)]

    for adresse in adresser:
        await plads.goer(RET, input={"uuid": uuid, "adresser": [{"rolle": rolle, "adresse": adresse}]})

    assert peger(plads, ENHED, uuid, "Adresser") == sorted(adresser)
    assert felter(plads, ADRESSE, adresser[0])

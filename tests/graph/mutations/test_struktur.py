"""Renaming and moving units against the simulator, in both ways of `ret`."""

import pytest

from fkorg import klassifikation
from tests.graph.mutations.dokumenter import (
    ENHED,
    FLYT,
    I_GAAR,
    I_MORGEN,
    OMDOEB,
    en_enhed,
    felter,
    livsende,
    peger,
    perioder,
    rod,
    sendte,
)
from tests.graph.mutations.plads import Plads


async def test_a_unit_is_renamed_and_its_old_name_stays_history(plads: Plads) -> None:
    uuid = await en_enhed(plads, "Gl")
    plads.om_to_dage()

    first = await plads.goer(OMDOEB, uuid=uuid, enhedsnavn="Ny")
    second = await plads.goer(OMDOEB, uuid=uuid, enhedsnavn="Ny")

    assert felter(plads, ENHED, uuid)["enhedsnavn"] == "Ny"
    assert felter(plads, ENHED, uuid, plads.ur() - 86_400 * 10**9)["enhedsnavn"] == "Gl"
    assert (sendte(first), sendte(second)) == ([True], [False])


async def test_a_unit_is_moved_with_all_it_has(plads: Plads) -> None:
    ny_over, adresser = await en_enhed(plads, "Over"), [{"rolle": str(klassifikation.ENHED_EMAIL), "tekst": "a@b.dk"}]
    uuid = await en_enhed(plads, "Flyttes", adresser=adresser)
    before = plads.nyeste(ENHED, uuid)

    svar = await plads.goer(FLYT, uuid=uuid, nyOverordnet=ny_over)

    assert perioder(plads, ENHED, uuid, "Overordnet") == [(ny_over, "2026-09-21", None)]
    assert plads.nyeste(ENHED, uuid).egenskaber == before.egenskaber
    assert plads.nyeste(ENHED, uuid).relation("Adresser") == before.relation("Adresser")
    assert plads.nyeste(ENHED, uuid).relation("Tilhoerer") == before.relation("Tilhoerer")
    assert [f["felt"] for f in svar.payload["forskelle"]] == ["overordnetEnhed"]


async def test_a_unit_is_not_moved_below_itself(plads: Plads) -> None:
    top = await en_enhed(plads, "Top")
    bund = await en_enhed(plads, "Bund", under=await en_enhed(plads, "Midt", under=top))

    for under in (top, bund):
        fejl = (await plads.goer(FLYT, uuid=top, nyOverordnet=under)).fejl

        assert fejl["message"].startswith("nyOverordnet: wanted a unit that is not the unit itself or below it")
    assert peger(plads, ENHED, top, "Overordnet") == [rod(plads)]


async def test_a_unit_is_moved_today_or_earlier(plads: Plads) -> None:
    uuid, under = await en_enhed(plads, "En"), await en_enhed(plads, "To")

    fejl = (await plads.goer(FLYT, uuid=uuid, nyOverordnet=under, fra=I_MORGEN)).fejl
    await plads.goer(FLYT, uuid=uuid, nyOverordnet=under, fra=I_GAAR)

    assert fejl["message"].startswith("fra: wanted today or earlier")
    assert perioder(plads, ENHED, uuid, "Overordnet") == [(under, "2026-09-20", None)]


@pytest.mark.parametrize("navn", ["passiver", "slet"])
async def test_a_unit_is_not_moved_under_one_that_is_gone(plads: Plads, navn: str) -> None:
    uuid, gone = await en_enhed(plads, "En"), await en_enhed(plads, "To")
    await plads.goer(livsende(navn, "OrganisationEnhed"), uuid=gone)

    fejl = (await plads.goer(FLYT, uuid=uuid, nyOverordnet=gone)).fejl

    assert fejl["message"].startswith("nyOverordnet: that OrganisationEnhed is")

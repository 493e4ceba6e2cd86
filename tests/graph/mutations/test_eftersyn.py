"""A write whose answer is not seen is read back, and never repeated: the caller is told what came of it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import aiohttp
import pytest

from fkorg import ret
from fkorg.catalogue import Objekttype
from fkorg.registrering import Livscyklus
from graph.mutations import afklaring
from simulator.operationer.ret import RetMaade
from tests.graph.mutations.dokumenter import (
    ADRESSE,
    ENHED,
    OMDOEB,
    en_adresse,
    en_enhed,
    felter,
    importer,
    livsende,
    ny,
    opret,
    rettelse,
    sendte,
)
from tests.graph.mutations.plads import Plads, Svar

NY_UUID = UUID("77777777-7777-4777-8777-777777777777")
NYT = {"cvr": "11111111", "brugervendtNoegle": "n", "adresseTekst": "Algade 9"}
VALG = {"idempotensnoegle": "k1"}
CUT = aiohttp.ClientOSError("cut")


@dataclass(frozen=True)
class Skrift:
    """One of the five writes of an address: its document and variables; `{uuid}` is one that exists."""

    document: str
    variables: Mapping[str, Any]
    kald: str

    async def goer(self, plads: Plads, uuid: str, **mere: Any) -> Svar:
        return await plads.goer(self.document, **_filled(self.variables, uuid), **mere)


def _filled(value: Any, uuid: str) -> Any:
    if isinstance(value, dict):
        return {key: _filled(one, uuid) for key, one in value.items()}
    return uuid if value == "{uuid}" else value


SKRIFTER = {
    "opret": Skrift(opret("Adresse"), {"input": NYT}, "adresse.opret"),
    "importer": Skrift(importer("Adresse"), {"uuid": NY_UUID, "input": NYT}, "adresse.importer"),
    "ret": Skrift(rettelse("Adresse"), {"input": {"uuid": "{uuid}", "adresseTekst": "Algade 9"}}, "adresse.ret"),
    "passiver": Skrift(livsende("passiver", "Adresse"), {"uuid": "{uuid}"}, "adresse.passiver"),
    "slet": Skrift(livsende("slet", "Adresse"), {"uuid": "{uuid}"}, "adresse.slet"),
}
hver = pytest.mark.parametrize("skrift", SKRIFTER.values(), ids=SKRIFTER)


@pytest.fixture
def maade() -> RetMaade:
    return RetMaade.REPLACE


def registreringer(plads: Plads) -> int:
    """How many registrations of addresses the source has: what a write adds one to."""
    return sum(
        len(plads.sandhed.registreringer(ADRESSE, uuid)) for uuid, _ in list(plads.sandhed.objekter(Objekttype.ADRESSE))
    )


async def status(plads: Plads) -> list[tuple[str, bool]]:
    """Of each record of the key: its status, and whether something is still under way."""
    rows = await plads.pool.fetch("select status, kvitteringer from write_request where idempotensnoegle = 'k1'")
    return [(row["status"], row["kvitteringer"]["undervejs"] is not None) for row in rows]


@hver
async def test_one_that_took_effect_is_answered_with_its_receipt(plads: Plads, skrift: Skrift) -> None:
    uuid, before = await en_adresse(plads), registreringer(plads)
    plads.forbindelse.kald.clear()
    plads.forbindelse.svigter, plads.forbindelse.svigter_efter = CUT, True
    svar = await skrift.goer(plads, uuid, valg=VALG)
    plads.forbindelse.svigter = None

    again = await skrift.goer(plads, uuid, valg=VALG)

    (kvittering,) = svar.payload["kvitteringer"]
    assert (kvittering["statusKode"], kvittering["sendt"]) == (20, True)
    assert UUID(kvittering["transaktionsId"])
    assert again.payload["kvitteringer"] == svar.payload["kvitteringer"]
    assert again.payload["beroert"] == svar.payload["beroert"]
    assert plads.forbindelse.kald == [skrift.kald]
    assert registreringer(plads) == before + 1
    assert await status(plads) == [("UDFOERT", False)]


@hver
async def test_one_that_did_not_is_unavailable_and_the_same_key_does_it(plads: Plads, skrift: Skrift) -> None:
    uuid, before = await en_adresse(plads), registreringer(plads)
    plads.forbindelse.kald.clear()
    plads.forbindelse.svigter = CUT
    fejl = (await skrift.goer(plads, uuid, valg=VALG)).fejl
    plads.forbindelse.svigter = None
    assert await status(plads) == [("AFVIST", False)]

    again = await skrift.goer(plads, uuid, valg=VALG)

    assert (fejl["kode"], fejl["classification"]) == ("UNAVAILABLE", "ServerError")
    assert sendte(again) == [True]
    assert plads.forbindelse.kald == [skrift.kald]
    assert registreringer(plads) == before + 1


@hver
async def test_a_soap_fault_after_the_effect_is_no_failure(plads: Plads, skrift: Skrift) -> None:
    uuid, before = await en_adresse(plads), registreringer(plads)
    assert plads.forbindelse.fejl is not None
    plads.forbindelse.fejl.set({"uncertain": "1"})

    svar = await skrift.goer(plads, uuid)

    assert sendte(svar) == [True]
    assert registreringer(plads) == before + 1


@hver
async def test_one_that_the_source_shows_late_is_found(plads: Plads, skrift: Skrift) -> None:
    uuid = await en_adresse(plads)
    plads.om_to_dage()
    assert plads.forbindelse.fejl is not None
    plads.forbindelse.fejl.set({"lag": "5", "uncertain": "1"})
    plads.forbindelse.efter_laesning = lambda: plads.ur.go(2 * 10**9)
    langmodig = replace(plads.skrivere, stilhed=timedelta(minutes=1))

    svar = await skrift.goer(plads, uuid, skrivere=langmodig)

    assert sendte(svar) == [True]


async def test_one_that_another_has_written_on_top_of_is_found_in_the_history(plads: Plads) -> None:
    uuid = await en_enhed(plads)
    plads.forbindelse.svigter, plads.forbindelse.svigter_efter = CUT, True
    plads.forbindelse.efter_skrivning = lambda: en_anden(plads, uuid)

    svar = await plads.goer(OMDOEB, uuid=uuid, enhedsnavn="A", valg=VALG)

    assert sendte(svar) == [True]
    assert felter(plads, ENHED, uuid) == {"brugervendtnoegle": "en anden", "enhedsnavn": "A"}


async def test_what_another_wrote_instead_is_not_taken_for_ours(plads: Plads) -> None:
    uuid = await en_enhed(plads)
    plads.forbindelse.svigter = CUT
    plads.forbindelse.foer_svigt = lambda: en_anden(plads, uuid)

    fejl = (await plads.goer(OMDOEB, uuid=uuid, enhedsnavn="A", valg=VALG)).fejl

    assert fejl["kode"] == "UNAVAILABLE"
    assert felter(plads, ENHED, uuid)["enhedsnavn"] == "En enhed"


async def test_an_equal_object_that_another_write_made_is_not_taken_for_ours(plads: Plads) -> None:
    await plads.goer(opret("Adresse"), input=NYT)
    plads.forbindelse.svigter = CUT

    fejl = (await plads.goer(opret("Adresse"), input=NYT)).fejl

    assert fejl["kode"] == "UNAVAILABLE"


async def test_as_long_as_it_is_not_sure_the_caller_is_told_so_and_the_object_is_left_alone(plads: Plads) -> None:
    uuid = await en_enhed(plads)
    hastig = replace(plads.skrivere, vent=timedelta(milliseconds=30), stilhed=timedelta(minutes=1), siden={})
    plads.ingest = False
    plads.forbindelse.svigter = CUT
    fejl = (await plads.goer(OMDOEB, uuid=uuid, enhedsnavn="A", valg=VALG, skrivere=hastig)).fejl
    plads.forbindelse.svigter = None
    dirty = await plads.pool.fetchrow("select * from dirty where uuid = $1", UUID(uuid))
    plads.forbindelse.kald.clear()

    again = (await plads.goer(OMDOEB, uuid=uuid, enhedsnavn="A", valg=VALG, skrivere=hastig)).fejl
    other = (await plads.goer(OMDOEB, uuid=uuid, enhedsnavn="B", skrivere=hastig)).fejl

    assert [one["kode"] for one in (fejl, again, other)] == ["UNCERTAIN", "UNCERTAIN", "UNAVAILABLE"]
    assert plads.forbindelse.kald == []
    assert dirty is not None
    assert (dirty["aarsag"], dirty["due_at"]) == ("MUTATION", plads.now)
    assert await status(plads) == [("UVIS", True)]

    await afklaring.runde(replace(hastig, stilhed=timedelta(0)), plads.klient, plads.organisation, plads.now)

    assert await status(plads) == [("AFVIST", False)]
    assert sendte(await plads.goer(OMDOEB, uuid=uuid, enhedsnavn="B", skrivere=hastig)) == [True]


async def test_a_source_that_cannot_be_read_leaves_the_doubt(plads: Plads) -> None:
    uuid = await en_enhed(plads)
    hastig = replace(plads.skrivere, vent=timedelta(milliseconds=30))
    plads.forbindelse.svigter, plads.forbindelse.svigter_efter = CUT, True

    def away() -> None:
        assert plads.forbindelse.fejl is not None
        plads.forbindelse.fejl.set({"fault": "1"})

    plads.forbindelse.efter_skrivning = away

    fejl = (await plads.goer(OMDOEB, uuid=uuid, enhedsnavn="A", valg=VALG, skrivere=hastig)).fejl

    assert fejl["kode"] == "UNCERTAIN"
    assert await status(plads) == [("UVIS", True)]


async def test_an_object_that_the_source_does_not_know_after_slet_is_deleted(plads: Plads) -> None:
    uuid = await en_adresse(plads)
    plads.forbindelse.svigter, plads.forbindelse.svigter_efter = CUT, True

    def gone() -> None:
        with plads.sandhed.transaktion():
            plads.sandhed.fjern(ADRESSE, UUID(uuid))

    plads.forbindelse.efter_skrivning = gone
    plads.ingest = False
    hastig = replace(plads.skrivere, vent=timedelta(milliseconds=30))

    assert sendte(await plads.goer(livsende("slet", "Adresse"), uuid=uuid, skrivere=hastig)) == [True]


async def test_a_refused_opret_leaves_nothing_to_look_for(plads: Plads) -> None:
    plads.forbindelse.afvis_ved = "adresse.opret"

    fejl = (await plads.goer(opret("Adresse"), input=NYT, valg=VALG)).fejl

    assert fejl["kode"] == "REFUSED"
    assert await status(plads) == [("AFVIST", False)]


async def test_an_import_of_what_was_deleted_is_found_again(plads: Plads) -> None:
    uuid = str(uuid4())
    await plads.goer(importer("Adresse"), uuid=uuid, input=NYT)
    await plads.goer(livsende("slet", "Adresse"), uuid=uuid)
    plads.forbindelse.svigter, plads.forbindelse.svigter_efter = CUT, True

    svar = await plads.goer(importer("Adresse"), uuid=uuid, input=NYT)

    assert ny(svar, ADRESSE) == uuid
    assert plads.nyeste(ADRESSE, uuid).livscyklus is Livscyklus.IMPORTERET


def en_anden(plads: Plads, uuid: str) -> None:
    """Another system gives the unit another key."""
    found = plads.nyeste(ENHED, uuid)
    lister = ret.ret(found, [ret.SaetFelter({"brugervendtnoegle": "en anden"}, plads.ur())], plads.ur())
    assert lister is not None
    ny_tid = plads.sandhed.naeste_tid(ENHED, UUID(uuid))
    with plads.sandhed.transaktion():
        plads.sandhed.skriv(ENHED, UUID(uuid), replace(found, tidspunkt_ns=ny_tid, egenskaber=lister.egenskaber or ()))

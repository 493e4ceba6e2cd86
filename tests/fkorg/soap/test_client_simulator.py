"""The client against a running simulator, by our WSDL and by the official one: an object's life, and the export."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from fkorg.catalogue import Objekttype
from fkorg.errors import Conflict, NotFound, Unavailable
from fkorg.kvittering import UDFOERT
from fkorg.registrering import (
    UDEN_TIDSPUNKT_NS,
    Egenskab,
    Gyldighed,
    Lister,
    Livscyklus,
    Reference,
    Registrering,
    Relation,
    Tilstand,
    to_content,
)
from fkorg.soap.client import Klient
from fkorg.soap.transport import Transport
from fkorg.tid import parse_ns
from fkorg.virkning import Virkning
from tests.simulator.fixtures import Ur, sandhed_in
from tests.simulator.live import Live, live

ENHED, PERSON, ORGANISATION = Objekttype.ORGANISATION_ENHED, Objekttype.PERSON, Objekttype.ORGANISATION
SIDEN_2020 = Virkning(parse_ns("2020-01-01T00:00:00+01:00"))
IMPORTERET_NS = parse_ns("2020-01-01T00:00:00.123456789Z")


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    sandhed = sandhed_in(Path(tmp_path_factory.mktemp("klient")) / "sandhed", Ur())
    with live(sandhed) as server:
        yield server
    sandhed.close()


@pytest.fixture
async def klient(running: Live) -> AsyncIterator[Klient]:
    transport = Transport()
    yield Klient(transport, f"{running.url}/organisation", cvr="11111111")
    await transport.aclose()


def enhed(navn: str, noegle: str) -> Lister:
    egenskab = Egenskab(SIDEN_2020, {"brugervendtnoegle": noegle, "enhedsnavn": navn})
    return Lister((egenskab,), (Tilstand(SIDEN_2020, Gyldighed.AKTIV),), ())


async def test_a_unit_from_its_making_to_its_end_and_back(klient: Klient) -> None:
    noegle = str(uuid4())
    uuid, kvittering = await klient.opret(ENHED, enhed("Ny enhed æøå", noegle), "oprettet")
    made = (await klient.laes(ENHED, uuid)).nyeste
    parent = Relation("Overordnet", SIDEN_2020, Reference(str(uuid4())))

    await klient.ret(ENHED, uuid, Lister(relationer=(parent,)))
    moved = (await klient.laes(ENHED, uuid)).nyeste
    found = await klient.soeg(ENHED, Lister((Egenskab(Virkning(), {"brugervendtnoegle": noegle}),)))
    await klient.passiver(ENHED, uuid)
    with pytest.raises(Conflict):
        await klient.ret(ENHED, uuid, Lister(relationer=()))
    await klient.importer(
        ENHED, uuid, [Registrering(UDEN_TIDSPUNKT_NS, Livscyklus.IMPORTERET, *_parts("Igen", noegle))]
    )
    revived = (await klient.laes(ENHED, uuid)).nyeste
    await klient.slet(ENHED, uuid)

    assert kvittering.status_kode == UDFOERT
    assert made is not None
    assert made.livscyklus is Livscyklus.OPSTAAET
    assert made.egenskaber[0].tekst("enhedsnavn") == "Ny enhed æøå"
    assert moved is not None
    assert moved.relation("Overordnet")[0].reference == parent.reference
    assert moved.egenskaber == made.egenskaber
    assert found == [uuid]
    assert revived is not None
    assert revived.livscyklus is Livscyklus.IMPORTERET
    assert not revived.fejl


async def test_an_imported_object_keeps_its_nanoseconds_and_is_refused_twice(klient: Klient) -> None:
    uuid, registrering = uuid4(), Registrering(IMPORTERET_NS, Livscyklus.IMPORTERET, *_parts("A", str(uuid4())))

    await klient.importer(ENHED, uuid, [registrering])

    found = (await klient.laes(ENHED, uuid)).nyeste
    assert found is not None
    assert found.tidspunkt_ns == IMPORTERET_NS
    assert to_content(found) == to_content(registrering)
    with pytest.raises(Conflict) as caught:
        await klient.importer(ENHED, uuid, [registrering])
    assert caught.value.status_kode == 49


async def test_what_is_unknown(klient: Klient) -> None:
    with pytest.raises(NotFound):
        await klient.laes(ENHED, uuid4())
    with pytest.raises(NotFound):
        await klient.anonymiser(uuid4())
    with pytest.raises(NotFound):
        await klient.fysisk_slet(uuid4(), uuid4())
    assert await klient.list(ENHED, [uuid4()]) == []


async def test_the_export_page_by_page_gives_what_list_and_soeg_give(klient: Klient, running: Live) -> None:
    async def page(fra: int) -> list[tuple[Objekttype, object]]:
        return [(objekttype, billede.uuid) async for objekttype, billede in klient.hierarki(fra, 100)]

    first, second, beyond = await asyncio.gather(page(0), page(100), page(1_000_000))
    enheder = [uuid for objekttype, uuid in first if objekttype is ENHED]

    assert len(enheder) == 100
    assert not set(first) & set(second)
    assert beyond == []
    searched = await klient.soeg(PERSON, antal=50)
    assert len(searched) == 50
    assert {billede.uuid for billede in await klient.list(PERSON, searched)} == set(searched)


async def test_a_source_that_is_away_is_unavailable_also_for_a_write() -> None:
    transport = Transport()
    klient = Klient(transport, "http://127.0.0.1:1/organisation", cvr="11111111")

    with pytest.raises(Unavailable):
        await klient.laes(ENHED, uuid4())
    with pytest.raises(Unavailable):
        await klient.slet(ENHED, uuid4())
    await transport.aclose()


def _parts(navn: str, noegle: str) -> tuple[tuple[Egenskab, ...], tuple[Tilstand, ...]]:
    lister = enhed(navn, noegle)
    return lister.egenskaber or (), lister.tilstande or ()

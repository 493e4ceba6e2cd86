"""fkorg's client and the simulator understand each other: the flows that ingest and graph are built on."""

from collections.abc import AsyncIterator, Iterator
from uuid import UUID

import pytest

from fkorg.catalogue import Objekttype
from fkorg.errors import Conflict, FkorgError, NotFound, Refused, Unavailable, Uncertain
from fkorg.operationer import SoegVirkning
from fkorg.registrering import Egenskab, Lister, Livscyklus, Reference, Registrering, Relation, to_content
from fkorg.soap.client import Klient
from fkorg.soap.transport import Transport
from fkorg.tid import ALTID_NS, UENDELIG_NS
from fkorg.virkning import ALTID
from simulator import snavs
from simulator.sandhed import Sandhed
from tests.simulator.fixtures import SEED, enhed_lister
from tests.simulator.live import Live, live

ENHED, BRUGER, FUNKTION = Objekttype.ORGANISATION_ENHED, Objekttype.BRUGER, Objekttype.ORGANISATION_FUNKTION


@pytest.fixture
def running(sandhed: Sandhed) -> Iterator[Live]:
    with live(sandhed) as server:
        yield server


@pytest.fixture
async def klient(running: Live) -> AsyncIterator[Klient]:
    transport = Transport()
    yield Klient(transport, f"{running.url}/organisation", cvr="11111111")
    await transport.aclose()


async def test_the_whole_municipality_is_read_as_it_is(klient: Klient, sandhed: Sandhed) -> None:
    """Every live object of the export and of list, entry by entry: the dirt too."""
    virkning, offset = SoegVirkning(ALTID_NS, UENDELIG_NS), 0
    seen: dict[tuple[Objekttype, UUID], int] = {}
    odd = sandhed.saerheder
    while page := [pair async for pair in klient.hierarki(offset, 500, virkning=virkning)]:
        offset += 500
        for objekttype, billede in page:
            seen[objekttype, billede.uuid] = len(billede.registreringer)
            if (objekttype, billede.uuid) not in odd:
                assert _content(billede.nyeste) == _content(sandhed.nyeste(objekttype, billede.uuid))

    assert len(seen) == sum(
        count
        for objekttype, count in sandhed.antal().items()
        if objekttype not in (Objekttype.PERSON, Objekttype.ADRESSE, Objekttype.VIRKSOMHED, Objekttype.MYNDIGHED)
    )


def _content(registrering: object) -> object:
    assert isinstance(registrering, Registrering)
    return registrering.tidspunkt_ns, registrering.livscyklus, to_content(registrering)


async def test_from_cvr_to_the_root_unit(klient: Klient, sandhed: Sandhed) -> None:
    (virksomhed,) = await klient.soeg(
        Objekttype.VIRKSOMHED, Lister(egenskaber=(Egenskab(ALTID, {"cvrnummer": "11111111"}),))
    )
    peger = Relation("Virksomhed", ALTID, Reference(str(virksomhed)))
    (organisation,) = await klient.soeg(Objekttype.ORGANISATION, Lister(relationer=(peger,)))

    nyeste = (await klient.laes(Objekttype.ORGANISATION, organisation)).nyeste
    assert nyeste is not None
    assert nyeste.relation("Overordnet")[0].reference == Reference(str(sandhed.ramme.uuid("enhed", 0)))


async def test_a_unit_lives_and_ends(klient: Klient, sandhed: Sandhed) -> None:
    uuid, _ = await klient.opret(ENHED, enhed_lister(), "en note")
    await klient.ret(ENHED, uuid, Lister(relationer=()))
    await klient.passiver(ENHED, uuid)
    with pytest.raises(Conflict):
        await klient.ret(ENHED, uuid, Lister())
    await klient.slet(ENHED, uuid)

    assert [reg.livscyklus for reg in sandhed.registreringer(ENHED, uuid)] == [
        Livscyklus.OPSTAAET,
        Livscyklus.OPSTAAET,
        Livscyklus.PASSIVERET,
        Livscyklus.SLETTET,
    ]


async def test_searching_beyond_the_end_is_empty(klient: Klient) -> None:
    assert await klient.soeg(BRUGER, fra_nummer=1_000_000) == []


async def test_an_unknown_object_is_not_found(klient: Klient) -> None:
    with pytest.raises(NotFound):
        await klient.laes(BRUGER, UUID(int=1))


async def test_the_lasting_dirt_is_refused(klient: Klient) -> None:
    uuid = snavs.katalog(SEED)["navnloes_enhed"].uuid("uden_egenskab")

    with pytest.raises(Refused):
        await klient.ret(ENHED, uuid, Lister(relationer=()))


READS: dict[str, tuple[dict[str, str], type[FkorgError]]] = {
    "a sporadic fault": ({"fault": "1"}, Unavailable),
    "no agreement": ({"agreement": "1"}, Refused),
    "no context": ({"context": "1"}, Refused),
}


@pytest.mark.parametrize("faults, expected", READS.values(), ids=READS)
async def test_faults_of_reads_are_told_apart(
    faults: dict[str, str], expected: type[FkorgError], klient: Klient, running: Live, sandhed: Sandhed
) -> None:
    running.simulator.fejl.set(faults)

    with pytest.raises(expected):
        await klient.laes(ENHED, sandhed.ramme.uuid("enhed", 3))


async def test_a_write_whose_outcome_was_not_seen_is_uncertain(klient: Klient, running: Live, sandhed: Sandhed) -> None:
    running.simulator.fejl.set({"uncertain": "1"})

    with pytest.raises(Uncertain):
        await klient.ret(ENHED, sandhed.ramme.uuid("enhed", 3), Lister())

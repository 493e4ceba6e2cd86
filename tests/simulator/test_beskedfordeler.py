"""Which changes give a message, and how a mailbox is emptied. domain.md 9."""

import asyncio
from collections.abc import Callable

import httpx
import pytest

from fkorg.catalogue import Objekttype
from fkorg.errors import Malformed
from fkorg.operationer import Anmodning, Opret, Passiver, Ret, Slet
from fkorg.registrering import Egenskab, Lister
from fkorg.tid import UENDELIG_NS
from fkorg.virkning import Virkning
from fkorg.wire import besked_xml
from simulator.beskedfordeler import Beskedfordeler, Push
from simulator.fejl import Fejl
from simulator.sandhed import Sandhed
from simulator.tjeneste import Tjeneste
from tests.simulator.fixtures import ask, enhed_lister

ENHED, BRUGER = Objekttype.ORGANISATION_ENHED, Objekttype.BRUGER


class Modtager:
    """A receiver that takes what it is told to take, and remembers all."""

    push = True

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        self.takes = True
        self.got = asyncio.Event()

    async def send(self, body: bytes, besked_id: str) -> bool:
        self.bodies.append(body)
        self.got.set()
        return self.takes

    def ids(self) -> list[str]:
        return [besked_xml.read(body).besked_id for body in self.bodies]


@pytest.fixture
def modtager() -> Modtager:
    return Modtager()


@pytest.fixture
def fordeler(sandhed: Sandhed, fejl: Fejl, modtager: Modtager) -> Beskedfordeler:
    return Beskedfordeler(sandhed, fejl, {"push": modtager})


def _changes(sandhed: Sandhed) -> dict[str, tuple[Anmodning, int]]:
    """What is done, and how many messages tell of it."""
    r = sandhed.ramme
    adresse = Egenskab(Virkning(0, UENDELIG_NS), {"brugervendtnoegle": "k", "adressetekst": "Ny vej 1"})
    return {
        "a unit made": (Opret(ENHED, enhed_lister()), 1),
        "a unit corrected": (Ret(ENHED, r.uuid("enhed", 3), Lister()), 1),
        "a unit deleted": (Slet(ENHED, r.uuid("enhed", 3)), 1),
        "a user corrected": (Ret(BRUGER, r.uuid("bruger", 3), Lister()), 1),
        "a user made passive": (Passiver(BRUGER, r.uuid("bruger", 3)), 1),
        "a function corrected": (Ret(Objekttype.ORGANISATION_FUNKTION, r.uuid("rolle", 3), Lister()), 0),
        "an address corrected": (
            Ret(Objekttype.ADRESSE, r.uuid("adresse", "b", 3, 0), Lister(egenskaber=(adresse,))),
            0,
        ),
        "a person deleted": (Slet(Objekttype.PERSON, r.uuid("person", 3)), 0),
        "the organisation corrected": (Ret(Objekttype.ORGANISATION, sandhed.organisation, Lister()), 0),
        "a refused correction": (Ret(ENHED, r.uuid("ingen"), Lister()), 0),
    }


CHANGES = (
    "a unit made",
    "a unit corrected",
    "a unit deleted",
    "a user corrected",
    "a user made passive",
    "a function corrected",
    "an address corrected",
    "a person deleted",
    "the organisation corrected",
    "a refused correction",
)


@pytest.mark.parametrize("navn", CHANGES)
async def test_units_and_users_give_a_message_and_nothing_else_does(
    navn: str, sandhed: Sandhed, tjeneste: Tjeneste, fordeler: Beskedfordeler, modtager: Modtager
) -> None:
    anmodning, expected = _changes(sandhed)[navn]

    ask(tjeneste, anmodning)
    await fordeler.once("push")

    assert len(modtager.bodies) == expected


async def test_a_message_names_the_object_its_time_and_its_municipality(
    sandhed: Sandhed, tjeneste: Tjeneste, fordeler: Beskedfordeler, modtager: Modtager
) -> None:
    uuid = sandhed.ramme.uuid("bruger", 3)
    ask(tjeneste, Ret(BRUGER, uuid, Lister()))

    await fordeler.once("push")

    besked = besked_xml.read(modtager.bodies[0])
    stored = sandhed.nyeste(BRUGER, uuid)
    assert stored is not None
    assert (besked.uuid, besked.objekttyper, besked.cvr) == (uuid, (BRUGER,), "11111111")
    assert besked.registrering_ns == stored.tidspunkt_ns


def _some(tjeneste: Tjeneste, sandhed: Sandhed, count: int) -> None:
    for n in range(1, count + 1):
        ask(tjeneste, Ret(ENHED, sandhed.ramme.uuid("enhed", n), Lister()))


async def test_what_is_refused_waits_and_keeps_its_place(
    sandhed: Sandhed, tjeneste: Tjeneste, fordeler: Beskedfordeler, modtager: Modtager
) -> None:
    _some(tjeneste, sandhed, 3)
    modtager.takes = False

    assert await fordeler.once("push") == 0
    modtager.takes = True
    assert await fordeler.once("push") == 3

    expected = [besked.besked_id for besked in sandhed.beskeder()]
    assert modtager.ids() == [expected[0], *expected]
    assert await fordeler.once("push") == 0


async def test_the_mailbox_outlives_the_distributor(
    sandhed: Sandhed, tjeneste: Tjeneste, fordeler: Beskedfordeler, modtager: Modtager, fejl: Fejl
) -> None:
    _some(tjeneste, sandhed, 2)
    later = Modtager()

    await Beskedfordeler(sandhed, fejl, {"push": later}).once("push")

    assert len(later.bodies) == 2


FAULTS: dict[str, tuple[dict[str, str], Callable[[list[str]], list[str]]]] = {
    "duplicate": ({"duplicate": "1"}, lambda ids: [one for id in ids for one in (id, id)]),
    "reorder": ({"reorder": "1"}, lambda ids: [*ids[1:], ids[0]]),
    "swallow": ({"swallow": "1"}, lambda ids: []),
}


@pytest.mark.parametrize("faults, expected", FAULTS.values(), ids=FAULTS)
async def test_faults_of_delivery(
    faults: dict[str, str],
    expected: Callable[[list[str]], list[str]],
    sandhed: Sandhed,
    tjeneste: Tjeneste,
    fordeler: Beskedfordeler,
    modtager: Modtager,
    fejl: Fejl,
) -> None:
    fejl.set(faults)
    _some(tjeneste, sandhed, 3)

    await fordeler.once("push")

    beskeder = sandhed.beskeder()
    assert modtager.ids() == expected([besked.besked_id for besked in beskeder])
    assert {besked.slugt for besked in beskeder} == {"swallow" in faults}


async def test_a_malformed_message_comes_before_the_good_one(
    sandhed: Sandhed, tjeneste: Tjeneste, fordeler: Beskedfordeler, modtager: Modtager, fejl: Fejl
) -> None:
    fejl.set({"malformed": "1"})
    _some(tjeneste, sandhed, 1)

    await fordeler.once("push")

    bad, good = modtager.bodies
    with pytest.raises(Malformed):
        besked_xml.read(bad)
    assert besked_xml.read(good).uuid == sandhed.ramme.uuid("enhed", 1)


def _svar(kode: str) -> bytes:
    return (
        '<ModtagBeskedOutput xmlns="urn:oio:sts:1.0.0"><StandardRetur xmlns="urn:oio:sagdok:3.0.0">'
        f"<StatusKode>{kode}</StatusKode><FejlbeskedTekst/></StandardRetur></ModtagBeskedOutput>"
    ).encode()


ANSWERS = {
    "accepted": (200, _svar("20"), True),
    "refused": (200, _svar("40"), False),
    "no number": (200, _svar("x"), False),
    "no XML": (200, b"OK", False),
    "another status": (503, _svar("20"), False),
}


@pytest.mark.parametrize("status, body, expected", ANSWERS.values(), ids=ANSWERS)
async def test_push_counts_as_delivered_by_status_code_20_alone(status: int, body: bytes, expected: bool) -> None:
    transport = httpx.MockTransport(lambda request: httpx.Response(status, content=body))

    async with httpx.AsyncClient(transport=transport) as client:
        assert await Push(client, "http://localhost/push").send(b"<x/>", "1") is expected


async def test_push_to_nobody_is_not_delivered() -> None:
    async with httpx.AsyncClient() as client:
        assert await Push(client, "http://127.0.0.1:9/push").send(b"<x/>", "1") is False


async def test_a_late_message_that_is_alone_waits_for_one_to_pass_it(
    sandhed: Sandhed, tjeneste: Tjeneste, fordeler: Beskedfordeler, modtager: Modtager, fejl: Fejl
) -> None:
    fejl.set({"reorder": "1"})
    _some(tjeneste, sandhed, 1)
    sending = asyncio.create_task(fordeler.run())
    for _ in range(10):
        await asyncio.sleep(0)
    fejl.set({"reorder": "0"})
    _some(tjeneste, sandhed, 1)

    while len(modtager.bodies) < 2:
        await asyncio.wait_for(modtager.got.wait(), 10)
        modtager.got.clear()
    sending.cancel()

    first, second = (besked.besked_id for besked in sandhed.beskeder())
    assert modtager.ids() == [second, first]

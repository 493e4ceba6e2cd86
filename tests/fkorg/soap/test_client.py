"""The client: it sends what zeep builds by our WSDL and by the official one; what comes back is frozen data."""

import inspect
from collections.abc import Callable, Coroutine
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest

from fkorg import contract
from fkorg.catalogue import Objekttype
from fkorg.kvittering import Kvittering, StandardRetur, UnikRetur
from fkorg.operationer import (
    ALLE,
    Anmodning,
    Anonymiser,
    Ethvertsvar,
    Filtre,
    FysiskSlet,
    Hierarki,
    HierarkiSvar,
    Importer,
    ImporterHierarki,
    ImporterHierarkiSvar,
    Laes,
    LaesSvar,
    List,
    ListSvar,
    Opret,
    OpretSvar,
    Passiver,
    Ret,
    Slet,
    Soeg,
    SoegSvar,
    SoegVirkning,
    Svar,
)
from fkorg.registrering import Egenskab, Lister, Oejebliksbillede, Reference, Relation
from fkorg.soap.client import Klient
from fkorg.tid import UENDELIG_NS
from fkorg.virkning import Virkning
from fkorg.wire import soap_xml, xml
from tests.fkorg import eksempler
from tests.fkorg.contract import skemaer
from tests.fkorg.eksempler import FRA_NS, OK, UUID_1, UUID_2
from tests.fkorg.soap.kilde import BASE, Kilde
from tests.fkorg.soap.zeep import Zeep

ENHED, BRUGER, PERSON = Objekttype.ORGANISATION_ENHED, Objekttype.BRUGER, Objekttype.PERSON
BILLEDE = eksempler.billede(ENHED)
BY_SERVICE = {op.sti: [entry for entry in eksempler.ANMODNINGER.values() if entry[0].sti == op.sti] for op in ALLE}


@pytest.mark.parametrize("sti", BY_SERVICE)
@pytest.mark.parametrize("which", skemaer.SETS)
async def test_what_is_sent_is_what_zeep_builds(which: str, sti: str) -> None:
    kilde = Kilde()
    kilde.svar = httpx.Response(503)
    klient, zeep = kilde.klient(), Zeep(skemaer.wsdl(which, sti))

    for op, anmodning in BY_SERVICE[sti]:
        await (await klient._send(anmodning, "t-1")).aclose()

        kuvert = kilde.kuverter[-1]
        byggede = zeep.build(anmodning, "t-1")
        assert xml.canonical(kuvert.krop) == xml.canonical(byggede.krop)
        assert kuvert.hoved == replace(byggede.hoved, message_id=kuvert.hoved.message_id, to=kuvert.hoved.to)
        assert kilde.anmodning == anmodning
        assert kuvert.hoved.transaktions_id == "t-1"
        assert kuvert.hoved.action == op.soap_action
        assert kuvert.hoved.to == str(kilde.requests[-1].url) == f"{BASE}/{sti}/6/"
        assert kilde.requests[-1].headers["content-type"] == soap_xml.content_type(op.soap_action)


Call = Callable[[Klient], Coroutine[Any, Any, object]]
KRITERIER = Lister(relationer=(Relation("Tilhoerer", Virkning(), Reference(str(UUID_1))),))
SENT = Lister((), (), KRITERIER.relationer)
EXCLUDE = {BRUGER: Egenskab(Virkning(), {"brugernavn": "EXCLUDE!"})}


async def _hierarki(klient: Klient) -> list[tuple[Objekttype, Oejebliksbillede]]:
    return [pair async for pair in klient.hierarki(500, 100, egenskaber=EXCLUDE)]


CALLS: dict[str, tuple[Call, Anmodning, Ethvertsvar, object]] = {
    "laes asks for everything": (lambda k: k.laes(ENHED, UUID_1), Laes(ENHED, UUID_1), LaesSvar(OK, BILLEDE), BILLEDE),
    "laes of what is in effect now": (
        lambda k: k.laes(ENHED, UUID_1, alt=False),
        Laes(ENHED, UUID_1, Filtre()),
        LaesSvar(OK, BILLEDE),
        BILLEDE,
    ),
    "laes of earlier registrations": (
        lambda k: k.laes(ENHED, UUID_1, alt=False, registrering_fra_ns=FRA_NS, registrering_til_ns=UENDELIG_NS),
        Laes(ENHED, UUID_1, Filtre(None, None, FRA_NS, UENDELIG_NS)),
        LaesSvar(OK, BILLEDE),
        BILLEDE,
    ),
    "list asks for each once": (
        lambda k: k.list(ENHED, [UUID_1, UUID_2, UUID_1]),
        List(ENHED, (UUID_1, UUID_2)),
        ListSvar(OK, (BILLEDE,)),
        [BILLEDE],
    ),
    "list leaves out what was not asked for": (
        lambda k: k.list(ENHED, [UUID_2]),
        List(ENHED, (UUID_2,)),
        ListSvar(OK, (BILLEDE,)),
        [],
    ),
    "list of unknown ones is empty": (
        lambda k: k.list(ENHED, [UUID_2]),
        List(ENHED, (UUID_2,)),
        ListSvar(StandardRetur(44)),
        [],
    ),
    "soeg": (
        lambda k: k.soeg(ENHED, KRITERIER, 500, 100, virkning=SoegVirkning(FRA_NS)),
        Soeg(ENHED, SENT, 500, 100, None, SoegVirkning(FRA_NS)),
        SoegSvar(OK, (UUID_1, UUID_2)),
        [UUID_1, UUID_2],
    ),
    "soeg beyond the end is empty": (
        lambda k: k.soeg(ENHED),
        Soeg(ENHED, Lister((), (), ()), 0, 500),
        SoegSvar(StandardRetur(44)),
        [],
    ),
    "hierarki": (
        _hierarki,
        Hierarki(500, 100, egenskaber=EXCLUDE),
        HierarkiSvar(OK, {ENHED: (BILLEDE,), BRUGER: (Oejebliksbillede(UUID_2, ()),)}),
        [(ENHED, BILLEDE), (BRUGER, Oejebliksbillede(UUID_2, ()))],
    ),
    "opret": (
        lambda k: k.opret(ENHED, eksempler.lister(ENHED), "note"),
        Opret(ENHED, eksempler.lister(ENHED), "note"),
        OpretSvar(OK, UUID_1),
        (UUID_1, Kvittering(20, "OK", "T")),
    ),
    "importer": (
        lambda k: k.importer(ENHED, UUID_1, BILLEDE.registreringer),
        Importer(ENHED, BILLEDE),
        Svar(OK),
        Kvittering(20, "OK", "T"),
    ),
    "ret": (
        lambda k: k.ret(ENHED, UUID_1, Lister(tilstande=()), "note"),
        Ret(ENHED, UUID_1, Lister(tilstande=()), "note"),
        Svar(OK),
        Kvittering(20, "OK", "T"),
    ),
    "passiver": (
        lambda k: k.passiver(ENHED, UUID_1),
        Passiver(ENHED, UUID_1),
        Svar(OK),
        Kvittering(20, "OK", "T"),
    ),
    "slet": (lambda k: k.slet(ENHED, UUID_1, "n"), Slet(ENHED, UUID_1, "n"), Svar(OK), Kvittering(20, "OK", "T")),
    "importer_hierarki": (
        lambda k: k.importer_hierarki(eksempler.billede(Objekttype.ORGANISATION), [BILLEDE]),
        ImporterHierarki(eksempler.billede(Objekttype.ORGANISATION), (BILLEDE,)),
        ImporterHierarkiSvar((UnikRetur("Organisation", UUID_1), UnikRetur("OrganisationEnhed", UUID_1, 49, "Findes"))),
        (
            (UnikRetur("Organisation", UUID_1), UnikRetur("OrganisationEnhed", UUID_1, 49, "Findes")),
            Kvittering(20, None, "T"),
        ),
    ),
    "anonymiser": (lambda k: k.anonymiser(UUID_1), Anonymiser(UUID_1), Svar(OK), Kvittering(20, "OK", "T")),
    "anonymiser by CPR number": (
        lambda k: k.anonymiser(cpr="0101010101"),
        Anonymiser(cpr="0101010101"),
        Svar(OK),
        Kvittering(20, "OK", "T"),
    ),
    "fysisk_slet": (
        lambda k: k.fysisk_slet(UUID_1, UUID_2),
        FysiskSlet(UUID_1, UUID_2),
        Svar(OK),
        Kvittering(20, "OK", "T"),
    ),
}


@pytest.mark.parametrize("call, sent, svar, result", CALLS.values(), ids=CALLS)
async def test_a_call(call: Call, sent: Anmodning, svar: Ethvertsvar, result: object) -> None:
    kilde = Kilde()
    kilde.svar = svar

    found = await call(kilde.klient())

    assert kilde.anmodning == sent
    assert _without_transaction(found, kilde.kuverter[-1].hoved.transaktions_id) == result


def _without_transaction(found: object, transaktion: str | None) -> object:
    """Receipts carry the call's own transaction id: checked against the header, then made comparable."""
    if isinstance(found, tuple):
        return tuple(_without_transaction(one, transaktion) for one in found)
    if isinstance(found, Kvittering):
        assert found.transaktions_id == transaktion
        assert UUID(transaktion)
        return Kvittering(found.status_kode, found.tekst, "T")
    return found


async def test_list_of_nothing_makes_no_call() -> None:
    kilde = Kilde()

    assert await kilde.klient().list(ENHED, []) == []
    assert kilde.kuverter == []


async def test_each_call_has_its_own_message_and_transaction() -> None:
    kilde = Kilde()
    kilde.svar = Svar(OK)
    klient = kilde.klient()

    await klient.slet(ENHED, UUID_1)
    await klient.slet(ENHED, UUID_1)

    assert len({kuvert.hoved.message_id for kuvert in kilde.kuverter}) == 2
    assert len({kuvert.hoved.transaktions_id for kuvert in kilde.kuverter}) == 2


def test_every_operation_of_the_contract_has_its_call() -> None:
    sent = {type(sent).navn for _, sent, _, _ in CALLS.values()}

    assert sent == {op.navn for op in ALLE}
    assert all(inspect.iscoroutinefunction(call) or callable(call) for call, *_ in CALLS.values())


def test_our_wsdl_lies_where_the_package_says() -> None:
    assert {op.sti for op in ALLE if contract.wsdl(op.sti).is_file()} == set(BY_SERVICE)
    assert isinstance(contract.wsdl("bruger"), Path)

"""Faults on request, as a client meets them."""

from uuid import UUID

import pytest

from fkorg.catalogue import KATALOG, SD, Objekttype
from fkorg.operationer import Laes, List, Ret, Svar, operation
from fkorg.registrering import Lister
from fkorg.wire.anmodning_xml import write_anmodning
from fkorg.wire.soap_xml import FAULT_ACTION, HEADER, Hoved, read_fault, read_kuvert, write_kuvert
from fkorg.wire.svar_xml import read_svar
from simulator.fejl import OM, Fejl
from simulator.sandhed import Sandhed
from simulator.tjeneste import Tjeneste
from tests.simulator.fixtures import ask

ENHED = Objekttype.ORGANISATION_ENHED
WRONG = {
    "unknown name": ["slaw=1"],
    "no number": ["slow=fast"],
    "a share beyond one": ["fault=1.5"],
    "a negative": ["lag=-1"],
    "no UUID": ["poison=x"],
    "no number at all": ["truncate=nan"],
    "a wait without end": ["slow=inf"],
}


@pytest.mark.parametrize("valgte", WRONG.values(), ids=WRONG)
def test_a_wrong_fault_is_refused(valgte: list[str]) -> None:
    with pytest.raises(ValueError, match="wanted"):
        Fejl(1, valgte)


def test_faults_are_set_all_or_none() -> None:
    fejl = Fejl(1, ["slow=1.5"])

    with pytest.raises(ValueError, match="wanted"):
        fejl.set({"slow": "0", "fault": "x"})
    assert fejl.plan.slow == 1.5

    fejl.set({"slow": "off"})
    assert fejl.plan.slow == 0


def test_a_seed_gives_the_same_faults() -> None:
    first, second = ([fejl.happens(0.5) for _ in range(50)] for fejl in (Fejl(3), Fejl(3)))

    assert first == second
    assert 5 < sum(first) < 45


def test_every_fault_is_described() -> None:
    assert all(OM.values())


SOAP_FAULTS = {
    "fault": ({"fault": "1"}, 500, "Receiver", None),
    "agreement": ({"agreement": "1"}, 400, "Sender", "ServiceAgreementNotFound"),
    "context": ({"context": "1"}, 400, "Sender", None),
}


@pytest.mark.parametrize("faults, status, kode, underkode", SOAP_FAULTS.values(), ids=SOAP_FAULTS)
def test_soap_faults(
    faults: dict[str, str],
    status: int,
    kode: str,
    underkode: str | None,
    tjeneste: Tjeneste,
    sandhed: Sandhed,
    fejl: Fejl,
) -> None:
    fejl.set(faults)
    anmodning = Ret(ENHED, sandhed.ramme.uuid("enhed", 3), Lister())

    besvaret = tjeneste.answer("organisationenhed", write_kuvert(write_anmodning(anmodning), Hoved("t")))

    fault = read_fault(read_kuvert(besvaret.body).krop)
    assert besvaret.status == status
    assert fault is not None
    assert (fault.kode, fault.underkode) == (kode, underkode)
    assert len(sandhed.registreringer(ENHED, anmodning.uuid)) < 3
    assert sandhed.beskeder() == []


def test_uncertain_writes_and_then_faults(tjeneste: Tjeneste, sandhed: Sandhed, fejl: Fejl) -> None:
    uuid = sandhed.ramme.uuid("enhed", 3)
    before = len(sandhed.registreringer(ENHED, uuid))
    fejl.set({"uncertain": "1"})

    besvaret = tjeneste.answer(
        "organisationenhed", write_kuvert(write_anmodning(Ret(ENHED, uuid, Lister())), Hoved("t"))
    )

    assert besvaret.status == 500
    assert len(sandhed.registreringer(ENHED, uuid)) == before + 1


def test_refuse_answers_every_write_with_its_code(tjeneste: Tjeneste, sandhed: Sandhed, fejl: Fejl) -> None:
    fejl.set({"refuse": "41"})

    svar = ask(tjeneste, Ret(ENHED, sandhed.ramme.uuid("enhed", 3), Lister()))

    assert isinstance(svar, Svar)
    assert svar.retur.status_kode == 41


def test_a_poisoned_object_fails_alone(tjeneste: Tjeneste, sandhed: Sandhed, fejl: Fejl) -> None:
    bad, good = sandhed.ramme.uuid("enhed", 3), sandhed.ramme.uuid("enhed", 4)
    fejl.set({"poison": str(bad)})

    for anmodning in (Laes(ENHED, bad), List(ENHED, (good, bad))):
        body = write_kuvert(write_anmodning(anmodning), Hoved("t"))
        assert tjeneste.answer(operation(anmodning).sti, body).status == 500
    assert ask(tjeneste, Laes(ENHED, good))


def _raw(krop: str) -> bytes:
    """An envelope around a request that our own writer would never make."""
    ns = KATALOG[ENHED].namespace
    return f"""<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Header>
      <h:RequestHeader xmlns:h="{HEADER}"><h:TransactionUUID>t</h:TransactionUUID></h:RequestHeader></s:Header>
      <s:Body xmlns="{ns}" xmlns:sd="{SD}">{krop}</s:Body></s:Envelope>""".encode()


UUID_1 = f"<sd:UUIDIdentifikator>{UUID(int=1)}</sd:UUIDIdentifikator>"
BREAKING_WRITES = {
    "a note too long": f"<SletInput>{UUID_1}<sd:NoteTekst>{'x' * 2_000}</sd:NoteTekst></SletInput>",
    "the wrong order": f"<RetInput><RelationListe/>{UUID_1}</RetInput>",
    "an element it has not": f"<PassiverInput>{UUID_1}<Hvorfor/></PassiverInput>",
    "an address without Rolle, Type and Indeks": f"""<RetInput>{UUID_1}<RelationListe><sd:Adresser>
      <sd:ReferenceID>{UUID_1}</sd:ReferenceID></sd:Adresser></RelationListe></RetInput>""",
}
BREAKING_READS = {
    "a search without its lists": "<SoegInput/>",
    "a window without end": f"""<LaesInput>{UUID_1}<sd:VirkningFraFilter><sd:GraenseIndikator>false
      </sd:GraenseIndikator></sd:VirkningFraFilter></LaesInput>""",
}


@pytest.mark.parametrize("krop", BREAKING_WRITES.values(), ids=BREAKING_WRITES)
def test_a_write_that_breaks_the_contract_is_inconsistent(krop: str, tjeneste: Tjeneste, sandhed: Sandhed) -> None:
    besvaret = tjeneste.answer("organisationenhed", _raw(krop))

    svar = read_svar(read_kuvert(besvaret.body).krop)
    assert isinstance(svar, Svar)
    assert svar.retur.status_kode == 40
    assert sandhed.beskeder() == []


@pytest.mark.parametrize("krop", BREAKING_READS.values(), ids=BREAKING_READS)
def test_a_read_that_breaks_the_contract_is_the_senders_fault(krop: str, tjeneste: Tjeneste) -> None:
    besvaret = tjeneste.answer("organisationenhed", _raw(krop))

    kuvert = read_kuvert(besvaret.body)
    fault = read_fault(kuvert.krop)
    assert (besvaret.status, kuvert.hoved.action) == (400, FAULT_ACTION)
    assert fault is not None
    assert fault.kode == "Sender"


BAD = {
    "no XML": b"hello",
    "a DTD": b"<!DOCTYPE x><x/>",
    "no envelope": b"<x/>",
    "no TransactionUUID": write_kuvert(write_anmodning(Laes(ENHED, UUID(int=1))), Hoved()),
    "an unknown operation": write_kuvert(
        read_kuvert(
            b'<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body><x/></s:Body></s:Envelope>'
        ).krop,
        Hoved(),
    ),
}


@pytest.mark.parametrize("body", BAD.values(), ids=BAD)
def test_a_bad_request_is_the_senders_fault(body: bytes, tjeneste: Tjeneste) -> None:
    besvaret = tjeneste.answer("bruger", body)

    fault = read_fault(read_kuvert(besvaret.body).krop)
    assert besvaret.status == 400
    assert fault is not None
    assert fault.kode == "Sender"


def test_a_request_at_another_service_is_the_senders_fault(tjeneste: Tjeneste) -> None:
    body = write_kuvert(write_anmodning(Laes(ENHED, UUID(int=1))), Hoved("t"))

    assert tjeneste.answer("bruger", body).status == 400

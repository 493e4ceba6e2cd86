"""zeep, with the official WSDL and with ours, calls every operation of every service of a running simulator."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import zeep
from lxml import etree
from zeep.plugins import HistoryPlugin

from fkorg.catalogue import KATALOG, OPERATIONER, Beskrivelse
from fkorg.contract import SERVICENAVNE
from fkorg.operationer import ALLE
from simulator.kommune.byg import uuid_for
from tests.fkorg.contract.skemaer import SETS, operations_schema, wsdl
from tests.simulator.fixtures import SEED, Ur, copy_of, sandhed_in
from tests.simulator.live import Live, live

BODY = "{http://www.w3.org/2003/05/soap-envelope}Body"
FRA = {"FraTidspunkt": {"TidsstempelDatoTid": "2020-01-01T00:00:00+01:00"}, "TilTidspunkt": {"GraenseIndikator": True}}
ALTID = {"GraenseIndikator": True}
EXAMPLE = {"cpr": "0122200000", "cvrnummer": "22222222", "senummer": "22222222", "pnummer": "1000000000"}


@pytest.fixture(scope="module")
def running(made: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    sandhed = sandhed_in(copy_of(made, tmp_path_factory.mktemp("zeep") / "sandhed"), Ur())
    with live(sandhed) as server:
        yield server
    sandhed.close()


@dataclass
class Service:
    """One service called through one WSDL; every body sent and received is checked against that contract's schema."""

    proxy: Any
    history: HistoryPlugin
    schema: etree.XMLSchema
    called: set[str]

    def call(self, operation: str, **arguments: Any) -> Any:
        header = {"header": {"TransactionUUID": str(uuid4())}}
        answer = getattr(self.proxy, operation)(**arguments, _soapheaders=header)
        for message in (self.history.last_sent, self.history.last_received):
            (body,) = message["envelope"].find(BODY)
            alone = etree.fromstring(etree.tostring(body))
            assert self.schema.validate(alone), self.schema.error_log
        self.called.add(operation)
        return answer.body

    def code(self, operation: str, **arguments: Any) -> int:
        found = self.call(operation, **arguments)
        retur = found if hasattr(found, "StatusKode") else found.StandardRetur
        code: int = retur.StatusKode
        return code


@pytest.fixture(scope="module")
def service(running: Live) -> Callable[[str, str], Service]:
    def make(which: str, sti: str) -> Service:
        history = HistoryPlugin()
        client = zeep.Client(str(wsdl(which, sti)), plugins=[history])
        (binding,) = client.wsdl.bindings
        proxy = client.create_service(binding, f"{running.url}/organisation/{sti}/6/")
        return Service(proxy, history, operations_schema(which, sti), set())

    return make


def _lister(beskrivelse: Beskrivelse) -> dict[str, Any]:
    felter = {felt.xml: EXAMPLE.get(felt.navn, "123") for felt in beskrivelse.felter if not felt.flere}
    egenskab = {"Virkning": FRA, **felter}
    gyldighed = {"Gyldighed": [{"Virkning": FRA, "GyldighedStatusKode": "Aktiv"}]} if beskrivelse.er_aktoer else {}
    return {"AttributListe": {"Egenskab": [egenskab]}, "TilstandListe": gyldighed, "RelationListe": {}}


@pytest.mark.parametrize("which", SETS)
@pytest.mark.parametrize("beskrivelse", KATALOG.values(), ids=lambda one: one.navn)
def test_the_eight_operations_of_a_type(
    which: str, beskrivelse: Beskrivelse, service: Callable[[str, str], Service]
) -> None:
    called = service(which, beskrivelse.sti)
    uuid, lister = str(uuid4()), _lister(beskrivelse)
    objekt = {
        "UUIDIdentifikator": uuid,
        "Registrering": [{"Tidspunkt": "2020-01-01T00:00:00.1234567+01:00", "LivscyklusKode": "Importeret", **lister}],
    }

    assert called.code("importer", **{beskrivelse.navn: objekt}) == 20
    assert called.code("importer", **{beskrivelse.navn: objekt}) == 49
    assert called.code("ret", UUIDIdentifikator=uuid, NoteTekst="rettet", **lister) == 20

    read = called.call("laes", UUIDIdentifikator=uuid, VirkningFraFilter=ALTID, VirkningTilFilter=ALTID)
    registrering = read.FiltreretOejebliksbillede.Registrering[0]
    assert (registrering.LivscyklusKode, registrering.NoteTekst) == ("Importeret", "rettet")
    assert registrering.AttributListe.Egenskab[0].BrugervendtNoegleTekst == "123"

    several = called.call("list", UUIDIdentifikator=[uuid, str(uuid4())])
    assert len(several.FiltreretOejebliksbillede) == 1

    made = called.call("opret", **lister)
    assert made.StandardRetur.StatusKode == 20

    criteria = {"AttributListe": {"Egenskab": [{"BrugervendtNoegleTekst": "123"}]}}
    found = called.call("soeg", **criteria, TilstandListe={}, RelationListe={}, MaksimalAntalKvantitet=500)
    assert {uuid, made.UUIDIdentifikator} <= set(found.IdListe.UUIDIdentifikator)
    nobody = {"AttributListe": {"Egenskab": [{"BrugervendtNoegleTekst": "findes ikke"}]}}
    assert called.code("soeg", **nobody, TilstandListe={}, RelationListe={}) == 44

    assert called.code("passiver", UUIDIdentifikator=uuid) == 20
    assert called.code("slet", UUIDIdentifikator=uuid, NoteTekst="væk") == 20
    assert called.code("laes", UUIDIdentifikator=str(uuid4())) == 44
    assert called.called == set(OPERATIONER)


@pytest.mark.parametrize("fault, said", {"fault": "Intern", "agreement": "ServiceAgreement", "context": "5015"}.items())
def test_a_fault_can_be_read(fault: str, said: str, running: Live, service: Callable[[str, str], Service]) -> None:
    called = service(SETS[0], "bruger")
    running.simulator.fejl.set({fault: "1"})

    try:
        with pytest.raises(zeep.exceptions.Fault, match=said):
            called.proxy.laes(UUIDIdentifikator=str(uuid4()), _soapheaders={"header": {"TransactionUUID": "t"}})
    finally:
        running.simulator.fejl.set({fault: "off"})


@pytest.mark.parametrize("which", SETS)
def test_the_export(which: str, service: Callable[[str, str], Service]) -> None:
    called = service(which, "organisationsystem")

    window = {"FraTidspunkt": ALTID, "TilTidspunkt": ALTID}
    page = called.call("fremsoegobjekthierarki", MaksimalAntalKvantitet=20, SoegVirkning=window)
    empty = called.call("fremsoegobjekthierarki", FoersteResultatReference=100_000)

    assert page.StandardRetur.StatusKode == empty.StandardRetur.StatusKode == 20
    assert len(page.OrganisationEnheder.FiltreretOejebliksbillede) == 20
    assert len(page.Brugere.FiltreretOejebliksbillede) == 20
    assert empty.Brugere is None


@pytest.mark.parametrize("which", SETS)
def test_the_other_operations_of_the_system(which: str, service: Callable[[str, str], Service]) -> None:
    called = service(which, "organisationsystem")
    person = str(uuid_for(SEED, "person", SETS.index(which)))
    organisation, enhed = KATALOG_BY_NAME["Organisation"], KATALOG_BY_NAME["OrganisationEnhed"]
    ny = {"UUIDIdentifikator": str(uuid4()), "Registrering": [_lister(enhed)]}
    egen = {"UUIDIdentifikator": str(uuid_for(SEED, "organisation")), "Registrering": [_lister(organisation)]}

    done = called.call("import", Organisation=egen, OrganisationEnhederInput={"OrganisationEnhed": [ny]})

    assert [one.StatusKode for one in done.UnikRetur] == [49, 20]
    assert called.code("anonymiser", PersonUUID=person) == 20
    assert called.code("anonymiser", PersonCPR="0122990000") == 44


@pytest.mark.parametrize("which", SETS)
def test_fysiskslet(which: str, service: Callable[[str, str], Service]) -> None:
    called = service(which, "organisationadministration")
    ids = {
        "OrganisationUUID": str(uuid_for(SEED, "organisation")),
        "OrganisationEnhedUUID": str(uuid_for(SEED, "enhed", 100 + SETS.index(which))),
    }

    assert called.code("fysiskslet", **ids) == 20
    assert called.code("fysiskslet", **ids) == 44


def test_these_are_all_operations() -> None:
    tested = len(KATALOG) * len(OPERATIONER) + 3 + 1

    assert tested == len(ALLE) == 84


@pytest.mark.parametrize("sti", SERVICENAVNE)
def test_the_simulator_serves_its_own_contract(sti: str, running: Live) -> None:
    client = zeep.Client(f"{running.url}/organisation/{sti}/6?wsdl")

    (service,) = client.wsdl.services.values()
    (port,) = service.ports.values()
    assert port.binding_options["address"] == f"{running.url}/organisation/{sti}/6/"


KATALOG_BY_NAME = {beskrivelse.navn: beskrivelse for beskrivelse in KATALOG.values()}

"""Every operation of every service: what our code writes is valid by both contracts and read back as it was."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from lxml import etree

from fkorg.catalogue import KATALOG, SD, Objekttype
from fkorg.contract import MAPPE, generator
from fkorg.operationer import ALLE, SERVICES, Anmodning, Ethvertsvar, Operation, Opret, operation
from fkorg.wire import anmodning_xml, besked_xml, soap_xml, svar_xml, xml
from fkorg.wire.soap_xml import Hoved
from tests.fkorg import eksempler
from tests.fkorg.contract import skemaer

BOTH = pytest.mark.parametrize("which", skemaer.SETS)


def test_there_are_twelve_services_and_84_operations() -> None:
    assert (len(SERVICES), len(ALLE)) == (12, 84)
    assert {operation for operation, _ in eksempler.ANMODNINGER.values()} == set(ALLE)
    assert {operation for operation, _ in eksempler.SVAR.values()} == set(ALLE)


@pytest.mark.parametrize("op, anmodning", eksempler.ANMODNINGER.values(), ids=eksempler.ANMODNINGER)
@BOTH
def test_a_request_is_valid(which: str, op: Operation, anmodning: Anmodning) -> None:
    element = etree.fromstring(xml.serialise(anmodning_xml.write_anmodning(anmodning)))

    skemaer.operations_schema(which, op.sti).assertValid(element)


@pytest.mark.parametrize("op, svar", eksempler.SVAR.values(), ids=eksempler.SVAR)
@BOTH
def test_an_answer_is_valid(which: str, op: Operation, svar: Ethvertsvar) -> None:
    element = etree.fromstring(xml.serialise(svar_xml.write_svar(op, svar)))

    skemaer.operations_schema(which, op.sti).assertValid(element)


@pytest.mark.parametrize("op, anmodning", eksempler.ANMODNINGER.values(), ids=eksempler.ANMODNINGER)
def test_a_request_is_read_back(op: Operation, anmodning: Anmodning) -> None:
    hoved = Hoved("t-1", op.soap_action, "urn:uuid:1", "http://localhost/", "urn:uuid:0", soap_xml.ANONYM)

    kuvert = soap_xml.read_kuvert(soap_xml.write_kuvert(anmodning_xml.write_anmodning(anmodning), hoved))

    assert kuvert.hoved == hoved
    assert operation(anmodning) == op
    assert anmodning_xml.read_anmodning(kuvert.krop) == anmodning


@pytest.mark.parametrize("op, svar", eksempler.SVAR.values(), ids=eksempler.SVAR)
def test_an_answer_is_read_back(op: Operation, svar: Ethvertsvar) -> None:
    kuvert = soap_xml.read_kuvert(soap_xml.write_kuvert(svar_xml.write_svar(op, svar), Hoved()))

    assert svar_xml.read_svar(kuvert.krop) == svar


@pytest.mark.parametrize("objekttype", Objekttype)
@BOTH
def test_the_body_of_a_message_is_valid(which: str, objekttype: Objekttype) -> None:
    besked = besked_xml.Besked("id", eksempler.UUID_1, (objekttype,))
    message = etree.fromstring(besked_xml.write(besked, registrering=eksempler.registrering(objekttype)))
    namespace = KATALOG[objekttype].namespace

    body = message.find(f".//{{{namespace}}}RegistreringBesked")

    assert body is not None
    skemaer.body_schema(which, KATALOG[objekttype].sti).assertValid(body)


@BOTH
def test_the_request_header_is_valid(which: str) -> None:
    envelope = soap_xml.write_kuvert(xml.root("{urn:x}krop"), Hoved("t-1"))

    header = etree.fromstring(envelope).find(f".//{{{soap_xml.HEADER}}}RequestHeader")

    assert header is not None
    skemaer.header_schema(which).assertValid(header)


@BOTH
def test_both_contracts_refuse_the_same_mistakes(which: str) -> None:
    schema = skemaer.operations_schema(which, "organisationenhed")
    element = anmodning_xml.write_anmodning(
        Opret(Objekttype.ORGANISATION_ENHED, eksempler.lister(Objekttype.ORGANISATION_ENHED))
    )
    mistakes = {
        "BrugervendtNoegleTekst": lambda found: setattr(found, "text", "x" * 51),
        "UUIDIdentifikator": lambda found: setattr(found, "text", "x"),
        "GraenseIndikator": lambda found: setattr(found, "text", "false"),
        "AktoerTypeKode": lambda found: setattr(found, "text", "Kommune"),
        "Rolle": lambda found: found.getparent().remove(found),
        "Overordnet": lambda found: found.addnext(etree.fromstring(etree.tostring(found))),
    }
    assert schema.validate(element)

    for local, make in mistakes.items():
        copy = etree.fromstring(etree.tostring(element))
        make(next(copy.iter(f"{{{SD}}}{local}")))
        assert not schema.validate(copy), local


def test_the_committed_files_are_what_the_generator_writes() -> None:
    committed = {str(path.relative_to(MAPPE)): path.read_text() for path in MAPPE.glob("*/*.*sd*")}
    committed = {name: text for name, text in committed.items() if not name.startswith("__pycache__")}

    assert committed == generator.files(), "run python -m fkorg.contract.generator"


def test_the_generator_writes_the_same_with_another_hash_seed(tmp_path: Path) -> None:
    script = f"from pathlib import Path; from fkorg.contract.generator import write; write(Path({str(tmp_path)!r}))"

    subprocess.run([sys.executable, "-c", script], check=True, env={**os.environ, "PYTHONHASHSEED": "7"})

    written = {str(path.relative_to(tmp_path)): path.read_text() for path in tmp_path.glob("*/*")}
    assert written == generator.files()

"""The catalogue against the official contract, where it lies beside the checkout."""

import json
from typing import Any

import pytest

from fkorg.catalogue import KATALOG, OF, SD, STS, Beskrivelse, Form, Objekttype
from fkorg.contract import SERVICENAVNE
from fkorg.operationer import ALLE, Opret
from fkorg.registrering import Egenskab, Lister
from fkorg.virkning import Virkning
from fkorg.wire.anmodning_xml import write_anmodning
from tests.fkorg import eksempler
from tests.fkorg.contract import skemaer

CARDINALITY = {True: "0..n", False: "0..1"}
SHAPE = {Form.ENKELT: "RelationType", Form.FLER: "FlerRelationType", Form.DYNAMISK: "FlerRelationType"}


@pytest.fixture(scope="module")
def objects() -> dict[str, Any]:
    skemaer.need_official()
    loaded: dict[str, Any] = json.loads((skemaer.SHARED / "contracts/objects.json").read_text())
    return loaded


@pytest.mark.parametrize("beskrivelse", KATALOG.values(), ids=[b.navn for b in KATALOG.values()])
def test_every_field_state_and_relation_is_in_the_catalogue(objects: dict[str, Any], beskrivelse: Beskrivelse) -> None:
    official = objects["objects"][beskrivelse.navn]
    fields = official["attributes"]["Egenskab"]["fields"]
    virkning = fields.pop("Virkning")

    ours = {felt.xml: (CARDINALITY[felt.flere], felt.max_laengde, felt.moenster) for felt in beskrivelse.felter}
    relations = [
        (relation.navn, relation.maal, CARDINALITY[relation.flere], relation.form is Form.DYNAMISK)
        for relation in beskrivelse.relationer
    ]

    assert virkning["card"] == "0..1"
    assert list(ours) == list(fields)
    assert ours == {
        navn: (field["card"], field.get("maxLength"), field.get("pattern")) for navn, field in fields.items()
    }
    assert relations == [
        (navn, relation["target"], relation["card"], "Indeks" in relation["fields"])
        for navn, relation in official["relations"].items()
    ]
    for relation in beskrivelse.relationer:
        assert official["relations"][relation.navn]["schemaType"].endswith(SHAPE[relation.form])
    assert official["namespace"] == beskrivelse.namespace
    assert official["base"] == f"{beskrivelse.base}Type"
    assert bool(official["states"]) == bool(official["localExtension"]) == beskrivelse.er_aktoer


def test_no_object_type_is_left_out(objects: dict[str, Any]) -> None:
    of_classification = {"Facet", "Klasse", "Klassifikation"}

    assert {beskrivelse.navn for beskrivelse in KATALOG.values()} == set(objects["objects"]) - of_classification
    assert set(KATALOG) == set(Objekttype)


def test_every_operation_has_its_elements_and_action(objects: dict[str, Any]) -> None:
    for operation in ALLE:
        navn = SERVICENAVNE[operation.sti]
        official = (objects["objects"].get(navn) or objects["services"][navn])["operations"][operation.navn]
        assert official["input"] == operation.input_tag
        assert official["output"] == operation.output_tag
        assert official["soapAction"] == operation.soap_action
    total = sum(
        len((objects["objects"].get(navn) or objects["services"][navn])["operations"]) for navn in SERVICENAVNE.values()
    )
    assert total == len(ALLE)


def test_every_field_stands_in_the_namespace_that_the_official_schema_gives_it() -> None:
    """objects.json names no namespaces: the schema itself is asked, by validating each field alone."""

    for objekttype, beskrivelse in KATALOG.items():
        schema = skemaer.operations_schema("officiel", beskrivelse.sti)
        full = (eksempler.lister(objekttype).egenskaber or ())[1]
        for felt in beskrivelse.felter:
            one = Lister((Egenskab(Virkning(), {felt.navn: full.felter[felt.navn]}),))
            assert felt.namespace in (SD, STS, OF, beskrivelse.namespace)
            assert schema.validate(write_anmodning(Opret(objekttype, one))), schema.error_log

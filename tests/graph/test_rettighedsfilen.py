"""The file of classes: what it must say, and what stops the build of the schema. Source: rules.md 36."""

from types import SimpleNamespace
from typing import Final

import pytest
from graphql import ExecutionResult, execute, get_named_type, is_object_type, parse

from graph import rettigheder, schema
from graph.caller import Principal, Ret
from graph.ordinary import vist
from graph.rettigheder import Klasse
from tests.graph.fixture import CORE, NOW

DRIFTLOES: Final = Principal("test", "11111111", None, frozenset(Ret) - {Ret.DRIFT}, NOW)


def test_all_that_holds_cpr_numbers_by_its_type_is_classed_so() -> None:
    """And KOMBIT's directive stands where the class needs its right. Neither asks the file."""
    typer = [t for t in CORE.type_map.values() if is_object_type(t)] + rettigheder.filtre(CORE)
    found = {f"{t.name}.{n}" for t in typer for n, f in t.fields.items() if get_named_type(f.type).name == "CPR"}
    navne = {t.name for t in typer if is_object_type(t)}
    directives = {
        f"{t.name}.{n}": directive.constraint.value
        for t in typer
        if is_object_type(t)
        for n, f in t.fields.items()
        for directive in getattr(schema.definition(f), "directives", ())
    }

    assert {sti for sti, klasse in rettigheder.KLASSER.items() if klasse is Klasse.CPR} >= found
    assert directives == {
        sti: ret.value
        for sti, klasse in rettigheder.KLASSER.items()
        if (ret := rettigheder.KRAEVER[klasse]) in (Ret.SENAVN, Ret.SECPR) and f"{sti.split('.')[0]}" in navne
    }


SVIGT: Final = {
    "a field without a class": ({"Person.cpr": None}, "Person.cpr: has no class"),
    "a class without a field": ({"Person.alder": Klasse.CPR}, "there is no Person.alder"),
    "a recorded field without a class": ({"PERSON.cpr": None}, "PERSON.cpr: has no class"),
    "a search without a class": ({"soeg.PERSON": None}, "soeg.PERSON: has no class"),
    "one that may not be null": ({"Bruger.brugernavn": Klasse.NAVN}, "Bruger.brugernavn: may not be null"),
    "a part of a page": ({"BrugerEdge.cursor": Klasse.NAVN}, "BrugerEdge.cursor: is a part of a page"),
    "a filter that asks for nothing": ({"KleFilter.rolle": Klasse.DRIFT}, "KleFilter.rolle: is a filter that asks"),
}


@pytest.mark.parametrize("andre, hvad", SVIGT.values(), ids=SVIGT)
def test_the_schema_is_not_built_with(
    monkeypatch: pytest.MonkeyPatch, andre: dict[str, Klasse | None], hvad: str
) -> None:
    klasser = {sti: klasse for sti, klasse in (rettigheder.KLASSER | andre).items() if klasse is not None}
    monkeypatch.setattr(rettigheder, "KLASSER", klasser)

    with pytest.raises(ValueError, match=hvad):
        schema.build()


LINJER: Final = {
    "no class": "Person.cpr",
    "an unknown class": "Person.cpr hemmelig",
    "a field twice": "Person.cpr cpr\nPerson.cpr aaben",
}


@pytest.mark.parametrize("tekst", LINJER.values(), ids=LINJER)
def test_a_file_that_cannot_be_read_stops_everything(tekst: str) -> None:
    with pytest.raises(ValueError, match="wanted a field, once, and its class"):
        rettigheder.laes(tekst)


def test_a_field_with_a_resolver_asks_for_its_right_too(monkeypatch: pytest.MonkeyPatch) -> None:
    klasser = dict(rettigheder.KLASSER) | {"Query.friskhed": Klasse.DRIFT}
    monkeypatch.setattr(rettigheder, "KLASSER", klasser)
    bygget = schema.core(schema.build())
    spurgt = '{ friskhed(cvr: "11111111") { status } }'

    svar = execute(bygget, parse(spurgt), context_value=SimpleNamespace(principal=DRIFTLOES))

    assert isinstance(svar, ExecutionResult)
    assert svar.data == {"friskhed": None}
    assert [vist(error)["message"] for error in svar.errors or ()] == ["Query.friskhed: needs the right DRIFT"]

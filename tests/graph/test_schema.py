"""The schema is whole, every read field has a source, and the committed contract is what it prints."""

from pathlib import Path

import pytest
import strawberry
from graphql import is_object_type

from graph import schema
from graph.source import Kolonne
from graph.types.field import felt, laest
from model import tables

ROOT = Path(__file__).parents[2]


def test_the_committed_contract_is_what_the_schema_prints() -> None:
    committed = (ROOT / "schema.graphql").read_text(encoding="utf-8")

    assert schema.sdl() == committed, "print it anew: orgraf schema > schema.graphql, and read the difference"


def test_every_read_field_is_described() -> None:
    bare = [
        f"{type_.name}.{navn}"
        for type_ in schema.core(schema.build()).type_map.values()
        if is_object_type(type_) and not type_.name.startswith("__")
        for navn, field in type_.fields.items()
        if schema.kilde(field) is not None and not (field.description and type_.description)
    ]

    assert bare == []


def test_a_read_field_without_a_source_fails_the_build(monkeypatch: pytest.MonkeyPatch) -> None:
    @laest(tables.adresse, om="Broken.")
    class Halv:
        uuid: str = felt(Kolonne("uuid"), "With a source.")
        tekst: str = strawberry.field(description="Without.")

    @strawberry.type
    class Query:
        halv: Halv = felt(Kolonne("uuid"), "A field.")

    monkeypatch.setattr(schema, "Query", Query)

    with pytest.raises(ValueError, match=r"Halv.tekst has no source"):
        schema.build()

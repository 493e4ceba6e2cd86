from uuid import UUID

import pytest

from model import tables
from tests.builders import Kommune, en_bruger, en_enhed, row, sortering


def test_a_column_that_does_not_exist_is_refused() -> None:
    with pytest.raises(TypeError, match="bruger has no column alder"):
        en_bruger(Kommune(), alder=4)


def test_every_column_has_a_value_and_uuids_are_text() -> None:
    by = Kommune()

    enhed = en_enhed(by, "Børn og Unge")

    assert enhed.values.keys() == set(tables.organisation_enhed.c.keys())
    assert enhed["organisation"] == str(by.uuid)
    assert enhed["overordnet"] == str(by.rod)
    assert UUID(enhed["uuid"])


def test_two_municipalities_share_no_uuid_and_the_same_one_gives_the_same_again() -> None:
    here, there, again = Kommune("11111111"), Kommune("22222222"), Kommune("11111111")

    assert here.uuid != there.uuid
    assert [here.en_uuid(), here.en_uuid()] == [again.en_uuid(), again.en_uuid()]


def test_a_row_without_municipality_has_none() -> None:
    assert "organisation" not in row(tables.klasse, uuid="x").values


def test_names_sort_as_danes_sort_them() -> None:
    names = ["Ålborg", "Zebra", "Östersund", "Aabenraa", "Ærø", "ballerup", "Østerbro", "Bällinge"]

    assert sorted(names, key=sortering) == [
        "ballerup",
        "Bällinge",
        "Zebra",
        "Ærø",
        "Østerbro",
        "Östersund",
        "Aabenraa",
        "Ålborg",
    ]

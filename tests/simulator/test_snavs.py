"""The catalogue of dirt: each record is there, by its name, in every size."""

from uuid import UUID

import pytest

from fkorg.catalogue import Objekttype
from fkorg.registrering import Livscyklus, Registrering
from simulator import snavs
from simulator.sandhed import Sandhed
from tests.simulator.fixtures import SEED

KATALOG = snavs.katalog(SEED)

LISTED = (
    "flere_roedder",
    "dinglende_overordnet",
    "dinglende_adresse",
    "dinglende_person",
    "dinglende_enhed",
    "dinglende_bruger",
    "funktion_uden_enhed",
    "funktion_to_enheder",
    "funktion_mange_brugere",
    "to_ledere",
    "leder_fra_anden_enhed",
    "dobbelt_adresse",
    "ukendt_adresserolle",
    "ukendt_funktionstype",
    "ukendt_enhedstype",
    "uden_gyldighed",
    "nul_registreringer",
    "to_registreringer",
    "fremtidig_ansaettelse",
    "udloebet_relation",
    "fra_uendelig",
    "versaler",
    "robot",
    "bruger_uden_person",
    "to_brugere_en_person",
    "fremmed_tilhoerer",
    "passiveret_enhed",
    "passiveret_bruger",
    "lange_adresser",
    "danske_bogstaver",
    "navnloes_enhed",
)
"""The dirt that domain.md 11 names."""


@pytest.mark.parametrize("navn", LISTED)
def test_the_listed_dirt_is_there(navn: str) -> None:
    assert KATALOG[navn].om
    assert KATALOG[navn].objekter


@pytest.mark.parametrize("navn", KATALOG)
def test_its_objects_are_in_the_truth_and_what_is_missing_is_not(navn: str, sandhed: Sandhed) -> None:
    for objekttype, uuid in KATALOG[navn].objekter.values():
        assert sandhed.nyeste(objekttype, uuid) is not None
    for uuid in KATALOG[navn].mangler.values():
        assert not any(sandhed.nyeste(objekttype, uuid) for objekttype in Objekttype)


def test_no_object_belongs_to_two_kinds() -> None:
    keys = [key for one in KATALOG.values() for key in one.objekter.values()]

    assert len(set(keys)) == len(keys)


def test_one_uuid_may_be_a_person_and_a_user() -> None:
    found = KATALOG["faelles_uuid"]

    assert found.uuid("bruger") == found.uuid("person")


def test_a_long_address_is_as_long_as_the_schema_allows_and_another_longer(sandhed: Sandhed) -> None:
    texts = [sandhed.nyeste(Objekttype.ADRESSE, KATALOG["lange_adresser"].uuid(kort)) for kort in ("lang", "for_lang")]

    assert [len(_text(one)) for one in texts if one is not None] == [200, 735]


def test_the_passive_are_passive(sandhed: Sandhed) -> None:
    for navn, kort in (("passiveret_enhed", "enhed"), ("passiveret_bruger", "bruger")):
        objekttype, uuid = KATALOG[navn].objekter[kort]
        stored = sandhed.nyeste(objekttype, uuid)
        assert stored is not None
        assert stored.livscyklus is Livscyklus.PASSIVERET


def test_a_name_that_is_not_there_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        KATALOG["robot"].uuid("enhed")


def test_the_uuids_depend_on_the_seed() -> None:
    other: UUID = snavs.katalog(SEED + 1)["robot"].uuid("bruger")

    assert other != KATALOG["robot"].uuid("bruger")


def _text(registrering: Registrering) -> str:
    return registrering.egenskaber[0].tekst("adressetekst") or ""

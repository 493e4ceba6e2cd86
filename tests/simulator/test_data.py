import re
from collections import Counter

import pytest

from fkorg.catalogue import KATALOG, Objekttype
from fkorg.registrering import Registrering
from fkorg.tid import midnat_ns
from simulator import data
from simulator.kommune.byg import EPOKE, Post


@pytest.fixture(scope="module")
def small() -> list[Post]:
    return list(data.generate("small", 7))


def test_the_same_seed_gives_the_same_municipality(small: list[Post]) -> None:
    assert list(data.generate("small", 7)) == small


def test_another_seed_gives_another(small: list[Post]) -> None:
    first = next(data.generate("small", 8))

    assert first[1] not in {uuid for _, uuid, _ in small}


def test_small_is_as_big_as_planned(small: list[Post]) -> None:
    """domain.md 11, column small; the dirt comes on top."""
    found = Counter(objekttype for objekttype, _, _ in small)

    assert 150 <= found[Objekttype.ORGANISATION_ENHED] <= 210
    assert 1_800 <= found[Objekttype.BRUGER] <= 1_850
    assert 1_800 <= found[Objekttype.ORGANISATION_FUNKTION] <= 1_900
    assert 3_500 <= found[Objekttype.ADRESSE] <= 4_300


def test_every_object_occurs_once(small: list[Post]) -> None:
    keys = [(objekttype, uuid) for objekttype, uuid, _ in small]

    assert len(set(keys)) == len(keys)


def test_registration_times_rise_and_lie_before_the_epoch(small: list[Post]) -> None:
    for _, _, registreringer in small:
        times = [reg.tidspunkt_ns for reg in registreringer]
        assert times == sorted(set(times))
        assert times[-1] < midnat_ns(EPOKE)


def test_some_registration_times_have_seven_digits(small: list[Post]) -> None:
    digits = Counter(str(reg.tidspunkt_ns).rstrip("0") for _, _, regs in small for reg in regs)

    assert any(len(text) == 17 for text in digits)


def test_no_cpr_number_can_be_real(small: list[Post]) -> None:
    cpr = [text for reg in _all(small, Objekttype.PERSON) for one in reg.egenskaber if (text := one.tekst("cpr"))]

    assert len(cpr) > 1_000
    assert all(re.fullmatch("[0-9]{10}", text) and int(text[2:4]) > 12 for text in cpr)


def test_the_tree_is_as_deep_as_planned(small: list[Post]) -> None:
    over = {
        uuid: regs[-1].relation("Overordnet")[0].reference
        for objekttype, uuid, regs in small[: 150 * 8]
        if objekttype is Objekttype.ORGANISATION_ENHED and regs[-1].relation("Overordnet")
    }

    def depth(uuid: object) -> int:
        parent = over.get(uuid)  # type: ignore[call-overload]  # any key
        return 1 if parent is None else 1 + depth(parent.uuid)

    assert max(depth(uuid) for uuid in over) == 5


def test_names_have_danish_letters(small: list[Post]) -> None:
    navne = "".join(one.tekst("navn") or "" for reg in _all(small, Objekttype.PERSON) for one in reg.egenskaber)

    assert set("æøåÆØÅ") <= set(navne)


def test_there_is_history(small: list[Post]) -> None:
    assert sum(len(regs) > 1 for _, _, regs in small) > 200


def test_only_fields_and_relations_of_the_catalogue_occur(small: list[Post]) -> None:
    for objekttype, _, registreringer in small:
        felter = {felt.navn for felt in KATALOG[objekttype].felter}
        relationer = {relation.navn for relation in KATALOG[objekttype].relationer}
        for reg in registreringer:
            assert all(set(one.felter) <= felter for one in reg.egenskaber)
            assert {one.navn for one in reg.relationer} <= relationer


def test_an_unknown_size_is_named_with_the_known_ones() -> None:
    with pytest.raises(ValueError, match="small, medium, large, stress"):
        data.stoerrelse("tiny")


def _all(poster: list[Post], objekttype: Objekttype) -> list[Registrering]:
    return [reg for art, _, regs in poster if art is objekttype for reg in regs]

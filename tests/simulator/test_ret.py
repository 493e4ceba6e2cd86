"""What `ret` keeps, cuts and replaces: rules.md 7 as tables."""

from dataclasses import replace
from uuid import UUID

import pytest

from fkorg.catalogue import Objekttype
from fkorg.registrering import Egenskab, Gyldighed, Lister, Livscyklus, Reference, Registrering, Relation, Tilstand
from fkorg.tid import UENDELIG_NS
from fkorg.virkning import Virkning
from simulator.operationer.ret import RetMaade, ret

A, B, C = (UUID(int=n) for n in (1, 2, 3))
ENHED = Objekttype.ORGANISATION_ENHED


def navn(text: str, fra: int, til: int = UENDELIG_NS) -> Egenskab:
    return Egenskab(Virkning(fra, til), {"enhedsnavn": text})


def peger(relation: str, maal: UUID, fra: int = 0, til: int = UENDELIG_NS) -> Relation:
    return Relation(relation, Virkning(fra, til), Reference(str(maal)))


def adresse(maal: UUID, indeks: str, til: int = UENDELIG_NS) -> Relation:
    return Relation("Adresser", Virkning(0, til), Reference(str(maal)), Reference(str(C)), Reference(str(C)), indeks)


STORED = Registrering(
    5,
    Livscyklus.IMPORTERET,
    (navn("gammelt", 0),),
    (Tilstand(Virkning(0), Gyldighed.AKTIV),),
    (peger("Overordnet", A), adresse(A, "1"), adresse(B, "2"), peger("TilknyttedeFunktioner", A)),
    lokal_udvidelse={"relationer": "<r/>", "attributter": "<a/>"},
)

EGENSKABER = {
    "a new name ends the old one": ([navn("nyt", 10)], [navn("gammelt", 0, 10), navn("nyt", 10)]),
    "a name in the middle leaves both sides": (
        [navn("nyt", 10, 20)],
        [navn("gammelt", 0, 10), navn("gammelt", 20), navn("nyt", 10, 20)],
    ),
    "a name for all time leaves nothing": ([navn("nyt", 0)], [navn("nyt", 0)]),
    "all sent back with one changed": (
        [navn("gammelt", 0, 10), navn("nyt", 10)],
        [navn("gammelt", 0, 10), navn("nyt", 10)],
    ),
    "an empty period ends nothing": ([navn("tom", 7, 7)], [navn("gammelt", 0), navn("tom", 7, 7)]),
    "an empty list ends nothing": ([], [navn("gammelt", 0)]),
}


@pytest.mark.parametrize("maade", RetMaade)
@pytest.mark.parametrize("sent, expected", EGENSKABER.values(), ids=EGENSKABER)
def test_egenskaber(sent: list[Egenskab], expected: list[Egenskab], maade: RetMaade) -> None:
    result = ret(ENHED, STORED, Lister(egenskaber=tuple(sent)), maade)

    assert list(result.egenskaber) == expected


RELATIONER = {
    "an entry left out": ([adresse(A, "1")], [adresse(A, "1")], [2, 0, 1, 3]),
    "nothing at all": ([], [], [0, 1, 2, 3]),
    "a single relation is overwritten": ([peger("Overordnet", B)], [peger("Overordnet", B)], [1, 2, 3]),
    "an ended entry, by its Indeks": ([adresse(B, "2", til=9)], [adresse(B, "2", til=9)], [0, 1, 3]),
    "a plain entry, by its reference": (
        [peger("TilknyttedeFunktioner", A, til=9)],
        [peger("TilknyttedeFunktioner", A, til=9)],
        [0, 1, 2],
    ),
    "a new entry": ([adresse(C, "3")], [adresse(C, "3")], [0, 1, 2, 3]),
}


@pytest.mark.parametrize("sent, replaced, _", RELATIONER.values(), ids=RELATIONER)
def test_a_sent_list_replaces(sent: list[Relation], replaced: list[Relation], _: list[int]) -> None:
    result = ret(ENHED, STORED, Lister(relationer=tuple(sent)), RetMaade.REPLACE)

    assert list(result.relationer) == replaced


@pytest.mark.parametrize("sent, _, kept", RELATIONER.values(), ids=RELATIONER)
def test_merge_keeps_what_is_left_out(sent: list[Relation], _: list[Relation], kept: list[int]) -> None:
    result = ret(ENHED, STORED, Lister(relationer=tuple(sent)), RetMaade.MERGE)

    keeps = {n for n in kept if STORED.relationer[n] not in sent}
    assert set(result.relationer) == {STORED.relationer[n] for n in keeps} | set(sent)


@pytest.mark.parametrize("maade", RetMaade)
def test_a_list_not_sent_is_untouched(maade: RetMaade) -> None:
    result = ret(ENHED, STORED, Lister(tilstande=()), maade)

    assert (result.egenskaber, result.relationer) == (STORED.egenskaber, STORED.relationer)


@pytest.mark.parametrize("maade", RetMaade)
def test_a_state_ended_and_the_next_beside_it(maade: RetMaade) -> None:
    sent = (Tilstand(Virkning(0, 9), Gyldighed.AKTIV), Tilstand(Virkning(9), Gyldighed.INAKTIV))

    result = ret(ENHED, STORED, Lister(tilstande=sent), maade)

    assert result.tilstande == sent


def test_the_life_cycle_stays() -> None:
    assert ret(ENHED, STORED, Lister(), RetMaade.REPLACE).livscyklus is Livscyklus.IMPORTERET


EXTENSIONS = {
    "not sent: kept": (Lister(egenskaber=()), RetMaade.REPLACE, {"relationer": "<r/>"}),
    "sent without: gone": (Lister(relationer=()), RetMaade.REPLACE, {"attributter": "<a/>"}),
    "sent without, merged: kept": (Lister(relationer=()), RetMaade.MERGE, dict(STORED.lokal_udvidelse)),
    "sent with: the new": (
        Lister(relationer=(), lokal_udvidelse={"relationer": "<n/>"}),
        RetMaade.REPLACE,
        {"attributter": "<a/>", "relationer": "<n/>"},
    ),
}


@pytest.mark.parametrize("sent, maade, expected", EXTENSIONS.values(), ids=EXTENSIONS)
def test_lokal_udvidelse(sent: Lister, maade: RetMaade, expected: dict[str, str]) -> None:
    assert ret(ENHED, STORED, sent, maade).lokal_udvidelse == expected


def test_what_reading_found_wrong_is_not_kept() -> None:
    stored = replace(STORED, fejl=())

    assert ret(ENHED, stored, Lister(), RetMaade.REPLACE).fejl == ()

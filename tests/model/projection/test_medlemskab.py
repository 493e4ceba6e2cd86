"""Memberships: who, where, from when to when. Source: domain.md 4.4, rules.md 16."""

import pytest

from fkorg import klassifikation
from fkorg.catalogue import Objekttype
from fkorg.registrering import Egenskab, Gyldighed, Livscyklus, Registrering, Tilstand
from fkorg.virkning import Virkning
from tests import registreringer as r
from tests.model.projection.test_projection import rows
from tests.registreringer import fra, til

E, F = sorted((r.uuid("e"), r.uuid("f")), key=str)
U, V = sorted((r.uuid("u"), r.uuid("v")), key=str)
ROLLE = klassifikation.ENHEDSROLLE


def funktion(
    enheder: list[tuple[object, Virkning]],
    brugere: list[tuple[object, Virkning]],
    *,
    type_: object = ROLLE,
    aktiv: list[tuple[Gyldighed, Virkning]] | None = None,
    titler: list[tuple[str, Virkning]] | None = None,
    livscyklus: Livscyklus = Livscyklus.IMPORTERET,
) -> Registrering:
    return Registrering(
        0,
        livscyklus,
        tuple(Egenskab(v, {"funktionsnavn": t, "brugervendtnoegle": t}) for t, v in titler or [("Vagt", r.FRA)]),
        tuple(Tilstand(v, status) for status, v in aktiv or [(Gyldighed.AKTIV, r.FRA)]),
        (
            til("Funktionstype", type_, r.FRA),  # type: ignore[arg-type]
            *(til("TilknyttedeEnheder", e, v) for e, v in enheder),  # type: ignore[arg-type]
            *(til("TilknyttedeBrugere", u, v) for u, v in brugere),  # type: ignore[arg-type]
        ),
    )


CASES = {
    "the latest start and the earliest end (domain.md 4.4's example)": (
        funktion([(E, fra(1, 101))], [(U, fra(20, 115))], aktiv=[(Gyldighed.AKTIV, fra(10, 105))]),
        [(None, E, 10, 101, 10, 20), (U, E, 20, 101, 20, 101)],
    ),
    "no limit is no date": (
        funktion([(E, Virkning())], [(U, Virkning())], aktiv=[(Gyldighed.AKTIV, Virkning())]),
        [(U, E, None, None, -1000, None)],
    ),
    "one row per user": (
        funktion([(E, fra(0))], [(U, fra(1)), (V, fra(2, 5))]),
        [(None, E, 0, None, 0, 1), (U, E, 1, None, 1, None), (V, E, 2, 5, 2, 5)],
    ),
    "a vacant post has no user": (funktion([(E, fra(0))], []), [(None, E, 0, None, 0, None)]),
    "a post is vacant between two users": (
        funktion([(E, fra(0))], [(U, fra(0, 3)), (V, fra(5))]),
        [(U, E, 0, 3, 0, 3), (None, E, 0, None, 3, 5), (V, E, 5, None, 5, None)],
    ),
    "it never was when its parts never meet": (
        funktion([(E, fra(0, 5))], [(U, fra(5))]),
        [(None, E, 0, 5, 0, 5)],
    ),
    "without unit it is none": (funktion([], [(U, fra(0))]), []),
    "the same user twice is one": (
        funktion([(E, fra(0))], [(U, fra(0)), (U, fra(0))]),
        [(U, E, 0, None, 0, None)],
    ),
    "of two units the one that began last, then the greater": (
        funktion([(E, fra(0)), (F, fra(0))], [(U, fra(0))]),
        [(U, F, 0, None, 0, None)],
    ),
    "inactive is none": (
        funktion([(E, fra(0))], [(U, fra(0))], aktiv=[(Gyldighed.AKTIV, fra(0, 5)), (Gyldighed.INAKTIV, fra(5))]),
        [(U, E, 0, 5, 0, 5)],
    ),
    "a new title cuts the row and keeps its dates": (
        funktion([(E, fra(0))], [(U, fra(0, 9))], titler=[("Vagt", fra(-9, 4)), ("Chef", fra(4, 9))]),
        [(U, E, 0, 9, 0, 4), (U, E, 0, 9, 4, 9), (None, E, 0, None, 9, None)],
    ),
    "another type is none": (funktion([(E, fra(0))], [(U, fra(0))], type_=klassifikation.HENVENDELSESSTED), []),
    "passive is none": (funktion([(E, fra(0))], [(U, fra(0))], livscyklus=Livscyklus.PASSIVERET), []),
}


@pytest.mark.parametrize("reg, expected", CASES.values(), ids=CASES)
def test_memberships(reg: Registrering, expected: list[tuple[object, ...]]) -> None:
    found = rows(reg, "medlemskab", "bruger", "enhed", "start", "slut", objekttype=Objekttype.ORGANISATION_FUNKTION)

    assert sorted(found, key=repr) == sorted(expected, key=repr)


@pytest.mark.parametrize("type_", klassifikation.MEDLEMSKABER)
def test_employments_and_managers_are_memberships(type_: object) -> None:
    reg = funktion([(E, fra(0))], [(U, fra(0))], type_=type_)

    found = rows(reg, "medlemskab", "funktionstype", "titel", objekttype=Objekttype.ORGANISATION_FUNKTION)

    assert found == [(type_, "Vagt", 0, None)]

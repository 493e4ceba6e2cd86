"""Read-modify-write sends back all that was read and changes only what was meant."""

from dataclasses import replace

import pytest

from fkorg import ret
from fkorg.errors import Malformed
from fkorg.forskelle import Forskel, forskelle
from fkorg.registrering import Egenskab, Fejl, Lister, Relation, Tilstand
from fkorg.ret import Afslut, SaetEnkelt, SaetFelter, SaetTilstand, Skridt, Tilfoej
from tests.fkorg.ret_builders import (
    AKTIV,
    IDAG,
    INAKTIV,
    NOW,
    OS,
    ROLLE,
    SOR,
    A,
    B,
    D,
    adr,
    efter,
    enhed,
    navn,
    ns,
    periode,
    rel,
    saet_adr,
    status,
)

EGENSKABER: dict[str, tuple[list[Egenskab], SaetFelter, list[Egenskab]]] = {
    "the old value is ended today and the new one begins": (
        [navn("Gl")],
        SaetFelter({"enhedsnavn": "Ny"}, ns(IDAG)),
        [navn("Gl", 1, IDAG), navn("Ny", IDAG, ansvar=OS)],
    ),
    "a value that began since always is ended too": (
        [navn("Gl", None)],
        SaetFelter({"enhedsnavn": "Ny"}, ns(IDAG)),
        [navn("Gl", None, IDAG), navn("Ny", IDAG, ansvar=OS)],
    ),
    "a set that began today is closed on its first day": (
        [navn("Gl", IDAG)],
        SaetFelter({"enhedsnavn": "Ny"}, ns(IDAG)),
        [navn("Gl", IDAG, IDAG), navn("Ny", IDAG, ansvar=OS)],
    ),
    "other fields are carried on": (
        [navn("Gl", andet="x")],
        SaetFelter({"enhedsnavn": "Ny"}, ns(IDAG)),
        [navn("Gl", 1, IDAG, andet="x"), navn("Ny", IDAG, ansvar=OS, andet="x")],
    ),
    "a field is ended by None": (
        [navn("Gl", andet="x")],
        SaetFelter({"andet": None}, ns(IDAG)),
        [navn("Gl", 1, IDAG, andet="x"), navn("Gl", IDAG, ansvar=OS)],
    ),
    "a change planned for later stands": (
        [navn("Gl", 1, 20), navn("Planlagt", 20)],
        SaetFelter({"enhedsnavn": "Ny"}, ns(IDAG)),
        [navn("Gl", 1, IDAG), navn("Ny", IDAG, 20, OS), navn("Planlagt", 20)],
    ),
    "a later set that repeats the old value follows": (
        [navn("Gl", 1, 20), navn("Gl", 20, andet="x")],
        SaetFelter({"enhedsnavn": "Ny"}, ns(IDAG)),
        [
            navn("Gl", 1, IDAG),
            navn("Ny", IDAG, 20, OS),
            navn("Gl", 20, 20, andet="x"),
            navn("Ny", 20, ansvar=OS, andet="x"),
        ],
    ),
    "a change from an earlier day holds until today and on": (
        [navn("Gl", 1, 5), navn("Senere", 5)],
        SaetFelter({"enhedsnavn": "Ny"}, ns(3)),
        [navn("Gl", 1, 3), navn("Ny", 3, 5, OS), navn("Senere", 5, 5), navn("Ny", 5, ansvar=OS)],
    ),
    "a change of a later day leaves today alone": (
        [navn("Gl")],
        SaetFelter({"enhedsnavn": "Ny"}, ns(20)),
        [navn("Gl", 1, 20), navn("Ny", 20, ansvar=OS)],
    ),
    "of overlapping sets the one that starts last is built on, the other ended": (
        [navn("Skygge", 1), navn("Gl", 5)],
        SaetFelter({"enhedsnavn": "Ny"}, ns(IDAG)),
        [navn("Skygge", 1, IDAG), navn("Gl", 5, IDAG), navn("Ny", IDAG, ansvar=OS)],
    ),
    "an ended set is what a gap builds on": (
        [navn("Gl", 1, 5)],
        SaetFelter({"enhedsnavn": "Ny"}, ns(IDAG)),
        [navn("Gl", 1, 5), navn("Ny", IDAG, ansvar=OS)],
    ),
    "an object without attributes gets its first": (
        [],
        SaetFelter({"enhedsnavn": "Ny"}, ns(IDAG)),
        [Egenskab(periode(IDAG), {"enhedsnavn": "Ny"}, OS)],
    ),
    "an empty period is returned as read": (
        [navn("Tom", IDAG, IDAG), navn("Gl")],
        SaetFelter({"enhedsnavn": "Ny"}, ns(IDAG)),
        [navn("Tom", IDAG, IDAG), navn("Gl", 1, IDAG), navn("Ny", IDAG, ansvar=OS)],
    ),
    "the value it has changes nothing": ([navn("Gl")], SaetFelter({"enhedsnavn": "Gl"}, ns(IDAG)), [navn("Gl")]),
    "a set wholly behind another is closed on its first day": (
        [navn("Skygge", 12), navn("Gl", 12)],
        SaetFelter({"enhedsnavn": "Ny"}, ns(IDAG)),
        [navn("Skygge", 12, 12), navn("Gl", 12), Egenskab(periode(IDAG, 12), dict(navn("Ny").felter), OS)],
    ),
    "ending a field where none is in effect changes nothing": (
        [navn("Gl", 1, 5)],
        SaetFelter({"enhedsnavn": None}, ns(IDAG)),
        [navn("Gl", 1, 5)],
    ),
    "ending what is not there changes nothing": ([navn("Gl")], SaetFelter({"andet": None}, ns(IDAG)), [navn("Gl")]),
}


@pytest.mark.parametrize("given, skridt, wanted", EGENSKABER.values(), ids=EGENSKABER)
def test_attributes(given: list[Egenskab], skridt: SaetFelter, wanted: list[Egenskab]) -> None:
    found = ret.ret(enhed(given), [skridt], NOW, OS)

    assert list(efter(enhed(given), found).egenskaber) == wanted
    assert (found is None) == (given == wanted)


TILSTANDE: dict[str, tuple[list[Tilstand], SaetTilstand, list[Tilstand]]] = {
    "the current state is ended and the new one added": (
        [status(AKTIV)],
        SaetTilstand(INAKTIV, ns(IDAG)),
        [status(AKTIV, 1, IDAG), status(INAKTIV, IDAG, ansvar=OS)],
    ),
    "a state already right is left alone": ([status(AKTIV)], SaetTilstand(AKTIV, ns(IDAG)), [status(AKTIV)]),
    "a state that began today is closed on its first day": (
        [status(AKTIV, IDAG)],
        SaetTilstand(INAKTIV, ns(IDAG)),
        [status(AKTIV, IDAG, IDAG), status(INAKTIV, IDAG, ansvar=OS)],
    ),
    "no state becomes one": ([], SaetTilstand(AKTIV, ns(IDAG)), [status(AKTIV, IDAG, ansvar=OS)]),
    "an end already planned stands": (
        [status(AKTIV, 1, 20), status(INAKTIV, 20)],
        SaetTilstand(AKTIV, ns(IDAG)),
        [status(AKTIV, 1, 20), status(INAKTIV, 20)],
    ),
    "after an ended state the new one begins": (
        [status(AKTIV, 1, 5)],
        SaetTilstand(AKTIV, ns(IDAG)),
        [status(AKTIV, 1, 5), status(AKTIV, IDAG, ansvar=OS)],
    ),
}


@pytest.mark.parametrize("given, skridt, wanted", TILSTANDE.values(), ids=TILSTANDE)
def test_states(given: list[Tilstand], skridt: SaetTilstand, wanted: list[Tilstand]) -> None:
    found = ret.ret(enhed(tilstande=given), [skridt], NOW, OS)

    assert list(efter(enhed(tilstande=given), found).tilstande) == wanted
    assert (found is None) == (given == wanted)


ANDET = [rel("Branche", D), rel("TilknyttedeFunktioner", D, 1, 5)]
NYT_INDEKS = "1" + str(ret.uuid5(ret.NAMESPACE_OID, f"Adresser {ROLLE} {B} 0"))[1:]
LEDIGT = str(ret.uuid5(ret.NAMESPACE_OID, f"Adresser {ROLLE} {B} 0"))
NAESTE_LEDIGE = str(ret.uuid5(ret.NAMESPACE_OID, f"Adresser {ROLLE} {B} 1"))
FOERST = "1" * 36
RELATIONER: dict[str, tuple[list[Relation], Skridt, list[Relation]]] = {
    "a single relation is overwritten, value and Virkning": (
        [rel("Overordnet", A)],
        SaetEnkelt("Overordnet", B, ns(IDAG)),
        [rel("Overordnet", B, IDAG, ansvar=OS)],
    ),
    "a single relation that was missing is added": (
        [],
        SaetEnkelt("Overordnet", B, ns(IDAG)),
        [rel("Overordnet", B, IDAG, ansvar=OS)],
    ),
    "a single relation already right is left alone": (
        [rel("Overordnet", A)],
        SaetEnkelt("Overordnet", A, ns(IDAG)),
        [rel("Overordnet", A)],
    ),
    "a single relation that was to end goes on from where it began": (
        [rel("Overordnet", A, 1, 20)],
        SaetEnkelt("Overordnet", A, ns(IDAG)),
        [rel("Overordnet", A, 1, ansvar=OS)],
    ),
    "a single relation is ended, not removed": (
        [rel("Overordnet", A)],
        Afslut("Overordnet", ns(IDAG)),
        [rel("Overordnet", A, 1, IDAG)],
    ),
    "a plain entry is added beside the others": (
        [rel("TilknyttedeBrugere", A)],
        Tilfoej("TilknyttedeBrugere", B, periode(IDAG)),
        [rel("TilknyttedeBrugere", A), rel("TilknyttedeBrugere", B, IDAG, ansvar=OS)],
    ),
    "a plain entry there already is not added again": (
        [rel("TilknyttedeBrugere", A)],
        Tilfoej("TilknyttedeBrugere", A, periode(IDAG)),
        [rel("TilknyttedeBrugere", A)],
    ),
    "an entry that was to end is prolonged": (
        [rel("TilknyttedeBrugere", A, 1, 20)],
        Tilfoej("TilknyttedeBrugere", A, periode(IDAG)),
        [rel("TilknyttedeBrugere", A, 1)],
    ),
    "an entry that has ended stays beside the new one": (
        [rel("TilknyttedeBrugere", A, 1, 5)],
        Tilfoej("TilknyttedeBrugere", A, periode(IDAG)),
        [rel("TilknyttedeBrugere", A, 1, 5), rel("TilknyttedeBrugere", A, IDAG, ansvar=OS)],
    ),
    "one entry ends and the others go on": (
        [rel("TilknyttedeBrugere", A), rel("TilknyttedeBrugere", B)],
        Afslut("TilknyttedeBrugere", ns(IDAG), A),
        [rel("TilknyttedeBrugere", A, 1, IDAG), rel("TilknyttedeBrugere", B)],
    ),
    "an entry planned for later ends at its own start": (
        [rel("TilknyttedeBrugere", A, 20)],
        Afslut("TilknyttedeBrugere", ns(IDAG), A),
        [rel("TilknyttedeBrugere", A, 20, 20)],
    ),
    "an entry that has ended is not ended anew": (
        [rel("TilknyttedeBrugere", A, 1, 5)],
        Afslut("TilknyttedeBrugere", ns(IDAG), A),
        [rel("TilknyttedeBrugere", A, 1, 5)],
    ),
    "an address is added with an Indeks of its own": (
        [adr(A, "1")],
        saet_adr(B),
        [adr(A, "1"), adr(B, LEDIGT, IDAG, ansvar=OS)],
    ),
    "an Indeks that is free is used": ([adr(A, "1")], saet_adr(B, "2"), [adr(A, "1"), adr(B, "2", IDAG, ansvar=OS)]),
    "an address takes another's place: the old ends, the new Indeks keeps its rank": (
        [adr(A, FOERST)],
        saet_adr(B, FOERST),
        [adr(A, FOERST, 1, IDAG), adr(B, NYT_INDEKS, IDAG, ansvar=OS)],
    ),
    "an Indeks of an ended entry is not used again": (
        [adr(A, FOERST, 1, 5)],
        saet_adr(B, FOERST),
        [adr(A, FOERST, 1, 5), adr(B, NYT_INDEKS, IDAG, ansvar=OS)],
    ),
    "an Indeks drawn before, now ended, is not drawn again": (
        [adr(B, LEDIGT, 1, 5)],
        saet_adr(B),
        [adr(B, LEDIGT, 1, 5), adr(B, NAESTE_LEDIGE, IDAG, ansvar=OS)],
    ),
    "an Indeks of another role is not used again": (
        [adr(A, FOERST, rolle=SOR)],
        saet_adr(B, FOERST),
        [adr(A, FOERST, rolle=SOR), adr(B, NYT_INDEKS, IDAG, ansvar=OS)],
    ),
    "an address the role points at already is left alone": ([adr(A, "1")], saet_adr(A), [adr(A, "1")]),
    "one role ends and that of others is kept": (
        [adr(A, "1"), adr(B, "2", rolle=SOR)],
        Afslut("Adresser", ns(IDAG), rolle=ROLLE),
        [adr(A, "1", 1, IDAG), adr(B, "2", rolle=SOR)],
    ),
    "an entry ends by role and Indeks": (
        [adr(A, "1"), adr(B, "2")],
        Afslut("Adresser", ns(IDAG), rolle=ROLLE, indeks="2"),
        [adr(A, "1"), adr(B, "2", 1, IDAG)],
    ),
}


@pytest.mark.parametrize("given, skridt, wanted", RELATIONER.values(), ids=RELATIONER)
def test_relations(given: list[Relation], skridt: Skridt, wanted: list[Relation]) -> None:
    before = enhed([navn("x")], [status(AKTIV)], [*ANDET, *given])

    found = ret.ret(before, [skridt], NOW, OS)

    assert list(efter(before, found).relationer) == [*ANDET, *wanted]
    assert (found is None) == (given == wanted)
    assert found is None or (found.egenskaber, found.tilstande) == (before.egenskaber, before.tilstande)
    assert found is None or found.lokal_udvidelse == {"relationer": "<x/>"}


def test_an_object_with_entries_that_could_not_be_read_is_not_written() -> None:
    broken = replace(enhed([navn("Gl")]), fejl=(Fejl("Adresser", "no reference", udeladt=True),))

    with pytest.raises(Malformed, match="Adresser"):
        ret.ret(broken, [SaetFelter({"enhedsnavn": "Ny"}, ns(IDAG))], NOW, OS)


def test_a_fault_that_lost_nothing_does_not_stop_a_change() -> None:
    faulty = replace(enhed([navn("Gl")]), fejl=(Fejl("Adresser", "ends before it starts"),))

    assert ret.ret(faulty, [SaetFelter({"enhedsnavn": "Ny"}, ns(IDAG))], NOW, OS) is not None


def test_the_difference_names_each_field_once_with_what_was_and_what_comes() -> None:
    before = enhed([navn("Gl")], [status(AKTIV)], [rel("Overordnet", A)])
    steps: list[Skridt] = [
        SaetFelter({"enhedsnavn": "Ny"}, ns(IDAG)),
        SaetTilstand(INAKTIV, ns(20)),
        SaetEnkelt("Overordnet", B, ns(IDAG)),
    ]

    found = ret.ret(before, steps, NOW, OS)

    assert found is not None
    assert forskelle(Lister.af(before), found) == (
        Forskel("enhedsnavn", "Gl fra 2026-03-01", "Gl fra 2026-03-01 til 2026-03-10; Ny fra 2026-03-10"),
        Forskel("tilstand", "AKTIV fra 2026-03-01", "AKTIV fra 2026-03-01 til 2026-03-20; INAKTIV fra 2026-03-20"),
        Forskel("overordnet", f"{A} fra 2026-03-01", f"{B} fra 2026-03-10"),
    )

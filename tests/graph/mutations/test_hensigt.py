"""By what a write is known again: its mark, which says nothing itself, and the registration that bears it."""

from dataclasses import replace
from uuid import UUID

import pytest

from fkorg.catalogue import Objekttype
from fkorg.registrering import (
    Ansvar,
    Egenskab,
    Livscyklus,
    Oejebliksbillede,
    Reference,
    Registrering,
    Relation,
)
from fkorg.virkning import Virkning
from graph.mutations import hensigt as hensigter
from graph.mutations.hensigt import OPRET, PASSIVER, RET, SLET, Fund, Hensigt, genkend, genkend_ny, maerke

SECRET = b"s" * 32
X, Y = UUID(int=1), UUID(int=2)
ENHED = Objekttype.ORGANISATION_ENHED
SAGT = Registrering(
    200,
    Livscyklus.OPSTAAET,
    (Egenskab(Virkning(10), {"enhedsnavn": "Skolen"}, Ansvar(Reference(str(X)), "Organisation")),),
    relationer=(Relation("Overordnet", Virkning(10), Reference(str(Y))),),
)
FOER = replace(SAGT, tidspunkt_ns=100, egenskaber=(Egenskab(Virkning(10), {"enhedsnavn": "Gl"}),))


def hensigt(operation: str = RET, uuid: UUID | None = X) -> Hensigt:
    return Hensigt.om(operation, ENHED, uuid, 100, 101, maerke(SAGT, SECRET))


@pytest.mark.parametrize(
    ("kept", "same"),
    [
        (replace(SAGT, tidspunkt_ns=300, bruger=Reference("x"), note="n"), True),
        (replace(SAGT, egenskaber=(replace(SAGT.egenskaber[0], ansvar=None),)), True),
        (replace(SAGT, relationer=(replace(SAGT.relationer[0], reference=Reference(str(Y), "label")),)), True),
        (replace(SAGT, egenskaber=(*SAGT.egenskaber, Egenskab(Virkning(5, 5), {"enhedsnavn": "A"}))), True),
        (replace(SAGT, lokal_udvidelse={"relationer": "<a/>"}), True),
        (replace(SAGT, egenskaber=FOER.egenskaber), False),
        (replace(SAGT, relationer=()), False),
        (replace(SAGT, livscyklus=Livscyklus.IMPORTERET), False),
        (replace(SAGT, egenskaber=(replace(SAGT.egenskaber[0], virkning=Virkning(11)),)), False),
    ],
    ids=["who", "ansvar", "label", "empty", "LokalUdvidelse", "text", "relation", "life cycle", "period"],
)
def test_the_mark_is_of_what_the_object_says(kept: Registrering, same: bool) -> None:
    assert (maerke(kept, SECRET) == maerke(SAGT, SECRET)) is same


def test_the_mark_is_keyed() -> None:
    assert maerke(SAGT, SECRET) != maerke(SAGT, b"t" * 32)


@pytest.mark.parametrize(
    ("operation", "registreringer", "found"),
    [
        (RET, [FOER], None),
        (RET, [FOER, SAGT], Fund(X, 200)),
        (RET, [FOER, SAGT, replace(FOER, tidspunkt_ns=300)], Fund(X, 200)),
        (RET, [FOER, replace(FOER, tidspunkt_ns=300)], None),
        (RET, [replace(SAGT, tidspunkt_ns=100)], None),
        (PASSIVER, [FOER, replace(FOER, tidspunkt_ns=300, livscyklus=Livscyklus.PASSIVERET)], Fund(X, 300)),
        (PASSIVER, [FOER, replace(FOER, tidspunkt_ns=300, livscyklus=Livscyklus.SLETTET)], None),
        (SLET, [FOER, replace(FOER, tidspunkt_ns=300, livscyklus=Livscyklus.SLETTET)], Fund(X, 300)),
    ],
    ids=["nothing new", "ours", "ours, then another's", "another's", "said so before", "passive", "gone", "deleted"],
)
def test_the_registration_that_a_write_made_is_told_from_others(
    operation: str, registreringer: list[Registrering], found: Fund | None
) -> None:
    assert genkend(hensigt(operation), registreringer, SECRET) == found


def test_a_new_object_is_the_oldest_that_says_what_was_wanted_and_is_nobody_elses() -> None:
    billeder = [
        Oejebliksbillede(UUID(int=5), (replace(SAGT, tidspunkt_ns=400),)),
        Oejebliksbillede(UUID(int=6), (replace(SAGT, tidspunkt_ns=300),)),
        Oejebliksbillede(UUID(int=7), (FOER,)),
        Oejebliksbillede(UUID(int=8), ()),
    ]

    assert genkend_ny(hensigt(OPRET, None), billeder, [], SECRET) == Fund(UUID(int=6), 300)
    assert genkend_ny(hensigt(OPRET, None), billeder, [UUID(int=6)], SECRET) == Fund(UUID(int=5), 400)
    assert genkend_ny(hensigt(OPRET, None), billeder, [UUID(int=5), UUID(int=6)], SECRET) is None


@pytest.mark.parametrize(
    "undervejs",
    [[], [hensigt()], [hensigt(OPRET, None)], [Hensigt.om(SLET, ENHED, X, 1, 2, None)], [hensigt(), hensigt(SLET)]],
    ids=["none", "one", "a new one", "one without a mark", "two"],
)
def test_the_record_gives_back_what_it_was_given(undervejs: list[Hensigt]) -> None:
    assert hensigter.read(hensigter.write(undervejs)) == undervejs


def test_one_write_is_recorded_as_it_always_was() -> None:
    """Servers of before read it: old and new run side by side while an installation is upgraded."""
    written = hensigter.write([hensigt()])
    assert isinstance(written, dict)
    assert written["uuid"] == str(X)

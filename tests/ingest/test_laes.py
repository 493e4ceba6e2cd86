"""Reading many back: what is found, what fails, and whose fault it is."""

from dataclasses import dataclass, field

import pytest

from fkorg.catalogue import Objekttype
from fkorg.errors import FkorgError, Malformed, NoAccess, Refused, Unavailable, Unheard
from ingest import laes
from ingest.laes import Hentet
from tests import registreringer as r
from tests.ingest.kilde import en_kommune
from tests.registreringer import uuid

ENHED = Objekttype.ORGANISATION_ENHED
NAVNE = ("borger", "raadhus", "skole")


@dataclass
class Sag:
    """Which units fail and how (None: every call), until how many calls; who is found, who is at fault, is it away."""

    fejl: dict[str | None, FkorgError]
    fundet: set[str]
    skyld: set[str] = field(default_factory=set)
    svarede: bool = True
    efter: int | None = None


SAGER = {
    "all is well": Sag({}, {*NAVNE}),
    "the first fails": Sag({"borger": Unavailable("x")}, {"raadhus", "skole"}, {"borger"}),
    "the last fails": Sag({"skole": Unavailable("x")}, {"raadhus", "borger"}, {"skole"}),
    "one is refused": Sag({"raadhus": Refused("x")}, {"borger", "skole"}, {"raadhus"}),
    "one is not for us": Sag({"raadhus": NoAccess("x")}, {"borger", "skole"}, {"raadhus"}),
    "one breaks the contract": Sag({"raadhus": Malformed("x")}, {"borger", "skole"}, {"raadhus"}),
    "the source is away": Sag({None: Unavailable("x")}, set(), svarede=False),
    "the source hears nothing": Sag({None: Unheard("x")}, set(), svarede=False),
    "the source hears nothing at first": Sag({None: Unheard("x")}, {"borger", "raadhus"}, efter=1),
    "the source is shut to us": Sag({None: NoAccess("x")}, set(), svarede=False),
    "the source refuses everything": Sag({None: Refused("x")}, set(), svarede=False),
    "the source comes back after the first call": Sag({None: Unavailable("x")}, {*NAVNE}, efter=1),
    "the source comes back after the first two": Sag({None: Unavailable("x")}, {*NAVNE}, efter=2),
    "the source comes back when only the organisation is left to ask": Sag(
        {None: NoAccess("x")}, {"borger", "raadhus"}, efter=5
    ),
}


@pytest.mark.parametrize("sag", SAGER.values(), ids=SAGER)
async def test_only_what_fails_alone_while_the_source_answers_is_blamed(sag: Sag) -> None:
    kilde = en_kommune()
    kilde.fejl = {None if navn is None else uuid(navn): fejl for navn, fejl in sag.fejl.items()}
    kilde.heles_efter = sag.efter

    hentet = await laes.hent(kilde, ENHED, [uuid(navn) for navn in NAVNE])
    await laes.proev(kilde, r.KOMMUNE, ENHED, hentet)

    assert {navn for navn in NAVNE if uuid(navn) in hentet.fundet} == sag.fundet
    assert {navn for navn in NAVNE if uuid(navn) in hentet.fejl} == {*NAVNE} - sag.fundet
    assert {navn for navn in NAVNE if uuid(navn) in hentet.skyld} == sag.skyld
    assert hentet.svarede() is sag.svarede


async def test_a_source_that_answers_nobody_is_asked_a_few_times() -> None:
    kilde = en_kommune()
    kilde.fejl[None] = NoAccess("x")

    hentet: Hentet = await laes.hent(kilde, ENHED, [uuid(str(number)) for number in range(500)])

    assert len(hentet.fejl) == 500
    assert len(kilde.kald) < 25


async def test_a_source_that_hears_nothing_is_asked_once() -> None:
    kilde = en_kommune()
    kilde.fejl[None] = Unheard("x")

    hentet: Hentet = await laes.hent(kilde, ENHED, [uuid(str(number)) for number in range(500)])

    assert (len(hentet.fejl), len(kilde.kald)) == (500, 1)
    assert not hentet.skyld

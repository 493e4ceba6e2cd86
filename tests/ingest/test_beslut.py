from datetime import UTC, datetime, timedelta

import pytest

from fkorg.catalogue import Objekttype
from fkorg.errors import Malformed, NoAccess, NotFound, Refused, Unavailable, Uncertain
from fkorg.registrering import Objekt
from ingest.beslut import (
    Bekraeft,
    Beslutning,
    Faerdig,
    Igen,
    Laesning,
    Parker,
    Regler,
    beslut,
    maa_gaa_tilbage,
    ved_fejl,
)
from model.dirty import NOGET, UANSET, Krav
from model.projection.vaern import Udfald
from tests import registreringer as r

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
ET_OBJEKT = Objekt(r.KOMMUNE, Objekttype.BRUGER, r.uuid("mads"))
NY, SAMME, UENS = Udfald.NY, Udfald.SAMME, Udfald.UENS
FORAELDET, UKENDT = Udfald.FORAELDET, Udfald.UKENDT
SETTLED = Bekraeft(NOW + timedelta(seconds=60))


def krav(
    want_ns: int = UANSET,
    *,
    waited: float = 0,
    attempts: int = 1,
    bekraefter: bool = False,
    aarsag: str = "BESKED",
    aeldre: int = 0,
) -> Krav:
    since = NOW - timedelta(seconds=waited)
    return Krav(ET_OBJEKT, want_ns, 1, aarsag, attempts, since, since, bekraefter=bekraefter, aeldre=aeldre)


CASES: dict[str, tuple[Krav, Laesning, Beslutning]] = {
    "new and as wanted": (krav(100), Laesning(NY, True, 100), Faerdig()),
    "the same, and as wanted": (krav(100), Laesning(SAMME, True, 100), Faerdig()),
    "new, but older than its message": (krav(101), Laesning(NY, True, 100), Igen(NOW + timedelta(seconds=0.25))),
    "older than stored": (krav(), Laesning(FORAELDET, True, 100), Igen(NOW + timedelta(seconds=0.25))),
    "the third try waits longer": (krav(101, attempts=3), Laesning(SAMME, True, 100), Igen(NOW + timedelta(seconds=1))),
    "a wait has an end": (krav(101, attempts=99), Laesning(SAMME, True, 100), Igen(NOW + timedelta(seconds=60))),
    "behind its message for long": (
        krav(101, waited=900),
        Laesning(SAMME, True, 100),
        Parker("source_behind_message"),
    ),
    "same time, other content": (krav(100), Laesning(UENS, True, 100), SETTLED),
    "known and not found": (krav(), Laesning(UENS, False, 100), Bekraeft(NOW + timedelta(seconds=60), 1)),
    "unknown and not found yet": (krav(100), Laesning(UKENDT, False, None), Igen(NOW + timedelta(seconds=0.25))),
    "unknown for long": (krav(100, waited=900), Laesning(UKENDT, False, None), Parker("not_found")),
    "unknown, and no message asked for it": (krav(), Laesning(UKENDT, False, None), Faerdig()),
    "unknown, and its message named no time": (
        krav(NOGET),
        Laesning(UKENDT, False, None),
        Igen(NOW + timedelta(seconds=0.25)),
    ),
    "unknown for long, and its message named no time": (
        krav(NOGET, waited=900),
        Laesning(UKENDT, False, None),
        Parker("not_found"),
    ),
    "as stored, and its message named no time": (krav(NOGET), Laesning(SAMME, True, 100), Faerdig()),
    "no time, and another type's uuid": (krav(NOGET), Laesning(UKENDT, False, None, anden_type=True), Faerdig()),
    "no time, and buried already": (krav(NOGET, waited=60), Laesning(SAMME, False, 101), Faerdig()),
    "it was another type's uuid": (krav(100), Laesning(UKENDT, False, None, anden_type=True), Faerdig()),
    "just buried, and as wanted": (krav(101), Laesning(NY, False, 101), Faerdig()),
    "just buried, perhaps revived": (krav(200), Laesning(NY, False, 101), Igen(NOW + timedelta(seconds=0.25))),
    "not found, and nothing newer wanted": (krav(100), Laesning(UENS, False, 100), Bekraeft(SETTLED.due_at, 1)),
    "not found, and newer wanted": (krav(200), Laesning(UENS, False, 100), Bekraeft(SETTLED.due_at, 1, behold=True)),
    "a tie, and newer wanted": (krav(200), Laesning(UENS, True, 100), Igen(NOW + timedelta(seconds=0.25))),
    "buried, a late message": (krav(200), Laesning(SAMME, False, 101), Igen(NOW + timedelta(seconds=0.25))),
    "buried, perhaps revived": (krav(200, waited=60), Laesning(SAMME, False, 101), Igen(NOW + timedelta(seconds=0.25))),
    "buried, long after its message": (krav(200, waited=900), Laesning(SAMME, False, 101), Faerdig()),
    "buried since its message": (krav(100), Laesning(SAMME, False, 101), Faerdig()),
    "confirmed": (krav(bekraefter=True, attempts=0), Laesning(SAMME, True, 100), Faerdig()),
    "confirmed, and newer": (krav(bekraefter=True, attempts=0), Laesning(NY, True, 100), Faerdig()),
    "a confirm read is older": (
        krav(bekraefter=True, attempts=0),
        Laesning(FORAELDET, True, 100),
        Bekraeft(NOW + timedelta(seconds=60), 1),
    ),
    "a confirm read finds nothing": (
        krav(bekraefter=True, attempts=0),
        Laesning(UENS, False, 100),
        Bekraeft(NOW + timedelta(seconds=60), 1),
    ),
}
AGAIN = Igen(NOW + timedelta(seconds=0.25))
LATER = Igen(NOW + timedelta(seconds=60))
FAULTS: dict[str, tuple[Krav, Exception, bool, Beslutning]] = {
    "the source is away": (krav(), Unavailable("x"), False, AGAIN),
    "the source is away for long": (krav(waited=9e5), Unavailable("x"), False, AGAIN),
    "it fails on this one": (krav(), Unavailable("x"), True, AGAIN),
    "it fails on this one for long": (krav(waited=900, attempts=8), Unavailable("x"), True, Parker("source_fails")),
    "it fails on this one after an outage of ours": (krav(waited=9e5, attempts=1), Unavailable("x"), True, AGAIN),
    "it fails on this one time and again": (
        krav(waited=899, attempts=99),
        Unavailable("x"),
        True,
        Igen(NOW + timedelta(seconds=60)),
    ),
    "an outcome not seen": (krav(), Uncertain("x"), False, AGAIN),
    "not found": (krav(), NotFound("x"), False, AGAIN),
    "we have no agreement": (krav(), NoAccess("x"), False, AGAIN),
    "we have had no agreement for long": (krav(waited=9e5), NoAccess("x"), False, AGAIN),
    "we have no access to this one": (krav(), NoAccess("x"), True, AGAIN),
    "we have had no access to this one for long": (
        krav(waited=900, attempts=8),
        NoAccess("x"),
        True,
        Parker("refused"),
    ),
    "this one is refused": (krav(), Refused("x", status_kode=40), True, Parker("refused")),
    "everything is refused": (krav(waited=9e5), Refused("x", status_kode=40), False, AGAIN),
    "this one breaks the contract": (krav(), Malformed("x"), True, Parker("malformed")),
    "nothing keeps the contract": (krav(waited=9e5), Malformed("x"), False, AGAIN),
    "a bug": (krav(), KeyError("x"), False, Parker("bug:KeyError")),
    "no agreement at a confirm read": (krav(bekraefter=True, attempts=0), NoAccess("x"), True, LATER),
    "refused at a confirm read": (krav(bekraefter=True, attempts=0), Refused("x"), True, Parker("refused")),
}
"""The claim, the error, whether the object failed alone while the source answered, and what is done."""
BACK = {
    "a first read": (krav(), (False, False)),
    "a read after a mutation": (krav(aarsag="MUTATION"), (True, True)),
    "a first confirm read": (krav(bekraefter=True, attempts=0), (False, False)),
    "a second confirm read": (krav(bekraefter=True, attempts=0, aeldre=1), (True, True)),
    "a second read of what is wanted newer": (krav(100, aeldre=1), (False, True)),
}
"""The claim, and whether it may go back to what it found, or bury when it found nothing."""


@pytest.mark.parametrize("given, read, expected", CASES.values(), ids=CASES)
def test_what_is_done_next(given: Krav, read: Laesning, expected: Beslutning) -> None:
    assert beslut(given, read, Regler(), NOW, chance=1.0) == expected


@pytest.mark.parametrize("given, error, skyld, expected", FAULTS.values(), ids=FAULTS)
def test_what_is_done_about_one_that_cannot_be_read(
    given: Krav, error: Exception, skyld: bool, expected: Beslutning
) -> None:
    assert ved_fejl(given, error, skyld, Regler(), NOW, chance=1.0) == expected


@pytest.mark.parametrize("given, expected", BACK.values(), ids=BACK)
def test_who_may_go_back_or_bury(given: Krav, expected: tuple[bool, bool]) -> None:
    assert (maa_gaa_tilbage(given, findes=True), maa_gaa_tilbage(given, findes=False)) == expected

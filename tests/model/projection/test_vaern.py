import pytest

from model.projection.vaern import Laest, Lagret, Udfald, Version, afgoer, afgoer_fravaer

STORED = Lagret(100, rewind=1, tie=2, content_hash=b"a", levende=True)
DEAD = Lagret(100, rewind=1, tie=2, content_hash=b"a", levende=False)

READS = {
    "the first": (None, Laest(5, b"x"), Udfald.NY, Version(5)),
    "newer": (STORED, Laest(101, b"x"), Udfald.NY, Version(101, 1)),
    "newer with the same content": (STORED, Laest(101, b"a"), Udfald.NY, Version(101, 1)),
    "older": (STORED, Laest(99, b"x"), Udfald.FORAELDET, Version(99, 1)),
    "older, confirmed once": (STORED, Laest(99, b"x", bekraefter=True), Udfald.FORAELDET, Version(99, 1)),
    "older, confirmed twice": (STORED, Laest(99, b"x", True, tilbage=True), Udfald.NY, Version(99, 2)),
    "same time, same content": (STORED, Laest(100, b"a"), Udfald.SAMME, Version(100, 1, 2)),
    "same time, other content": (STORED, Laest(100, b"x"), Udfald.UENS, Version(100, 1, 2)),
    "same time, other content, confirmed": (STORED, Laest(100, b"x", bekraefter=True), Udfald.NY, Version(100, 1, 3)),
    "a revival": (DEAD, Laest(101, b"x"), Udfald.NY, Version(101, 1)),
}
ABSENCE = {
    "never known": (None, False, 0, Udfald.UKENDT, Version(0)),
    "known, found absent once": (STORED, False, 0, Udfald.UENS, Version(100, 1, 2)),
    "known, found absent twice": (STORED, True, 0, Udfald.NY, Version(101, 1)),
    "known, and a message told when": (STORED, True, 500, Udfald.NY, Version(500, 1)),
    "buried already": (DEAD, True, 500, Udfald.SAMME, Version(100, 1, 2)),
}


@pytest.mark.parametrize("stored, read, udfald, version", READS.values(), ids=READS)
def test_a_read_against_what_is_stored(stored: Lagret | None, read: Laest, udfald: Udfald, version: Version) -> None:
    assert afgoer(stored, read) == (udfald, version)


@pytest.mark.parametrize("stored, tilbage, mindst_ns, udfald, version", ABSENCE.values(), ids=ABSENCE)
def test_absence_against_what_is_stored(
    stored: Lagret | None, tilbage: bool, mindst_ns: int, udfald: Udfald, version: Version
) -> None:
    assert afgoer_fravaer(stored, tilbage=tilbage, mindst_ns=mindst_ns) == (udfald, version)

"""Half-open periods: the laws of cutting and merging."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fkorg.tid import ALTID_NS, UENDELIG_NS
from fkorg.virkning import ALTID, Virkning, cut, merge

perioder = st.builds(Virkning, st.integers(-50, 50), st.integers(-50, 50))

MERGES = {
    "touching periods with one value become one": ([("A", 1, 3), ("A", 3, 5)], [("A", 1, 5)]),
    "a gap stays a gap": ([("A", 1, 2), ("A", 4, 5)], [("A", 1, 2), ("A", 4, 5)]),
    "another value stays apart": ([("A", 1, 3), ("B", 3, 5)], [("A", 1, 3), ("B", 3, 5)]),
    "nothing is nothing": ([], []),
}


@pytest.mark.parametrize("given_, expected", MERGES.values(), ids=MERGES)
def test_merge(given_, expected):
    pieces = [(value, Virkning(fra, til)) for value, fra, til in given_]

    assert merge(pieces) == [(value, Virkning(fra, til)) for value, fra, til in expected]


def test_a_period_ends_no_earlier_than_it_starts():
    assert Virkning(10, 20).slut(5) == Virkning(10, 10)
    assert Virkning(10, 20).slut(15) == Virkning(10, 15)
    assert Virkning(10, 20).slut(30) == Virkning(10, 20)


def test_an_empty_and_a_reversed_period_hold_at_no_moment():
    assert Virkning(5, 5).tom
    assert not Virkning(5, 5).omvendt
    assert Virkning(6, 5).tom
    assert Virkning(6, 5).omvendt
    assert not Virkning(6, 5).gaelder(5)


@given(perioder, perioder, st.integers(-60, 60))
def test_a_moment_lies_in_the_overlap_when_it_lies_in_both(first, second, moment):
    assert first.overlap(second).gaelder(moment) == (first.gaelder(moment) and second.gaelder(moment))


@given(st.lists(perioder, max_size=6), st.integers(-60, 60))
def test_cutting_covers_all_time_once_and_splits_no_answer(given_, moment):
    pieces = cut(given_)

    assert [piece.fra_ns for piece in pieces] + [UENDELIG_NS] == [ALTID_NS] + [piece.til_ns for piece in pieces]
    (here,) = [piece for piece in pieces if piece.gaelder(moment)]
    assert all(periode.gaelder(moment) == (periode.overlap(here) == here) for periode in given_ if not periode.tom)


@given(st.lists(perioder, max_size=6))
def test_merging_the_pieces_of_one_value_gives_all_time_back(given_):
    assert merge([("A", piece) for piece in cut(given_)]) == [("A", ALTID)]

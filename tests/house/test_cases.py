"""The rules that must hold and the cases that are refused (security.md): docs/security.md names a test for each."""

import re

import pytest

from tests.house.source import ROOT

PAGE = (ROOT / "docs" / "security.md").read_text("utf-8")
NAMED = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", PAGE)
"""The tests that the page names."""
ROWS = re.findall(r"^\| ([\d, to]+) \| `(tests/[\w/]+\.py)` \|$", PAGE, re.MULTILINE)
"""Cases, and the file that they are in."""
CASES = range(1, 36)


def numbers(cases: str) -> set[int]:
    """Of "1 to 3, 5": 1, 2, 3 and 5."""
    spans = [[int(one) for one in span.split(" to ")] for span in cases.split(", ")]
    return {number for span in spans for number in range(span[0], span[-1] + 1)}


def shown(path: str) -> set[int]:
    """The numbers in names of the file's tests, and in those of their rows."""
    text = (ROOT / path).read_text("utf-8")
    of_tests = {
        int(number) for names in re.findall(r"def test_((?:\d+_)+)", text) for number in names.split("_") if number
    }
    return of_tests | {int(number) for number in re.findall(r'"(\d{1,2}):? [a-zA-Z]', text)}


def test_each_case_has_a_row() -> None:
    assert set().union(*(numbers(cases) for cases, _ in ROWS)) == set(CASES)


@pytest.mark.parametrize(("cases", "path"), ROWS, ids=[f"{cases}: {path}" for cases, path in ROWS])
def test_each_case_of_a_row_is_in_its_file(cases: str, path: str) -> None:
    assert numbers(cases) <= shown(path)


@pytest.mark.parametrize(("path", "name"), NAMED, ids=[name for _, name in NAMED])
def test_each_test_that_is_named_is_there(path: str, name: str) -> None:
    assert re.search(rf"def {name}\(", (ROOT / path).read_text("utf-8"))


def test_the_page_names_what_this_looks_for() -> None:
    assert len(NAMED) >= 10
    assert len(ROWS) >= 10

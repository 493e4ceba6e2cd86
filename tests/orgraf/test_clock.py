from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from orgraf import clock

HOUR = timedelta(hours=1)


@pytest.fixture
def file(tmp_path: Path) -> Iterator[Path]:
    """The file that says how far off the clock is; not there yet."""
    file = tmp_path / "offset"
    clock.shift_by(file)
    yield file
    clock.shift_by(None)


def off() -> timedelta:
    """How far off the clock is, to the second."""
    return timedelta(seconds=round((clock.clock() - datetime.now(UTC)).total_seconds()))


def test_the_clock_is_right_by_itself() -> None:
    assert off() == timedelta(0)


def test_the_clock_follows_its_file(file: Path) -> None:
    assert off() == timedelta(0)
    file.write_text("3600")
    assert off() == HOUR
    file.write_text("-7200.0")
    assert off() == -2 * HOUR


def test_a_half_written_file_changes_nothing(file: Path) -> None:
    file.write_text("3600")
    assert off() == HOUR
    file.write_text("-")
    assert off() == HOUR

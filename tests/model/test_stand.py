"""Positions: their order, their text, and every way in which one can be no good."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model import stand
from model.stand import Aktuel, Segl, Stand

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
KORSBAEK = UUID("11111111-0000-4000-8000-000000000001")
BALLERUP = UUID("22222222-0000-4000-8000-000000000002")
SEGL = Segl.of(b"s" * 32, KORSBAEK)
EN = Stand(3, 4711, 12)

POSITIONS = st.builds(
    Stand,
    st.integers(1, 2**32 - 1),
    st.integers(0, 2**64 - 1),
    st.integers(0, 2**63 - 1),
    st.none() | st.uuids(),
)


@given(POSITIONS)
def test_a_text_gives_its_position_back(position: Stand) -> None:
    assert SEGL.parse(SEGL.text(position, NOW), NOW) == position


def test_equal_positions_have_equal_texts() -> None:
    assert SEGL.text(EN, NOW) == SEGL.text(Stand(3, 4711, 12), NOW)


def test_a_text_is_short_and_safe_in_headers_and_urls() -> None:
    text = SEGL.text(Stand(3, 4711, 12, KORSBAEK), NOW)

    assert len(text) <= 80
    assert text.replace("-", "").replace("_", "").isalnum()


@given(st.integers(0, 500), st.integers(1, 255))
def test_no_bit_of_a_text_can_be_changed(place: int, change: int) -> None:
    text = bytearray(SEGL.text(EN, NOW).encode())
    text[place % len(text)] ^= change

    with pytest.raises((stand.Forfalsket, stand.Fremmed)):
        SEGL.parse(text.decode("latin-1"), NOW)


@given(st.text(max_size=200))
def test_no_other_text_is_a_position(text: str) -> None:
    with pytest.raises((stand.Forfalsket, stand.Fremmed)):
        SEGL.parse(text, NOW)


REFUSED = {
    "of another installation": (Segl.of(b"t" * 32, KORSBAEK).text(EN, NOW), stand.Fremmed, "STAND_INVALID"),
    "of another municipality": (Segl.of(b"s" * 32, BALLERUP).text(EN, NOW), stand.Fremmed, "STAND_INVALID"),
    "seven days and a second old": (
        SEGL.text(EN, NOW - timedelta(days=7, seconds=1)),
        stand.Udloebet,
        "STAND_EXPIRED",
    ),
    "cut short": (SEGL.text(EN, NOW)[:-4], stand.Forfalsket, "STAND_INVALID"),
    "padded": (SEGL.text(EN, NOW) + "=", stand.Forfalsket, "STAND_INVALID"),
    "empty": ("", stand.Forfalsket, "STAND_INVALID"),
    "not ascii": ("æ" * 20, stand.Forfalsket, "STAND_INVALID"),
}


@pytest.mark.parametrize("text, error, kode", REFUSED.values(), ids=REFUSED)
def test_a_text_is_refused_when_it_is(text: str, error: type[stand.Standfejl], kode: str) -> None:
    with pytest.raises(error) as raised:
        SEGL.parse(text, NOW)

    assert raised.value.kode == kode


def test_a_position_seven_days_old_still_holds() -> None:
    assert SEGL.parse(SEGL.text(EN, NOW - timedelta(days=7)), NOW) == EN


HERE = Aktuel(incarnation=3, horisont=5000, naeste_xid=5010)
CHECKED = {
    "now": (Stand(3, 5000), None),
    "of a transaction that still runs": (Stand(3, 5009, 7), None),
    "of an older incarnation": (Stand(2, 100, 1), stand.AndenInkarnation),
    "of a later incarnation": (Stand(4, 100, 1), stand.AndenInkarnation),
    "beyond the last": (Stand(3, 5011, 1), stand.HinsidesSidste),
}


@pytest.mark.parametrize("position, error", CHECKED.values(), ids=CHECKED)
def test_a_position_is_checked_against_the_database(position: Stand, error: type[stand.Standfejl] | None) -> None:
    if error is None:
        stand.check(position, HERE)
        return
    with pytest.raises(error):
        stand.check(position, HERE)


def test_on_a_replica_nothing_lies_beyond_the_last() -> None:
    stand.check(Stand(3, 6000, 1), Aktuel(3, 5000, 5010, replika=True))


def test_reading_starts_at_the_horizon_when_the_position_lies_above_it() -> None:
    assert stand.start(Stand(3, 5004, 9), HERE) == Stand(3, 5000)
    assert stand.start(Stand(3, 4711, 12, KORSBAEK), HERE) == Stand(3, 4711, 12, KORSBAEK)


PASSED = {
    "below the horizon": (Stand(3, 4999, 1), True),
    "the position of an answer, at the horizon": (Stand(3, 5000), True),
    "a change at the horizon": (Stand(3, 5000, 1), False),
    "a change above it": (Stand(3, 5004, 1), False),
}


@pytest.mark.parametrize("position, expected", PASSED.values(), ids=PASSED)
def test_a_position_is_passed(position: Stand, expected: bool) -> None:
    assert stand.passed(position, HERE) is expected

"""Moments as nanoseconds: what is read, what is printed, and where the Danish day begins."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fkorg import tid
from fkorg.errors import Malformed

READ = {
    "summer time with offset": ("2020-08-05T00:00:00+02:00", "2020-08-04T22:00:00Z"),
    "seven fraction digits are kept": ("2020-01-02T03:04:05.1234567Z", "2020-01-02T03:04:05.1234567Z"),
    "digits beyond nine are cut": ("2020-01-02T03:04:05.1234567899Z", "2020-01-02T03:04:05.123456789Z"),
    "no offset is read as UTC": ("2022-02-13T08:00:00", "2022-02-13T08:00:00Z"),
    "24:00 is the next midnight": ("2021-03-04T24:00:00Z", "2021-03-05T00:00:00Z"),
    "before 1970": ("1960-02-29T12:00:00.5+01:00", "1960-02-29T11:00:00.5Z"),
    "the last moment of .NET": ("9999-12-31T23:59:59.9999999Z", "9999-12-31T23:59:59.9999999Z"),
    "the first moment there is": ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z"),
}


@pytest.mark.parametrize("text, expected", READ.values(), ids=READ)
def test_a_moment_is_read_and_printed_in_utc(text, expected):
    assert tid.format_ns(tid.parse_ns(text)) == expected


BEYOND = {
    "before year 1 by its offset": ("0001-01-01T00:00:00+01:00", tid.ALTID_NS),
    "a negative year": ("-0044-03-15T00:00:00Z", tid.ALTID_NS),
    "a year of five digits": ("12026-01-01T00:00:00Z", tid.UENDELIG_NS),
    "after year 9999 by its offset": ("9999-12-31T23:59:59-01:00", tid.UENDELIG_NS),
}


@pytest.mark.parametrize("text, expected", BEYOND.values(), ids=BEYOND)
def test_what_no_calendar_holds_is_an_infinity(text, expected):
    assert tid.parse_ns(text) == expected


@pytest.mark.parametrize(
    "text", ["", "2020-08-05", "2020-02-30T00:00:00Z", "2020-01-01T25:00:00Z", "i dag", "２０20-01-01T00:00:00Z"]
)
def test_what_is_no_moment_is_malformed(text):
    with pytest.raises(Malformed):
        tid.parse_ns(text)


def test_a_naive_datetime_is_refused():
    with pytest.raises(Malformed, match="offset"):
        tid.from_datetime(datetime(2020, 1, 1))


MIDNIGHTS = {
    "winter": (date(2026, 1, 31), "2026-01-30T23:00:00Z"),
    "summer": (date(2026, 7, 1), "2026-06-30T22:00:00Z"),
    "the day summer time begins": (date(2026, 3, 29), "2026-03-28T23:00:00Z"),
    "the day after": (date(2026, 3, 30), "2026-03-29T22:00:00Z"),
}


@pytest.mark.parametrize("day, expected", MIDNIGHTS.values(), ids=MIDNIGHTS)
def test_a_danish_day_begins_at_danish_midnight(day, expected):
    assert tid.format_ns(tid.midnat_ns(day)) == expected
    assert tid.dag(tid.midnat_ns(day)) == day


@given(st.datetimes(timezones=st.just(UTC)))
def test_a_datetime_survives_the_round_trip(moment):
    assert tid.to_datetime(tid.from_datetime(moment)) == moment
    assert tid.parse_ns(tid.format_ns(tid.from_datetime(moment))) == tid.from_datetime(moment)

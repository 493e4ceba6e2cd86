"""Moments as whole nanoseconds since 1970 in UTC, the one form in which time is compared.

Both axes use it: registration times carry up to nine fraction digits, and xs:dateTime reaches years that
`datetime` cannot hold. Knows nothing of clocks: "now" is always an argument.
"""

import re
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Final
from zoneinfo import ZoneInfo

from fkorg.errors import Malformed

ALTID_NS: Final = -(2**90)
"""Since always: GraenseIndikator as FraTidspunkt. Less than every moment."""
UENDELIG_NS: Final = 2**90
"""For ever: GraenseIndikator as TilTidspunkt. Greater than every moment."""
NS_PER_SECOND: Final = 1_000_000_000
DANMARK: Final = ZoneInfo("Europe/Copenhagen")

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_DAY: Final = date(1970, 1, 1).toordinal()
_FIRST_SECOND: Final = (1 - _EPOCH_DAY) * 86400
_LAST_SECOND: Final = (date.max.toordinal() - _EPOCH_DAY + 1) * 86400 - 1
_DATETIME: Final = re.compile(
    r"(-?\d{4,9})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d+))?(Z|[+-]\d\d:\d\d)?\Z", re.ASCII
)


def parse_ns(text: str, *, default_zone: ZoneInfo | timezone = UTC) -> int:
    """An xs:dateTime as nanoseconds; digits beyond nine are cut, 24:00:00 is the next midnight.

    A time without offset is read in `default_zone`. Raises Malformed for what is no xs:dateTime.
    Years outside 1..9999 become ALTID_NS or UENDELIG_NS: no organisation outlives them.
    """
    match = _DATETIME.match(text.strip())
    if match is None:
        raise Malformed(f"wanted a date and time like 2026-01-31T00:00:00+01:00, found {text[:40]!r}")
    year, month, day, hour, minute, second = (int(part) for part in match.groups()[:6])
    if year < 1:
        return ALTID_NS
    if year > 9999:
        return UENDELIG_NS
    try:
        next_day = hour == 24 and minute == 0 and second == 0
        moment = datetime(year, month, day, 0 if next_day else hour, minute, second)
        whole = _seconds(moment, _zone(match[8], default_zone)) + (86400 if next_day else 0)
    except ValueError as cause:
        raise Malformed(f"no such date or time: {text[:40]!r}") from cause
    if not _FIRST_SECOND <= whole <= _LAST_SECOND:
        return ALTID_NS if whole < 0 else UENDELIG_NS
    return whole * NS_PER_SECOND + int((match[7] or "0")[:9].ljust(9, "0"))


def format_ns(ns: int) -> str:
    """The moment as xs:dateTime in UTC with as many fraction digits as it has. Not for the two infinities."""
    seconds, fraction = divmod(ns, NS_PER_SECOND)
    days, rest = divmod(seconds, 86400)
    day = date.fromordinal(_EPOCH_DAY + days)
    text = f"{day.isoformat()}T{rest // 3600:02}:{rest // 60 % 60:02}:{rest % 60:02}"
    return text + (f".{fraction:09}".rstrip("0") if fraction else "") + "Z"


def to_datetime(ns: int) -> datetime | None:
    """The moment as aware UTC datetime, cut to microseconds; None for the two infinities."""
    if ns in (ALTID_NS, UENDELIG_NS):
        return None
    return _EPOCH + timedelta(microseconds=ns // 1000)


def from_datetime(moment: datetime) -> int:
    """Nanoseconds of an aware datetime. Raises Malformed for a naive one."""
    if moment.tzinfo is None:
        raise Malformed(f"wanted a time with offset, found {moment.isoformat()} without")
    gap = moment - _EPOCH
    return (gap.days * 86400 + gap.seconds) * NS_PER_SECOND + gap.microseconds * 1000


def midnat_ns(day: date) -> int:
    """Danish midnight at the start of the day: what validity is cut at. Source: domain.md 4.1, precision."""
    return from_datetime(datetime(day.year, day.month, day.day, tzinfo=DANMARK))


def dag(ns: int) -> date:
    """The Danish calendar day that the moment lies in."""
    moment = to_datetime(ns)
    if moment is None:
        raise Malformed("an unlimited time has no day")
    try:
        return moment.astimezone(DANMARK).date()
    except OverflowError as cause:
        raise Malformed("a time at the end of all years has no Danish day") from cause


def _zone(offset: str | None, default_zone: ZoneInfo | timezone) -> ZoneInfo | timezone:
    if offset is None:
        return default_zone
    if offset == "Z":
        return UTC
    minutes = int(offset[1:3]) * 60 + int(offset[4:6])
    if minutes > 14 * 60:
        raise ValueError("offset beyond 14 hours")
    return timezone(timedelta(minutes=-minutes if offset[0] == "-" else minutes))


def _seconds(moment: datetime, zone: ZoneInfo | timezone) -> int:
    """Whole seconds since 1970, without leaving datetime's range at its two ends."""
    offset = moment.replace(tzinfo=zone).utcoffset() or timedelta(0)
    days = moment.toordinal() - _EPOCH_DAY
    return days * 86400 + moment.hour * 3600 + moment.minute * 60 + moment.second - int(offset.total_seconds())

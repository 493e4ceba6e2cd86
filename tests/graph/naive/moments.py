"""Times as clients write them. Source: rules.md 3."""

from datetime import UTC, datetime


def ns(text: str) -> tuple[int, int]:
    """First and last nanosecond of a time as a client writes it."""
    text = text.replace("Z", "+00:00")
    offset = text[-6:]
    whole, _, digits = text[:-6].partition(".")
    seconds = int((datetime.fromisoformat(whole + offset) - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds())
    first = seconds * 10**9 + int(digits[:9].ljust(9, "0"))
    return first, first + 10 ** (9 - len(digits[:9])) - 1

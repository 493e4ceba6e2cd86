"""The one clock of a process; everything below `orgraf` is handed it, or a moment of it."""

from datetime import UTC, datetime


def clock() -> datetime:
    """The moment, UTC."""
    return datetime.now(UTC)

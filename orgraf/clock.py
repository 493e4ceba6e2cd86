"""The one clock of a process; everything below `orgraf` is handed it, or a moment of it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

_offset: "Offset | None" = None


def clock() -> datetime:
    """The moment, UTC."""
    now = datetime.now(UTC)
    return now if _offset is None else now + _offset.read()


def shift_by(path: Path | None) -> None:
    """For tests: from here on the clock is off by the seconds that the file says, whenever it changes."""
    global _offset
    _offset = None if path is None else Offset(path)


class Offset:
    """A file of seconds, read again when it was written to. One that is not there, or half-written, changes nothing."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen_ns = -1
        self._offset = timedelta()

    def read(self) -> timedelta:
        """How far off the clock is."""
        try:
            written_ns = self._path.stat().st_mtime_ns
            if written_ns != self._seen_ns:
                self._offset = timedelta(seconds=float(self._path.read_text("ascii")))
                self._seen_ns = written_ns
        except (OSError, ValueError):
            pass
        return self._offset

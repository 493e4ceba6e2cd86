"""The browser of the tests: the machine's, else Debian's, fetched by scripts/parts."""

from collections.abc import Mapping
from dataclasses import dataclass

from tests.parts.missing import fetch

ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@dataclass(frozen=True)
class Chromium:
    path: str
    environment: Mapping[str, str]
    """Variables to be set beside those of the process, for the browser and for its driver."""
    arguments: tuple[str, ...] = ARGUMENTS


def find() -> Chromium:
    """The browser, fetched if need be. Raises Missing."""
    return Chromium(*fetch("chromium"))

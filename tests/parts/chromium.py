"""The browser of the tests: the machine's, else Debian's, fetched by scripts/parts."""

import os
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
    arguments: tuple[str, ...] = ARGUMENTS


def find() -> Chromium:
    """scripts/parts prints the executable, and on a second line the folders of libraries it needs, if any."""
    path, _, libraries = fetch("chromium").partition("\n")
    environment = {**os.environ, "LD_LIBRARY_PATH": libraries} if libraries else dict(os.environ)
    return Chromium(path, environment)

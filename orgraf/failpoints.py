"""What a test wants done at the failpoints, read from a setting: `refresh.applied=kill@3, leader.taken=wait:2s`.

Actions: `kill` (SIGKILL), `stop` (SIGSTOP, until SIGCONT), `raise` (as if a neighbour were away), `wait:2s`.
`@3`: at the third pass and no other; `@*`: at every pass; without: at the first.
"""

import asyncio
import os
import re
import signal
from typing import Final

from fkorg.errors import Unavailable
from fkorg.failpoint import STEDER, Handling

_ONE: Final = re.compile(r"([a-z_.]+)=(kill|stop|raise|wait:([0-9.]+)s)(?:@([1-9][0-9]*|\*))?")


def read(text: str) -> dict[str, Handling]:
    """What is done where. Raises ValueError."""
    found: dict[str, Handling] = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        match = _ONE.fullmatch(part)
        if match is None or match[1] not in STEDER:
            raise ValueError("PLACE=kill|stop|raise|wait:2s, each with @3 or @* if need be, at places that exist")
        found[match[1]] = _at(_handling(match[2], match[3]), match[4] or "1")
    return found


def _handling(art: str, seconds: str | None) -> Handling:
    async def handling() -> None:
        if art == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        elif art == "stop":
            os.kill(os.getpid(), signal.SIGSTOP)
        elif art == "raise":
            raise Unavailable("a failpoint says so")
        else:
            await asyncio.sleep(float(seconds or 0))

    return handling


def _at(handling: Handling, wanted: str) -> Handling:
    """Do it at that pass alone, or at every one."""
    passes = 0

    async def counted() -> None:
        nonlocal passes
        passes += 1
        if wanted == "*" or passes == int(wanted):
            await handling()

    return counted

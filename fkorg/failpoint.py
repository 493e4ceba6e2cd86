"""Named places where a test may end, stop or hold the process. Nothing happens at any of them unless it is switched on.

Owns their names. Refuses to know what is done there: `orgraf.failpoints` reads that from a setting.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Final

STEDER: Final[Mapping[str, str]] = {
    "receive.delivered": "a message has arrived, nothing is done yet",
    "receive.written": "inbox and dirty are written, the transaction is open",
    "receive.committed": "the message is kept, not yet acknowledged",
    "receive.acknowledged": "the broker was told that the message is kept",
    "worker.claimed": "what is due is claimed",
    "worker.read": "the source has answered, nothing is applied",
    "refresh.applied": "objects are applied, their claims stand, the transaction is open",
    "refresh.settled": "their claims are settled, the transaction is open",
    "refresh.committed": "all of it is committed",
    "calendar.passed": "a boundary has passed, the transaction is open",
    "calendar.committed": "a boundary has passed, committed",
    "bootstrap.page_read": "a page of the export is read",
    "bootstrap.page_applied": "a page is applied, the transaction is open",
    "bootstrap.page_committed": "a page is committed, with the token of the next",
    "bootstrap.gap_applied": "a portion of what the export lacks is applied, the transaction is open",
    "bootstrap.finished": "what was not met is marked, the dirty rows are not drained",
    "bootstrap.drained": "the dirty rows are drained, the municipality is not ready yet",
    "compare.page_compared": "a page is compared, the transaction is open",
    "compare.page_committed": "a page is compared, committed",
    "compare.repaired": "all that differed is put right, the report is not closed",
    "functions.page_applied": "a page of polled functions is applied, the transaction is open",
    "leader.taken": "we lead, and have done nothing yet",
    "write.recorded": "what is about to be sent is recorded, nothing of it is sent",
    "write.sent": "the source has answered, nothing of that is recorded",
    "write.finished": "the outcome of a write is recorded, the caller has not been told",
    "write.read_back": "a write in doubt was read back, its outcome is not recorded",
}
"""Every place, and how things stand when it is passed."""

Handling = Callable[[], Awaitable[None]]
_TAENDT: dict[str, Handling] = {}


async def failpoint(sted: str) -> None:
    """Pass a place."""
    if _TAENDT and (handling := _TAENDT.get(sted)) is not None:
        await handling()


def switch_on(handlinger: Mapping[str, Handling]) -> None:
    """From here on these are done at these places, and nothing at others."""
    _TAENDT.clear()
    _TAENDT.update(handlinger)

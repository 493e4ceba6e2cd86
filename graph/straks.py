"""The shortest way to an answer that is kept: the same bytes, asked with the same token, are the same question.

Owns the memory of which request asked what. Refuses to know whether an answer still holds (graph/genbrug.py), whether a
token does (graph/caller.py), and how freshness reads (graph/changes.py): all three are asked each time.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, TypeAlias
from uuid import UUID

from fkorg.errors import Unavailable
from graph.answer import Sted, Svar
from graph.caller import Principal, TokenAfvist
from graph.documents import Lager
from graph.genbrug import Genbrug

STOERST: Final = 8 * 1024
"""Bytes of a request that is remembered; there are at most `MEST`."""
MEST: Final = 2_000
_ENS: Final = (b"authorization", b"content-type", b"accept")
"""Headers that make requests differ."""
_LANGVEJS: Final = frozenset((b"x-mindst", b"x-forklar", b"if-none-match", b"transfer-encoding"))
"""Headers with which a request goes the long way."""

Hoveder: TypeAlias = tuple[bytes, ...]


@dataclass(slots=True)
class Straks:
    """One per process. `kalder`: as of the doors (graph/http.py); `friskhed`: that of an answer, None when somebody has
    to be asked."""

    genbrug: Genbrug
    kalder: Callable[[Sequence[str], datetime, str | None], Principal]
    friskhed: Callable[[UUID, Svar, datetime], bytes | None]
    _kendt: Lager[bytes, tuple[Principal, Sted, str]] = field(default_factory=lambda: Lager(MEST), init=False)
    """By the digest of a request: neither tokens nor what was asked stay in memory."""

    def hoveder(self, headers: Iterable[tuple[bytes, bytes]]) -> Hoveder | None:
        """What makes the request differ from others with its body; None when it goes the long way."""
        found: dict[bytes, bytes] = {}
        length = STOERST + 1
        for navn, vaerdi in headers:
            if navn in _LANGVEJS or navn in found:
                return None
            if navn in _ENS:
                found[navn] = vaerdi
            elif navn == b"content-length" and vaerdi.isdigit():
                length = int(vaerdi)
        return tuple([found.get(navn, b"") for navn in _ENS]) if length <= STOERST else None

    def find(
        self, hoveder: Hoveder, body: bytes, now: datetime, certifikat: str | None
    ) -> tuple[Svar, bytes, str] | None:
        """The answer, its freshness and its media type; None when the long way has to be gone."""
        kendt = self._kendt.get(_digest(hoveder, body))
        if kendt is None:
            return None
        principal, sted, media = kendt
        try:
            if self.kalder([hoveder[0].decode("latin-1")], now, certifikat) is not principal:
                return None
        except (TokenAfvist, Unavailable):
            return None
        svar = self.genbrug.straks(sted, now)
        friskhed = None if svar is None else self.friskhed(sted[0], svar, now)
        return None if svar is None or friskhed is None else (svar, friskhed, media)

    def husk(self, hoveder: Hoveder, body: bytes, principal: Principal, sted: Sted, media: str) -> None:
        """The request was answered so."""
        self._kendt.put(_digest(hoveder, body), (principal, sted, media))


def _digest(hoveder: Hoveder, body: bytes) -> bytes:
    """No header holds a NUL: the parts cannot be mistaken for one another."""
    return hashlib.blake2b(b"\0".join((*hoveder, body)), digest_size=32).digest()

"""Followers who have been told all that is there are told the rest together: one stream, given to each at once.

Owns who stands in which choir, and that nobody is told anything twice or not at all when he comes or goes. Refuses to
know what is told (the stream is handed in) and how it is carried away (`Tag`). A follower joins when his position is
not behind the choir's, and is passed by until it is ahead of his; he leaves when he cannot take what is told, and goes
on alone from the last he took. When the stream ends or fails, all go on alone.
"""

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable, Hashable
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from fkorg.errors import Unavailable
from fkorg.tasks import cancelled
from graph.answer import Svar
from model.stand import Stand

LOG: Final = logging.getLogger(__name__)
AD_GANGEN: Final = 50
"""So many are told before others of this process have their turn."""


@dataclass(frozen=True, slots=True)
class Levering:
    """One answer of a subscription. `stand`: the position to go on from after it, as text, and `sted` as we know it;
    None for an answer that is no part of the log. `ny`: it tells of a change, which nobody is to hear of twice.
    `alt`: no more is known to wait."""

    svar: Svar
    stand: str | None = None
    sted: Stand | None = None
    ny: bool = False
    alt: bool = False


Tag: TypeAlias = Callable[[Levering], bool]
"""Take it at once. False: it cannot be taken so; it was not."""
Stroem: TypeAlias = Callable[[str], AsyncGenerator[Levering, None]]
"""What is told after a position."""


@dataclass(slots=True, eq=False)
class _Medlem:
    tag: Tag
    sted: Stand
    stand: str
    ude: "asyncio.Future[bool]"
    """Done when he goes on alone: True when he may soon come again."""


@dataclass(slots=True, eq=False)
class _Kor:
    sted: Stand
    medlemmer: dict[_Medlem, None] = field(default_factory=dict)
    task: "asyncio.Task[None] | None" = None

    async def syng(self, stroem: AsyncGenerator[Levering, None]) -> None:
        """Give to each what the stream tells, until it ends, or tells what each has to be told by himself."""
        async with aclosing(stroem) as told:
            async for levering in told:
                if levering.sted is None or levering.stand is None:
                    return
                self.sted = levering.sted
                for nummer, medlem in enumerate(list(self.medlemmer), 1):
                    if medlem in self.medlemmer:
                        self._giv(medlem, levering, levering.sted, levering.stand)
                    if nummer % AD_GANGEN == 0:
                        await asyncio.sleep(0)

    def _giv(self, medlem: _Medlem, levering: Levering, sted: Stand, stand: str) -> None:
        if _orden(sted) < _orden(medlem.sted) or (levering.ny and sted == medlem.sted):
            return
        if medlem.tag(levering):
            medlem.sted, medlem.stand = sted, stand
        else:
            self.gaar(medlem, igen=True)

    def gaar(self, medlem: _Medlem, *, igen: bool) -> None:
        """He goes on alone."""
        self.medlemmer.pop(medlem, None)
        if not medlem.ude.done():
            medlem.ude.set_result(igen)


@dataclass(slots=True)
class Kore:
    """The choirs of a process, by what makes them hear the same."""

    _kor: dict[Hashable, _Kor] = field(default_factory=dict)

    def __len__(self) -> int:
        return sum(len(kor.medlemmer) for kor in self._kor.values())

    def kan(self, noegle: Hashable, sted: Stand) -> bool:
        """May a follower who has been told all up to there join? There may be no choir yet: then he is its first."""
        kor = self._kor.get(noegle)
        return kor is None or (kor.sted.incarnation == sted.incarnation and _orden(sted) >= _orden(kor.sted))

    async def med(self, noegle: Hashable, sted: Stand, stand: str, tag: Tag, stroem: Stroem) -> tuple[str, bool]:
        """Be told with the others until one has to go on alone: from where, and may he soon come again? At once when
        they have gone on since `kan` was asked."""
        if not self.kan(noegle, sted):
            return stand, True
        kor = self._kor.get(noegle)
        if kor is None:
            kor = self._kor[noegle] = _Kor(sted)
            kor.task = asyncio.create_task(self._led(noegle, kor, stroem(stand)))
        medlem = _Medlem(tag, sted, stand, asyncio.get_running_loop().create_future())
        kor.medlemmer[medlem] = None
        try:
            igen = await medlem.ude
        finally:
            kor.medlemmer.pop(medlem, None)
            if not kor.medlemmer and self._kor.get(noegle) is kor:
                del self._kor[noegle]
                assert kor.task is not None, "a choir is led from its beginning"
                await cancelled(kor.task)
        return medlem.stand, igen

    async def _led(self, noegle: Hashable, kor: _Kor, stroem: AsyncGenerator[Levering, None]) -> None:
        try:
            await kor.syng(stroem)
        except Unavailable as error:
            LOG.warning("followers go on one by one: %s", error)
        except Exception:
            LOG.exception("followers go on one by one")
        finally:
            if self._kor.get(noegle) is kor:
                del self._kor[noegle]
            for medlem in list(kor.medlemmer):
                kor.gaar(medlem, igen=False)


def _orden(sted: Stand) -> tuple[int, int]:
    return sted.xid, sted.seq

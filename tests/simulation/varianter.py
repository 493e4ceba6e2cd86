"""Six ways to get it wrong, each switched on in the simulation alone: it must see them (ingest.md 8, R4)."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any, Final
from unittest.mock import patch
from uuid import UUID

from fkorg.catalogue import Objekttype
from ingest import afstemning, refresh
from ingest.beslut import Beslutning, Faerdig, Laesning, beslut
from model import dirty
from model.afstemning import Afstemning
from model.projection import apply, vaern
from model.projection.apply import Post
from model.projection.vaern import Laest, Lagret, Version
from tests.simulation import hukommelse, verden
from tests.simulation.hukommelse import Row, Tabeller
from tests.simulation.verden import Udfald, koer


@contextmanager
def _ack_first() -> Iterator[None]:
    """A message is acknowledged before it is committed."""
    with patch.object(verden, "KVITTER_FOERST", True):
        yield


@contextmanager
def _no_generation() -> Iterator[None]:
    """A row is cleared although it was marked again while it was read."""

    def clear(
        t: Tabeller, organisation: list[UUID], objekttype: list[str], uuid: list[UUID], gen: list[int]
    ) -> list[Row]:
        for key in zip(organisation, objekttype, uuid, strict=True):
            t.dirty.pop(key, None)
        return []

    with hukommelse.instead(dirty.SQL["clear"], clear):
        yield


@contextmanager
def _stale_accepted() -> Iterator[None]:
    """A read older than its message is taken as done."""

    def decide(krav: Any, laest: Laesning, *rest: Any) -> Beslutning:
        return Faerdig() if laest.findes and not krav.bekraefter else beslut(krav, laest, *rest)

    with patch.object(refresh, "beslut", decide):
        yield


@contextmanager
def _guard(verdict: Callable[[Lagret | None, Laest], tuple[vaern.Udfald, Version]]) -> Iterator[None]:
    with patch.object(apply, "afgoer", verdict):
        yield


def _no_guard() -> AbstractContextManager[None]:
    """Whatever is read last wins."""

    def verdict(lagret: Lagret | None, laest: Laest) -> tuple[vaern.Udfald, Version]:
        return vaern.Udfald.NY, Version(laest.reg_ns)

    return _guard(verdict)


def _strict_guard() -> AbstractContextManager[None]:
    """Only a later registration time is news: two contents of one time are never told apart."""

    def verdict(lagret: Lagret | None, laest: Laest) -> tuple[vaern.Udfald, Version]:
        udfald, version = vaern.afgoer(lagret, laest)
        same = lagret is not None and laest.reg_ns == lagret.reg_ns
        return (vaern.Udfald.SAMME if same else udfald), version

    return _guard(verdict)


@contextmanager
def _delete_by_absence() -> Iterator[None]:
    """What the export does not hold is deleted."""

    async def uset(gang: afstemning.Gang, en: Afstemning, objekttype: Objekttype, efter: UUID) -> list[UUID]:
        uuids = await _met(gang, en, objekttype, efter)
        async with gang.pool.transaction() as tx:
            kontekst = await apply.kontekst_af(tx, en.organisation)
            posts = [Post(objekttype, uuid, None, "AFSTEMNING", tilbage=True) for uuid in uuids]
            await apply.anvend(tx, gang.leder, kontekst, posts, gang.clock())
        return []

    _met = afstemning.Gang._uset
    with patch.object(afstemning.Gang, "_uset", uset):
        yield


VARIANTER: Final[dict[str, Callable[[], AbstractContextManager[None]]]] = {
    "ack-first": _ack_first,
    "no-generation": _no_generation,
    "stale-accepted": _stale_accepted,
    "no-guard": _no_guard,
    "strict-guard": _strict_guard,
    "delete-by-absence": _delete_by_absence,
}


def prov(seed: int, variant: str | None = None) -> Udfald:
    """Run one world, of the product or of a wrong variant."""
    with VARIANTER[variant]() if variant else nullcontext():
        return koer(seed)

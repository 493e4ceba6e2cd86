"""Freshness: how old the read model is, and whether it can be trusted to be told of changes (ingest.md 7).

Owns the deduction from what ingest recorded, and a short memory of it per process. Refuses to know positions: each
answer joins its own `stand`. It never claims later than the truth: what was recorded is taken for no more than it says,
memory only makes it older, and a claim ages by the clock when nothing new can be learnt.

The contract with ingest, in `feed_state`: `last_empty_at` is written each second while a channel is connected, drained
and has nothing in hand, so that it is also the channel's sign of life; `connected_since` and `disconnected_at` at the
turns. The row with `kanal` SOAP is the source: `source_ok_at` and `source_failed_at` of its last answers.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, Protocol
from uuid import UUID

import orjson

from fkorg import tid
from fkorg.errors import Unavailable
from model import sql
from model.pool import Record

SQL: Final = sql.load(__file__)
KILDE: Final = "SOAP"
"""The `kanal` of the row that tells of the source itself."""
FRISK_TIL: Final = timedelta(seconds=10)
"""FRISK while messages are in up to this long ago."""
BAGUD_TIL: Final = timedelta(minutes=15)
"""BAGUD up to this, FORAELDET beyond it."""
HUSKES: Final = timedelta(seconds=1)
"""How long facts are taken from memory."""


class Friskhedsstatus(StrEnum):
    """FRISK: up to date. BAGUD: behind, or cut off for a moment. FORAELDET: too old. BOOTSTRAP: first fill."""

    FRISK = "FRISK"
    BAGUD = "BAGUD"
    FORAELDET = "FORAELDET"
    BOOTSTRAP = "BOOTSTRAP"


@dataclass(frozen=True, slots=True)
class Kanal:
    """One door that messages come through."""

    connected_since: datetime | None
    disconnected_at: datetime | None
    last_empty_at: datetime | None

    @property
    def forbundet(self) -> bool:
        """Is the channel connected, by what was last recorded?"""
        if self.connected_since is None:
            return False
        return self.disconnected_at is None or self.disconnected_at < self.connected_since


@dataclass(frozen=True, slots=True)
class Fakta:
    """What was recorded of one municipality, at one moment."""

    bootstrap: bool
    kanaler: tuple[Kanal, ...]
    kilde_tilgaengelig: bool
    besked_venter_siden: datetime | None
    venter_siden: datetime | None
    ventende: int
    parkerede: int
    verificeret_til: datetime | None


@dataclass(frozen=True, slots=True)
class Friskhed:
    """The answer, without its position."""

    status: Friskhedsstatus
    beskeder_til: datetime | None
    verificeret_til: datetime | None
    aeldste_ventende: timedelta
    ventende: int
    parkerede: int
    kanal_forbundet: bool
    kilde_tilgaengelig: bool


class Asks(Protocol):
    """A pool or lease that runs one statement."""

    async def fetch(self, text: str, *values: object) -> list[Record]: ...


@dataclass
class Freshness:
    """Asks the database at most once per municipality and `huskes`; many askers share one question."""

    database: Asks
    huskes: timedelta = HUSKES
    _kendt: dict[UUID, tuple[datetime, Fakta | None]] = field(default_factory=dict, init=False)
    _spoerger: dict[UUID, asyncio.Task[Fakta | None]] = field(default_factory=dict, init=False)

    async def of(self, organisation: UUID, now: datetime) -> Friskhed:
        """How fresh the municipality's model is. While the database is away: what was last known, aged to `now`.

        Raises LookupError for a municipality that is not served here, Unavailable when nothing is known yet.
        """
        _, facts = self._kendt.get(organisation, (None, None))
        if self.siden(organisation, now) is None:
            facts = await self._ask(organisation, now, facts)
        if facts is None:
            raise LookupError("this municipality is not served here")
        return deduce(facts, now)

    def siden(self, organisation: UUID, now: datetime) -> datetime | None:
        """When the facts that `of` would use were asked for; None when it would ask anew."""
        known_at, _ = self._kendt.get(organisation, (None, None))
        return known_at if known_at is not None and timedelta(0) <= now - known_at < self.huskes else None

    async def _ask(self, organisation: UUID, now: datetime, known: Fakta | None) -> Fakta | None:
        task = self._spoerger.get(organisation)
        if task is None:
            task = asyncio.create_task(read(self.database, organisation))
            self._spoerger[organisation] = task
            task.add_done_callback(lambda _: self._spoerger.pop(organisation, None))
        try:
            facts = await asyncio.shield(task)
        except Unavailable:
            if known is None:
                raise
            return known
        self._kendt[organisation] = (now, facts)
        return facts


async def read(database: Asks, organisation: UUID) -> Fakta | None:
    """The facts of one municipality; None when it is not served here."""
    statement = SQL["facts"]
    rows = await database.fetch(statement.text, organisation)
    return _facts(rows) if rows else None


def deduce(facts: Fakta, now: datetime) -> Friskhed:
    """Freshness at a moment, from facts that may be older."""
    til = beskeder_til(facts)
    forbundet = any(kanal.forbundet for kanal in facts.kanaler)
    waiting = timedelta(0) if facts.venter_siden is None else max(now - facts.venter_siden, timedelta(0))
    return Friskhed(
        status=_status(facts, til, forbundet, now),
        beskeder_til=til,
        verificeret_til=facts.verificeret_til,
        aeldste_ventende=waiting,
        ventende=facts.ventende,
        parkerede=facts.parkerede,
        kanal_forbundet=forbundet,
        kilde_tilgaengelig=facts.kilde_tilgaengelig,
    )


def beskeder_til(facts: Fakta) -> datetime | None:
    """Messages up to this moment are in, on every channel; None: nothing can be said yet.

    A channel was last known empty at `last_empty_at`, whatever happened to it since; what came by then and is not yet
    applied counts from when it was first marked.
    """
    tider = [kanal.last_empty_at for kanal in facts.kanaler]
    if not tider or None in tider:
        return None
    return min(t for t in (*tider, facts.besked_venter_siden) if t is not None)


def fragment(friskhed: Friskhed, stand: str) -> bytes:
    """The JSON of `extensions.friskhed`; the position is that of the answer it is joined to."""
    return orjson.dumps(
        {
            "status": friskhed.status.value,
            "stand": stand,
            "beskederTil": _text(friskhed.beskeder_til),
            "verificeretTil": _text(friskhed.verificeret_til),
        }
    )


def _status(facts: Fakta, til: datetime | None, forbundet: bool, now: datetime) -> Friskhedsstatus:
    if facts.bootstrap:
        return Friskhedsstatus.BOOTSTRAP
    if til is None or now - til > BAGUD_TIL:
        return Friskhedsstatus.FORAELDET
    if now - til > FRISK_TIL or not forbundet or not facts.kilde_tilgaengelig:
        return Friskhedsstatus.BAGUD
    return Friskhedsstatus.FRISK


def _facts(rows: Sequence[Record]) -> Fakta:
    first = rows[0]
    kilde = next((row for row in rows if row["kanal"] == KILDE), None)
    return Fakta(
        bootstrap=first["tilstand"] != "KLAR",
        kanaler=tuple(
            Kanal(row["connected_since"], row["disconnected_at"], row["last_empty_at"])
            for row in rows
            if row["kanal"] not in (None, KILDE)
        ),
        kilde_tilgaengelig=kilde is not None and _ok(kilde["source_ok_at"], kilde["source_failed_at"]),
        besked_venter_siden=first["besked_venter_siden"],
        venter_siden=first["venter_siden"],
        ventende=first["ventende"],
        parkerede=first["parkerede"],
        verificeret_til=_earlier(first["verificeret_at"], first["aldrig_verificeret_at"]),
    )


def _ok(ok_at: datetime | None, failed_at: datetime | None) -> bool:
    return ok_at is not None and (failed_at is None or ok_at >= failed_at)


def _earlier(one: datetime | None, other: datetime | None) -> datetime | None:
    return min((t for t in (one, other) if t is not None), default=None)


def _text(moment: datetime | None) -> str | None:
    return None if moment is None else tid.format_ns(tid.from_datetime(moment))

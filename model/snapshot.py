"""A walk through the export: where it stands, what it has seen; and the municipalities served.

Owns `snapshot_run`, `snapshot_seen`, `anvenderkontekst`. Refuses to know SOAP.
A run is resumed from its page token after a kill at any page (ingest.md 5).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from fkorg.catalogue import Objekttype
from model import sql
from model.pool import Connection

SQL: Final = sql.load(__file__)


@dataclass(frozen=True, slots=True)
class Run:
    """A run that is under way."""

    organisation: UUID
    id: int
    phase: str
    page_token: dict[str, Any]
    started_at: datetime


@dataclass(frozen=True, slots=True)
class Anvenderkontekst:
    """A municipality that is served. `tilstand`: BOOTSTRAP until the first fill is done, then KLAR."""

    cvr: str
    organisation: UUID
    rod: UUID | None
    tilstand: str


async def resume(tx: Connection, organisation: UUID) -> Run | None:
    """The run that was cut short, if there is one."""
    row = await SQL["running"].fetchrow(tx, organisation=organisation)
    return None if row is None else Run(organisation, row["id"], row["phase"], row["page_token"], row["started_at"])


async def begin(tx: Connection, organisation: UUID, phase: str, now: datetime) -> Run:
    """A new run from the first page."""
    run = await SQL["begin"].fetchval(tx, organisation=organisation, phase=phase, now=now)
    return Run(organisation, run, phase, {}, now)


async def step(tx: Connection, run: Run, phase: str, page_token: dict[str, Any]) -> Run:
    """In a page's own transaction: the next one to ask for."""
    await SQL["step"].execute(tx, organisation=run.organisation, id=run.id, phase=phase, page_token=page_token)
    return Run(run.organisation, run.id, phase, page_token, run.started_at)


async def seen(tx: Connection, run: Run, objekter: Sequence[tuple[Objekttype, UUID, int | None]]) -> None:
    """These objects were in the export."""
    await SQL["seen"].execute(
        tx,
        organisation=run.organisation,
        run=run.id,
        objekttype=[objekttype.value for objekttype, *_ in objekter],
        uuid=[uuid for _, uuid, _ in objekter],
        reg_ns=[reg_ns for *_, reg_ns in objekter],
    )


async def unseen(
    tx: Connection, run: Run, objekttyper: Sequence[Objekttype]
) -> tuple[list[tuple[Objekttype, UUID]], int]:
    """Live objects of these types that the run has not met, unchanged since it began; and how many live ones are."""
    rows = await SQL["unseen"].fetch(
        tx,
        organisation=run.organisation,
        run=run.id,
        started_at=run.started_at,
        objekttyper=[objekttype.value for objekttype in objekttyper],
    )
    live = await SQL["live"].fetchval(
        tx, organisation=run.organisation, objekttyper=[objekttype.value for objekttype in objekttyper]
    )
    return [(Objekttype(row["objekttype"]), row["uuid"]) for row in rows], live


async def finish(tx: Connection, run: Run, state: str, now: datetime) -> None:
    """DONE or BRAKED; what was seen is forgotten."""
    await SQL["finish"].execute(tx, organisation=run.organisation, id=run.id, state=state, now=now)
    await SQL["forget"].execute(tx, organisation=run.organisation, run=run.id)


async def kontekst(tx: Connection, cvr: str) -> Anvenderkontekst | None:
    """The municipality of a CVR number, when it is served here."""
    row = await SQL["kontekst"].fetchrow(tx, cvr=cvr)
    return None if row is None else Anvenderkontekst(**dict(row))


async def modtagere(tx: Connection, cvrs: Sequence[str]) -> tuple[dict[str, Anvenderkontekst], bytes]:
    """Those of these municipalities that are served here, by CVR; and the key of hashes (rules.md 35)."""
    rows = [dict(row) for row in await SQL["modtagere"].fetch(tx, cvrs=cvrs)]
    (secret,) = {row.pop("secret") for row in rows}
    return {row["cvr"]: Anvenderkontekst(**row) for row in rows if row["cvr"] is not None}, secret


async def kontekster(tx: Connection) -> list[Anvenderkontekst]:
    """All municipalities served here."""
    return [Anvenderkontekst(**dict(row)) for row in await SQL["kontekster"].fetch(tx)]


async def set_kontekst(tx: Connection, cvr: str, organisation: UUID, rod: UUID | None) -> Anvenderkontekst:
    """Serve a municipality. One that is served already keeps its state, and its root: that follows its Organisation."""
    row = await SQL["set_kontekst"].fetchrow(tx, cvr=cvr, organisation=organisation, rod=rod)
    assert row is not None
    return Anvenderkontekst(**dict(row))


async def set_tilstand(tx: Connection, organisation: UUID, tilstand: str) -> None:
    """BOOTSTRAP or KLAR."""
    await SQL["set_tilstand"].execute(tx, organisation=organisation, tilstand=tilstand)


async def manglende(tx: Connection, organisation: UUID, objekttype: Objekttype, efter: UUID, antal: int) -> list[UUID]:
    """Objects of the type that others point at and that are not stored, in order of uuid: the gaps to fill by list."""
    name = f"manglende_{objekttype.value.lower()}"
    rows = await SQL[name].fetch(tx, organisation=organisation, efter=efter, antal=antal)
    return [row["uuid"] for row in rows]

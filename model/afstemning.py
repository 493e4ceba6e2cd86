"""Comparisons with the source: where one stands, what it found, what came of it. Owns the tables `afstemning*`.

Refuses to know SOAP and how a difference is put right. What was met and agrees is verified (`objekt.verificeret_at`);
so what was not met is what has not been verified since the comparison began.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from fkorg.catalogue import Objekttype
from fkorg.registrering import Livscyklus, Objekt
from model import sql
from model.pool import Connection
from model.projection.vaern import Lagret

SQL: Final = sql.load(__file__)
EKSPORT: Final = "EKSPORT"
"""The phase that a comparison begins with."""
Noegle = tuple[Objekttype, UUID]


@dataclass(frozen=True, slots=True)
class Afstemning:
    """A comparison that is under way. `straks`: somebody waits for it, so it takes no pauses."""

    organisation: UUID
    id: int
    straks: bool
    phase: str
    page_token: Mapping[str, Any]
    started_at: datetime
    skannet: int = 0
    """Objects compared so far."""


@dataclass(frozen=True, slots=True)
class Rapport:
    """What a finished comparison came to. Counts of objects; lists are in order of type and uuid.

    `tabt_besked`: changes of units and users that no message told. `uden_besked`: those of types that send none.
    """

    id: int
    startet: datetime
    afsluttet: datetime
    skannet: int
    mangler: int
    foraeldet: int
    ekstra: int
    rettet: int
    bremset: int | None
    kort: int
    """Cards that did not say what the tables say: a fault of ours, made anew."""
    uden_besked: int
    tabt_besked: Sequence[Objekt]


async def aaben(connection: Connection, organisation: UUID) -> Afstemning | None:
    """The one that is under way, if there is one."""
    row = await SQL["aaben"].fetchrow(connection, organisation=organisation)
    return None if row is None else Afstemning(organisation, **dict(row))


async def begynd(tx: Connection, organisation: UUID, phase: str, now: datetime, *, straks: bool) -> int:
    """A new one, or the one that is under way; its number. `straks`: one that takes its time is given up for it, so
    that all is compared from now on."""
    if straks:
        await SQL["viger"].execute(tx, organisation=organisation, now=now)
    found: int = await SQL["begynd"].fetchval(tx, organisation=organisation, phase=phase, now=now, straks=straks)
    return found


async def forfra(tx: Connection, now: datetime) -> None:
    """One of everything, at once, in every municipality that is filled. Those under way are given up: what they have
    compared was another state of the database."""
    await SQL["opgiv"].execute(tx, now=now)
    await SQL["forfra"].execute(tx, phase=EKSPORT, now=now)


async def skridt(tx: Connection, en: Afstemning, phase: str, page_token: Mapping[str, Any], skannet: int) -> None:
    """In a page's own transaction: where to go on, and how many objects it held."""
    await SQL["skridt"].execute(
        tx, organisation=en.organisation, id=en.id, phase=phase, page_token=dict(page_token), skannet=skannet
    )


async def lagrede(
    tx: Connection, organisation: UUID, noegler: Sequence[Noegle], spurgt: datetime
) -> tuple[dict[Noegle, Lagret], set[Noegle]]:
    """What is stored of these objects; and which of them were applied after the source was asked, so that its answer
    says nothing about them."""
    rows = await SQL["lagrede"].fetch(
        tx,
        organisation=organisation,
        spurgt=spurgt,
        objekttype=[objekttype.value for objekttype, _ in noegler],
        uuid=[uuid for _, uuid in noegler],
    )
    fundne = {
        (Objekttype(row["objekttype"]), row["uuid"]): Lagret(
            row["reg_ns"], row["rewind"], row["tie"], row["content_hash"], Livscyklus(row["livscyklus"]).levende
        )
        for row in rows
    }
    return fundne, {(Objekttype(row["objekttype"]), row["uuid"]) for row in rows if row["senere"]}


async def noter(tx: Connection, en: Afstemning, forskelle: Iterable[tuple[Noegle, str]]) -> None:
    """These differ."""
    listed = list(forskelle)
    await SQL["noter"].execute(
        tx,
        organisation=en.organisation,
        id=en.id,
        objekttype=[objekttype.value for (objekttype, _), _ in listed],
        uuid=[uuid for (_, uuid), _ in listed],
        forskel=[forskel for _, forskel in listed],
    )


async def uset(connection: Connection, en: Afstemning, objekttype: Objekttype, efter: UUID, antal: int) -> list[UUID]:
    """Live objects of the type that have not been verified since it began, in order of uuid; those that wait to be
    read anyway, or are noted already, are left out."""
    values = {"organisation": en.organisation, "id": en.id, "started_at": en.started_at}
    rows = await SQL["uset"].fetch(connection, **values, objekttype=objekttype.value, efter=efter, antal=antal)
    return [row["uuid"] for row in rows]


async def antal_uset(connection: Connection, en: Afstemning, objekttype: Objekttype) -> int:
    """How many of them there are."""
    values = {"organisation": en.organisation, "id": en.id, "started_at": en.started_at}
    found: int = await SQL["antal_uset"].fetchval(connection, **values, objekttype=objekttype.value)
    return found


async def antal_ekstra(connection: Connection, en: Afstemning) -> int:
    """How many live objects the source was found not to have."""
    found: int = await SQL["antal_ekstra"].fetchval(connection, organisation=en.organisation, id=en.id)
    return found


async def levende(connection: Connection, organisation: UUID, objekttyper: Sequence[Objekttype]) -> int:
    """How many live objects of these types there are."""
    found: int = await SQL["levende"].fetchval(
        connection, organisation=organisation, objekttyper=[objekttype.value for objekttype in objekttyper]
    )
    return found


async def udestaaende(connection: Connection, en: Afstemning) -> int:
    """How many of the differences are still to be read back or confirmed."""
    found: int = await SQL["udestaaende"].fetchval(connection, organisation=en.organisation, id=en.id)
    return found


async def afslut(tx: Connection, en: Afstemning, now: datetime) -> None:
    """It is over: what was put right is counted."""
    await SQL["afslut"].execute(tx, organisation=en.organisation, id=en.id, now=now)


async def forkerte_kort(tx: Connection, en: Afstemning, antal: int) -> None:
    """So many cards were found wrong, and made anew."""
    await SQL["kort"].execute(tx, organisation=en.organisation, id=en.id, antal=antal)


async def brems(tx: Connection, en: Afstemning, fravaerende: int) -> None:
    """So many were absent that nothing was touched."""
    await SQL["brems"].execute(tx, organisation=en.organisation, id=en.id, fravaerende=fravaerende)


async def prune(tx: Connection, organisation: UUID, before: datetime, *, antal: int) -> int:
    """Forget comparisons that ended before that, never the latest outcome; `antal` rows at most. How many went."""
    values = {"organisation": organisation, "before": before, "antal": antal}
    return await SQL["prune_forskelle"].execute(tx, **values) or await SQL["prune"].execute(tx, **values)


async def rapport(connection: Connection, organisation: UUID, nummer: int | None = None) -> Rapport | None:
    """What the comparison of that number came to, without one the latest; None while there is none that has ended."""
    row = await SQL["rapport"].fetchrow(connection, organisation=organisation, nummer=nummer)
    if row is None:
        return None
    rettede = await SQL["rettede"].fetch(connection, organisation=organisation, id=row["id"])
    objekter = [(Objekt(organisation, Objekttype(one["objekttype"]), one["uuid"]), one["tabt"]) for one in rettede]
    tabte = [objekt for objekt, tabt in objekter if tabt]
    return Rapport(**dict(row), uden_besked=len(objekter) - len(tabte), tabt_besked=tabte)

"""The objects to be read back, and the confirm reads. Owns marking, claiming with a lease, and clearing.

Refuses to know SOAP and the read model. A claim moves `due_at` to the lease's end: a crash gives the row back. `gen`
is the number of its last mark, which no other has, also not one of a row that was cleared and came again: a row marked
while it was being read is not cleared. Source: ingest.md 3 and 4.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from fkorg.catalogue import Objekttype
from fkorg.registrering import Objekt
from model import sql
from model.pool import Connection

SQL: Final = sql.load(__file__)
KANAL: Final = "dirty"
"""The channel of the empty NOTIFY that wakes the workers."""
BUNDFAELDNING: Final = timedelta(seconds=60)
"""How long after a touch the confirm read is made, unless said otherwise."""
UANSET: Final = -(2**63)
"""`want_ns` of a mark that asks for no particular registration, nor that there be one: a reference may dangle."""
NOGET: Final = UANSET + 1
"""`want_ns` of a mark that asks for any registration: a message without a time says that there is one."""
BEKRAEFTET: Final = "AFSTEMNING"
"""`aarsag` of what a confirm read finds: we compared with the source again; no message, mutation or page told of it."""
FREMTID: Final = timedelta(minutes=5)
"""A wanted time further ahead than this is a fault of somebody's clock, and is cut to it."""


@dataclass(frozen=True, slots=True)
class Krav:
    """A claimed object: what is wanted of it, and what the row said when it was claimed."""

    objekt: Objekt
    want_ns: int
    gen: int
    aarsag: str
    attempts: int
    first_marked_at: datetime
    wanted_at: datetime
    """Since when `want_ns` has been what it is."""
    bekraefter: bool = False
    """A confirm read: the object is not dirty, it is looked at once more."""
    aeldre: int = 0
    """Reads in a row, each a settle time after the other, that were older or found nothing."""

    @property
    def fortalt(self) -> bool:
        """A message told of it, or of what it hangs on."""
        return self.aarsag == "BESKED" and not self.bekraefter


async def mark(
    tx: Connection,
    objekt: Objekt,
    *,
    want_ns: int = UANSET,
    aarsag: str,
    now: datetime,
    bundfaeldning: timedelta = BUNDFAELDNING,
) -> None:
    """In the caller's transaction: read the object back now, until it is at least as new as `want_ns`."""
    await mark_many(tx, [(objekt, want_ns)], aarsag=aarsag, now=now, bundfaeldning=bundfaeldning)


async def mark_many(
    tx: Connection,
    objekter: Iterable[tuple[Objekt, int]],
    *,
    aarsag: str,
    now: datetime,
    due_at: datetime | None = None,
    bundfaeldning: timedelta | None = BUNDFAELDNING,
) -> None:
    """The same for many. `bundfaeldning` None: no confirm read (the mark is one itself, or a repair)."""
    wanted: dict[Objekt, int] = {}
    for objekt, want_ns in objekter:
        wanted[objekt] = max(want_ns, wanted.get(objekt, UANSET))
    if not wanted:
        return
    wanted = dict(sorted(wanted.items()))  # one order for all who mark, so that no two wait for each other
    await SQL["mark"].execute(
        tx,
        **_keys(wanted),
        want_ns=list(wanted.values()),
        aarsag=aarsag,
        now=now,
        due_at=due_at or now,
        bekraeft_at=None if bundfaeldning is None else now + bundfaeldning,
    )


async def claim(
    tx: Connection, organisation: UUID, *, now: datetime, lease: timedelta, count: int, resten: bool = False
) -> list[Krav]:
    """The most overdue objects of which a registration is wanted, ours until the lease ends; other workers pass by.
    `resten`: those of which none is wanted instead, which merely hang on others or are to be compared."""
    statement = SQL["claim_rest" if resten else "claim"]
    rows = await statement.fetch(tx, organisation=organisation, now=now, lease_end=now + lease, count=count)
    return [
        Krav(
            Objekt(organisation, Objekttype(row["objekttype"]), row["uuid"]),
            row["want_ns"],
            row["gen"],
            row["aarsag"],
            row["attempts"],
            row["first_marked_at"],
            row["wanted_at"],
            aeldre=row["aeldre"],
        )
        for row in rows
    ]


async def claim_confirm(
    tx: Connection, organisation: UUID, *, now: datetime, lease: timedelta, count: int
) -> list[Krav]:
    """Confirm reads that are due, of objects that are not dirty."""
    rows = await SQL["claim_confirm"].fetch(tx, organisation=organisation, now=now, lease_end=now + lease, count=count)
    return [
        Krav(
            Objekt(organisation, Objekttype(row["objekttype"]), row["uuid"]),
            UANSET,
            row["gen"],
            BEKRAEFTET,
            0,
            now,
            now,
            bekraefter=True,
            aeldre=row["aeldre"],
        )
        for row in rows
    ]


async def laas(tx: Connection, objekter: Iterable[Objekt]) -> None:
    """Before the first change of several rows: no two transactions wait for each other then. Who marks goes by the same
    order without asking (`mark_many`)."""
    if some := list(dict.fromkeys(objekter)):
        await SQL["laas"].execute(tx, **_keys(some))


async def release(tx: Connection, organisation: UUID, now: datetime) -> None:
    """Every claim and back-off ends: for a new leader, who alone claims."""
    await SQL["release"].execute(tx, organisation=organisation, now=now)


async def senest(tx: Connection, organisation: UUID, senest: datetime) -> int:
    """Nothing is due later than this; how many were, because the clock had been ahead when they were put off."""
    found: int = await SQL["senest"].fetchval(tx, organisation=organisation, senest=senest)
    return found


async def clear(tx: Connection, krav: Sequence[Krav]) -> None:
    """Done: the rows go, unless they were marked again since the claim."""
    for confirm in (False, True):
        some = [k for k in krav if k.bekraefter is confirm]
        if some:
            name = "clear_confirm" if confirm else "clear"
            await SQL[name].execute(tx, **_keys(k.objekt for k in some), gen=[k.gen for k in some])


async def forlaeng(tx: Connection, krav: Sequence[Krav], lease_end: datetime) -> None:
    """These claims are ours until then, unless their rows were marked again."""
    await SQL["forlaeng"].execute(tx, **_keys(k.objekt for k in krav), gen=[k.gen for k in krav], due_at=lease_end)


async def again(tx: Connection, igen: Sequence[tuple[Krav, datetime]]) -> None:
    """Not done: look at each again then; a row marked again meanwhile keeps its earlier time."""
    for confirm in (False, True):
        some = [(k, due_at) for k, due_at in igen if k.bekraefter is confirm]
        if some:
            name = "again_confirm" if confirm else "again"
            objekter, gen = _keys(k.objekt for k, _ in some), [k.gen for k, _ in some]
            await SQL[name].execute(tx, **objekter, gen=gen, due_at=[due_at for _, due_at in some])


async def confirm(tx: Connection, objekt: Objekt, due_at: datetime, *, aeldre: int = 0) -> None:
    """Have a confirm read made then. `aeldre`: how many of them in a row were older than what is stored."""
    await SQL["confirm_one"].execute(tx, **_key(objekt), due_at=due_at, aeldre=aeldre)


async def put_off(tx: Connection, objekter: Iterable[Objekt], due_at: datetime) -> None:
    """These have just changed: the confirm read that is planned for them is made no earlier."""
    if some := list(objekter):
        await SQL["put_off"].execute(tx, **_keys(some), due_at=due_at)


async def pending(tx: Connection, organisation: UUID) -> int:
    """How many objects are dirty."""
    found: int = await SQL["pending"].fetchval(tx, organisation=organisation)
    return found


async def next_due(tx: Connection, organisation: UUID) -> datetime | None:
    """When the next row, dirty or to be confirmed, is due."""
    found: datetime | None = await SQL["next_due"].fetchval(tx, organisation=organisation)
    return found


async def generations(tx: Connection, organisation: UUID) -> dict[tuple[Objekttype, UUID], int]:
    """Each dirty object's `gen`: what a page of the export may not overwrite when it has moved (ingest.md 5)."""
    rows = await SQL["generations"].fetch(tx, organisation=organisation)
    return {(Objekttype(row["objekttype"]), row["uuid"]): row["gen"] for row in rows}


def _keys(objekter: Iterable[Objekt]) -> dict[str, list[object]]:
    listed = list(objekter)
    return {
        "organisation": [objekt.organisation for objekt in listed],
        "objekttype": [objekt.objekttype.value for objekt in listed],
        "uuid": [objekt.uuid for objekt in listed],
    }


def _key(objekt: Objekt) -> dict[str, object]:
    return {"organisation": objekt.organisation, "objekttype": objekt.objekttype.value, "uuid": objekt.uuid}

"""The change log as readers see it: what changed after a position, in order, without gaps. Source: ingest.md 4.

Owns reading below the xid horizon, the filter of a reader, and how a change that moves many is told to its users.
Refuses to know who may read (the organisation arrives checked), how positions look outside (`stand`), and how the log
is written: the apply path inserts the rows and rings the bell `aendring`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from model import sql
from model.pool import Connection, Record
from model.stand import LEVETID, Aktuel, Stand

SQL: Final = sql.load(__file__)
KANAL: Final = "aendring"
"""The channel of the empty NOTIFY that says: the log has grown."""
VINDUE: Final = 2_000
"""How many changes one page looks at, at most."""
_STUMP: Final = 500
"""How many of them are compared with a subtree at a time."""
_ENHED_SELV: Final = UUID(int=0)
_SIDST: Final = UUID(int=2**128 - 1)
_BRUGERFELTER: Final = {
    "sti": ("enhedsstier",),
    "dybde": ("enhedsstier",),
    "ledere": ("ledere", "lederkaede"),
    "effektivLeder": ("ledere", "lederkaede"),
}
"""What a user's fields are called that follow from a field of the unit."""


@dataclass(frozen=True, slots=True)
class Filter:
    """What a reader wants to be told of; None = no limit. `afledte`: also what follows from other objects' changes."""

    objekttyper: tuple[str, ...] | None = None
    uuid: tuple[UUID, ...] | None = None
    under_enhed: UUID | None = None
    brugere: tuple[UUID, ...] | None = None
    afledte: bool = False


@dataclass(frozen=True, slots=True)
class Aendring:
    """One change. `art` is UDGAAET when the object left the filter with it; `anvendt_at` dates its position."""

    stand: Stand
    art: str
    aarsag: str
    objekttype: str
    uuid: UUID
    reg_ns: int
    anvendt_at: datetime
    felter: tuple[str, ...]
    afledt_af: Stand | None


@dataclass(frozen=True, slots=True)
class Side:
    """A page: `naeste` is where to go on, given at `naeste_givet`; `flere` = ask again (a page may be empty)."""

    aendringer: tuple[Aendring, ...]
    naeste: Stand
    naeste_givet: datetime
    flere: bool
    aktuel: Aktuel


async def aktuel(connection: Connection) -> Aktuel:
    """Where the database is now."""
    row = await SQL["aktuel"].fetchrow(connection)
    if row is None:
        raise LookupError("model_state is empty: the database is not migrated; run `orgraf migrate`")
    return aktuel_of(row)


async def read(
    connection: Connection, organisation: UUID, efter: Stand, filter: Filter, *, antal: int, now: datetime
) -> Side:
    """At most `antal` changes after a position that `stand.start` gave, oldest first."""
    most = antal + 1 if filter.under_enhed is None else _STUMP + 1
    vindue = VINDUE if _narrow(filter) else min(VINDUE, 4 * most)
    rows = await SQL["read"].fetch(
        connection,
        organisation=organisation,
        xid=efter.xid,
        seq=efter.seq,
        fra_seq=efter.seq if efter.rest is None else efter.seq - 1,
        rest=_SIDST if efter.rest is None else efter.rest,
        vindue=vindue,
        now=now,
        afledte=filter.afledte,
        objekttyper=filter.objekttyper,
        uuid=filter.uuid,
        brugere=filter.brugere,
        antal=most,
    )
    here = aktuel_of(rows[0])
    told = [_aendring(row, here.incarnation) for row in rows if row["seq"] is not None]
    cut = told[: most - 1] if len(told) == most else None
    told = told if cut is None else cut
    naeste, givet, flere = (
        _end(rows[0], vindue, efter, now) if cut is None else (cut[-1].stand, cut[-1].anvendt_at, True)
    )
    if filter.under_enhed is not None:
        told = await _under(connection, organisation, filter.under_enhed, told, rows, now)
        if len(told) > antal:
            told = told[:antal]
            naeste, givet, flere = told[-1].stand, told[-1].anvendt_at, True
    return Side(tuple(told), naeste, givet, flere, here)


async def newest(
    connection: Connection, organisation: UUID, objekttype: str, uuid: UUID, *, want_ns: int
) -> Stand | None:
    """The position of the newest visible change of an object that is at least as new as `want_ns`; None: not yet."""
    row = await SQL["newest"].fetchrow(
        connection, organisation=organisation, objekttype=objekttype, uuid=uuid, want_ns=want_ns
    )
    return None if row is None else Stand(row["incarnation"], row["xid"], row["seq"])


async def prune(tx: Connection, organisation: UUID, now: datetime, levetid: timedelta = LEVETID, *, antal: int) -> int:
    """Forget changes that no position reaches back to, a day older than positions live, the oldest `antal` of them at
    most. How many went."""
    foer = now - levetid - timedelta(days=1)
    return await SQL["prune"].execute(tx, organisation=organisation, foer=foer, antal=antal)


def aktuel_of(row: Record) -> Aktuel:
    """Where the database is, from the columns that each statement here selects for it."""
    return Aktuel(row["incarnation"], row["horisont"], row["naeste_xid"], row["replika"])


def _narrow(filter: Filter) -> bool:
    """Does the filter leave out more than derived changes? Then a page looks at many to find few."""
    return (filter.objekttyper, filter.uuid, filter.under_enhed, filter.brugere) != (None, None, None, None)


def _end(row: Record, vindue: int, efter: Stand, now: datetime) -> tuple[Stand, datetime, bool]:
    """Where the window ended: at its last change when it was full, else at the horizon: nothing lies before that."""
    here = aktuel_of(row)
    if row["laest"] >= vindue:
        return Stand(here.incarnation, row["sidste_xid"], row["sidste_seq"]), row["sidste_anvendt_at"], True
    return max(here.stand, efter, key=lambda stand: (stand.xid, stand.seq)), now, False


def _aendring(row: Record, incarnation: int) -> Aendring:
    expanded = row["aarsag"] == "AFLEDT" and row["enhed"] is not None
    told_to_user = row["rest"] != _ENHED_SELV
    felter: Sequence[str] = row["felter"]
    if told_to_user:
        felter = list(dict.fromkeys(egen for felt in felter for egen in _BRUGERFELTER.get(felt, ())))
    cause = row["afledt_xid"]
    return Aendring(
        stand=Stand(incarnation, row["xid"], row["seq"], row["rest"] if expanded else None),
        art="AENDRET" if told_to_user else row["art"],
        aarsag=row["aarsag"],
        objekttype=row["objekttype"],
        uuid=row["uuid"],
        reg_ns=row["reg_ns"],
        anvendt_at=row["anvendt_at"],
        felter=tuple(felter),
        afledt_af=None if cause is None else Stand(incarnation, cause, row["afledt_af"]),
    )


async def _under(
    connection: Connection,
    organisation: UUID,
    under_enhed: UUID,
    told: Sequence[Aendring],
    rows: Sequence[Record],
    now: datetime,
) -> list[Aendring]:
    """Those of the changes whose object is in the subtree, or was until the change: then it is told as UDGAAET."""
    numbers = range(len(told))
    scope = {"organisation": organisation, "under_enhed": under_enhed}
    inside = await SQL["inside"].fetch(
        connection,
        **scope,
        now=now,
        nr=list(numbers),
        objekttype=[one.objekttype for one in told],
        uuid=[one.uuid for one in told],
        enhed=[row["enhed"] for row, _ in zip(rows, told, strict=False)],
    )
    here = {row["nr"] for row in inside}
    outside = [nr for nr in numbers if nr not in here and told[nr].objekttype in _MED_PLADS]
    left = await SQL["before"].fetch(
        connection,
        **scope,
        nr=outside,
        objekttype=[told[nr].objekttype for nr in outside],
        uuid=[told[nr].uuid for nr in outside],
        reg_ns=[rows[nr]["afledt_ns"] or told[nr].reg_ns for nr in outside],
        aarsag=[told[nr].aarsag for nr in outside],
        anvendt_at=[told[nr].anvendt_at for nr in outside],
    )
    gone = {row["nr"] for row in left}
    return [
        one if nr in here or one.art == "SLETTET" else replace(one, art="UDGAAET")
        for nr, one in enumerate(told)
        if nr in here or nr in gone
    ]


_MED_PLADS: Final = frozenset({"ORGANISATION_ENHED", "ORGANISATION_FUNKTION"})
"""The types that have a place in the tree by their own registration, and leave a subtree by it."""

"""The truth's file: one SQLite database that holds every registration of every object, and the messages to send.

A write is on disk when `commit` returns. Knows rows and bytes; what a registration means is sandhed.py's.
"""

import itertools
import json
import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from fkorg.catalogue import Objekttype

_TABELLER: Final = """
create table kommune(navn text primary key, vaerdi text not null) without rowid;
create table objekt(id integer primary key, objekttype text not null, uuid text not null, nyeste integer);
create table registrering(
    id integer primary key, objekt integer not null, tidspunkt_ns integer not null, livscyklus text not null,
    indhold blob not null);
create table henvisning(maal text not null, objekt integer not null, primary key (maal, objekt)) without rowid;
create table besked(
    id integer primary key, besked_id text not null, objekttype text not null, uuid text not null,
    tidspunkt_ns integer not null, livscyklus text not null, slugt integer not null default 0);
create table levering(besked integer not null, kanal text not null, primary key (kanal, besked)) without rowid;
"""
_INDEKSER: Final = """
create unique index objekt_noegle on objekt(objekttype, uuid);
create index objekt_orden on objekt(objekttype, id);
create unique index registrering_tid on registrering(objekt, tidspunkt_ns);
"""


@dataclass(frozen=True, slots=True)
class Raekke:
    """One stored registration of an object, still packed."""

    uuid: str
    tidspunkt_ns: int
    livscyklus: str
    indhold: bytes


def create(path: Path, kommune: dict[str, str]) -> sqlite3.Connection:
    """A new empty file for the bulk load: no journal, one transaction. `finish` makes it the truth's file."""
    path.unlink(missing_ok=True)
    db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    db.executescript("pragma journal_mode = off; pragma synchronous = off; begin;" + _TABELLER)
    db.executemany("insert into kommune values (?, ?)", kommune.items())
    return db


@dataclass(frozen=True, slots=True)
class Nyt:
    """One object of the bulk load: its packed registrations, oldest first, and what the newest points at."""

    objekttype: Objekttype
    uuid: str
    registreringer: Sequence[tuple[int, str, bytes]]
    maal: Sequence[str]


def load(db: sqlite3.Connection, objekter: Iterator[Nyt]) -> None:
    """Adds the objects to a file under creation, a thousand at a time."""
    numre, tider = itertools.count(1), itertools.count(1)
    while some := list(itertools.islice(objekter, 1_000)):
        rows, registreringer, henvisninger = [], [], []
        for nyt in some:
            nr, seneste = next(numre), 0
            for one in nyt.registreringer:
                seneste = next(tider)
                registreringer.append((seneste, nr, *one))
            rows.append((nr, nyt.objekttype.value, nyt.uuid, seneste))
            henvisninger += [(maal, nr) for maal in nyt.maal]
        db.executemany("insert into objekt values (?, ?, ?, ?)", rows)
        db.executemany("insert into registrering values (?, ?, ?, ?, ?)", registreringer)
        db.executemany("insert or ignore into henvisning values (?, ?)", henvisninger)


def finish(db: sqlite3.Connection, path: Path, target: Path) -> None:
    """Indexes, flushes and moves the loaded file to its place: it is there whole or not at all."""
    db.execute("commit")
    db.executescript(_INDEKSER)
    db.close()
    descriptor = os.open(path, os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    path.replace(target)


def connect(path: Path) -> sqlite3.Connection:
    """The truth's file, opened so that a committed write survives the process and the machine."""
    db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    db.executescript("pragma journal_mode = wal; pragma synchronous = full; pragma mmap_size = 1000000000;")
    return db


def kommune(db: sqlite3.Connection) -> dict[str, str]:
    """What the file says of itself."""
    return dict(db.execute("select navn, vaerdi from kommune"))


def find(db: sqlite3.Connection, objekttype: Objekttype, uuid: str) -> int | None:
    """The object's row number."""
    row = db.execute("select id from objekt where objekttype = ? and uuid = ?", (objekttype.value, uuid)).fetchone()
    return None if row is None else int(row[0])


def add_objekt(db: sqlite3.Connection, objekttype: Objekttype, uuid: str) -> int:
    """A new object without registrations."""
    added = db.execute("insert into objekt(objekttype, uuid) values (?, ?)", (objekttype.value, uuid)).lastrowid
    assert added is not None
    return added


def add_registrering(
    db: sqlite3.Connection, objekt: int, tidspunkt_ns: int, livscyklus: str, indhold: bytes, maal: Iterable[str]
) -> None:
    """Its newest registration from now on; `maal` are the UUIDs it points at."""
    added = db.execute(
        "insert into registrering(objekt, tidspunkt_ns, livscyklus, indhold) values (?, ?, ?, ?)",
        (objekt, tidspunkt_ns, livscyklus, indhold),
    ).lastrowid
    db.execute("update objekt set nyeste = ? where id = ?", (added, objekt))
    db.executemany("insert or ignore into henvisning values (?, ?)", ((one, objekt) for one in maal))


def registreringer(db: sqlite3.Connection, objekttype: Objekttype, uuid: str) -> list[Raekke]:
    """All of one object, oldest first."""
    rows = db.execute(
        "select o.uuid, r.tidspunkt_ns, r.livscyklus, r.indhold from objekt o join registrering r on r.objekt = o.id"
        " where o.objekttype = ? and o.uuid = ? order by r.tidspunkt_ns",
        (objekttype.value, uuid),
    )
    return [Raekke(*row) for row in rows]


def nyeste(db: sqlite3.Connection, objekttype: Objekttype, uuids: Sequence[str]) -> dict[str, Raekke]:
    """The newest registration of each object that there is."""
    rows = db.execute(
        "select o.uuid, r.tidspunkt_ns, r.livscyklus, r.indhold from objekt o join registrering r on r.id = o.nyeste"
        " where o.objekttype = ? and o.uuid in (select value from json_each(?))",
        (objekttype.value, json.dumps(list(uuids))),
    )
    return {row[0]: Raekke(*row) for row in rows}


def alle(db: sqlite3.Connection, objekttype: Objekttype, efter: int, antal: int) -> list[tuple[int, Raekke]]:
    """The next objects after a row number, with their newest registration, in the order they were made."""
    rows = db.execute(
        "select o.id, o.uuid, r.tidspunkt_ns, r.livscyklus, r.indhold from objekt o"
        " join registrering r on r.id = o.nyeste where o.objekttype = ? and o.id > ? order by o.id limit ?",
        (objekttype.value, efter, antal),
    )
    return [(row[0], Raekke(*row[1:])) for row in rows]


def peger_paa(db: sqlite3.Connection, objekttype: Objekttype, maal: str) -> list[str]:
    """The UUIDs of the objects of a type that point, or once pointed, at `maal`, in the order they were made."""
    rows = db.execute(
        "select o.uuid from henvisning h join objekt o on o.id = h.objekt"
        " where h.maal = ? and o.objekttype = ? order by o.id",
        (maal, objekttype.value),
    )
    return [row[0] for row in rows]


def antal(db: sqlite3.Connection) -> dict[Objekttype, int]:
    """How many objects there are of each type."""
    rows = db.execute("select objekttype, count(*) from objekt group by objekttype")
    return {Objekttype(navn): count for navn, count in rows}


def remove(db: sqlite3.Connection, objekt: int) -> None:
    """The object and all it ever was."""
    for statement in (
        "delete from henvisning where objekt = ?",
        "delete from registrering where objekt = ?",
        "delete from objekt where id = ?",
    ):
        db.execute(statement, (objekt,))


def overwrite(db: sqlite3.Connection, objekt: int, tidspunkt_ns: int, indhold: bytes) -> None:
    """Another content for a stored registration: anonymising alone rewrites history."""
    db.execute(
        "update registrering set indhold = ? where objekt = ? and tidspunkt_ns = ?", (indhold, objekt, tidspunkt_ns)
    )


@dataclass(frozen=True, slots=True)
class Beskedraekke:
    """One message: when it was made, about which registration; `slugt` when it was never sent."""

    nr: int
    besked_id: str
    objekttype: Objekttype
    uuid: str
    tidspunkt_ns: int
    livscyklus: str
    slugt: bool


def add_besked(
    db: sqlite3.Connection,
    besked_id: str,
    objekttype: Objekttype,
    uuid: str,
    tidspunkt_ns: int,
    livscyklus: str,
    kanaler: Iterable[str],
    *,
    slugt: bool,
) -> None:
    """A message, waiting in each of the channels; `slugt`: it should have been sent and never will be."""
    nr = db.execute(
        "insert into besked(besked_id, objekttype, uuid, tidspunkt_ns, livscyklus, slugt) values (?, ?, ?, ?, ?, ?)",
        (besked_id, objekttype.value, uuid, tidspunkt_ns, livscyklus, slugt),
    ).lastrowid
    db.executemany("insert into levering values (?, ?)", ((nr, kanal) for kanal in kanaler))


def ventende(db: sqlite3.Connection, kanal: str, antal: int) -> list[Beskedraekke]:
    """The oldest messages that wait in the channel."""
    rows = db.execute(
        "select b.* from levering l join besked b on b.id = l.besked where l.kanal = ? order by l.besked limit ?",
        (kanal, antal),
    )
    return list(_beskeder(rows))


def beskeder(db: sqlite3.Connection) -> list[Beskedraekke]:
    """Every message there ever was, oldest first."""
    return list(_beskeder(db.execute("select * from besked order by id")))


def leveret(db: sqlite3.Connection, kanal: str, nr: int) -> None:
    """The message waits in the channel no more."""
    db.execute("delete from levering where kanal = ? and besked = ?", (kanal, nr))


def _beskeder(rows: Iterable[tuple[int, str, str, str, int, str, int]]) -> Iterator[Beskedraekke]:
    for nr, besked_id, objekttype, uuid, tidspunkt_ns, livscyklus, slugt in rows:
        yield Beskedraekke(nr, besked_id, Objekttype(objekttype), uuid, tidspunkt_ns, livscyklus, bool(slugt))

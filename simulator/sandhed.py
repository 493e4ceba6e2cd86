"""The simulator's truth: every registration of every object, kept in its folder and continued at the next start.

Tests and the in-process harness read it, change it (past all rules, when they want) and subscribe to its changes.
Registration times of the sample data lie before a fixed epoch, later ones come from the clock and rise strictly per
object (rules.md 8). Knows no XML and no rule of the operations.
"""

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final
from uuid import UUID, uuid4

from fkorg.catalogue import KATALOG, Objekttype
from fkorg.registrering import Ansvar, Livscyklus, Registrering
from simulator import data, indhold, lager, snavs
from simulator.kommune import byg
from simulator.kommune.byg import Post
from simulator.lager import Beskedraekke, Nyt, Raekke
from simulator.snavs import Saerhed

FIL: Final = "sandhed.sqlite"
BESKED_OM: Final = (Objekttype.ORGANISATION_ENHED, Objekttype.BRUGER)
"""A change of these gives a message; no other change does. Source: domain.md 9.1 and 9.2."""
_PRAECISION: Final = (100, 100, 1_000, 1_000_000)
_HUSKET: Final = 50
_STORE: Final = ("Klasse", "Organisation")


@dataclass(frozen=True, slots=True)
class Aendring:
    """One registration that became the newest of its object; None: the object was physically removed."""

    objekttype: Objekttype
    uuid: UUID
    registrering: Registrering | None


@dataclass(frozen=True, slots=True)
class Fordeling:
    """What becomes of the message about a change: the channels it waits in, or that it is swallowed."""

    kanaler: tuple[str, ...] = ()
    slugt: bool = False


class Sandhed:
    """The open truth. Lives as long as its file is open; every method may be called from any thread."""

    def __init__(self, path: Path, *, ur: Callable[[], int] = time.time_ns) -> None:
        """Opens an existing file; `ur` tells the time in nanoseconds."""
        self._db = lager.connect(path)
        om = lager.kommune(self._db)
        self.size, self.seed, self.cvr = om["size"], int(om["seed"]), om["cvr"]
        self.ramme = byg.ramme(self.seed)
        self.ur = ur
        self.fordeling: Callable[[Objekttype, UUID], Fordeling] = lambda objekttype, uuid: Fordeling()
        self._lock = threading.RLock()
        self._lyttere: list[Callable[[Aendring], None]] = []
        self._nye: list[Aendring] = []
        self._skrevet: dict[tuple[Objekttype, str], list[tuple[int, int]]] = {}
        self.saerheder = self._saerheder()

    @property
    def organisation(self) -> UUID:
        """The municipality's Organisation."""
        return self.ramme.organisation

    def close(self) -> None:
        """Closes the file."""
        with self._lock:
            self._db.close()

    def subscribe(self, lytter: Callable[[Aendring], None]) -> None:
        """Calls `lytter` after each change is on disk, in order, from the thread that changed."""
        self._lyttere.append(lytter)

    # Reading

    def registreringer(self, objekttype: Objekttype, uuid: UUID) -> tuple[Registrering, ...]:
        """All registrations of the object, oldest first; empty when there is no such object."""
        return tuple(self.udpak(row) for row in self.raekker(objekttype, uuid))

    def nyeste(self, objekttype: Objekttype, uuid: UUID) -> Registrering | None:
        """The newest registration, whatever its life cycle code."""
        row = self.nyeste_raekker(objekttype, [str(uuid)]).get(str(uuid))
        return None if row is None else self.udpak(row)

    def as_of(self, objekttype: Objekttype, uuid: UUID, ns: int) -> Registrering | None:
        """The registration that was the newest at that registration time."""
        earlier = [reg for reg in self.registreringer(objekttype, uuid) if reg.tidspunkt_ns <= ns]
        return earlier[-1] if earlier else None

    def objekter(self, objekttype: Objekttype) -> Iterator[tuple[UUID, Registrering]]:
        """Every object of the type with its newest registration, in the order they were made."""
        for row in self.alle_raekker(objekttype):
            yield UUID(row.uuid), self.udpak(row)

    def antal(self) -> dict[Objekttype, int]:
        """How many objects there are of each type."""
        with self._lock:
            return lager.antal(self._db)

    def beskeder(self) -> list[Beskedraekke]:
        """Every message ever made, oldest first, also the swallowed ones."""
        with self._lock:
            return lager.beskeder(self._db)

    def raekker(self, objekttype: Objekttype, uuid: UUID) -> list[Raekke]:
        """As `registreringer`, still packed."""
        with self._lock:
            return lager.registreringer(self._db, objekttype, str(uuid))

    def nyeste_raekker(self, objekttype: Objekttype, uuids: list[str]) -> dict[str, Raekke]:
        """The newest registrations of many objects, still packed; unknown ones are left out."""
        with self._lock:
            return lager.nyeste(self._db, objekttype, uuids)

    def alle_raekker(self, objekttype: Objekttype) -> Iterator[Raekke]:
        """As `objekter`, still packed."""
        efter = 0
        while True:
            with self._lock:
                page = lager.alle(self._db, objekttype, efter, 1_000)
            if not page:
                return
            yield from (row for _, row in page)
            efter = page[-1][0]

    def peger_paa(self, objekttype: Objekttype, maal: UUID) -> list[UUID]:
        """The objects of a type that point, or once pointed, at `maal`; not for classes and organisations."""
        with self._lock:
            return [UUID(uuid) for uuid in lager.peger_paa(self._db, objekttype, str(maal))]

    def udpak(self, row: Raekke) -> Registrering:
        """The registration of a packed row."""
        return indhold.udpak(row.indhold, row.tidspunkt_ns, Livscyklus(row.livscyklus), self.ramme.ansvar)

    def nylige(self, objekttype: Objekttype, uuid: str, efter_ns: int) -> set[int]:
        """The times of the object's registrations that were written after that moment of the clock, since the start."""
        return {tidspunkt for tidspunkt, skrevet in self._skrevet.get((objekttype, uuid), ()) if skrevet > efter_ns}

    # Changing

    @contextmanager
    def transaktion(self) -> Iterator[None]:
        """What is changed inside is on disk, all of it, when the block ends; on an exception none of it is."""
        with self._lock:
            self._db.execute("begin immediate")
            try:
                yield
            except BaseException:
                self._nye.clear()
                self._db.execute("rollback")
                raise
            self._db.execute("commit")
            nye, self._nye = self._nye, []
            for aendring in nye:
                self._note(aendring)
                for lytter in self._lyttere:
                    lytter(aendring)

    def skriv(self, objekttype: Objekttype, uuid: UUID, registrering: Registrering, *, besked: bool = True) -> None:
        """Adds a registration, newer than those there are, inside a transaction; tells of it if its kind is told of.

        No rule of the operations is asked: tests make any dirt with it.
        """
        objekt = lager.find(self._db, objekttype, str(uuid))
        if objekt is None:
            objekt = lager.add_objekt(self._db, objekttype, str(uuid))
        packed = indhold.pak(registrering, self.ramme.ansvar)
        livscyklus, tidspunkt_ns = registrering.livscyklus.value, registrering.tidspunkt_ns
        lager.add_registrering(self._db, objekt, tidspunkt_ns, livscyklus, packed, maal(objekttype, registrering))
        if besked and objekttype in BESKED_OM:
            self._tilfoej_besked(objekttype, uuid, tidspunkt_ns, livscyklus)
        self._nye.append(Aendring(objekttype, uuid, registrering))

    def fjern(self, objekttype: Objekttype, uuid: UUID) -> None:
        """Removes the object and all its registrations inside a transaction. No message tells of it."""
        objekt = lager.find(self._db, objekttype, str(uuid))
        if objekt is not None:
            lager.remove(self._db, objekt)
            self._nye.append(Aendring(objekttype, uuid, None))

    def omskriv(self, objekttype: Objekttype, uuid: UUID, registrering: Registrering) -> None:
        """Other content for the stored registration of that time, inside a transaction."""
        objekt = lager.find(self._db, objekttype, str(uuid))
        if objekt is not None:
            packed = indhold.pak(registrering, self.ramme.ansvar)
            lager.overwrite(self._db, objekt, registrering.tidspunkt_ns, packed)

    def naeste_tid(self, objekttype: Objekttype, uuid: UUID) -> int:
        """The registration time of a change made now: the clock's, with 3, 6 or 7 digits, after the object's newest."""
        now_ns = self.ur()
        tidspunkt_ns = now_ns - now_ns % _PRAECISION[now_ns // 100 % len(_PRAECISION)]
        row = self.nyeste_raekker(objekttype, [str(uuid)]).get(str(uuid))
        return tidspunkt_ns if row is None else max(tidspunkt_ns, row.tidspunkt_ns - row.tidspunkt_ns % 100 + 100)

    def tilfoej_besked(self, objekttype: Objekttype, uuid: UUID) -> None:
        """A message about the object as it is, without a change."""
        row = self.nyeste_raekker(objekttype, [str(uuid)]).get(str(uuid))
        tidspunkt_ns, livscyklus = (self.ur(), "OPSTAAET") if row is None else (row.tidspunkt_ns, row.livscyklus)
        with self.transaktion():
            self._tilfoej_besked(objekttype, uuid, tidspunkt_ns, livscyklus)

    def ventende(self, kanal: str, antal: int) -> list[Beskedraekke]:
        """The oldest messages that wait in a channel."""
        with self._lock:
            return lager.ventende(self._db, kanal, antal)

    def leveret(self, kanal: str, nr: int) -> None:
        """The message was delivered in the channel."""
        with self._lock:
            lager.leveret(self._db, kanal, nr)

    def _note(self, aendring: Aendring) -> None:
        """What is kept in memory of a change on disk: when it was written; that the object is odd no more."""
        objekttype, uuid, registrering = aendring.objekttype, aendring.uuid, aendring.registrering
        self.saerheder.pop((objekttype, uuid), None)
        if registrering is not None:
            skrevet = self._skrevet.setdefault((objekttype, str(uuid)), [])
            skrevet.append((registrering.tidspunkt_ns, self.ur()))
            del skrevet[:-_HUSKET]

    def _saerheder(self) -> dict[tuple[Objekttype, UUID], Saerhed]:
        """The odd objects that nobody has written to since they were made."""
        made = {(post[0], post[1]): len(post[2]) for post in snavs.poster(self.seed)}
        return {
            key: saerhed for key, saerhed in snavs.saerheder(self.seed).items() if len(self.raekker(*key)) == made[key]
        }

    def _tilfoej_besked(self, objekttype: Objekttype, uuid: UUID, tidspunkt_ns: int, livscyklus: str) -> None:
        til = self.fordeling(objekttype, uuid)
        besked_id = str(uuid4())
        lager.add_besked(
            self._db, besked_id, objekttype, str(uuid), tidspunkt_ns, livscyklus, til.kanaler, slugt=til.slugt
        )


def open_sandhed(mappe: Path, size: str, seed: int, *, ur: Callable[[], int] = time.time_ns) -> Sandhed:
    """The truth in that folder, made first if there is none; one of another size or seed is a ValueError."""
    mappe.mkdir(parents=True, exist_ok=True)
    path = mappe / FIL
    if not path.exists():
        _make(mappe / f"{FIL}.ny", path, size, seed)
    sandhed = Sandhed(path, ur=ur)
    if (sandhed.size, sandhed.seed) != (size, seed):
        found = f"size {sandhed.size}, seed {sandhed.seed}"
        sandhed.close()
        raise ValueError(f"wanted size {size}, seed {seed} in {mappe}, found {found}: delete the folder to start anew")
    return sandhed


def maal(objekttype: Objekttype, registrering: Registrering) -> list[str]:
    """What searches by relation look up: all it points at but classes and organisations, which nearly all point at."""
    store = _store(objekttype)
    return [one.reference.id for one in registrering.relationer if one.reference is not None and one.navn not in store]


def _make(ny: Path, path: Path, size: str, seed: int) -> None:
    data.stoerrelse(size)
    fast = byg.ramme(seed).ansvar
    db: sqlite3.Connection = lager.create(ny, {"size": size, "seed": str(seed), "cvr": data.CVR})
    lager.load(db, (_nyt(post, fast) for post in data.generate(size, seed)))
    lager.finish(db, ny, path)


def _nyt(post: Post, fast: Ansvar) -> Nyt:
    objekttype, uuid, registreringer = post
    packed = [(reg.tidspunkt_ns, reg.livscyklus.value, indhold.pak(reg, fast)) for reg in registreringer]
    return Nyt(objekttype, str(uuid), packed, maal(objekttype, registreringer[-1]))


@lru_cache(maxsize=16)
def _store(objekttype: Objekttype) -> frozenset[str]:
    return frozenset(one.navn for one in KATALOG[objekttype].relationer if one.maal in _STORE)

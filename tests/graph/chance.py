"""What random municipalities are made of: moments, texts and uuids with all the dirt, and how rows are cut in time.

Knows no table but through the rows it is given; worlds.py says which objects there are.
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from fkorg import klassifikation
from model.tables import KENDT_NU
from tests import builders
from tests.builders import Kommune, Row

NOW = "2026-03-02T12:00:00+00:00"
"""The moment the properties ask at; some rows start or end in this very microsecond."""
GRAENSER = ("2019-12-31T23:00:00+00:00", "2024-06-30T22:00:00+00:00", NOW, "2026-04-30T22:00:00+00:00")
REGISTRERINGER = (1_735_689_600_000_000_000, 1_769_904_000_123_456_700, 1_772_323_200_000_000_001)
"""2025-01-01; 2026-02-01 with seven digits; 2026-03-01 and one nanosecond."""
TEKSTER = (
    "Børn og Unge", "Ærø Hjemmepleje", "Ålborg", "Aabenraa", "Østerbro", "ydelse", "Zebra", "Kultur & Fritid",
    'Det "blå" hus', "back\\slash", "tab\tog\nny linje", "w\x01\x02\x1f\x7f", "😀 emoji 👩‍👧", "</script>", "\u2028",
    "'; drop table bruger; --", "100 % _sikker_*", "{|}", "null", " ", "l" * 300, "Jørgensen", "jdoe", "JDOE2", "é̂ü",
)  # fmt: skip
UKENDTE = tuple(f"dead0000-0000-4000-8000-{n:012}" for n in range(6))
"""Classes, roles and objects that nobody knows."""
FUNKTIONSTYPER = tuple(str(t) for t in klassifikation.MEDLEMSKABER)
ENHEDSROLLER = tuple(str(r) for r in (klassifikation.ENHED_POSTADRESSE, klassifikation.ENHED_EMAIL, UKENDTE[0]))
BRUGERROLLER = tuple(str(r) for r in (klassifikation.BRUGER_EMAIL, klassifikation.BRUGER_TELEFON, UKENDTE[0]))
KLE = {"00": "Kommunens styrelse", "00.01": "Kommunens styrelse", "00.01.10": "Opgaver i almindelighed",
       "02.05": "Bygninger", "02.05.02": "Byggeri \"på\" ø", "27": "Social service", "27.18.02": "Omsorg"}  # fmt: skip


@dataclass
class Chance:
    """One municipality's rows under way. `shared`: uuids of another one that are used here too."""

    rng: random.Random
    by: Kommune
    shared: dict[str, list[str]] = field(default_factory=dict)
    made: dict[str, list[Row]] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)

    def chance(self, share: float) -> bool:
        return self.rng.random() < share

    def tekst(self, empty: float = 0.08) -> str | None:
        return None if self.chance(empty) else self.rng.choice(TEKSTER)

    def uuid(self, kind: str) -> str:
        """A new uuid, sometimes one that the other municipality has as well."""
        free = [u for u in self.shared.get(kind, ()) if u not in self.used]
        uuid = self.rng.choice(free) if free and self.chance(0.3) else str(self.by.en_uuid())
        self.used.add(uuid)
        return uuid

    def some(self, kind: str, dangling: float = 0.06) -> str:
        """The uuid of an object of that kind, now and then of none."""
        if self.chance(dangling) or not self.made.get(kind):
            return self.rng.choice(UKENDTE)
        return str(self.rng.choice(self.made[kind])["uuid"])

    def status(self) -> dict[str, Any]:
        """AKTIV mostly; INAKTIV; unknown, which has no dates."""
        status = self.rng.choices(("AKTIV", "INAKTIV", None), (86, 8, 6))[0]
        if status is None:
            return {"status": None, "status_fra": None, "status_til": None}
        fra, til = self.rng.choice((None, "-infinity", GRAENSER[0])), self.rng.choice((None, "infinity", GRAENSER[3]))
        return {"status": status, "status_fra": fra, "status_til": til}

    def tilhoerer(self) -> str | None:
        return self.rng.choices((str(self.by.uuid), UKENDTE[4], None), (96, 3, 1))[0]

    def add(self, kind: str, row: Row, vary: Callable[[], dict[str, Any]] | None = None) -> None:
        """Keep the row, now and then cut in effect and registration time, each piece with its own values."""
        made = self.made.setdefault(kind, [])
        if vary is None or self.chance(0.75):
            made.append(row)
            return
        for registreret_fra, registreret_til in self.known():
            for virkning_fra, virkning_til in self.pieces():
                times = {"registreret_fra": registreret_fra, "registreret_til": registreret_til}
                times |= {"virkning_fra": virkning_fra, "virkning_til": virkning_til}
                made.append(row.but(**vary(), **times))

    def known(self) -> Iterator[tuple[int, int]]:
        """Periods of registration that follow each other; the last is known now, unless the object was passivated."""
        starts = sorted(self.rng.sample(REGISTRERINGER, self.rng.randint(1, 3)))
        ends = [*starts[1:], KENDT_NU]
        if len(starts) > 1 and self.chance(0.2):
            starts, ends = starts[:-1], ends[:-1]
        yield from zip(starts, ends, strict=True)

    def pieces(self) -> Iterator[tuple[str, str]]:
        """All effect time cut at one or two moments, sometimes with a gap."""
        cuts = sorted(self.rng.sample(GRAENSER, self.rng.randint(1, 2)))
        pieces = list(zip(["-infinity", *cuts], [*cuts, "infinity"], strict=True))
        if self.chance(0.3):
            del pieces[self.rng.randrange(len(pieces))]
        yield from pieces

    def period(self) -> dict[str, Any]:
        """When a relation holds: unlimited mostly, else ended, planned, or no longer known."""
        if self.chance(0.8):
            return {}
        fra, til = self.rng.choice(list(zip(("-infinity", *GRAENSER), (*GRAENSER, "infinity"), strict=True)))
        gone = self.chance(0.2)
        return {"virkning_fra": fra, "virkning_til": til} | ({"registreret_til": REGISTRERINGER[2]} if gone else {})

    def navn(self, kolonne: str) -> dict[str, Any]:
        """A name with its sort key, and a key; any of the two may be missing."""
        navn = self.tekst()
        return {kolonne: navn, "sortering": builders.sortering(navn or ""), "brugervendt_noegle": self.tekst(0.4)}

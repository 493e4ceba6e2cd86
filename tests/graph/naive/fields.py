"""What each field answers, type by type, in the words of rules.md 11 to 17 and domain.md 5.

A field is a function of the fields' home (`Felter`: snapshot and rights), the object, the arguments and the place to
warn. Plain columns stand in `KOLONNER`. The rest is in `enheder.py`, `brugere.py`, `lister.py` and `andre.py`.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.graph.naive.execute import Ting, Warn
from tests.graph.naive.snapshot import FOR_EVER, Row, Snapshot

NULL_VALUE = "NullValueInNonNullableField"
NOT_FOUND = "NotFound"
UNAUTHORIZED = "Unauthorized"
VALIDATION = "ValidationError"
MOST = 500
MOST_UNPAGED = 2_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Arguments = Mapping[str, Any]
Felt = Callable[["Felter", Ting, Arguments, Warn], Any]


@dataclass
class Felter:
    """Where fields are answered from: what holds, who asks, and the table of fields."""

    snapshot: Snapshot
    cvr: str
    navn: bool
    cpr: bool
    tabel: Mapping[str, Felt]

    def answer(self, ting: Ting, navn: str, arguments: Arguments, warn: Warn) -> Any:
        """The field's value. Raises Failed; KeyError for a field that the oracle does not know."""
        given = {key: value for key, value in arguments.items() if value is not None}
        value = self.tabel[f"{ting.type}.{navn}"](self, ting, given, warn)
        if isinstance(value, list) and len(value) > MOST_UNPAGED:
            warn(VALIDATION, type="ERROR")
            return value[:MOST_UNPAGED]
        return value


def tid(micros: int | None) -> str | None:
    """An effect time as the API prints it: ISO, UTC, whole seconds; no limit is null."""
    if micros is None or abs(micros) == FOR_EVER:
        return None
    return (_EPOCH + timedelta(microseconds=micros)).strftime("%Y-%m-%dT%H:%M:%SZ")


def regtid(ns: int) -> str:
    """A registration time with all the digits it has."""
    whole, fraction = divmod(ns, 10**9)
    text = (_EPOCH + timedelta(seconds=whole)).strftime("%Y-%m-%dT%H:%M:%S")
    return text + (f".{fraction:09}".rstrip("0") if fraction else "") + "Z"


def kolonne(navn: str) -> Felt:
    """The column as it stands."""
    return lambda f, t, a, warn: t.row[navn]


def tidskolonne(navn: str) -> Felt:
    return lambda f, t, a, warn: tid(t.row[navn])


def navn(kolonne: str) -> Felt:
    """A mandatory name: the key, else the uuid stands in for a missing one, with a warning. rules.md 11."""

    def felt(f: Felter, t: Ting, a: Arguments, warn: Warn) -> Any:
        if t.row[kolonne] is None:
            warn(NULL_VALUE)
            return t.row["brugervendt_noegle"] if t.row["brugervendt_noegle"] is not None else t.row["uuid"]
        return t.row[kolonne]

    return felt


def titel(kolonne: str, felt: str = "titel") -> Felt:
    """Title or number of the class in the column; an unknown class is null with a warning. rules.md 6."""

    def answer(f: Felter, t: Ting, a: Arguments, warn: Warn) -> Any:
        uuid = t.via[kolonne] if kolonne in t.via else t.row[kolonne]
        klasse = f.snapshot.klasse(uuid)
        if uuid is not None and klasse is None:
            warn(NOT_FOUND)
        return klasse[felt] if klasse is not None else None

    return answer


def til_en(type_: str, tabel: str, kolonne: str) -> Felt:
    """A to-one relation: null when there is none or when it dangles. rules.md 11."""

    def felt(f: Felter, t: Ting, a: Arguments, warn: Warn) -> Any:
        row = f.snapshot.one(tabel, t.row[kolonne])
        return None if row is None else Ting(type_, row)

    return felt


def tinge(type_: str, rows: Iterable[Row]) -> list[Ting]:
    return [Ting(type_, row) for row in rows]


def tilstand(f: Felter, t: Ting, a: Arguments, warn: Warn) -> Any:
    return Ting("Tilstand", t.row)


def status(f: Felter, t: Ting, a: Arguments, warn: Warn) -> Any:
    """Unknown is shown as INAKTIV with a warning. domain.md 4.3."""
    if t.row["status"] is None:
        warn(NULL_VALUE)
        return "INAKTIV"
    return t.row["status"]


def maal(f: Felter, ejertype: str, ejere: Iterable[str], relation: str, tabel: str, warn: Warn) -> list[Row]:
    """What the owners' plain relation points at, each once; what is not there is left out with a warning."""
    found: dict[str, Row | None] = {}
    for ejer in ejere:
        for link in f.snapshot.owned("tilknytning", ejertype, ejer):
            if link["relation"] == relation:
                found[link["maal"]] = f.snapshot.one(tabel, link["maal"])
    return there(found, warn)


def there(found: Mapping[str, Row | None], warn: Warn) -> list[Row]:
    """Those that are there, by name; a warning for each that is not."""
    for row in found.values():
        if row is None:
            warn(NULL_VALUE)
    return sorted((row for row in found.values() if row is not None), key=lambda row: (row["sortering"], row["uuid"]))


def adresser(ejertype: str) -> Felt:
    """The addresses of an owner, by index; one that is not there is left out with a warning."""

    def felt(f: Felter, t: Ting, a: Arguments, warn: Warn) -> Any:
        found = []
        links = f.snapshot.owned("adressering", ejertype, t.row["uuid"])
        for link in sorted(links, key=lambda link: (link["indeks"], link["adresse"], link["rolle"], link["type"])):
            if "rolle" in a and link["rolle"] not in lower(a["rolle"]):
                continue
            adresse = f.snapshot.one("adresse", link["adresse"])
            if adresse is None:
                warn(NULL_VALUE)
            else:
                found.append(Ting("Adresse", adresse, link))
        return found

    return felt


def opgaver(ejertype: str) -> Felt:
    """The tasks of an owner, by index."""

    def felt(f: Felter, t: Ting, a: Arguments, warn: Warn) -> Any:
        links = f.snapshot.owned("opgave", ejertype, t.row["uuid"])
        return tinge("Opgave", sorted(links, key=lambda o: (o["indeks"], o["klasse"], o["rolle"] or "")))

    return felt


def lower(uuids: Iterable[str]) -> set[str]:
    return {str(uuid).lower() for uuid in uuids}

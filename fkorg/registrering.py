"""One version of one object, as frozen data, and its canonical content (what is stored and hashed).

Source: FACTS.md 2 (Registrering, Virkning, Relation). Knows no XML and no database.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, TypeAlias
from uuid import UUID

from fkorg.catalogue import Objekttype
from fkorg.tid import ALTID_NS, UENDELIG_NS
from fkorg.virkning import ALTID, Virkning

UDEN_TIDSPUNKT_NS: Final = 0
"""Registration time of a registration that states none, as the schema allows: less than every real one."""
MAX_TIDSPUNKT_NS: Final = 2**63 - 1
"""The greatest registration time there is, in the year 2262: it fits a bigint. What lies beyond is cut to it."""

Json: TypeAlias = "bool | int | str | list[Json] | dict[str, Json] | None"


class Livscyklus(StrEnum):
    """How a registration arose, by the name the API gives it. There is no "corrected". Source: domain.md 4.2."""

    OPSTAAET = "OPSTAAET"
    IMPORTERET = "IMPORTERET"
    PASSIVERET = "PASSIVERET"
    SLETTET = "SLETTET"

    @property
    def levende(self) -> bool:
        """Passiveret and Slettet are treated as not existing."""
        return self in (Livscyklus.OPSTAAET, Livscyklus.IMPORTERET)


class Gyldighed(StrEnum):
    """The states of an actor object, by the name the API gives them (TilstandStatus)."""

    AKTIV = "AKTIV"
    INAKTIV = "INAKTIV"


@dataclass(frozen=True, order=True, slots=True)
class Objekt:
    """The only key there is: the municipality in whose CVR context it is read, the type, the uuid. rules.md 4."""

    organisation: UUID
    objekttype: Objekttype
    uuid: UUID


@dataclass(frozen=True, slots=True)
class Reference:
    """A UnikId: a UUID in lower case, or a URN as it stands. A UUID found under the URN element counts as UUID."""

    id: str
    label: str | None = None

    @property
    def uuid(self) -> UUID | None:
        """The UUID, or None when the reference is a URN."""
        try:
            return UUID(self.id) if len(self.id) == 36 else None
        except ValueError:
            return None


@dataclass(frozen=True, slots=True)
class Ansvar:
    """Who is responsible for an entry: what a Virkning holds beside its two times. Returned as read."""

    aktoer: Reference | None = None
    aktoertype: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Egenskab:
    """One attribute set. `felter`: our field name (catalogue) -> text; a field of many values -> tuple of texts."""

    virkning: Virkning
    felter: Mapping[str, str | tuple[str, ...]]
    ansvar: Ansvar | None = None

    def tekst(self, felt: str) -> str | None:
        """The text of a field of one value; None when absent."""
        value = self.felter.get(felt)
        return value if isinstance(value, str) else None


@dataclass(frozen=True, slots=True)
class Tilstand:
    """One Gyldighed with its effect."""

    virkning: Virkning
    status: Gyldighed
    ansvar: Ansvar | None = None


@dataclass(frozen=True, slots=True)
class Relation:
    """One entry of a relation; `rolle`, `type` and `indeks` only on dynamic ones (Adresser, Opgaver)."""

    navn: str
    virkning: Virkning
    reference: Reference | None
    rolle: Reference | None = None
    type: Reference | None = None
    indeks: str | None = None
    ansvar: Ansvar | None = None


@dataclass(frozen=True, slots=True)
class Fejl:
    """What was wrong with one entry of an object. It names the place and the kind, never a value of a person.

    `udeladt`: the entry could not be kept, so a `ret` built on this registration would lose it.
    """

    sted: str
    hvad: str
    udeladt: bool = False


@dataclass(frozen=True, slots=True)
class Registrering:
    """One version. `tidspunkt_ns` is the registration time; the lists keep the order they were read in.

    `lokal_udvidelse`: the serialised LokalUdvidelse of "attributter", "tilstande", "relationer", returned as read.
    `fejl`: what reading it found wrong; no part of what the object says, so it is not compared.
    """

    tidspunkt_ns: int
    livscyklus: Livscyklus
    egenskaber: tuple[Egenskab, ...] = ()
    tilstande: tuple[Tilstand, ...] = ()
    relationer: tuple[Relation, ...] = ()
    bruger: Reference | None = None
    note: str | None = None
    lokal_udvidelse: Mapping[str, str] = field(default_factory=dict)
    fejl: tuple[Fejl, ...] = field(default=(), compare=False)

    def relation(self, navn: str) -> tuple[Relation, ...]:
        """The entries of one relation, in the order read."""
        return tuple(relation for relation in self.relationer if relation.navn == navn)


@dataclass(frozen=True, slots=True)
class Lister:
    """The three lists of opret, ret and soeg. None = not sent: `ret` leaves that list untouched (domain.md 8.2).

    As criteria of soeg they are partly filled, and Virkning ALTID there means "no Virkning given".
    """

    egenskaber: tuple[Egenskab, ...] | None = None
    tilstande: tuple[Tilstand, ...] | None = None
    relationer: tuple[Relation, ...] | None = None
    lokal_udvidelse: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def af(cls, registrering: Registrering) -> "Lister":
        """All three, as the registration has them."""
        return cls(
            registrering.egenskaber, registrering.tilstande, registrering.relationer, registrering.lokal_udvidelse
        )


@dataclass(frozen=True, slots=True)
class Oejebliksbillede:
    """One object as a read returns it: 0, 1 or more registrations. Source: FiltreretOejebliksbillede, FACTS.md 4."""

    uuid: UUID
    registreringer: tuple[Registrering, ...]

    @property
    def nyeste(self) -> Registrering | None:
        """The newest registration; None when the source sent none. Source: domain.md 4.3, step 1."""
        return max(self.registreringer, key=lambda reg: reg.tidspunkt_ns, default=None)


def to_content(registrering: Registrering) -> dict[str, Json]:
    """Canonical content: entries sorted, times as UTC nanoseconds (None = no limit), so that order never changes it.

    It holds what the object says, not who recorded it when: registration time, user and note are columns beside it.
    Source: rules.md 1.
    """
    return {
        "egenskaber": _sorted([_entry(e.virkning, e.ansvar) | {"felter": _felter(e)} for e in registrering.egenskaber]),
        "tilstande": _sorted(
            [_entry(t.virkning, t.ansvar) | {"status": t.status.value} for t in registrering.tilstande]
        ),
        "relationer": _sorted([_relation(r) for r in registrering.relationer]),
        "lokalUdvidelse": dict(sorted(registrering.lokal_udvidelse.items())),
    }


def from_content(
    content: Mapping[str, Json],
    *,
    tidspunkt_ns: int,
    livscyklus: Livscyklus,
    bruger: str | None = None,
    note: str | None = None,
) -> Registrering:
    """The registration that `to_content` wrote, lists in canonical order."""
    return Registrering(
        tidspunkt_ns=tidspunkt_ns,
        livscyklus=livscyklus,
        egenskaber=tuple(
            Egenskab(_virkning(e), {k: _value(v) for k, v in _dict(e["felter"]).items()}, _ansvar(e))
            for e in _dicts(content["egenskaber"])
        ),
        tilstande=tuple(
            Tilstand(_virkning(t), Gyldighed(str(t["status"])), _ansvar(t)) for t in _dicts(content["tilstande"])
        ),
        relationer=tuple(
            Relation(
                str(r["navn"]),
                _virkning(r),
                _reference(r.get("reference")),
                _reference(r.get("rolle")),
                _reference(r.get("type")),
                _text(r.get("indeks")),
                _ansvar(r),
            )
            for r in _dicts(content["relationer"])
        ),
        bruger=Reference(bruger) if bruger else None,
        note=note,
        lokal_udvidelse={k: str(v) for k, v in _dict(content.get("lokalUdvidelse")).items()},
    )


def _entry(virkning: Virkning, ansvar: Ansvar | None) -> dict[str, Json]:
    entry: dict[str, Json] = {
        "fra": None if virkning.fra_ns == ALTID_NS else virkning.fra_ns,
        "til": None if virkning.til_ns == UENDELIG_NS else virkning.til_ns,
    }
    if ansvar is not None:
        entry["ansvar"] = _compact(
            {"aktoer": _ref(ansvar.aktoer), "aktoertype": ansvar.aktoertype, "note": ansvar.note}
        )
    return entry


def _felter(egenskab: Egenskab) -> dict[str, Json]:
    return {navn: list(value) if isinstance(value, tuple) else value for navn, value in sorted(egenskab.felter.items())}


def _relation(relation: Relation) -> dict[str, Json]:
    return _entry(relation.virkning, relation.ansvar) | _compact(
        {
            "navn": relation.navn,
            "reference": _ref(relation.reference),
            "rolle": _ref(relation.rolle),
            "type": _ref(relation.type),
            "indeks": relation.indeks,
        }
    )


def _ref(reference: Reference | None) -> Json:
    if reference is None:
        return None
    return reference.id if reference.label is None else {"id": reference.id, "label": reference.label}


def _compact(entry: dict[str, Json]) -> dict[str, Json]:
    return {key: value for key, value in entry.items() if value is not None}


def _sorted(entries: list[dict[str, Json]]) -> list[Json]:
    entries.sort(key=_order)
    return [*entries]


def _order(entry: dict[str, Json]) -> str:
    return repr(sorted(entry.items()))


def _reference(value: Json) -> Reference | None:
    if isinstance(value, dict):
        return Reference(str(value["id"]), _text(value.get("label")))
    return None if value is None else Reference(str(value))


def _virkning(entry: Mapping[str, Json]) -> Virkning:
    fra, til = entry["fra"], entry["til"]
    if fra is None and til is None:
        return ALTID
    return Virkning(fra if isinstance(fra, int) else ALTID_NS, til if isinstance(til, int) else UENDELIG_NS)


def _ansvar(entry: Mapping[str, Json]) -> Ansvar | None:
    found = entry.get("ansvar")
    if not isinstance(found, dict):
        return None
    return Ansvar(_reference(found.get("aktoer")), _text(found.get("aktoertype")), _text(found.get("note")))


def _value(value: Json) -> str | tuple[str, ...]:
    return tuple(str(one) for one in value) if isinstance(value, list) else str(value)


def _text(value: Json) -> str | None:
    return None if value is None else str(value)


def _dict(value: Json) -> dict[str, Json]:
    return value if isinstance(value, dict) else {}


def _dicts(value: Json) -> list[dict[str, Json]]:
    return [_dict(one) for one in value] if isinstance(value, list) else []

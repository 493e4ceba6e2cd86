"""Chains, subtrees, managers, members: the questions of domain.md 5, by loops. Source: rules.md 4, 15, 16, 17."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from fkorg import klassifikation
from tests.graph.naive.snapshot import FOR_EVER, Row, Snapshot

DEPTH = 50
ANSAETTELSER = {str(t) for t in klassifikation.ANSAETTELSER}
LEDERROLLE = str(klassifikation.LEDERROLLE)


@dataclass(frozen=True)
class EffektivLeder:
    """Who leads a unit: the membership that says so, the unit it is of, and how many levels up that is."""

    medlemskab: Row
    enhed: Row
    afstand: int


def upwards(s: Snapshot, uuid: str | None) -> Iterator[Row]:
    """The unit and those above it, as `Overordnet` in effect says; ends at the root, a missing parent or in a circle.

    The root is what the organisation says it is, whatever superior it has itself (domain.md 5; decision 0010).
    """
    seen: set[str] = set()
    top = root(s)
    while len(seen) <= DEPTH and uuid not in seen and (enhed := s.one("organisation_enhed", uuid)) is not None:
        yield enhed
        seen.add(enhed["uuid"])
        uuid = enhed["overordnet"] if enhed["uuid"] != top else None


def root(s: Snapshot) -> str | None:
    """The root unit that the organisation names."""
    organisation = s.one("organisation", s.organisation)
    return organisation["overordnet"] if organisation is not None else None


def own(s: Snapshot, row: Row) -> bool:
    """True when the object belongs to the municipality itself: a foreign one stands in no list or tree."""
    return bool(row["tilhoerer"] == s.organisation)


def sti(s: Snapshot, uuid: str) -> list[Row]:
    """Root first, the unit itself last; empty when the chain does not end at the root or leaves the organisation."""
    if uuid not in s.stier:
        chain = list(upwards(s, uuid))
        placed = bool(chain) and chain[-1]["uuid"] == root(s) and all(own(s, enhed) for enhed in chain)
        s.stier[uuid] = chain[::-1] if placed else []
    return s.stier[uuid]


def in_tree(s: Snapshot, uuid: str) -> bool:
    return bool(sti(s, uuid))


def children(s: Snapshot, enhed: Row) -> list[Row]:
    """Active units of the tree right below, in the order of lists."""
    below = s.where("organisation_enhed", "overordnet", enhed["uuid"])
    return in_order(e for e in below if e["status"] == "AKTIV" and e["uuid"] != root(s) and in_tree(s, e["uuid"]))


def below(s: Snapshot, uuid: str) -> list[tuple[int, Row]]:
    """Every unit of the tree under this one with how many levels down it lies."""
    found = []
    for enhed in s.rows("organisation_enhed"):
        chain = [e["uuid"] for e in sti(s, enhed["uuid"])]
        if uuid in chain[:-1]:
            found.append((len(chain) - 1 - chain.index(uuid), enhed))
    return found


def in_order(rows: Iterator[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: (row["sortering"], row["uuid"]))


def active(s: Snapshot, bruger: str | None) -> bool:
    """True for a user who exists and is AKTIV."""
    row = s.one("bruger", bruger)
    return row is not None and row["status"] == "AKTIV"


def by_start(medlemskaber: list[Row]) -> list[Row]:
    """By start, since always first; then uuid; of one function's the vacant post first."""

    def key(m: Row) -> tuple[Any, ...]:
        start = -FOR_EVER if m["start"] is None else m["start"]
        return (start, m["uuid"], m["bruger"] or "")

    return sorted(medlemskaber, key=key)


def ledere(s: Snapshot, enhed: str) -> list[Row]:
    """The unit's own managers: memberships of type Lederrolle of users who count."""
    roles = [m for m in s.where("medlemskab", "enhed", enhed) if m["funktionstype"] == LEDERROLLE]
    return by_start([m for m in roles if active(s, m["bruger"])])


def inheritance(s: Snapshot, enhed: str) -> list[Row]:
    """The units whose managers count for this one, nearest first: outside the tree only itself."""
    if in_tree(s, enhed):
        return list(upwards(s, enhed))
    row = s.one("organisation_enhed", enhed)
    return [row] if row is not None else []


def effektiv_leder(s: Snapshot, enhed: str, bruger: str | None = None) -> EffektivLeder | None:
    """The nearest manager of the unit; for a user's own sake without the levels that the user manages."""
    for afstand, level in enumerate(inheritance(s, enhed)):
        managers = ledere(s, level["uuid"])
        if managers and bruger not in [m["bruger"] for m in managers]:
            return EffektivLeder(managers[0], level, afstand)
    return None


def ansaettelser(s: Snapshot, bruger: str) -> list[Row]:
    """The user's current employments, by start then uuid; the first is the primary one."""
    return by_start([m for m in s.where("medlemskab", "bruger", bruger) if m["funktionstype"] in ANSAETTELSER])


def brugers_ledere(s: Snapshot, bruger: str) -> list[EffektivLeder]:
    """The effective manager of each employment, each manager once."""
    found: dict[str, EffektivLeder] = {}
    for ansaettelse in ansaettelser(s, bruger):
        leder = effektiv_leder(s, ansaettelse["enhed"], bruger)
        if leder is not None:
            found.setdefault(leder.medlemskab["bruger"], leder)
    return list(found.values())


def lederkaede(s: Snapshot, bruger: str) -> list[EffektivLeder]:
    """From the primary employment up: the manager, then upwards by unit from where each was found, users once."""
    primary = ansaettelser(s, bruger)[:1]
    found: list[EffektivLeder] = []
    for ansaettelse in primary:
        for afstand, level in enumerate(inheritance(s, ansaettelse["enhed"])):
            managers = ledere(s, level["uuid"])
            here = [m["bruger"] for m in managers]
            if managers and bruger not in here and here[0] not in [f.medlemskab["bruger"] for f in found]:
                found.append(EffektivLeder(managers[0], level, afstand))
    return found

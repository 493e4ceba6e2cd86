"""Mutations that can be told at the source: each says something that no other does. And what the source says of them.

Owns the wishes, and counting at the truth how often each took effect. Refuses to know how they are hurt.
"""

import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from random import Random
from typing import Any
from uuid import UUID, uuid5

from fkorg import klassifikation, ret
from fkorg.catalogue import Objekttype
from fkorg.registrering import Livscyklus, Registrering
from tests.flows.verden import CVR, Kilde

ENHED, BRUGER, ADRESSE = Objekttype.ORGANISATION_ENHED, Objekttype.BRUGER, Objekttype.ADRESSE
EMAIL = str(klassifikation.ENHED_EMAIL)
KINDS = ("navn", "navn", "noegle", "skift", "skift", "adresse", "enhed", "bruger")


@dataclass
class Wish:
    """One mutation: its key, what is asked, and how its callers were answered."""

    nr: int
    kind: str
    uuid: UUID
    felt: str
    argumenter: Mapping[str, Any]
    told: list[str] = field(default_factory=list)
    kvitteringer: list[Any] = field(default_factory=list)

    @property
    def noegle(self) -> str:
        return f"skrivning-{self.nr}"

    @property
    def tekst(self) -> str:
        return f"Skrivning {self.nr}"


def wishes(kilde: Kilde, count: int, rnd: Random) -> list[Wish]:
    """So many, on few units, so that they meet; each user and each new object is one wish's own."""
    ramme = kilde.sandhed.ramme
    units = [uuid for nr in range(3, 100) if _alive(kilde, ENHED, uuid := ramme.uuid("enhed", nr))][
        : max(6, count // 40)
    ]
    users = [uuid for nr in range(3, 1200) if _alive(kilde, BRUGER, uuid := ramme.uuid("bruger", nr))]
    return [_wish(nr, rnd.choice(KINDS), rnd.choice(units), users, ramme.uuid("enhed", 0)) for nr in range(count)]


def _wish(nr: int, kind: str, unit: UUID, users: list[UUID], root: UUID) -> Wish:
    tekst, unit_ = f"Skrivning {nr}", str(unit)
    match kind:
        case "navn":
            return Wish(nr, kind, unit, "omdoebEnhed", {"uuid": unit_, "enhedsnavn": tekst})
        case "noegle":
            return Wish(nr, kind, unit, "retOrganisationEnhed", {"input": {"uuid": unit_, "brugervendtNoegle": tekst}})
        case "skift":
            asked = {"ejer": {"enhed": unit_}, "rolle": EMAIL, "tekst": tekst}
            return Wish(nr, kind, unit, "skiftAdresse", asked)
        case "adresse":
            given = {"cvr": CVR, "brugervendtNoegle": tekst, "adresseTekst": tekst}
            return Wish(nr, kind, unit, "opretAdresse", {"input": given})
        case "enhed":
            uuid = uuid5(root, tekst)
            over = {"cvr": CVR, "brugervendtNoegle": tekst, "enhedsnavn": tekst, "overordnetEnhed": str(root)}
            return Wish(nr, kind, uuid, "importerOrganisationEnhed", {"uuid": str(uuid), "input": over})
        case _:
            uuid = users.pop()
            return Wish(nr, kind, uuid, "passiverBruger", {"uuid": str(uuid)})


@dataclass(frozen=True)
class Effects:
    """How often each wish took effect at the source; what was made for nothing, or undone by another, in words."""

    count: Mapping[int, int]
    wrong: list[str]


def effects(kilde: Kilde, done: list[Wish]) -> Effects:
    """Blocks: reads every address once."""
    addresses: Counter[str] = Counter()
    named: dict[str, str] = {}
    for uuid, newest in kilde.sandhed.objekter(ADRESSE):
        found = ret.gaeldende(newest.egenskaber, time.time_ns())
        tekst = (found.tekst("adressetekst") if found else None) or ""
        addresses[tekst] += 1
        named[str(uuid)] = tekst
    history = {(w.kind, w.uuid): kilde.sandhed.registreringer(_type(w), w.uuid) for w in done if w.kind != "adresse"}
    count: dict[int, int] = {}
    wrong = []
    for wish in done:
        if wish.kind == "adresse":
            count[wish.nr] = addresses[wish.tekst]
            continue
        count[wish.nr] = _times(wish, history[wish.kind, wish.uuid], named)
        if wish.kind == "skift" and addresses[wish.tekst] > 1:
            wrong.append(f"the address of write {wish.nr} was made {addresses[wish.tekst]} times")
    for unit in {w.uuid for w in done if w.kind in ("navn", "noegle", "skift")}:
        wrong += _undone(unit, kilde.sandhed.registreringer(ENHED, unit))
    return Effects(count, wrong)


def _times(wish: Wish, history: tuple[Registrering, ...], named: Mapping[str, str]) -> int:
    """How many registrations began to say what was wished."""
    if wish.kind == "enhed":
        return len(history)
    if wish.kind == "bruger":
        says = [one.livscyklus is Livscyklus.PASSIVERET for one in history]
    elif wish.kind == "skift":
        says = [wish.tekst in {named.get(address) for address in _addresses(one)} for one in history]
    else:
        felt = "enhedsnavn" if wish.kind == "navn" else "brugervendtnoegle"
        says = [_field(one, felt) == wish.tekst for one in history]
    return sum(after and not before for before, after in pairwise(says))


def _undone(unit: UUID, history: tuple[Registrering, ...]) -> Iterator[str]:
    """A change changes one thing: one that changes two has undone what it had not read."""
    for before, after in pairwise(history):
        changed = [felt for felt in ("enhedsnavn", "brugervendtnoegle") if _field(before, felt) != _field(after, felt)]
        changed += ["address"] if _addresses(before) != _addresses(after) else []
        if len(changed) != 1:
            yield f"a registration of unit {unit} changed {changed or 'nothing'}"


def _field(registrering: Registrering, felt: str) -> str | None:
    found = ret.gaeldende(registrering.egenskaber, time.time_ns())
    return found.tekst(felt) if found else None


def _addresses(registrering: Registrering) -> set[str]:
    """The e-mail addresses in effect now."""
    now = time.time_ns()
    return {
        relation.reference.id
        for relation in registrering.relation("Adresser")
        if relation.reference and relation.rolle and relation.rolle.id == EMAIL and relation.virkning.gaelder(now)
    }


def _type(wish: Wish) -> Objekttype:
    return BRUGER if wish.kind == "bruger" else ENHED


def _alive(kilde: Kilde, objekttype: Objekttype, uuid: UUID) -> bool:
    """Live, and with one registration: nothing odd about it."""
    found = kilde.sandhed.registreringer(objekttype, uuid)
    return len(found) == 1 and found[0].livscyklus.levende

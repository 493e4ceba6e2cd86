"""What the source's truth comes to at a moment: units, users, memberships, managers, by loops over registrations.

Expected answers are read from here and never from orgraf: it knows no table, no projection and no GraphQL. The rules
are domain.md 4 and 5 with rules.md 15 to 17. Of two units of one function the one with the greater uuid counts.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any
from uuid import UUID

from fkorg.catalogue import Objekttype
from fkorg.klassifikation import ANSAETTELSER, LEDERROLLE, MEDLEMSKABER
from fkorg.registrering import Registrering
from fkorg.virkning import ALTID, Virkning
from simulator.sandhed import Sandhed
from simulator.snavs import Saerhed

ENHED, BRUGER, FUNKTION = Objekttype.ORGANISATION_ENHED, Objekttype.BRUGER, Objekttype.ORGANISATION_FUNKTION
PERSON, ADRESSE = Objekttype.PERSON, Objekttype.ADRESSE
Nyeste = dict[Objekttype, dict[str, Registrering]]


@dataclass(frozen=True)
class Objekt:
    """One object as it is at the moment."""

    uuid: str
    reg: Registrering
    ns: int

    def felt(self, navn: str) -> str | None:
        """The text of a field in effect; of two the one that began last."""
        found = [e for e in self.reg.egenskaber if e.virkning.gaelder(self.ns)]
        return max(found, key=lambda e: e.virkning.fra_ns).tekst(navn) if found else None

    @property
    def status(self) -> str | None:
        """AKTIV, INAKTIV, or None when no Gyldighed is in effect."""
        found = [t for t in self.reg.tilstande if t.virkning.gaelder(self.ns)]
        return max(found, key=lambda t: t.virkning.fra_ns).status.value if found else None

    def relationer(self, navn: str) -> list[tuple[str, int, Any]]:
        """What a relation points at now: uuid, since when, the entry."""
        entries = [r for r in self.reg.relation(navn) if r.reference is not None and r.virkning.gaelder(self.ns)]
        return [(r.reference.id.lower(), r.virkning.fra_ns, r) for r in entries if r.reference is not None]

    def en(self, navn: str) -> str | None:
        """The one that a single relation points at; of two the one that began last."""
        found = self.relationer(navn)
        return max(found, key=lambda f: (f[1], f[0]))[0] if found else None

    @property
    def findes(self) -> bool:
        """Something of it is in effect."""
        entries = (*self.reg.egenskaber, *self.reg.tilstande, *self.reg.relationer)
        return self.reg.livscyklus.levende and any(entry.virkning.gaelder(self.ns) for entry in entries)


@dataclass(frozen=True, order=True)
class Medlemskab:
    """A user's place in a unit, or with no user a vacant post; in order of start, then uuid, then user."""

    start_ns: int
    uuid: str
    bruger: str
    slut_ns: int = field(compare=False)
    enhed: str = field(compare=False)
    type: UUID = field(compare=False)


@dataclass(frozen=True)
class Leder:
    """A manager: who, of which unit, how many levels above the one asked about."""

    bruger: str
    enhed: str
    afstand: int
    medlemskab: str


def nyeste(sandhed: Sandhed) -> Nyeste:
    """Every object of the types that are asked about; those that reads give without registration are none."""
    borte = {key for key, saerhed in sandhed.saerheder.items() if saerhed is Saerhed.INGEN_REGISTRERING}
    return {
        objekttype: {str(uuid): reg for uuid, reg in sandhed.objekter(objekttype) if (objekttype, uuid) not in borte}
        for objekttype in (Objekttype.ORGANISATION, ENHED, BRUGER, FUNKTION, PERSON, ADRESSE)
    }


@dataclass(eq=False)
class Facit:
    """The municipality at one moment of the world, as it is registered last. What was worked out is remembered."""

    alle: Nyeste
    organisation: str
    ns: int

    def objekter(self, objekttype: Objekttype) -> dict[str, Objekt]:
        """Those of a type that are there, by uuid."""
        made = {uuid: Objekt(uuid, reg, self.ns) for uuid, reg in self.alle[objekttype].items()}
        return {uuid: objekt for uuid, objekt in made.items() if objekt.findes}

    @cached_property
    def enheder(self) -> dict[str, Objekt]:
        return self.objekter(ENHED)

    @cached_property
    def brugere(self) -> dict[str, Objekt]:
        return self.objekter(BRUGER)

    @cached_property
    def funktioner(self) -> dict[str, Objekt]:
        return self.objekter(FUNKTION)

    @cached_property
    def personer(self) -> dict[str, Objekt]:
        return self.objekter(PERSON)

    @cached_property
    def adresser(self) -> dict[str, Objekt]:
        return self.objekter(ADRESSE)

    @cached_property
    def rod(self) -> str:
        """The root unit that the organisation names."""
        found = self.objekter(Objekttype.ORGANISATION)[self.organisation].en("Overordnet")
        assert found is not None
        return found

    def egen(self, objekt: Objekt) -> bool:
        """It belongs to the municipality, or did when it last belonged to anyone."""
        found = [r for r in objekt.reg.relation("Tilhoerer") if r.reference is not None]
        began = [r for r in found if r.virkning.fra_ns <= self.ns] or found
        last = max(began, key=lambda r: (r.virkning.gaelder(self.ns), r.virkning.til_ns), default=None)
        return last is not None and last.reference is not None and last.reference.id.lower() == self.organisation

    def liste(self, objekter: Iterable[Objekt], status: str) -> list[Objekt]:
        """Those of a state that belong to the municipality; unknown counts as inactive."""
        return [o for o in objekter if (o.status or "INAKTIV") == status and self.egen(o)]

    # The tree

    def sti(self, enhed: str) -> list[str]:
        """Root first, the unit itself last; empty outside the tree."""
        chain: list[str] = []
        at: str | None = enhed
        while at is not None and at not in chain and at in self.enheder and self.egen(self.enheder[at]):
            chain.append(at)
            if at == self.rod:
                return chain[::-1]
            at = self.enheder[at].en("Overordnet")
        return []

    @cached_property
    def stier(self) -> dict[str, list[str]]:
        """The path of every unit of the tree."""
        return {uuid: sti for uuid in self.enheder if (sti := self.sti(uuid))}

    def under(self, enhed: str) -> dict[str, int]:
        """Every unit below, and how far."""
        return self._under.get(enhed, {})

    @cached_property
    def _under(self) -> dict[str, dict[str, int]]:
        found: dict[str, dict[str, int]] = {}
        for uuid, sti in self.stier.items():
            for niveau, over in enumerate(sti[-2::-1], 1):
                found.setdefault(over, {})[uuid] = niveau
        return found

    # Memberships and managers

    @cached_property
    def medlemskaber(self) -> list[Medlemskab]:
        """All that are active, by start."""
        return sorted(m for funktion in self.funktioner.values() for m in self._af(funktion))

    def _af(self, funktion: Objekt) -> Iterator[Medlemskab]:
        type_ = funktion.en("Funktionstype")
        enheder = sorted(funktion.relationer("TilknyttedeEnheder"), key=lambda f: (f[1], f[0]))
        if type_ is None or UUID(type_) not in MEDLEMSKABER or funktion.status != "AKTIV" or not enheder:
            return
        tilstand = max((t.virkning for t in funktion.reg.tilstande if t.virkning.gaelder(self.ns)), key=_fra)
        enhed, _, i_enhed = enheder[-1]
        for bruger, entry in [(b, e.virkning) for b, _, e in funktion.relationer("TilknyttedeBrugere")] or [
            ("", ALTID)
        ]:
            perioder = (tilstand, i_enhed.virkning, entry)
            start, slut = max(p.fra_ns for p in perioder), min(p.til_ns for p in perioder)
            yield Medlemskab(start, funktion.uuid, bruger, slut, enhed, UUID(type_))

    @cached_property
    def _af_bruger(self) -> dict[str, list[Medlemskab]]:
        return _samlet(self.medlemskaber, lambda m: m.bruger)

    @cached_property
    def _ledere(self) -> dict[str, list[Medlemskab]]:
        roller = [m for m in self.medlemskaber if m.type == LEDERROLLE and self._aktiv(m.bruger)]
        return _samlet(roller, lambda m: m.enhed)

    def _aktiv(self, bruger: str) -> bool:
        return bruger in self.brugere and self.brugere[bruger].status == "AKTIV"

    def medlem(self, bruger: str) -> list[Medlemskab]:
        """The user's memberships."""
        return self._af_bruger.get(bruger, [])

    def ansaettelser(self, bruger: str) -> list[Medlemskab]:
        """Current employments; the first is the primary one."""
        return [m for m in self.medlem(bruger) if m.type in ANSAETTELSER]

    def flere_ansaettelser(self) -> list[str]:
        """Users with more than one employment."""
        return [uuid for uuid in self.brugere if len(self.ansaettelser(uuid)) > 1]

    def lederroller(self, enhed: str) -> list[Medlemskab]:
        """The memberships that make users managers of the unit."""
        return self._ledere.get(enhed, [])

    def ledere(self, enhed: str) -> list[str]:
        """The unit's own managers."""
        return [m.bruger for m in self.lederroller(enhed)]

    def trin(self, enhed: str, bruger: str | None = None) -> list[Leder]:
        """The first manager of each level from the unit up; levels that the user manages are passed by."""
        levels = self.stier.get(enhed, [enhed] if enhed in self.enheder else [])[::-1]
        return [
            Leder(roller[0].bruger, at, afstand, roller[0].uuid)
            for afstand, at in enumerate(levels)
            if (roller := self.lederroller(at)) and bruger not in self.ledere(at)
        ]

    def effektiv_leder(self, enhed: str, bruger: str | None = None) -> Leder | None:
        """The nearest manager."""
        return next(iter(self.trin(enhed, bruger)), None)

    def brugers_ledere(self, bruger: str) -> list[Leder]:
        """Of each employment the effective manager, each once."""
        found = [self.effektiv_leder(m.enhed, bruger) for m in self.ansaettelser(bruger)]
        return _foerste([leder for leder in found if leder is not None])

    def lederkaede(self, bruger: str) -> list[Leder]:
        """From the primary employment to the top, each once."""
        return _foerste([leder for m in self.ansaettelser(bruger)[:1] for leder in self.trin(m.enhed, bruger)])

    def leder_af(self, bruger: str) -> list[str]:
        """The units that have the user among their managers."""
        return [enhed for enhed in self._ledere if bruger in self.ledere(enhed) and enhed in self.enheder]

    def medarbejdere(self, bruger: str, alle: bool = False) -> set[str]:
        """Everyone whose effective manager is the user; with all levels theirs too."""
        reached = set(self._ledede.get(bruger, ()))
        waiting = list(reached) if alle else []
        while waiting:
            more = set(self._ledede.get(waiting.pop(), ())) - reached
            reached |= more
            waiting += more
        return reached - {bruger}

    @cached_property
    def _ledede(self) -> dict[str, list[str]]:
        pairs = [(leder.bruger, uuid) for uuid in self.brugere for leder in self.brugers_ledere(uuid)]
        return {leder: [uuid for _, uuid in found] for leder, found in _samlet(pairs, lambda p: p[0]).items()}


@cache
def enhedsliste(f: Facit, status: str = "AKTIV") -> list[str]:
    """The root first, then by name. Active ones of the tree; inactive ones by whom they belonged to."""
    found = [e for e in f.liste(f.enheder.values(), status) if status == "INAKTIV" or e.uuid in f.stier]
    return [e.uuid for e in sorted(found, key=lambda e: (e.uuid != f.rod, dansk(navn(e, "enhedsnavn")), e.uuid))]


@cache
def brugerliste(f: Facit, status: str = "AKTIV") -> list[str]:
    """By user name."""
    found = f.liste(f.brugere.values(), status)
    return [b.uuid for b in sorted(found, key=lambda b: (dansk(navn(b, "brugernavn")), b.uuid))]


def navn(objekt: Objekt, felt: str) -> str:
    """The name, else what stands in for it."""
    return objekt.felt(felt) or objekt.felt("brugervendtnoegle") or objekt.uuid


def dansk(navn: str) -> list[int]:
    """A name as Danish sorts it: æ, ø, å last, aa as å, upper and lower case alike."""
    letters = navn.casefold().replace("aa", "å")
    return [{"æ": 0x7B, "ø": 0x7C, "å": 0x7D}.get(letter, ord(letter)) for letter in letters]


def _fra(virkning: Virkning) -> int:
    return virkning.fra_ns


def _samlet(elementer: Iterable[Any], noegle: Callable[[Any], str]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for element in elementer:
        found.setdefault(noegle(element), []).append(element)
    return found


def _foerste(ledere: Sequence[Leder]) -> list[Leder]:
    seen: dict[str, Leder] = {}
    for leder in ledere:
        seen.setdefault(leder.bruger, leder)
    return list(seen.values())

"""What a run has done so far: plain data, that the record of the write keeps. Knows no source and no database."""

from dataclasses import dataclass, field
from uuid import UUID

from fkorg.catalogue import Objekttype
from fkorg.kvittering import Kvittering
from graph.mutations.hensigt import ANONYMISER, Hensigt
from model.anonymisering import Maerke


@dataclass(frozen=True, slots=True)
class Roert:
    """An object that was written, or found as wanted: the model shows it when it has reached `want_ns`."""

    objekttype: Objekttype
    uuid: UUID
    want_ns: int
    sendt: bool = True


@dataclass(frozen=True, slots=True)
class Maal:
    """What a run was about: the payload's object, and the membership that a task made."""

    uuid: UUID | None
    medlemskab: UUID | None = None


@dataclass(frozen=True, slots=True)
class Skrevet:
    """A write that took effect."""

    operation: str
    objekttype: Objekttype
    uuid: UUID


@dataclass(slots=True)
class Forloeb:
    """`kvitteringer` has None for a step with nothing to send; `skrevet` has those that took effect, by this run or an
    earlier try of it; `undervejs`: those whose outcome is not known yet, all of one call."""

    kvitteringer: list[Kvittering | None] = field(default_factory=list)
    roert: list[Roert] = field(default_factory=list)
    skrevet: list[Skrevet] = field(default_factory=list)
    undervejs: list[Hensigt] = field(default_factory=list)

    def udfoert(self, hensigt: Hensigt, uuid: UUID, kvittering: Kvittering, want_ns: int) -> None:
        """A write under way took effect."""
        self.undervejs.remove(hensigt)
        self.kvitteringer.append(kvittering)
        self.roert.append(Roert(hensigt.objekttype, uuid, want_ns))
        self.skrevet.append(Skrevet(hensigt.operation, hensigt.objekttype, uuid))

    def uden_virkning(self, hensigt: Hensigt) -> None:
        """A write under way changed nothing; what did is to be read back."""
        self.undervejs.remove(hensigt)
        self.roert += uaendret(hensigt)

    def anonyme(self, now_ns: int) -> list[Maerke]:
        """The persons that the source has forgotten, to be forgotten here too: in all that was registered until now."""
        naaet = {r.uuid: r.want_ns for r in self.roert if r.objekttype is Objekttype.PERSON}
        return [Maerke(s.uuid, max(now_ns, naaet.get(s.uuid, 0))) for s in self.skrevet if s.operation == ANONYMISER]

    def intet(self, objekttype: Objekttype, uuid: UUID, want_ns: int) -> None:
        """A step had nothing to send; where an earlier one wrote the object, that is what is told."""
        if any(s.objekttype is objekttype and s.uuid == uuid for s in self.skrevet):
            return
        self.kvitteringer.append(None)
        self.roert.append(Roert(objekttype, uuid, want_ns, sendt=False))


def uaendret(hensigt: Hensigt) -> list[Roert]:
    """What a write that did not take effect was about: something else may have changed it."""
    return [] if hensigt.uuid is None else [Roert(hensigt.objekttype, hensigt.uuid, hensigt.foer_ns)]

"""What goes wrong, and when: drawn from one seed, told in a trace that replays it."""

from dataclasses import dataclass, field
from random import Random


@dataclass(slots=True)
class Uro:
    """Chances per step. `begynd` draws a world of its own, so that some are calm and some are cruel; `ro` ends it."""

    tilfaeldig: Random
    doed: float = 0.0
    stilstand: float = 0.0
    laengste_stilstand: float = 0.0
    database_vaek: float = 0.0
    commit_fejler: float = 0.0
    commit_uhoert: float = 0.0
    kilde_vaek: float = 0.0
    kilden_bruger: float = 0.0
    """Seconds an answer of the source takes at most."""
    tavs_klokke: float = 0.0
    gentag: float = 0.0
    tab: float = 0.0
    spor: list[str] = field(default_factory=list)
    skridt: int = 0
    doede: int = 0

    @classmethod
    def begynd(cls, tilfaeldig: Random) -> "Uro":
        """The chances of one world."""

        def chance(most: float) -> float:
            return tilfaeldig.choice((0.0, most / 4, most))

        return cls(
            tilfaeldig,
            doed=chance(0.04),
            stilstand=chance(0.03),
            laengste_stilstand=tilfaeldig.choice((5.0, 40.0)),
            database_vaek=chance(0.05),
            commit_fejler=chance(0.05),
            commit_uhoert=chance(0.05),
            kilde_vaek=chance(0.2),
            kilden_bruger=tilfaeldig.choice((0.0, 0.5, 4.0)),
            tavs_klokke=chance(0.5),
            gentag=chance(0.4),
            tab=chance(0.2),
        )

    def ro(self) -> None:
        """Nothing goes wrong any more."""
        for name in self.__slots__:
            if isinstance(getattr(self, name), float):
                setattr(self, name, 0.0)

    def ja(self, chance: float) -> bool:
        """Does it happen?"""
        return chance > 0 and self.tilfaeldig.random() < chance

    def naeste(self, navn: str, hvad: str) -> float | None:
        """How long until the next step, in seconds; None: the process dies here."""
        self.skridt += 1
        if self.ja(self.doed):
            self.doede += 1
            self.spor.append(f"{navn} killed at {hvad}")
            return None
        if self.ja(self.stilstand):
            wait = self.tilfaeldig.uniform(0, self.laengste_stilstand)
            self.spor.append(f"{navn} stands still for {wait:.1f} s at {hvad}")
            return wait
        return self.tilfaeldig.uniform(0, 0.05)

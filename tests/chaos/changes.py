"""Changes at the source, chosen by a seed: units and users are renamed, made passive, and revived.

By the rules of the simulator's own services, so that each gives a message, but without their XML, which would be most
of the work. Refuses to know who listens.
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any
from uuid import UUID

from fkorg.catalogue import Objekttype
from fkorg.operationer import Importer, Passiver
from fkorg.registrering import Livscyklus, Oejebliksbillede, Registrering
from tests.flows.verden import Kilde

ENHED, BRUGER = Objekttype.ORGANISATION_ENHED, Objekttype.BRUGER
FUNKTION = Objekttype.ORGANISATION_FUNKTION
NAVN = {ENHED: "enhedsnavn", BRUGER: "brugernavn"}


@dataclass
class Changes:
    """`one()` makes one change and says of what. Units 3 to `enheder`, users 3 to `brugere` of the sample data."""

    kilde: Kilde
    seed: int
    enheder: int = 100
    brugere: int = 800
    made: int = 0
    _rnd: Random = field(init=False)
    _passive: dict[UUID, Registrering] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._rnd = Random(self.seed)
        ramme = self.kilde.sandhed.ramme
        self._alle = [(ENHED, ramme.uuid("enhed", nr)) for nr in range(3, self.enheder)]
        self._alle += [(BRUGER, ramme.uuid("bruger", nr)) for nr in range(3, self.brugere)]
        self._alle = [key for key in self._alle if self._lever(*key)]

    def one(self) -> tuple[UUID, int]:
        """The object, and the registration time that it has now. Blocks for some milliseconds."""
        objekttype, uuid = self._rnd.choice(self._alle)
        self.made += 1
        if uuid in self._passive:
            self._revive(uuid)
        elif objekttype is BRUGER and self._rnd.random() < 0.03:
            self._passivate(uuid)
        else:
            self.rename(objekttype, uuid, f"Ændret {self.seed}-{self.made}")
        found = self.kilde.sandhed.nyeste(objekttype, uuid)
        assert found is not None
        return uuid, found.tidspunkt_ns

    def rename(self, objekttype: Objekttype, uuid: UUID, navn: str) -> int:
        """Another name from today on; the registration time."""
        return self.kilde.saet(objekttype, uuid, **{NAVN[objekttype]: navn})

    def some(self, count: int) -> list[tuple[UUID, int]]:
        """So many changes, one after the other. Blocks."""
        return [self.one() for _ in range(count)]

    def each_once(self, count: int) -> list[tuple[Objekttype, UUID]]:
        """So many objects, each renamed once. Blocks."""
        chosen = self._rnd.sample(self._alle, count)
        for objekttype, uuid in chosen:
            self.made += 1
            self.rename(objekttype, uuid, f"Ændret {self.seed}-{self.made}")
        return chosen

    def functions(self, count: int) -> None:
        """So many functions, each renamed once: no message tells of it. Blocks."""
        found = [uuid for uuid, reg in self.kilde.sandhed.objekter(FUNKTION) if reg.livscyklus.levende][10:]
        for uuid in self._rnd.sample(found, count):
            self.kilde.saet(FUNKTION, uuid, funktionsnavn=f"Ændret {self.seed}")

    async def steadily(
        self, count: int, per_second: float, tell: Callable[[UUID, int], None] = lambda uuid, reg_ns: None
    ) -> None:
        """So many changes at that rate, from a thread; `tell` hears of each when it is made."""
        started, loop = time.monotonic(), asyncio.get_running_loop()
        for number in range(count):
            await asyncio.sleep(max(0.0, started + number / per_second - time.monotonic()))
            tell(*await loop.run_in_executor(None, self.one))

    def _lever(self, objekttype: Objekttype, uuid: UUID) -> bool:
        found = self.kilde.sandhed.nyeste(objekttype, uuid)
        return found is not None and found.livscyklus.levende

    def _passivate(self, uuid: UUID) -> None:
        found = self.kilde.sandhed.nyeste(BRUGER, uuid)
        assert found is not None
        self._passive[uuid] = found
        self._ask(Passiver(BRUGER, uuid))

    def _revive(self, uuid: UUID) -> None:
        before = self._passive.pop(uuid)
        now = self.kilde.sandhed.naeste_tid(BRUGER, uuid)
        revived = replace(before, tidspunkt_ns=now, livscyklus=Livscyklus.IMPORTERET, fejl=())
        self._ask(Importer(BRUGER, Oejebliksbillede(uuid, (revived,))))

    def _ask(self, anmodning: Any) -> None:
        svar: Any = self.kilde.simulator.tjeneste.udfoer(anmodning)
        assert svar.retur.status_kode == 20, svar

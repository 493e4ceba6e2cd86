"""Cards: the JSON text of what is asked for most, made once when its rows change. Source: storage.md 3.

Owns `bruger_kort` and `enhed_kort`, which objects a card tells of, and since when cards can be believed at all. Refuses
to know who reads them. A card holds between two effect boundaries of the rows in it, and is absent, or NULL, where
anything is unusual; whoever finds none reads the tables. Each object in its text ends with a control character, which
stands in no JSON: there the reader puts the name of the type, or nothing (`PLADSER`). A leader that keeps no cards (an
older version of ingest) leaves its epoch as the mark that all are to be made anew.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from fkorg.catalogue import Objekttype
from fkorg.klassifikation import LEDERROLLE
from model import leader, sql
from model.leader import Leder
from model.pool import Connection
from model.projection.raekker import HOVEDTABEL, KOLONNER, Rows, naeste_graense

SQL: Final = sql.load(__file__)
_ENHED: Final = KOLONNER["medlemskab"].index("enhed")
_BRUGER: Final = KOLONNER["medlemskab"].index("bruger")
_FUNKTIONSTYPE: Final = KOLONNER["medlemskab"].index("funktionstype")
_PAA_EGET: Final = frozenset({"person", "adresser", "brugernavn"})
_SOM_LEDER: Final = frozenset({"brugernavn", "tilstand"})
"""The fields of a user that its own card shows, and those that the cards of units show, or go by."""
_ENHEDENS: Final = "enhedsnavn"
"""The field of a unit that the cards of its members show."""
_NUL: Final = UUID(int=0)
PLADSER: Final = "\x05\x06"
"""What stands at the end of the inner object, and of the outer one."""


class Art(StrEnum):
    """What cards there are: of users, and of units."""

    BRUGERE = "brugere"
    ENHEDER = "enheder"


@dataclass(slots=True)
class Beroert:
    """Objects that cards tell of and that changed: users with a card of their own, users as managers (`ledere`), units
    whose managers a function says, units as those of their members (`medlemmers`)."""

    brugere: set[UUID] = field(default_factory=set)
    ledere: set[UUID] = field(default_factory=set)
    personer: set[UUID] = field(default_factory=set)
    adresser: set[UUID] = field(default_factory=set)
    enheder: set[UUID] = field(default_factory=set)
    medlemmers: set[UUID] = field(default_factory=set)

    def aendret(
        self, objekttype: Objekttype, uuid: UUID, foer: Rows, efter: Rows, felter: Sequence[str], now_ns: int
    ) -> None:
        """An object whose rows became others, in these API fields (`felter.aendrede`).

        What no card shows makes none anew, as long as the object stays, and its next effect boundary: a card ends
        there, and the calendar makes the next one.
        """
        hoved = HOVEDTABEL[objekttype]
        graense = naeste_graense(foer, now_ns)
        bliver = foer.get(hoved) and efter.get(hoved) and graense in (None, naeste_graense(efter, now_ns))
        if objekttype is Objekttype.BRUGER and bliver:
            if not _PAA_EGET.isdisjoint(felter):
                self.brugere.add(uuid)
            if not _SOM_LEDER.isdisjoint(felter):
                self.ledere.add(uuid)
        elif objekttype is Objekttype.ORGANISATION_ENHED and bliver:
            if _ENHEDENS in felter:
                self.medlemmers.add(uuid)
        else:
            self.objekt(objekttype, uuid, foer, efter)

    def objekt(self, objekttype: Objekttype, uuid: UUID, *kendte: Rows) -> None:
        """An object that came or went, or had a boundary pass; `kendte`: what was known of it before, and is now."""
        match objekttype:
            case Objekttype.BRUGER:
                self.brugere.add(uuid)
                self.ledere.add(uuid)
            case Objekttype.PERSON:
                self.personer.add(uuid)
            case Objekttype.ADRESSE:
                self.adresser.add(uuid)
            case Objekttype.ORGANISATION_ENHED:
                self.enheder.add(uuid)
                self.medlemmers.add(uuid)
            case Objekttype.ORGANISATION_FUNKTION:
                roller = [row for rows in kendte for row in rows.get("medlemskab", ())]
                self.brugere |= {r[_BRUGER] for r in roller if r[_BRUGER]}
                self.enheder |= {r[_ENHED] for r in roller if r[_FUNKTIONSTYPE] == LEDERROLLE and r[_ENHED]}


async def opfrisk(tx: Connection, organisation: UUID, beroert: Beroert, now: datetime) -> None:
    """Make the cards anew that tell of these, in the transaction that changed them, alone (`leader.check`)."""
    for art, uuids in (await _af(tx, organisation, beroert)).items():
        if uuids:
            await goer(tx, organisation, art, uuids, now)


async def glem(tx: Connection, organisation: UUID, beroert: Beroert) -> None:
    """The cards that tell of these are not to be believed: what many rows come to at once is made into cards later."""
    await SQL["glem"].execute(tx, organisation=organisation, **await _af(tx, organisation, beroert))


async def goer(tx: Connection, organisation: UUID, art: Art, uuids: list[UUID], now: datetime) -> int:
    """The cards of these; how many of those that were believed said something else."""
    values = {"lederrolle": LEDERROLLE} if art is Art.ENHEDER else {}
    found: int | None = await SQL[art].fetchval(tx, organisation=organisation, uuid=uuids, now=now, **values)
    return found or 0


async def overtag(tx: Connection, leder: Leder) -> None:
    """From this epoch on this leader keeps the cards. Those of one that kept none are thrown away. Raises Afloest."""
    await leader.check(tx, leder, alene=True)
    values = {"organisation": leder.organisation, "role": leader.ROLE, "epoch": leder.epoch}
    if await SQL["overtag"].fetchval(tx, **values) is None:
        await SQL["toem"].execute(tx, organisation=leder.organisation)
        await SQL["begynd"].execute(tx, **values)


@dataclass(slots=True)
class Vandring:
    """A walk through all cards of a municipality, by uuid; `antal` of them each time."""

    leder: Leder
    antal: int = 200
    _arter: list[Art] = field(default_factory=lambda: list(Art))
    _efter: UUID = _NUL

    async def videre(self, tx: Connection, now: datetime, *, alle: bool = False) -> int | None:
        """Make the next ones that are missing (`alle`: all of the next ones); how many of those that were believed said
        something else than the tables. None when all have been seen. Raises Afloest."""
        if not self._arter:
            return None
        await leader.check(tx, self.leder, alene=True)
        art, organisation = self._arter[0], self.leder.organisation
        side = await SQL[f"side_{art}"].fetch(
            tx, organisation=organisation, efter=self._efter, antal=self.antal, now=now
        )
        uuids = [row["uuid"] for row in side if alle or row["mangler"]]
        forkerte = await goer(tx, organisation, art, uuids, now) if uuids else 0
        if len(side) == self.antal:
            self._efter = side[-1]["uuid"]
        else:
            del self._arter[0]
            self._efter = _NUL
        return forkerte


async def _af(tx: Connection, organisation: UUID, beroert: Beroert) -> dict[Art, list[UUID]]:
    """The users and units whose cards tell of these."""
    brugere, personer, adresser = list(beroert.brugere), list(beroert.personer), list(beroert.adresser)
    ledere, medlemmers = list(beroert.ledere), list(beroert.medlemmers)
    found = {Art.BRUGERE: brugere, Art.ENHEDER: list(beroert.enheder)}
    if personer or adresser or medlemmers:
        rows = await SQL["beroerte_brugere"].fetch(
            tx, organisation=organisation, brugere=brugere, personer=personer, adresser=adresser, enheder=medlemmers
        )
        found[Art.BRUGERE] = [row["uuid"] for row in rows]
    if ledere:
        rows = await SQL["beroerte_enheder"].fetch(
            tx, organisation=organisation, enheder=list(beroert.enheder), ledere=ledere, lederrolle=LEDERROLLE
        )
        found[Art.ENHEDER] = [row["uuid"] for row in rows]
    return found

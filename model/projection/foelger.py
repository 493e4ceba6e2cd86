"""What follows from a change for other objects: paths of units, and the AFLEDT rows of moves and new managers.

Owns `enhed_sti` and the question which units a change touches now. Refuses to know where a change came from: apply and
the calendar both end here. Source: storage.md 2, rules.md 17 and 29.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from fkorg.catalogue import Objekttype
from fkorg.klassifikation import LEDERROLLE
from model import sql
from model.pool import Connection
from model.projection import log
from model.projection.raekker import KOLONNER, Kontekst, Row, Rows, i_kraft

SQL: Final = sql.load(__file__)
_OVERORDNET: Final = KOLONNER["organisation_enhed"].index("overordnet")
_TILHOERER: Final = KOLONNER["organisation_enhed"].index("tilhoerer")
_BRUGERSTATUS: Final = KOLONNER["bruger"].index("status")
_FLYTTET: Final = ("sti", "dybde", "effektivLeder")
_EGNE_LEDERE: Final = ("ledere", "effektivLeder")
_ARVET_LEDER: Final = ("effektivLeder",)
_MEDLEM: Final = tuple(KOLONNER["medlemskab"].index(k) for k in ("funktionstype", "enhed", "bruger"))


@dataclass(frozen=True, slots=True)
class Skifte:
    """An object whose rows changed, by themselves or with the clock: what was in effect before, and after."""

    objekttype: Objekttype
    uuid: UUID
    foer: Rows
    efter: Rows

    @property
    def flyttet(self) -> bool:
        """A unit that hangs elsewhere, or that came or went."""
        return self.objekttype is Objekttype.ORGANISATION_ENHED and _plads(self.foer) != _plads(self.efter)

    @property
    def lederenheder(self) -> set[UUID]:
        """The units that a function gives other managers than before."""
        return {enhed for enhed, _ in _ledere(self.foer) ^ _ledere(self.efter)}

    @property
    def til_eller_fra(self) -> bool:
        """A user that became active or ceased to be: managers count only when they are."""
        return self.objekttype is Objekttype.BRUGER and _aktiv(self.foer) != _aktiv(self.efter)


def skifte(objekttype: Objekttype, uuid: UUID, foer: Rows, foer_ns: int, efter: Rows, efter_ns: int) -> Skifte:
    """From the rows known before and after, what was in effect at either moment."""
    return Skifte(objekttype, uuid, _nu(foer, foer_ns), _nu(efter, efter_ns))


async def udfoer(
    tx: Connection,
    kontekst: Kontekst,
    skifter: Iterable[Skifte],
    seq: dict[tuple[Objekttype, UUID], int],
    now: datetime,
) -> None:
    """Bring paths up to date and log what follows; `seq` is each object's own row in the log."""
    listed = list(skifter)
    afledte: dict[tuple[UUID, int], Sequence[str]] = {}
    flyttede = {s.uuid: seq[s.objekttype, s.uuid] for s in listed if s.flyttet}
    if flyttede:
        for enhed, over in await flyt(tx, kontekst, list(flyttede), now):
            afledte[enhed, flyttede[over]] = _FLYTTET
    ledede = await _ledede(tx, kontekst, listed, seq, now)
    for enhed, aarsag, egen in await _under_leder(tx, kontekst, ledede, now):
        afledte[enhed, aarsag] = _EGNE_LEDERE if egen else _ARVET_LEDER
    await log.skriv_afledte(tx, kontekst.organisation, afledte, now)


async def flyt(tx: Connection, kontekst: Kontekst, enheder: Sequence[UUID], now: datetime) -> list[tuple[UUID, UUID]]:
    """Paths of these units and all below them, made anew; each other unit that was or is below one, and which."""
    if kontekst.rod is None:
        return []
    values = {"organisation": kontekst.organisation, "enheder": enheder}
    old = await SQL["fjern"].fetch(tx, **values)
    new = await SQL["indsaet"].fetch(tx, **values, rod=kontekst.rod, now=now)
    return [(row["enhed"], row["over"]) for row in (*old, *new)]


async def genopbyg(tx: Connection, kontekst: Kontekst, now: datetime) -> None:
    """All paths of the municipality made anew."""
    await SQL["fjern_alle"].execute(tx, organisation=kontekst.organisation)
    if kontekst.rod is not None:
        values = {"organisation": kontekst.organisation, "enheder": [kontekst.rod]}
        await SQL["indsaet"].execute(tx, **values, rod=kontekst.rod, now=now)


async def _ledede(
    tx: Connection,
    kontekst: Kontekst,
    skifter: Sequence[Skifte],
    seq: dict[tuple[Objekttype, UUID], int],
    now: datetime,
) -> list[tuple[UUID, int]]:
    """(unit, seq of the cause) of units whose own managers changed."""
    found = [(enhed, seq[s.objekttype, s.uuid]) for s in skifter for enhed in sorted(s.lederenheder)]
    brugere = {s.uuid: seq[s.objekttype, s.uuid] for s in skifter if s.til_eller_fra}
    if brugere:
        rows = await SQL["enheder_ledet_af"].fetch(
            tx, organisation=kontekst.organisation, brugere=list(brugere), lederrolle=LEDERROLLE, now=now
        )
        found += [(row["enhed"], brugere[row["bruger"]]) for row in rows]
    return found


async def _under_leder(
    tx: Connection, kontekst: Kontekst, ledede: Sequence[tuple[UUID, int]], now: datetime
) -> list[tuple[UUID, int, bool]]:
    """Those units and the ones below that inherit their manager: (unit, seq of the cause, is it the unit itself)."""
    if not ledede:
        return []
    rows = await SQL["arver_leder"].fetch(
        tx,
        organisation=kontekst.organisation,
        enheder=[enhed for enhed, _ in ledede],
        aarsager=[seq for _, seq in ledede],
        lederrolle=LEDERROLLE,
        now=now,
    )
    return [(row["enhed"], row["aarsag"], row["egen"]) for row in rows]


def _nu(rows: Rows, ns: int) -> Rows:
    return {tabel: held for tabel, group in rows.items() if (held := i_kraft(group, ns))}


def _plads(rows: Rows) -> list[Row]:
    return [(row[_OVERORDNET], row[_TILHOERER]) for row in rows.get("organisation_enhed", ())]


def _ledere(rows: Rows) -> set[tuple[UUID, UUID]]:
    funktionstype, enhed, bruger = _MEDLEM
    return {(row[enhed], row[bruger]) for row in rows.get("medlemskab", ()) if row[funktionstype] == LEDERROLLE}


def _aktiv(rows: Rows) -> bool:
    return any(row[_BRUGERSTATUS] == "AKTIV" for row in rows.get("bruger", ()))

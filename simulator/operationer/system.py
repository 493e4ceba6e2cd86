"""The operations above single objects: import, anonymiser, fysiskslet.

Source: domain.md 6, 8.1 and 10, FACTS.md 5 and 6.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import Final
from uuid import UUID

from fkorg.catalogue import Objekttype
from fkorg.kvittering import StandardRetur
from fkorg.registrering import Livscyklus, Registrering
from simulator.operationer import skriv
from simulator.operationer.retur import OK, UKENDT
from simulator.sandhed import Sandhed

ANONYM: Final = "RemovedObject"
"""What clients write to blank a person themselves; what the service leaves is not known (domain.md 12, question 9)."""


def importer_alt(
    sandhed: Sandhed, objekter: Iterable[tuple[Objekttype, UUID, tuple[Registrering, ...]]]
) -> list[tuple[Objekttype, UUID, StandardRetur]]:
    """Imports an organisation and its units, each for itself, and says what became of each."""
    return [(art, uuid, skriv.importer(sandhed, art, uuid, regs)) for art, uuid, regs in objekter]


def anonymiser(sandhed: Sandhed, *, uuid: UUID | None = None, cpr: str | None = None) -> StandardRetur:
    """Forgets name and CPR number of a person in every stored registration, and registers that. No message."""
    with sandhed.transaktion():
        fundet = [uuid] if uuid is not None else _med_cpr(sandhed, cpr or "")
        fundet = [one for one in fundet if sandhed.nyeste(Objekttype.PERSON, one) is not None]
        for person in fundet:
            gamle = sandhed.registreringer(Objekttype.PERSON, person)
            for gammel in gamle:
                sandhed.omskriv(Objekttype.PERSON, person, _anonym(gammel))
            tidspunkt_ns = sandhed.naeste_tid(Objekttype.PERSON, person)
            sandhed.skriv(Objekttype.PERSON, person, replace(_anonym(gamle[-1]), tidspunkt_ns=tidspunkt_ns))
    return OK if fundet else UKENDT


def fysiskslet(sandhed: Sandhed, organisation: UUID, enhed: UUID) -> StandardRetur:
    """Removes a unit without trace. No message: only a full comparison sees it."""
    with sandhed.transaktion():
        known = sandhed.nyeste(Objekttype.ORGANISATION_ENHED, enhed)
        if organisation != sandhed.organisation or known is None:
            return UKENDT
        sandhed.fjern(Objekttype.ORGANISATION_ENHED, enhed)
    return OK


def _med_cpr(sandhed: Sandhed, cpr: str) -> list[UUID]:
    return [
        uuid
        for uuid, reg in sandhed.objekter(Objekttype.PERSON)
        if reg.livscyklus is not Livscyklus.SLETTET and any(one.tekst("cpr") == cpr for one in reg.egenskaber)
    ]


def _anonym(registrering: Registrering) -> Registrering:
    return replace(
        registrering,
        egenskaber=tuple(
            replace(one, felter={navn: text for navn, text in one.felter.items() if navn != "cpr"} | {"navn": ANONYM})
            for one in registrering.egenskaber
        ),
    )

"""When a change is to hold: `fra`, `til` and periods from callers. Whole Danish days only. Source: rules.md 24."""

from datetime import datetime

import strawberry

from fkorg import tid
from fkorg.errors import Malformed
from fkorg.tid import UENDELIG_NS
from fkorg.virkning import Virkning
from graph.mutations.fejl import ugyldig
from graph.mutations.felt import valgfri
from graph.types.scalars import Tidspunkt


@strawberry.input(description="A period in the real world: [fra, til[, each at Danish midnight.")
class Periode:
    """Absent `fra`: today; absent `til`: no end."""

    fra: Tidspunkt | None = valgfri("First day. Absent: today.")
    til: Tidspunkt | None = valgfri("The day it ends, itself excluded. Absent: none.")


def i_dag_ns(now: datetime) -> int:
    """Danish midnight at the start of today."""
    return tid.midnat_ns(tid.dag(tid.from_datetime(now)))


def dag_ns(givet: Tidspunkt | None, argument: str, now: datetime) -> int:
    """The day that was given, else today. Raises Skrivefejl for another time of day."""
    if givet is None:
        return i_dag_ns(now)
    try:
        midnat = givet.ns == tid.midnat_ns(tid.dag(givet.ns))
    except Malformed:
        midnat = False
    if not midnat:
        raise ugyldig(argument, "wanted Danish midnight, like 2026-01-31T00:00:00+01:00: effect is by whole days")
    return givet.ns


def ikke_senere(fra_ns: int, argument: str, hvad: str, now: datetime) -> None:
    """Raises Skrivefejl when a relation that can only be overwritten would be from a later day on."""
    if fra_ns > i_dag_ns(now):
        raise ugyldig(argument, f"wanted today or earlier: {hvad} can only be overwritten at the source, not planned")


def virkning(periode: Periode | None, argument: str, now: datetime) -> Virkning:
    """The period that was given; absent: from today, without end."""
    fra_ns = dag_ns(periode.fra if periode else None, f"{argument}.fra", now)
    til = periode.til if periode else None
    til_ns = UENDELIG_NS if til is None else dag_ns(til, f"{argument}.til", now)
    if til_ns <= fra_ns:
        raise ugyldig(f"{argument}.til", "wanted a day after fra")
    return Virkning(fra_ns, til_ns)

"""At which time an operation runs: what `@tidspunkt` says, and whether what was known then is still kept.

Source: design.md 5.1. Refuses to know how rows are read at a time.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from graphql.execution import get_directive_values
from graphql.execution.values import VariableValues

from fkorg import tid
from graph.arguments import Ugyldigt, i_bigint
from graph.plan import Dokument, Tid
from graph.types.scalars import Tidspunkt


@dataclass(frozen=True, slots=True)
class Tidsvalg:
    """At which time an operation runs."""

    tid: Tid
    t: datetime
    r: int | None = None
    bevaret_ns: int | None = None
    """What was known before this moment is not kept any more."""


def tidsvalg(dokument: Dokument, variables: VariableValues, now: datetime) -> Tidsvalg:
    """What the directive @tidspunkt says; without it now. Raises Ugyldigt."""
    if not dokument.operation.directives or (directive := dokument.schema.get_directive("tidspunkt")) is None:
        return Tidsvalg(Tid.NU, now)
    valgt = get_directive_values(directive, dokument.operation, variables) or {}
    virkning: Tidspunkt | None = valgt.get("virkningstid")
    registrering: Tidspunkt | None = valgt.get("registreringstid")
    t = now if virkning is None else virkning.datetime
    if registrering is not None:
        return Tidsvalg(Tid.DENGANG, t, i_bigint(registrering.sidste_ns))
    return Tidsvalg(Tid.NU if virkning is None else Tid.VIRKNING, t)


def kraev_bevaret(binds: Iterable[Mapping[str, Any]], bevaret_ns: int | None) -> None:
    """What was recorded before is not all there: an answer would pass for the whole."""
    for argument in ("registreringFra", "registreringTil"):
        for one in binds:
            if bevaret_ns is not None and one.get(argument) is not None and one[argument] < bevaret_ns:
                raise ikke_bevaret(argument, bevaret_ns)


def ikke_bevaret(argument: str, bevaret_ns: int) -> Ugyldigt:
    return Ugyldigt(f"{argument}: what was recorded is kept from {tid.format_ns(bevaret_ns)[:10]} on")

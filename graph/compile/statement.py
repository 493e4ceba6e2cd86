"""The way in: a plan becomes one statement, its text and where each of its parameters comes from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Dialect, literal_column, select
from sqlalchemy import func as fn
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg

from graph.compile import objects
from graph.compile.markers import Fund
from graph.compile.place import Bygger, Omgivelse, Vaerdi
from graph.compile.text import samlet
from graph.plan import Plan

DIALEKT: Final[Dialect] = PGDialect_asyncpg()  # type: ignore[no-untyped-call]  # SQLAlchemy leaves it untyped


@dataclass(frozen=True, slots=True)
class Statement:
    """SQL text, its parameters in order, and what the markers in its answer mean.

    Its one row: the answer as UTF-8 bytes, and the transaction id below which every change is in it (rules.md 13).
    `laest`: what of persons it shows or searches by; whose that is, is marked in the answer (rules.md 34).
    """

    tekst: str
    vaerdier: tuple[Vaerdi, ...]
    fund: tuple[Fund, ...]
    laest: tuple[str, ...] = ()


def compile_plan(plan: Plan) -> Statement:
    """The statement of a plan. Equal plans give equal text."""
    b = Bygger(plan)
    svar, _ = objects.objekt(b, Omgivelse({}, None), "Query", plan.felter)
    valg = select(
        fn.convert_to(samlet(svar), literal_column("'UTF8'")).label("svar"),
        fn.pg_snapshot_xmin(fn.pg_current_snapshot()).label("horisont"),
    )
    faerdig = valg.compile(dialect=DIALEKT)
    vaerdier = tuple(b.vaerdier[navn] for navn in faerdig.positiontup or ())
    return Statement(str(faerdig), vaerdier, tuple(b.fund.fund), tuple(sorted(b.laest)))


def bind(vaerdier: tuple[Vaerdi, ...], faelles: Mapping[str, Any], felter: Sequence[Mapping[str, Any]]) -> list[Any]:
    """The parameters' values in order: constants, those of the whole operation, those of each field's arguments."""
    return [_vaerdi(v, faelles, felter) for v in vaerdier]


def _vaerdi(v: Vaerdi, faelles: Mapping[str, Any], felter: Sequence[Mapping[str, Any]]) -> Any:
    if v.konstant is not None:
        return v.konstant
    if v.nr is None:
        return faelles[v.navn]
    givet = felter[v.nr]
    if v.navn in ("sted.tekst", "sted.uuid"):
        sted: tuple[str, UUID] | None = givet.get("sted")
        return v.ellers if sted is None else sted[v.navn == "sted.uuid"]
    return givet["uuid" if v.navn == "uuider" else v.navn]

"""Cards: a selection that ingest keeps as finished text is read from there, and from the tables where it holds none.

Owns which selections those are; the order of fields counts, aliases and arguments make another selection, `__typename`
may end each. A card is one row's own and holds now; at another time, and without the right to what it tells, the tables
are read. Source: storage.md 3.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Column, select
from sqlalchemy import func as fn

from graph.caller import Ret
from graph.compile.place import Plads
from graph.compile.text import samlet, tekst
from graph.compile.values import Skrevet
from graph.plan import TYPENAME, Tid, Valg
from graph.relations.parts import ordet
from model.leader import ROLE
from model.projection.kort import PLADSER
from model.tables import bruger_kort, enhed_kort, leader


@dataclass(frozen=True, slots=True)
class Kort:
    """Where a selection is kept. `typer`: of its objects, the inner one first; `ret`: needed to see it."""

    kolonne: Column[Any]
    typer: tuple[str, ...]
    ret: Ret | None = None


KORT: Final[Mapping[str, Kort]] = {
    "Bruger.person{uuid navn}": Kort(bruger_kort.c.person, ("Person",), Ret.SENAVN),
    "Bruger.adresser{uuid adresseTekst klassifikation{rolle}}": Kort(
        bruger_kort.c.adresser, ("KlassifikationRelation", "Adresse")
    ),
    "OrganisationEnhed.ledere{bruger{uuid brugernavn}}": Kort(
        enhed_kort.c.ledere, ("Bruger", "OrganisationEnhedMedlemskab")
    ),
    "OrganisationEnhed.ledere{bruger{brugernavn}}": Kort(
        enhed_kort.c.ledernavne, ("Bruger", "OrganisationEnhedMedlemskab")
    ),
}
"""The selections that have a column of their own."""


def foerst(p: Plads, skrevet: Skrevet) -> Skrevet:
    """The field from its card; `skrevet`, from the tables, where there is none that holds."""
    plan = p.bygger.plan
    if not plan.kort or plan.tid is not Tid.NU or p.form:
        return skrevet
    navngivne: list[bool] = []
    kort = KORT.get(f"{p.valg.ejer}.{p.valg.felt}{_under(p, p.valg, navngivne)}")
    if kort is None or (kort.ret is not None and not p.har(kort.ret)):
        return skrevet
    dele, sikker = skrevet
    return [fn.coalesce(_laest(p, kort, navngivne), samlet(dele))], sikker


def _laest(p: Plads, kort: Kort, navngivne: list[bool]) -> Any:
    """The text of a card that holds, with the names of types where they were asked for."""
    k, leder, t = p.ny(kort.kolonne.table), p.ny(leader), p.bygger.t
    svar: Any = k.c[kort.kolonne.name]
    for plads, type_, navngivet in zip(PLADSER, kort.typer, navngivne, strict=False):
        svar = fn.replace(svar, tekst(plads), tekst(f',"{TYPENAME}":"{type_}"' if navngivet else ""))
    kept = select(leder.c.kort_epoch == leder.c.epoch).where(p.egen(leder), leder.c.role == ordet(ROLE))
    hvor = [k.c.uuid == p[p.basis].c.uuid, p.egen(k), k.c.gaelder_fra <= t, k.c.gaelder_til > t]
    hvor.append(kept.correlate_except(leder).scalar_subquery())
    return select(svar).where(*hvor).correlate_except(k).scalar_subquery()


def _under(p: Plads, valg: Valg, navngivne: list[bool]) -> str:
    """The selection below a field as `KORT` writes it; of each object, the inner one first, whether its type is asked
    for. Nothing that `KORT` holds when the selection is of another kind."""
    if not valg.under:
        return ""
    ((_, felter),) = valg.under.items() if len(valg.under) == 1 else (("", ()),)
    navngivet = bool(felter) and felter[-1].felt == TYPENAME == felter[-1].noegle
    dele = [
        f"{one.felt}{_under(p, one, navngivne)}" if one.noegle == one.felt and not _form(p, one) else "?"
        for one in (felter[:-1] if navngivet else felter)
    ]
    navngivne.append(navngivet)
    return f"{{{' '.join(dele)}}}"


def _form(p: Plads, valg: Valg) -> Any:
    return valg.nr is not None and p.bygger.plan.forme[valg.nr]

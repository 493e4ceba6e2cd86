"""Leaves: how a column or expression is written as JSON text.

Each function gives the pieces and whether they are sure never to be NULL. Text that needs escaping goes through
to_json; uuids, numbers, times and our own words are written bare (storage.md 4).
"""

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

from sqlalchemy import ColumnElement, Table, case, literal_column, null, select
from sqlalchemy import func as fn
from sqlalchemy.types import BigInteger, Text

from graph import rettigheder
from graph.caller import Ret
from graph.compile.markers import HER, Fund, Klassifikation
from graph.compile.place import Plads
from graph.compile.text import Del, eller, samlet, tekst
from graph.relations.parts import ordet
from graph.source import Klassefelt, Kolonne, Slags, Udtryk
from model.tables import klasse

Skrevet: TypeAlias = tuple[list[Del], bool]
"""Pieces, and whether they are sure never to be NULL."""
_SEKUND: Final = literal_column("1000000000", BigInteger)


def kolonne(p: Plads, k: Kolonne) -> Skrevet:
    """A column of the row."""
    x = _kolonne(p, k.navn, k.tabel)
    if k.ellers:
        return [_med_erstatning(p, x, k)], True
    if k.slags is Slags.STATUS:
        return [_status(p, x)], True
    dele = SKRIV[k.slags](x)
    if p.valg.skal:
        return dele, not _kan_mangle(x)
    return [eller(dele)], True


def udtryk(p: Plads, u: Udtryk) -> Skrevet:
    """A computed value."""
    x = u.af(p)
    dele = SKRIV[u.slags](x)
    return (dele, False) if p.valg.skal else ([eller(dele)], True)


def klassefelt(p: Plads, k: Klassefelt) -> Skrevet:
    """Number or title of a class; an unknown class is null with a warning, no class at all is null without."""
    uuid, x = _kolonne(p, k.navn, k.tabel), p.ny(klasse)
    kendt = select(eller([_json(x.c[k.felt])])).select_from(x).where(x.c.uuid == uuid).correlate_except(x)
    ukendt = p.bygger.fund.maerke(
        HER, Fund(Klassifikation.NOT_FOUND, f"{_felt(p)}: the class is not known here; null stands for it")
    )
    ellers = case((uuid.is_(null()), tekst("null")), else_=tekst(ukendt + "null"))
    return [fn.coalesce(kendt.scalar_subquery(), ellers)], True


def uden_ret(p: Plads, ret: Ret) -> str:
    """The marker of what the caller may not see."""
    besked = f"{_felt(p)}: needs the right {rettigheder.navn(ret)}"
    return p.bygger.fund.maerke(HER, Fund(Klassifikation.UNAUTHORIZED, besked))


def _kolonne(p: Plads, navn: str, tabel: Table | None) -> ColumnElement[Any]:
    found: ColumnElement[Any] = p[tabel if tabel is not None else p.basis].c[navn]
    return found


def _kan_mangle(x: ColumnElement[Any]) -> bool:
    """May the column be NULL? As the table says; of a computed one nothing is known."""
    return bool(getattr(x, "nullable", True))


def _med_erstatning(p: Plads, x: ColumnElement[Any], k: Kolonne) -> ColumnElement[Any]:
    """A mandatory name, or what stands in for it, with a warning (rules.md 11)."""
    mangler = p.bygger.fund.maerke(
        HER,
        Fund(Klassifikation.NULL_VALUE, f"{_felt(p)}: no value is registered; {_dansk(k.ellers)} stands in for it"),
    )
    andre = [
        _kolonne(p, navn, k.tabel).cast(Text) if navn == "uuid" else _kolonne(p, navn, k.tabel) for navn in k.ellers
    ]
    erstatning = fn.coalesce(*andre) if len(andre) > 1 else andre[0]
    return fn.coalesce(_json(x), samlet([mangler, _json(erstatning)]))


def _dansk(kolonner: tuple[str, ...]) -> str:
    return " or ".join({"brugervendt_noegle": "brugervendtNoegle"}.get(navn, navn) for navn in kolonner)


def _status(p: Plads, x: ColumnElement[Any]) -> ColumnElement[Any]:
    ukendt = p.bygger.fund.maerke(
        HER, Fund(Klassifikation.NULL_VALUE, f"{_felt(p)}: no Gyldighed is in effect; INAKTIV stands for it")
    )
    return case(
        (x == ordet("AKTIV"), tekst('"AKTIV"')),
        (x == ordet("INAKTIV"), tekst('"INAKTIV"')),
        else_=tekst(ukendt + '"INAKTIV"'),
    )


def _felt(p: Plads) -> str:
    return f"{p.valg.ejer}.{p.valg.felt}"


def _json(x: ColumnElement[Any]) -> ColumnElement[Any]:
    return fn.to_json(x).cast(Text)


def _tekst(x: ColumnElement[Any]) -> list[Del]:
    return [_json(x)]


def _anfoert(x: ColumnElement[Any]) -> list[Del]:
    return ['"', x, '"']


def _tid(x: ColumnElement[Any]) -> list[Del]:
    """ISO 8601 in UTC, by the session's time zone; NULL for the two infinities."""
    return ['"', fn.to_char(x, literal_column("""'YYYY-MM-DD"T"HH24:MI:SS"Z"'""")), '"']


def _regtid(x: ColumnElement[Any]) -> list[Del]:
    """Nanoseconds as ISO 8601 in UTC with as many digits as there are."""
    sekunder = fn.to_timestamp(x.op("/")(_SEKUND))
    return ['"', fn.to_char(sekunder, literal_column("""'YYYY-MM-DD"T"HH24:MI:SS'""")), _brok(x), 'Z"']


def _brok(x: ColumnElement[Any]) -> ColumnElement[Any]:
    cifre = fn.to_char(fn.mod(x, _SEKUND), literal_column("'FM000000000'"))
    nul, prik = literal_column("'0'", Text), literal_column("'.'", Text)
    return fn.rtrim(fn.rtrim(prik.op("||")(cifre), nul), prik)


SKRIV: Final[Mapping[Slags, Callable[[ColumnElement[Any]], list[Del]]]] = {
    Slags.TEKST: _tekst,
    Slags.UUID: _anfoert,
    Slags.ENUM: _anfoert,
    Slags.TID: _tid,
    Slags.REGTID: _regtid,
    Slags.TAL: lambda x: [x],
    Slags.JSON: lambda x: [x],
}

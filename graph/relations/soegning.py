"""Search: word beginnings by trigram index, ranked cheaply; typing errors when that finds too little (storage.md 6).

The texts are those of now: at another time the objects found are shown as they were then.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from sqlalchemy import ColumnElement, FromClause, Table, and_, case, cast, literal_column, not_, or_, select, union_all
from sqlalchemy import func as fn
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.types import Numeric, Text

from graph.arguments import telefonnummer
from graph.relations import adresser
from graph.relations.enheder import i_status, i_traeet
from graph.relations.parts import ENDE, OBJEKTTYPE, ordet, tal
from graph.rettigheder import soegeret
from graph.source import Fra, Sortering, Sted, Vilkaar
from model import tables

TYPER: Final = (tables.organisation_enhed, tables.bruger, tables.person, tables.adresse)
"""What is searched: object types in the order of the statement's branches."""
FAA: Final = 5
"""Fewer hits than this, and typing errors are looked for as well."""
FLEST: Final = 2000
"""Hits that are shown; more are beyond what a search is for."""
FLEST_RAA: Final = 5000
"""Hits by text, the best first, of which those are kept that may be seen: two letters find half of everything."""


def soeg(sted: Sted) -> Fra:
    """Objects whose text has words that begin with those asked for; each object once, by its nearest text.

    The order is that of nearness, then of type and uuid: a cursor holds the sort key, and no text of a person's.
    """
    if not _typer(sted):
        return _intet(sted)
    faa = select(fn.count()).select_from(
        _trin(sted, naer=False, bedst_foerst=False).limit(tal(FAA)).subquery(sted.navn())
    )
    naer = _trin(sted, naer=True).where(faa.scalar_subquery() < tal(FAA))
    ens = _trin(sted, naer=False)
    alle = union_all(ens.limit(tal(FLEST)), naer.limit(tal(FLEST))).subquery(sted.navn())
    hver = select(alle.c.objekttype, alle.c.uuid, alle.c.felt, alle.c.ord, _naerhed(sted, alle).label("naerhed"))
    hver_ = hver.correlate_except(alle).subquery(sted.navn())
    bedst = (
        select(*hver_.c)
        .ext(distinct_on(hver_.c.objekttype, hver_.c.uuid))
        .order_by(hver_.c.objekttype, hver_.c.uuid, hver_.c.naerhed.desc(), hver_.c.ord, hver_.c.felt)
        .correlate_except(hver_)
        .subquery(sted.navn())
    )
    fjernhed = fn.to_char((tal(1) - bedst.c.naerhed) * tal(1000), literal_column("'FM0000'"))
    noegle = fjernhed.op("||")(ENDE).op("||")(bedst.c.objekttype)
    return Fra({tables.soegetekst: bedst}, [], (bedst,), sortering=Sortering(noegle.collate("C"), bedst.c.uuid))


def _intet(sted: Sted) -> Fra:
    """No type is left to look in."""
    s = sted.ny(tables.soegetekst)
    tom = select(*s.c, literal_column("0", Numeric).label("naerhed")).where(literal_column("false"))
    x = tom.correlate_except(s).subquery(sted.navn())
    return Fra({tables.soegetekst: x}, [], (x,), sortering=Sortering(x.c.ord, x.c.uuid))


def naerhed(sted: Sted) -> ColumnElement[Any]:
    """How near the text came, as the list is ordered by it."""
    found: ColumnElement[Any] = sted[tables.soegetekst].c.naerhed
    return found


def _naerhed(sted: Sted, hit: FromClause) -> ColumnElement[Any]:
    """0 to 1, three digits: a third for each step of the rank, and within it how alike the texts are."""
    tekst = sted.bind("tekst")
    ens, naer = fn.similarity(hit.c.ord, tekst), fn.word_similarity(tekst, hit.c.ord)
    lighed = cast(case((hit.c.rang == literal_column("'2'", Text), naer), else_=ens), Numeric)
    trin = literal_column("2", Numeric) - cast(hit.c.rang, Numeric)
    return fn.round((trin + lighed).self_group() / literal_column("3", Numeric), tal(3))


def _trin(sted: Sted, *, naer: bool, bedst_foerst: bool = True) -> Any:
    """Hits of one kind that may be seen and have the state asked for; without order a few of them cost little."""
    s = sted.ny(tables.soegetekst)
    ens = _ens(sted, s)
    if naer:
        rang: ColumnElement[Any] = literal_column("'2'", Text)
        foerst: ColumnElement[Any] = fn.word_similarity(sted.bind("tekst"), s.c.ord).desc()
        hvor = [sted.bind("tekst").op("<%")(s.c.ord), not_(and_(*ens))]
    else:
        forrest = s.c.ord.like(sted.bind("forrest"))
        rang = case((forrest, literal_column("'0'", Text)), else_=literal_column("'1'", Text))
        foerst = literal_column("rang", Text)
        hvor = ens
    bedst = select(s.c.objekttype, s.c.uuid, s.c.felt, s.c.ord, rang.label("rang")).where(sted.egen(s), *hvor)
    bedst = bedst.where(s.c.objekttype.in_([ordet(OBJEKTTYPE[tabel]) for tabel in _typer(sted)]))
    if bedst_foerst:
        bedst = bedst.order_by(foerst, s.c.ord, s.c.uuid).limit(tal(FLEST_RAA))
    x = bedst.correlate_except(s).subquery(sted.navn())
    synlig = [(x.c.objekttype == ordet(OBJEKTTYPE[tabel])) & _findes(sted, x, tabel) for tabel in _typer(sted)]
    return select(*x.c).where(or_(*synlig)).correlate_except(x)


def _ens(sted: Sted, s: FromClause) -> list[Vilkaar]:
    """The text has words that begin as those asked for; of a telephone number, it has the number however written."""
    if "nummer" in sted.form:
        return [or_(*(s.c.ord.like(sted.bind(f"nummer{n}")) for n in range(len(telefonnummer("")))))]
    return [s.c.ord.like(sted.bind(f"ord{n}")) for n in range(sted.form["ord"])]


def _typer(sted: Sted) -> list[Table]:
    """The tables to look in: what is asked for and may be seen, decided before anything is ranked."""
    typer = sted.form.get("typer")
    krav = {tabel: soegeret(OBJEKTTYPE[tabel]) for tabel in TYPER}
    synlige = [tabel for tabel, ret in krav.items() if ret is None or sted.har(ret)]
    return [tabel for tabel in synlige if typer is None or OBJEKTTYPE[tabel] in typer]


def _findes(sted: Sted, s: FromClause, tabel: Table) -> Vilkaar:
    x = sted.ny(tabel)
    hvor = [x.c.uuid == s.c.uuid, sted.gaelder(x)]
    if "status" in x.c:
        hvor += [x.c.tilhoerer == sted.organisation, *i_status(sted, x)]
    if tabel is tables.organisation_enhed:
        hvor.append(i_traeet(sted, x.c.uuid))
    return select(tal(1)).select_from(x).where(*hvor).correlate_except(x).exists()


def _maal(tabel: Table) -> "Callable[[Sted], Fra]":
    def til(sted: Sted) -> Fra:
        uuid = sted[tables.soegetekst].c.uuid
        if tabel is tables.adresse:
            return adresser.ved_uuid(sted, uuid)
        x = sted.ny(tabel)
        return Fra({tabel: x}, [x.c.uuid == uuid, sted.gaelder(x)])

    return til


MAAL: Final[Mapping[str, Callable[[Sted], Fra]]] = {OBJEKTTYPE[tabel].value: _maal(tabel) for tabel in TYPER}
"""From a hit to its object, by object type."""

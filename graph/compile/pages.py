"""Connections: a page of a list by key set, with what the client asked to know of it (storage.md 5).

One row more than the page is read, so that `hasNextPage` costs nothing. The place to go on from is a bind parameter
also on the first page (a sentinel), so that all pages share one text.
"""

from collections.abc import Callable
from typing import Any

from graphql import GraphQLList, GraphQLNonNull, get_nullable_type
from sqlalchemy import ColumnElement, Subquery, and_, literal_column, select, tuple_
from sqlalchemy import func as fn
from sqlalchemy.types import Text

from graph.arguments import FOERST, SIDST
from graph.compile import objects
from graph.compile.markers import HER, UDELADT
from graph.compile.place import Omgivelse, Plads
from graph.compile.text import Del, eller, objekttekst, samlet, tekst
from graph.compile.values import Skrevet
from graph.plan import TYPENAME, Valg
from graph.relations.parts import tal
from graph.source import Fra, Side, Sortering, Sted


def side(p: Plads, til: Callable[[Sted], Fra]) -> Skrevet:
    """A connection: its selected parts, over one derived table of the page's rows where they need it."""
    ((type_, felter),) = p.valg.under.items()
    kanter = {valg.noegle: nr for nr, valg in enumerate(v for v in felter if v.felt == "edges")}
    raekker = None
    if any(valg.felt in ("edges", "pageInfo") for valg in felter):
        raekker = _raekker(p, til(p), [valg for valg in felter if valg.felt == "edges"])

    def del_(valg: Valg) -> list[Del]:
        if valg.felt == TYPENAME:
            return [f'"{type_}"']
        if valg.felt == "antal":
            return [_antal(til(p))]
        assert raekker is not None
        if valg.felt == "pageInfo":
            return _sideinfo(p, raekker, valg)
        return ["[", fn.coalesce(_liste(p, raekker, raekker.c[f"j{kanter[valg.noegle]}"]), tekst("")), "]"]

    svar = samlet(objekttekst((valg.noegle, del_(valg)) for valg in felter))
    if raekker is not None:  # having: one row, also where nothing selected counts or joins the rows
        samlede = select(svar).select_from(raekker).having(literal_column("true"))
        return [samlede.correlate_except(raekker).scalar_subquery()], True
    return [svar], True


def _raekker(p: Plads, fra: Fra, kanter: list[Valg]) -> Subquery:
    """The page's rows and one more: `n` from 1 in reading order, an edge `j` per selection of edges, a place `c`."""
    assert fra.sortering is not None, f"{p.valg.ejer}.{p.valg.felt} has no order"
    s = fra.sortering
    faldende = s.faldende is not bool(p.form["baglaens"])
    sentinel = SIDST if faldende else FOERST
    her = tuple_(s.tekst, s.uuid)
    fra_sted = tuple_(p.sted("tekst", sentinel[0]), p.sted("uuid", sentinel[1]))
    orden = [s.tekst.desc(), s.uuid.desc()] if faldende else [s.tekst, s.uuid]
    kolonner: list[ColumnElement[Any]] = [fn.row_number().over(order_by=orden).label("n"), _sted(s).label("c")]
    kolonner += [_kant(p, fra, valg).label(f"j{nr}") for nr, valg in enumerate(kanter)]
    kilder = objects.kilder(fra)
    fundet = select(*kolonner).select_from(*kilder).where(*fra.hvor, her < fra_sted if faldende else her > fra_sted)
    fundet = fundet.order_by(*orden).limit(p.bind("first") + literal_column("1"))
    return fundet.correlate_except(*kilder, *fra.raekke.values()).subquery(p.navn())


def _kant(p: Plads, fra: Fra, valg: Valg) -> ColumnElement[Any]:
    """One edge; without its node it is null, or left out where the list allows no null."""
    ((type_, felter),) = valg.under.items()
    felter_: list[tuple[str, list[Del]]] = []
    sikker = True
    for felt in felter:
        skrevet, sure = _kantfelt(p, fra, type_, felt)
        felter_.append((felt.noegle, skrevet))
        sikker = sikker and sure
    kant = samlet(objekttekst(felter_))
    if sikker:
        return kant
    listetype = get_nullable_type(valg.type)
    if isinstance(listetype, GraphQLList) and isinstance(listetype.of_type, GraphQLNonNull):
        return eller([kant], objects.mangel(p, UDELADT, "the element is left out"))
    return eller([kant], objects.mangel(p, HER, "null stands for the edge") + "null")


def _kantfelt(p: Plads, fra: Fra, type_: str, felt: Valg) -> Skrevet:
    o = Omgivelse.of(fra)
    if felt.felt == TYPENAME:
        return [f'"{type_}"'], True
    if not isinstance(felt.kilde, Side):
        return objects.felt(Plads(p.bygger, o, felt, p.valg))
    if felt.felt == "cursor":
        assert fra.sortering is not None
        return ['"', _cursor(_sted(fra.sortering)), '"'], True
    ((node, valgte),) = felt.under.items()
    skrevet, sikker = objects.objekt(p.bygger, o, node, valgte)
    return [*objects.soegt(p, o), *skrevet], sikker


def _liste(p: Plads, raekker: Subquery, j: ColumnElement[Any]) -> ColumnElement[Any]:
    """The edges in the list's own order. string_agg takes rows as the derived table gives them: nothing is between."""
    komma = tekst(",")
    if p.form["baglaens"]:
        liste: Any = fn.string_agg(j, komma).aggregate_order_by(raekker.c.n.desc())
    else:
        liste = fn.string_agg(j, komma)
    found: ColumnElement[Any] = liste.filter(raekker.c.n <= p.bind("first"))
    return found


def _antal(fra: Fra) -> ColumnElement[Any]:
    """How many there are in all."""
    kilder = objects.kilder(fra)
    valg = select(fn.count()).select_from(*kilder).where(*fra.hvor)
    return valg.correlate_except(*kilder, *fra.raekke.values()).scalar_subquery()


def _sideinfo(p: Plads, raekker: Subquery, valg: Valg) -> list[Del]:
    """PageInfo. Behind where the page began there is something: the element whose cursor it began at."""
    antal, baglaens = p.bind("first"), bool(p.form["baglaens"])
    forrest = fn.max(raekker.c.c).filter(and_(raekker.c.n == tal(1), antal > tal(0)))
    nummereret = fn.max(fn.to_char(raekker.c.n, literal_column("'FM0000'")).op("||")(raekker.c.c))
    bagest = fn.substr(nummereret.filter(raekker.c.n <= antal), tal(5))
    flere: list[Del] = [(fn.count() > antal).self_group()]
    bagved: list[Del] = [p.bind("fra")]
    vaerdier: dict[str, list[Del]] = {
        "startCursor": [eller(['"', _cursor(bagest if baglaens else forrest), '"'])],
        "endCursor": [eller(['"', _cursor(forrest if baglaens else bagest), '"'])],
        "hasNextPage": bagved if baglaens else flere,
        "hasPreviousPage": flere if baglaens else bagved,
        TYPENAME: ['"PageInfo"'],
    }
    return objekttekst((felt.noegle, vaerdier[felt.felt]) for felt in valg.under["PageInfo"])


def _sted(s: Sortering) -> ColumnElement[Any]:
    """What a cursor to a row says: version, uuid and sort key."""
    sted: ColumnElement[Any] = literal_column("'1'", Text).op("||")(s.uuid.cast(Text)).op("||")(s.tekst)
    return sted


def _cursor(sted: ColumnElement[Any]) -> ColumnElement[Any]:
    """The same as graph.arguments reads it, in URL-safe Base64. Of the rows that are shown or begin or end a page."""
    kode = fn.encode(fn.convert_to(sted, literal_column("'UTF8'")), literal_column("'base64'"))
    return fn.translate(kode, literal_column("E'+/=\\n'"), literal_column("'-_'"))

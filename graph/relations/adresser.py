"""Addresses of units, users and functions, and who uses an address.

The text lives in the address, role and index in the relation to it: a row is both (rules.md 14).
"""

from typing import Any

from sqlalchemy import ColumnElement, FromClause, Table, and_, null, select, true

from graph.relations.parts import OBJEKTTYPE, iblandt, navneorden, objekttype, ordet, tal
from graph.source import Fra, Sted
from model.tables import adresse, adressering, bruger, organisation_enhed


def adresser(sted: Sted) -> Fra:
    """The addresses of the object above, by index."""
    r, a = sted.ny(adressering), sted.ny(adresse)
    hvor = [sted.gaelder(r), r.c.ejer == sted[sted.basis].c.uuid, r.c.ejertype == objekttype(sted)]
    if "rolle" in sted.form:
        hvor.append(iblandt(r.c.rolle, sted.bind("rolle")))
    return Fra(
        {adresse: a, adressering: r},
        hvor,
        (r.outerjoin(a, and_(a.c.uuid == r.c.adresse, sted.gaelder(a))),),
        orden=[r.c.indeks, r.c.adresse, r.c.rolle, r.c.type],
        findes=a.c.uuid.is_not(null()),
    )


def ved_uuid(sted: Sted, uuid: ColumnElement[Any]) -> Fra:
    """An address with the relation of its first owner, by owner and index."""
    a, r = sted.ny(adresse), sted.ny(adressering)
    valg = select(r.c.rolle, r.c.type, r.c.indeks).where(sted.gaelder(r), r.c.adresse == a.c.uuid)
    forste = valg.order_by(r.c.ejer, r.c.indeks, r.c.rolle).limit(tal(1)).correlate_except(r).lateral(sted.navn())
    return Fra({adresse: a, adressering: forste}, [a.c.uuid == uuid, sted.gaelder(a)], (a.outerjoin(forste, true()),))


def enheder(sted: Sted) -> Fra:
    """The units that use the address above."""
    return _ejere(sted, organisation_enhed)


def brugere(sted: Sted) -> Fra:
    """The users that use the address above."""
    return _ejere(sted, bruger)


def _ejere(sted: Sted, tabel: Table) -> Fra:
    x, r = sted.ny(tabel), sted.ny(adressering)
    hvor = [sted.gaelder(r), r.c.adresse == sted[adresse].c.uuid, r.c.ejertype == ordet(OBJEKTTYPE[tabel])]
    ejere = select(r.c.ejer).select_from(r).where(*hvor).correlate_except(r)
    return Fra({tabel: x}, [x.c.uuid.in_(ejere), sted.gaelder(x)], orden=navneorden(x))


def har_tekst(sted: Sted, ejer: FromClause, rolle: ColumnElement[Any], passer: Any) -> ColumnElement[bool]:
    """The user has an address of that role whose text fits."""
    r, a = sted.ny(adressering), sted.ny(adresse)
    hvor = [sted.gaelder(r), r.c.ejer == ejer.c.uuid, r.c.ejertype == ordet("BRUGER"), r.c.rolle == rolle]
    hvor += [a.c.uuid == r.c.adresse, sted.gaelder(a), passer(a.c.adressetekst)]
    return select(tal(1)).select_from(r, a).where(*hvor).correlate_except(r, a).exists()

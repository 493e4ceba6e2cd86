"""The three lists of an object and their entries <-> XML elements: attributes, states, relations.

Driven by the catalogue. Faults of single entries go to a list that the caller gives. Source: FACTS.md 3 and 4.
"""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Final

from fkorg.catalogue import KATALOG, OF, SD, Beskrivelse, Felt, Objekttype
from fkorg.errors import Malformed
from fkorg.registrering import Egenskab, Fejl, Gyldighed, Lister, Relation, Tilstand
from fkorg.virkning import ALTID
from fkorg.wire import xml
from fkorg.wire.unikid import read_reference, write_reference
from fkorg.wire.virkning_xml import read_virkning, write_virkning
from fkorg.wire.xml import Element

GYLDIGHED: Final = {"Aktiv": Gyldighed.AKTIV, "Inaktiv": Gyldighed.INAKTIV}
GYLDIGHEDSKODE: Final = {status: kode for kode, status in GYLDIGHED.items()}

_VIRKNING: Final = f"{{{SD}}}Virkning"
_UDVIDELSE: Final = f"{{{SD}}}LokalUdvidelse"
_GYLDIGHED: Final = f"{{{OF}}}Gyldighed"
_STATUS: Final = f"{{{OF}}}GyldighedStatusKode"
_REFERENCE: Final = f"{{{SD}}}ReferenceID"
_ROLLE: Final = f"{{{SD}}}Rolle"
_TYPE: Final = f"{{{SD}}}Type"
_INDEKS: Final = f"{{{SD}}}Indeks"


def read_lister(parent: Element, objekttype: Objekttype, fejl: list[Fejl] | None = None) -> Lister:
    """The lists among `parent`'s children; None for each that is not there. Faults are appended to `fejl`."""
    beskrivelse = KATALOG[objekttype]
    found = [] if fejl is None else fejl
    egenskaber: tuple[Egenskab, ...] | None = None
    tilstande: tuple[Tilstand, ...] | None = None
    relationer: tuple[Relation, ...] | None = None
    udvidelser: dict[str, str] = {}
    start = f"{{{beskrivelse.namespace}}}"
    for child in parent:
        if xml.tag(child) == start + "AttributListe":
            egenskaber = tuple(_egenskaber(child, beskrivelse, udvidelser, found))
        elif xml.tag(child) == start + "TilstandListe":
            tilstande = tuple(_tilstande(child, udvidelser, found))
        elif xml.tag(child) == start + "RelationListe":
            relationer = tuple(_relationer(child, beskrivelse, udvidelser, found))
    return Lister(egenskaber, tilstande, relationer, udvidelser)


def write_lister(parent: Element, objekttype: Objekttype, lister: Lister, *, kriterier: bool = False) -> None:
    """Each list that is not None, entries in the schema's order; `kriterier` (soeg) leaves out Virkning ALTID.

    A criterion needs no Virkning, and an element without one means "in effect now" (FACTS.md 4).
    """
    beskrivelse = KATALOG[objekttype]
    if lister.egenskaber is not None:
        liste = xml.sub(parent, f"{{{beskrivelse.namespace}}}AttributListe")
        for egenskab in lister.egenskaber:
            write_egenskab(liste, objekttype, egenskab, kriterier=kriterier)
        _write_udvidelse(liste, lister.lokal_udvidelse, "attributter")
    if lister.tilstande is not None:
        liste = xml.sub(parent, f"{{{beskrivelse.namespace}}}TilstandListe")
        for tilstand in lister.tilstande:
            entry = xml.sub(liste, _GYLDIGHED)
            if not (kriterier and tilstand.virkning == ALTID):
                write_virkning(entry, tilstand.virkning, tilstand.ansvar)
            xml.sub(entry, _STATUS, GYLDIGHEDSKODE[tilstand.status])
        _write_udvidelse(liste, lister.lokal_udvidelse, "tilstande")
    if lister.relationer is not None:
        liste = xml.sub(parent, f"{{{beskrivelse.namespace}}}RelationListe")
        for relation in _in_schema_order(lister.relationer, beskrivelse):
            _write_relation(liste, relation, kriterier=kriterier)
        _write_udvidelse(liste, lister.lokal_udvidelse, "relationer")


def read_egenskab(element: Element, objekttype: Objekttype, fejl: list[Fejl] | None = None) -> Egenskab | None:
    """One attribute set; None, with a fault that says so, when its effect cannot be read."""
    found = [] if fejl is None else fejl
    felter: dict[str, str | tuple[str, ...]] = {}
    virkning, ansvar = ALTID, None
    by_tag = _felter(objekttype)
    for child in element:
        felt = by_tag.get(xml.tag(child))
        if felt is not None:
            text = child.text or ""
            earlier = felter.get(felt.navn, ())
            felter[felt.navn] = (*earlier, text) if felt.flere else text
        elif xml.tag(child) == _VIRKNING:
            read = read_virkning(child, "Egenskab", found)
            if read is None:
                return None
            virkning, ansvar = read
        else:
            found.append(_unknown("Egenskab", child))
    return Egenskab(virkning, felter, ansvar)


def write_egenskab(
    parent: Element, objekttype: Objekttype, egenskab: Egenskab, *, tag: str | None = None, kriterier: bool = False
) -> None:
    """One attribute set; `tag` names the element where it is not Egenskab (criteria of the hierarchy)."""
    beskrivelse = KATALOG[objekttype]
    entry = xml.sub(parent, tag or f"{{{beskrivelse.namespace}}}Egenskab")
    if not (kriterier and egenskab.virkning == ALTID):
        write_virkning(entry, egenskab.virkning, egenskab.ansvar)
    for felt in beskrivelse.felter:
        value = egenskab.felter.get(felt.navn, ())
        for text in (value,) if isinstance(value, str) else value:
            xml.sub(entry, f"{{{felt.namespace}}}{felt.xml}", text)


def _egenskaber(
    liste: Element, beskrivelse: Beskrivelse, udvidelser: dict[str, str], fejl: list[Fejl]
) -> Iterable[Egenskab]:
    tag = f"{{{beskrivelse.namespace}}}Egenskab"
    for child in liste:
        if xml.tag(child) == tag:
            egenskab = read_egenskab(child, beskrivelse.objekttype, fejl)
            if egenskab is not None:
                yield egenskab
        elif xml.tag(child) == _UDVIDELSE:
            udvidelser["attributter"] = xml.canonical(child)
        else:
            fejl.append(_unknown("AttributListe", child))


def _tilstande(liste: Element, udvidelser: dict[str, str], fejl: list[Fejl]) -> Iterable[Tilstand]:
    for child in liste:
        if xml.tag(child) == _GYLDIGHED:
            virkning = child.find(_VIRKNING)
            read = (ALTID, None) if virkning is None else read_virkning(virkning, "Gyldighed", fejl)
            status = GYLDIGHED.get(xml.child_text(child, _STATUS) or "")
            if status is None:
                fejl.append(Fejl("Gyldighed", "missing or unknown GyldighedStatusKode", udeladt=True))
            elif read is not None:
                yield Tilstand(read[0], status, read[1])
        elif xml.tag(child) == _UDVIDELSE:
            udvidelser["tilstande"] = xml.canonical(child)
        else:
            fejl.append(_unknown("TilstandListe", child))


def _relationer(
    liste: Element, beskrivelse: Beskrivelse, udvidelser: dict[str, str], fejl: list[Fejl]
) -> Iterable[Relation]:
    known = _relationstags(beskrivelse.objekttype)
    for child in liste:
        navn = known.get(xml.tag(child))
        if navn is not None:
            relation = _relation(child, navn, fejl)
            if relation is not None:
                yield relation
        elif xml.tag(child) == _UDVIDELSE:
            udvidelser["relationer"] = xml.canonical(child)
        else:
            fejl.append(_unknown("RelationListe", child))


def _relation(element: Element, navn: str, fejl: list[Fejl]) -> Relation | None:
    virkning, ansvar = ALTID, None
    reference = rolle = type_ = indeks = None
    for child in element:
        tag = xml.tag(child)
        if tag == _VIRKNING:
            read = read_virkning(child, navn, fejl)
            if read is None:
                return None
            virkning, ansvar = read
        elif tag == _REFERENCE:
            reference = read_reference(child, navn, fejl)
        elif tag == _ROLLE:
            rolle = read_reference(child, navn, fejl)
        elif tag == _TYPE:
            type_ = read_reference(child, navn, fejl)
        elif tag == _INDEKS:
            indeks = child.text or ""
        else:
            fejl.append(_unknown(navn, child))
    return Relation(navn, virkning, reference, rolle, type_, indeks, ansvar)


def _write_relation(liste: Element, relation: Relation, *, kriterier: bool) -> None:
    entry = xml.sub(liste, f"{{{SD}}}{relation.navn}")
    if not (kriterier and relation.virkning == ALTID):
        write_virkning(entry, relation.virkning, relation.ansvar)
    for tag, reference in ((_REFERENCE, relation.reference), (_ROLLE, relation.rolle), (_TYPE, relation.type)):
        if reference is not None:
            write_reference(entry, tag, reference)
    if relation.indeks is not None:
        xml.sub(entry, _INDEKS, relation.indeks)


def _in_schema_order(relationer: tuple[Relation, ...], beskrivelse: Beskrivelse) -> list[Relation]:
    order = {relation.navn: place for place, relation in enumerate(beskrivelse.relationer)}
    try:
        return sorted(relationer, key=lambda relation: order[relation.navn])
    except KeyError as cause:
        raise Malformed(f"{beskrivelse.navn} has no relation {cause.args[0]}") from cause


def _write_udvidelse(liste: Element, udvidelser: Mapping[str, str], navn: str) -> None:
    if navn in udvidelser:
        liste.append(xml.parse(udvidelser[navn].encode()))


def _unknown(sted: str, element: Element) -> Fejl:
    return Fejl(sted, f"unknown element {xml.tag(element)}", udeladt=True)


@lru_cache(maxsize=32)
def _felter(objekttype: Objekttype) -> dict[str, Felt]:
    return {f"{{{felt.namespace}}}{felt.xml}": felt for felt in KATALOG[objekttype].felter}


@lru_cache(maxsize=32)
def _relationstags(objekttype: Objekttype) -> dict[str, str]:
    return {f"{{{SD}}}{relation.navn}": relation.navn for relation in KATALOG[objekttype].relationer}

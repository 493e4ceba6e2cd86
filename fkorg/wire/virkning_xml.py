"""Virkning and Tidspunkt <-> XML. A time without offset is Danish local time.

Source: FACTS.md 2 (Virkning, Tidspunkt), domain.md 4.1. Knows no object.
"""

from functools import lru_cache
from typing import Final

from fkorg.catalogue import SD
from fkorg.errors import Malformed
from fkorg.registrering import Ansvar, Fejl
from fkorg.tid import ALTID_NS, DANMARK, NS_PER_SECOND, UENDELIG_NS, format_ns, parse_ns, to_datetime
from fkorg.virkning import Virkning
from fkorg.wire import xml
from fkorg.wire.unikid import read_reference, write_reference
from fkorg.wire.xml import Element

_VIRKNING: Final = f"{{{SD}}}Virkning"
_FRA: Final = f"{{{SD}}}FraTidspunkt"
_TIL: Final = f"{{{SD}}}TilTidspunkt"
_TIDSSTEMPEL: Final = f"{{{SD}}}TidsstempelDatoTid"
_GRAENSE: Final = f"{{{SD}}}GraenseIndikator"
_AKTOER: Final = f"{{{SD}}}AktoerRef"
_AKTOERTYPE: Final = f"{{{SD}}}AktoerTypeKode"
_NOTE: Final = f"{{{SD}}}NoteTekst"
_FIRST: Final = "0001-01-01T00:00:00Z"
_LAST: Final = "9999-12-31T23:59:59Z"


def read_virkning(element: Element, sted: str, fejl: list[Fejl]) -> tuple[Virkning, Ansvar | None] | None:
    """The effect and who answers for it; None, with a fault, when a time cannot be read.

    An absent time is "no limit". A period that ends before it starts is kept and reported (rules.md 2).
    """
    fra_ns, til_ns = ALTID_NS, UENDELIG_NS
    aktoer = aktoertype = note = None
    try:
        for child in element:
            tag = xml.tag(child)
            if tag == _FRA:
                fra_ns = read_tidspunkt(child, ALTID_NS)
            elif tag == _TIL:
                til_ns = read_tidspunkt(child, UENDELIG_NS)
            elif tag == _AKTOER:
                aktoer = read_reference(child)
            elif tag == _AKTOERTYPE:
                aktoertype = (child.text or "").strip()
            elif tag == _NOTE:
                note = child.text or ""
    except Malformed:
        fejl.append(Fejl(sted, "a time of its Virkning is no xs:dateTime", udeladt=True))
        return None
    if fra_ns > til_ns:
        fejl.append(Fejl(sted, "Virkning ends before it starts"))
    ansvar = None if aktoer is None and aktoertype is None and note is None else Ansvar(aktoer, aktoertype, note)
    return Virkning(fra_ns, til_ns), ansvar


def write_virkning(parent: Element, virkning: Virkning, ansvar: Ansvar | None = None) -> None:
    """The effect as a new element; both ends are always written, "no limit" as GraenseIndikator."""
    element = xml.sub(parent, _VIRKNING)
    write_tidspunkt(element, _FRA, virkning.fra_ns)
    write_tidspunkt(element, _TIL, virkning.til_ns)
    write_ansvar(element, ansvar)


def read_ansvar(element: Element) -> Ansvar | None:
    """Who answers for it; None when nothing is said."""
    aktoer = element.find(_AKTOER)
    note = element.find(_NOTE)
    ansvar = Ansvar(
        None if aktoer is None else read_reference(aktoer),
        xml.child_text(element, _AKTOERTYPE),
        None if note is None else note.text or "",
    )
    return None if ansvar == Ansvar() else ansvar


def write_ansvar(element: Element, ansvar: Ansvar | None) -> None:
    """Who answers for it, after the times."""
    if ansvar is None:
        return
    if ansvar.aktoer is not None:
        write_reference(element, _AKTOER, ansvar.aktoer)
    if ansvar.aktoertype is not None:
        xml.sub(element, _AKTOERTYPE, ansvar.aktoertype)
    if ansvar.note is not None:
        xml.sub(element, _NOTE, ansvar.note)


def read_tidspunkt(element: Element, graense_ns: int) -> int:
    """The moment of a Tidspunkt; `graense_ns` where it says "no limit" or nothing. Raises Malformed."""
    for child in element:
        if xml.tag(child) == _TIDSSTEMPEL:
            return _moment(child.text or "")
        if xml.tag(child) == _GRAENSE:
            return graense_ns
    return graense_ns


def write_tidspunkt(parent: Element, tag: str, ns: int) -> None:
    """A Tidspunkt as new element `tag`, in Danish local time with its offset, as the known clients send it.

    ALTID_NS in a TilTidspunkt and UENDELIG_NS in a FraTidspunkt have no sign of their own: the outermost years
    stand in for them.
    """
    element = xml.sub(parent, tag)
    if (ns == ALTID_NS and tag != _TIL) or (ns == UENDELIG_NS and tag != _FRA):
        xml.sub(element, _GRAENSE, "true")
    else:
        xml.sub(element, _TIDSSTEMPEL, _text(ns))


@lru_cache(maxsize=16384)
def _moment(text: str) -> int:
    """Effect times are midnights: the same few thousand texts come again and again."""
    return parse_ns(text, default_zone=DANMARK)


@lru_cache(maxsize=16384)
def _text(ns: int) -> str:
    if ns in (ALTID_NS, UENDELIG_NS):
        return _FIRST if ns < 0 else _LAST
    moment = to_datetime(ns)
    try:
        local = None if moment is None else moment.replace(microsecond=0).astimezone(DANMARK)
    except OverflowError:
        local = None
    offset = None if local is None else local.utcoffset()
    if local is None or offset is None or offset.total_seconds() % 60:
        return format_ns(ns)
    text = local.isoformat()
    fraction = ns % NS_PER_SECOND
    return text if not fraction else f"{text[:-6]}." + f"{fraction:09}".rstrip("0") + text[-6:]

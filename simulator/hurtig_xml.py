"""Objects of bulk answers as XML text, straight from the packed registrations: some ten times as fast as by elements.

The same XML as fkorg.wire writes (a test compares every object of the sample data); periods are written by fkorg.wire
itself, once each. Knows no envelope. Relies on the prefixes sd, of and sts declared around it.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

from lxml import etree

from fkorg.catalogue import KATALOG, OF, SD, STS, Objekttype
from fkorg.registrering import Ansvar, Gyldighed, Livscyklus, Reference
from fkorg.tid import ALTID_NS, UENDELIG_NS, format_ns
from fkorg.virkning import Virkning
from fkorg.wire import xml
from fkorg.wire.lister_xml import GYLDIGHEDSKODE
from fkorg.wire.registrering_xml import LIVSCYKLUSKODE
from fkorg.wire.virkning_xml import write_virkning
from simulator.laesning import Udsnit

_UUID: Final = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_XMLNS: Final = re.compile(r' xmlns:\w+="[^"]*"')
_PRAEFIKS: Final = {SD: "sd", OF: "of", STS: "sts"}
_STATUS: Final = {status.value: kode for status, kode in GYLDIGHEDSKODE.items()}
_LIVSCYKLUS: Final = {livscyklus.value: kode for livscyklus, kode in LIVSCYKLUSKODE.items()}
assert set(_STATUS) == {one.value for one in Gyldighed}
assert set(_LIVSCYKLUS) == {one.value for one in Livscyklus}


class Skriver:
    """Writes the objects of one municipality; keeps the texts of periods, which come again and again."""

    def __init__(self, fast: Ansvar) -> None:
        """`fast`: the Ansvar that is packed as 1."""
        self._fast = fast
        self._virkninger: dict[tuple[int | None, int | None], str] = {}

    def billede(
        self,
        objekttype: Objekttype,
        uuid: UUID,
        udsnit: Sequence[Udsnit],
        *,
        namespace: str | None = None,
        versaler: bool = False,
    ) -> str:
        """A FiltreretOejebliksbillede; `namespace` is the wrapper's where it is not the object's own (hierarchy)."""
        skriv = _former(objekttype)
        text = "".join(
            (
                f'<w:FiltreretOejebliksbillede xmlns:w="{namespace or skriv.namespace}" xmlns:o="{skriv.namespace}">',
                f"<o:ObjektType><sd:UUIDIdentifikator>{uuid}</sd:UUIDIdentifikator></o:ObjektType>",
                *(self._registrering(skriv, one) for one in udsnit),
                "</w:FiltreretOejebliksbillede>",
            )
        )
        return _UUID.sub(lambda found: found[0].upper(), text) if versaler else text

    def _registrering(self, skriv: "_Former", reg: Udsnit) -> str:
        lokal = reg.lokal_udvidelse
        return "".join(
            (
                "<o:Registrering>",
                "" if reg.note is None else f"<sd:NoteTekst>{_escape(reg.note)}</sd:NoteTekst>",
                f"<sd:Tidspunkt>{format_ns(reg.tidspunkt_ns)}</sd:Tidspunkt>" if reg.tidspunkt_ns else "",
                f"<sd:LivscyklusKode>{_LIVSCYKLUS[reg.livscyklus]}</sd:LivscyklusKode>",
                _reference("BrugerRef", reg.bruger),
                "<o:AttributListe>",
                *(self._egenskab(skriv, entry) for entry in reg.egenskaber),
                lokal.get("attributter", ""),
                "</o:AttributListe><o:TilstandListe>",
                *(
                    f"<of:Gyldighed>{self._virkning(fra, til, ansvar)}"
                    f"<of:GyldighedStatusKode>{_STATUS[status]}</of:GyldighedStatusKode></of:Gyldighed>"
                    for fra, til, ansvar, status in reg.tilstande
                ),
                lokal.get("tilstande", ""),
                "</o:TilstandListe><o:RelationListe>",
                *(self._relation(entry) for entry in sorted(reg.relationer, key=skriv.orden)),
                lokal.get("relationer", ""),
                "</o:RelationListe></o:Registrering>",
            )
        )

    def _egenskab(self, skriv: "_Former", entry: list[Any]) -> str:
        fra, til, ansvar, felter = entry
        texts = [
            f"<{tag}>{_escape(text)}</{tag}>"
            for navn, tag in skriv.felter
            if navn in felter
            for text in _values(felter[navn])
        ]
        return f"<o:Egenskab>{self._virkning(fra, til, ansvar)}{''.join(texts)}</o:Egenskab>"

    def _relation(self, entry: list[Any]) -> str:
        navn, fra, til, ansvar, reference = entry[:5]
        text = f"<sd:{navn}>{self._virkning(fra, til, ansvar)}{_reference('ReferenceID', reference)}"
        if len(entry) > 5:
            rolle, art, indeks = entry[5:]
            text += _reference("Rolle", rolle) + _reference("Type", art)
            if indeks is not None:
                text += f"<sd:Indeks>{_escape(indeks)}</sd:Indeks>"
        return f"{text}</sd:{navn}>"

    def _virkning(self, fra: int | None, til: int | None, ansvar: Any) -> str:
        if ansvar != 1:
            return _virkning(fra, til, _ansvar(ansvar))
        text = self._virkninger.get((fra, til))
        if text is None:
            text = self._virkninger[fra, til] = _virkning(fra, til, self._fast)
        return text


class _Former:
    """What is the same for every object of a type."""

    def __init__(self, objekttype: Objekttype) -> None:
        beskrivelse = KATALOG[objekttype]
        self.namespace = beskrivelse.namespace
        self.felter = [(felt.navn, f"{_PRAEFIKS.get(felt.namespace, 'o')}:{felt.xml}") for felt in beskrivelse.felter]
        places = {relation.navn: place for place, relation in enumerate(beskrivelse.relationer)}
        self.orden: Callable[[list[Any]], int] = lambda entry: places[entry[0]]


@lru_cache(maxsize=16)
def _former(objekttype: Objekttype) -> _Former:
    return _Former(objekttype)


def _virkning(fra: int | None, til: int | None, ansvar: Ansvar | None) -> str:
    parent = xml.root("x")
    virkning = Virkning(ALTID_NS if fra is None else fra, UENDELIG_NS if til is None else til)
    write_virkning(parent, virkning, ansvar)
    return _XMLNS.sub("", etree.tostring(parent[0], encoding="unicode"))


def _ansvar(packed: Any) -> Ansvar | None:
    if not packed:
        return None
    aktoer, aktoertype, note = packed
    found = Reference(*aktoer) if isinstance(aktoer, list) else None if aktoer is None else Reference(aktoer)
    return Ansvar(found, aktoertype, note)


def _reference(tag: str, packed: Any) -> str:
    if packed is None:
        return ""
    identifikator, label = packed if isinstance(packed, list) else (packed, None)
    art = "UUID" if _UUID.fullmatch(identifikator) else "URN"
    label = "" if label is None else f"<sd:Label>{_escape(label)}</sd:Label>"
    return f"<sd:{tag}><sd:{art}Identifikator>{_escape(identifikator)}</sd:{art}Identifikator>{label}</sd:{tag}>"


def _values(value: Any) -> Iterable[str]:
    return (value,) if isinstance(value, str) else value


def _escape(text: str) -> str:
    if "&" in text or "<" in text or ">" in text or "\r" in text:
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\r", "&#13;")
    return text

"""Registrering and Oejebliksbillede <-> XML elements, driven by the catalogue.

A single bad entry (a period that ends before it starts, a time or reference that cannot be read) is reported in
`Registrering.fejl` and never fails the object. Source: FACTS.md 2 to 4, domain.md 4. Knows no envelope and no
operation.
"""

from typing import Final
from uuid import UUID

from fkorg.catalogue import KATALOG, SD, Objekttype
from fkorg.errors import Malformed
from fkorg.registrering import (
    MAX_TIDSPUNKT_NS,
    UDEN_TIDSPUNKT_NS,
    Fejl,
    Lister,
    Livscyklus,
    Oejebliksbillede,
    Registrering,
)
from fkorg.tid import DANMARK, format_ns, parse_ns
from fkorg.wire import xml
from fkorg.wire.lister_xml import read_lister, write_lister
from fkorg.wire.unikid import read_reference, write_reference
from fkorg.wire.xml import Element

LIVSCYKLUS: Final = {
    "Opstaaet": Livscyklus.OPSTAAET,
    "Importeret": Livscyklus.IMPORTERET,
    "Passiveret": Livscyklus.PASSIVERET,
    "Slettet": Livscyklus.SLETTET,
}
LIVSCYKLUSKODE: Final = {livscyklus: kode for kode, livscyklus in LIVSCYKLUS.items()}
OBJEKTTYPE: Final = {beskrivelse.namespace: objekttype for objekttype, beskrivelse in KATALOG.items()}
"""The object type whose namespace it is."""

_UUID: Final = f"{{{SD}}}UUIDIdentifikator"
_NOTE: Final = f"{{{SD}}}NoteTekst"
_TIDSPUNKT: Final = f"{{{SD}}}Tidspunkt"
_LIVSCYKLUS: Final = f"{{{SD}}}LivscyklusKode"
_BRUGER: Final = f"{{{SD}}}BrugerRef"


def read_oejebliksbillede(element: Element) -> tuple[Objekttype, Oejebliksbillede]:
    """A FiltreretOejebliksbillede, or an object as import input; the type is told by its children's namespace.

    Raises Malformed when it has no readable UUID or holds no known type.
    """
    uuid: UUID | None = None
    objekttype: Objekttype | None = None
    registreringer: list[Registrering] = []
    for child in element:
        namespace, local = xml.split(child)
        if xml.tag(child) == _UUID:
            uuid = _uuid(child.text)
            objekttype = objekttype or OBJEKTTYPE.get(xml.split(element)[0])
        elif local in ("ObjektType", "ObjektID"):
            uuid = _uuid(next((one.text for one in child), None))
            objekttype = OBJEKTTYPE.get(namespace) or objekttype
        elif local == "Registrering" and namespace in OBJEKTTYPE:
            objekttype = OBJEKTTYPE[namespace]
            registreringer.append(read_registrering(child, objekttype))
    if uuid is None or objekttype is None:
        raise Malformed(f"wanted an object with type and UUID in {xml.split(element)[1]}")
    return objekttype, Oejebliksbillede(uuid, tuple(registreringer))


def write_oejebliksbillede(
    parent: Element, objekttype: Objekttype, billede: Oejebliksbillede, *, tag: str | None = None
) -> Element:
    """A FiltreretOejebliksbillede as laes and list return it; `tag` names the wrapper of the hierarchy."""
    namespace = KATALOG[objekttype].namespace
    element = xml.sub(parent, tag or f"{{{namespace}}}FiltreretOejebliksbillede")
    xml.sub(xml.sub(element, f"{{{namespace}}}ObjektType"), _UUID, str(billede.uuid))
    for registrering in billede.registreringer:
        write_registrering(element, objekttype, registrering)
    return element


def write_objekt(parent: Element, objekttype: Objekttype, billede: Oejebliksbillede) -> Element:
    """The object's own element, as `importer` and OrganisationSystem.import take it."""
    beskrivelse = KATALOG[objekttype]
    element = xml.sub(parent, f"{{{beskrivelse.namespace}}}{beskrivelse.navn}")
    xml.sub(element, _UUID, str(billede.uuid))
    for registrering in billede.registreringer:
        write_registrering(element, objekttype, registrering)
    return element


def read_registrering(element: Element, objekttype: Objekttype) -> Registrering:
    """One Registrering. What is wrong with an entry stands in `fejl`; a missing time is UDEN_TIDSPUNKT_NS."""
    fejl: list[Fejl] = []
    tidspunkt_ns, livscyklus, bruger, note = UDEN_TIDSPUNKT_NS, None, None, None
    for child in element:
        tag = xml.tag(child)
        if tag == _TIDSPUNKT:
            tidspunkt_ns = _tidspunkt(child.text or "", fejl)
        elif tag == _LIVSCYKLUS:
            livscyklus = LIVSCYKLUS.get((child.text or "").strip())
        elif tag == _BRUGER:
            bruger = read_reference(child)
        elif tag == _NOTE:
            note = child.text or ""
    if livscyklus is None:
        livscyklus = Livscyklus.OPSTAAET
        fejl.append(Fejl("LivscyklusKode", "missing or unknown; taken as Opstaaet"))
    lister = read_lister(element, objekttype, fejl)
    return Registrering(
        tidspunkt_ns,
        livscyklus,
        lister.egenskaber or (),
        lister.tilstande or (),
        lister.relationer or (),
        bruger,
        note,
        lister.lokal_udvidelse,
        tuple(fejl),
    )


def write_registrering(parent: Element | None, objekttype: Objekttype, registrering: Registrering) -> Element:
    """The Registrering element, in `parent` when there is one."""
    tag = f"{{{KATALOG[objekttype].namespace}}}Registrering"
    element = xml.root(tag) if parent is None else xml.sub(parent, tag)
    if registrering.note is not None:
        xml.sub(element, _NOTE, registrering.note)
    if registrering.tidspunkt_ns != UDEN_TIDSPUNKT_NS:
        xml.sub(element, _TIDSPUNKT, format_ns(registrering.tidspunkt_ns))
    xml.sub(element, _LIVSCYKLUS, LIVSCYKLUSKODE[registrering.livscyklus])
    if registrering.bruger is not None:
        write_reference(element, _BRUGER, registrering.bruger)
    write_lister(element, objekttype, Lister.af(registrering))
    return element


def _tidspunkt(text: str, fejl: list[Fejl]) -> int:
    try:
        ns = parse_ns(text, default_zone=DANMARK)
    except Malformed:
        fejl.append(Fejl("Tidspunkt", "no xs:dateTime; taken as absent"))
        return UDEN_TIDSPUNKT_NS
    if not UDEN_TIDSPUNKT_NS <= ns <= MAX_TIDSPUNKT_NS:
        fejl.append(Fejl("Tidspunkt", "outside 1970 to 2262; cut to it"))
    return min(max(ns, UDEN_TIDSPUNKT_NS), MAX_TIDSPUNKT_NS)


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID((text or "").strip())
    except ValueError:
        return None

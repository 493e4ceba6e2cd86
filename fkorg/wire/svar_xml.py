"""Answers of the twelve services <-> the element in a SOAP body. Source: FACTS.md 4 to 6.

Whole answers at once, for the simulator and for small answers; stroem.py reads bulk answers as they arrive.
"""

from typing import Final
from uuid import UUID

from fkorg.catalogue import KATALOG, SD, Objekttype
from fkorg.errors import Malformed
from fkorg.kvittering import StandardRetur
from fkorg.operationer import (
    ALLE,
    HIERARKITYPER,
    SYSTEM_NS,
    Ethvertsvar,
    HierarkiSvar,
    ImporterHierarkiSvar,
    LaesSvar,
    ListSvar,
    Operation,
    OpretSvar,
    SoegSvar,
    Svar,
)
from fkorg.registrering import Oejebliksbillede
from fkorg.wire import standardretur, xml
from fkorg.wire.registrering_xml import read_oejebliksbillede, write_oejebliksbillede
from fkorg.wire.standardretur import read_retur, read_unik, write_retur, write_unik
from fkorg.wire.xml import Element

HIERARKILISTER: Final = {
    Objekttype.ORGANISATION: "Organisationer",
    Objekttype.ORGANISATION_ENHED: "OrganisationEnheder",
    Objekttype.ORGANISATION_FUNKTION: "OrganisationFunktioner",
    Objekttype.BRUGER: "Brugere",
    Objekttype.INTERESSEFAELLESSKAB: "Interessefaellesskaber",
    Objekttype.IT_SYSTEM: "ItSystemer",
}
"""The export's list of each type it carries. Source: FACTS.md 5."""

_UUID: Final = f"{{{SD}}}UUIDIdentifikator"
_ID_LISTE: Final = f"{{{SD}}}IdListe"
_BILLEDE: Final = "FiltreretOejebliksbillede"
_EFTER_OUTPUT: Final = {operation.output_tag: operation for operation in ALLE}


def write_svar(operation: Operation, svar: Ethvertsvar) -> Element:
    """The answer's element, to be put into a SOAP body."""
    element = xml.root(operation.output_tag)
    if isinstance(svar, ImporterHierarkiSvar):
        for unik in svar.unikke:
            write_unik(element, unik)
        for retur in svar.returer:
            write_retur(element, retur)
        return element
    write_retur(element, svar.retur)
    match svar:
        case OpretSvar(uuid=UUID() as uuid):
            xml.sub(element, _UUID, str(uuid))
        case LaesSvar(billede=Oejebliksbillede() as billede):
            write_oejebliksbillede(element, _objekttype(operation), billede)
        case ListSvar():
            for billede in svar.billeder:
                write_oejebliksbillede(element, _objekttype(operation), billede)
        case SoegSvar() if svar.uuids is not None:
            liste = xml.sub(element, _ID_LISTE)
            for uuid in svar.uuids:
                xml.sub(liste, _UUID, str(uuid))
        case HierarkiSvar():
            for objekttype in HIERARKITYPER:
                liste = xml.sub(element, f"{{{SYSTEM_NS}}}{HIERARKILISTER[objekttype]}")
                for billede in svar.objekter.get(objekttype, ()):
                    write_oejebliksbillede(liste, objekttype, billede, tag=f"{{{SYSTEM_NS}}}{_BILLEDE}")
        case _:
            pass
    return element


def read_svar(element: Element) -> Ethvertsvar:
    """The answer in a SOAP body. Raises Malformed when it is none of ours or has no StandardRetur."""
    operation = _EFTER_OUTPUT.get(xml.tag(element))
    if operation is None:
        raise Malformed(f"wanted an answer of FK Organisation, found {xml.split(element)[1]}")
    if operation.navn == "import":
        unikke = tuple(read_unik(child) for child in element.findall(standardretur.UNIK_TAG))
        return ImporterHierarkiSvar(unikke, tuple(read_retur(child) for child in element.findall(standardretur.TAG)))
    found = element.find(standardretur.TAG)
    if found is None:
        raise Malformed(f"wanted a StandardRetur in {operation.output}")
    retur = read_retur(found)
    match operation.navn:
        case "opret":
            uuid = xml.child_text(element, _UUID)
            return OpretSvar(retur, None if uuid is None else _as_uuid(uuid))
        case "laes":
            billeder = _billeder(element, operation.namespace)
            return LaesSvar(retur, billeder[0] if billeder else None)
        case "list":
            return ListSvar(retur, _billeder(element, operation.namespace))
        case "soeg":
            return _soeg(element, retur)
        case "fremsoegobjekthierarki":
            return _hierarki(element, retur)
        case _:
            return Svar(retur)


def _soeg(element: Element, retur: StandardRetur) -> SoegSvar:
    liste = element.find(_ID_LISTE)
    if liste is None:
        return SoegSvar(retur)
    return SoegSvar(retur, tuple(_as_uuid(child.text or "") for child in liste.findall(_UUID)))


def _hierarki(element: Element, retur: StandardRetur) -> HierarkiSvar:
    objekter = {}
    for objekttype, navn in HIERARKILISTER.items():
        liste = element.find(f"{{{SYSTEM_NS}}}{navn}")
        if liste is not None and len(liste):
            objekter[objekttype] = _billeder(liste, SYSTEM_NS)
    return HierarkiSvar(retur, objekter)


def _billeder(element: Element, namespace: str) -> tuple[Oejebliksbillede, ...]:
    return tuple(read_oejebliksbillede(child)[1] for child in element.findall(f"{{{namespace}}}{_BILLEDE}"))


def _objekttype(operation: Operation) -> Objekttype:
    if operation.objekttype is None or operation.objekttype not in KATALOG:
        raise Malformed(f"{operation.navn} of {operation.sti} answers with no object")
    return operation.objekttype


def _as_uuid(text: str) -> UUID:
    try:
        return UUID(text.strip())
    except ValueError as cause:
        raise Malformed("wanted a UUID in the answer") from cause

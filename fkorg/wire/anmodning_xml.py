"""Requests of the twelve services <-> the element in a SOAP body. Source: FACTS.md 4 to 6. Knows no envelope."""

from collections.abc import Callable
from typing import Final
from uuid import UUID

from fkorg.catalogue import KATALOG, SD, Objekttype
from fkorg.errors import Malformed
from fkorg.operationer import (
    ADMINISTRATION_NS,
    EFTER_INPUT,
    HIERARKITYPER,
    SYSTEM_NS,
    Anmodning,
    Anonymiser,
    Filtre,
    FysiskSlet,
    Hierarki,
    Importer,
    ImporterHierarki,
    Laes,
    List,
    Objektanmodning,
    Opret,
    Passiver,
    Ret,
    Slet,
    Soeg,
    SoegRegistrering,
    SoegVirkning,
    operation,
)
from fkorg.registrering import Egenskab, Fejl, Lister, Oejebliksbillede
from fkorg.tid import ALTID_NS, UENDELIG_NS
from fkorg.wire import xml
from fkorg.wire.lister_xml import read_egenskab, read_lister, write_egenskab, write_lister
from fkorg.wire.registrering_xml import LIVSCYKLUS, LIVSCYKLUSKODE, read_oejebliksbillede, write_objekt
from fkorg.wire.unikid import read_reference, write_reference
from fkorg.wire.virkning_xml import read_ansvar, read_tidspunkt, write_ansvar, write_tidspunkt
from fkorg.wire.xml import Element

_UUID: Final = f"{{{SD}}}UUIDIdentifikator"
_NOTE: Final = f"{{{SD}}}NoteTekst"
_FRA_NUMMER: Final = f"{{{SD}}}FoersteResultatReference"
_ANTAL: Final = f"{{{SD}}}MaksimalAntalKvantitet"
_SOEG_REGISTRERING: Final = f"{{{SD}}}SoegRegistrering"
_SOEG_VIRKNING: Final = f"{{{SD}}}SoegVirkning"
_FRA: Final = f"{{{SD}}}FraTidspunkt"
_TIL: Final = f"{{{SD}}}TilTidspunkt"
_LIVSCYKLUS: Final = f"{{{SD}}}LivscyklusKode"
_BRUGER: Final = f"{{{SD}}}BrugerRef"
_FILTRE: Final = {
    f"{{{SD}}}VirkningFraFilter": ("virkning_fra_ns", ALTID_NS),
    f"{{{SD}}}VirkningTilFilter": ("virkning_til_ns", UENDELIG_NS),
    f"{{{SD}}}RegistreringFraFilter": ("registrering_fra_ns", ALTID_NS),
    f"{{{SD}}}RegistreringTilFilter": ("registrering_til_ns", UENDELIG_NS),
}


def write_anmodning(anmodning: Anmodning) -> Element:
    """The request's element, to be put into a SOAP body."""
    element = xml.root(operation(anmodning).input_tag)
    match anmodning:
        case Opret():
            _write_text(element, _NOTE, anmodning.note)
            write_lister(element, anmodning.objekttype, _all_three(anmodning.lister))
        case Importer():
            write_objekt(element, anmodning.objekttype, anmodning.billede)
        case Ret():
            xml.sub(element, _UUID, str(anmodning.uuid))
            _write_text(element, _NOTE, anmodning.note)
            write_lister(element, anmodning.objekttype, anmodning.lister)
        case Passiver() | Slet():
            xml.sub(element, _UUID, str(anmodning.uuid))
            _write_text(element, _NOTE, anmodning.note)
        case Laes() | List():
            for uuid in (anmodning.uuid,) if isinstance(anmodning, Laes) else anmodning.uuids:
                xml.sub(element, _UUID, str(uuid))
            _write_filtre(element, anmodning.filtre)
        case Soeg():
            _write_soeg(element, anmodning)
            write_lister(element, anmodning.objekttype, _all_three(anmodning.kriterier), kriterier=True)
        case Hierarki():
            _write_soeg(element, anmodning)
            for objekttype in HIERARKITYPER:
                if objekttype in anmodning.egenskaber:
                    tag = _soeg_egenskab(objekttype)
                    write_egenskab(element, objekttype, anmodning.egenskaber[objekttype], tag=tag, kriterier=True)
        case ImporterHierarki():
            write_objekt(element, Objekttype.ORGANISATION, anmodning.organisation)
            enheder = xml.sub(element, f"{{{SYSTEM_NS}}}OrganisationEnhederInput")
            for billede in anmodning.enheder:
                write_objekt(enheder, Objekttype.ORGANISATION_ENHED, billede)
        case Anonymiser():
            _write_anonymiser(element, anmodning)
        case FysiskSlet():
            xml.sub(element, f"{{{ADMINISTRATION_NS}}}OrganisationUUID", str(anmodning.organisation))
            xml.sub(element, f"{{{ADMINISTRATION_NS}}}OrganisationEnhedUUID", str(anmodning.enhed))
    return element


def read_anmodning(element: Element, fejl: list[Fejl] | None = None) -> Anmodning:
    """The request in a SOAP body; faults of single entries are appended to `fejl`.

    Raises Malformed for an unknown element, or when what makes the request (a UUID, a number) cannot be read.
    """
    known = EFTER_INPUT.get(xml.tag(element))
    if known is None:
        raise Malformed(f"wanted a request of FK Organisation, found {xml.split(element)[1]}")
    if known.objekttype is not None:
        return _OBJEKT[known.navn](element, known.objekttype, [] if fejl is None else fejl)
    return _SYSTEM[known.navn](element)


def _opret(element: Element, objekttype: Objekttype, fejl: list[Fejl]) -> Opret:
    return Opret(objekttype, _all_three(read_lister(element, objekttype, fejl)), _text(element, _NOTE))


def _importer(element: Element, objekttype: Objekttype, fejl: list[Fejl]) -> Importer:
    child = _only(element, KATALOG[objekttype].navn)
    _, billede = read_oejebliksbillede(child)
    for registrering in billede.registreringer:
        fejl.extend(registrering.fejl)
    return Importer(objekttype, billede)


def _ret(element: Element, objekttype: Objekttype, fejl: list[Fejl]) -> Ret:
    lister = read_lister(element, objekttype, fejl)
    return Ret(objekttype, _uuid(element, _UUID), lister, _text(element, _NOTE))


def _passiver(element: Element, objekttype: Objekttype, fejl: list[Fejl]) -> Passiver:
    return Passiver(objekttype, _uuid(element, _UUID), _text(element, _NOTE))


def _slet(element: Element, objekttype: Objekttype, fejl: list[Fejl]) -> Slet:
    return Slet(objekttype, _uuid(element, _UUID), _text(element, _NOTE))


def _laes(element: Element, objekttype: Objekttype, fejl: list[Fejl]) -> Laes:
    return Laes(objekttype, _uuid(element, _UUID), _filtre(element))


def _list(element: Element, objekttype: Objekttype, fejl: list[Fejl]) -> List:
    uuids = tuple(_as_uuid(child.text) for child in element.findall(_UUID))
    if not uuids:
        raise Malformed("wanted at least one UUID in list")
    return List(objekttype, uuids, _filtre(element))


def _soeg(element: Element, objekttype: Objekttype, fejl: list[Fejl]) -> Soeg:
    kriterier = _all_three(read_lister(element, objekttype, fejl))
    fra, antal = _number(element, _FRA_NUMMER), _number(element, _ANTAL)
    return Soeg(objekttype, kriterier, fra, antal, _soeg_registrering(element), _soeg_virkning(element))


def _hierarki(element: Element) -> Hierarki:
    egenskaber: dict[Objekttype, Egenskab] = {}
    for objekttype in HIERARKITYPER:
        child = element.find(_soeg_egenskab(objekttype))
        egenskab = None if child is None else read_egenskab(child, objekttype)
        if egenskab is not None:
            egenskaber[objekttype] = egenskab
    fra, antal = _number(element, _FRA_NUMMER), _number(element, _ANTAL)
    return Hierarki(fra, antal, _soeg_registrering(element), _soeg_virkning(element), egenskaber)


def _importer_hierarki(element: Element) -> ImporterHierarki:
    _, organisation = read_oejebliksbillede(_only(element, "Organisation"))
    enheder = element.find(f"{{{SYSTEM_NS}}}OrganisationEnhederInput")
    billeder: tuple[Oejebliksbillede, ...] = ()
    if enheder is not None:
        billeder = tuple(read_oejebliksbillede(child)[1] for child in enheder)
    return ImporterHierarki(organisation, billeder)


def _anonymiser(element: Element) -> Anonymiser:
    cpr = xml.child_text(element, f"{{{SYSTEM_NS}}}PersonCPR")
    return Anonymiser(cpr=cpr) if cpr is not None else Anonymiser(_uuid(element, f"{{{SYSTEM_NS}}}PersonUUID"))


def _fysiskslet(element: Element) -> FysiskSlet:
    organisation = _uuid(element, f"{{{ADMINISTRATION_NS}}}OrganisationUUID")
    return FysiskSlet(organisation, _uuid(element, f"{{{ADMINISTRATION_NS}}}OrganisationEnhedUUID"))


_OBJEKT: Final[dict[str, Callable[[Element, Objekttype, list[Fejl]], Objektanmodning]]] = {
    "opret": _opret,
    "importer": _importer,
    "ret": _ret,
    "passiver": _passiver,
    "slet": _slet,
    "laes": _laes,
    "list": _list,
    "soeg": _soeg,
}
_SYSTEM: Final[dict[str, Callable[[Element], Anmodning]]] = {
    "fremsoegobjekthierarki": _hierarki,
    "import": _importer_hierarki,
    "anonymiser": _anonymiser,
    "fysiskslet": _fysiskslet,
}


def _write_anonymiser(element: Element, anmodning: Anonymiser) -> None:
    if (anmodning.person is None) == (anmodning.cpr is None):
        raise Malformed("wanted either the UUID or the CPR number of the person to anonymise")
    if anmodning.person is not None:
        xml.sub(element, f"{{{SYSTEM_NS}}}PersonUUID", str(anmodning.person))
    else:
        xml.sub(element, f"{{{SYSTEM_NS}}}PersonCPR", anmodning.cpr)


def _write_soeg(element: Element, anmodning: Soeg | Hierarki) -> None:
    for tag, number in ((_FRA_NUMMER, anmodning.fra_nummer), (_ANTAL, anmodning.antal)):
        if number is not None:
            xml.sub(element, tag, str(number))
    if anmodning.registrering is not None:
        child = xml.sub(element, _SOEG_REGISTRERING)
        _write_interval(child, anmodning.registrering)
        if anmodning.registrering.livscyklus is not None:
            xml.sub(child, _LIVSCYKLUS, LIVSCYKLUSKODE[anmodning.registrering.livscyklus])
        if anmodning.registrering.bruger is not None:
            write_reference(child, _BRUGER, anmodning.registrering.bruger)
    if anmodning.virkning is not None:
        child = xml.sub(element, _SOEG_VIRKNING)
        _write_interval(child, anmodning.virkning)
        write_ansvar(child, anmodning.virkning.ansvar)


def _write_interval(element: Element, soeg: SoegRegistrering | SoegVirkning) -> None:
    for tag, ns in ((_FRA, soeg.fra_ns), (_TIL, soeg.til_ns)):
        if ns is not None:
            write_tidspunkt(element, tag, ns)


def _soeg_registrering(element: Element) -> SoegRegistrering | None:
    child = element.find(_SOEG_REGISTRERING)
    if child is None:
        return None
    bruger = child.find(_BRUGER)
    return SoegRegistrering(
        _moment(child, _FRA, ALTID_NS),
        _moment(child, _TIL, UENDELIG_NS),
        LIVSCYKLUS.get(xml.child_text(child, _LIVSCYKLUS) or ""),
        None if bruger is None else read_reference(bruger),
    )


def _soeg_virkning(element: Element) -> SoegVirkning | None:
    child = element.find(_SOEG_VIRKNING)
    if child is None:
        return None
    return SoegVirkning(_moment(child, _FRA, ALTID_NS), _moment(child, _TIL, UENDELIG_NS), read_ansvar(child))


def _write_filtre(element: Element, filtre: Filtre) -> None:
    for tag, (navn, _) in _FILTRE.items():
        ns: int | None = getattr(filtre, navn)
        if ns is not None:
            write_tidspunkt(element, tag, ns)


def _filtre(element: Element) -> Filtre:
    return Filtre(*(_moment(element, tag, graense_ns) for tag, (_, graense_ns) in _FILTRE.items()))


def _moment(element: Element, tag: str, graense_ns: int) -> int | None:
    child = element.find(tag)
    return None if child is None else read_tidspunkt(child, graense_ns)


def _all_three(lister: Lister) -> Lister:
    """Lists that were not given as empty ones: opret and soeg send all three."""
    return Lister(
        lister.egenskaber or (), lister.tilstande or (), lister.relationer or (), lokal_udvidelse=lister.lokal_udvidelse
    )


def _soeg_egenskab(objekttype: Objekttype) -> str:
    return f"{{{SYSTEM_NS}}}{KATALOG[objekttype].navn}SoegEgenskab"


def _only(element: Element, local: str) -> Element:
    found = [child for child in element if xml.split(child)[1] == local]
    if len(found) != 1:
        raise Malformed(f"wanted one {local} in {xml.split(element)[1]}, found {len(found)}")
    return found[0]


def _write_text(element: Element, tag: str, text: str | None) -> None:
    if text is not None:
        xml.sub(element, tag, text)


def _text(element: Element, tag: str) -> str | None:
    child = element.find(tag)
    return None if child is None else child.text or ""


def _number(element: Element, tag: str) -> int | None:
    text = xml.child_text(element, tag)
    if text is None:
        return None
    try:
        return int(text)
    except ValueError as cause:
        raise Malformed(f"wanted a number in {tag.rpartition('}')[2]}") from cause


def _uuid(element: Element, tag: str) -> UUID:
    return _as_uuid(xml.child_text(element, tag))


def _as_uuid(text: str | None) -> UUID:
    try:
        return UUID((text or "").strip())
    except ValueError as cause:
        raise Malformed("wanted a UUID") from cause

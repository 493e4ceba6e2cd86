"""Haendelsesbesked and ModtagBeskedInput <-> Besked. Read leniently: a message is only a reason to read an object back.

Source: FACTS.md 7, domain.md 9, rules.md 3, 9 and 33. Its namespace urn:oio:sagdok:3.0.0 is an older one than that of
the services. Knows no queue and no HTTP.
"""

from dataclasses import dataclass, field
from typing import Final, TypeAlias
from uuid import UUID

from fkorg.besked import Besked
from fkorg.catalogue import KATALOG, SD, Objekttype
from fkorg.errors import Malformed
from fkorg.registrering import MAX_TIDSPUNKT_NS, Reference, Registrering
from fkorg.tid import UENDELIG_NS
from fkorg.wire import xml
from fkorg.wire.registrering_xml import OBJEKTTYPE, write_registrering
from fkorg.wire.unikid import read_reference, write_reference
from fkorg.wire.virkning_xml import read_tidspunkt, write_tidspunkt
from fkorg.wire.xml import Element

KUVERT: Final = "urn:oio:besked:kuvert:1.0"
PUSH: Final = "urn:oio:sts:1.0.0"
CVR_URN: Final = "urn:oio:cvr-nr:"

_BESKED: Final = f"{{{KUVERT}}}Haendelsesbesked"
_BESKED_ID: Final = f"{{{KUVERT}}}BeskedId"
_DATA: Final = f"{{{KUVERT}}}Beskeddata"
_FILTRERING: Final = f"{{{KUVERT}}}Beskedkuvert/{{{KUVERT}}}Filtreringsdata"
_BESKEDTYPE: Final = f"{_FILTRERING}/{{{KUVERT}}}Beskedtype"
_REGISTRERING: Final = f"{_FILTRERING}/{{{KUVERT}}}ObjektRegistrering"
_OBJEKT_ID: Final = f"{{{KUVERT}}}ObjektId"
_OBJEKT_TYPE: Final = f"{{{KUVERT}}}ObjektType"
_MYNDIGHED: Final = f"{{{KUVERT}}}ObjektAnsvarligMyndighed"
_TIDSPUNKT: Final = f"{{{KUVERT}}}Registreringstidspunkt"
_INPUT: Final = f"{{{PUSH}}}ModtagBeskedInput"
_UUID: Final = f"{{{SD}}}UUIDIdentifikator"

_Om: TypeAlias = tuple[UUID, tuple[Objekttype, ...], int | None, str | None]
"""What a message says of one object: `uuid`, `objekttyper`, `registrering_ns` and `cvr` of a Besked."""

UKENDT_TYPE: Final = (Objekttype.ORGANISATION_ENHED, Objekttype.BRUGER)
"""What an object of unknown type may be. Source: rules.md 9."""


def _invented(number: int) -> str:
    return f"0f6e5a10-0000-4000-8000-{number:012d}"


@dataclass(frozen=True, slots=True)
class Beskedkoder:
    """The classes in an envelope. They are published nowhere (FACTS.md 7): the defaults are invented, an environment
    sets its own."""

    beskedtyper: dict[str, Objekttype] = field(
        default_factory=lambda: {
            _invented(101): Objekttype.ORGANISATION_ENHED,
            _invented(102): Objekttype.BRUGER,
        }
    )
    """Class of the message type (ORG_OrgEnhed, ORG_Bruger) -> what it tells of."""
    objekttyper: dict[str, Objekttype] = field(
        default_factory=lambda: {_invented(200 + n): objekttype for n, objekttype in enumerate(Objekttype)}
    )
    """Class of the business object -> object type."""
    handling: str = _invented(301)
    """Class of the action, as the simulator writes it; reading does not look at it."""


DEFAULT: Final = Beskedkoder()


def read(body: bytes, koder: Beskedkoder = DEFAULT) -> Besked:
    """The message in `body`, wrapped for push or not.

    Raises Malformed, with `besked_id` where it could be read, for what is no message or names no object by UUID.
    """
    root = xml.parse(body, xml.BESKED)
    kuvert = root.find(_BESKED) if xml.tag(root) == _INPUT else root
    if kuvert is None or xml.tag(kuvert) != _BESKED:
        raise Malformed("wanted a Haendelsesbesked")
    besked_id = _id(kuvert.find(_BESKED_ID))
    if besked_id is None:
        raise Malformed("wanted a BeskedId in the Haendelsesbesked")
    beskedtype = _id(kuvert.find(_BESKEDTYPE))
    body_uuid, body_type = _beskeddata(kuvert)
    said = [koder.beskedtyper.get(beskedtype or ""), body_type]
    objekter = [
        found
        for registrering in kuvert.findall(_REGISTRERING)
        if (found := _objekt(registrering, koder, said, body_uuid)) is not None
    ]
    if not objekter and body_uuid is not None:
        objekter = [(body_uuid, _types(said), None, None)]
    if not objekter:
        raise Malformed("wanted the UUID of an object in ObjektId or Beskeddata", besked_id=besked_id)
    first, *oevrige = objekter
    return Besked(besked_id, *first, beskedtype, tuple(Besked(besked_id, *one, beskedtype) for one in oevrige))


def write(
    besked: Besked,
    koder: Beskedkoder = DEFAULT,
    *,
    registrering: Registrering | None = None,
    push: bool = False,
) -> bytes:
    """The message as the distributor delivers it, about the first of `besked.objekttyper`; `oevrige` is not written.

    `registrering` becomes its Beskeddata; `push` wraps it for the HTTP door. A missing beskedtype is that of the type.
    """
    objekttype = besked.objekttyper[0]
    root = xml.root(_INPUT if push else _BESKED)
    kuvert = xml.sub(root, _BESKED) if push else root
    write_reference(kuvert, _BESKED_ID, Reference(besked.besked_id))
    xml.sub(kuvert, f"{{{KUVERT}}}BeskedVersion", "1.0")
    omslag = xml.sub(kuvert, f"{{{KUVERT}}}Beskedkuvert")
    filtrering = xml.sub(omslag, f"{{{KUVERT}}}Filtreringsdata")
    beskedtype = besked.beskedtype or _code(koder.beskedtyper, objekttype)
    write_reference(filtrering, f"{{{KUVERT}}}Beskedtype", Reference(beskedtype))
    _write_objekt(filtrering, besked, koder)
    xml.sub(omslag, f"{{{KUVERT}}}Leveranceinformation")
    if registrering is not None:
        _write_data(xml.sub(kuvert, _DATA), objekttype, besked.uuid, registrering)
    return xml.serialise(root)


def _write_objekt(filtrering: Element, besked: Besked, koder: Beskedkoder) -> None:
    objekt = xml.sub(filtrering, f"{{{KUVERT}}}ObjektRegistrering")
    if besked.registrering_ns is not None:
        write_tidspunkt(objekt, _TIDSPUNKT, besked.registrering_ns)
    if besked.cvr is not None:
        write_reference(objekt, _MYNDIGHED, Reference(CVR_URN + besked.cvr))
    write_reference(objekt, _OBJEKT_ID, Reference(str(besked.uuid)))
    objekttype = _code(koder.objekttyper, besked.objekttyper[0])
    write_reference(objekt, _OBJEKT_TYPE, Reference(objekttype))
    write_reference(objekt, f"{{{KUVERT}}}ObjektHandling", Reference(koder.handling))


def _write_data(beskeddata: Element, objekttype: Objekttype, uuid: UUID, registrering: Registrering) -> None:
    """Unit, organisation and address name their identity otherwise than the rest. Source: FACTS.md 7, Bodies."""
    namespace = KATALOG[objekttype].namespace
    body = xml.sub(beskeddata, f"{{{namespace}}}RegistreringBesked")
    if objekttype in (Objekttype.ORGANISATION_ENHED, Objekttype.ORGANISATION, Objekttype.ADRESSE):
        write_reference(body, f"{{{namespace}}}ObjektID", Reference(str(uuid)))
    else:
        xml.sub(body, _UUID, str(uuid))
    write_registrering(body, objekttype, registrering)


def _objekt(
    registrering: Element, koder: Beskedkoder, said: list[Objekttype | None], body_uuid: UUID | None
) -> _Om | None:
    """What one ObjektRegistrering names; None when neither it nor the body has a UUID."""
    dele = {xml.tag(child): child for child in reversed(registrering)}  # of several of a name the first
    own_id = _reference(dele.get(_OBJEKT_ID))
    uuid = (own_id.uuid if own_id is not None else None) or body_uuid
    if uuid is None:
        return None
    own_type = _id(dele.get(_OBJEKT_TYPE))
    objekttype = None if own_type is None else koder.objekttyper.get(own_type)
    myndighed = _id(dele.get(_MYNDIGHED))
    tidspunkt = dele.get(_TIDSPUNKT)
    return (
        uuid,
        _types([objekttype, *said]),
        None if tidspunkt is None else _registrering_ns(tidspunkt),
        None if myndighed is None else _cvr(myndighed),
    )


def _types(said: list[Objekttype | None]) -> tuple[Objekttype, ...]:
    """What the message says, all of it when its parts disagree; both possible types when it says nothing."""
    return tuple(dict.fromkeys(objekttype for objekttype in said if objekttype is not None)) or UKENDT_TYPE


def _beskeddata(kuvert: Element) -> tuple[UUID | None, Objekttype | None]:
    """Identity and type of the first body whose root is of one of our object types."""
    for root in (child for beskeddata in kuvert.findall(_DATA) for child in beskeddata):
        namespace, _ = xml.split(root)
        objekttype = OBJEKTTYPE.get(namespace)
        if objekttype is None:
            continue
        text = xml.child_text(root, _UUID)
        under = root.find(f"{{{namespace}}}ObjektID")
        reference = Reference(text.lower()) if text else None if under is None else read_reference(under)
        return (None if reference is None else reference.uuid), objekttype
    return None, None


def _registrering_ns(element: Element) -> int | None:
    """The moment, or None when there is none that can be read: then any newer registration will do."""
    try:
        ns = read_tidspunkt(element, UENDELIG_NS)
    except Malformed:
        return None
    return None if not 0 < ns <= MAX_TIDSPUNKT_NS else ns


def _cvr(urn: str) -> str | None:
    cvr = urn.removeprefix(CVR_URN)
    return cvr if urn.startswith(CVR_URN) and len(cvr) == 8 and cvr.isascii() and cvr.isdecimal() else None


def _id(element: Element | None) -> str | None:
    reference = _reference(element)
    return None if reference is None else reference.id


def _reference(element: Element | None) -> Reference | None:
    return None if element is None else read_reference(element)


def _code(koder: dict[str, Objekttype], objekttype: Objekttype) -> str:
    return next((kode for kode, known in koder.items() if known is objekttype), _invented(999))

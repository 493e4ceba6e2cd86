"""Verifies a signed envelope: on the bytes, before anything else reads them. Source: security.md 6.

The same rules serve the product, for answers of the token service and the services, and the simulator, for requests to
them. Each part that must be signed is found by its place, and then its id among the references; never the other way
round. The key is known before; a certificate in the message proves nothing. What is refused has one stable code.
"""

import base64
import binascii
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import islice
from typing import Final

from cryptography import x509
from lxml import etree

from fkorg.errors import Malformed
from fkorg.security import keys
from fkorg.security.navne import (
    ASSERTION,
    BODY,
    C14N,
    DS,
    ENVELOPE,
    HEADER,
    KEY_IDENTIFIER,
    RSA_SHA256,
    SECURITY,
    SHA256,
    SIGNATURE,
    STR,
    STR_TRANSFORM,
    TIMESTAMP,
    WSSE,
    WSU,
    WSU_ID,
)
from fkorg.security.wss import digest, kanonisk, str_form
from fkorg.wire import xml
from fkorg.wire.soap_xml import WSA
from fkorg.wire.xml import Element, Graenser

SKAEVHED: Final = timedelta(seconds=60)
"""How far apart clocks may be."""
AELDST: Final = timedelta(minutes=5)
LAENGSTE_LEVETID: Final = timedelta(minutes=10)
FLEST_REFERENCER: Final = 20
_IDER: Final = frozenset({"Id", "ID", "id", "AssertionID"})
_INKLUSIV: Final = f"{{{C14N}}}InclusiveNamespaces"
_TRANSFORMS: Final = f"{{{DS}}}Transforms"
_METODE: Final = f"{{{DS}}}CanonicalizationMethod"
_PARAMETRE: Final = f"{{{WSSE}}}TransformationParameters"
_UTC: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z", re.ASCII)


class Grund(StrEnum):
    """Why something was refused: for logs and metrics. The peer is told nothing of it."""

    XML = "xml"
    KUVERT = "kuvert"
    ID = "id"
    SECURITY = "security"
    ALGORITME = "algoritme"
    REFERENCE = "reference"
    IKKE_UNDERSKREVET = "ikke-underskrevet"
    DIGEST = "digest"
    SIGNATUR = "signatur"
    TIDSPUNKT = "tidspunkt"
    ADRESSERING = "adressering"
    GENTAGET = "gentaget"
    ASSERTION = "assertion"
    UDSTEDER = "udsteder"
    GYLDIGHED = "gyldighed"
    MODTAGER = "modtager"
    BEKRAEFTELSE = "bekraeftelse"
    CVR = "cvr"


class Afvist(Malformed):
    """It does not prove what it should. `grund`: the code; the message says what was wanted, never what was found."""

    def __init__(self, grund: Grund, wanted: str) -> None:
        super().__init__(f"signature: wanted {wanted} ({grund})")
        self.grund = grund


@dataclass(frozen=True, slots=True)
class Underskrevet:
    """An envelope of the right shape, whose signature is yet to be proved: `proev`."""

    envelope: Element
    header: Element
    security: Element
    body: Element

    def foran(self, navn: str) -> Element | None:
        """The addressing header of that name."""
        return self.header.find(navn)

    def tekst(self, navn: str) -> str | None:
        """Its text; None when it is not there."""
        found = self.foran(navn)
        return None if found is None else found.text

    @property
    def assertion(self) -> Element | None:
        """The token in the Security header."""
        return self.security.find(ASSERTION)


def laes(raw: bytes, graenser: Graenser = xml.SVAR, *, token_i: str = SECURITY) -> Underskrevet:
    """The envelope in these bytes: every rule of shape, no cryptography. `token_i`: the element that an assertion may
    stand in. Raises Afvist."""
    try:
        envelope = xml.parse(raw, graenser, streng=True)
    except Malformed as cause:
        raise Afvist(Grund.XML, str(cause).removeprefix("wanted ")) from cause
    if xml.tag(envelope) != ENVELOPE or [xml.tag(child) for child in envelope] != [HEADER, BODY]:
        raise Afvist(Grund.KUVERT, "an envelope with a header and a body, in this order, and nothing else")
    header, body = envelope
    _kraev_egne_ider(envelope)
    _kraev_en(envelope, header, SECURITY)
    security = header.find(SECURITY)
    assert security is not None
    _kraev_en(envelope, security, TIMESTAMP)
    if len(security.findall(SIGNATURE)) != 1:
        raise Afvist(Grund.SECURITY, "one signature in the Security header")
    assertions = list(envelope.iter(ASSERTION))
    if len(assertions) > 1 or any(_parent(one) != token_i for one in assertions):
        raise Afvist(Grund.SECURITY, f"at most one assertion, in the {etree.QName(token_i).localname}")
    adresserende = [xml.tag(child) for child in header if xml.split(child)[0] == WSA]
    if len(adresserende) != len(set(adresserende)):
        raise Afvist(Grund.ADRESSERING, "each addressing header at most once")
    return Underskrevet(envelope, header, security, body)


def proev(
    fundet: Underskrevet,
    certifikater: Sequence[x509.Certificate],
    now: datetime,
    *,
    kraevede: Iterable[str],
    ogsaa: Iterable[Element] = (),
) -> None:
    """The signature is by the key of one of them, and covers body, timestamp, every addressing header that is there,
    `kraevede` (headers that must be), and `ogsaa`; with a token, that too. The timestamp holds at `now`. Raises Afvist.
    """
    signatur = fundet.security.find(SIGNATURE)
    assert signatur is not None
    referencer = _referencer(signatur)
    for del_ in (*_skal_underskrives(fundet, kraevede), *ogsaa):
        if del_.get(WSU_ID) not in referencer:
            raise Afvist(Grund.IKKE_UNDERSKREVET, f"{xml.split(del_)[1]} to be signed")
    if fundet.assertion is not None:
        _kraev_token_underskrevet(signatur, referencer, fundet.assertion)
    _proev_signatur(signatur, certifikater)
    by_id = {value: one for one in fundet.envelope.iter() for value in _ider(one)}
    for id_, reference in referencer.items():
        if digest(_data(fundet, by_id.get(id_), reference)) != reference.digest:
            raise Afvist(Grund.DIGEST, "what is signed to be as it was when it was signed")
    _proev_tid(fundet, now)


@dataclass(slots=True)
class Genkendt:
    """Messages that were seen, for as long as they would be taken. When it is full it refuses, it does not forget."""

    pladser: int = 100_000
    _seen: dict[str, datetime] = field(default_factory=dict)

    def kraev_ny(self, id_: str, now: datetime) -> None:
        """Raises Afvist for one that was here, and when there is no room to remember another."""
        for gammel, til in list(islice(self._seen.items(), 2)):  # two go for each that comes: the rest is never swept
            if til <= now:
                del self._seen[gammel]
        if id_ in self._seen or len(self._seen) >= self.pladser:
            raise Afvist(Grund.GENTAGET, "a message that was not here before")
        self._seen[id_] = now + LAENGSTE_LEVETID + 2 * SKAEVHED


@dataclass(frozen=True, slots=True)
class _Reference:
    transform: str
    praefikser: Sequence[str]
    digest: str


def _kraev_egne_ider(envelope: Element) -> None:
    ider = [value for one in envelope.iter() for value in _ider(one)]
    if len(ider) != len(set(ider)):
        raise Afvist(Grund.ID, "each id to be one element's own")


def _parent(element: Element) -> str | None:
    parent = element.getparent()
    return None if parent is None else xml.tag(parent)


def _ider(element: Element) -> list[str]:
    return [value for navn, value in element.attrib.items() if navn.rpartition("}")[2] in _IDER]


def _kraev_en(envelope: Element, parent: Element, navn: str) -> None:
    """There is one in the whole envelope, and it stands there."""
    found = list(envelope.iter(navn))
    if len(found) != 1 or found[0].getparent() is not parent:
        local = etree.QName(navn).localname
        raise Afvist(Grund.SECURITY, f"one {local}, in the {xml.split(parent)[1]}")


def _skal_underskrives(fundet: Underskrevet, kraevede: Iterable[str]) -> list[Element]:
    for navn in kraevede:
        if fundet.foran(navn) is None:
            raise Afvist(Grund.ADRESSERING, f"the header {etree.QName(navn).localname}")
    timestamp = fundet.security.find(TIMESTAMP)
    assert timestamp is not None
    return [fundet.body, timestamp, *(one for one in fundet.header if xml.split(one)[0] == WSA)]


def _kraev_token_underskrevet(signatur: Element, referencer: dict[str, "_Reference"], assertion: Element) -> None:
    if [one.transform for one in referencer.values()].count(STR_TRANSFORM) != 1:
        raise Afvist(Grund.IKKE_UNDERSKREVET, "the token to be signed, once")
    key = f"{{{DS}}}KeyInfo/{STR}/{KEY_IDENTIFIER}"
    if xml.child_text(signatur, key) != assertion.get("ID"):
        raise Afvist(Grund.REFERENCE, "the key of the token in this message")


def _referencer(signatur: Element) -> dict[str, _Reference]:
    """What is referred to, by id. Raises Afvist for any algorithm or form beside the one there is."""
    info = signatur[0] if len(signatur) else signatur
    if xml.tag(info) != f"{{{DS}}}SignedInfo" or len(signatur.findall(f"{{{DS}}}SignedInfo")) != 1:
        raise Afvist(Grund.SECURITY, "a signature that begins with its one SignedInfo")
    kanon, metode, *references = info if len(info) > 1 else (info, info)
    _kraev_algoritme(kanon, _METODE, C14N)
    _kraev_algoritme(metode, f"{{{DS}}}SignatureMethod", RSA_SHA256)
    if len(metode) or not 1 <= len(references) <= FLEST_REFERENCER:
        raise Afvist(Grund.REFERENCE, f"1 to {FLEST_REFERENCER} references")
    found: dict[str, _Reference] = {}
    for reference in references:
        uri = reference.get("URI") or ""
        if xml.tag(reference) != f"{{{DS}}}Reference" or not uri.startswith("#") or "(" in uri or uri[1:] in found:
            raise Afvist(Grund.REFERENCE, "references to ids, each once")
        found[uri[1:]] = _reference(reference)
    return found


def _reference(reference: Element) -> _Reference:
    if [xml.tag(child) for child in reference] != [_TRANSFORMS, f"{{{DS}}}DigestMethod", f"{{{DS}}}DigestValue"]:
        raise Afvist(Grund.REFERENCE, "a reference of transforms, digest method and digest")
    transforms, metode, value = reference
    _kraev_algoritme(metode, f"{{{DS}}}DigestMethod", SHA256)
    if len(metode) or len(transforms) != 1 or xml.tag(transforms[0]) != f"{{{DS}}}Transform":
        raise Afvist(Grund.ALGORITME, "one transform")
    (transform,) = transforms
    text = "".join((value.text or "").split())
    if transform.get("Algorithm") != STR_TRANSFORM:
        _kraev_algoritme(transform, f"{{{DS}}}Transform", C14N)
        return _Reference(C14N, _praefikser(transform), text)
    parametre = transform[0] if len(transform) == 1 and xml.tag(transform[0]) == _PARAMETRE else None
    if parametre is None or len(parametre) != 1:
        raise Afvist(Grund.ALGORITME, "an STR-Transform with its canonicalisation")
    _kraev_algoritme(parametre[0], _METODE, C14N)
    return _Reference(STR_TRANSFORM, _praefikser(parametre[0]), text)


def _kraev_algoritme(element: Element, navn: str, algoritme: str) -> None:
    if xml.tag(element) != navn or element.get("Algorithm") != algoritme:
        raise Afvist(Grund.ALGORITME, f"{etree.QName(navn).localname} {algoritme}")


def _praefikser(element: Element) -> list[str]:
    """Those of the one InclusiveNamespaces that there may be, perhaps without any."""
    if not len(element):
        return []
    if len(element) != 1 or xml.tag(element[0]) != _INKLUSIV:
        raise Afvist(Grund.ALGORITME, "nothing but InclusiveNamespaces in a canonicalisation")
    return (element[0].get("PrefixList") or "").split()


def _proev_signatur(signatur: Element, certifikater: Sequence[x509.Certificate]) -> None:
    values = signatur.findall(f"{{{DS}}}SignatureValue")
    if len(values) != 1:
        raise Afvist(Grund.SECURITY, "one SignatureValue")
    try:
        underskrift = base64.b64decode("".join((values[0].text or "").split()), validate=True)
    except (binascii.Error, ValueError) as cause:
        raise Afvist(Grund.SIGNATUR, "a signature in Base64") from cause
    info = signatur[0]
    if not keys.passer(underskrift, kanonisk(info, _praefikser(info[0])), certifikater):
        raise Afvist(Grund.SIGNATUR, "a signature by the key that is expected")


def _data(fundet: Underskrevet, element: Element | None, reference: _Reference) -> bytes:
    """What the digest is of."""
    if element is None:
        raise Afvist(Grund.REFERENCE, "a reference to what is in the message")
    if reference.transform == C14N:
        return kanonisk(element, reference.praefikser)
    assertion = fundet.assertion
    if element.getparent() is not fundet.security or xml.tag(element) != STR or assertion is None:
        raise Afvist(Grund.REFERENCE, "an STR-Transform of the one reference to the token")
    if xml.child_text(element, KEY_IDENTIFIER) != assertion.get("ID"):
        raise Afvist(Grund.REFERENCE, "a reference to the token in this message")
    return str_form(assertion, reference.praefikser)


def _proev_tid(fundet: Underskrevet, now: datetime) -> None:
    timestamp = fundet.security.find(TIMESTAMP)
    assert timestamp is not None
    created, expires = (tid(xml.child_text(timestamp, f"{{{WSU}}}{navn}")) for navn in ("Created", "Expires"))
    if not created < expires <= created + LAENGSTE_LEVETID:
        raise Afvist(Grund.TIDSPUNKT, f"a life of at most {LAENGSTE_LEVETID.total_seconds() / 60:.0f} minutes")
    if created > now + SKAEVHED or created < now - AELDST - SKAEVHED or expires <= now - SKAEVHED:
        raise Afvist(Grund.TIDSPUNKT, "a message of now: check the clocks")


def tid(text: str | None) -> datetime:
    """A moment in UTC, with Z. Raises Afvist."""
    if text is None or not _UTC.fullmatch(text):
        raise Afvist(Grund.TIDSPUNKT, "a time in UTC with Z")
    try:
        return datetime.fromisoformat(text)
    except ValueError as cause:
        raise Afvist(Grund.TIDSPUNKT, "a time that there is") from cause

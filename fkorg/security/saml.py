"""The assertion: whose it is, for which municipality, for whom and until when. Source: security.md 3.3 and 6.

Its signature is verified on the assertion alone, and everything said of it is read from what the verifying library
gives back as signed. Refuses to know how it was come by.
"""

import base64
import binascii
import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from cryptography import x509
from lxml import etree
from signxml.algorithms import DigestAlgorithm, SignatureMethod
from signxml.exceptions import SignXMLException
from signxml.verifier import SignatureConfiguration, XMLVerifier

from fkorg.errors import Malformed
from fkorg.security.navne import ASSERTION, C14N, DS, HOLDER_OF_KEY, RSA_SHA256, SAML, SHA256, SIGNATURE
from fkorg.security.verifier import SKAEVHED, Afvist, Grund, tid
from fkorg.security.wss import Token, kanonisk
from fkorg.wire import xml
from fkorg.wire.xml import Element

logging.getLogger("signxml").setLevel(logging.INFO)  # at DEBUG it tells what it verifies: the token
ENVELOPED: Final = f"{DS}enveloped-signature"
CVR: Final = "dk:gov:saml:attribute:CvrNumberIdentifier"
PRIVILEGIER: Final = "dk:gov:saml:attribute:Privileges_intermediate"
_CVR: Final = re.compile(r"\d{8}", re.ASCII)
_START: Final = re.compile(rb"<(?:[\w.-]+:)?Assertion(?=[\s>])")


@dataclass(frozen=True, slots=True)
class Assertion:
    """One that holds. `certifikat` is that of the key that may use it; `udloeber`: from then on it does not hold."""

    token: Token
    cvr: str
    modtager: str
    udloeber: datetime
    certifikat: x509.Certificate
    privilegier: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Krav:
    """What an assertion must be: signed by one of `certifikater`, by that issuer, for that audience."""

    certifikater: Sequence[x509.Certificate] = field(repr=False)
    udsteder: str
    modtager: str


def efterproev(text: bytes, krav: Krav, now: datetime) -> Assertion:
    """The assertion in these bytes, which are kept as they are. Raises Afvist."""
    try:
        alene = xml.parse(text, xml.BESKED, streng=True)
    except Malformed as cause:
        raise Afvist(Grund.XML, str(cause).removeprefix("wanted ")) from cause
    id_ = alene.get("ID") or ""
    if xml.tag(alene) != ASSERTION or alene.get("Version") != "2.0" or not id_:
        raise Afvist(Grund.ASSERTION, "a SAML 2.0 assertion with an ID")
    _kraev_form(alene, id_)
    signed = _signed(alene, krav.certifikater, now)
    if xml.tag(signed) != ASSERTION or signed.get("ID") != id_:
        raise Afvist(Grund.ASSERTION, "the assertion itself to be signed")
    if _tekst(_en(signed, "Issuer", Grund.UDSTEDER)) != krav.udsteder:
        raise Afvist(Grund.UDSTEDER, "an assertion by the configured issuer")
    betingelser = _en(signed, "Conditions", Grund.GYLDIGHED)
    data, certifikat = _bekraeftelse(signed)
    udloeber = min(_holder(betingelser, now, kraev_fra=True), _holder(data, now, kraev_fra=False))
    begraenset = _en(betingelser, "AudienceRestriction", Grund.MODTAGER)
    if _tekst(_en(begraenset, "Audience", Grund.MODTAGER)) != krav.modtager:
        raise Afvist(Grund.MODTAGER, "an assertion for this audience")
    return Assertion(
        Token(id_, text),
        _cvr(signed),
        krav.modtager,
        udloeber,
        certifikat,
        _attribut(signed, PRIVILEGIER, Grund.ASSERTION),
    )


def klip(raw: bytes, assertion: Element) -> bytes:
    """The assertion's own bytes out of those of a message in which it is the only one; canonical, where they need what
    stands around them."""
    start = _START.search(raw)
    if start is not None:
        slut = raw.find(ende := b"</" + start[0][1:] + b">", start.start())
        klippet = raw[start.start() : slut + len(ende)]
        try:
            if slut > 0 and kanonisk(xml.parse(klippet, xml.BESKED, streng=True)) == kanonisk(assertion):
                return klippet
        except Malformed:  # its prefixes are declared outside
            pass
    return kanonisk(assertion)


def _kraev_form(assertion: Element, id_: str) -> None:
    """One signature right below, of one reference to the assertion with the two transforms that there are."""
    if len(assertion.findall(SIGNATURE)) != 1 or len(list(assertion.iter(SIGNATURE))) != 1:
        raise Afvist(Grund.ASSERTION, "an assertion with one signature")
    info = assertion.find(f"{SIGNATURE}/{{{DS}}}SignedInfo")
    references = [] if info is None else info.findall(f"{{{DS}}}Reference")
    if info is None or len(references) != 1 or references[0].get("URI") != f"#{id_}":
        raise Afvist(Grund.REFERENCE, "one reference, to the assertion")
    asked = [
        *(one.get("Algorithm") for one in info.findall(f"{{{DS}}}CanonicalizationMethod")),
        *(one.get("Algorithm") for one in info.findall(f"{{{DS}}}SignatureMethod")),
        *(one.get("Algorithm") for one in references[0].iter(f"{{{DS}}}Transform")),
        *(one.get("Algorithm") for one in references[0].findall(f"{{{DS}}}DigestMethod")),
    ]
    if asked != [C14N, RSA_SHA256, ENVELOPED, C14N, SHA256]:
        raise Afvist(Grund.ALGORITME, "rsa-sha256 and sha256 over the enveloped assertion in exclusive canonical form")


def _signed(assertion: Element, certifikater: Sequence[x509.Certificate], now: datetime) -> Element:
    config = SignatureConfiguration(
        location="./",
        signature_methods=frozenset({SignatureMethod.RSA_SHA256}),
        digest_algorithms=frozenset({DigestAlgorithm.SHA256}),
        verification_time=now,
    )
    for certifikat in certifikater:
        try:
            found = XMLVerifier().verify(
                etree.tostring(assertion),
                x509_cert=certifikat,
                validate_schema=False,
                id_attribute="ID",
                expect_config=config,
            )
        except (SignXMLException, ValueError, etree.LxmlError):
            continue
        if not isinstance(found, list) and found.signed_xml is not None:
            return found.signed_xml
    raise Afvist(Grund.SIGNATUR, "an assertion signed by the token service")


def _bekraeftelse(signed: Element) -> tuple[Element, x509.Certificate]:
    """The one confirmation that there must be, and whose key it names."""
    bekraeftelse = _en(_en(signed, "Subject", Grund.BEKRAEFTELSE), "SubjectConfirmation", Grund.BEKRAEFTELSE)
    if bekraeftelse.get("Method") != HOLDER_OF_KEY:
        raise Afvist(Grund.BEKRAEFTELSE, "a holder of key")
    data = _en(bekraeftelse, "SubjectConfirmationData", Grund.BEKRAEFTELSE)
    found = list(data.iter(f"{{{DS}}}X509Certificate"))
    if len(found) != 1:
        raise Afvist(Grund.BEKRAEFTELSE, "the certificate of one key")
    try:
        der = base64.b64decode("".join((found[0].text or "").split()), validate=True)
        return data, x509.load_der_x509_certificate(der)
    except (binascii.Error, ValueError) as cause:
        raise Afvist(Grund.BEKRAEFTELSE, "a certificate in Base64") from cause


def _holder(element: Element, now: datetime, *, kraev_fra: bool) -> datetime:
    """Its time has begun and is not over; the end of it."""
    fra, til = element.get("NotBefore"), element.get("NotOnOrAfter")
    if til is None or (fra is None and kraev_fra):
        raise Afvist(Grund.GYLDIGHED, "a beginning and an end of validity")
    try:
        slut, begynder = tid(til), None if fra is None else tid(fra)
    except Afvist as cause:
        raise Afvist(Grund.GYLDIGHED, "times in UTC with Z") from cause
    if now - SKAEVHED >= slut or (begynder is not None and now + SKAEVHED < begynder):
        raise Afvist(Grund.GYLDIGHED, "an assertion that holds now: check the clocks")
    return slut


def _cvr(signed: Element) -> str:
    cvr = _attribut(signed, CVR, Grund.CVR)
    if cvr is None or not _CVR.fullmatch(cvr):
        raise Afvist(Grund.CVR, "one municipality's CVR number")
    return cvr


def _attribut(signed: Element, navn: str, grund: Grund) -> str | None:
    """The one value of the attribute; None when it is not there."""
    found = [one for one in signed.iter(f"{{{SAML}}}Attribute") if one.get("Name") == navn]
    if not found:
        return None
    if len(found) > 1:
        raise Afvist(grund, "each attribute once")
    return _tekst(_en(found[0], "AttributeValue", grund))


def _en(parent: Element, navn: str, grund: Grund) -> Element:
    found = parent.findall(f"{{{SAML}}}{navn}")
    if len(found) != 1:
        raise Afvist(grund, f"one {navn}")
    return found[0]


def _tekst(element: Element) -> str:
    """An element's text, which has no elements in it."""
    return element.text or "" if not len(element) else ""

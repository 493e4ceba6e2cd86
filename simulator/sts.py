"""The token service: how it wants to be asked, and assertions as KOMBIT's are. Source: security.md 3. No transport."""

import base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import uuid4

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree

from fkorg.security import verifier, wss
from fkorg.security.keys import Noegle
from fkorg.security.navne import (
    ACTION,
    AUTH,
    BST,
    C14N,
    DS,
    HOLDER_OF_KEY,
    MESSAGE_ID,
    SAML,
    SAML_TOKEN,
    TO,
    WSP,
    WST,
    WSU,
)
from fkorg.security.saml import CVR, ENVELOPED, PRIVILEGIER
from fkorg.security.sts import ISSUE, NOEGLETYPE
from fkorg.security.verifier import Afvist, Grund, Underskrevet
from fkorg.security.wss import Reference, digest, kanonisk, skriv_signatur, tidspunkt
from fkorg.wire import soap_xml, xml
from fkorg.wire.soap_xml import WSA, Hoved
from fkorg.wire.xml import Element

LEVETID: Final = timedelta(hours=8)
UDSTEDER: Final = "https://saml.simulator.orgraf.invalid/runtime"
_PLADS: Final = "assertion"
"""Where its bytes go, which are never written anew."""
UKENDT: Final = "101"
"""The fault for a caller, or a municipality, that is not registered."""
UGYLDIG: Final = "103"
_X509: Final = "urn:oasis:names:tc:SAML:2.0:ac:classes:X509"
_NAVNEFORMAT: Final = "urn:oasis:names:tc:SAML:2.0:attrname-format:basic"
_EMNEFORMAT: Final = "urn:oasis:names:tc:SAML:1.1:nameid-format:X509SubjectName"
_SPEC: Final = {
    "dk:gov:saml:attribute:AssuranceLevel": "3",
    "dk:gov:saml:attribute:SpecVer": "DK-SAML-2.0",
    "dk:gov:saml:attribute:KombitSpecVer": "1.0",
}


@dataclass(frozen=True, slots=True)
class Tokenservice:
    """Who signs assertions. `kendte`: whose certificates are registered, with the CVRs each may act for; `navn` gives
    ids."""

    noegle: Noegle
    udsteder: str = UDSTEDER
    levetid: timedelta = LEVETID
    kendte: Sequence[tuple[x509.Certificate, frozenset[str]]] = ()
    navn: Callable[[], str] = lambda: f"_{uuid4()}"

    def besvar(self, raw: bytes, adresse: str, now: datetime) -> bytes:
        """The signed answer to a request that was sent to that address, or a fault, which nobody signs."""
        try:
            return self._besvar(verifier.laes(raw, xml.BESKED), adresse, now)
        except Afvist as refused:
            return _fault(UKENDT if refused.grund is Grund.BEKRAEFTELSE else UGYLDIG, f"refused: {refused.grund}")

    def _besvar(self, fundet: Underskrevet, adresse: str, now: datetime) -> bytes:
        certifikat, cvrer = self._hvem(fundet)
        verifier.proev(fundet, [certifikat], now, kraevede=(ACTION, MESSAGE_ID, TO), ogsaa=fundet.security.findall(BST))
        if fundet.tekst(TO) != adresse or fundet.tekst(ACTION) != ISSUE:
            raise Afvist(Grund.ADRESSERING, "a request for a token to this address")
        rst = fundet.body.find(f"{{{WST}}}RequestSecurityToken")
        if rst is None or _kraevet(rst, f"{{{WST}}}UseKey/{BST}") != _kraevet(fundet.security, BST):
            raise Afvist(Grund.BEKRAEFTELSE, "a token for the key that signs")
        if _kraevet(rst, f"{{{WST}}}TokenType") != SAML_TOKEN or _kraevet(rst, f"{{{WST}}}KeyType") != NOEGLETYPE:
            raise Afvist(Grund.KUVERT, "a SAML token for a public key")
        cvr = _kraevet(rst, f"{{{WST}}}Claims/{{{AUTH}}}ClaimType[@Uri='{CVR}']/{{{AUTH}}}Value")
        modtager = _kraevet(rst, f"{{{WSP}}}AppliesTo/{{{WSA}}}EndpointReference/{{{WSA}}}Address")
        if cvr not in cvrer:
            raise Afvist(Grund.BEKRAEFTELSE, "a municipality that this certificate may act for")
        token = self.udsted(certifikat, cvr, modtager, now)
        return self._svar(token, rst.get("Context") or "", fundet.tekst(MESSAGE_ID) or "", modtager, now)

    def _hvem(self, fundet: Underskrevet) -> tuple[x509.Certificate, frozenset[str]]:
        """The certificate that came along, when it is a registered one, and whom it may act for."""
        sent = _kraevet(fundet.security, BST)
        for certifikat, cvrer in self.kendte:
            if base64.b64encode(certifikat.public_bytes(Encoding.DER)).decode() == sent:
                return certifikat, cvrer
        raise Afvist(Grund.BEKRAEFTELSE, "a certificate that is registered here")

    def _svar(self, token: bytes, kontekst: str, message_id: str, modtager: str, now: datetime) -> bytes:
        samling = xml.root(f"{{{WST}}}RequestSecurityTokenResponseCollection", {"wst": WST, "wsp": WSP, "wsa": WSA})
        svar = xml.sub(samling, f"{{{WST}}}RequestSecurityTokenResponse")
        svar.set("Context", kontekst)
        levetid = xml.sub(svar, f"{{{WST}}}Lifetime")
        xml.sub(levetid, f"{{{WSU}}}Created", tidspunkt(now))
        xml.sub(levetid, f"{{{WSU}}}Expires", tidspunkt(now + self.levetid))
        reference = xml.sub(xml.sub(svar, f"{{{WSP}}}AppliesTo"), f"{{{WSA}}}EndpointReference")
        xml.sub(reference, f"{{{WSA}}}Address", modtager)
        xml.sub(xml.sub(svar, f"{{{WST}}}RequestedSecurityToken"), _PLADS)
        for navn, text in (("TokenType", SAML_TOKEN), ("RequestType", f"{WST}/Issue"), ("KeyType", NOEGLETYPE)):
            xml.sub(svar, f"{{{WST}}}{navn}", text)
        kuvert = soap_xml.write_kuvert(samling, Hoved(action=f"{WST}/RSTRC/IssueFinal", relates_to=message_id))
        return wss.underskriv(kuvert.replace(f"<{_PLADS}/>".encode(), token), self.noegle, now, medsend=False)

    def udsted(self, indehaver: x509.Certificate, cvr: str, modtager: str, now: datetime) -> bytes:
        """An assertion that the certificate's key may act for that municipality at that audience."""
        id_ = self.navn()
        fra, til = tidspunkt(now), tidspunkt(now + self.levetid)
        assertion = etree.Element(f"{{{SAML}}}Assertion", nsmap={None: SAML})
        assertion.attrib.update({"ID": id_, "IssueInstant": fra, "Version": "2.0"})
        _sub(assertion, "Issuer", self.udsteder)
        subject = _sub(assertion, "Subject")
        _sub(subject, "NameID", indehaver.subject.rfc4514_string()).set("Format", _EMNEFORMAT)
        confirmation = _sub(subject, "SubjectConfirmation")
        confirmation.set("Method", HOLDER_OF_KEY)
        data = _sub(confirmation, "SubjectConfirmationData")
        data.attrib.update({"NotBefore": fra, "NotOnOrAfter": til, "Recipient": modtager})
        key_info = etree.SubElement(data, f"{{{DS}}}KeyInfo", nsmap={None: DS})
        certifikat = base64.b64encode(indehaver.public_bytes(Encoding.DER)).decode()
        xml.sub(xml.sub(key_info, f"{{{DS}}}X509Data"), f"{{{DS}}}X509Certificate", certifikat)
        conditions = _sub(assertion, "Conditions")
        conditions.attrib.update({"NotBefore": fra, "NotOnOrAfter": til})
        _sub(_sub(conditions, "AudienceRestriction"), "Audience", modtager)
        statement = _sub(assertion, "AttributeStatement")
        for navn, value in {CVR: cvr, **_SPEC, PRIVILEGIER: _privilegier(cvr)}.items():
            attribute = _sub(statement, "Attribute")
            attribute.attrib.update({"Name": navn, "NameFormat": _NAVNEFORMAT})
            _sub(attribute, "AttributeValue", value)
        authn = _sub(assertion, "AuthnStatement")
        authn.set("AuthnInstant", fra)
        _sub(_sub(authn, "AuthnContext"), "AuthnContextClassRef", _X509)
        underskriv(assertion, self.noegle)
        return etree.tostring(assertion)


def _kraevet(parent: Element, sti: str) -> str:
    """The text of the one element there."""
    found = parent.findall(sti)
    if len(found) != 1 or not found[0].text:
        raise Afvist(Grund.KUVERT, "each part of the request, once")
    return found[0].text


def _fault(kode: str, tekst: str) -> bytes:
    fault = soap_xml.write_fault(tekst, kode="Sender", underkode=kode)
    return soap_xml.write_kuvert(fault, Hoved(action=soap_xml.FAULT_ACTION))


def underskriv(assertion: Element, noegle: Noegle) -> None:
    """Put the signature behind the Issuer."""
    value = digest(kanonisk(assertion))
    signatur = etree.Element(f"{{{DS}}}Signature", nsmap={None: DS})
    assertion.insert(1, signatur)

    def peg(key_info: Element) -> None:
        data = xml.sub(key_info, f"{{{DS}}}X509Data")
        xml.sub(data, f"{{{DS}}}X509Certificate", noegle.base64)

    reference = Reference(assertion.get("ID") or "", value, (ENVELOPED, C14N))
    skriv_signatur(signatur, noegle, [reference], peg)


def _privilegier(cvr: str) -> str:
    """The list of rights, as a document of its own in Base64."""
    navnerum = "http://itst.dk/oiosaml/basic_privilege_profile"
    root = etree.Element(f"{{{navnerum}}}PrivilegeList", nsmap={"bpp": navnerum})
    group = xml.sub(root, "PrivilegeGroup")
    group.set("Scope", f"urn:dk:gov:saml:cvrNumberIdentifier:{cvr}")
    xml.sub(group, "Privilege", "http://organisation.stoettesystemerne.dk/roles/usersystemrole/rediger/1")
    return base64.b64encode(etree.tostring(root)).decode()


def _sub(parent: Element, navn: str, text: str | None = None) -> Element:
    return xml.sub(parent, f"{{{SAML}}}{navn}", text)

"""Asks the token service for an assertion, and believes its answer once it is proved. Source: security.md 3.

WS-Trust over SOAP, and the same as JSON. Owns what is said and what must come back. Knows no HTTP, no cache, no clock.
"""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import orjson
from cryptography import x509

from fkorg.errors import FkorgError, Malformed, NoAccess, Unavailable
from fkorg.security import saml, verifier, wss
from fkorg.security.keys import Noegle
from fkorg.security.navne import ACTION, ASSERTION, AUTH, BASE64, BST, RELATES_TO, SAML_TOKEN, WSP, WST, X509
from fkorg.security.saml import Assertion, Krav
from fkorg.security.verifier import Afvist, Grund
from fkorg.wire import soap_xml, xml
from fkorg.wire.soap_xml import WSA, Hoved
from fkorg.wire.xml import Element

ISSUE: Final = f"{WST}/RST/Issue"
_TYPE: Final = f"{WST}/Issue"
NOEGLETYPE: Final = f"{WST}/PublicKey"
_TOKEN: Final = f"{{{WST}}}RequestedSecurityToken"
_SVAR: Final = f"{{{WST}}}RequestSecurityTokenResponse"
FORBIGAAENDE: Final = frozenset({"100", "106", "130"})
"""Codes of faults that another try may mend; the others are an operator's."""


@dataclass(frozen=True, slots=True)
class Oenske:
    """The token that is asked for: who acts, for which municipality, at whom. `krav`: what it must prove to be."""

    noegle: Noegle
    cvr: str
    krav: Krav = field(repr=False)


def anmodning(oenske: Oenske, adresse: str, now: datetime, message_id: str, kontekst: str) -> bytes:
    """The signed request to that address. `kontekst`: comes back in the answer."""
    rst = xml.root(f"{{{WST}}}RequestSecurityToken", {"wst": WST, "wsp": WSP, "wsa": WSA, "auth": AUTH})
    rst.set("Context", kontekst)
    _wst(rst, "TokenType", SAML_TOKEN)
    _wst(rst, "RequestType", _TYPE)
    reference = xml.sub(xml.sub(rst, f"{{{WSP}}}AppliesTo"), f"{{{WSA}}}EndpointReference")
    xml.sub(reference, f"{{{WSA}}}Address", oenske.krav.modtager)
    claims = _wst(rst, "Claims")
    claims.set("Dialect", f"{AUTH}/authclaims")
    claim = xml.sub(claims, f"{{{AUTH}}}ClaimType")
    claim.attrib.update({"Uri": saml.CVR, "Optional": "false"})
    xml.sub(claim, f"{{{AUTH}}}Value", oenske.cvr)
    _wst(rst, "KeyType", NOEGLETYPE)
    bst = xml.sub(_wst(rst, "UseKey"), BST, oenske.noegle.base64)
    bst.attrib.update({"ValueType": X509, "EncodingType": BASE64})
    kuvert = soap_xml.write_kuvert(rst, Hoved(None, ISSUE, message_id, adresse))
    return wss.underskriv(kuvert, oenske.noegle, now)


def svar(
    raw: bytes, oenske: Oenske, tjeneste: Sequence[x509.Certificate], now: datetime, message_id: str, kontekst: str
) -> Assertion:
    """The token in the answer to that message. `tjeneste`: who may sign the answer.

    Raises Afvist for what does not prove itself, Unavailable or NoAccess for a fault, which nobody signs.
    """
    if (fejl := _fejl(raw)) is not None:
        raise fejl
    fundet = verifier.laes(raw, xml.BESKED, token_i=_TOKEN)
    verifier.proev(fundet, tjeneste, now, kraevede=(ACTION, RELATES_TO))
    if fundet.tekst(RELATES_TO) != message_id:
        raise Afvist(Grund.ADRESSERING, "the answer to what was asked")
    svarene = list(fundet.body.iter(_SVAR))
    if len(svarene) != 1 or svarene[0].get("Context") != kontekst:
        raise Afvist(Grund.KUVERT, "one answer, in the context that was asked in")
    assertion = svarene[0].find(f"{_TOKEN}/{ASSERTION}")
    if assertion is None:
        raise Afvist(Grund.ASSERTION, "an assertion in the answer")
    return _den_rette(saml.efterproev(saml.klip(raw, assertion), oenske.krav, now), oenske)


def anmodning_json(oenske: Oenske) -> bytes:
    """The request as JSON, for a connection with our certificate."""
    return orjson.dumps(
        {
            "TokenType": SAML_TOKEN,
            "RequestType": _TYPE,
            "KeyType": NOEGLETYPE,
            "AnvenderKontekst": {"Cvr": oenske.cvr},
            "UseKey": oenske.noegle.base64,
            "OnBehalfOf": None,
            "AppliesTo": {"EndpointReference": {"Address": oenske.krav.modtager}},
        }
    )


def svar_json(raw: bytes, oenske: Oenske, now: datetime) -> Assertion:
    """The token in an answer as JSON. Nobody signs that as a message: the assertion proves itself. Raises Afvist."""
    if len(raw) > xml.BESKED.size_bytes:
        raise Afvist(Grund.KUVERT, f"an answer of at most {xml.BESKED.size_bytes} bytes")
    try:
        token = _felt(_felt(orjson.loads(raw), "RequestedSecurityToken"), "Assertion")
        text = base64.b64decode(token if isinstance(token, str) else "!", validate=True)
    except (ValueError, binascii.Error) as cause:
        raise Afvist(Grund.KUVERT, "JSON with RequestedSecurityToken.Assertion in Base64") from cause
    return _den_rette(saml.efterproev(text, oenske.krav, now), oenske)


def _den_rette(fundet: Assertion, oenske: Oenske) -> Assertion:
    if fundet.certifikat != oenske.noegle.certifikat:
        raise Afvist(Grund.BEKRAEFTELSE, "an assertion for our own key")
    if fundet.cvr != oenske.cvr:
        raise Afvist(Grund.CVR, "an assertion for the municipality that was asked for")
    return fundet


def _felt(value: object, navn: str) -> object:
    return value.get(navn) if isinstance(value, dict) else None


def _fejl(raw: bytes) -> FkorgError | None:
    """What a fault means; None for an answer that is none."""
    try:
        fault = soap_xml.read_fault(soap_xml.read_kuvert(raw, xml.BESKED).krop)
    except Malformed:
        return None
    if fault is None:
        return None
    kode = fault.underkode or fault.kode
    hvad = f"the token service refused: fault {kode}"
    if kode in FORBIGAAENDE:
        return Unavailable(hvad, tekst=fault.tekst)
    return NoAccess(f"{hvad}; ask the operator to compare certificate and service agreement", tekst=fault.tekst)


def _wst(parent: Element, navn: str, text: str | None = None) -> Element:
    return xml.sub(parent, f"{{{WST}}}{navn}", text)

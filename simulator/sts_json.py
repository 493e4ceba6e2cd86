"""The token service asked as JSON, over TLS that only a registered caller's certificate opens. Source: security.md 3.5.

Owns the two shapes, strictly. Refuses to know TLS: who listens lets nobody else in.
"""

import base64
from datetime import datetime
from typing import Final

import orjson
from cryptography.hazmat.primitives.serialization import Encoding

from fkorg.security.navne import SAML_TOKEN, WST
from fkorg.security.sts import NOEGLETYPE
from fkorg.security.verifier import Afvist, Grund
from simulator.sts import Tokenservice

FASTE: Final = {"TokenType": SAML_TOKEN, "RequestType": f"{WST}/Issue", "KeyType": NOEGLETYPE, "OnBehalfOf": None}
TID: Final = "%m/%d/%Y %H:%M:%S"
"""How a lifetime is told: without a zone."""


def besvar(tjeneste: Tokenservice, raw: bytes, now: datetime) -> bytes:
    """The answer, which nobody signs as a message. Raises Afvist."""
    cvr, noegle, modtager = _laes(raw)
    for certifikat, cvrer in tjeneste.kendte:
        if base64.b64encode(certifikat.public_bytes(Encoding.DER)).decode() == noegle and cvr in cvrer:
            token = tjeneste.udsted(certifikat, cvr, modtager, now)
            return _svar(token, modtager, now, now + tjeneste.levetid)
    raise Afvist(Grund.BEKRAEFTELSE, "a certificate that is registered here, for a municipality that it may act for")


def _laes(raw: bytes) -> tuple[str, str, str]:
    """CVR, certificate (Base64 of DER) and audience that are asked for."""
    try:
        match orjson.loads(raw):
            case {
                "AnvenderKontekst": {"Cvr": str(cvr)},
                "UseKey": str(noegle),
                "AppliesTo": {"EndpointReference": {"Address": str(modtager)}},
                **resten,
            } if resten == FASTE:
                return cvr, noegle, modtager
    except orjson.JSONDecodeError as cause:
        raise Afvist(Grund.KUVERT, "JSON") from cause
    raise Afvist(Grund.KUVERT, "a request for a SAML token for a public key, as JSON")


def _svar(token: bytes, modtager: str, fra: datetime, til: datetime) -> bytes:
    return orjson.dumps(
        {
            "TokenType": SAML_TOKEN,
            "RequestType": f"{WST}/Issue",
            "KeyType": NOEGLETYPE,
            "AppliesTo": {"EndpointReference": {"Address": modtager}},
            "Lifetime": {"Created": fra.strftime(TID), "Expires": til.strftime(TID)},
            "RequestedSecurityToken": {"Assertion": base64.b64encode(token).decode()},
        }
    )

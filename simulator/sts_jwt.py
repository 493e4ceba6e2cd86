"""JWTs as KOMBIT's Adgangsstyring issues them to who asks a service with GraphQL. Source: security.md 9.1.

Owns the form that asks for one, strictly, and the claims. Refuses to know TLS: who listens lets nobody else in.
"""

import base64
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Final
from urllib.parse import parse_qsl
from uuid import uuid4

import jwt
import orjson
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import Encoding

from fkorg.security.keys import Noegle
from simulator.sts import Tokenservice

GRANT: Final = "client_credentials"
KLIENT: Final = "http://simulator.orgraf.invalid/system/anvender"
"""The entity id of the one caller that is registered."""
SCOPE: Final = re.compile(r"entityid:(?P<modtager>[^,\s]{1,200}),anvenderkontekst:(?P<cvr>[0-9]{8})")
_ROLLE: Final = "http://organisation.stoettesystemerne.dk/roles/usersystemrole/"
_DATA: Final = "http://organisation.stoettesystemerne.dk/constraints/"
GRUPPER: Final = {
    f"{_ROLLE}udstil/1": (f"{_DATA}SeNavn/1", f"{_DATA}SeCPR/1"),
    f"{_ROLLE}rediger/1": (),
}
"""What the caller is given: privilege -> the constraints whose value is `Ja`."""
_SCOPE: Final = "urn:dk:gov:saml:cvrNumberIdentifier:"


class Fejl(StrEnum):
    """Why there is no token, in the words of OAuth (RFC 6749 5.2)."""

    ANMODNING = "invalid_request"
    KLIENT = "invalid_client"
    GRANT = "unsupported_grant_type"
    SCOPE = "invalid_scope"


class Naegtet(Exception):
    """No token is issued."""

    def __init__(self, fejl: Fejl) -> None:
        super().__init__(fejl.value)
        self.fejl = fejl


def besvar(tjeneste: Tokenservice, raw: bytes, now: datetime) -> bytes:
    """The answer to a form that the registered caller sent. Raises Naegtet."""
    modtager, cvr = _laes(raw)
    ((indehaver, cvrer),) = tjeneste.kendte
    if cvr not in cvrer:
        raise Naegtet(Fejl.SCOPE)
    sekunder, levetid = int(now.timestamp()), int(tjeneste.levetid.total_seconds())
    claims = {
        "iss": f"{tjeneste.udsteder}/",
        "aud": modtager,
        "sub": KLIENT,
        "iat": sekunder,
        "nbf": sekunder,
        "exp": sekunder + levetid,
        "jti": str(uuid4()),
        "cvr": cvr,
        "spec_ver": "1.0",
        "priv": privilegier(cvr, GRUPPER),
        "cnf": {"x5t#S256": _kort(hashlib.sha256(indehaver.public_bytes(Encoding.DER)).digest())},
    }
    token = underskriv(claims, tjeneste.noegle.privat, kid(tjeneste.noegle))
    return orjson.dumps({"access_token": token, "token_type": "Holder-of-key", "expires_in": levetid})


def kid(noegle: Noegle) -> str:
    """The Base64url SHA-1 thumbprint of its certificate, which names it."""
    der = noegle.certifikat.public_bytes(Encoding.DER)
    return _kort(hashlib.sha1(der, usedforsecurity=False).digest())


def underskriv(claims: Mapping[str, object], privat: RSAPrivateKey, kid: str) -> str:
    """The token."""
    return jwt.encode(dict(claims), privat, algorithm="PS256", headers={"kid": kid, "x5t": kid})


def privilegier(cvr: str, grupper: Mapping[str, Sequence[str]]) -> str:
    """The claim `priv`: Base64 of the groups, each privilege with the constraints whose value is `Ja`."""
    groups = [
        {"privilege": navn, "scope": _SCOPE + cvr, "constraints": [{"name": one, "value": "Ja"} for one in data]}
        for navn, data in grupper.items()
    ]
    return base64.b64encode(json.dumps({"privilegegroups": groups}).encode()).decode()


def _laes(raw: bytes) -> tuple[str, str]:
    """Audience and CVR that are asked for."""
    try:
        par = parse_qsl(raw.decode("ascii"), keep_blank_values=True, strict_parsing=True, errors="strict")
    except ValueError as cause:
        raise Naegtet(Fejl.ANMODNING) from cause
    form = dict(par)
    if len(par) != len(form) or set(form) != {"grant_type", "client_id", "scope"}:
        raise Naegtet(Fejl.ANMODNING)
    if form["grant_type"] != GRANT:
        raise Naegtet(Fejl.GRANT)
    if form["client_id"] != KLIENT:
        raise Naegtet(Fejl.KLIENT)
    if (fundet := SCOPE.fullmatch(form["scope"])) is None:
        raise Naegtet(Fejl.SCOPE)
    return fundet["modtager"], fundet["cvr"]


def _kort(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()

"""Tokens of issuers that tests make, whole and spoilt."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import jwt
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from graph import token
from graph.caller import BEGRAENSNINGER, PRIVILEGIER, Principal, Ret
from graph.privilegier import SCOPE
from graph.token import Tokenregler
from orgraf import udsteder
from orgraf.udsteder import Udsteder

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
SECONDS = int(NOW.timestamp())
CVR = "11111111"
KORSBAEK = UUID("11111111-1111-4111-8111-111111111111")
BETJENTE: dict[str, UUID | None] = {CVR: KORSBAEK, "22222222": None}
UDSTEDER = udsteder.ny(NOW)
FREMMED = udsteder.ny(NOW)
UDSTIL, REDIGER = list(PRIVILEGIER)[:2]
SENAVN = next(iter(BEGRAENSNINGER))


def udstedt(*rettigheder: Ret, **claims: Any) -> str:
    """A token as KOMBIT's service issues it; a claim that is None is left out."""
    return udsteder.udsted(UDSTEDER, CVR, rettigheder or (Ret.LAES,), NOW, claims=claims)


def verify(text: str, now: datetime = NOW, regler: Tokenregler = UDSTEDER.regler) -> Principal:
    return token.verify(text, {regler.udsteder: regler}, BETJENTE, now).principal


def b64(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def with_header(key: Any = None, algorithm: str = "PS256", **header: Any) -> str:
    """A token whose header is changed and which is then signed, so that the header alone is at fault."""
    good = jwt.decode(udstedt(), options={"verify_signature": False})
    headers = {"kid": UDSTEDER.kid, **header}
    return jwt.encode(
        good, key or UDSTEDER.noegle, algorithm=algorithm, headers={k: v for k, v in headers.items() if v is not None}
    )


def unsigned(alg: Any) -> str:
    head = b64(json.dumps({"alg": alg, "typ": "JWT", "kid": UDSTEDER.kid}).encode())
    return f"{head}.{udstedt().split('.')[1]}."


def hmac_with_public_key() -> str:
    """The classic: HS256 keyed with the text of the pinned public key."""
    pem = UDSTEDER.noegle.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    signed = f"{b64(json.dumps({'alg': 'HS256', 'kid': UDSTEDER.kid}).encode())}.{udstedt().split('.')[1]}"
    return f"{signed}.{b64(hmac.new(pem, signed.encode(), hashlib.sha256).digest())}"


def changed_payload() -> str:
    head, body, signature = udstedt().split(".")
    claims = json.loads(base64.urlsafe_b64decode(body + "=="))
    return f"{head}.{b64(json.dumps(claims | {'cvr': '22222222'}).encode())}.{signature}"


def raw(payload: bytes, header: dict[str, Any] | None = None) -> str:
    """Any bytes as claims, rightly signed."""
    return jwt.PyJWS().encode(payload, UDSTEDER.noegle, "PS256", {"kid": UDSTEDER.kid} | (header or {}))


def priv(document: Any) -> str:
    return base64.b64encode(json.dumps(document).encode()).decode()


def group(privilege: str = UDSTIL, cvr: str = CVR, constraints: Any = (), scope: str = SCOPE) -> dict[str, Any]:
    return {"privilege": privilege, "scope": scope + cvr, "constraints": list(constraints)}


def groups(*these: Any) -> str:
    return priv({"privilegegroups": list(these)})


def jwk(one: Udsteder, kid: str, **more: Any) -> dict[str, Any]:
    """The issuer's public key as a JWK for PS256."""
    public = jwt.algorithms.RSAAlgorithm.to_jwk(one.noegle.public_key(), as_dict=True)
    found: dict[str, Any] = {"kty": "RSA", "n": public["n"], "e": public["e"], "kid": kid, "alg": "PS256"} | more
    return {navn: value for navn, value in found.items() if value is not None}


def jwks(*keys: Any) -> bytes:
    return json.dumps({"keys": keys}).encode()

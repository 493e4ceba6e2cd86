"""Keys that tokens are verified with, each bound to one algorithm: pinned ones, and those of a JWKS. Pure.

Source: security.md 9.2 (3), RFC 7517. A key in a token is never one of them. Knows no address and no time.
"""

import hashlib
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, TypeAlias

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key
from jwt import PyJWTError
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

from graph.jose import Json, kod, objekt

MINDSTE_BIT: Final = 2048
_RSA: Final = ("PS256", "PS384", "PS512", "RS256", "RS384", "RS512")
_KURVER: Final = {"secp256r1": "ES256", "secp384r1": "ES384", "secp521r1": "ES512"}
ALGORITMER: Final = (*_RSA, *_KURVER.values())
"""Those that an issuer may be configured with: none whose key is a secret."""
_OFFENTLIGE: Final = {"RSA": ("kty", "n", "e"), "EC": ("kty", "crv", "x", "y")}
"""What is read of a JWK: neither private parts nor certificates."""


@dataclass(frozen=True, slots=True)
class Tokennoegle:
    """A public key, and the one algorithm that it is used with."""

    offentlig: RSAPublicKey | EllipticCurvePublicKey = field(repr=False)
    algoritme: str


Noegler: TypeAlias = Callable[[str, datetime], Tokennoegle | None]
"""The key of a kid; None when there is none. Raises Unavailable while there are no keys to look among."""


def pinnede(noegler: Mapping[str, Tokennoegle]) -> Noegler:
    """Keys that are always the same."""
    return lambda kid, _: noegler.get(kid)


def pins(pem_texts: Iterable[str], algoritmer: Collection[str] = ("PS256",)) -> dict[str, Tokennoegle]:
    """Pinned certificates or public keys (PEM) by their kid: the Base64url SHA-1 thumbprint, computed here.

    Raises ValueError for what is neither, and for a key that no one of the algorithms fits.
    """
    return dict(_pin(text, algoritmer) for text in pem_texts)


def jwks(raw: bytes, algoritmer: Collection[str]) -> dict[str, Tokennoegle]:
    """The keys of a JSON Web Key Set by kid, those for signatures by one of the algorithms; others are left out.

    Raises ValueError when none is left.
    """
    keys = (objekt(raw) or {}).get("keys")
    found: dict[str, Tokennoegle] = {}
    for jwk in keys if isinstance(keys, list) else []:
        kid = jwk.get("kid") if isinstance(jwk, dict) else None
        if isinstance(jwk, dict) and isinstance(kid, str) and (noegle := _jwk(jwk, algoritmer)) is not None:
            found.setdefault(kid, noegle)
    if not found:
        raise ValueError(f"wanted a key set with keys for {', '.join(algoritmer)}, each with its kid")
    return found


def _pin(pem: str, algoritmer: Collection[str]) -> tuple[str, Tokennoegle]:
    """The thumbprint (a name only: SHA-1 proves nothing here) and the key."""
    if "BEGIN CERTIFICATE" in pem:
        certificate = x509.load_pem_x509_certificate(pem.encode())
        return kod(certificate.fingerprint(hashes.SHA1())), _passende(certificate.public_key(), algoritmer)
    try:
        key = load_pem_public_key(pem.encode())
    except UnsupportedAlgorithm as cause:
        raise ValueError("wanted a key of a known kind") from cause
    der = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return kod(hashlib.sha1(der, usedforsecurity=False).digest()), _passende(key, algoritmer)


def _passende(key: object, algoritmer: Collection[str]) -> Tokennoegle:
    found = _bundet(key, None, algoritmer)
    if found is None:
        raise ValueError(
            f"wanted a key that just one of {', '.join(algoritmer)} fits, and of RSA at least {MINDSTE_BIT} bits"
        )
    return found


def _jwk(jwk: Mapping[str, Json], algoritmer: Collection[str]) -> Tokennoegle | None:
    alg, kty, ops = jwk.get("alg"), jwk.get("kty"), jwk.get("key_ops", ["verify"])
    if jwk.get("use", "sig") != "sig" or not isinstance(ops, list) or "verify" not in ops:
        return None
    names = _OFFENTLIGE.get(kty) if isinstance(kty, str) else None
    if names is None or not isinstance(alg, str | None):
        return None
    parts = {navn: value for navn in names if isinstance(value := jwk.get(navn), str)}
    try:
        key = (RSAAlgorithm if kty == "RSA" else ECAlgorithm).from_jwk(parts)
    except (PyJWTError, UnsupportedAlgorithm, ValueError, TypeError):
        return None
    return _bundet(key, alg, algoritmer)


def _bundet(key: object, alg: str | None, algoritmer: Collection[str]) -> Tokennoegle | None:
    """The key with the algorithm it names, or with the only one that fits; None when that leaves a choice, or none."""
    if isinstance(key, RSAPublicKey) and key.key_size >= MINDSTE_BIT:
        kinds: Collection[str] = _RSA
    elif isinstance(key, EllipticCurvePublicKey) and key.curve.name in _KURVER:
        kinds = (_KURVER[key.curve.name],)
    else:
        return None
    fitting = [one for one in algoritmer if one in kinds and alg in (None, one)]
    return Tokennoegle(key, fitting[0]) if len(fitting) == 1 else None

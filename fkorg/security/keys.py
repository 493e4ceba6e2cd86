"""Our own key with its certificate, and the certificates that are pinned.

Source: security.md 2. Refuses to know what is signed. Private keys and passwords stand in no text and no error.
"""

import base64
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key
from cryptography.hazmat.primitives.serialization.pkcs12 import load_pkcs12

MINDSTE_BIT: Final = 2048


@dataclass(frozen=True, slots=True)
class Noegle:
    """What we sign with. `certifikat` is registered with KOMBIT; it is that of the key."""

    privat: RSAPrivateKey = field(repr=False)
    certifikat: x509.Certificate

    def underskriv(self, data: bytes) -> bytes:
        """The signature of the bytes: rsa-sha256."""
        return self.privat.sign(data, PKCS1v15(), SHA256())

    @property
    def base64(self) -> str:
        """The certificate: DER in Base64, on one line."""
        return base64.b64encode(self.certifikat.public_bytes(Encoding.DER)).decode()


def fra_pkcs12(data: bytes, kodeord: str | None) -> Noegle:
    """From a PKCS#12 file, as KOMBIT's portal gives it. Raises ValueError."""
    try:
        found = load_pkcs12(data, None if kodeord is None else kodeord.encode())
    except (ValueError, TypeError) as cause:
        raise ValueError("wanted a PKCS#12 file and its password, found something else") from cause
    if found.cert is None:
        raise ValueError("wanted a PKCS#12 file with the certificate of its key, found none")
    return _noegle(found.key, found.cert.certificate)


def fra_pem(noegle: bytes, certifikat: bytes, kodeord: str | None = None) -> Noegle:
    """From two PEM texts. Raises ValueError."""
    try:
        privat = load_pem_private_key(noegle, None if kodeord is None else kodeord.encode())
    except (ValueError, TypeError) as cause:
        raise ValueError("wanted a private key as PEM, and its password if it has one, found something else") from cause
    return _noegle(privat, _certifikat(certifikat))


def pins(pem: Iterable[bytes]) -> tuple[x509.Certificate, ...]:
    """Pinned certificates, each text with one or more of them; the old and the new one overlap. Raises ValueError."""
    found = []
    for text in pem:
        try:
            found += x509.load_pem_x509_certificates(text)
        except ValueError as cause:
            raise ValueError("wanted certificates as PEM, found something else") from cause
    for certifikat in found:
        offentlig(certifikat)
    return tuple(found)


def offentlig(certifikat: x509.Certificate) -> RSAPublicKey:
    """The certificate's key. Raises ValueError for one that is not RSA, or short."""
    key = certifikat.public_key()
    if not isinstance(key, RSAPublicKey) or key.key_size < MINDSTE_BIT:
        raise ValueError(f"wanted a certificate with an RSA key of at least {MINDSTE_BIT} bits, found another")
    return key


def passer(underskrift: bytes, data: bytes, certifikater: Iterable[x509.Certificate]) -> bool:
    """Is it the signature of the bytes by the key of one of them?"""
    for certifikat in certifikater:
        try:
            offentlig(certifikat).verify(underskrift, data, PKCS1v15(), SHA256())
        except InvalidSignature:
            continue
        return True
    return False


def dage_tilbage(certifikat: x509.Certificate, now: datetime) -> float:
    """Days until it expires; less than nought when it has."""
    return (certifikat.not_valid_after_utc - now.astimezone(UTC)).total_seconds() / 86_400


def _noegle(privat: object, certifikat: x509.Certificate) -> Noegle:
    if not isinstance(privat, RSAPrivateKey):
        raise ValueError("wanted an RSA key, found another kind or none")
    if offentlig(certifikat).public_numbers() != privat.public_key().public_numbers():
        raise ValueError("wanted the certificate of the private key, found that of another key")
    return Noegle(privat, certifikat)


def _certifikat(pem: bytes) -> x509.Certificate:
    try:
        return x509.load_pem_x509_certificate(pem)
    except ValueError as cause:
        raise ValueError("wanted a certificate as PEM, found something else") from cause

"""The keys of a simulated FK Organisation and of who calls it: made when they are first asked for, kept in a folder.

Owns the files. Whoever deletes the folder has others.
"""

import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from fkorg.security import keys
from fkorg.security.keys import Noegle

LEVETID: Final = timedelta(days=3650)
STS, TJENESTE, ANVENDER = "sts", "organisation", "anvender"
BESKEDFORDELER, PUSH = "beskedfordeler", "push"


@dataclass(frozen=True, slots=True)
class Noegler:
    """Of the token service, of the services, of the one caller that is registered, of the Beskedfordeler (shown at its
    own door and at those it pushes to), and of the caller's door for push."""

    mappe: Path
    sts: Noegle
    tjeneste: Noegle
    anvender: Noegle
    beskedfordeler: Noegle
    push: Noegle

    def certifikat(self, navn: str) -> Path:
        """The file with the certificate of `STS`, `TJENESTE`, `ANVENDER`, `BESKEDFORDELER` or `PUSH`."""
        return self.mappe / f"{navn}.cert.pem"

    def privat(self, navn: str) -> Path:
        """The file with its private key."""
        return self.mappe / f"{navn}.key.pem"


def load_or_make(mappe: Path, now: datetime) -> Noegler:
    """Those of the folder, made and written (keys readable by their owner alone) where there are none yet."""
    mappe.mkdir(parents=True, exist_ok=True)
    navne = (STS, TJENESTE, ANVENDER, BESKEDFORDELER, PUSH)
    return Noegler(mappe, *(_en(mappe, navn, now) for navn in navne))


def _en(mappe: Path, navn: str, now: datetime) -> Noegle:
    key, certifikat = mappe / f"{navn}.key.pem", mappe / f"{navn}.cert.pem"
    if not certifikat.exists():  # written last: whoever finds it finds both
        made = ny(f"orgraf simulator: {navn}", now)
        pem = made.privat.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        with os.fdopen(os.open(key, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(pem)
        certifikat.write_bytes(made.certifikat.public_bytes(Encoding.PEM))
    return keys.fra_pem(key.read_bytes(), certifikat.read_bytes())


def ny(navn: str, now: datetime, levetid: timedelta = LEVETID) -> Noegle:
    """A key with a certificate that it signed itself, good from a day ago on, on this machine."""
    privat = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, navn)])
    her = [x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1"))]
    certifikat = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(privat.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + levetid)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName(her), critical=False)
        .sign(privat, hashes.SHA256())
    )
    return Noegle(privat, certifikat)

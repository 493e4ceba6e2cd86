"""Keys and contexts for TLS on this machine: a server's certificate names 127.0.0.1, and is its own authority."""

import ipaddress
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from fkorg.security import tls
from fkorg.security.keys import Noegle


def server(navn: str = "127.0.0.1") -> Noegle:
    """A server's key, good for today."""
    privat = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    subject, now = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a server of a test")]), datetime.now(UTC)
    certifikat = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(privat.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(navn))]), critical=False)
        .sign(privat, hashes.SHA256())
    )
    return Noegle(privat, certifikat)


def lytter(noegle: Noegle, klient: x509.Certificate | None = None) -> ssl.SSLContext:
    """For a server with that key. `klient`: the one certificate that opens it."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.vis(context, noegle)
    if klient is not None:
        context.verify_mode = ssl.CERT_REQUIRED
        context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
        context.load_verify_locations(cadata=klient.public_bytes(Encoding.DER))
    return context


def stol_paa(noegle: Noegle, fil: Path) -> str:
    """What SSL_CERT_FILE is to be for clients that are to trust the server."""
    fil.write_bytes(noegle.certifikat.public_bytes(Encoding.PEM))
    return str(fil)

"""TLS with our own certificate, for peers that ask for one. Source: security.md 2, 3.5."""

import secrets
import ssl
from pathlib import Path
from tempfile import TemporaryDirectory

from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, PrivateFormat

from fkorg.security.keys import Noegle


def som_klient(noegle: Noegle) -> ssl.SSLContext:
    """Connections that show our certificate to who asks for it, and verify the server as all others do.

    TLS 1.2: KOMBIT's sample asks to switch 1.3 off for the token service's host, which asks for the certificate only
    after the handshake.
    """
    context = ssl.create_default_context()
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    vis(context, noegle)
    return context


def vis(context: ssl.SSLContext, noegle: Noegle) -> None:
    """Show our certificate. Python reads keys from files alone: this one holds it encrypted, for a moment."""
    kodeord = secrets.token_hex(32).encode()
    pem = noegle.privat.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(kodeord))
    with TemporaryDirectory() as mappe:
        fil = Path(mappe) / "noegle.pem"
        fil.write_bytes(pem + noegle.certifikat.public_bytes(Encoding.PEM))
        context.load_cert_chain(fil, password=kodeord)

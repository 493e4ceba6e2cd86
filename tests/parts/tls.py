"""Contexts for TLS on this machine: a server's certificate is its own authority."""

import ssl
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from fkorg.security import tls
from fkorg.security.keys import Noegle


def lytter(noegle: Noegle, klient: x509.Certificate | None = None) -> ssl.SSLContext:
    """For a server with that key. `klient`: the one certificate that opens it."""
    context = tls.doer([klient]) if klient is not None else ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.vis(context, noegle)
    return context


def stol_paa(noegle: Noegle, fil: Path) -> str:
    """What SSL_CERT_FILE is to be for clients that are to trust the server."""
    fil.write_bytes(noegle.certifikat.public_bytes(Encoding.PEM))
    return str(fil)

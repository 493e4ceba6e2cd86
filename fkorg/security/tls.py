"""TLS: towards a server that proves its name, and for a door that takes pinned callers alone. Source: security.md 7, 8.

Refuses to know what is said inside, and who listens.
"""

import secrets
import ssl
from collections.abc import Sequence
from tempfile import NamedTemporaryFile

from cryptography import x509
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, PrivateFormat

from fkorg.security.keys import Noegle


def klient(ca: Sequence[x509.Certificate] = (), noegle: Noegle | None = None) -> ssl.SSLContext:
    """The server's certificate and host name are verified, by these CAs or, without any, by those of this machine.
    `noegle`: shown to a server that asks."""
    context = ssl.create_default_context(cadata=_pem(ca) or None)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if noegle is not None:
        vis(context, noegle)
    return context


def som_klient(noegle: Noegle) -> ssl.SSLContext:
    """Connections that show our certificate to who asks for it. TLS 1.2: KOMBIT's sample asks to switch 1.3 off for the
    token service's host, which asks for the certificate only after the handshake."""
    context = klient(noegle=noegle)
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    return context


def doer(tilladte: Sequence[x509.Certificate], *, kraevet: bool = True) -> ssl.SSLContext:
    """Callers must show one of these certificates themselves: that it is by the same CA is not enough. `kraevet` False:
    or none at all.

    What the door shows is given to it by `vis` or load_cert_chain.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.verify_mode = ssl.CERT_REQUIRED if kraevet else ssl.CERT_OPTIONAL
    stol_paa(context, tilladte)
    return context


def stol_paa(context: ssl.SSLContext, tilladte: Sequence[x509.Certificate]) -> None:
    """These certificates themselves are trusted, whoever issued them."""
    if tilladte:
        context.load_verify_locations(cadata=_pem(tilladte))
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN


def vis(context: ssl.SSLContext, noegle: Noegle) -> None:
    """Show this certificate to the other side. OpenSSL reads keys from files alone: ours is in one, encrypted, for that
    moment."""
    kodeord = secrets.token_hex(32)
    kryptering = BestAvailableEncryption(kodeord.encode())
    with NamedTemporaryFile() as file:
        file.write(noegle.privat.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, kryptering))
        file.write(noegle.certifikat.public_bytes(Encoding.PEM))
        file.flush()
        context.load_cert_chain(file.name, password=kodeord)


def er_ca(certifikat: x509.Certificate) -> bool:
    """May it issue certificates? Pinned at a door, it would let in whoever has one."""
    try:
        return certifikat.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except x509.ExtensionNotFound:
        return False


def _pem(certifikater: Sequence[x509.Certificate]) -> str:
    return "".join(one.public_bytes(Encoding.PEM).decode() for one in certifikater)

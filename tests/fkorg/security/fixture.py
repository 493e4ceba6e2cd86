"""Keys, an assertion and a signed call; what to do to them."""

import base64
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import count
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, NoEncryption
from cryptography.hazmat.primitives.serialization.pkcs12 import serialize_key_and_certificates
from lxml import etree

from fkorg.security import wss
from fkorg.security.keys import Noegle
from fkorg.security.navne import DS, HEADER, SECURITY, SIGNATURE, WSU_ID
from fkorg.security.saml import Krav
from fkorg.security.wss import Token, kanonisk
from fkorg.wire import soap_xml, xml
from fkorg.wire.soap_xml import Hoved
from fkorg.wire.xml import Element
from simulator.noegler import ny
from simulator.sts import UDSTEDER, Tokenservice

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
CVR = "11111111"
MODTAGER = "http://stoettesystemerne.dk/service/organisation/3"
MESSAGE_ID = "urn:uuid:11111111-1111-1111-1111-111111111111"
TIL = "https://organisation.invalid/organisation/person/6/"
ACTION = "http://kombit.dk/sts/organisation/person/laes"


@cache
def noegle(navn: str) -> Noegle:
    """A key of that name, with a certificate that it signed itself."""
    return ny(navn, NOW, timedelta(days=30))


def udstedt(navn: str, now: datetime, af: Noegle | None = None) -> Noegle:
    """A key whose certificate that CA issued; without one it is a CA itself. Good from a day before to a day after."""
    selv = ny(navn, now)
    builder = (
        x509.CertificateBuilder()
        .subject_name(selv.certifikat.subject)
        .issuer_name((af or selv).certifikat.subject)
        .public_key(selv.privat.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=af is None, path_length=None), critical=True)
    )
    return Noegle(selv.privat, builder.sign((af or selv).privat, hashes.SHA256()))


def pkcs12(noegle: Noegle, kodeord: str | None) -> bytes:
    """A key with its certificate, as municipalities get theirs."""
    how = NoEncryption() if kodeord is None else BestAvailableEncryption(kodeord.encode())
    return serialize_key_and_certificates(b"orgraf", noegle.privat, noegle.certifikat, None, how)


def pkcs12_i(path: Path, noegle: Noegle, kodeord: str) -> Path:
    """The file it is written to."""
    path.write_bytes(pkcs12(noegle, kodeord))
    return path


EGEN, STS, FREMMED = "os2", "sts", "fremmed"


def krav(udsteder: str = UDSTEDER, modtager: str = MODTAGER) -> Krav:
    """What our assertions must be."""
    return Krav((noegle(STS).certifikat,), udsteder, modtager)


def assertion(now: datetime = NOW, **felter: str) -> bytes:
    """As the token service gives it to us. `felter`: cvr, modtager, indehaver."""
    indehaver = noegle(felter.pop("indehaver", EGEN)).certifikat
    given = {"cvr": CVR, "modtager": MODTAGER} | felter
    return Tokenservice(noegle(STS)).udsted(indehaver, given["cvr"], given["modtager"], now)


def kuvert(**felter: str | None) -> bytes:
    """An unsigned call: Person laes."""
    given: dict[str, str | None] = {
        "action": ACTION,
        "message_id": MESSAGE_ID,
        "to": TIL,
        "reply_to": soap_xml.ANONYM,
        "transaktions_id": "22222222-2222-2222-2222-222222222222",
    }
    krop = xml.root("{urn:oio:sagdok:3.0.0}LaesInput")
    xml.sub(krop, "{urn:oio:sagdok:3.0.0}UUIDIdentifikator", "33333333-3333-3333-3333-333333333333")
    return soap_xml.write_kuvert(krop, Hoved(**given | felter))


def kald(token: bytes | None = None, now: datetime = NOW, signer: str = EGEN, **felter: str | None) -> bytes:
    """A signed call."""
    token = assertion(now) if token is None else token
    id_ = etree.fromstring(token).get("ID") or ""
    return wss.underskriv(kuvert(**felter), noegle(signer), now, token=Token(id_, token), navn=navne())


def svar(now: datetime = NOW, signer: str = EGEN, **felter: str | None) -> bytes:
    """A signed answer, without a token."""
    given: dict[str, str | None] = {"relates_to": MESSAGE_ID, "to": None, "reply_to": None}
    return wss.underskriv(kuvert(**given | felter), noegle(signer), now, navn=navne())


def om(raw: bytes, aendr: Callable[[Element], None], signer: str = EGEN) -> bytes:
    """The message changed, and what it says that it signs signed anew: validly, but perhaps not rightly."""
    envelope = etree.fromstring(raw)
    aendr(envelope)
    signatur = signatur_af(envelope)
    value = signatur.find(f"{{{DS}}}SignatureValue")
    assert value is not None
    info = info_af(envelope)
    value.text = base64.b64encode(noegle(signer).underskriv(kanonisk(info, _praefikser(info[0])))).decode()
    return etree.tostring(envelope)


def signatur_af(envelope: Element) -> Element:
    """The signature of the message."""
    security = envelope.find(f"{HEADER}/{SECURITY}")
    assert security is not None
    found = security.find(SIGNATURE)
    assert found is not None
    return found


def info_af(envelope: Element) -> Element:
    """What it says that it signs."""
    return signatur_af(envelope)[0]


def reference_af(envelope: Element, navn: str) -> Element:
    """The reference to the part of that name."""
    id_ = next(envelope.iter(navn)).get(WSU_ID)
    return next(one for one in info_af(envelope) if one.get("URI") == f"#{id_}")


def _praefikser(metode: Element) -> list[str]:
    return (metode[0].get("PrefixList") or "").split() if len(metode) else []


def navne() -> Callable[[], str]:
    """Ids that are the same each time."""
    numre = count(1)
    return lambda: f"id-{next(numre)}"

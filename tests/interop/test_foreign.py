"""What foreign code makes of our signatures, and ours of its. `test_the_recorded_call` needs none of it."""

import hashlib
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from lxml import etree

from fkorg.security import saml, sts, verifier, wss
from fkorg.security.keys import Noegle
from fkorg.security.navne import ACTION, DS, MESSAGE_ID, RELATES_TO, REPLY_TO, SAML, TO, WSSE, WSU
from fkorg.security.saml import Krav
from fkorg.security.sts import Oenske
from fkorg.security.wss import Token
from fkorg.wire import xml
from fkorg.wire.soap_xml import SOAP, WSA
from fkorg.wire.xml import Element
from simulator.noegler import ny
from simulator.sts import UDSTEDER, Tokenservice
from tests.fkorg.security import fixture as f
from tests.interop import optaget
from tests.interop.foreign import KODEORD, java, needed, xmlsec1

STS = "https://sts.invalid/runtime/services/kombittrust/14/certificatemixed"
_UNDERSKREVNE = (
    *(f"{WSA}:{navn}" for navn in ("Action", "MessageID", "RelatesTo", "To")),
    f"{WSU}:Timestamp",
    f"{WSSE}:BinarySecurityToken",
    f"{SOAP}:Body",
)
IDS = [word for navn in _UNDERSKREVNE for word in ("--id-attr:Id", navn)] + ["--id-attr:ID", f"{SAML}:Assertion"]
"""Which attributes are ids: xmlsec1 knows none by itself."""


@pytest.fixture(scope="module")
def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture(scope="module")
def egen(now: datetime) -> Noegle:
    return ny("os2", now)


@pytest.fixture(scope="module")
def udsteder(now: datetime) -> Noegle:
    return ny("sts", now)


@pytest.fixture(scope="module")
def classes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("classes")


def written(path: Path, raw: bytes) -> Path:
    path.write_bytes(raw)
    return path


def test_the_recorded_call_is_signed_byte_for_byte_as_it_was() -> None:
    assert optaget.signeret() == optaget.kald()


@needed
def test_santuario_accepts_the_recorded_call(classes: Path) -> None:
    accepted, said = java(classes, "verify", optaget.HERE / "kald.xml")
    print(f"\nkald.xml, sha256 {hashlib.sha256(optaget.kald()).hexdigest()}\n{said}")
    assert accepted
    assert said.count(" valid") == 7


@needed
@pytest.mark.parametrize("changed", [b"33333333-3333", b"LaesInput", b"2026-06-01", b"/person/laes<", b">11111111<"])
def test_santuario_refuses_a_call_that_was_changed(classes: Path, tmp_path: Path, changed: bytes) -> None:
    raw = f.kald()
    assert changed in raw
    path = written(tmp_path / "kald.xml", raw.replace(changed, changed[:-2] + b"4" + changed[-1:]))
    assert not java(classes, "verify", path)[0]


@needed
def test_santuario_accepts_a_token_with_prefixes(classes: Path, tmp_path: Path, now: datetime, egen: Noegle) -> None:
    """Here the STR-Transform writes a default namespace that nobody declared."""
    assert accepted_with_prefixes(classes, tmp_path, now, egen)


@needed
def test_santuario_refuses_it_without_that_namespace(
    classes: Path, tmp_path: Path, now: datetime, egen: Noegle, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wss, "str_form", wss.kanonisk)
    assert not accepted_with_prefixes(classes, tmp_path, now, egen)


@needed
def test_our_verifier_accepts_what_santuario_signs(
    classes: Path, tmp_path: Path, now: datetime, egen: Noegle, udsteder: Noegle
) -> None:
    token = Tokenservice(udsteder).udsted(egen.certifikat, f.CVR, f.MODTAGER, now)
    call, assertion = written(tmp_path / "kuvert.xml", f.kuvert()), written(tmp_path / "assertion.xml", token)
    assert java(
        classes, "sign", call, assertion, f.pkcs12_i(tmp_path / "egen.p12", egen, KODEORD), tmp_path / "kald.xml"
    )[0]
    raw = (tmp_path / "kald.xml").read_bytes()
    fundet = verifier.laes(raw)
    assert fundet.assertion is not None
    krav = Krav((udsteder.certifikat,), UDSTEDER, f.MODTAGER)
    believed = saml.efterproev(saml.klip(raw, fundet.assertion), krav, datetime.now(UTC))
    verifier.proev(fundet, [believed.certifikat], datetime.now(UTC), kraevede=(ACTION, MESSAGE_ID, REPLY_TO, TO))


@needed
def test_our_verifier_accepts_an_answer_that_wss4j_signs(
    classes: Path, tmp_path: Path, now: datetime, egen: Noegle
) -> None:
    """With its own WSSecSignature: prefix lists, the certificate beside it."""
    answer = written(tmp_path / "svar.xml", f.kuvert(relates_to=f.MESSAGE_ID, to=None, reply_to=None))
    assert java(classes, "answer", answer, f.pkcs12_i(tmp_path / "egen.p12", egen, KODEORD), tmp_path / "signeret.xml")[
        0
    ]
    raw = (tmp_path / "signeret.xml").read_bytes()
    assert b"PrefixList" in raw
    verifier.proev(verifier.laes(raw), [egen.certifikat], datetime.now(UTC), kraevede=(ACTION, MESSAGE_ID, RELATES_TO))


@needed
def test_xmlsec1_accepts_how_we_ask_for_a_token(tmp_path: Path, now: datetime, egen: Noegle) -> None:
    path = written(tmp_path / "anmodning.xml", spurgt(egen, now))
    assert proved(path, egen)
    assert not proved(written(path, spurgt(egen, now).replace(b">11111111<", b">22222222<")), egen)
    assert not proved(written(path, spurgt(egen, now)), ny("en anden", now))


@needed
def test_xmlsec1_accepts_the_token_service_of_the_simulator(
    tmp_path: Path, now: datetime, egen: Noegle, udsteder: Noegle
) -> None:
    """Its answer, and the token in it."""
    tjeneste = Tokenservice(udsteder, kendte=[(egen.certifikat, frozenset({f.CVR}))])
    path = written(tmp_path / "svar.xml", tjeneste.besvar(spurgt(egen, now), STS, now))
    assert proved(path, udsteder)
    assert proved(path, udsteder, inside="Assertion")


@needed
def test_the_token_service_accepts_what_xmlsec1_signs(tmp_path: Path, now: datetime, egen: Noegle) -> None:
    """Ours gives digests and signature away and has them made again."""
    envelope = xml.parse(spurgt(egen, now))
    for one in envelope.iter(f"{{{DS}}}DigestValue", f"{{{DS}}}SignatureValue"):
        one.text = None
    template, signed = written(tmp_path / "skabelon.xml", xml.serialise(envelope)), tmp_path / "signeret.xml"
    key = written(tmp_path / "key.pem", pem_of(egen))
    assert xmlsec1("--sign", "--privkey-pem", key, *IDS, "--output", signed, template)[0]
    raw = signed.read_bytes()
    assert raw.count(b"<ds:DigestValue/>") == 0
    tjeneste = Tokenservice(ny("sts", now), kendte=[(egen.certifikat, frozenset({f.CVR}))])
    assert b"Assertion" in tjeneste.besvar(raw, STS, now)


def accepted_with_prefixes(classes: Path, folder: Path, now: datetime, egen: Noegle) -> bool:
    token = prefixed(Tokenservice(ny("sts", now)).udsted(egen.certifikat, f.CVR, f.MODTAGER, now))
    id_ = xml.parse(token).attrib["ID"]
    path = written(folder / "kald.xml", wss.underskriv(f.kuvert(), egen, now, token=Token(id_, token)))
    return java(classes, "verify", path)[0]


def spurgt(egen: Noegle, now: datetime) -> bytes:
    oenske = Oenske(egen, f.CVR, Krav((egen.certifikat,), UDSTEDER, f.MODTAGER))
    return sts.anmodning(oenske, STS, now, f.MESSAGE_ID, "urn:uuid:55555555-5555-5555-5555-555555555555")


def proved(path: Path, noegle: Noegle, inside: str = "Security") -> bool:
    """What xmlsec1 says of the signature in that element."""
    pem = written(path.with_suffix(".pem"), noegle.certifikat.public_bytes(Encoding.PEM))
    place = f"//*[local-name()='{inside}']/*[local-name()='Signature']"
    return xmlsec1("--verify", "--pubkey-cert-pem", pem, "--node-xpath", place, *IDS, path)[0]


def pem_of(noegle: Noegle) -> bytes:
    return noegle.privat.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def prefixed(token: bytes) -> bytes:
    """The same with a prefix for its own namespace. That this breaks its own signature is not asked here."""

    def copied(one: Element) -> Element:
        made = etree.Element(one.tag, one.attrib, nsmap={"saml2": SAML})
        made.text = one.text
        made.extend(copied(child) if child.tag.startswith(f"{{{SAML}}}") else child for child in [*one])
        return made

    return etree.tostring(copied(etree.fromstring(token)))

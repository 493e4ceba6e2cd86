"""A signed message proves what it should, and nothing else passes. The numbers are those of security.md 11."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from lxml import etree

from fkorg.security import verifier, wss
from fkorg.security.navne import (
    ACTION,
    ASSERTION,
    BODY,
    C14N,
    DS,
    HEADER,
    KEY_IDENTIFIER,
    MESSAGE_ID,
    RELATES_TO,
    REPLY_TO,
    SAML,
    SECURITY,
    SIGNATURE,
    STR,
    STR_TRANSFORM,
    TIMESTAMP,
    TO,
    WSU,
    WSU_ID,
)
from fkorg.security.verifier import Afvist, Grund
from fkorg.security.wss import digest, kanonisk
from fkorg.wire.xml import Element
from tests.fkorg.security import fixture as f
from tests.fkorg.security.fixture import NOW, noegle, udstedt

ALLE = (ACTION, MESSAGE_ID, TO, REPLY_TO)
SVAR = (ACTION, MESSAGE_ID, RELATES_TO)


def proev(raw: bytes, kraevede: tuple[str, ...] = ALLE, signer: str = f.EGEN, now: object = NOW) -> None:
    """Raises Afvist."""
    assert isinstance(now, type(NOW))
    verifier.proev(verifier.laes(raw), [noegle(signer).certifikat], now, kraevede=kraevede)


def grund(raw: bytes, **more: object) -> Grund:
    with pytest.raises(Afvist) as found:
        proev(raw, **more)  # type: ignore[arg-type]
    return found.value.grund


def aendret(raw: bytes, aendr: Callable[[Element], object]) -> bytes:
    """Changed without being signed anew."""
    envelope = etree.fromstring(raw)
    aendr(envelope)
    return etree.tostring(envelope)


def test_what_we_sign_is_accepted() -> None:
    proev(f.kald())
    proev(f.svar(), SVAR)


def _flyt_krop(attribut: str | None) -> Callable[[Element], None]:
    """The signed body under a header, a new one in its place: with the id under that name, or without."""

    def flyt(envelope: Element) -> None:
        body = envelope.find(BODY)
        assert body is not None
        ny = etree.SubElement(envelope, BODY)
        etree.SubElement(ny, "{urn:oio:sagdok:3.0.0}SletInput")
        if attribut is not None:
            ny.set(attribut, body.attrib[WSU_ID])
        skjul = etree.SubElement(envelope[0], "{urn:x}Skjul")
        skjul.append(body)

    return flyt


def _ekstra(navn: str, text: str | None = None) -> Callable[[Element], None]:
    def tilfoej(envelope: Element) -> None:
        etree.SubElement(envelope[0], navn).text = text

    return tilfoej


def _fjern(sti: str) -> Callable[[Element], None]:
    def fjern(envelope: Element) -> None:
        found = envelope.find(sti)
        assert found is not None
        parent = found.getparent()
        assert parent is not None
        parent.remove(found)

    return fjern


def _to_gange(sti: str) -> Callable[[Element], None]:
    def to_gange(envelope: Element) -> None:
        found = envelope.find(sti)
        assert found is not None
        parent = found.getparent()
        assert parent is not None
        parent.append(etree.fromstring(etree.tostring(found)))

    return to_gange


def _anden_assertion(envelope: Element) -> None:
    security = envelope.find(SIKKERHED)
    assert security is not None
    security.insert(0, etree.fromstring(f.assertion(cvr="22222222")))


SIKKERHED = f"{HEADER}/{SECURITY}"
UDEN_AT_UNDERSKRIVE = {
    "1 no signature": (_fjern(f"{SIKKERHED}/{SIGNATURE}"), Grund.SECURITY),
    "1 no Security": (_fjern(SIKKERHED), Grund.SECURITY),
    "1 two Security": (_to_gange(SIKKERHED), Grund.ID),
    "1 an empty second Security": (_ekstra(SECURITY), Grund.SECURITY),
    "1 two signatures": (_to_gange(f"{SIKKERHED}/{SIGNATURE}"), Grund.SECURITY),
    "3 another text in the body": (
        lambda e: setattr(e.find(BODY)[0][0], "text", "44444444-4444-4444-4444-444444444444"),
        Grund.DIGEST,
    ),
    "4 a new body without id": (_flyt_krop(None), Grund.IKKE_UNDERSKREVET),
    "4 a new body with the same id": (_flyt_krop(WSU_ID), Grund.ID),
    "4 a new body with the id as ID": (_flyt_krop("ID"), Grund.ID),
    "5 a second To": (_ekstra(TO, f.TIL), Grund.ADRESSERING),
    "5 an unsigned From": (_ekstra(TO.replace("}To", "}From"), "x"), Grund.IKKE_UNDERSKREVET),
    "6 a second Timestamp": (_to_gange(f"{SIKKERHED}/{TIMESTAMP}"), Grund.ID),
    "6 a second Timestamp elsewhere": (_ekstra(TIMESTAMP), Grund.SECURITY),
    "6 an assertion elsewhere": (
        lambda e: e[0].append(e.find(f"{SIKKERHED}/{ASSERTION}")),
        Grund.SECURITY,
    ),
    "6 the assertion twice": (_to_gange(f"{SIKKERHED}/{ASSERTION}"), Grund.ID),
    "6 a second assertion of its own id": (_anden_assertion, Grund.SECURITY),
    "13 the key of another token": (
        lambda e: setattr(f.signatur_af(e).find(f"{{{DS}}}KeyInfo/{STR}/{KEY_IDENTIFIER}"), "text", "_andet"),
        Grund.REFERENCE,
    ),
    "an element after the body": (lambda e: etree.SubElement(e, "{urn:x}Mere"), Grund.KUVERT),
    "no body": (_fjern(BODY), Grund.KUVERT),
}


@pytest.mark.parametrize(("aendr", "wanted"), UDEN_AT_UNDERSKRIVE.values(), ids=UDEN_AT_UNDERSKRIVE)
def test_a_message_changed_after_it_was_signed_is_refused(aendr: Callable[[Element], object], wanted: Grund) -> None:
    assert grund(aendret(f.kald(), aendr)) is wanted


@pytest.mark.parametrize("del_", [BODY, TIMESTAMP, TO, ACTION, MESSAGE_ID, REPLY_TO, STR])
def test_2_each_part_that_must_be_signed_is(del_: str) -> None:
    raw = f.om(f.kald(), lambda e: f.info_af(e).remove(f.reference_af(e, del_)))
    assert grund(raw) is Grund.IKKE_UNDERSKREVET


def test_2_relates_to_is_signed_in_an_answer() -> None:
    raw = f.om(f.svar(), lambda e: f.info_af(e).remove(f.reference_af(e, RELATES_TO)))
    assert grund(raw, kraevede=SVAR) is Grund.IKKE_UNDERSKREVET
    assert grund(f.svar(relates_to=None), kraevede=SVAR) is Grund.ADRESSERING


def test_7_8_another_key_is_refused() -> None:
    assert grund(f.kald(signer=f.FREMMED)) is Grund.SIGNATUR
    assert grund(f.kald(), signer=f.FREMMED) is Grund.SIGNATUR


def test_7_another_certificate_of_the_same_ca_is_refused() -> None:
    ca = udstedt("CA", NOW)
    ventet, anden = udstedt("tjeneste", NOW, ca), udstedt("tjeneste", NOW, ca)
    raw = wss.underskriv(f.kuvert(relates_to=f.MESSAGE_ID), anden, NOW)

    verifier.proev(verifier.laes(raw), [anden.certifikat], NOW, kraevede=SVAR)
    with pytest.raises(Afvist) as found:
        verifier.proev(verifier.laes(raw), [ventet.certifikat, ca.certifikat], NOW, kraevede=SVAR)
    assert found.value.grund is Grund.SIGNATUR


def _algoritme(sti: str, algoritme: str) -> Callable[[Element], None]:
    def saet(envelope: Element) -> None:
        for one in f.info_af(envelope).iter(f"{{{DS}}}{sti}"):
            one.set("Algorithm", algoritme)

    return saet


def _transform(algoritme: str) -> Callable[[Element], None]:
    """A second transform of the body."""

    def tilfoej(envelope: Element) -> None:
        etree.SubElement(f.reference_af(envelope, BODY)[0], f"{{{DS}}}Transform").set("Algorithm", algoritme)

    return tilfoej


def _uri(value: str) -> Callable[[Element], None]:
    return lambda envelope: f.reference_af(envelope, BODY).set("URI", value)


def _gentag(antal: int, *, egne: bool) -> Callable[[Element], None]:
    def gentag(envelope: Element) -> None:
        for nr in range(antal):
            kopi = etree.fromstring(etree.tostring(f.reference_af(envelope, BODY)))
            if egne:
                kopi.set("URI", f"#egen-{nr}")
            f.info_af(envelope).append(kopi)

    return gentag


def _str_uden_transform(envelope: Element) -> None:
    reference = f.reference_af(envelope, STR)
    transform = reference[0][0]
    transform.set("Algorithm", C14N)
    del transform[0]
    reference[2].text = digest(kanonisk(next(envelope.iter(STR))))


def _str_om_krop(envelope: Element) -> None:
    f.reference_af(envelope, STR).set("URI", f"#{envelope[1].attrib[WSU_ID]}")
    f.info_af(envelope).remove(f.reference_af(envelope, BODY))


def _str_til_andet(envelope: Element) -> None:
    found = envelope.find(f"{SIKKERHED}/{STR}/{KEY_IDENTIFIER}")
    assert found is not None
    found.text = "_andet"


XPATH = "http://www.w3.org/TR/1999/REC-xpath-19991116"
XSLT = "http://www.w3.org/TR/1999/REC-xslt-19991116"
GYLDIGT_UNDERSKREVET = {
    "13 STR-Transform on another element": (_str_om_krop, Grund.REFERENCE),
    "13 plain c14n of the reference": (_str_uden_transform, Grund.IKKE_UNDERSKREVET),
    "13 the reference points to another id": (_str_til_andet, Grund.REFERENCE),
    "14 rsa-sha1": (_algoritme("SignatureMethod", f"{DS}rsa-sha1"), Grund.ALGORITME),
    "14 sha1": (_algoritme("DigestMethod", f"{DS}sha1"), Grund.ALGORITME),
    "14 hmac": (
        _algoritme("SignatureMethod", "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256"),
        Grund.ALGORITME,
    ),
    "14 inclusive c14n": (
        _algoritme("CanonicalizationMethod", "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"),
        Grund.ALGORITME,
    ),
    "14 c14n with comments": (_algoritme("CanonicalizationMethod", C14N + "WithComments"), Grund.ALGORITME),
    "15 XPath": (_transform(XPATH), Grund.ALGORITME),
    "15 XSLT": (_transform(XSLT), Grund.ALGORITME),
    "15 enveloped": (_transform(f"{DS}enveloped-signature"), Grund.ALGORITME),
    "15 Base64": (_transform(f"{DS}base64"), Grund.ALGORITME),
    "15 STR-Transform too": (_transform(STR_TRANSFORM), Grund.ALGORITME),
    "15 an empty URI": (_uri(""), Grund.REFERENCE),
    "15 an absolute URI": (_uri("https://example.invalid/x"), Grund.REFERENCE),
    "15 an xpointer": (_uri("#xpointer(/)"), Grund.REFERENCE),
    "15 a URI to nothing": (_uri("#ingen"), Grund.IKKE_UNDERSKREVET),
    "15 21 references": (_gentag(14, egne=True), Grund.REFERENCE),
    "15 a reference twice": (_gentag(1, egne=False), Grund.REFERENCE),
}


@pytest.mark.parametrize(("aendr", "wanted"), GYLDIGT_UNDERSKREVET.values(), ids=GYLDIGT_UNDERSKREVET)
def test_what_is_validly_signed_is_refused_when_it_is_not_rightly_signed(
    aendr: Callable[[Element], None], wanted: Grund
) -> None:
    assert grund(f.om(f.kald(), aendr)) is wanted


@pytest.mark.parametrize(
    ("siden", "holder"),
    [
        (timedelta(minutes=5, seconds=59), True),
        (timedelta(minutes=6), False),
        (timedelta(seconds=-60), True),
        (timedelta(seconds=-61), False),
    ],
)
def test_16_a_message_is_of_now(siden: timedelta, holder: bool) -> None:
    if holder:
        proev(f.kald(), now=NOW + siden)
    else:
        assert grund(f.kald(), now=NOW + siden) is Grund.TIDSPUNKT


@pytest.mark.parametrize(
    ("created", "expires"),
    [
        ("2026-06-01T12:00:00Z", "2026-06-01T11:59:59Z"),
        ("2026-06-01T12:00:00Z", "2026-06-02T12:00:00Z"),
        ("2026-06-01T14:00:00+02:00", "2026-06-01T14:05:00+02:00"),
        ("2026-06-01T12:00:00", "2026-06-01T12:05:00"),
        ("2026-06-31T12:00:00Z", "2026-06-31T12:05:00Z"),
        ("", ""),
    ],
)
def test_16_a_timestamp_that_cannot_be_is_refused(created: str, expires: str) -> None:
    def saet(envelope: Element) -> None:
        timestamp = next(envelope.iter(TIMESTAMP))
        for one, text in zip(timestamp, (created, expires), strict=True):
            one.text = text
        f.reference_af(envelope, TIMESTAMP)[2].text = digest(kanonisk(timestamp))

    assert grund(f.om(f.kald(), saet)) is Grund.TIDSPUNKT


def test_19_what_is_rewritten_on_its_way_is_refused() -> None:
    raw = f.kald()
    assert grund(etree.tostring(etree.fromstring(raw), pretty_print=True)) is Grund.SIGNATUR
    linjer = re.sub(rb"(<[^>]*Body[^>]*>)", rb"\1\r\n", raw, count=1)
    assert grund(linjer) is Grund.DIGEST


@pytest.mark.parametrize("liste", ["", "soap wsa", "#default", "#default soap", "ukendt"])
def test_20_prefix_lists_as_wss4j_writes_them_are_accepted(liste: str) -> None:
    def saet(envelope: Element) -> None:
        info = f.info_af(envelope)
        etree.SubElement(info[0], f"{{{C14N}}}InclusiveNamespaces").set("PrefixList", liste)
        for navn in (BODY, TO):
            reference = f.reference_af(envelope, navn)
            etree.SubElement(reference[0][0], f"{{{C14N}}}InclusiveNamespaces").set("PrefixList", liste)
            reference[2].text = digest(kanonisk(next(envelope.iter(navn)), liste.split()))

    proev(f.om(f.kald(), saet))


def test_21_a_token_with_prefixes_is_signed_with_an_empty_default_namespace_and_not_without() -> None:
    raw = f.kald(f'<saml2:Assertion xmlns:saml2="{SAML}" ID="_praefiks" Version="2.0"/>'.encode())
    proev(raw)

    def uden(envelope: Element) -> None:
        assertion = envelope.find(f"{SIKKERHED}/{ASSERTION}")
        assert assertion is not None
        f.reference_af(envelope, STR)[2].text = digest(kanonisk(assertion))

    assert grund(f.om(raw, uden)) is Grund.DIGEST


def test_a_refusal_tells_nothing_of_what_was_found() -> None:
    raw = aendret(f.kald(), lambda e: setattr(e.find(BODY)[0][0], "text", "0101010101"))
    with pytest.raises(Afvist) as found:
        proev(raw)
    assert "0101010101" not in str(found.value)
    assert WSU not in str(found.value)

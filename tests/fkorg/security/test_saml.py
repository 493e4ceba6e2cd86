"""An assertion holds for whom, at whom and as long as it says, and no changed one holds. Numbers of security.md 11."""

import base64
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from lxml import etree

from fkorg.security import saml, verifier, wss
from fkorg.security.navne import DS, SAML
from fkorg.security.verifier import Afvist, Grund
from fkorg.security.wss import kanonisk
from fkorg.wire.xml import Element
from simulator.sts import Tokenservice, underskriv
from tests.fkorg.security import fixture as f
from tests.fkorg.security.fixture import NOW, noegle


def grund(raw: bytes, now: object = NOW, **krav: str) -> Grund:
    assert isinstance(now, type(NOW))
    with pytest.raises(Afvist) as found:
        saml.efterproev(raw, f.krav(**krav), now)
    return found.value.grund


def om(aendr: Callable[[Element], object], signer: str = f.STS) -> bytes:
    """An assertion that was changed before it was signed."""
    root = etree.fromstring(f.assertion())
    gammel = root.find(f"{{{DS}}}Signature")
    assert gammel is not None
    root.remove(gammel)
    aendr(root)
    underskriv(root, noegle(signer))
    return etree.tostring(root)


def find(root: Element, navn: str) -> Element:
    return next(root.iter(f"{{{SAML}}}{navn}"))


def saet(navn: str, attribut: str, value: str | None) -> Callable[[Element], object]:
    def aendr(root: Element) -> None:
        if value is None:
            del find(root, navn).attrib[attribut]
        else:
            find(root, navn).set(attribut, value)

    return aendr


def tekst(navn: str, value: str) -> Callable[[Element], object]:
    return lambda root: setattr(find(root, navn), "text", value)


def igen(navn: str) -> Callable[[Element], object]:
    def aendr(root: Element) -> None:
        found = find(root, navn)
        parent = found.getparent()
        assert parent is not None
        parent.append(etree.fromstring(etree.tostring(found)))

    return aendr


def uden(navn: str) -> Callable[[Element], object]:
    def aendr(root: Element) -> None:
        found = find(root, navn)
        parent = found.getparent()
        assert parent is not None
        parent.remove(found)

    return aendr


def cvr(value: str) -> Callable[[Element], object]:
    def aendr(root: Element) -> None:
        (attribut,) = [one for one in root.iter(f"{{{SAML}}}Attribute") if one.get("Name") == saml.CVR]
        attribut[0].text = value

    return aendr


def test_an_assertion_says_whose_it_is() -> None:
    raw = f.assertion()
    found = saml.efterproev(raw, f.krav(), NOW)
    assert (found.cvr, found.modtager, found.udloeber) == (f.CVR, f.MODTAGER, NOW + timedelta(hours=8))
    assert found.certifikat == noegle(f.EGEN).certifikat
    assert found.token.xml == raw
    assert found.privilegier is not None
    assert b"rediger/1" in base64.b64decode(found.privilegier)


def test_what_it_shows_of_itself_holds_no_secret() -> None:
    shown = repr(saml.efterproev(f.assertion(), f.krav(), NOW))
    assert "SubjectConfirmation" not in shown
    assert "rediger" not in shown


def test_the_new_key_of_the_token_service_overlaps_the_old() -> None:
    both = saml.Krav((noegle("ny").certifikat, noegle(f.STS).certifikat), f.krav().udsteder, f.MODTAGER)
    assert saml.efterproev(f.assertion(), both, NOW).cvr == f.CVR


RIGTIGT_UNDERSKREVET = {
    "9 another issuer": (tekst("Issuer", "https://anden.invalid"), Grund.UDSTEDER),
    "9 no issuer": (uden("Issuer"), Grund.UDSTEDER),
    "10 no end": (saet("Conditions", "NotOnOrAfter", None), Grund.GYLDIGHED),
    "10 no beginning": (saet("Conditions", "NotBefore", None), Grund.GYLDIGHED),
    "10 an end without zone": (saet("Conditions", "NotOnOrAfter", "2026-06-01T20:00:00"), Grund.GYLDIGHED),
    "10 confirmation expired": (
        saet("SubjectConfirmationData", "NotOnOrAfter", "2026-06-01T11:59:00Z"),
        Grund.GYLDIGHED,
    ),
    "11 no audience": (uden("Audience"), Grund.MODTAGER),
    "11 two audiences": (igen("Audience"), Grund.MODTAGER),
    "11 a slash at its end": (tekst("Audience", f.MODTAGER + "/"), Grund.MODTAGER),
    "11 bearer": (
        saet("SubjectConfirmation", "Method", "urn:oasis:names:tc:SAML:2.0:cm:bearer"),
        Grund.BEKRAEFTELSE,
    ),
    "11 two confirmations": (igen("SubjectConfirmation"), Grund.BEKRAEFTELSE),
    "11 no confirmation": (uden("SubjectConfirmation"), Grund.BEKRAEFTELSE),
    "12 no CVR": (lambda root: find(root, "AttributeStatement").remove(find(root, "Attribute")), Grund.CVR),
    "12 the CVR twice": (igen("Attribute"), Grund.CVR),
    "12 two values": (igen("AttributeValue"), Grund.CVR),
    "12 a CVR of seven digits": (cvr("1111111"), Grund.CVR),
    "12 a CVR of other digits": (cvr("١١١١١١١١"), Grund.CVR),
    "another version": (lambda root: root.set("Version", "1.1"), Grund.ASSERTION),
}


@pytest.mark.parametrize(("aendr", "wanted"), RIGTIGT_UNDERSKREVET.values(), ids=RIGTIGT_UNDERSKREVET)
def test_one_that_says_something_else_is_refused(aendr: Callable[[Element], object], wanted: Grund) -> None:
    assert grund(om(aendr)) is wanted


@pytest.mark.parametrize(
    "aendr",
    [
        cvr("22222222"),
        tekst("Audience", "http://andet"),
        saet("Conditions", "NotOnOrAfter", "2027-06-01T12:00:00Z"),
        saet("Assertion", "IssueInstant", "2026-06-01T12:00:01Z"),
    ],
)
def test_12_one_changed_after_it_was_signed_is_refused(aendr: Callable[[Element], object]) -> None:
    root = etree.fromstring(f.assertion())
    aendr(root)
    assert grund(etree.tostring(root)) is Grund.SIGNATUR


def test_9_one_by_an_unknown_key_is_refused() -> None:
    assert grund(om(lambda root: None, signer=f.FREMMED)) is Grund.SIGNATUR


def test_11_one_for_another_audience_is_refused() -> None:
    assert grund(f.assertion(modtager="http://entityid.kombit.dk/service/bfo_modtag/2")) is Grund.MODTAGER


def test_12_a_comment_in_the_cvr_is_refused() -> None:
    assert grund(f.assertion().replace(b">11111111<", b">1111<!-- -->1111<")) is Grund.XML


@pytest.mark.parametrize(
    ("now", "holder"),
    [
        (NOW + timedelta(hours=8, seconds=59), True),
        (NOW + timedelta(hours=8, seconds=60), False),
        (NOW - timedelta(seconds=60), True),
        (NOW - timedelta(seconds=61), False),
    ],
)
def test_10_its_time_is_exact(now: object, holder: bool) -> None:
    if holder:
        assert isinstance(now, type(NOW))
        assert saml.efterproev(f.assertion(), f.krav(), now).cvr == f.CVR
    else:
        assert grund(f.assertion(), now) is Grund.GYLDIGHED


SIGNATURER = {
    "two signatures": (rb"(<Signature .*?</Signature>)", rb"\1\1", Grund.ASSERTION),
    "no signature": (rb"<Signature .*?</Signature>", b"", Grund.ASSERTION),
    "another reference": (rb'URI="#[^"]*"', b'URI="#andet"', Grund.REFERENCE),
    "the whole document": (rb'URI="#[^"]*"', b'URI=""', Grund.REFERENCE),
    "rsa-sha1": (rb"http://www.w3.org/2001/04/xmldsig-more#rsa-sha256", f"{DS}rsa-sha1".encode(), Grund.ALGORITME),
    "sha1": (rb"http://www.w3.org/2001/04/xmlenc#sha256", f"{DS}sha1".encode(), Grund.ALGORITME),
    "one transform": (rb"<Transform Algorithm=\"[^\"]*enveloped-signature\"/>", b"", Grund.ALGORITME),
}


@pytest.mark.parametrize(("sted", "ny", "wanted"), SIGNATURER.values(), ids=SIGNATURER)
def test_a_signature_of_another_form_is_refused(sted: bytes, ny: bytes, wanted: Grund) -> None:
    raw, antal = re.subn(sted, ny, f.assertion(), flags=re.DOTALL)
    assert antal
    assert grund(raw) is wanted


def test_21_one_with_prefixes_is_signed_by_its_form_with_an_empty_default_namespace() -> None:
    raw = f.assertion()
    assert wss.str_form(etree.fromstring(raw)) == kanonisk(etree.fromstring(raw))

    med_praefiks = etree.Element(f"{{{SAML}}}Assertion", nsmap={"saml2": SAML})
    assert wss.str_form(med_praefiks).startswith(b'<saml2:Assertion xmlns="" xmlns:saml2=')


def test_it_is_cut_out_of_a_message_as_the_bytes_that_it_is() -> None:
    raw = f.assertion()
    fundet = verifier.laes(f.kald(raw))
    assert fundet.assertion is not None
    assert saml.klip(f.kald(raw), fundet.assertion) == raw


def test_one_that_needs_what_stands_around_it_is_cut_out_canonical() -> None:
    alene = f.assertion()
    indre = re.sub(rb"<(/?)(?=[A-Z])", rb"<\1s:", alene.replace(f'xmlns="{SAML}" '.encode(), b""))
    udenom = b'<x xmlns:s="' + SAML.encode() + b'">' + indre.replace(f' xmlns="{DS}"'.encode(), b"") + b"</x>"
    root = etree.fromstring(udenom)
    klippet = saml.klip(udenom, root[0])
    assert kanonisk(etree.fromstring(klippet)) == kanonisk(root[0])


def test_the_token_service_gives_ids_of_its_own() -> None:
    service = Tokenservice(noegle(f.STS), navn=lambda: "_fast")
    raw = service.udsted(noegle(f.EGEN).certifikat, f.CVR, f.MODTAGER, NOW)
    assert saml.efterproev(raw, f.krav(), NOW).token.id == "_fast"

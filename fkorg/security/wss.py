"""Signs an envelope: token, timestamp and signature in its header. Source: security.md 3.1, 4 and 4.1.

Owns what is signed and how it is referred to. The last to touch the tree: it is serialised here once, and an assertion
is put in as the bytes that it is. Knows no service and no token service; time and ids are arguments, so that the same
arguments give the same bytes.
"""

import base64
import hashlib
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Final
from uuid import uuid4

from cryptography import x509
from lxml import etree

from fkorg.errors import Malformed
from fkorg.security.keys import Noegle
from fkorg.security.navne import (
    ACTION,
    BASE64,
    BODY,
    BST,
    C14N,
    DS,
    HEADER,
    KEY_IDENTIFIER,
    PRAEFIKSER,
    REPLY_TO,
    RSA_SHA256,
    SAML_ID,
    SAML_TOKEN,
    SECURITY,
    SHA256,
    SIGNATURE,
    STR,
    STR_TRANSFORM,
    TIMESTAMP,
    TO,
    WSSE,
    WSSE11,
    WSU,
    WSU_ID,
    X509,
    X509_SKI,
)
from fkorg.wire import xml
from fkorg.wire.soap_xml import ANONYM, SOAP, WSA
from fkorg.wire.xml import Element

LEVETID: Final = timedelta(minutes=5)
"""Of a message."""
_MUST_UNDERSTAND: Final = f"{{{SOAP}}}mustUnderstand"
_STARTNAVN: Final = re.compile(rb"<[^\s/>]+")
_PLADS: Final = "assertion"
"""Where the assertion's bytes go, while the tree is being written."""


@dataclass(frozen=True, slots=True)
class Token:
    """An assertion as it goes into messages: its bytes, unchanged since it was given, and its ID."""

    id: str
    xml: bytes = field(repr=False)


def underskriv(
    kuvert: bytes,
    noegle: Noegle,
    now: datetime,
    *,
    token: Token | None = None,
    medsend: bool = True,
    navn: Callable[[], str] = lambda: f"_{uuid4()}",
) -> bytes:
    """The envelope with its signature. With `token` it is a call to a service; without, our certificate goes along, as
    the token service wants it, or is only named (`medsend` False). `navn` gives ids. Raises Malformed for no envelope.
    """
    envelope = xml.parse(kuvert, streng=True)
    # Nothing in it is moved from here on: libxml2 would rename prefixes within an assertion.
    header, body = envelope.find(HEADER), envelope.find(BODY)
    if header is None or body is None or header.find(SECURITY) is not None:
        raise Malformed("wanted an envelope with header and body and without Security, found another")
    if token is not None and header.find(REPLY_TO) is None:  # the profile of the services wants one
        xml.sub(xml.sub(header, REPLY_TO), f"{{{WSA}}}Address", ANONYM)
    dele = [*(one for one in header if xml.split(one)[0] == WSA), body]
    security = etree.SubElement(header, SECURITY, nsmap=PRAEFIKSER)
    security.set(_MUST_UNDERSTAND, "1")
    dele.append(_timestamp(security, now))
    if token is None and medsend:
        bst = xml.sub(security, BST, noegle.base64)
        bst.attrib.update({"ValueType": X509, "EncodingType": BASE64})
        dele.append(bst)
    for one in dele:
        one.set(WSU_ID, navn())
        if xml.tag(one) in (ACTION, TO):
            one.set(_MUST_UNDERSTAND, "1")
    referencer = [Reference(one.attrib[WSU_ID], digest(kanonisk(one))) for one in dele]
    if token is None:
        peg = (
            partial(_til_certifikat, id_=dele[-1].attrib[WSU_ID]) if medsend else partial(_til_navngivet, noegle=noegle)
        )
        skriv_signatur(xml.sub(security, SIGNATURE), noegle, referencer, peg)
        return xml.serialise(envelope)
    xml.sub(security, _PLADS)
    peger = _til_assertion(security, token.id)
    peger.set(WSU_ID, navn())
    alene = xml.parse(token.xml, xml.BESKED, streng=True)
    referencer.append(Reference(peger.attrib[WSU_ID], digest(str_form(alene)), (STR_TRANSFORM,)))
    skriv_signatur(xml.sub(security, SIGNATURE), noegle, referencer, lambda info: _til_assertion(info, token.id))
    foer, plads, efter = xml.serialise(envelope).partition(f"<{_PLADS}/>".encode())
    assert plads, "nothing has a default namespace around the header"
    return foer + token.xml + efter


def kanonisk(element: Element, praefikser: Iterable[str] = ()) -> bytes:
    """Exclusive canonical XML without comments. `praefikser`: those of an InclusiveNamespaces."""
    with_prefixes = list(praefikser) or None
    return etree.tostring(
        element, method="c14n", exclusive=True, with_comments=False, inclusive_ns_prefixes=with_prefixes
    )


def str_form(assertion: Element, praefikser: Iterable[str] = ()) -> bytes:
    """What an STR-Transform makes of a reference to the assertion: canonical, and with a default namespace that is
    declared even where there is none. Source: security.md 4.1."""
    found = kanonisk(assertion, praefikser)
    navn = _STARTNAVN.match(found)
    assert navn is not None, "a canonical element begins with its name; then come its namespaces, the default one first"
    rest = found[navn.end() :]
    return found if rest.startswith(b' xmlns="') else navn[0] + b' xmlns=""' + rest


def digest(data: bytes) -> str:
    """SHA-256 in Base64."""
    return base64.b64encode(hashlib.sha256(data).digest()).decode()


def tidspunkt(moment: datetime) -> str:
    """As a Timestamp writes it: milliseconds, Z."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


@dataclass(frozen=True, slots=True)
class Reference:
    """What is signed: its id, its digest, and how it was made."""

    id: str
    digest: str
    transforms: Sequence[str] = (C14N,)


def skriv_signatur(
    signatur: Element, noegle: Noegle, referencer: Iterable[Reference], peg: Callable[[Element], object]
) -> None:
    """Fill an empty Signature that stands in its place. `peg` writes into KeyInfo whose key it is."""
    info = xml.sub(signatur, f"{{{DS}}}SignedInfo")
    xml.sub(info, f"{{{DS}}}CanonicalizationMethod").set("Algorithm", C14N)
    xml.sub(info, f"{{{DS}}}SignatureMethod").set("Algorithm", RSA_SHA256)
    for one in referencer:
        reference = xml.sub(info, f"{{{DS}}}Reference")
        reference.set("URI", f"#{one.id}")
        transforms = xml.sub(reference, f"{{{DS}}}Transforms")
        for algoritme in one.transforms:
            transform = xml.sub(transforms, f"{{{DS}}}Transform")
            transform.set("Algorithm", algoritme)
            if algoritme == STR_TRANSFORM:
                parameters = xml.sub(transform, f"{{{WSSE}}}TransformationParameters")
                xml.sub(parameters, f"{{{DS}}}CanonicalizationMethod").set("Algorithm", C14N)
        xml.sub(reference, f"{{{DS}}}DigestMethod").set("Algorithm", SHA256)
        xml.sub(reference, f"{{{DS}}}DigestValue", one.digest)
    value = base64.b64encode(noegle.underskriv(kanonisk(info))).decode()
    xml.sub(signatur, f"{{{DS}}}SignatureValue", value)
    peg(xml.sub(signatur, f"{{{DS}}}KeyInfo"))


def _timestamp(security: Element, now: datetime) -> Element:
    timestamp = xml.sub(security, TIMESTAMP)
    xml.sub(timestamp, f"{{{WSU}}}Created", tidspunkt(now))
    xml.sub(timestamp, f"{{{WSU}}}Expires", tidspunkt(now + LEVETID))
    return timestamp


def _til_certifikat(parent: Element, id_: str) -> Element:
    reference = xml.sub(xml.sub(parent, STR), f"{{{WSSE}}}Reference")
    reference.attrib.update({"URI": f"#{id_}", "ValueType": X509})
    return reference


def _til_navngivet(parent: Element, noegle: Noegle) -> Element:
    """By the subject key id: whoever reads it has the certificate."""
    ski = x509.SubjectKeyIdentifier.from_public_key(noegle.certifikat.public_key())
    named = xml.sub(xml.sub(parent, STR), KEY_IDENTIFIER, base64.b64encode(ski.digest).decode())
    named.attrib.update({"ValueType": X509_SKI, "EncodingType": BASE64})
    return named


def _til_assertion(parent: Element, id_: str) -> Element:
    peger = xml.sub(parent, STR)
    peger.set(f"{{{WSSE11}}}TokenType", SAML_TOKEN)
    xml.sub(peger, KEY_IDENTIFIER, id_).set("ValueType", SAML_ID)
    return peger

"""SOAP 1.2 envelopes with RequestHeader and WS-Addressing, and faults. Source: FACTS.md 1. Knows no transport."""

from dataclasses import dataclass
from typing import Final

from fkorg.errors import Malformed
from fkorg.wire import xml
from fkorg.wire.xml import Element, Graenser

SOAP: Final = "http://www.w3.org/2003/05/soap-envelope"
WSA: Final = "http://www.w3.org/2005/08/addressing"
HEADER: Final = "http://kombit.dk/xml/schemas/RequestHeader/1/"
ANONYM: Final = f"{WSA}/anonymous"
FAULT_ACTION: Final = f"{WSA}/soap/fault"
CONTENT_TYPE: Final = "application/soap+xml; charset=utf-8"

_TRANSAKTION: Final = f"{{{HEADER}}}RequestHeader/{{{HEADER}}}TransactionUUID"
_BODY: Final = f"{{{SOAP}}}Body"
_HEADER: Final = f"{{{SOAP}}}Header"
_FAULT: Final = f"{{{SOAP}}}Fault"


@dataclass(frozen=True, slots=True)
class Hoved:
    """What a header says; None = not there."""

    transaktions_id: str | None = None
    action: str | None = None
    message_id: str | None = None
    to: str | None = None
    relates_to: str | None = None
    reply_to: str | None = None


@dataclass(frozen=True, slots=True)
class Kuvert:
    """A read envelope: its header and the one element in its body."""

    hoved: Hoved
    krop: Element


@dataclass(frozen=True, slots=True)
class SoapFejl:
    """A SOAP fault: local names of its code and subcode, and its reason. The reason is the service's, never logged."""

    kode: str
    underkode: str | None
    tekst: str


def content_type(action: str) -> str:
    """The HTTP content type of a request."""
    return f'{CONTENT_TYPE}; action="{action}"'


def write_kuvert(krop: Element, hoved: Hoved) -> bytes:
    """The envelope as bytes. `krop` is moved into it."""
    envelope = xml.root(f"{{{SOAP}}}Envelope", {"soap": SOAP, "wsa": WSA})
    header = xml.sub(envelope, _HEADER)
    for local, text in (
        ("Action", hoved.action),
        ("MessageID", hoved.message_id),
        ("RelatesTo", hoved.relates_to),
        ("To", hoved.to),
    ):
        if text is not None:
            xml.sub(header, f"{{{WSA}}}{local}", text)
    if hoved.reply_to is not None:
        xml.sub(xml.sub(header, f"{{{WSA}}}ReplyTo"), f"{{{WSA}}}Address", hoved.reply_to)
    if hoved.transaktions_id is not None:
        request_header = xml.sub(header, f"{{{HEADER}}}RequestHeader")
        xml.sub(request_header, f"{{{HEADER}}}TransactionUUID", hoved.transaktions_id)
    xml.sub(envelope, _BODY).append(krop)
    return xml.serialise(envelope)


def read_kuvert(body: bytes, graenser: Graenser = xml.SVAR) -> Kuvert:
    """The envelope in `body`. Raises Malformed when it is none or its Body has not exactly one element."""
    return open_kuvert(xml.parse(body, graenser))


def open_kuvert(envelope: Element) -> Kuvert:
    """The same for an envelope that is parsed already."""
    if xml.tag(envelope) != f"{{{SOAP}}}Envelope":
        raise Malformed("wanted a SOAP 1.2 envelope")
    krop = envelope.find(_BODY)
    if krop is None or len(krop) != 1:
        raise Malformed("wanted a SOAP body with one element")
    header = envelope.find(_HEADER)
    if header is None:
        return Kuvert(Hoved(), krop[0])
    found = [xml.child_text(header, f"{{{WSA}}}{local}") for local in ("Action", "MessageID", "To", "RelatesTo")]
    action, message_id, to, relates_to = found
    reply_to = xml.child_text(header, f"{{{WSA}}}ReplyTo/{{{WSA}}}Address")
    transaktions_id = xml.child_text(header, _TRANSAKTION)
    return Kuvert(Hoved(transaktions_id, action, message_id, to, relates_to, reply_to), krop[0])


def write_fault(tekst: str, *, kode: str = "Receiver", underkode: str | None = None) -> Element:
    """A fault as body; `kode` is Sender or Receiver, `underkode` a name: SOAP 1.2 allows no number there."""
    fault = xml.root(_FAULT, {"soap": SOAP})
    code = xml.sub(fault, f"{{{SOAP}}}Code")
    xml.sub(code, f"{{{SOAP}}}Value", f"soap:{kode}")
    if underkode is not None:
        xml.sub(xml.sub(code, f"{{{SOAP}}}Subcode"), f"{{{SOAP}}}Value", underkode)
    text = xml.sub(xml.sub(fault, f"{{{SOAP}}}Reason"), f"{{{SOAP}}}Text", tekst)
    text.set("{http://www.w3.org/XML/1998/namespace}lang", "da")
    return fault


def read_fault(element: Element) -> SoapFejl | None:
    """The fault, or None when the element is none."""
    if xml.tag(element) != _FAULT:
        return None
    code = f"{{{SOAP}}}Code"
    kode = xml.child_text(element, f"{code}/{{{SOAP}}}Value") or ""
    underkode = xml.child_text(element, f"{code}/{{{SOAP}}}Subcode/{{{SOAP}}}Value")
    tekst = xml.child_text(element, f"{{{SOAP}}}Reason/{{{SOAP}}}Text") or ""
    return SoapFejl(kode.rpartition(":")[2], underkode and underkode.rpartition(":")[2], tekst)

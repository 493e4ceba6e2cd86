"""What zeep builds of a request by a WSDL: the second opinion about what the client sends.

Texts go in as they are: zeep's own times would lose nanoseconds and what datetime cannot hold (FACTS.md 9).
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Protocol, TypeAlias

from zeep import Client, Settings
from zeep.wsa import WsAddressingPlugin

from fkorg.operationer import Anmodning, operation
from fkorg.wire import soap_xml, xml
from fkorg.wire.anmodning_xml import write_anmodning
from fkorg.wire.soap_xml import Kuvert
from fkorg.wire.xml import Element

Argument: TypeAlias = "str | Element | list[Argument] | dict[str, Argument]"


class ZeepType(Protocol):
    """What is used of zeep.xsd.ComplexType; a simple type has no `elements`."""

    elements: Iterable[tuple[str, "ZeepElement"]]


class ZeepElement(Protocol):
    """What is used of zeep.xsd.Element."""

    accepts_multiple: bool
    type: ZeepType


class Zeep:
    """One service by one WSDL."""

    def __init__(self, wsdl: Path) -> None:
        self._client = Client(str(wsdl), settings=Settings(strict=True), plugins=[WsAddressingPlugin()])

    def build(self, anmodning: Anmodning, transaktion: str) -> Kuvert:
        """The envelope of the request; it is addressed to whom the WSDL names."""
        op = operation(anmodning)
        kind: ZeepType = self._client.get_element(op.input_tag).type
        header = {"header": {"TransactionUUID": transaktion}}
        given = _argumenter(write_anmodning(anmodning), kind)
        return soap_xml.open_kuvert(
            self._client.create_message(self._client.service, op.navn, _soapheaders=header, **given)
        )


def _argumenter(element: Element, kind: ZeepType) -> dict[str, Argument]:
    """The content of an element of that type, by local name."""
    known = dict(kind.elements)
    found: dict[str, Argument] = {}
    for child in element:
        _, local = xml.split(child)
        if local not in known:
            if "_value_1" not in known:
                raise ValueError(f"the contract has no {local} in {xml.split(element)[1]}")
            _append(found, "_value_1", child)
            continue
        value = _value(child, known[local].type)
        if known[local].accepts_multiple:
            _append(found, local, value)
        else:
            found[local] = value
    return found


def _value(element: Element, kind: ZeepType) -> Argument:
    return _argumenter(element, kind) if hasattr(kind, "elements") else element.text or ""


def _append(found: dict[str, Argument], name: str, value: Argument) -> None:
    earlier = found.setdefault(name, [])
    if isinstance(earlier, list):
        earlier.append(value)

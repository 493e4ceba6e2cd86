"""A request's element -> the keyword arguments zeep takes. Knows the shape of zeep's types, not what they mean.

Texts go in as they are: zeep's own times would lose nanoseconds and what datetime cannot hold (FACTS.md 9).
"""

from collections.abc import Iterable
from typing import Protocol, TypeAlias

from fkorg.errors import Malformed
from fkorg.wire import xml
from fkorg.wire.xml import Element

Argument: TypeAlias = "str | Element | list[Argument] | dict[str, Argument]"


class ZeepType(Protocol):
    """What is used of zeep.xsd.ComplexType; a simple type has no `elements`."""

    elements: Iterable[tuple[str, "ZeepElement"]]


class ZeepElement(Protocol):
    """What is used of zeep.xsd.Element."""

    accepts_multiple: bool
    type: ZeepType


def argumenter(element: Element, kind: ZeepType) -> dict[str, Argument]:
    """The content of an element of that type, by local name. Raises Malformed for a child the type does not know."""
    known = dict(kind.elements)
    found: dict[str, Argument] = {}
    for child in element:
        _, local = xml.split(child)
        if local not in known:
            if "_value_1" not in known:
                raise Malformed(f"the contract has no {local} in {xml.split(element)[1]}")
            _append(found, "_value_1", child)
            continue
        value = _value(child, known[local].type)
        if known[local].accepts_multiple:
            _append(found, local, value)
        else:
            found[local] = value
    return found


def _value(element: Element, kind: ZeepType) -> Argument:
    return argumenter(element, kind) if hasattr(kind, "elements") else element.text or ""


def _append(found: dict[str, Argument], name: str, value: Argument) -> None:
    earlier = found.setdefault(name, [])
    if isinstance(earlier, list):
        earlier.append(value)

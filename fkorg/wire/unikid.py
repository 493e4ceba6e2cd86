"""UnikId and UuidLabelInput: a UUID or a URN, perhaps with a label. Source: FACTS.md 2."""

import re
from functools import lru_cache
from typing import Final

from fkorg.catalogue import SD
from fkorg.registrering import Fejl, Reference
from fkorg.wire import xml
from fkorg.wire.xml import Element

_UUID: Final = f"{{{SD}}}UUIDIdentifikator"
_URN: Final = f"{{{SD}}}URNIdentifikator"
_LABEL: Final = f"{{{SD}}}Label"
_UUID_TEXT: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z", re.IGNORECASE | re.ASCII)


def read_reference(element: Element, sted: str = "", fejl: list[Fejl] | None = None) -> Reference | None:
    """What the element refers to; None when it holds neither choice.

    A UUID is taken in lower case, under whichever of the two elements it stands (domain.md 2.3); what stands under
    UUIDIdentifikator and is none is kept as it is and reported.
    """
    found: str | None = None
    label: str | None = None
    under_uuid = False
    for child in element:
        tag = xml.tag(child)
        if tag in (_UUID, _URN):
            found = (child.text or "").strip()
            under_uuid = tag == _UUID
        elif tag == _LABEL:
            label = child.text or ""
    if not found:
        if fejl is not None:
            fejl.append(Fejl(sted, f"no UUID and no URN in {xml.split(element)[1]}"))
        return None
    reference, is_uuid = _reference(found, label)
    if under_uuid and not is_uuid and fejl is not None:
        fejl.append(Fejl(sted, "no UUID in UUIDIdentifikator; kept as it stands"))
    return reference


def write_reference(parent: Element, tag: str, reference: Reference) -> None:
    """The reference in a new element `tag`, as UUID when it is one."""
    element = xml.sub(parent, tag)
    xml.sub(element, _URN if reference.uuid is None else _UUID, reference.id)
    if reference.label is not None:
        xml.sub(element, _LABEL, reference.label)


@lru_cache(maxsize=4096)
def _reference(text: str, label: str | None) -> tuple[Reference, bool]:
    """Bulk answers name the same classes, units and organisations again and again: read each once."""
    is_uuid = _UUID_TEXT.match(text) is not None
    return Reference(text.lower() if is_uuid else text, label), is_uuid

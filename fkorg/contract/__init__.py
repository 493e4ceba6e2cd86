"""Our own WSDL and XSD of the twelve services: where they lie, and the compiled schemas. README.md tells of them."""

from functools import lru_cache
from pathlib import Path
from threading import get_ident
from typing import Final

from lxml import etree

from fkorg.catalogue import KATALOG
from fkorg.wire.xml import Element

MAPPE: Final = Path(__file__).parent
"""Holds wsdl/ and xsd/."""
SERVICENAVNE: Final = {
    **{beskrivelse.sti: beskrivelse.navn for beskrivelse in KATALOG.values()},
    "organisationsystem": "OrganisationSystem",
    "organisationadministration": "OrganisationAdministration",
}
"""The service's name in paths -> in its WSDL."""


def wsdl(sti: str) -> Path:
    """The service's WSDL."""
    return MAPPE / "wsdl" / f"{SERVICENAVNE[sti]}.wsdl"


def skema(sti: str) -> etree.XMLSchema:
    """The compiled schema of the service's requests and answers: this thread's own, for it keeps its last errors."""
    return _skema(sti, get_ident())


def brud(sti: str, element: Element) -> str | None:
    """Where a request or answer first breaks the contract: the kind and the path, never the value; None when valid."""
    schema = skema(sti)
    if schema.validate(element):
        return None
    first = next(iter(schema.error_log), None)
    return "no detail" if first is None else f"{first.type_name} at {first.path}"


@lru_cache(maxsize=64)
def _skema(sti: str, thread: int) -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(MAPPE / "xsd" / f"{SERVICENAVNE[sti]}.xsd"))

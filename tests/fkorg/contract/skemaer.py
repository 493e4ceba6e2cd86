"""The two contract sets that the tests run against: ours, and the official one where it lies beside the checkout."""

import os
from functools import lru_cache
from pathlib import Path

import pytest
from lxml import etree

from fkorg.contract import MAPPE, SERVICENAVNE

SHARED = Path(os.environ.get("ORGRAF_SHARED", Path(__file__).parents[4] / "shared"))
OFFICIAL = SHARED / "contracts/organisation-6"
SETS = ("vores", "officiel")


@lru_cache(maxsize=64)
def _compiled(path: Path) -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(path))


def need_official() -> Path:
    if not OFFICIAL.is_dir():
        pytest.skip(f"the official contract is not at {OFFICIAL} (set ORGRAF_SHARED)")
    return OFFICIAL


def operations_schema(which: str, sti: str) -> etree.XMLSchema:
    if which == "vores":
        return _compiled(MAPPE / "xsd" / f"{SERVICENAVNE[sti]}.xsd")
    return _compiled(need_official() / f"xsd/6.0.STS-0/{SERVICENAVNE[sti]}Operationer.xsd")


def body_schema(which: str, sti: str) -> etree.XMLSchema:
    if which == "vores":
        return _compiled(MAPPE / "xsd" / f"{SERVICENAVNE[sti]}.xsd")
    return _compiled(need_official() / f"xsd/6.0.STS-0/{SERVICENAVNE[sti]}Besked.xsd")


def header_schema(which: str) -> etree.XMLSchema:
    if which == "vores":
        return _compiled(MAPPE / "xsd/RequestHeader.xsd")
    return _compiled(need_official() / "xsd/common/RequestHeader.xsd")


def wsdl(which: str, sti: str) -> Path:
    folder = MAPPE if which == "vores" else need_official()
    return folder / "wsdl" / f"{SERVICENAVNE[sti]}.wsdl"

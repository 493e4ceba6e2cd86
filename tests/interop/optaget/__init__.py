"""A call as it was signed once, before foreign code accepted it (docs/security.md): with this key, these ids, at that
time. `python -m tests.interop.optaget` writes it anew, after which `scripts/interop` must be run again.
"""

from datetime import UTC, datetime
from pathlib import Path

from lxml import etree

from fkorg.security import keys, wss
from fkorg.security.keys import Noegle
from fkorg.security.wss import Token
from tests.fkorg.security import fixture

HERE = Path(__file__).parent
NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)


def noegle() -> Noegle:
    """A key of these tests alone."""
    return keys.fra_pem((HERE / "noegle.pem").read_bytes(), (HERE / "certifikat.pem").read_bytes())


def assertion() -> bytes:
    """A token for that key."""
    return (HERE / "assertion.xml").read_bytes()


def kald() -> bytes:
    """The call as it was signed then."""
    return (HERE / "kald.xml").read_bytes()


def signeret() -> bytes:
    """The call as it is signed now."""
    token = assertion()
    id_ = etree.fromstring(token).attrib["ID"]
    return wss.underskriv(fixture.kuvert(), noegle(), NOW, token=Token(id_, token), navn=fixture.navne())

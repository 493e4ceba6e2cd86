"""What is refused before any cryptography, within bounds of time and memory, and what comes a second time.

The numbers are those of security.md 11.
"""

import os
import resource
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
from lxml import etree

from fkorg.errors import Malformed
from fkorg.security import verifier
from fkorg.security.verifier import Afvist, Genkendt, Grund
from fkorg.wire import xml
from fkorg.wire.xml import BESKED
from tests.fkorg.security.fixture import NOW

HUKOMMELSE_BYTES = 700_000_000
CPU_S = 20
"""For all of them together, Python's start and the making of the documents included: most take milliseconds."""
IKKE_XML = {
    "23 entity bomb": b'<!DOCTYPE x [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><x>&b;</x>',
    "23 nested entity bomb": b"<!DOCTYPE x [<!ENTITY a0 'aaaaaaaaaa'>"
    + b"".join(b"<!ENTITY a%d '%b'>" % (n, b"&a%d;" % (n - 1) * 10) for n in range(1, 12))
    + b"]><x>&a11;</x>",
    "23 quadratic entity bomb": b"<!DOCTYPE x [<!ENTITY a '" + b"a" * 50_000 + b"'>]><x>" + b"&a;" * 50_000 + b"</x>",
    "23 entity bomb in an attribute": b"<!DOCTYPE x [<!ENTITY a 'aa'><!ENTITY b '&a;&a;'>]><x y='&b;'/>",
    "23 external entity": b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>',
    "23 external DTD": b'<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd"><x/>',
    "23 parameter entity": b"<!DOCTYPE x [<!ENTITY % a \"<!ENTITY b 'c'>\"> %a;]><x>&b;</x>",
    "23 DOCTYPE alone": b"<!DOCTYPE x><x/>",
    "23 DOCTYPE in UTF-16": '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE x><x/>'.encode("utf-16"),
    "24 UTF-16": '<?xml version="1.0" encoding="UTF-16"?><x/>'.encode("utf-16"),
    "24 not XML": b"ikke xml",
    "24 nothing": b"",
    "24 NUL": b"<x>\x00</x>",
    "24 oversize": b"<x>" + b" " * 50_000_000 + b"</x>",
    "24 deep": b"<x>" * 300_000,
    "24 attributes": b"<x " + b" ".join(b"a%d=''" % n for n in range(60_000)) + b"/>",
    "24 namespaces": b"<x " + b" ".join(b"xmlns:a%d='urn:%d'" % (n, n) for n in range(60_000)) + b"/>",
    "24 namespaces, used": b"<x "
    + b" ".join(b"xmlns:a%d='urn:%d'" % (n, n) for n in range(60_000))
    + b">"
    + b"".join(b"<a%d:y/>" % n for n in range(60_000))
    + b"</x>",
    "24 namespaces, each within the other": b"".join(b"<a%d:x xmlns:a%d='urn:%d'>" % (n, n, n) for n in range(90))
    + b"".join(b"</a%d:x>" % n for n in reversed(range(90))),
    "24 a long text": b"<x>" + b"a" * 10_000_001 + b"</x>",
    "25 comment": b"<x><!-- 1 --></x>",
    "25 processing instruction": b"<x><?y?></x>",
    "25 comment before": b"<!-- 1 --><x/>",
}


def grund(raw: bytes) -> Grund:
    with pytest.raises(Afvist) as found:
        verifier.laes(raw)
    return found.value.grund


@pytest.mark.parametrize("raw", IKKE_XML.values(), ids=IKKE_XML)
def test_what_is_no_plain_xml_is_refused_before_any_cryptography(raw: bytes) -> None:
    assert grund(raw) is Grund.XML


def test_24_all_of_it_is_refused_within_so_much_time_and_memory() -> None:
    """In a process that may not have more: without a bound it would be ended."""

    def begraens() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (HUKOMMELSE_BYTES, HUKOMMELSE_BYTES))
        resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S))

    proev = "from tests.fkorg.security.test_bounds import IKKE_XML, grund; [grund(raw) for raw in IKKE_XML.values()]"
    done = subprocess.run(
        [sys.executable, "-c", proev],
        preexec_fn=begraens,
        capture_output=True,
        cwd=Path(__file__).parents[3],
        timeout=120,
    )

    assert (done.returncode, done.stderr) == (0, b"")


def test_24_a_message_of_many_elements_with_their_own_prefix_is_read() -> None:
    body = b"".join(b"<n:y xmlns:n='urn:%d'/>" % n for n in range(1_000))
    assert grund(b"<x>" + body + b"</x>") is Grund.KUVERT


def test_24_answers_of_the_token_service_and_messages_are_held_to_less() -> None:
    raw = b"<x>" + b" " * BESKED.size_bytes + b"</x>"
    assert grund(raw) is Grund.KUVERT
    with pytest.raises(Afvist) as found:
        verifier.laes(raw, BESKED)
    assert found.value.grund is Grund.XML


def udenfor(url: str) -> list[bytes]:
    """Documents that point at that address, each in another way that XML has."""
    return [
        f'<!DOCTYPE x [<!ENTITY a SYSTEM "{url}">]><x>&a;</x>'.encode(),
        f'<!DOCTYPE x SYSTEM "{url}"><x/>'.encode(),
        f'<!DOCTYPE x [<!ENTITY % a SYSTEM "{url}"> %a;]><x/>'.encode(),
        f'<!DOCTYPE x [<!ENTITY % a SYSTEM "{url}"> %a;]><x>&b;</x>'.encode("utf-16"),
        f'<x xmlns:xi="http://www.w3.org/2001/XInclude"><xi:include href="{url}"/></x>'.encode(),
        f'<x xsi:schemaLocation="urn:x {url}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"/>'.encode(),
        f'<?xml-stylesheet href="{url}"?><x/>'.encode(),
    ]


def i_stykker(raw: bytes) -> None:
    """As the pages of an export are read."""
    with suppress(Malformed, etree.ParseError):
        parser = xml.pull_parser(["{*}y"])
        parser.feed(raw)
        parser.close()


def helt(raw: bytes) -> None:
    """As everything else is."""
    grund(raw)


@pytest.mark.parametrize("laes", [helt, i_stykker])
def test_23_no_file_is_opened(tmp_path: Path, laes: Callable[[bytes], None]) -> None:
    roer = tmp_path / "roer"
    os.mkfifo(roer)
    skriver = threading.Thread(target=lambda: roer.open("wb").close(), daemon=True)  # until somebody opens it to read
    skriver.start()

    for raw in udenfor(roer.as_uri()):
        laes(raw)

    assert skriver.is_alive()
    with roer.open("rb"):
        skriver.join(10)
    assert not skriver.is_alive()


@pytest.mark.parametrize("laes", [helt, i_stykker])
def test_23_no_connection_is_made(laes: Callable[[bytes], None]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        for raw in udenfor(f"http://127.0.0.1:{server.getsockname()[1]}/x"):
            laes(raw)
        with pytest.raises(BlockingIOError):
            server.accept()


def test_17_a_message_is_taken_once_for_as_long_as_it_would_hold() -> None:
    genkendt = Genkendt()
    genkendt.kraev_ny("a", NOW)

    for siden in (timedelta(0), timedelta(minutes=11)):
        with pytest.raises(Afvist) as found:
            genkendt.kraev_ny("a", NOW + siden)
        assert found.value.grund is Grund.GENTAGET
    genkendt.kraev_ny("a", NOW + timedelta(minutes=13))


def test_17_a_full_memory_refuses_and_forgets_nothing() -> None:
    genkendt = Genkendt(pladser=2)
    genkendt.kraev_ny("a", NOW)
    genkendt.kraev_ny("b", NOW + timedelta(minutes=1))

    for id_ in ("c", "a", "b"):
        with pytest.raises(Afvist):
            genkendt.kraev_ny(id_, NOW + timedelta(minutes=2))
    genkendt.kraev_ny("c", NOW + timedelta(minutes=12, seconds=30))
    with pytest.raises(Afvist):
        genkendt.kraev_ny("b", NOW + timedelta(minutes=12, seconds=30))

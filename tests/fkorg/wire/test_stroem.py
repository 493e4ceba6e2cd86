"""Bulk answers in pieces: the same objects however they are cut, and memory that does not grow with their number."""

import tracemalloc
from collections.abc import Iterator
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fkorg.catalogue import KATALOG, Objekttype
from fkorg.errors import Malformed
from fkorg.kvittering import StandardRetur
from fkorg.operationer import SYSTEM_NS as SYSTEM
from fkorg.registrering import Oejebliksbillede
from fkorg.wire import registrering_xml, xml
from fkorg.wire.stroem import Stroem

from .strategier import oejebliksbilleder

BRUGER = KATALOG[Objekttype.BRUGER].namespace
HEAD = f"""<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body>
  <FremsoegObjekthierarkiOutput xmlns="{SYSTEM}" xmlns:sd="urn:oio:sagdok:3.0.0"><sd:StandardRetur>
  <sd:StatusKode>20</sd:StatusKode><sd:FejlbeskedTekst>OK</sd:FejlbeskedTekst></sd:StandardRetur><Brugere>""".encode()
TAIL = b"</Brugere></FremsoegObjekthierarkiOutput></s:Body></s:Envelope>"


def bruger(number: int) -> bytes:
    relationer = "".join(
        f"""<sd:Adresser><sd:Virkning><sd:FraTidspunkt>
        <sd:TidsstempelDatoTid>2020-01-01T00:00:00+01:00</sd:TidsstempelDatoTid></sd:FraTidspunkt></sd:Virkning>
        <sd:ReferenceID><sd:UUIDIdentifikator>{UUID(int=number * 10 + n)}</sd:UUIDIdentifikator></sd:ReferenceID>
        </sd:Adresser>"""
        for n in range(5)
    )
    return f"""<FiltreretOejebliksbillede><b:ObjektType xmlns:b="{BRUGER}">
      <sd:UUIDIdentifikator>{UUID(int=number)}</sd:UUIDIdentifikator></b:ObjektType><b:Registrering xmlns:b="{BRUGER}">
      <sd:Tidspunkt>2024-01-01T00:00:00.{number:09}Z</sd:Tidspunkt><sd:LivscyklusKode>Opstaaet</sd:LivscyklusKode>
      <b:AttributListe><b:Egenskab><sd:BrugervendtNoegleTekst>b{number}</sd:BrugervendtNoegleTekst></b:Egenskab>
      </b:AttributListe><b:TilstandListe/><b:RelationListe>{relationer}</b:RelationListe></b:Registrering>
      </FiltreretOejebliksbillede>""".encode()


@given(st.lists(oejebliksbilleder(), max_size=4), st.integers(1, 700))
@settings(max_examples=30, deadline=None)
def test_objects_come_whole_however_the_answer_is_cut(
    objekter: list[tuple[Objekttype, Oejebliksbillede]], size: int
) -> None:
    root = xml.root("svar")
    for objekttype, billede in objekter:
        registrering_xml.write_oejebliksbillede(root, objekttype, billede)
        registrering_xml.write_oejebliksbillede(root, objekttype, billede, tag=f"{{{SYSTEM}}}FiltreretOejebliksbillede")
    body, stroem = xml.serialise(root), Stroem()

    found = [one for start in range(0, len(body), size) for one in stroem.feed(body[start : start + size])]
    found += stroem.close()

    assert found == [one for one in objekter for _ in range(2)]


def test_an_object_without_uuid_is_counted_and_the_rest_is_read() -> None:
    stroem = Stroem()
    broken = bruger(1).replace(str(UUID(int=1)).encode(), b"x")

    found = stroem.feed(HEAD + broken + bruger(2) + TAIL) + stroem.close()

    assert [billede.uuid for _, billede in found] == [UUID(int=2)]
    assert (stroem.udeladt, stroem.retur) == (1, StandardRetur(20, "OK"))


def test_a_fault_is_kept() -> None:
    stroem = Stroem()

    stroem.feed(b'<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body><s:Fault><s:Code/></s:Fault>')
    stroem.feed(b"</s:Body></s:Envelope>")
    stroem.close()

    assert stroem.fault is not None
    assert len(stroem.fault) == 1


def _read(body: bytes) -> None:
    stroem = Stroem()
    stroem.feed(body)
    stroem.close()


BROKEN = {
    "cut off": HEAD + bruger(1),
    "not XML": b"hej",
    "with a DOCTYPE": b"<!DOCTYPE a>" + HEAD + bruger(1) + TAIL,
    "with a DOCTYPE and no object": b"<!DOCTYPE a><a/>",
    "too deep": b"<a>" * 300,
    "empty": b"",
}


@pytest.mark.parametrize("body", BROKEN.values(), ids=BROKEN)
def test_a_broken_answer_is_malformed(body: bytes) -> None:
    with pytest.raises(Malformed):
        _read(body)


def test_an_answer_beyond_the_limit_is_cut_off() -> None:
    stroem = Stroem(size_bytes=100)

    with pytest.raises(Malformed, match="limit"):
        stroem.feed(HEAD + TAIL)


def test_an_answer_that_completes_no_object_is_cut_off() -> None:
    stroem = Stroem(objekt_bytes=1_000)
    stroem.feed(HEAD)
    stroem.feed(b"<x>y</x>" * 100)

    with pytest.raises(Malformed, match="limit"):
        stroem.feed(b"<x>y</x>" * 100)


def test_objects_are_told_of_however_many_come_before_the_limit_of_one() -> None:
    stroem = Stroem(objekt_bytes=5_000)
    found = stroem.feed(HEAD)

    for n in range(1, 20):
        found += stroem.feed(b"<x>y</x>" * 50)
        found += stroem.feed(bruger(n))
    found += stroem.feed(TAIL) + stroem.close()

    assert [billede.uuid.int for _, billede in found] == [*range(1, 20)]


def _peak(number: int) -> int:
    """The most memory that Python and lxml's proxies took while reading this many users."""

    def chunks() -> Iterator[bytes]:
        yield HEAD
        for n in range(1, number + 1):
            yield bruger(n)
        yield TAIL

    stroem, count = Stroem(), 0
    tracemalloc.start()
    try:
        for chunk in chunks():
            count += len(stroem.feed(chunk))
        stroem.close()
        assert count == number
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def _resident_kb() -> int:
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))


def test_memory_does_not_grow_with_the_number_of_objects() -> None:
    _peak(1500)  # fills the bounded caches of times and references
    peak_small = _peak(500)
    resident = _resident_kb()

    peak_large = _peak(5000)

    assert peak_large < peak_small + 2_000_000
    assert _resident_kb() < resident + 15_000

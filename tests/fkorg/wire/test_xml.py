"""The parser takes what is well-formed and bounded, and nothing else."""

import pytest

from fkorg.errors import Malformed
from fkorg.wire import xml

LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
REFUSED = {
    "nothing": b"",
    "no XML": b"{}",
    "an unclosed element": b"<a><b></a>",
    "two roots": b"<a/><b/>",
    "a DOCTYPE": b"<!DOCTYPE a><a/>",
    "a DOCTYPE in UTF-16": '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE a><a/>'.encode("utf-16"),
    "an external DTD": b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>',
    "an external entity": b'<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]><a>&e;</a>',
    "an entity in an attribute": b'<!DOCTYPE a [<!ENTITY e "x">]><a b="&e;"/>',
    "a billion laughs": f'<!DOCTYPE a [<!ENTITY l0 "ha">{LAUGHS}]><a>&l9;</a>'.encode(),
    "an undeclared entity": b"<a>&e;</a>",
    "bytes that are not UTF-8": b"<a>\xe6\xf8\xe5</a>",
    "an encoding that is not its own": b'<?xml version="1.0" encoding="utf-16"?><a/>',
    "an unknown encoding": b'<?xml version="1.0" encoding="klingon"?><a/>',
    "too many levels": b"<a>" * 101 + b"</a>" * 101,
    "far too many levels": b"<a>" * 100_000,
    "too many attributes": b"<a " + b" ".join(b'a%d="x"' % n for n in range(65)) + b"/>",
    "a NUL": b"<a>\x00</a>",
    "a character reference to NUL": b"<a>&#0;</a>",
    "an undeclared prefix": b"<x:a/>",
}


@pytest.mark.parametrize("body", REFUSED.values(), ids=REFUSED)
def test_malformed_is(body: bytes) -> None:
    with pytest.raises(Malformed):
        xml.parse(body)


BEYOND = {
    "bytes": xml.Graenser(size_bytes=10),
    "elements": xml.Graenser(elementer=2),
    "levels": xml.Graenser(dybde=2),
}


@pytest.mark.parametrize("graenser", BEYOND.values(), ids=BEYOND)
def test_a_document_beyond_its_bounds_is_malformed(graenser: xml.Graenser) -> None:
    with pytest.raises(Malformed, match="at most"):
        xml.parse(b"<a><b><c/></b></a>", graenser)


def test_a_comment_within_a_text_leaves_the_text_whole() -> None:
    assert xml.parse(b"<a>1111<!-- x -->1111<?p q?></a>").text == "11111111"


@pytest.mark.parametrize("body", [b"<a><!-- x --></a>", b"<a><?p q?></a>", b"<!-- x --><a/>", b"<a/><?p q?>"])
def test_a_strict_reader_refuses_comments_and_instructions(body: bytes) -> None:
    with pytest.raises(Malformed, match="comments"):
        xml.parse(body, streng=True)


def test_an_error_never_repeats_what_it_read() -> None:
    with pytest.raises(Malformed) as caught:
        xml.parse(b"<a><NavnTekst>Hanne Holm</Navn></a>")

    assert "Hanne" not in str(caught.value)


def test_canonical_text_does_not_depend_on_prefixes() -> None:
    one = b'<u xmlns="urn:u"><c xmlns="urn:v" xmlns:q="urn:w" q:d="1" xml:lang="da"/>t</u>'
    other = b'<x><z:u xmlns:z="urn:u"><y:c xmlns:y="urn:v" xmlns:w="urn:w" xml:lang="da" w:d="1"></y:c>t</z:u></x>'

    assert xml.canonical(xml.parse(one)) == xml.canonical(xml.parse(other)[0])
    assert xml.canonical(xml.parse(b'<a xmlns="relative"/>'))

"""The one XML parser: no DTD, no entities, no network; bounded in size, depth, elements and attributes.

Everything that reads XML from outside comes through here, and what it cannot read is Malformed.
Knows no element of the domain. Source: security.md 6.1.
"""

from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from functools import cache
from operator import attrgetter
from typing import Final, NoReturn, TypeAlias, TypedDict

from lxml import etree

from fkorg.catalogue import OF, SD, STS
from fkorg.errors import Malformed

Element: TypeAlias = etree._Element
PullParser: TypeAlias = "etree.XMLPullParser[etree._Element]"

tag: Final[Callable[[Element], str]] = attrgetter("tag")
"""An element's name as "{namespace}local". In C, because reading asks it of every element."""
_XML: Final = "{http://www.w3.org/XML/1998/namespace}"
PRAEFIKSER: Final = {"sd": SD, "of": OF, "sts": STS}
"""The prefixes every document we write declares at its root."""


class _Laesning(TypedDict):
    resolve_entities: bool
    no_network: bool
    load_dtd: bool
    dtd_validation: bool
    attribute_defaults: bool
    huge_tree: bool
    recover: bool
    collect_ids: bool


_HAERDET: Final = _Laesning(
    resolve_entities=False,
    no_network=True,
    load_dtd=False,
    dtd_validation=False,
    attribute_defaults=False,
    huge_tree=False,
    recover=False,
    collect_ids=False,
)


class _Ingen(etree.Resolver):
    """Nothing outside the document is read: whatever the options say, libxml2 opens the files of external parameter
    entities (2.14)."""

    def resolve(self, system_url: str | None, public_id: str | None, context: object) -> NoReturn:
        raise Malformed("wanted XML without a DOCTYPE")


_INGEN: Final = _Ingen()


@dataclass(frozen=True, slots=True)
class Graenser:
    """What a document may be at most. libxml2's own bounds (256 levels, 10 MB in one text) hold besides."""

    size_bytes: int = 50_000_000
    dybde: int = 100
    elementer: int = 1_000_000
    attributter: int = 64
    navnerum: int = 64


SVAR: Final = Graenser()
"""Answers and requests of the services."""
BESKED: Final = Graenser(size_bytes=2_000_000)
"""Messages of the Beskedfordeler, and answers of the token service."""


def parse(body: bytes, graenser: Graenser = SVAR, *, streng: bool = False) -> Element:
    """The root of a document. Comments and processing instructions are dropped; `streng` refuses them.

    Raises Malformed for anything that is no well-formed XML within the bounds. What a verifier of signatures reads
    must be `streng`: a comment splits a text, and canonicalisation hides it from the signature, and takes time with the
    square of the namespaces in scope.
    """
    if len(body) > graenser.size_bytes:
        raise Malformed(f"wanted at most {graenser.size_bytes} bytes of XML, found {len(body)}")
    try:
        root = etree.fromstring(body, _parser(keep_comments=streng))
    except (etree.LxmlError, ValueError) as cause:
        raise not_well_formed(cause) from cause
    refuse_doctype(root)
    if streng and root.xpath(
        "boolean(//comment() | //processing-instruction() | /comment() | /processing-instruction())"
    ):
        raise Malformed("wanted XML without comments and processing instructions")
    if streng:
        _check_navnerum(root, body, graenser)
    _check_bounds(root, graenser)
    return root


def pull_parser(tags: list[str]) -> PullParser:
    """A parser that is fed in pieces and tells of the end of these elements. Feeding it raises Malformed for a document
    that points at others."""
    parser = etree.XMLPullParser(events=("end",), tag=tags, remove_comments=True, remove_pis=True, **_HAERDET)
    parser.resolvers.add(_INGEN)
    return parser


def refuse_doctype(element: Element) -> None:
    """Raises Malformed when the document has a DOCTYPE, in whatever encoding it was written."""
    info = element.getroottree().docinfo
    if info.internalDTD is not None or info.doctype:
        raise Malformed("wanted XML without a DOCTYPE")


def not_well_formed(cause: Exception) -> Malformed:
    """The error for what lxml could not read: its place, never its text, which may hold a name."""
    if isinstance(cause, etree.ParseError) and cause.position is not None:
        line, column = cause.position
        return Malformed(f"wanted well-formed XML, found an error at line {line}, column {column}")
    return Malformed(f"wanted well-formed XML, found {type(cause).__name__}")


def serialise(element: Element) -> bytes:
    """The document in UTF-8 with its declaration. Never pretty-printed."""
    return etree.tostring(element, encoding="UTF-8", xml_declaration=True)


def canonical(element: Element) -> str:
    """The element as exclusive canonical XML with prefixes n0, n1 ...: the same content gives the same text, whatever
    stood around it. (Names inside texts, such as xsi:type, are not followed.)
    """
    names = [name for one in element.iter() for name in (tag(one), *map(str, one.attrib))]
    spaces = dict.fromkeys(name[1:].partition("}")[0] for name in names if name.startswith("{") and _XML not in name)
    alone = etree.Element(tag(element), dict(element.attrib), {f"n{n}": space for n, space in enumerate(spaces)})
    alone.text = element.text
    alone.extend(deepcopy(child) for child in element)
    try:
        return etree.tostring(alone, method="c14n", exclusive=True).decode()
    except etree.C14NError:  # libxml2 canonicalises no relative namespace names
        return etree.tostring(alone, encoding="unicode")


def root(tag: str, praefikser: Mapping[str, str] | None = None) -> Element:
    """A new element that stands alone and declares readable prefixes for the namespaces of this contract."""
    return etree.Element(tag, nsmap={**PRAEFIKSER, **(praefikser or {})})


def sub(parent: Element, tag: str, text: str | None = None) -> Element:
    """A new last child. Raises Malformed for a text that XML cannot hold (control characters)."""
    child = etree.SubElement(parent, tag)
    if text is not None:
        try:
            child.text = text
        except ValueError as cause:
            raise Malformed(f"wanted a text that XML can hold in {etree.QName(tag).localname}") from cause
    return child


def split(element: Element) -> tuple[str, str]:
    """Its namespace and local name."""
    namespace, _, local = tag(element).rpartition("}")
    return namespace[1:], local


def child_text(parent: Element, tag: str) -> str | None:
    """The text of the first child of that name without space around it; None when there is no such child."""
    child = parent.find(tag)
    return None if child is None else (child.text or "").strip()


def _parser(*, keep_comments: bool) -> "etree.XMLParser[etree._Element]":
    parser = etree.XMLParser(remove_comments=not keep_comments, remove_pis=not keep_comments, **_HAERDET)
    parser.resolvers.add(_INGEN)
    return parser


def _check_bounds(root: Element, graenser: Graenser) -> None:
    for overskredet, wanted in _overskridelser(graenser):
        if overskredet(root):
            raise Malformed(f"wanted at most {wanted}")


@cache
def _overskridelser(graenser: Graenser) -> tuple[tuple[etree.XPath, str], ...]:
    """What is true of a document that is beyond a bound, and the bound. XPath counts in C: no Python object per
    element."""
    return (
        (etree.XPath(f"count(//*) > {graenser.elementer}"), f"{graenser.elementer} elements"),
        (etree.XPath("boolean(" + "/*" * (graenser.dybde + 1) + ")"), f"{graenser.dybde} levels of elements"),
        (
            etree.XPath(f"boolean(//*[count(@*) > {graenser.attributter}])"),
            f"{graenser.attributter} attributes on an element",
        ),
    )


def _check_navnerum(root: Element, body: bytes, graenser: Graenser) -> None:
    """How many namespaces are in scope at a place, counted where the text declares more than may be at one."""
    if (root.getroottree().docinfo.encoding or "UTF-8").upper() != "UTF-8":
        raise Malformed("wanted XML in UTF-8")
    if body.count(b"xmlns") <= graenser.navnerum:
        return
    parser = etree.XMLPullParser(events=("start-ns", "end-ns"), **_HAERDET)
    parser.feed(body)
    antal = 0
    for event, _ in parser.read_events():
        antal += 1 if event == "start-ns" else -1
        if antal > graenser.navnerum:
            raise Malformed(f"wanted at most {graenser.navnerum} namespaces in scope of an element")

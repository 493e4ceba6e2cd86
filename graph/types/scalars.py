"""The scalars of the schema: what clients may write, and the Python values they become.

Read values never pass here: they leave Postgres as finished JSON. Messages name the form that was wanted and never
repeat the value, which may be personal.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final, NewType, TypeVar
from uuid import UUID

import strawberry
from strawberry.types.scalar import ScalarDefinition

from fkorg import tid
from fkorg.errors import Malformed

CVR = NewType("CVR", str)
CPR = NewType("CPR", str)
KLE = NewType("KLE", str)
Cursor = NewType("Cursor", str)
Stand = NewType("Stand", str)
JSON = NewType("JSON", object)
T = TypeVar("T")

_CVR: Final = re.compile(r"[0-9]{8}\Z", re.ASCII)
_CPR: Final = re.compile(r"[0-9]{10}\Z", re.ASCII)
_KLE: Final = re.compile(
    r"(?:[0-9]{2}(?:\.[0-9]{2}){0,2}|(?:[0-9]{2}(?:\.[0-9]{2}){0,2}\.?|[0-9.]{1,7})?\*)\Z", re.ASCII
)
_UUID: Final = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\Z", re.ASCII)
_BROEK: Final = re.compile(r"\.(\d+)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Tidspunkt:
    """A moment as a client wrote it. Fewer digits than nine name an interval, `ns` to `sidste_ns` (rules.md 3)."""

    ns: int
    sidste_ns: int

    @property
    def datetime(self) -> datetime:
        """The start of the interval as aware UTC datetime. Raises Malformed for years beyond its range."""
        moment = tid.to_datetime(self.ns)
        if moment is None:
            raise Malformed("wanted a time between the years 1 and 9999")
        return moment

    @property
    def slut(self) -> "Tidspunkt":
        """The end of the interval."""
        return replace(self, ns=self.sidste_ns)


def af_ns(ns: int) -> Tidspunkt:
    """A moment of ours, exactly."""
    return Tidspunkt(ns, ns)


def af_datetime(moment: datetime) -> Tidspunkt:
    """A moment of ours, from an aware datetime."""
    return af_ns(tid.from_datetime(moment))


def tidspunkt(text: str) -> Tidspunkt:
    """The moment of an ISO 8601 date and time with offset. Raises Malformed."""
    if not re.search(r"(?:Z|[+-]\d\d:\d\d)\Z", text):
        raise Malformed("wanted an offset")
    ns = tid.parse_ns(text)
    if ns in (tid.ALTID_NS, tid.UENDELIG_NS):
        raise Malformed("wanted a year between 1 and 9999")
    fraction = _BROEK.search(text)
    digits = min(len(fraction[1]), 9) if fraction else 0
    return Tidspunkt(ns, ns + 10 ** (9 - digits) - 1)


def _parse(name: str, wanted: str, convert: Callable[[str], T]) -> Callable[[Any], T]:
    def parse(value: Any) -> T:
        if isinstance(value, str):
            try:
                return convert(value)
            except (ValueError, Malformed):
                pass
        raise ValueError(f"wanted {name}: {wanted}")

    return parse


def uuid(text: str) -> UUID:
    """A UUID as clients write it. Raises Malformed."""
    if not _UUID.match(text):
        raise Malformed("wanted a UUID")
    return UUID(text)


def _match(pattern: re.Pattern[str], convert: Callable[[str], T]) -> Callable[[str], T]:
    def check(text: str) -> T:
        if not pattern.match(text):
            raise ValueError
        return convert(text)

    return check


def _time_text(value: Any) -> str:
    if isinstance(value, Tidspunkt):
        return tid.format_ns(value.ns)
    return tid.format_ns(tid.from_datetime(value)) if isinstance(value, datetime) else str(value)


def _scalar(
    name: str, about: str, parse: Callable[[Any], Any], serialize: Callable[[Any], Any] = str
) -> ScalarDefinition:
    return strawberry.scalar(name=name, description=about, serialize=serialize, parse_value=parse)


SCALARS: Final[Mapping[object, ScalarDefinition]] = {
    KLE: _scalar(
        "KLE",
        'A KLE number: "xx", "xx.xx" or "xx.xx.xx". In filters `*` stands for the rest: "00.01*", "*".',
        _parse("KLE", '"xx", "xx.xx" or "xx.xx.xx", in filters also with * at the end', _match(_KLE, str)),
    ),
    CPR: _scalar("CPR", "A CPR number: ten digits.", _parse("CPR", "ten digits", _match(_CPR, str))),
    CVR: _scalar(
        "CVR",
        "A CVR number, given to a company or authority by Erhvervsstyrelsen: eight digits.",
        _parse("CVR", "eight digits", _match(_CVR, str)),
    ),
    UUID: _scalar(
        "UUID",
        "A UUID (RFC 4122), for example 0235dc7b-11c4-4ee5-b685-9f638f5cd032. Written in lower case.",
        _parse("UUID", "a text like 0235dc7b-11c4-4ee5-b685-9f638f5cd032", _match(_UUID, UUID)),
    ),
    Tidspunkt: _scalar(
        "DateTime",
        "Date and time, ISO 8601 with offset. Registration times come with all their digits.",
        _parse("DateTime", "a text like 2026-01-31T00:00:00+01:00", tidspunkt),
        _time_text,
    ),
    Cursor: _scalar("Cursor", "A place in a list, for the next page. Opaque.", _parse("Cursor", "a text", str)),
    Stand: _scalar(
        "Stand",
        "A position in the change log: the state the model has reached. Opaque; not a page cursor.",
        _parse("Stand", "a text", str),
    ),
    JSON: strawberry.scalar(name="JSON", description="Any JSON value.", serialize=lambda v: v, parse_value=lambda v: v),
}
"""What Strawberry is told of our scalars, by the Python type that names them in annotations."""

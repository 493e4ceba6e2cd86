"""SQL text that builds JSON text: pieces joined by `||` in one flat element (storage.md 4).

A NULL among the pieces makes the whole NULL, which is GraphQL's rule for a null in a non-null field; what may be null
is wrapped in `coalesce` by whoever knows that it may.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Any, Final, TypeAlias

from sqlalchemy import ColumnElement, literal_column
from sqlalchemy import func as fn
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql import operators
from sqlalchemy.types import String, Text

from graph.compile.markers import PERSON

Del: TypeAlias = str | ColumnElement[Any]
"""A piece: JSON text of our own, or an expression."""
STYRETEGN: Final = re.compile(r"[\x01-\x08]")


class Samlet(ColumnElement[str]):
    """Pieces joined by `||`, flat here: chained concatenation is quadratic in Python.

    In SQL they are joined two and two: a chain would copy what is long once for each piece behind it, and in Postgres
    thousands exceed the stack.
    """

    inherit_cache = False
    type = Text()

    def __init__(self, dele: Iterable[Del]) -> None:
        self.dele = list(_flet(dele))

    @property
    def _from_objects(self) -> list[Any]:
        """Nothing: whoever selects a Samlet says what it is selected from."""
        return []


@compiles(Samlet)
def _samlet(samlet: Samlet, compiler: Any, **kw: Any) -> str:
    dele = [_tekst(d) if isinstance(d, str) else _led(d, compiler, **kw) for d in samlet.dele]
    while len(dele) > 2:
        dele = [f"({' || '.join(dele[i : i + 2])})" if i + 1 < len(dele) else dele[i] for i in range(0, len(dele), 2)]
    return " || ".join(dele) or "''"


def tekst(vaerdi: str) -> ColumnElement[str]:
    """JSON text of our own as a literal."""
    return literal_column(_tekst(vaerdi), Text)


def samlet(dele: Sequence[Del]) -> ColumnElement[Any]:
    """The pieces as one expression."""
    flettet = list(_flet(dele))
    if len(flettet) == 1:
        return tekst(flettet[0]) if isinstance(flettet[0], str) else flettet[0]
    return Samlet(flettet)


def eller(dele: Sequence[Del], ellers: str = "null") -> ColumnElement[Any]:
    """The pieces, or that text where they are NULL."""
    hele = samlet(dele)
    return fn.coalesce(hele if isinstance(hele.type, Text) else hele.cast(Text), tekst(ellers))


def maerket(person: ColumnElement[Any]) -> ColumnElement[Any]:
    """What stands before text that shows of whom the log of reads is to tell (graph/compile/markers)."""
    return samlet([PERSON, person, PERSON])


def objekttekst(felter: Iterable[tuple[str, Sequence[Del]]]) -> list[Del]:
    """A JSON object of response keys and values."""
    dele: list[Del] = ["{"]
    for nr, (noegle, vaerdi) in enumerate(felter):
        dele += [f'{"," if nr else ""}"{noegle}":', *vaerdi]
    return [*dele, "}"]


def _flet(dele: Iterable[Del]) -> Iterable[Del]:
    """Adjacent text becomes one piece."""
    saved = ""
    for d in dele:
        if isinstance(d, str):
            saved += d
            continue
        if saved:
            yield saved
            saved = ""
        yield d
    if saved:
        yield saved


def _led(d: ColumnElement[Any], compiler: Any, **kw: Any) -> str:
    """Text, since its neighbour may be none."""
    led = d if isinstance(d.type, String) else d.cast(Text)
    found: str = compiler.process(led.self_group(against=operators.concat_op), **kw)
    return found


def _tekst(vaerdi: str) -> str:
    """A literal. What goes in is ours and has no quote; the control characters of markers are written as escapes."""
    if "'" in vaerdi or "\\" in vaerdi:
        raise ValueError("a quote or backslash in text that should be ours")
    if STYRETEGN.search(vaerdi):
        return "E'" + STYRETEGN.sub(lambda m: f"\\x{ord(m[0]):02x}", vaerdi) + "'"
    return f"'{vaerdi}'"

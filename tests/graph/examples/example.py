"""What an example is, and short ways to write the usual questions, answers and errors. Knows no rule."""

from dataclasses import dataclass
from typing import Any

from tests.builders import Kommune, Row
from tests.graph.chance import UKENDTE

UKENDT = UKENDTE[5]
NULL_VALUE, NOT_FOUND, UNAUTHORIZED = "NullValueInNonNullableField", "NotFound", "Unauthorized"


@dataclass
class Example:
    """Rows, a query, its answer, and its errors: path, class, type, count.

    The rows stand beside those that every municipality has; of the organisation or the root unit, in their place.
    """

    rows: list[Row]
    query: str
    data: dict[str, Any]
    errors: tuple[tuple[tuple[str | int, ...], str, str, int], ...] = ()
    navn: bool = True
    cpr: bool = True


BY = Kommune("11111111")
ROD = str(BY.rod)


def warning(*path: str | int, why: str = NULL_VALUE, count: int = 1) -> tuple[tuple[str | int, ...], str, str, int]:
    return (path, why, "WARNING", count)


def error(*path: str | int, why: str = NOT_FOUND) -> tuple[tuple[str | int, ...], str, str, int]:
    return (path, why, "ERROR", 1)


def ask_unit(uuid: Any, selection: str) -> str:
    return f'{{ organisationEnhed(uuid: "{uuid}") {{ {selection} }} }}'


def ask_user(uuid: Any, selection: str) -> str:
    return f'{{ bruger(uuid: "{uuid}") {{ {selection} }} }}'


def unit(**answer: Any) -> dict[str, Any]:
    return {"organisationEnhed": [answer]}


def user(**answer: Any) -> dict[str, Any]:
    return {"bruger": [answer]}

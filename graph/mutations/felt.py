"""How fields are declared: of inputs (needed, optional, untouched when absent), and those with a resolver."""

from collections.abc import Callable
from typing import Any, TypeVar

import strawberry

F = TypeVar("F", bound=Callable[..., Any])


def kraevet(om: str) -> Any:
    """A field of an input that must be given."""
    return strawberry.field(description=om)


def valgfri(om: str) -> Any:
    """A field of an input that may be absent; null says the same."""
    return strawberry.field(default=None, description=om)


def uroert(om: str) -> Any:
    """A field of an input that is UNSET when absent: the value stays. Null is another wish (rules.md 23)."""
    return strawberry.field(default=strawberry.UNSET, description=om)


def resolver(om: str) -> Callable[[F], F]:
    """Decorator: the method answers the field; `om` is its description."""
    decorate: Callable[[F], F] = strawberry.field(description=om)
    return decorate

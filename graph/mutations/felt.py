"""How a field with a resolver is declared: a mutation, or the object of a payload."""

from collections.abc import Callable
from typing import Any, TypeVar

import strawberry

F = TypeVar("F", bound=Callable[..., Any])


def resolver(om: str) -> Callable[[F], F]:
    """Decorator: the method answers the field; `om` is its description."""
    decorate: Callable[[F], F] = strawberry.field(description=om)
    return decorate

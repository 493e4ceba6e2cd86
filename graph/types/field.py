"""How a read field is declared: its type by annotation, its description, its source, its arguments."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import strawberry
from graphql import GraphQLField, GraphQLObjectType
from sqlalchemy import Table
from strawberry import UNSET
from strawberry.annotation import StrawberryAnnotation
from strawberry.types.arguments import StrawberryArgument
from strawberry.types.field import StrawberryField

from graph.source import Kilde

DEFINITION: Final = "strawberry-definition"
"""Where graphql-core's types and fields point back at Strawberry's."""
KILDE: Final = "kilde"
"""Where a field's metadata holds its source."""


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument of a read field, by its name in the schema."""

    navn: str
    type: Any
    om: str
    standard: object = UNSET


def felt(
    kilde: Kilde,
    om: str,
    *argumenter: Argument,
    navn: str | None = None,
    directives: Sequence[object] = (),
) -> Any:
    """A read field. `navn`: its name in the schema when it is not the attribute's in camelCase."""
    field = StrawberryField(
        graphql_name=navn,
        type_annotation=None,
        description=om,
        default=None,
        metadata={KILDE: kilde},
        directives=directives,
    )
    field.arguments = [
        StrawberryArgument(
            python_name=argument.navn,
            graphql_name=argument.navn,
            type_annotation=StrawberryAnnotation(argument.type),
            description=argument.om,
            default=argument.standard,
        )
        for argument in argumenter
    ]
    return field


def kilde(field: StrawberryField) -> Kilde | None:
    """The source of a field; None for a field that is answered by a resolver."""
    found: Kilde | None = field.metadata.get(KILDE)
    return found


def kilde_af(definition: GraphQLField) -> Kilde | None:
    """The source of a field of the graphql-core schema; None for one with a resolver."""
    found = definition.extensions.get(DEFINITION)
    return kilde(found) if isinstance(found, StrawberryField) else None


def basis_af(type_: GraphQLObjectType) -> Table | None:
    """The table whose columns the fields of a type of the graphql-core schema are."""
    return basis(type_.extensions[DEFINITION].origin)


def basis(cls: type) -> Table | None:
    """The table whose columns the type's fields are; None for parts of a page and the like."""
    found: Table | None = getattr(cls, "__basis__", None)
    return found


def laest(tabel: Table | None = None, *, navn: str | None = None, om: str) -> Any:
    """Class decorator: a type that is only read. `tabel`: whose columns its fields are."""

    def wrap(cls: type) -> type:
        cls.__basis__ = tabel  # type: ignore[attr-defined]
        return strawberry.type(cls, name=navn, description=om)

    return wrap

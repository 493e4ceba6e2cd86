"""Assembles Query, Mutation and Subscription into one schema, checks that every read field has a source, prints it."""

from collections.abc import Callable
from typing import Any, Final

import strawberry
from graphql import (
    GraphQLError,
    GraphQLObjectType,
    GraphQLResolveInfo,
    GraphQLSchema,
    Undefined,
    default_field_resolver,
    is_input_object_type,
    is_interface_type,
    is_object_type,
)
from strawberry.directive import StrawberryDirective
from strawberry.schema.config import StrawberryConfig
from strawberry.schema.name_converter import NameConverter
from strawberry.schema_directive import StrawberrySchemaDirective
from strawberry.types.field import StrawberryField

from graph import rettigheder
from graph.caller import Ret
from graph.compile.markers import Klassifikation
from graph.mutations.rod import Mutation
from graph.source import Kilde
from graph.types import field, query
from graph.types.aendring import Aendringsforespoergsler, Subscription
from graph.types.directives import tidspunkt
from graph.types.opslag import Opslagsforespoergsler
from graph.types.scalars import SCALARS

TYPE: Final = "#type"
"""Where an object of an answer says its GraphQL type: no response key can be called so."""
FELT: Final = "strawberry-definition"
"""Where graphql-core's objects point back at Strawberry's definition of them."""


@strawberry.type(description=query.Query.__strawberry_definition__.description)  # type: ignore[attr-defined]
class Query(query.Query, Aendringsforespoergsler, Opslagsforespoergsler):
    """The fields that a plan answers, and those that are answered from the change log and the log of reads."""


class _Navne(NameConverter):
    """As Strawberry names things, but a directive that states its name keeps it: KOMBIT's begins with a capital."""

    def from_directive(self, directive: StrawberryDirective[Any] | StrawberrySchemaDirective) -> str:
        return directive.graphql_name or super().from_directive(directive)


def build() -> strawberry.Schema:
    """The whole schema. Raises ValueError for a read field without a source, and for any without a class of rights."""
    schema = strawberry.Schema(
        query=Query,
        mutation=Mutation,
        subscription=Subscription,
        directives=[tidspunkt],
        config=StrawberryConfig(scalar_map=SCALARS, name_converter=_Navne()),
    )
    _check(core(schema))
    rettigheder.kontrol(core(schema))
    _ask_for_rights(core(schema))
    _read_from_answers(core(schema))
    _leave_out_nulls(core(schema))
    return schema


def core(schema: strawberry.Schema) -> GraphQLSchema:
    """The graphql-core schema that Strawberry built."""
    return schema._schema


def sdl() -> str:
    """The public contract as text; committed as schema.graphql."""
    return build().as_str().rstrip() + "\n"


def definition(felt: Any) -> StrawberryField | None:
    """Strawberry's definition of a field of the graphql-core schema."""
    found = felt.extensions.get(FELT)
    return found if isinstance(found, StrawberryField) else None


def kilde(felt: Any) -> Kilde | None:
    """The source of a field of the graphql-core schema; None for one with a resolver."""
    found = definition(felt)
    return field.kilde(found) if found is not None else None


def _ask_for_rights(schema: GraphQLSchema) -> None:
    """A field that a resolver answers is null for who lacks its right; of the others the plan asks (graph/plan.py)."""
    for type_ in schema.type_map.values():
        if is_object_type(type_) and not type_.name.startswith("__"):
            for navn, felt in type_.fields.items():
                ret = rettigheder.kraever(type_.name, navn)
                if ret is not None and kilde(felt) is None:
                    felt.resolve = _asked_for(ret, f"{type_.name}.{navn}", felt.resolve or default_field_resolver)


def _asked_for(ret: Ret, felt: str, resolve: Callable[..., Any]) -> Callable[..., Any]:
    def asked(source: Any, info: GraphQLResolveInfo[Any], **arguments: Any) -> Any:
        if info.context.principal.har(ret):
            return resolve(source, info, **arguments)
        message = f"{felt}: needs the right {rettigheder.navn(ret)}"
        raise GraphQLError(message, extensions={"type": "WARNING", "classification": Klassifikation.UNAUTHORIZED.value})

    return asked


def _read_from_answers(schema: GraphQLSchema) -> None:
    """Read types below a resolver (payloads, changes) are looked up in an answer: a dict by response key."""
    for type_ in schema.type_map.values():
        if is_object_type(type_) and _is_read(type_):
            type_.is_type_of = None
            for felt in type_.fields.values():
                felt.resolve = _look_up
        elif is_interface_type(type_) and all(_is_read(under) for under in schema.get_possible_types(type_)):
            type_.resolve_type = _type_of


def _look_up(source: dict[str, Any], info: GraphQLResolveInfo[Any], **_: Any) -> Any:
    """The plan has seen to the arguments: the key tells apart those of one field."""
    return source[str(info.path.key)]


def _type_of(value: Any, info: GraphQLResolveInfo[Any], type_: Any) -> Any:
    return value[TYPE]


def _leave_out_nulls(schema: GraphQLSchema) -> None:
    """An argument or input field that may be absent has no default in the contract: Python's None is ours."""
    for type_ in schema.type_map.values():
        places: list[Any] = list(type_.fields.values()) if is_input_object_type(type_) else []
        if is_object_type(type_):
            places = [argument for felt in type_.fields.values() for argument in felt.args.values()]
        for place in places:
            if place.default_value is None:
                place.default_value = Undefined


def _check(schema: GraphQLSchema) -> None:
    for type_ in schema.type_map.values():
        if is_object_type(type_) and not type_.name.startswith("__"):
            _check_type(type_)


def _check_type(type_: GraphQLObjectType) -> None:
    """A field is answered by a plan or by a resolver; one that has neither would be a wrong answer at run time."""
    for navn, felt in type_.fields.items():
        found = definition(felt)
        if found is None or (found.base_resolver is None and field.kilde(found) is None and _is_read(type_)):
            raise ValueError(f"{type_.name}.{navn} has no source: declare it with graph.types.field.felt")


def _is_read(type_: GraphQLObjectType) -> bool:
    origin = getattr(type_.extensions.get(FELT), "origin", None)
    return origin is not None and hasattr(origin, "__basis__")

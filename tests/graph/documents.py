"""Random documents over the schema: aliases, fragments, variables, directives, pages and filters, all valid.

A document is made from a seed, the schema and the uuids of a world. A response key always stands for the same field
with the same arguments, so that repeated fields merge; where their subfields still cannot, the document is made anew.
Knows nothing of what the answers are.
"""

import json
import random
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    get_named_type,
    is_leaf_type,
    parse,
    validate,
)
from graphql.validation import OverlappingFieldsCanBeMergedRule

from tests.graph.arguments import ABSENT, argument

OFTEN = {"organisationEnhedListe": 6, "brugerListe": 6, "organisationEnhed": 6, "bruger": 5, "edges": 6, "node": 6}
OFTEN |= {"meta": 0.3, "tilstand": 0.5, "pageInfo": 0.5, "__typename": 0.2}
"""How often fields are asked for beside others: the ways to many objects more often."""
Composite = GraphQLObjectType | GraphQLInterfaceType | GraphQLUnionType


@dataclass(frozen=True)
class Document:
    """What a client sends."""

    text: str
    variables: dict[str, Any]
    operation: str | None = None

    def __str__(self) -> str:
        return f"{self.text}\nvariables: {json.dumps(self.variables, ensure_ascii=False)}\noperation: {self.operation}"


def a_document(seed: int, schema: GraphQLSchema, uuids: dict[str, list[str]], left_out: Collection[str]) -> Document:
    """The document of that seed. `left_out`: fields as `Type.field` that are not asked for.

    By every other rule of validation it is valid as it is made; who asks it of the product sees that.
    """
    for attempt in range(50):
        rng = random.Random(f"{seed}/{attempt}")
        document = _Writer(rng, schema, uuids, frozenset(left_out)).document()
        if not validate(schema, parse(document.text), rules=(OverlappingFieldsCanBeMergedRule,)):
            return document
    raise AssertionError(f"seed {seed}: fifty documents in a row were invalid")


@dataclass
class _Writer:
    rng: random.Random
    schema: GraphQLSchema
    uuids: dict[str, list[str]]
    left_out: frozenset[str]
    declared: dict[str, str] = field(default_factory=dict)
    variables: dict[str, Any] = field(default_factory=dict)
    fragments: dict[str, tuple[str, str]] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    budget: int = 30

    def chance(self, share: float) -> bool:
        return self.rng.random() < share

    # ---- the document -------------------------------------------------------------------------------------

    def document(self) -> Document:
        assert self.schema.query_type is not None
        body = self.selection(self.schema.query_type, self.rng.randint(2, 6))
        tid = self.tidspunkt()
        declared = ", ".join(f"${name}: {rest}" for name, rest in self.declared.items())
        fragments = [f"fragment {name} on {on} {text}" for name, (on, text) in self.fragments.items()]
        name = "Spoerg" if declared or tid or self.chance(0.5) else ""
        head = f"query {name}{f'({declared})' if declared else ''}{tid} " if name else ""
        parts = [head + body, *fragments]
        self.rng.shuffle(parts)
        if name and self.chance(0.1):
            parts.append("query Anden { __typename }")
            return Document("\n".join(parts), self.variables, name)
        return Document("\n".join(parts), self.variables, name if name and self.chance(0.3) else None)

    def tidspunkt(self) -> str:
        directive = self.schema.get_directive("tidspunkt")
        if directive is None or self.chance(0.7):
            return ""
        arguments = self.arguments("@tidspunkt", directive.args)
        return f" @tidspunkt{arguments}" if arguments else ""

    # ---- selections --------------------------------------------------------------------------------------------

    def selection(self, type_: Composite, depth: int) -> str:
        """A selection set of at least one field that is there for every object of the type."""
        parts = ["__typename"] if self.chance(0.1) else []
        for _ in range(self.rng.randint(1, 5)):
            part = self.part(type_, depth)
            if part not in parts or self.chance(0.1):  # the same once more: it merges
                parts.append(part)
        return "{ " + " ".join(parts) + " }"

    def part(self, type_: Composite, depth: int) -> str:
        kind = self.rng.random()
        if kind < 0.07 or isinstance(type_, GraphQLUnionType):
            return self.inline(type_, depth)
        if kind < 0.12:
            return self.spread(type_, depth)
        return self.felt(type_, depth)

    def felt(self, type_: GraphQLObjectType | GraphQLInterfaceType, depth: int) -> str:
        usable = {
            name: f
            for name, f in type_.fields.items()
            if f"{type_.name}.{name}" not in self.left_out
            and (is_leaf_type(get_named_type(f.type)) or (depth > 0 and self.budget > 0))
        }
        if not usable:
            return "__typename"
        deep = [n for n, f in usable.items() if not is_leaf_type(get_named_type(f.type))]
        names = deep if deep and self.chance(0.6) else list(usable)
        name = self.rng.choices(names, [OFTEN.get(n, 1) for n in names])[0]
        text = self.head(type_, name, usable[name])
        named = get_named_type(usable[name].type)
        if is_leaf_type(named):
            return text + self.directives()
        self.budget -= 1
        first = text + self.directives() + " " + self.selection(_composite(named), depth - 1)
        if self.chance(0.12):  # the same field once more: the two selections merge
            return f"{first} {text} {self.selection(_composite(named), depth - 1)}"
        return first

    def head(self, type_: GraphQLNamedType, name: str, definition: GraphQLField) -> str:
        """Alias, field and arguments; the key is given once to each field with its arguments."""
        arguments = self.arguments(f"{type_.name}.{name}", definition.args)
        asked = f"{name}{arguments}"
        if arguments:
            return f"{self.keys.setdefault(asked, f'a{len(self.keys)}')}: {asked}"
        if self.chance(0.15):
            return f"{self.rng.choice(('x', 'y'))}_{name}: {asked}"
        return asked

    def inline(self, type_: Composite, depth: int) -> str:
        """`... on T`, `...` alone, on an interface or on a type below it."""
        on = self.rng.choice(self.conditions(type_))
        condition = "" if on is type_ and self.chance(0.3) else f" on {on.name}"
        return f"...{condition}{self.directives()} {self.selection(on, depth)}"

    def spread(self, type_: Composite, depth: int) -> str:
        """A named fragment: one that is there already, or a new one."""
        conditions = self.conditions(type_)
        known = [name for name, (on, _) in self.fragments.items() if on in {c.name for c in conditions}]
        if known and self.chance(0.4):
            name = self.rng.choice(known)
        else:
            on = self.rng.choice(conditions)
            text = self.selection(on, max(depth - 1, 0))
            name = f"F{len(self.fragments)}"
            self.fragments[name] = (on.name, text)
        return f"...{name}{self.directives()}"

    def conditions(self, type_: Composite) -> list[Composite]:
        """What a fragment inside the type may be on: itself, its interfaces, the types below it."""
        found: list[Composite] = [type_]
        if isinstance(type_, GraphQLObjectType):
            found += type_.interfaces
        else:
            found += [type_, *self.rng.sample(self.schema.get_possible_types(type_), 2)]
        return found

    # ---- values -----------------------------------------------------------------------------------------------

    def directives(self) -> str:
        if self.chance(0.9):
            return ""
        name = self.rng.choice(("skip", "include"))
        text = f" @{name}(if: {self.literal(GraphQLNonNull(self.bool_type()), self.chance(0.5), 0.5)})"
        if self.chance(0.1):
            other = "include" if name == "skip" else "skip"
            text += f" @{other}(if: {json.dumps(self.chance(0.5))})"
        return text

    def bool_type(self) -> Any:
        return self.schema.type_map["Boolean"]

    def arguments(self, where: str, definitions: dict[str, GraphQLArgument]) -> str:
        parts = []
        values = argument(self.rng, where, definitions, self.uuids)
        for name, definition in definitions.items():
            if values.get(name, ABSENT) is not ABSENT:
                parts.append(f"{name}: {self.literal(definition.type, values[name], 0.3)}")
        return f"({', '.join(parts)})" if parts else ""

    def literal(self, type_: Any, value: Any, lifted: float) -> str:
        """The value as it is written in a document, or a variable that holds it."""
        if self.chance(lifted):
            return self.variable(type_, value)
        nullable = type_.of_type if isinstance(type_, GraphQLNonNull) else type_
        if value is None:
            return "null"
        if isinstance(nullable, GraphQLList) and isinstance(value, list):
            return "[" + ", ".join(self.literal(nullable.of_type, v, lifted / 2) for v in value) + "]"
        if isinstance(nullable, GraphQLList):
            return self.literal(nullable.of_type, value, 0)
        if isinstance(nullable, GraphQLInputObjectType):
            inner = (f"{k}: {self.literal(nullable.fields[k].type, v, lifted / 2)}" for k, v in value.items())
            return "{" + ", ".join(inner) + "}"
        return str(value) if isinstance(nullable, GraphQLEnumType) else json.dumps(value, ensure_ascii=self.chance(0.5))

    def variable(self, type_: Any, value: Any) -> str:
        """Declares a variable for the value: sent, or its default, or null or nothing where that is allowed."""
        name = f"v{len(self.declared)}"
        text = str(type_)
        if isinstance(type_, GraphQLNonNull):
            if self.chance(0.2) and not isinstance(type_.of_type, GraphQLInputObjectType):
                self.declared[name] = f"{text} = {self.literal(type_, value, 0)}"
                return f"${name}"
        elif value is None or self.chance(0.1):
            self.declared[name] = text
            if self.chance(0.5):
                self.variables[name] = None
            return f"${name}"
        elif self.chance(0.2):
            self.declared[name] = f"{text} = {self.literal(type_, value, 0)}"
            return f"${name}"
        self.declared[name] = text
        self.variables[name] = value
        return f"${name}"


def _composite(type_: GraphQLNamedType) -> Composite:
    assert isinstance(type_, (GraphQLObjectType, GraphQLInterfaceType, GraphQLUnionType))
    return type_

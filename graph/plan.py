"""From an operation to a plan: what is to be read, in the order the client asked for it. No SQL, no values.

`Dokument` holds what is known of a document once it is parsed and valid; `Trae` is one operation's selection with
fragments, merging and conditions resolved; `Plan` adds what the arguments, the time and the rights decide of its
shape. Equal plans are compiled once.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Final, TypeAlias

from graphql import (
    DirectiveNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
    get_named_type,
    is_abstract_type,
    is_composite_type,
    is_object_type,
)

from graph import limits, rettigheder
from graph.answer import ANDRE
from graph.caller import Ret
from graph.pris import Led, led
from graph.source import Kilde
from graph.types.field import kilde_af
from graph.vaerdier import Argumenter, Variabler

Form: TypeAlias = tuple[tuple[str, Any], ...]
"""What a field's arguments decide of the statement's shape, sorted by name."""
TYPENAME: Final = "__typename"
MEST_FELTER: Final = 8_000
"""Fields of the selections that are kept of one document, for each answer of its conditions."""


class Tid(Enum):
    """Which rows hold: known and in effect now; known now, in effect at another time; known and in effect then."""

    NU = "nu"
    VIRKNING = "virkning"
    DENGANG = "dengang"


@dataclass(frozen=True, slots=True, eq=False)
class Valg:
    """One selected field. `nr` numbers those that take arguments; `under` is by the type of the object found."""

    noegle: str
    felt: str
    ejer: str
    type: GraphQLOutputType | None
    kilde: Kilde | None
    noder: tuple[FieldNode, ...]
    argumenter: Argumenter | None
    nr: int | None
    under: "Mapping[str, tuple[Valg, ...]]"
    ret: Ret | None = None
    """Who lacks it reads null with a warning."""

    @property
    def skal(self) -> bool:
        """May not be null."""
        return isinstance(self.type, GraphQLNonNull)


UDEN_GENBRUG: Final = frozenset({"Objektmeta", "Registrering", "RegistreringConnection", "SoegConnection"})
"""Types that tell of reads, of what may be forgotten, and of searches, in persons' names too."""
FILTER_MED_PERSON: Final = "brugerFilter"


def _genbrugelig(valg: Valg) -> bool:
    filtreret = any(arg.name.value == FILTER_MED_PERSON for node in valg.noder for arg in node.arguments or ())
    planlagt = valg.kilde is not None or valg.felt == TYPENAME
    if not planlagt or valg.ret is not None or filtreret or UDEN_GENBRUG & {valg.ejer, *valg.under}:
        return False
    return all(_genbrugelig(under) for felter in valg.under.values() for under in felter)


@dataclass(frozen=True, slots=True, eq=False)
class Trae:
    """The selection of one operation; equal only to itself. `steder`: the fields that take arguments, by number."""

    felter: tuple[Valg, ...]
    steder: tuple[Valg, ...]
    planlagt: tuple[Valg, ...] = field(init=False)
    """The root fields that a plan answers."""
    andre: tuple[Valg, ...] = field(init=False)
    """Those that it does not: introspection, and fields with resolvers."""
    pris: tuple[Led, ...] = field(init=False)
    """What it costs, but for its arguments."""
    stoerrelse: int = field(init=False)
    """Fields, those without a plan too; each for every type that it may stand on."""
    genbrug: bool = field(init=False)
    """May the answer be given again while the change log does not grow? Not when something in it is to be logged each
    time (rules.md 34) or changes without a line in the log."""

    def __post_init__(self) -> None:
        laest = any(valg.kilde is not None for valg in self.felter)
        planlagt = [v for v in self.felter if v.kilde is not None or (laest and v.felt == TYPENAME)]
        object.__setattr__(self, "planlagt", tuple(planlagt))
        object.__setattr__(self, "andre", tuple(v for v in self.felter if v not in planlagt))
        object.__setattr__(self, "pris", led(planlagt))
        object.__setattr__(self, "stoerrelse", sum(felter for felter, _ in led(self.felter)))
        object.__setattr__(self, "genbrug", all(map(_genbrugelig, self.felter)))


@dataclass(frozen=True, slots=True)
class Plan:
    """What is compiled. `forme`: per field that takes arguments, what they decide. `kort`: cards may be read."""

    felter: tuple[Valg, ...]
    forme: tuple[Form, ...]
    rettigheder: frozenset[Ret]
    tid: Tid
    kort: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Dokument:
    """A valid document, and one of its operations. `vilkaar`: the variables that `@skip` and `@include` ask."""

    schema: GraphQLSchema
    document: DocumentNode
    operation: OperationDefinitionNode
    fragmenter: Mapping[str, FragmentDefinitionNode]
    vilkaar: tuple[str, ...]
    variabler: Variabler
    navn: str = ANDRE
    """What metrics call the operation."""
    _traeer: dict[tuple[bool, ...], Trae] = field(default_factory=dict)

    @classmethod
    def of(
        cls, schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode, navn: str = ANDRE
    ) -> "Dokument":
        """The operation of a document that is valid for the schema."""
        fragmenter = {d.name.value: d for d in document.definitions if isinstance(d, FragmentDefinitionNode)}
        sets = [operation.selection_set, *(f.selection_set for f in fragmenter.values())]
        vilkaar = tuple(sorted(set(_asked(sets))))
        return cls(schema, document, operation, fragmenter, vilkaar, Variabler.of(schema, operation), navn)

    def trae(self, variables: Mapping[str, Any]) -> Trae:
        """The selection under these values of the conditions. Raises ForMeget."""
        key = tuple(bool(variables.get(navn)) for navn in self.vilkaar)
        found = self._traeer.get(key)
        if found is None:
            root = self.schema.get_root_type(self.operation.operation)
            assert root is not None, "a valid operation has a root type"
            known = dict(zip(self.vilkaar, key, strict=True))
            found = self._traeer[key] = trae(self.schema, self.fragmenter, known, root, [self.operation.selection_set])
            while len(self._traeer) > 1 and sum(one.stoerrelse for one in self._traeer.values()) > MEST_FELTER:
                self._traeer.pop(next(iter(self._traeer)))
        return found


def trae(
    schema: GraphQLSchema,
    fragmenter: Mapping[str, FragmentDefinitionNode],
    variables: Mapping[str, Any],
    type_: GraphQLObjectType,
    sets: Sequence[SelectionSetNode],
) -> Trae:
    """The merged selection on an object of that type. Raises ForMeget."""
    samler = _Samler(schema, fragmenter, variables)
    felter = samler.felter(type_, sets)
    return Trae(felter, tuple(samler.steder))


@dataclass(slots=True)
class _Samler:
    """Collects the fields of one operation: one walk per type, numbering those that take arguments."""

    schema: GraphQLSchema
    fragmenter: Mapping[str, FragmentDefinitionNode]
    variables: Mapping[str, Any]
    steder: list[Valg] = field(default_factory=list)
    antal: int = 0
    grene: int = 0

    def felter(self, type_: GraphQLObjectType, sets: Iterable[SelectionSetNode]) -> tuple[Valg, ...]:
        found: dict[str, list[FieldNode]] = {}
        self._saml(type_, sets, found, set())
        return tuple(self._valg(type_, noegle, noder) for noegle, noder in found.items())

    def _saml(
        self,
        type_: GraphQLObjectType,
        sets: Iterable[SelectionSetNode],
        found: dict[str, list[FieldNode]],
        visited: set[str],
    ) -> None:
        for selection in (selection for one in sets for selection in one.selections):
            if not included(selection.directives, self.variables):
                continue
            if isinstance(selection, FieldNode):
                noegle = selection.alias.value if selection.alias else selection.name.value
                found.setdefault(noegle, []).append(selection)
            elif isinstance(selection, FragmentSpreadNode):
                navn = selection.name.value
                if navn not in visited:
                    visited.add(navn)
                    fragment = self.fragmenter[navn]
                    if self._passer(fragment, type_):
                        self._saml(type_, [fragment.selection_set], found, visited)
            elif isinstance(selection, InlineFragmentNode) and self._passer(selection, type_):
                self._saml(type_, [selection.selection_set], found, visited)

    def _passer(self, fragment: FragmentDefinitionNode | InlineFragmentNode, type_: GraphQLObjectType) -> bool:
        if fragment.type_condition is None:
            return True
        betingelse = self.schema.type_map[fragment.type_condition.name.value]
        if betingelse is type_:
            return True
        return is_abstract_type(betingelse) and self.schema.is_sub_type(betingelse, type_)

    def _valg(self, type_: GraphQLObjectType, noegle: str, noder: list[FieldNode]) -> Valg:
        navn = noder[0].name.value
        definition = type_.fields.get(navn)
        if definition is None:  # __typename, __schema, __type
            return Valg(noegle, navn, type_.name, None, None, tuple(noder), None, None, {})
        self._taael(is_composite_type(get_named_type(definition.type)))
        nr = argumenter = None
        if definition.args:
            nr, argumenter = len(self.steder), Argumenter.of(definition, noder[0])
            self.steder.append(None)  # type: ignore[arg-type]  # its place; filled below, when what is under it is known
        sets = [n.selection_set for n in noder if n.selection_set is not None]
        under = {mulig.name: self.felter(mulig, sets) for mulig in self._mulige(definition)}
        valg = Valg(
            noegle,
            navn,
            type_.name,
            definition.type,
            kilde_af(definition),
            tuple(noder),
            argumenter,
            nr,
            under,
            rettigheder.kraever(type_.name, navn),
        )
        if nr is not None:
            self.steder[nr] = valg
        return valg

    def _taael(self, gren: bool) -> None:
        self.antal += 1
        self.grene += gren
        limits.kraev("fields, each for every type that it may stand on", limits.FELTER, self.antal)
        limits.kraev("fields with fields of their own, counted so", limits.GRENE, self.grene)

    def _mulige(self, definition: GraphQLField) -> Sequence[GraphQLObjectType]:
        """The object types that the field may answer with; none for a leaf."""
        navngivet = get_named_type(definition.type)
        if is_object_type(navngivet):
            return [navngivet]
        return self.schema.get_possible_types(navngivet) if is_abstract_type(navngivet) else []


def included(directives: Sequence[DirectiveNode] | None, variables: Mapping[str, Any]) -> bool:
    """What `@skip` and `@include` say."""
    for directive in directives or ():
        if directive.name.value in ("skip", "include"):
            value: Any = directive.arguments[0].value if directive.arguments else None
            holds = variables.get(value.name.value) if isinstance(value, VariableNode) else value.value
            if bool(holds) is (directive.name.value == "skip"):
                return False
    return True


def _asked(sets: Iterable[SelectionSetNode]) -> Iterable[str]:
    """The variables that conditions ask, wherever they stand."""
    for one in sets:
        for selection in one.selections:
            for directive in selection.directives or ():
                if directive.name.value in ("skip", "include"):
                    yield from (
                        a.value.name.value for a in directive.arguments or () if isinstance(a.value, VariableNode)
                    )
            under = getattr(selection, "selection_set", None)
            if under is not None:
                yield from _asked([under])


def is_leaf(valg: Valg) -> bool:
    """The field answers with a value, not with objects."""
    return valg.type is None or not is_composite_type(get_named_type(valg.type))

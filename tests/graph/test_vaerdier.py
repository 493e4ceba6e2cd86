"""Values of variables and arguments are those that graphql-core finds, and so are its faults."""

import re
from collections.abc import Mapping
from typing import Any

import pytest
from graphql import (
    FieldNode,
    GraphQLError,
    GraphQLSchema,
    Undefined,
    build_schema,
    get_argument_values,
    get_operation_ast,
    get_variable_values,
    parse,
)
from graphql.execution.values import VariableValues

from graph.plan import Dokument
from graph.vaerdier import Argumenter, Variabler
from tests.graph.documents import a_document
from tests.graph.fixture import CORE
from tests.graph.test_compile import IKKE_SPURGT, WORLD

LILLE = build_schema("""
    enum Farve { ROED GROEN }
    input Del { navn: String!, antal: Int = 3, under: [Del!] }
    type Query {
        felt(tal: Int, liste: [Int!], farve: Farve = GROEN, del: Del, dele: [[Del]], kraevet: ID! = "k"): Int
    }
""")
VARIABLER = '$tal: Int, $liste: [Int!], $farve: Farve, $del: Del, $dele: [[Del]], $kraevet: ID = "v"'
VAERDIER: list[Mapping[str, Any]] = [
    {},
    {"tal": 1, "liste": [1, 2], "farve": "ROED", "del": {"navn": "a"}, "dele": [[{"navn": "b", "antal": None}]]},
    {"tal": None, "liste": None, "farve": None, "del": None, "dele": [None, [None]], "kraevet": None},
    {"liste": 5, "dele": {"navn": "c"}},
    {"liste": [1, None]},
    {"liste": {"0": 1}},
    {"liste": (1, 2)},
    {"tal": "1"},
    {"tal": True},
    {"tal": 2**40},
    {"farve": "BLAA"},
    {"del": {}},
    {"del": {"navn": "d", "andet": 1}},
    {"del": {"navn": "d", "under": {"navn": "e"}}},
    {"del": [], "tal": 1},
    {"kraevet": 7},
    {"ukendt": 1},
    {"tal": float("nan")},
]
ARGUMENTER = [
    "tal: $tal, liste: $liste, farve: $farve, del: $del, dele: $dele, kraevet: $kraevet",
    "",
    'tal: 4, liste: [1, 2], farve: ROED, del: {navn: "x"}, kraevet: "y"',
    "tal: null, farve: null, liste: 3",
    'liste: [1, $tal], del: {navn: "x", antal: $tal}',
    'dele: [[{navn: "x"}, $del]], farve: $farve',
    "liste: [$tal], tal: 1",
]


@pytest.mark.parametrize("givet", VAERDIER, ids=repr)
@pytest.mark.parametrize("argumenter", ARGUMENTER)
def test_values_and_faults_are_those_of_graphql_core(argumenter: str, givet: Mapping[str, Any]) -> None:
    felt = f"felt({argumenter})" if argumenter else "felt"
    document = parse(f"query ({VARIABLER}) {{ {felt} }}")
    operation = get_operation_ast(document)
    assert operation is not None
    wanted = get_variable_values(LILLE, operation.variable_definitions or (), dict(givet))
    found = Variabler.of(LILLE, operation).vaerdier(givet)
    assert _vist(found) == _vist(wanted)
    if isinstance(wanted, VariableValues):
        assert isinstance(found, VariableValues)
        assert set(found.sources) == set(wanted.sources)
        (node,) = operation.selection_set.selections
        assert isinstance(node, FieldNode)
        _samme_argumenter(LILLE, "felt", node, wanted)


@pytest.mark.parametrize("seed", range(150))
def test_they_are_for_random_documents_of_our_schema(seed: int) -> None:
    random = a_document(seed, CORE, WORLD.uuids, IKKE_SPURGT)
    document = parse(random.text)
    operation = get_operation_ast(document, random.operation)
    assert operation is not None
    wanted = get_variable_values(CORE, operation.variable_definitions or (), random.variables)
    dokument = Dokument.of(CORE, document, operation)
    assert _vist(dokument.variabler.vaerdier(random.variables)) == _vist(wanted)
    assert isinstance(wanted, VariableValues)
    for valg in dokument.trae(wanted.coerced).steder:
        _samme_argumenter(CORE, valg.felt, valg.noder[0], wanted, valg.ejer)


def test_what_needs_no_variable_is_the_same_object_each_time() -> None:
    (node,) = _selections("{ felt(tal: 4) }")
    argumenter = Argumenter.of(_felt(LILLE, "Query", "felt"), node)
    assert argumenter.vaerdier(None) is argumenter.vaerdier(VariableValues({}, {"tal": 9}))
    assert argumenter.vaerdier(None) == {"tal": 4, "farve": "GROEN", "kraevet": "k"}


def _samme_argumenter(
    schema: GraphQLSchema, felt: str, node: FieldNode, variables: VariableValues, ejer: str = "Query"
) -> None:
    """The same values, but for those that are null; the same fault."""
    definition = _felt(schema, ejer, felt)
    try:
        wanted: Any = get_argument_values(definition, node, variables)
    except GraphQLError as error:
        with pytest.raises(GraphQLError, match=re.escape(error.message)):
            Argumenter.of(definition, node).vaerdier(variables)
        return
    found = Argumenter.of(definition, node).vaerdier(variables)
    assert _uden_null(found) == _uden_null(wanted)


def _felt(schema: GraphQLSchema, ejer: str, felt: str) -> Any:
    type_: Any = schema.type_map[ejer]
    return type_.fields[felt]


def _selections(text: str) -> list[FieldNode]:
    operation = get_operation_ast(parse(text))
    assert operation is not None
    return [one for one in operation.selection_set.selections if isinstance(one, FieldNode)]


def _vist(found: VariableValues | list[GraphQLError]) -> Any:
    if isinstance(found, VariableValues):
        return {navn: value for navn, value in found.coerced.items() if value is not Undefined}
    return [error.message for error in found]


def _uden_null(found: Mapping[str, Any]) -> dict[str, Any]:
    return {navn: value for navn, value in found.items() if value is not None}

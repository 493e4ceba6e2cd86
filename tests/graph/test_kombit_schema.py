"""A client written for KOMBIT's OrganisationHent v1 works unchanged: our schema is a superset of theirs.

Ours may add types, fields and optional arguments, never more (design.md 5.1). Shown twice: against KOMBIT's own SDL
where it is at hand (folder `contracts/organisationhent` of ORGRAF_SHARED), and against `SIGNATURER`, our own statement
of what a client of theirs relies on, which needs no foreign file.
"""

import os
from pathlib import Path

import pytest
from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLSchema,
    build_schema,
    is_required_argument,
    is_required_input_field,
    is_specified_directive,
    is_specified_scalar_type,
    print_ast,
)

ROOT = Path(__file__).parents[2]
SHARED = Path(os.environ.get("ORGRAF_SHARED", ROOT.parent / "shared"))
OFFICIAL = SHARED / "contracts" / "organisationhent" / "schemaOrganisationV1.gql"

SIGNATURER: dict[str, tuple[str, ...]] = {
    "scalar": ("KLE", "CPR", "CVR", "UUID", "DateTime", "Cursor"),
    "enum TilstandStatus": ("AKTIV", "INAKTIV"),
    "enum PersonDataConstraintType": ("SENAVN", "SECPR"),
    "type PageInfo": (
        "startCursor: Cursor",
        "endCursor: Cursor",
        "hasNextPage: Boolean!",
        "hasPreviousPage: Boolean!",
    ),
    "type OrganisationEnhedConnection": ("edges: [OrganisaionEnhedEdge]", "pageInfo: PageInfo!"),
    "type OrganisaionEnhedEdge": ("cursor: Cursor", "node: OrganisationEnhed!"),
    "type BrugerConnection": ("edges: [BrugerEdge]", "pageInfo: PageInfo!"),
    "type BrugerEdge": ("cursor: Cursor", "node: Bruger!"),
    "type Myndighed": ("uuid: UUID!", "myndighedskode: String!"),
    "type Virksomhed": ("uuid: UUID!", "cvrNummerTekst: CVR!"),
    "type Organisation": (
        "uuid: UUID!",
        "organisationsnavn: String!",
        "brugervendtNoegle: String!",
        "myndighed: Myndighed",
        "virksomhed: Virksomhed!",
        "organisationEnhed: OrganisationEnhed!",
    ),
    "type OrganisationEnhed": (
        "uuid: UUID!",
        "enhedsnavn: String!",
        "brugervendtNoegle: String",
        "underliggendeEnheder: [OrganisationEnhed!]!",
        "overordnetEnhed: OrganisationEnhed",
        "tilstand: Tilstand!",
        "tilhoerer: Organisation!",
        "adresser(rolle: [UUID!]): [Adresse!]!",
        "opgaver: [Opgave!]!",
        "itSystemer: [ItSystem!]!",
        "medlemskaber(rolle: [UUID!]): [OrganisationEnhedMedlemskab!]!",
        "henvendelsessteder: [Henvendelsessted!]!",
    ),
    "type Henvendelsessted": (
        "uuid: UUID!",
        "navn: String!",
        "henvendelsesOrganisationEnhed: OrganisationEnhed!",
        "opgave: Opgave",
    ),
    "type Bruger": (
        "uuid: UUID!",
        "brugernavn: String!",
        "brugervendtNoegle: String",
        "brugerTypeUuid: UUID",
        "brugerTypeTitel: String",
        "tilstand: Tilstand!",
        "person: Person",
        "adresser(rolle: [UUID!]): [Adresse!]!",
        "harMedlemskab(rolle: [UUID!]): [BrugerMedlemskab!]!",
    ),
    "type Person": (
        "uuid: UUID!",
        "navn: String @PersonDataConstraint(constraint: SENAVN)",
        "brugervendtNoegle: String",
        "cpr: CPR @PersonDataConstraint(constraint: SECPR)",
    ),
    "type Adresse": (
        "uuid: UUID!",
        "adresseTekst: String!",
        "brugervendtNoegle: String",
        "adresseRolleTitel: String",
        "klassifikation: KlassifikationRelation!",
    ),
    "type Opgave": (
        "uuid: UUID!",
        "kleEmneNummer: KLE",
        "kleEmneTitel: String",
        "opgaveRolleTitel: String",
        "klassifikation: KlassifikationRelation",
    ),
    "type ItSystem": ("uuid: UUID!", "itSystemNavn: String"),
    "type Tilstand": ("status: TilstandStatus!", "fraTidspunkt: DateTime", "tilTidspunkt: DateTime"),
    "type KlassifikationRelation": ("type: UUID!", "rolle: UUID!", "indeks: String!"),
    "interface Medlemskab": (
        "uuid: UUID!",
        "medlemskabRolleTitel: String",
        "brugervendtNoegle: String",
        "funktionsTypeUuid: UUID",
        "funktionsTypeTitel: String",
        "start: DateTime",
        "slut: DateTime",
    ),
    "type BrugerMedlemskab implements Medlemskab": (
        "uuid: UUID!",
        "medlemskabRolleTitel: String",
        "brugervendtNoegle: String",
        "funktionsTypeUuid: UUID",
        "funktionsTypeTitel: String",
        "start: DateTime",
        "slut: DateTime",
        "medlemAf: OrganisationEnhed",
    ),
    "type OrganisationEnhedMedlemskab implements Medlemskab": (
        "uuid: UUID!",
        "medlemskabRolleTitel: String",
        "brugervendtNoegle: String",
        "funktionsTypeUuid: UUID",
        "funktionsTypeTitel: String",
        "start: DateTime",
        "slut: DateTime",
        "bruger: Bruger",
    ),
    "input KleFilter": ("rolle: UUID", "kleNummer: [KLE!]!"),
    "input AdresseRolleFilter": ("rolle: UUID!", "tekst: String!"),
    "input PersonFilter": ("navn: String", "cpr: CPR"),
    "input BrugerFilter": (
        "brugernavn: String",
        "adresseRolleFilter: AdresseRolleFilter",
        "brugerTypeUuid: UUID",
        "personFilter: PersonFilter",
    ),
    "type Query": (
        "organisation(cvr: CVR!): Organisation",
        "organisationEnhedListe(cvr: CVR!, status: TilstandStatus!, opgaver: KleFilter, itSystemer: [UUID!], "
        "first: Int, last: Int, after: Cursor, before: Cursor): OrganisationEnhedConnection",
        "organisationEnhed(uuid: [UUID!]!): [OrganisationEnhed]",
        "bruger(uuid: [UUID!]!): [Bruger]",
        "brugerListe(cvr: CVR!, status: TilstandStatus!, brugerFilter: BrugerFilter, "
        "first: Int, last: Int, after: Cursor, before: Cursor): BrugerConnection",
    ),
}
"""Per type: name and signature of what a client of OrganisationHent v1 may ask for. Written by us from its README."""


def subset_sdl() -> str:
    """`SIGNATURER` as a schema, so that one comparison serves both."""
    parts = ["directive @PersonDataConstraint(constraint: PersonDataConstraintType!) on FIELD_DEFINITION"]
    for head, members in SIGNATURER.items():
        if head == "scalar":
            parts.extend(f"scalar {name}" for name in members)
        else:
            parts.append(f"{head} {{\n" + "\n".join(members) + "\n}")
    return "\n".join(parts)


def breaks(ours: GraphQLSchema, theirs: GraphQLSchema) -> list[str]:
    """What in `ours` would break a client of `theirs`, or gives it more than the rule allows; empty when nothing."""
    found = _directive_breaks(ours, theirs)
    for name, want in theirs.type_map.items():
        if name.startswith("__") or is_specified_scalar_type(want):
            continue
        have = ours.type_map.get(name)
        if have is None:
            found.append(f"{name}: missing")
        elif type(have) is not type(want):
            found.append(f"{name}: {type(want).__name__} wanted, {type(have).__name__} found")
        else:
            found += _type_breaks(name, have, want)
    return found


def _type_breaks(name: str, have: object, want: object) -> list[str]:
    match have, want:
        case GraphQLEnumType(), GraphQLEnumType():
            same = set(have.values) == set(want.values)
            return [] if same else [f"{name}: values {sorted(want.values)} wanted, {sorted(have.values)} found"]
        case GraphQLInputObjectType(), GraphQLInputObjectType():
            return _input_breaks(name, have, want)
        case ((GraphQLObjectType() | GraphQLInterfaceType()), (GraphQLObjectType() | GraphQLInterfaceType())):
            return _object_breaks(name, have, want)
        case GraphQLScalarType(), GraphQLScalarType():
            return []
    return [f"{name}: a kind of type that this test does not know"]


def _object_breaks(
    name: str, have: GraphQLObjectType | GraphQLInterfaceType, want: GraphQLObjectType | GraphQLInterfaceType
) -> list[str]:
    interfaces = {i.name for i in want.interfaces} - {i.name for i in have.interfaces}
    found = [f"{name}: does not implement {i}" for i in sorted(interfaces)]
    for field_name, field in want.fields.items():
        path = f"{name}.{field_name}"
        if field_name not in have.fields:
            found.append(f"{path}: missing")
            continue
        ours = have.fields[field_name]
        if str(ours.type) != str(field.type):
            found.append(f"{path}: {field.type} wanted, {ours.type} found")
        if _directives(ours) != _directives(field):
            found.append(f"{path}: directives {_directives(field)} wanted, {_directives(ours)} found")
        found += _argument_breaks(path, ours.args, field.args)
    return found


def _argument_breaks(path: str, have: dict[str, GraphQLArgument], want: dict[str, GraphQLArgument]) -> list[str]:
    found = []
    for name, argument in want.items():
        if name not in have:
            found.append(f"{path}({name}:): missing")
        elif str(have[name].type) != str(argument.type):
            found.append(f"{path}({name}:): {argument.type} wanted, {have[name].type} found")
        elif have[name].default_value != argument.default_value:
            found.append(f"{path}({name}:): another default")
    added = (name for name in have if name not in want)
    return found + [f"{path}({name}:): added and required" for name in added if is_required_argument(have[name])]


def _input_breaks(name: str, have: GraphQLInputObjectType, want: GraphQLInputObjectType) -> list[str]:
    found = []
    for field_name, field in want.fields.items():
        ours = have.fields.get(field_name)
        if ours is None:
            found.append(f"{name}.{field_name}: missing")
        elif str(ours.type) != str(field.type):
            found.append(f"{name}.{field_name}: {field.type} wanted, {ours.type} found")
    added = (key for key in have.fields if key not in want.fields)
    return found + [f"{name}.{key}: added and required" for key in added if is_required_input_field(have.fields[key])]


def _directives(field: object) -> set[str]:
    """The schema's own directives on a field, as text; @deprecated and the like are no part of the contract."""
    node = getattr(field, "ast_node", None)
    directives = (node.directives if node else None) or ()
    return {print_ast(d) for d in directives if d.name.value == "PersonDataConstraint"}


def _directive_breaks(ours: GraphQLSchema, theirs: GraphQLSchema) -> list[str]:
    found = []
    for want in theirs.directives:
        have = ours.get_directive(want.name)
        if is_specified_directive(want):
            continue
        if have is None:
            found.append(f"@{want.name}: missing")
        elif not set(want.locations) <= set(have.locations):
            found.append(f"@{want.name}: locations {want.locations} wanted, {have.locations} found")
        else:
            found += _argument_breaks(f"@{want.name}", have.args, want.args)
    return found


def our_schema() -> GraphQLSchema:
    return build_schema((ROOT / "schema.graphql").read_text(encoding="utf-8"))


def test_ours_serves_every_client_of_the_official_schema() -> None:
    if not OFFICIAL.exists():
        pytest.skip(f"KOMBIT's schema is not at hand at {OFFICIAL.name}; set ORGRAF_SHARED to the folder that holds it")
    theirs = build_schema(OFFICIAL.read_text(encoding="utf-8"))

    found = breaks(our_schema(), theirs)

    assert found == [], "\n".join(found)


def test_ours_serves_every_client_of_the_subset_as_we_state_it() -> None:
    found = breaks(our_schema(), build_schema(subset_sdl()))

    assert found == [], "\n".join(found)


def test_our_statement_of_the_subset_says_what_the_official_schema_says() -> None:
    if not OFFICIAL.exists():
        pytest.skip(f"KOMBIT's schema is not at hand at {OFFICIAL.name}; set ORGRAF_SHARED to the folder that holds it")
    theirs, stated = build_schema(OFFICIAL.read_text(encoding="utf-8")), build_schema(subset_sdl())

    assert breaks(stated, theirs) == []
    assert breaks(theirs, stated) == []


BROKEN = {
    "a type is gone": ("Henvendelsessted", "Henvendelse", "Henvendelsessted: missing"),
    "a field is gone": ("endCursor: Cursor", "slutCursor: Cursor", "PageInfo.endCursor: missing"),
    "a field became nullable": ("enhedsnavn: String!", "enhedsnavn: String", "OrganisationEnhed.enhedsnavn: String!"),
    "a field became non-null": ("person: Person\n", "person: Person!\n", "Bruger.person: Person wanted"),
    "a list's elements changed": ("[OrganisaionEnhedEdge]", "[OrganisaionEnhedEdge!]", "OrganisationEnhedConnection"),
    "an argument is gone": ("itSystemer: [UUID!], ", "", "Query.organisationEnhedListe(itSystemer:): missing"),
    "an argument became required": (
        "status: TilstandStatus!, opgaver",
        "status: TilstandStatus!, x: Int!, opgaver",
        "added and required",
    ),
    "an argument's type changed": ("first: Int, last", "first: Int!, last", "Query.organisationEnhedListe(first:)"),
    "an enum has one more value": ("INAKTIV\n", "INAKTIV\nUKENDT\n", "TilstandStatus: values"),
    "an enum has one value less": ("SECPR\n}", "}", "PersonDataConstraintType: values"),
    "an interface is left": ("BrugerMedlemskab implements Medlemskab", "BrugerMedlemskab", "does not implement"),
    "an input field became required": ("tekst: String!", "tekst: String!, mere: Int!", "added and required"),
    "a directive is off a field": (" @PersonDataConstraint(constraint: SENAVN)", "", "Person.navn: directives"),
    "a kind of type changed": ("scalar KLE", "enum KLE { A }", "KLE: GraphQLScalarType wanted"),
}


@pytest.mark.parametrize("old, new, message", BROKEN.values(), ids=BROKEN)
def test_the_comparison_finds(old: str, new: str, message: str) -> None:
    theirs = subset_sdl()
    assert old in theirs

    found = breaks(build_schema(theirs.replace(old, new), assume_valid=True), build_schema(theirs))

    assert any(message in line for line in found), found


def test_the_comparison_allows_types_fields_and_optional_arguments_more() -> None:
    theirs = subset_sdl()
    more = theirs.replace("person: Person\n", "person: Person\nsti(maks: Int, til: Int! = 3): [Mere!]\n")
    more = more.replace("brugernavn: String\n", "brugernavn: String\nenhed: UUID\n") + "\ntype Mere { a: Int! }"

    assert breaks(build_schema(more), build_schema(theirs)) == []

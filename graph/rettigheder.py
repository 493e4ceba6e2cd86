"""Which right a field needs: the one place where that is decided, for every path that leads to its value.

Read from `rettigheder.txt`: one class per field of the schema, per field of a filter, per object type that a search
finds by its words, and per field of the catalogue as `Registrering.indhold`, `foer` and `efter` show it. What has no
line there is nobody's to see: the schema is not built. Refuses to know callers, documents and SQL.
Source: rules.md 22 and 36.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Final

from graphql import (
    GraphQLInputObjectType,
    GraphQLNonNull,
    GraphQLSchema,
    get_named_type,
    is_input_object_type,
    is_object_type,
)

from fkorg.catalogue import KATALOG, Objekttype
from graph.caller import Ret
from graph.source import Side
from graph.types.field import kilde_af

FIL: Final = Path(__file__).with_suffix(".txt")


class Klasse(StrEnum):
    """What a value is, as far as rights go."""

    AABEN = "aaben"
    NAVN = "navn"
    CPR = "cpr"
    OPSLAG = "opslag"
    KILDE = "kilde"
    DRIFT = "drift"


KRAEVER: Final[Mapping[Klasse, Ret | None]] = {
    Klasse.AABEN: None,
    Klasse.NAVN: Ret.SENAVN,
    Klasse.CPR: Ret.SECPR,
    Klasse.OPSLAG: Ret.INDSIGT,
    Klasse.KILDE: Ret.KILDE,
    Klasse.DRIFT: Ret.DRIFT,
}
"""The right that each class needs beside that to read."""
NAVNE: Final[Mapping[Ret, str]] = {Ret.SENAVN: "SeNavn", Ret.SECPR: "SeCPR"}
"""What KOMBIT calls a right, where it has a name of its own."""


def laes(tekst: str) -> dict[str, Klasse]:
    """The classes of a file: `Type.felt klasse` a line, `#` before a remark. Raises ValueError for anything else."""
    found: dict[str, Klasse] = {}
    for nr, linje in enumerate(tekst.splitlines(), 1):
        ord_ = linje.partition("#")[0].split()
        if not ord_:
            continue
        if len(ord_) != 2 or ord_[1] not in list(Klasse) or ord_[0] in found:
            raise ValueError(f"{FIL.name}, line {nr}: wanted a field, once, and its class: {', '.join(Klasse)}")
        found[ord_[0]] = Klasse(ord_[1])
    return found


KLASSER: Final[Mapping[str, Klasse]] = laes(FIL.read_text("utf-8"))
"""The class of every field, by `Type.felt`, `Filter.felt`, `OBJEKTTYPE.felt` and, of searches, `soeg.OBJEKTTYPE`."""
PLANRETTE: Final = frozenset(ret for klasse in KLASSER.values() if (ret := KRAEVER[klasse]) is not None)
"""The rights that decide what a statement looks like."""
SPURGT: Final = ("BrugerFilter", "PersonFilter")
"""The filters whose fields' classes are asked for (graph/arguments.py); the others' are open."""


def kraever(type_: str, felt: str) -> Ret | None:
    """The right that a field needs beside that to read. Raises KeyError for a field without a class."""
    return KRAEVER[KLASSER[f"{type_}.{felt}"]]


def indhold(objekttype: Objekttype) -> Mapping[str, Ret]:
    """The fields of the catalogue that not everybody sees in what was or would be recorded of such an object."""
    krav = {felt.navn: kraever(objekttype, felt.navn) for felt in KATALOG[objekttype].felter}
    return {felt: ret for felt, ret in krav.items() if ret is not None}


def soegeret(objekttype: Objekttype) -> Ret | None:
    """The right that finding such an object by its words needs."""
    return kraever("soeg", objekttype)


def navn(ret: Ret) -> str:
    """What callers know a right as."""
    return NAVNE.get(ret, ret.value)


def felter(schema: GraphQLSchema) -> list[str]:
    """Everything that is to have a class, in the order of the file."""
    typer = [type_ for type_ in schema.type_map.values() if not type_.name.startswith("__")]
    return [
        *(f"{type_.name}.{felt}" for type_ in typer if is_object_type(type_) for felt in type_.fields),
        *(f"{filter_.name}.{felt}" for filter_ in filtre(schema) for felt in filter_.fields),
        *(f"soeg.{objekttype}" for objekttype in Objekttype),
        *(f"{objekttype}.{felt.navn}" for objekttype, om in KATALOG.items() for felt in om.felter),
    ]


def filtre(schema: GraphQLSchema) -> list[GraphQLInputObjectType]:
    """The input types that what is read is chosen by: those below arguments of everything but mutations."""
    found: dict[str, GraphQLInputObjectType] = {}
    for type_ in schema.type_map.values():
        if is_object_type(type_) and type_ is not schema.mutation_type:
            _tag(found, (argument.type for felt in type_.fields.values() for argument in felt.args.values()))
    return list(found.values())


def _tag(found: dict[str, GraphQLInputObjectType], typer: Iterable[object]) -> None:
    for type_ in map(get_named_type, typer):  # type: ignore[arg-type]  # types of arguments and of input fields
        if is_input_object_type(type_) and type_.name not in found:
            found[type_.name] = type_
            _tag(found, (felt.type for felt in type_.fields.values()))


def kontrol(schema: GraphQLSchema) -> None:
    """Every field has a class that can be asked for where it stands, and every class a field. Raises ValueError, which
    names those that differ."""
    wanted = felter(schema)
    uden = [felt for felt in wanted if felt not in KLASSER]
    if uden:
        raise ValueError(f"{', '.join(uden)}: has no class: say in graph/{FIL.name} who may see it")
    if rester := KLASSER.keys() - set(wanted):
        raise ValueError(f"graph/{FIL.name}: there is no {', '.join(sorted(rester))}")
    for felt in wanted:
        if KLASSER[felt] is not Klasse.AABEN and (hvorfor := _uden_for(schema, *felt.split("."))):
            raise ValueError(f"graph/{FIL.name}: {felt}: {hvorfor}: it can only be {Klasse.AABEN}")


def _uden_for(schema: GraphQLSchema, type_: str, felt: str) -> str | None:
    """Why no right can be asked for there; None where one can."""
    found = schema.type_map.get(type_)
    if is_object_type(found):
        definition = found.fields[felt]
        if isinstance(definition.type, GraphQLNonNull):
            return "may not be null"
        return "is a part of a page" if isinstance(kilde_af(definition), Side) else None
    return "is a filter that asks for no rights" if is_input_object_type(found) and type_ not in SPURGT else None

"""Every way through the schema to every field, as documents: made from the schema, so that none is forgotten.

`documents` gives one document per type with fields of its own: the shortest way there, all leaves of it, and all leaves
of what each of its fields leads to; parts of pages, and all types of an interface or a union, are seen through. Knows
neither rights nor rows: `Vaerdi` says what arguments are given.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from graphql import (
    GraphQLArgument,
    GraphQLField,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
    is_abstract_type,
    is_leaf_type,
    is_object_type,
)

from graph.source import Side
from graph.types.field import kilde_af

Vaerdi = Callable[[str, str, GraphQLArgument], str | None]
"""`Type.felt`, argument, its definition -> what is written for it; None: it is left out."""
Sted = tuple[GraphQLObjectType, str | None]
"""A type; its name again where it is one of several that a field may lead to."""
TYPENAME: Final = "__typename"


@dataclass(frozen=True)
class Felt:
    """One selected field: its response key, whose it is, what is written for it, what is below. `kun`: of which type
    the object must be."""

    noegle: str
    ejer: str
    navn: str
    type: GraphQLNamedType
    tekst: str
    under: "tuple[Felt, ...]" = ()
    kun: str | None = None

    @property
    def sti(self) -> str:
        """`Type.felt`."""
        return f"{self.ejer}.{self.navn}"


def skriv(felter: tuple[Felt, ...]) -> str:
    """The selection as a client writes it."""
    dele = []
    for felt in felter:
        valgt = f"{felt.tekst} {skriv(felt.under)}" if felt.under else felt.tekst
        dele.append(f"... on {felt.kun} {{ {valgt} }}" if felt.kun else valgt)
    return f"{{ {' '.join(dele)} }}"


@dataclass(frozen=True)
class Veje:
    """The ways through one schema."""

    schema: GraphQLSchema
    vaerdi: Vaerdi

    def documents(self, root: GraphQLObjectType) -> Iterator[tuple[Felt, ...]]:
        """The selections on that root type."""
        for sti, (type_, kun) in self._steder(root):
            selection = tuple(self._felt(type_, navn, self._maal(type_.fields[navn]), kun) for navn in type_.fields)
            for (ejer, ejers), navn in reversed(sti):
                selection = (self._felt(ejer, navn, selection, ejers),)
            yield selection

    def _steder(self, root: GraphQLObjectType) -> Iterator[tuple[list[tuple[Sted, str]], Sted]]:
        """The root and each object type, with the fields that lead there first; parts of pages are no places."""
        venter: list[tuple[list[tuple[Sted, str]], Sted]] = [([], (root, None))]
        set_ = {root.name}
        while venter:
            sti, sted = venter.pop(0)
            if not self._er_side(sted[0]):
                yield sti, sted
            for navn, definition in sted[0].fields.items():
                abstrakt = is_abstract_type(get_named_type(definition.type))
                for maal in self._typer(definition):
                    if maal.name not in set_:
                        set_.add(maal.name)
                        venter.append(([*sti, (sted, navn)], (maal, maal.name if abstrakt else None)))

    def _maal(self, definition: GraphQLField) -> tuple[Felt, ...]:
        """All leaves of the types that the field may lead to; nothing for a leaf."""
        navngivet = get_named_type(definition.type)
        if is_leaf_type(navngivet):
            return ()
        abstrakt = is_abstract_type(navngivet)
        felter = [f for maal in self._typer(definition) for f in self._blade(maal, maal.name if abstrakt else None)]
        typenavn = Felt(TYPENAME, "", TYPENAME, navngivet, TYPENAME)
        return (typenavn, *felter) if abstrakt or not felter else tuple(felter)

    def _blade(self, type_: GraphQLObjectType, kun: str | None = None) -> list[Felt]:
        """The leaves of a type; of a page, what is on it."""
        found = []
        for navn, definition in type_.fields.items():
            if is_leaf_type(get_named_type(definition.type)):
                found.append(self._felt(type_, navn, (), kun))
            elif isinstance(kilde_af(definition), Side) or self._er_side(type_):
                found.append(self._felt(type_, navn, self._maal(definition), kun))
        return found

    def _felt(self, ejer: GraphQLObjectType, navn: str, under: tuple[Felt, ...], kun: str | None = None) -> Felt:
        definition = ejer.fields[navn]
        sti = f"{ejer.name}.{navn}"
        literaler = {navn_: self.vaerdi(sti, navn_, argument) for navn_, argument in definition.args.items()}
        givet = [f"{navn_}: {literal}" for navn_, literal in literaler.items() if literal is not None]
        asked = f"{navn}({', '.join(givet)})" if givet else navn
        noegle = f"{ejer.name}_{navn}" if kun else navn
        tekst = f"{noegle}: {asked}" if kun else asked
        return Felt(noegle, ejer.name, navn, get_named_type(definition.type), tekst, under, kun)

    def _typer(self, definition: GraphQLField) -> list[GraphQLObjectType]:
        navngivet = get_named_type(definition.type)
        if is_object_type(navngivet):
            return [navngivet]
        return list(self.schema.get_possible_types(navngivet)) if is_abstract_type(navngivet) else []

    def _er_side(self, type_: GraphQLObjectType) -> bool:
        """Is it a part of a page?"""
        return any(isinstance(kilde_af(definition), Side) for definition in type_.fields.values()) or (
            type_.name == "PageInfo"
        )


def uden_stand(felter: tuple[Felt, ...], fundet: Any) -> Any:
    """What was answered to the selection, with one word for every position in the change log."""
    if isinstance(fundet, list):
        return [uden_stand(felter, et) for et in fundet]
    if not isinstance(fundet, dict) or not felter:
        return fundet
    under = {felt.noegle: felt for felt in felter}
    return {
        noegle: "en stand" if under[noegle].type.name == "Stand" and vaerdi else uden_stand(under[noegle].under, vaerdi)
        for noegle, vaerdi in fundet.items()
    }


def blade(felter: tuple[Felt, ...]) -> Iterator[Felt]:
    """Every field that is selected, on whatever level."""
    for felt in felter:
        yield felt
        yield from blade(felt.under)

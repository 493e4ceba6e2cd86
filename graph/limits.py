"""What a document may ask for at most: words, lines, depth, breadth, fields, aliases, directives. One linear pass, each
fragment counted once.

Checked before validation, whose rules may take longer than linear time in what is counted here. What a document costs
to answer, with the pages of its arguments, is graph/pris.py's.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from graphql import (
    DirectiveNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    OperationDefinitionNode,
    SelectionSetNode,
)

ORD: Final = 2_000
"""Words of a document that the parser reads."""
LINJER: Final = 2_000
"""Lines of a document: each error looks for its place among them."""
DYBDE: Final = 25
BREDDE: Final = 500
"""Fields, fragments and the like that stand beside one another."""
FELTER: Final = 2_000
"""Fields and fragments of all operations together, those in fragments counted wherever they are spread; and of a plan,
those on an interface counted for each type that it may be."""
ALIASER: Final = 300
"""Fields under another name, counted as above."""
DIREKTIVER: Final = 200
"""Directives, counted as above."""
GRENE: Final = 150
"""Fields of a plan that have fields of their own: each is a subselect, whose compilation takes the time of hundreds of
others."""


class ForMeget(Exception):
    """The document asks for more than is allowed; the message says of what."""


class Maal(NamedTuple):
    """What a selection comes to. `felter`: fields, and fragments in them."""

    felter: int = 0
    dybde: int = 0
    aliaser: int = 0
    direktiver: int = 0

    def ved_siden(self, andet: "Maal") -> "Maal":
        """Both together."""
        return Maal(
            self.felter + andet.felter,
            max(self.dybde, andet.dybde),
            self.aliaser + andet.aliaser,
            self.direktiver + andet.direktiver,
        )


def proev_tekst(query: str) -> None:
    """Before it is parsed. Raises ForMeget."""
    _kraev("lines", LINJER, query.count("\n") + query.count("\r"))


def proev(document: DocumentNode) -> None:
    """Before it is validated. Raises ForMeget."""
    fragmenter = {d.name.value: d for d in document.definitions if isinstance(d, FragmentDefinitionNode)}
    taeller = _Taeller(fragmenter)
    samlet = Maal()
    for definition in document.definitions:
        if isinstance(definition, OperationDefinitionNode):
            samlet = samlet.ved_siden(taeller.maal(definition.selection_set, definition.directives))
        elif isinstance(definition, FragmentDefinitionNode):
            taeller.maal(definition.selection_set, definition.directives)
    _kraev("levels", DYBDE, samlet.dybde)
    _kraev("fields", FELTER, samlet.felter)
    _kraev("aliases", ALIASER, samlet.aliaser)
    _kraev("directives", DIREKTIVER, samlet.direktiver)


def _kraev(hvad: str, mest: int, fundet: int) -> None:
    if fundet > mest:
        raise ForMeget(f"wanted at most {mest} {hvad}, found {fundet}")


@dataclass(slots=True)
class _Taeller:
    """The measure of a selection; of a fragment remembered."""

    fragmenter: Mapping[str, FragmentDefinitionNode]
    kendt: dict[str, Maal] = field(default_factory=dict)

    def maal(self, set_: SelectionSetNode, direktiver: Sequence[DirectiveNode] | None) -> Maal:
        """Raises ForMeget for what is too wide."""
        _kraev("fields beside one another", BREDDE, len(set_.selections))
        felter = dybde = aliaser = 0
        antal = len(direktiver or ())
        for selection in set_.selections:
            if isinstance(selection, FragmentSpreadNode):
                under, antal = self._fragment(selection.name.value), antal + len(selection.directives or ())
            elif selection.selection_set is not None:  # type: ignore[attr-defined]  # a field, an inline fragment
                under = self.maal(selection.selection_set, selection.directives)  # type: ignore[attr-defined]
            else:
                under, antal = Maal(), antal + len(selection.directives or ())
            er_felt = isinstance(selection, FieldNode)
            felter += under.felter + 1
            dybde = max(dybde, under.dybde + er_felt)
            aliaser += under.aliaser + (er_felt and selection.alias is not None)  # type: ignore[attr-defined]
            antal += under.direktiver
        return Maal(felter, dybde, aliaser, antal)

    def _fragment(self, navn: str) -> Maal:
        """A circle of fragments counts as nothing: validation refuses it."""
        if navn not in self.kendt:
            self.kendt[navn] = Maal()
            if navn in self.fragmenter:
                self.kendt[navn] = self.maal(self.fragmenter[navn].selection_set, ())
        return self.kendt[navn]

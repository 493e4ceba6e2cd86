"""What a document may ask for at most: words, lines, depth, breadth, fields, aliases, directives. One linear pass, each
fragment counted once.

Checked before validation, whose rules may take longer than linear time in what is counted here. What a document costs
to answer, with the pages of its arguments, is graph/pris.py's.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
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
INTROSPEKTION: Final = 500
"""Fields below `__schema` and `__type`, counted as above: each is answered for much of the schema. The whole of it is
asked for by less than half of them."""
INTROSPEKTION_ALIASER: Final = 1
"""Aliases there, with which a name is answered as often as it is asked for. Tools of the field write none."""
GRENE: Final = 100
"""Fields of a plan that have fields of their own."""
TABELLER: Final = 200
"""Tables that a statement reads from, each as often as it does: what it costs to make, half a millisecond each, and to
be planned in Postgres. A unit above is one, a user's managers are sixteen; all fields of a unit and of all that stands
beside it take 74, and 106 at another time."""
_SKEMA: Final = frozenset(("__schema", "__type"))


class ForMeget(Exception):
    """The document asks for more than is allowed; the message says of what."""


class Maal(NamedTuple):
    """What a selection comes to. `felter`: fields, and fragments in them; `skema`, `skema_aliaser`: fields and aliases
    of introspection."""

    felter: int = 0
    dybde: int = 0
    aliaser: int = 0
    direktiver: int = 0
    skema: int = 0
    skema_aliaser: int = 0

    def ved_siden(self, andet: "Maal") -> "Maal":
        """Both together."""
        return Maal(
            self.felter + andet.felter,
            max(self.dybde, andet.dybde),
            self.aliaser + andet.aliaser,
            self.direktiver + andet.direktiver,
            self.skema + andet.skema,
            self.skema_aliaser + andet.skema_aliaser,
        )

    def i_felt(self, node: FieldNode) -> "Maal":
        """The field, with this below it."""
        felter, aliaser = self.felter + 1, self.aliaser + (node.alias is not None)
        direktiver = self.direktiver + len(node.directives or ())
        if node.name.value in _SKEMA:
            return Maal(felter, self.dybde + 1, aliaser, direktiver, felter, aliaser)
        return Maal(felter, self.dybde + 1, aliaser, direktiver, self.skema, self.skema_aliaser)

    def i_fragment(self, direktiver: int) -> "Maal":
        """The fragment, with this in it."""
        return self._replace(felter=self.felter + 1, direktiver=self.direktiver + direktiver)


def proev_tekst(query: str) -> None:
    """Before it is parsed. Raises ForMeget."""
    kraev("lines", LINJER, query.count("\n") + query.count("\r"))


def proev(document: DocumentNode) -> None:
    """Before it is validated. Raises ForMeget."""
    fragmenter = {d.name.value: d for d in document.definitions if isinstance(d, FragmentDefinitionNode)}
    taeller = _Taeller(fragmenter)
    samlet = Maal()
    for definition in document.definitions:
        if isinstance(definition, OperationDefinitionNode):
            fundet = taeller.maal(definition.selection_set)
            samlet = samlet.ved_siden(fundet.i_fragment(len(definition.directives or ())))
        elif isinstance(definition, FragmentDefinitionNode):
            taeller.maal(definition.selection_set)
    kraev("levels", DYBDE, samlet.dybde)
    kraev("fields", FELTER, samlet.felter)
    kraev("aliases", ALIASER, samlet.aliaser)
    kraev("directives", DIREKTIVER, samlet.direktiver)
    kraev("fields of introspection", INTROSPEKTION, samlet.skema)
    kraev("aliases of introspection", INTROSPEKTION_ALIASER, samlet.skema_aliaser)


def kraev(hvad: str, mest: int, fundet: int) -> None:
    """So many at most. Raises ForMeget."""
    if fundet > mest:
        raise ForMeget(f"wanted at most {mest} {hvad}, found {fundet}")


@dataclass(slots=True)
class _Taeller:
    """The measure of a selection; of a fragment remembered."""

    fragmenter: Mapping[str, FragmentDefinitionNode]
    kendt: dict[str, Maal] = field(default_factory=dict)

    def maal(self, set_: SelectionSetNode | None) -> Maal:
        """Raises ForMeget for what is too wide."""
        samlet = Maal()
        if set_ is None:
            return samlet
        kraev("fields beside one another", BREDDE, len(set_.selections))
        for selection in set_.selections:
            if isinstance(selection, FieldNode):
                fundet = self.maal(selection.selection_set).i_felt(selection)
            elif isinstance(selection, FragmentSpreadNode):
                fundet = self._fragment(selection.name.value).i_fragment(len(selection.directives or ()))
            else:
                assert isinstance(selection, InlineFragmentNode), "there is no other kind"
                fundet = self.maal(selection.selection_set).i_fragment(len(selection.directives or ()))
            samlet = samlet.ved_siden(fundet)
        return samlet

    def _fragment(self, navn: str) -> Maal:
        """A circle of fragments counts as nothing: validation refuses it."""
        if navn not in self.kendt:
            self.kendt[navn] = Maal()
            if navn in self.fragmenter:
                self.kendt[navn] = self.maal(self.fragmenter[navn].selection_set)
        return self.kendt[navn]

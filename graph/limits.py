"""What a document may ask for at most: words, depth, fields. One linear pass, each fragment counted once.

Checked before validation, whose rules may take longer than linear time.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
)

ORD: Final = 5_000
"""Words of a document that the parser reads."""
DYBDE: Final = 25
FELTER: Final = 2_000
"""Fields of an operation, fragments counted wherever they are spread."""


class ForMeget(Exception):
    """The document asks for more than is allowed; the message says of what."""


def proev(document: DocumentNode) -> None:
    """Raises ForMeget."""
    fragmenter = {d.name.value: d for d in document.definitions if isinstance(d, FragmentDefinitionNode)}
    taeller = _Taeller(fragmenter)
    for definition in document.definitions:
        if isinstance(definition, OperationDefinitionNode):
            felter, dybde = taeller.maal(definition.selection_set)
            if dybde > DYBDE:
                raise ForMeget(f"wanted at most {DYBDE} levels, found {dybde}")
            if felter > FELTER:
                raise ForMeget(f"wanted at most {FELTER} fields, found {felter}")


@dataclass(slots=True)
class _Taeller:
    """Fields and depth of a selection; of a fragment remembered."""

    fragmenter: Mapping[str, FragmentDefinitionNode]
    kendt: dict[str, tuple[int, int]] = field(default_factory=dict)

    def maal(self, set_: SelectionSetNode) -> tuple[int, int]:
        felter = dybde = 0
        for selection in set_.selections:
            under = (0, 0)
            if isinstance(selection, FieldNode):
                if selection.selection_set is not None:
                    under = self.maal(selection.selection_set)
                under = (under[0] + 1, under[1] + 1)
            elif isinstance(selection, FragmentSpreadNode):
                under = self._fragment(selection.name.value)
            elif isinstance(selection, InlineFragmentNode):
                under = self.maal(selection.selection_set)
            felter, dybde = felter + under[0], max(dybde, under[1])
        return felter, dybde

    def _fragment(self, navn: str) -> tuple[int, int]:
        """A circle of fragments counts as nothing: validation refuses it."""
        if navn not in self.kendt:
            self.kendt[navn] = (0, 0)
            if navn in self.fragmenter:
                self.kendt[navn] = self.maal(self.fragmenter[navn].selection_set)
        return self.kendt[navn]

"""What a token's claims grant: KOMBIT's privilege list, and roles of other issuers. What cannot be read grants nothing.

Source: security.md 9.2 (6), rules.md 36. Pure.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from graph.caller import BEGRAENSNINGER, PRIVILEGIER, Ret
from graph.jose import Json, afkod, objekt

SCOPE: Final = "urn:dk:gov:saml:cvrNumberIdentifier:"
"""What the scope of a privilege group starts with; the CVR follows."""


@dataclass(frozen=True, slots=True)
class Tildeling:
    """What gives which right. `roller`: those of other issuers; a role may give several."""

    privilegier: Mapping[str, Ret] = field(default_factory=lambda: PRIVILEGIER)
    begraensninger: Mapping[str, Ret] = field(default_factory=lambda: BEGRAENSNINGER)
    roller: Mapping[str, frozenset[Ret]] = field(default_factory=dict)


def af_privilegier(priv: Json, cvr: str, tildeling: Tildeling) -> frozenset[Ret]:
    """The rights of the groups whose scope names the token's own CVR."""
    document = objekt(afkod(priv)) if isinstance(priv, str) else None
    groups = document.get("privilegegroups") if document else None
    rights: set[Ret] = set()
    for group in groups if isinstance(groups, list) else []:
        if not isinstance(group, dict) or group.get("scope") != SCOPE + cvr:
            continue
        privilege = group.get("privilege")
        right = tildeling.privilegier.get(privilege) if isinstance(privilege, str) else None
        if right is not None:
            rights.add(right)
            rights.update(_begraensninger(group.get("constraints"), tildeling))
    return frozenset(rights)


def af_roller(roller: Json, tildeling: Tildeling) -> frozenset[Ret]:
    """The rights of a list of roles, or of a text of them with spaces between (as scopes are)."""
    named = roller.split(" ") if isinstance(roller, str) else roller if isinstance(roller, list) else []
    none: frozenset[Ret] = frozenset()
    return none.union(*(tildeling.roller.get(one, none) for one in named if isinstance(one, str)))


def _begraensninger(constraints: Json, tildeling: Tildeling) -> Iterable[Ret]:
    """The rights of constraints `{"name": URI, "value": "Ja"}`: name and value as in the XML form of the list."""
    for constraint in constraints if isinstance(constraints, list) else []:
        if isinstance(constraint, dict) and constraint.get("value") == "Ja":
            name = constraint.get("name")
            if isinstance(name, str) and name in tildeling.begraensninger:
                yield tildeling.begraensninger[name]

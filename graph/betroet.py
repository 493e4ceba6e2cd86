"""Trusted documents: those that the operator has listed. Their operations have names in the metrics; all others share
one, since whoever sends a document chooses its name (rules.md 37).

Owns the form of the list: JSON, either documents by any id, as code generators write it, or Apollo's manifest.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import orjson
from graphql import GraphQLError, GraphQLSchema, OperationDefinitionNode, parse, validate

ANDRE: Final = "andre"
"""The name of every operation of a document that is not listed."""


class UgyldigListe(ValueError):
    """The list is not one that can be used; the message says where and why."""


@dataclass(frozen=True, slots=True)
class Betroede:
    """The listed documents, by their text."""

    dokumenter: frozenset[str] = field(default_factory=frozenset)

    def navn(self, query: str, operation: OperationDefinitionNode) -> str:
        """What metrics call the operation."""
        if operation.name is None or query not in self.dokumenter:
            return ANDRE
        return operation.name.value


def laes(path: Path, schema: GraphQLSchema) -> Betroede:
    """The documents of a list. Raises OSError, UgyldigListe: no list, a document that does not hold, an operation
    without a name or with one that is taken."""
    kendte: dict[str, str] = {}
    dokumenter = []
    for id_, text in _poster(path.read_bytes()):
        try:
            document = parse(text)
            errors = validate(schema, document)
        except GraphQLError as error:
            errors = [error]
        if errors:
            raise UgyldigListe(f"document {id_}: {errors[0].message}")
        for operation in (d for d in document.definitions if isinstance(d, OperationDefinitionNode)):
            if operation.name is None:
                raise UgyldigListe(f"document {id_}: wanted a name for each operation")
            navn = operation.name.value
            if kendte.setdefault(navn, id_) != id_ or navn == ANDRE:
                raise UgyldigListe(f"document {id_}: wanted a name of its own for each operation, found {navn} again")
        dokumenter.append(text)
    return Betroede(frozenset(dokumenter))


def _poster(raw: bytes) -> Iterator[tuple[str, str]]:
    """(id, document) of each entry."""
    try:
        found: Any = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise UgyldigListe(f"wanted JSON, {error}") from None
    if isinstance(found, Mapping) and isinstance(found.get("operations"), list):
        found = {str(one.get("id")): one.get("body") for one in found["operations"] if isinstance(one, Mapping)}
    if not isinstance(found, Mapping) or not all(isinstance(text, str) for text in found.values()):
        raise UgyldigListe('wanted {"id": "document", ...} or Apollo\'s persisted query manifest')
    yield from found.items()

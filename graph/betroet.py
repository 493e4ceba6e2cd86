"""Trusted documents: those that the operator has listed. Their operations have names in the metrics; all others share
one, since whoever sends a document chooses its name (rules.md 37). They may be named by id instead of sent; and they
may be the only ones that are answered.

Owns the form of the list: JSON, either documents by any id, as code generators write it, or Apollo's manifest.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import orjson
from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    parse,
    validate,
)

from graph import limits
from graph.answer import ANDRE, Spoergsmaal

SHA256: Final = "sha256:"
"""What an id that is a digest may begin with (GraphQL over HTTP, persisted documents)."""


class UgyldigListe(ValueError):
    """The list is not one that can be used; the message says where and why."""


@dataclass(frozen=True, slots=True)
class Betroede:
    """The listed documents: `dokumenter` by their text, each with whether it only reads; `efter_id`: their texts by
    the list's ids and by the SHA-256 of the text. `kun`: no other document is answered."""

    dokumenter: Mapping[str, bool] = field(default_factory=dict)
    efter_id: Mapping[str, str] = field(default_factory=dict)
    kun: bool = False

    def navn(self, query: str, operation: OperationDefinitionNode) -> str:
        """What metrics call the operation."""
        if operation.name is None or query not in self.dokumenter:
            return ANDRE
        return operation.name.value

    def fundet(self, spoergsmaal: Spoergsmaal) -> Spoergsmaal:
        """The question with its document, where it names one of the list; else as it is."""
        if spoergsmaal.dokument_id is None:
            return spoergsmaal
        query = self.efter_id.get(spoergsmaal.dokument_id.removeprefix(SHA256))
        return spoergsmaal if query is None else replace(spoergsmaal, query=query, dokument_id=None)

    def laeser(self, query: str) -> bool:
        """Is it a listed document that only reads?"""
        return self.dokumenter.get(query, False)


def laes(path: Path, schema: GraphQLSchema, *, kun: bool = False) -> Betroede:
    """The documents of a list. Raises OSError, UgyldigListe: no list, a document that does not hold, an operation
    without a name or with one that is taken."""
    kendte: dict[str, str] = {}
    dokumenter: dict[str, bool] = {}
    efter_id: dict[str, str] = {}
    for id_, text in _poster(path.read_bytes()):
        operationer = [d for d in _dokument(id_, text, schema).definitions if isinstance(d, OperationDefinitionNode)]
        for operation in operationer:
            if operation.name is None:
                raise UgyldigListe(f"document {id_}: wanted a name for each operation")
            navn = operation.name.value
            if kendte.setdefault(navn, id_) != id_ or navn == ANDRE:
                raise UgyldigListe(f"document {id_}: wanted a name of its own for each operation, found {navn} again")
        dokumenter[text] = all(one.operation is OperationType.QUERY for one in operationer)
        efter_id |= {id_.removeprefix(SHA256): text, hashlib.sha256(text.encode()).hexdigest(): text}
    return Betroede(dokumenter, efter_id, kun)


def _dokument(id_: str, text: str, schema: GraphQLSchema) -> DocumentNode:
    try:
        document = parse(text, max_tokens=limits.ORD)
        limits.proev(document)
        errors = validate(schema, document)
    except (GraphQLError, limits.ForMeget) as error:
        raise UgyldigListe(f"document {id_}: {getattr(error, 'message', error)}") from error
    if errors:
        raise UgyldigListe(f"document {id_}: {errors[0].message}")
    return document


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

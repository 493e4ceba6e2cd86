"""Documents, parsed and validated once: what can be executed, or why it cannot."""

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Final, Generic, TypeVar

from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    get_operation_ast,
    parse,
    specified_rules,
)
from graphql.validation import (
    DeferStreamDirectiveLabel,
    DeferStreamDirectiveOnRootField,
    DeferStreamDirectiveOnValidOperationsRule,
    OverlappingFieldsCanBeMergedRule,
    StreamDirectiveOnListField,
)

from graph import limits, overlap, walk
from graph.answer import Spoergsmaal, Svar
from graph.betroet import Betroede
from graph.compile.markers import Klassifikation
from graph.errors import af_graphql, fejl
from graph.plan import Dokument

UDELADT: Final = (
    OverlappingFieldsCanBeMergedRule,
    DeferStreamDirectiveOnRootField,
    DeferStreamDirectiveOnValidOperationsRule,
    DeferStreamDirectiveLabel,
    StreamDirectiveOnListField,
)
"""Rules of graphql-core that are not asked: the first is graph/overlap.py's; the others are about directives that the
schema does not have, which another rule refuses."""
REGLER: Final = tuple(regel for regel in specified_rules if regel not in UDELADT)
MEST_FEJL: Final = 4
"""Errors that are told of a document: each looks for what may have been meant, and for its place."""
MEST_TEGN: Final = 500_000
"""Letters of all documents that are kept; parsed, each takes up to a hundred bytes."""
K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


@dataclass(slots=True)
class Lager(Generic[K, V]):
    """A bounded store: the least used is forgotten. `mest`: so many; `mest_vaegt`: so much of what callers can make
    large, as `put` is told it."""

    mest: int
    mest_vaegt: int = 0
    _kendt: "OrderedDict[K, V]" = field(default_factory=OrderedDict)
    _vaegte: dict[K, int] = field(default_factory=dict)
    _vaegt: int = 0

    def __len__(self) -> int:
        return len(self._kendt)

    def get(self, noegle: K) -> V | None:
        """What is stored, or None."""
        found = self._kendt.get(noegle)
        if found is not None:
            self._kendt.move_to_end(noegle)
        return found

    def put(self, noegle: K, vaerdi: V, vaegt: int = 0) -> V:
        """Store it; the same value."""
        self._kendt[noegle] = vaerdi
        self._vaegt += vaegt - self._vaegte.get(noegle, 0)
        self._vaegte[noegle] = vaegt
        while len(self._kendt) > self.mest or self._vaegt > self.mest_vaegt > 0:
            glemt, _ = self._kendt.popitem(last=False)
            self._vaegt -= self._vaegte.pop(glemt)
        return vaerdi


@dataclass(slots=True)
class Dokumenter:
    """The documents of one schema. Only those that hold are kept: a client cannot fill the store with broken ones."""

    schema: GraphQLSchema
    mest: int = 1_000
    betroede: Betroede = field(default_factory=Betroede)
    _lager: "Lager[tuple[str, str | None], Dokument]" = field(init=False)

    def __post_init__(self) -> None:
        self._lager = Lager(self.mest, MEST_TEGN)

    def __len__(self) -> int:
        return len(self._lager)

    def find(self, spoergsmaal: Spoergsmaal) -> Dokument | Svar:
        """The operation asked for, or the answer that refuses it."""
        noegle = (spoergsmaal.query, spoergsmaal.operation_name)
        found = self._lager.get(noegle)
        if found is not None:
            return found
        document = self._laes(spoergsmaal)
        if isinstance(document, Svar):
            return document
        operation = get_operation_ast(document, spoergsmaal.operation_name)
        if operation is None:
            hvad = "one that is in the document" if spoergsmaal.operation_name else "the name of one of the operations"
            return afvist([fejl(f"operationName: wanted {hvad}", Klassifikation.VALIDATION)])
        navn = self.betroede.navn(spoergsmaal.query, operation)
        dokument = Dokument.of(self.schema, document, operation, navn)
        return self._lager.put(noegle, dokument, len(spoergsmaal.query))

    def _laes(self, spoergsmaal: Spoergsmaal) -> DocumentNode | Svar:
        query = spoergsmaal.query
        if spoergsmaal.dokument_id is not None:
            return _ikke_betroet("documentId: wanted one that is listed here: the document is not known by it")
        if self.betroede.kun and query not in self.betroede.dokumenter:
            return _ikke_betroet("query: wanted a document that is listed here: no others are answered")
        try:
            limits.proev_tekst(query)
            document = parse(query, max_tokens=limits.ORD)
            _loes(document)
            limits.proev(document)
            errors = fejl_i(self.schema, document)
        except GraphQLError as error:
            return afvist(af_graphql([error]))
        except limits.ForMeget as error:
            return afvist([fejl(f"query: {error}", Klassifikation.VALIDATION)])
        except RecursionError:
            return afvist([fejl(f"query: wanted at most {limits.DYBDE} levels", Klassifikation.VALIDATION)])
        return afvist(af_graphql(errors, document)) if errors else document


def fejl_i(schema: GraphQLSchema, document: DocumentNode) -> list[GraphQLError]:
    """Why the document is not valid, the first few reasons; none when it is. Raises ForMeget."""
    errors = walk.validate(schema, document, REGLER, max_errors=MEST_FEJL)
    if not errors and (konflikt := overlap.konflikt(schema, document)) is not None:
        return [konflikt]
    return errors


def _loes(document: DocumentNode) -> None:
    """Let go of the words' chain, which nothing asks for: a document is then given back as soon as it is forgotten,
    and no collector has to find and walk what makes up most of it."""
    token = document.loc.start_token if document.loc is not None else None
    while token is not None:
        token.prev, token.next, token = None, None, token.next


def _ikke_betroet(besked: str) -> Svar:
    """Its code is the one that clients of persisted documents know."""
    return afvist([fejl(besked, Klassifikation.VALIDATION, kode="PERSISTED_QUERY_NOT_FOUND")])


def afvist(errors: list[dict[str, object]]) -> Svar:
    """Nothing is executed; the errors say why."""
    return Svar(None, errors, udfoert=False)

"""Documents, parsed and validated once: what can be executed, or why it cannot."""

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from graphql import DocumentNode, GraphQLError, GraphQLSchema, get_operation_ast, parse, validate

from graph import limits
from graph.answer import Spoergsmaal, Svar
from graph.betroet import Betroede
from graph.compile.markers import Klassifikation
from graph.errors import af_graphql, fejl
from graph.plan import Dokument

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


@dataclass(slots=True)
class Lager(Generic[K, V]):
    """A bounded store: the least used is forgotten."""

    mest: int
    _kendt: "OrderedDict[K, V]" = field(default_factory=OrderedDict)

    def __len__(self) -> int:
        return len(self._kendt)

    def get(self, noegle: K) -> V | None:
        """What is stored, or None."""
        found = self._kendt.get(noegle)
        if found is not None:
            self._kendt.move_to_end(noegle)
        return found

    def put(self, noegle: K, vaerdi: V) -> V:
        """Store it; the same value."""
        self._kendt[noegle] = vaerdi
        if len(self._kendt) > self.mest:
            self._kendt.popitem(last=False)
        return vaerdi


@dataclass(slots=True)
class Dokumenter:
    """The documents of one schema. Only those that hold are kept: a client cannot fill the store with broken ones."""

    schema: GraphQLSchema
    mest: int = 1_000
    betroede: Betroede = field(default_factory=Betroede)
    _lager: "Lager[tuple[str, str | None], Dokument]" = field(init=False)

    def __post_init__(self) -> None:
        self._lager = Lager(self.mest)

    def __len__(self) -> int:
        return len(self._lager)

    def find(self, spoergsmaal: Spoergsmaal) -> Dokument | Svar:
        """The operation asked for, or the answer that refuses it."""
        noegle = (spoergsmaal.query, spoergsmaal.operation_name)
        found = self._lager.get(noegle)
        if found is not None:
            return found
        document = self._laes(spoergsmaal.query)
        if isinstance(document, Svar):
            return document
        operation = get_operation_ast(document, spoergsmaal.operation_name)
        if operation is None:
            hvad = "one that is in the document" if spoergsmaal.operation_name else "the name of one of the operations"
            return afvist([fejl(f"operationName: wanted {hvad}", Klassifikation.VALIDATION)])
        navn = self.betroede.navn(spoergsmaal.query, operation)
        return self._lager.put(noegle, Dokument.of(self.schema, document, operation, navn))

    def _laes(self, query: str) -> DocumentNode | Svar:
        try:
            document = parse(query, max_tokens=limits.ORD)
            limits.proev(document)
        except GraphQLError as error:
            return afvist(af_graphql([error]))
        except limits.ForMeget as error:
            return afvist([fejl(f"query: {error}", Klassifikation.VALIDATION)])
        except RecursionError:
            return afvist([fejl(f"query: wanted at most {limits.DYBDE} levels", Klassifikation.VALIDATION)])
        errors = validate(self.schema, document, max_errors=20)
        return afvist(af_graphql(errors, document)) if errors else document


def afvist(errors: list[dict[str, object]]) -> Svar:
    """Nothing is executed; the errors say why."""
    return Svar(None, errors, udfoert=False)

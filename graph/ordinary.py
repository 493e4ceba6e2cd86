"""What no plan answers: introspection, root fields with resolvers, mutations. GraphQL's ordinary execution.

A query that mixes such fields with planned ones has them answered here, and joined in the client's order.
"""

import inspect
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import structlog
from graphql import DocumentNode, ExecutionResult, GraphQLError, OperationDefinitionNode, SelectionSetNode, execute

from fkorg.errors import Unavailable
from graph.compile.markers import Klassifikation
from graph.errors import af_undtagelse, fejl
from graph.plan import Dokument, Valg

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Resultat:
    """Values by response key, or None; finished errors. `borte`: why nothing at all could be answered for now."""

    data: dict[str, Any] | None
    errors: list[dict[str, Any]]
    borte: Unavailable | None = None


async def udfoer(
    dokument: Dokument, felter: Sequence[Valg] | None, variables: Mapping[str, Any], kontekst: Any
) -> Resultat:
    """The operation, or those of its root fields."""
    document = dokument.document if felter is None else _kun(dokument, felter)
    navn = dokument.operation.name.value if dokument.operation.name is not None else None
    found = execute(
        dokument.schema, document, context_value=kontekst, variable_values=dict(variables), operation_name=navn
    )
    result = await found if inspect.isawaitable(found) else found
    assert isinstance(result, ExecutionResult), "only plain results: @defer and @stream are not in the schema"
    fundet = getattr(kontekst, "advarsler", ())
    return Resultat(result.data, [*(vist(error) for error in result.errors or ()), *fundet], _borte(result))


def udvidelser(kontekst: Any) -> Mapping[str, Any]:
    """What resolvers left for the answer's extensions."""
    found: Mapping[str, Any] = getattr(kontekst, "udvidelser", {})
    return found


def vist(error: GraphQLError) -> dict[str, Any]:
    """The error as a client sees it. A bug is logged by number and shown without its text."""
    try:
        return af_undtagelse(error)
    except Exception as bug:
        nummer = str(uuid4())
        log.error("uventet fejl", nummer=nummer, exc_info=bug)
        return fejl(f"an error of ours, logged under {nummer}", Klassifikation.SERVER, sti=error.path, id=nummer)


def _borte(result: ExecutionResult) -> Unavailable | None:
    """What is away, when every field is empty and each for such a reason."""
    reasons = [error.original_error for error in result.errors or ()]
    away = [reason for reason in reasons if isinstance(reason, Unavailable)]
    if not away or len(away) < len(reasons) or any(value is not None for value in (result.data or {}).values()):
        return None
    return away[0]


def _kun(dokument: Dokument, felter: Sequence[Valg]) -> DocumentNode:
    """The operation with those root fields alone."""
    o = dokument.operation
    noder = tuple(node for valg in felter for node in valg.noder)
    operation = OperationDefinitionNode(
        operation=o.operation,
        name=o.name,
        variable_definitions=o.variable_definitions,
        directives=(),
        selection_set=SelectionSetNode(selections=noder),
        loc=o.loc,
    )
    return DocumentNode(definitions=(operation, *dokument.fragmenter.values()))

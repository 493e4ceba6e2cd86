"""A question and its answer, as they pass between the doors (HTTP, WebSocket) and the engine that executes."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias
from uuid import UUID

ANDRE: Final = "andre"
"""What metrics call every operation of a document that is not trusted."""
Sted: TypeAlias = tuple[UUID, Hashable]
"""Where an answer is kept: whose, and by what it differs from others (graph/genbrug.py)."""


@dataclass(frozen=True, slots=True)
class Spoergsmaal:
    """What a client sent: the document, which operation of it, and the variables as JSON gave them. `dokument_id`: it
    was named instead of sent, and is not one that is known; `query` is empty then."""

    query: str
    operation_name: str | None = None
    variables: Mapping[str, Any] = field(default_factory=dict)
    dokument_id: str | None = None


@dataclass(frozen=True, slots=True)
class Svar:
    """The answer of one operation.

    `data`: finished JSON text, b"null" when executed and null, None when nothing was executed (syntax, validation,
    variables: `udfoert` is False). `errors`: finished GraphQL errors. `horisont`: the transaction id below which every
    change is in the data (rules.md 13).
    """

    data: bytes | None
    errors: Sequence[Mapping[str, Any]] = ()
    extensions: Mapping[str, Any] = field(default_factory=dict)
    udfoert: bool = True
    horisont: int | None = None
    etag: str | None = None
    """What tells whether data and errors are still the same; None when that is not told."""
    operation: str = ANDRE
    """What metrics call it."""
    sted: Sted | None = None
    """Where it is looked for to be given again; None when it never is."""

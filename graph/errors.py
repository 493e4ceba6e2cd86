"""Failures as GraphQL errors: one table of what each of ours is called, and the shape of KOMBIT's extensions.

Owns the wording of errors that come before and beside the answer. Messages name what was wanted and never repeat a
value that a client sent: it may be a name or a CPR number.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from graphql import (
    ArgumentNode,
    DocumentNode,
    GraphQLError,
    GraphQLSyntaxError,
    Node,
    ObjectFieldNode,
    ValueNode,
    Visitor,
    visit,
)

from fkorg.errors import Conflict, Malformed, NotFound, Refused, Unavailable, Uncertain
from graph import cpr
from graph.arguments import Ugyldigt
from graph.compile.markers import Klassifikation
from graph.limits import ForMeget

TABEL: Final[Mapping[type[Exception], tuple[Klassifikation, str | None]]] = {
    Ugyldigt: (Klassifikation.VALIDATION, None),
    ForMeget: (Klassifikation.VALIDATION, None),
    NotFound: (Klassifikation.NOT_FOUND, None),
    Conflict: (Klassifikation.VALIDATION, "CONFLICT"),
    Refused: (Klassifikation.VALIDATION, "REFUSED"),
    Uncertain: (Klassifikation.SERVER, "UNCERTAIN"),
    Unavailable: (Klassifikation.SERVER, "UNAVAILABLE"),
    Malformed: (Klassifikation.VALIDATION, None),
}
"""What each failure is to a client: its class, and `extensions.kode` where there is one (rules.md 21)."""
KILDE_ID: Final = "orgraf"
"""Who found the error, for those who keep logs of several services (design.md 5.1, as KOMBIT's README has it)."""
_UDEN_VAERDI: Final = (
    (
        re.compile(r"""Expected value of type '(\w+)', but encountered error ["'](.*?)["'](; found.*)?$""", re.DOTALL),
        r"\2",
    ),
    (re.compile(r"[,;] found:? .*$", re.DOTALL), ""),
    (re.compile(r"not to be None\."), "not to be null."),
    (re.compile(r"(cannot represent .*?value): .*$", re.DOTALL), r"\1"),
    (re.compile(r"Value .* does not exist in '(\w+)' enum.*$", re.DOTALL), r"wanted a value of the enum \1"),
    (re.compile(r"Enum '(\w+)' cannot represent.*$", re.DOTALL), r"wanted a value of the enum \1"),
)
"""graphql-core repeats what it was given: what it wanted is enough."""
_TEGN: Final = re.compile(r"""\b(Name|Int|Float|String|BlockString|Comment) ["'].*["']|(?<=: )["'].*["']""", re.DOTALL)
"""So does its parser, of the word that it stopped at; where that is, is told beside."""


def fejl(
    besked: str,
    klassifikation: Klassifikation,
    *,
    sti: Sequence[str | int] | None = None,
    advarsel: bool = False,
    id: str | None = None,
    locations: Sequence[Mapping[str, int]] | None = None,
    **mere: Any,
) -> dict[str, Any]:
    """One error. `id`: the object it is about; `mere`: further extensions."""
    besked = cpr.skjul(besked)
    extensions = {
        "message": besked,
        "kildeId": KILDE_ID,
        "id": id,
        "type": "WARNING" if advarsel else "ERROR",
        "classification": klassifikation.value,
    }
    error: dict[str, Any] = {"message": besked}
    if locations:
        error["locations"] = list(locations)
    if sti is not None:
        error["path"] = list(sti)
    return error | {"extensions": extensions | mere}


def af_graphql(errors: Iterable[GraphQLError], document: DocumentNode | None = None) -> list[dict[str, Any]]:
    """Errors of parsing, validation and variables: they name the argument, and leave out what was found in it."""
    return [_af_graphql(error, document) for error in errors]


def af_undtagelse(error: GraphQLError) -> dict[str, Any]:
    """An error of a resolver: ours by the table, a stranger masked."""
    aarsag = error.original_error
    sti, steder = error.path, _steder(error)
    if error.extensions:  # the failure says itself what it is
        egne = {"kildeId": KILDE_ID, "id": None, "type": "ERROR", "message": error.message} | error.extensions
        egne = {navn: cpr.skjul(vaerdi) if isinstance(vaerdi, str) else vaerdi for navn, vaerdi in egne.items()}
        return fejl(error.message, Klassifikation.SERVER, sti=sti, locations=steder) | {"extensions": egne}
    if aarsag is None or isinstance(aarsag, GraphQLError):  # an argument that the schema's types could not forbid
        return fejl(str(error.message), Klassifikation.VALIDATION, sti=sti, locations=steder)
    for type_, (klassifikation, kode) in TABEL.items():
        if isinstance(aarsag, type_):
            mere: dict[str, Any] = {"kode": kode} if kode is not None else {}
            if isinstance(aarsag, Refused):
                mere |= {"statusKode": aarsag.status_kode, "tekst": cpr.skjul(aarsag.tekst or "") or None}
            return fejl(str(aarsag), klassifikation, sti=sti, locations=steder, **mere)
    raise aarsag


def _af_graphql(error: GraphQLError, document: DocumentNode | None) -> dict[str, Any]:
    if isinstance(error, GraphQLSyntaxError):
        return fejl(_TEGN.sub(r"\1", str(error.message)), Klassifikation.SYNTAX, locations=_steder(error))
    besked = str(error.message)
    for moenster, erstatning in _UDEN_VAERDI:
        besked = moenster.sub(erstatning, besked)
    navn = _argument(error, document) if document is not None else None
    if navn is not None:
        besked = f"{navn}: {besked}"
    return fejl(besked, Klassifikation.VALIDATION, locations=_steder(error))


def _steder(error: GraphQLError) -> list[dict[str, int]]:
    return [{"line": sted.line, "column": sted.column} for sted in error.locations or ()]


def _argument(error: GraphQLError, document: DocumentNode) -> str | None:
    """The argument, with the input field, in whose value the error lies."""
    if not error.nodes or not isinstance(error.nodes[0], ValueNode):
        return None
    finder = _Finder(error.nodes[0])
    visit(document, finder)
    return finder.fundet


class _Finder(Visitor):
    """Looks for one value in a document."""

    def __init__(self, vaerdi: ValueNode) -> None:
        super().__init__()
        self.vaerdi = vaerdi
        self.fundet: str | None = None

    def enter(self, node: Node, _key: Any, parent: Any, _path: Any, ancestors: list[Any]) -> Any:
        if node is self.vaerdi:
            navne = [n.name.value for n in [*ancestors, parent] if isinstance(n, ArgumentNode | ObjectFieldNode)]
            self.fundet = ".".join(navne) or None
            return self.BREAK
        return None

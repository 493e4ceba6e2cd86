"""The cheap walk finds what graphql-core's own finds: the same errors in the same order, at the same places."""

import os
import random

import pytest
from graphql import DocumentNode, GraphQLError, Visitor, parse, validate

from graph import walk
from graph.documents import MEST_FEJL, REGLER
from graph.limits import ORD
from tests.fuzz import hostile, mutate
from tests.graph.fixture import CORE
from tests.graph.overlapping import SCHEMA, a_document

DOKUMENTER = int(os.environ.get("ORGRAF_DOCUMENTS", "1200"))
FIRST = int(os.environ.get("ORGRAF_SEED", "1"))
EKSEMPLER = (
    "query Q($a: [UUID!]!, $b: Boolean!) { organisationEnhed(uuid: $a) { ...E @skip(if: $b) } } "
    "fragment E on OrganisationEnhed { uuid overordnetEnhed { enhedsnavn } ... on OrganisationEnhed { uuid } }",
    'query ($c: CVR!, $n: Int = 5) { brugerListe(cvr: $c, status: AKTIV, first: $n, filter: {brugernavn: "a"}) '
    "{ antal edges { node { uuid person { navn } } } } }",
    "mutation M($i: OpretOrganisationEnhed!) { opretOrganisationEnhed(input: $i) { kvitteringer { statusKode } } }",
    "subscription S($e: Stand) { aendringer(efter: $e) { __typename ... on Aendring { uuid objekttype } } }",
    "{ __schema { types { name fields { args { name type { ofType { name } } } } } } }",
)


def _read(text: str) -> DocumentNode | None:
    try:
        return parse(text, max_tokens=ORD)
    except (GraphQLError, RecursionError):
        return None


def _renamed(rng: random.Random, text: str) -> str:
    """With a name where another stands."""
    names = [found for found in mutate.WORD.finditer(text) if found[0].isidentifier()]
    at, other = rng.choice(names), rng.choice(names)
    return text[: at.start()] + other[0] + text[at.end() :]


def _said(errors: list[GraphQLError]) -> list[tuple[str, object]]:
    return [(error.message, error.locations) for error in errors]


@pytest.mark.parametrize("text", hostile.ALLE.values(), ids=hostile.ALLE)
def test_of_hostile_documents(text: str) -> None:
    if (document := _read(text)) is None:
        return
    ours = walk.validate(CORE, document, REGLER, max_errors=MEST_FEJL)
    assert _said(ours) == _said(validate(CORE, document, REGLER, max_errors=MEST_FEJL))


@pytest.mark.parametrize("schema, made", [(CORE, EKSEMPLER), (SCHEMA, None)], ids=["ours", "another"])
def test_of_documents_with_some_words_changed(schema: object, made: tuple[str, ...] | None) -> None:
    found = {True: 0, False: 0}
    for seed in range(FIRST, FIRST + DOKUMENTER):
        rng = random.Random(seed)
        one, other = (rng.choice(made), rng.choice(made)) if made else (a_document(seed), a_document(seed + 1))
        document = _read(rng.choice((mutate.text(rng, one, other), _renamed(rng, one), _renamed(rng, one), one)))
        if document is None:
            continue
        theirs = validate(schema, document, REGLER, max_errors=50)  # type: ignore[arg-type]
        ours = walk.validate(schema, document, REGLER, max_errors=50)  # type: ignore[arg-type]
        assert _said(ours) == _said(theirs), f"seed {seed}"
        found[not theirs] += 1
    assert min(found.values()) > DOKUMENTER / 10, found


def test_no_rule_hears_of_names_or_descriptions() -> None:
    """They are passed by."""
    heard = [rule for rule in REGLER for of in ("enter_name", "leave_name") if hasattr(rule, of)]
    assert not heard
    assert not {"enter", "leave"} & set(dir(Visitor))


def test_a_document_without_variables_is_not_searched_for_them(monkeypatch: pytest.MonkeyPatch) -> None:
    walked = []
    go = walk._walk
    monkeypatch.setattr(walk, "_walk", lambda root, *rest: (walked.append(root.kind), go(root, *rest))[1])

    for text in (
        "{ organisationEnhed(uuid: []) { uuid } }",
        "query ($a: [UUID!]!) { organisationEnhed(uuid: $a) { uuid } }",
    ):
        assert not walk.validate(CORE, parse(text), REGLER, max_errors=1)

    assert walked == ["document", "document", "operation_definition"]

"""The rules of answering, one small municipality each, worked out by hand: product and oracle must both say so.

Random documents show that the two agree; these show that what they agree on is what rules.md 4, 6 and 11 to 17 say.
"""

from collections.abc import Callable
from typing import Any

import asyncpg
import pytest

from model import tables
from tests import builders
from tests.builders import Row
from tests.graph import prove
from tests.graph.documents import Document
from tests.graph.examples import examples
from tests.graph.examples.example import BY, Example
from tests.graph.naive.execute import Answer, Fejl
from tests.graph.proving import difference, expected, ground, principal, question

EXAMPLES = dict(examples())


@pytest.fixture(scope="module")
def database(new_dsn: Callable[[], str]) -> str:
    """One for all examples: each empties it first."""
    return new_dsn()


@pytest.mark.parametrize("example", EXAMPLES.values(), ids=EXAMPLES)
async def test_product_and_oracle_answer(example: Example, database: str) -> None:
    await empty(database)
    found = await ground(database, [*usual(example.rows), *builders.kendte_klasser(), *example.rows], [BY])
    document, rights = Document(example.query, {}), {"navn": example.navn, "cpr": example.cpr}
    wanted = Answer(example.data, [Fejl(path, why, type_, count) for path, why, type_, count in example.errors])

    try:
        svar = await prove.product(found).besvar(question(document), principal(BY, **rights), prove.NOW)
    finally:
        await found.lease.close()

    oracle = expected(found, BY, document, **rights)
    assert (oracle.data, _plain(oracle)) == (wanted.data, _plain(wanted)), "the oracle says otherwise"
    assert difference(wanted, svar) == []


def usual(given: list[Row]) -> list[Row]:
    """What every municipality has, without the objects that the example has rows of itself, and without paths."""
    own = {(row.tabel, row.values.get("uuid")) for row in given}
    return [r for r in BY.rows() if r.tabel is not tables.enhed_sti and (r.tabel, r.values.get("uuid")) not in own]


def _plain(answer: Answer) -> list[Any]:
    return sorted((e.path, e.classification, e.type, e.antal) for e in answer.errors)


async def empty(dsn: str) -> None:
    connection = await asyncpg.connect(dsn)
    try:
        names = ", ".join(tabel.name for tabel in tables.metadata.sorted_tables if tabel is not tables.model_state)
        await connection.execute(f"truncate {names}")
    finally:
        await connection.close()

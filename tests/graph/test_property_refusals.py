"""Whatever a client puts into its variables, it gets an answer or a ValidationError: never a failure of ours.

Random valid documents with one variable made wrong. What is refused is refused as a whole, names no value, and asks
the database nothing.
"""

import json
import os
import random
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from tests.graph import prove
from tests.graph.documents import Document, a_document
from tests.graph.proving import LEFT_OUT, NOW, SCHEMA, Ground, ground, principal, question
from tests.graph.worlds import World, a_world

DOCUMENTS = int(os.environ.get("ORGRAF_DOCUMENTS", "120"))
SECRET = "0102031234-hemmelig"
JUNK: tuple[Any, ...] = (
    None, True, 0, -1, 501, 2**31, 2**63, 10**30, 1.5, 1e308, "", "x", "0", SECRET, "\x00", "a\x00b", "\U0010ffff",
    "*", "%", "\\", "2026-03-02", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999999Z", "2026-13-41T00:00:00Z",
    "dead0000-0000-4000-8000-00000000000", "DEAD0000-0000-4000-8000-000000000000", "MQ", "AKTIV", [], [None], [[]],
    ["x"], {}, {"rolle": None}, {"kleNummer": [SECRET]}, {"navn": SECRET}, {"personFilter": {"cpr": SECRET}},
)  # fmt: skip


@pytest.fixture
async def world(new_dsn: Callable[[], str]) -> AsyncIterator[tuple[World, Ground]]:
    made = a_world(5, 12)
    found = await ground(new_dsn(), made.rows, (made.here, made.there))
    yield made, found
    await found.lease.close()


def spoiled(seed: int, world: World) -> Document | None:
    """A document with one of its variables made wrong, or left away; None for one without variables."""
    rng = random.Random(f"spoiled {seed}")
    document = a_document(seed, SCHEMA, world.uuids, LEFT_OUT)
    if not document.variables:
        return None
    telling = [name for name, value in document.variables.items() if not isinstance(value, bool)]
    name = rng.choice(sorted(telling or document.variables))
    alike = [junk for junk in JUNK if type(junk) is type(document.variables[name])]
    kept = {key: value for key, value in document.variables.items() if key != name}
    variables = kept if rng.random() < 0.1 else kept | {name: rng.choice(alike if rng.random() < 0.7 else JUNK)}
    return Document(document.text, variables, document.operation)


async def test_wrong_variables_are_answered_or_refused(world: tuple[World, Ground]) -> None:
    made, found = world
    product, refused, answered = prove.product(found), 0, 0

    for seed in range(DOCUMENTS):
        document = spoiled(seed, made)
        if document is None:
            continue
        before = len(found.lease.asked)
        svar = await product.besvar(question(document), principal(made.here), NOW)

        if svar.udfoert:
            answered += 1
            assert svar.data is not None
            assert json.loads(svar.data) is not None
            continue
        refused += 1
        assert svar.data is None, document
        assert len(found.lease.asked) == before, document
        assert {e["extensions"]["classification"] for e in svar.errors} == {"ValidationError"}, document
        assert all("$" in e["message"] or ":" in e["message"] or " and " in e["message"] for e in svar.errors)
        assert SECRET not in json.dumps(svar.errors), document

    assert refused > 20, "too few of them were wrong for this to say anything"
    assert answered > 20

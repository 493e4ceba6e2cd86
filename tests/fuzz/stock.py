"""What bodies and frames are made of: valid documents with their variables, and hostile ones; one stream for each seed.

Knows the schema and a world's uuids; knows neither how a body is sent nor what becomes of it.
"""

import json
import random
from dataclasses import dataclass, field
from typing import Any

from graphql import get_introspection_query

from tests.fuzz import hostile, mutate
from tests.graph.documents import a_document
from tests.graph.proving import LEFT_OUT, SCHEMA
from tests.graph.worlds import World

DOCUMENTS = 120
LETTERS = 2_000
"""Longer ones are left out: they take time, and show nothing more."""
SKRIVNING = """mutation M($i: OpretOrganisationEnhed!) {
  opretOrganisationEnhed(input: $i) { kvitteringer { statusKode } }
}"""
ROD = "00000000-0000-4000-8000-000000000001"
OPRET = {"cvr": "11111111", "enhedsnavn": "x", "brugervendtNoegle": "x", "overordnetEnhed": ROD}
IMPORT = """mutation I($c: CVR!, $i: JSON!, $v: Skrivevalg) {
  importerHierarki(cvr: $c, input: $i, valg: $v) { sendt }
}"""
ENHED = {"uuid": ROD, "brugervendtNoegle": "x", "enhedsnavn": "x", "overordnetEnhed": ROD}
ENHED |= {"registreringstid": "2020-01-01T00:00:00Z", "periode": {"fra": "2020-01-01T00:00:00+01:00", "til": None}}
SUBSCRIPTION = "subscription S($e: Stand) { aendringer(efter: $e) { __typename ... on Aendring { uuid objekttype } } }"
OTHERS: tuple[tuple[str, dict[str, Any]], ...] = (
    (get_introspection_query(), {}),
    ("query Q($c: CVR!) { brugerListe(cvr: $c, status: AKTIV, first: 3) { antal } }", {"c": "11111111"}),
    (SKRIVNING, {"i": OPRET}),
    (IMPORT, {"c": "11111111", "i": {"enheder": [ENHED]}, "v": {"proeve": True}}),
    (SUBSCRIPTION, {"e": None}),
    ("{ __typename }", {}),
)


@dataclass
class Stock:
    """The material of one run, and the chance that draws from it."""

    rng: random.Random
    documents: list[tuple[str, dict[str, Any], str | None]] = field(default_factory=list)

    @classmethod
    def of(cls, seed: int, world: World) -> "Stock":
        """The same for equal seeds."""
        made = [a_document(seed * 1_000 + n, SCHEMA, world.uuids, LEFT_OUT) for n in range(DOCUMENTS)]
        found = [(one.text, one.variables, one.operation) for one in made if len(one.text) <= LETTERS]
        others = [(text, _with_cvr(variables, world.here.cvr), None) for text, variables in OTHERS]
        return cls(random.Random(seed), found + others * 4)

    def question(self, *, tame: bool = False) -> bytes:
        """The JSON of a question, valid or not; or, unless it is to be `tame`, what was to be JSON."""
        shape = 0 if tame else 8
        made = mutate.pick(self.rng, ((10, self._valid), (40, self._words), (22, self._values), (shape, self._shape)))()
        if self.rng.random() < 0.04:
            made = {"query": self.rng.choice(list(hostile.ALLE.values()))}
        raw = mutate.dumps(made)
        return raw if tame or self.rng.random() > 0.14 else mutate.octets(self.rng, raw)

    def _valid(self) -> dict[str, Any]:
        text, variables, operation = self.rng.choice(self.documents)
        found: dict[str, Any] = {"query": text, "variables": variables}
        return found if operation is None else {**found, "operationName": operation}

    def _words(self) -> dict[str, Any]:
        found = self._valid()
        return {**found, "query": mutate.text(self.rng, found["query"], self.rng.choice(self.documents)[0])}

    def _values(self) -> dict[str, Any]:
        found = self._valid()
        for _ in range(self.rng.randint(1, 2)):
            found["variables"] = mutate.value(self.rng, found["variables"])
        return found

    def _shape(self) -> Any:
        found = self._valid()
        odd = self.rng.choice(("query", "variables", "operationName", "extensions", "documentId", "more", "id", ""))
        changed = {**found, odd: self.rng.choice(mutate.ODD_VALUES)}
        if self.rng.random() < 0.3:
            del changed["query"]
        if self.rng.random() < 0.2:
            return [changed]
        if self.rng.random() < 0.2:
            changed["extensions"] = {
                "persistedQuery": self.rng.choice((None, {}, {"sha256Hash": "a" * 64, "version": 1}))
            }
        return changed


def _with_cvr(variables: dict[str, Any], cvr: str) -> dict[str, Any]:
    """The municipality that the tokens are for."""
    found: dict[str, Any] = json.loads(json.dumps(variables).replace("11111111", cvr))
    return found

"""Whole questions with the statement they become and the answer they get: tests/golden/name.{graphql,sql,json}.

`scripts/golden` writes the last two anew; a person reads the difference.
"""

import os
from pathlib import Path
from typing import Any

import orjson
import pytest

from model import tables
from tests import builders
from tests.graph.fixture import By, kalder, korsbaek

GOLDEN = Path(__file__).parents[1] / "golden"
NAVNE = sorted(path.stem for path in GOLDEN.glob("*.graphql"))
SKRIV = bool(os.environ.get("ORGRAF_GOLDEN"))


def variables(navn: str, by: By) -> dict[str, Any]:
    found: dict[str, dict[str, Any]] = {
        "enhed": {"uuid": by["boern"]},
        "brugerliste": {"cvr": by.kommune.cvr, "navn": "*"},
        "ledere": {"uuid": [by["bo"], by["anna"]]},
        "dengang": {"uuid": [by["boern"]]},
        "soeg": {"cvr": by.kommune.cvr, "tekst": "anna"},
    }
    return found[navn]


def rows() -> By:
    by = korsbaek()
    k = by.kommune
    by.add("direktoer", builders.en_bruger(k, "direktør"))
    leder = builders.et_medlemskab(k, by["direktoer"], k.rod, funktionstype=by.raekker["leder"]["funktionstype"])
    by.add("direktoerens", leder)
    soegt = {"objekttype": "BRUGER", "uuid": by["anna"], "felt": "brugernavn", "ord": " anna"}
    by.add("soegt", builders.row(tables.soegetekst, k, **soegt))
    by.add("gammel", by.raekker["skolen"].but(enhedsnavn="Asylet", virkning_til="2026-02-15"))
    by.add("skolen", by.raekker["skolen"].but(virkning_fra="2026-02-15"))
    return by


@pytest.mark.parametrize("navn", NAVNE)
async def test_golden(dsn: str, navn: str) -> None:
    by = rows()
    texts: list[str] = []

    class Husker:
        def __init__(self, laeser: Any) -> None:
            self.laeser = laeser

        async def fetchrow(self, text: str, *values: object, kommune: object = None) -> Any:
            texts.append(text)
            return await self.laeser.fetchrow(text, *values)

    async with kalder(dsn, by, laeser=Husker) as spoerger:
        svar = await spoerger.svar((GOLDEN / f"{navn}.graphql").read_text("utf-8"), **variables(navn, by))

    assert svar.data is not None
    found = {"data": orjson.loads(svar.data), "errors": svar.errors}
    answer = orjson.dumps(found, option=orjson.OPT_INDENT_2).decode() + "\n"
    assert len(texts) == 1
    _compare(GOLDEN / f"{navn}.sql", texts[0].replace(" \n", "\n") + "\n")
    _compare(GOLDEN / f"{navn}.json", answer)


def _compare(path: Path, found: str) -> None:
    if SKRIV:
        path.write_text(found, "utf-8")
    assert path.exists(), "run scripts/golden, and read what it wrote"
    assert found == path.read_text("utf-8"), "run scripts/golden, and read the difference"

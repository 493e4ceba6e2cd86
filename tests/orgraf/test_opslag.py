"""`orgraf opslag`: the log of reads on paper, of everybody or of one person."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from model import opslag
from model.opslag import Opslag
from model.pool import Pool
from orgraf import opslag as reads
from orgraf.settings import Settings

CVR, KOMMUNE, NABO = "11111111", UUID(int=1), UUID(int=2)
ANNA, BO = UUID(int=3), UUID(int=4)
NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


@pytest.fixture
def settings(dsn: str, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setattr(reads, "SIDE", 2)
    asyncio.run(_fill(dsn))
    return Settings(database_dsn=dsn, contexts={CVR: None})


async def _fill(dsn: str) -> None:
    rows = [(KOMMUNE, 0, [ANNA]), (KOMMUNE, 1, [BO, ANNA]), (KOMMUNE, 2, [BO]), (NABO, 3, [ANNA]), (KOMMUNE, 4, [ANNA])]
    async with await Pool.open(dsn) as pool:
        await pool.execute("insert into anvenderkontekst values ($1, $2, null, 'KLAR')", CVR, KOMMUNE)
        await pool.execute("insert into anvenderkontekst values ('22222222', $1, null, 'KLAR')", NABO)
        async with pool.connection() as connection:
            at = [Opslag(who, NOW + timedelta(minutes=nr), f"s{nr}", ["navn"], whose, "Vis") for who, nr, whose in rows]
            await opslag.skriv(connection, at)


def shown(settings: Settings, capsys: pytest.CaptureFixture[str], **given: Any) -> list[Any]:
    asked = {"person": None, "fra": None, "til": None} | given
    asyncio.run(reads.show(settings, **asked))
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_a_row_says_to_whom_what_was_shown_of_whom(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    first, *_ = shown(settings, capsys)
    assert first["tidspunkt"] == "2026-06-01T12:00:00+00:00"
    told = {"cvr": CVR, "system": "s0", "operation": "Vis", "felter": ["navn"], "personer": [str(ANNA)]}
    assert {key: first[key] for key in told} == told


CHOSEN: dict[str, tuple[dict[str, Any], list[str]]] = {
    "all, without the neighbour's": ({}, ["s0", "s1", "s2", "s4"]),
    "of one person, the latest first": ({"person": ANNA}, ["s4", "s1", "s0"]),
    "from a moment on": ({"fra": NOW + timedelta(minutes=2)}, ["s2", "s4"]),
    "up to a moment": ({"til": NOW + timedelta(minutes=1)}, ["s0", "s1"]),
    "of a person between two": ({"person": ANNA, "fra": NOW, "til": NOW}, ["s0"]),
    "of nobody": ({"person": UUID(int=9)}, []),
}


@pytest.mark.parametrize("given, systems", CHOSEN.values(), ids=CHOSEN)
def test_what_is_asked_for_is_shown_page_by_page(
    settings: Settings, capsys: pytest.CaptureFixture[str], given: dict[str, Any], systems: list[str]
) -> None:
    assert [row["system"] for row in shown(settings, capsys, **given)] == systems

"""`orgraf parked`: what is set aside is listed, tried again and discarded, and no body is ever shown."""

import asyncio
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from fkorg.besked import Besked
from fkorg.catalogue import Objekttype
from fkorg.errors import NotFound
from fkorg.registrering import Objekt
from fkorg.wire import besked_xml
from ingest.receive import Modtager
from model import parked
from model.pool import Pool
from orgraf import parking
from orgraf.__main__ import main
from orgraf.settings import Settings

CVR, KOMMUNE, NABO = "11111111", UUID(int=1), UUID(int=2)
SKOLE, MADS = UUID(int=3), UUID(int=4)
NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
ULAESELIG = b"ulaeseligt hemmeligt"
FREMMED = besked_xml.write(Besked("fremmed-1", MADS, (Objekttype.BRUGER,), None, "22222222"), push=True)


@pytest.fixture
def settings(dsn: str) -> Settings:
    """Of a database where an object, a body without form and a neighbour's message are set aside."""
    asyncio.run(_fill(dsn))
    return Settings(database_dsn=dsn, contexts={CVR: None})


async def _fill(dsn: str) -> None:
    async with await Pool.open(dsn, size=2) as pool:
        await pool.execute("insert into anvenderkontekst values ($1, $2, null, 'KLAR')", CVR, KOMMUNE)
        async with pool.transaction() as tx:
            await parked.objekt(tx, Objekt(KOMMUNE, Objekttype.ORGANISATION_ENHED, SKOLE), "refused", NOW)
        modtager = Modtager(pool, CVR)
        for body in (ULAESELIG, FREMMED):
            await modtager.modtag(body, "PUSH", NOW)


def rows(settings: Settings, sql: str) -> list[tuple[Any, ...]]:
    async def ask() -> list[tuple[Any, ...]]:
        connection = await asyncpg.connect(settings.database_dsn)
        try:
            return [tuple(row) for row in await connection.fetch(sql)]
        finally:
            await connection.close()

    return asyncio.run(ask())


def ids(settings: Settings) -> dict[str, str]:
    return {reason.partition(":")[0]: id_ for reason, id_ in rows(settings, "select reason, besked_id from parked")}


def test_it_is_listed_with_its_object_and_reason_and_without_its_body(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    asyncio.run(parking.show(settings, as_json=True))
    asyncio.run(parking.show(settings, as_json=False))

    said = capsys.readouterr().out
    found = {one["id"]: one for one in map(json.loads, said.splitlines()[:3])}
    assert found["fremmed-1"]["uuid"] == str(MADS)
    assert found["fremmed-1"]["objekttype"] == "BRUGER"
    assert found[f"ORGANISATION_ENHED:{SKOLE}"]["reason"] == "refused"
    assert any(one["reason"].startswith("malformed: wanted well-formed XML") for one in found.values())
    assert said.count(str(MADS)) == 2, "also in the list for people"
    assert "hemmeligt" not in said


def test_an_object_is_read_back_again(settings: Settings) -> None:
    asyncio.run(parking.retry(settings, [ids(settings)["refused"]], alle=False))

    assert rows(settings, "select uuid, attempts, aarsag, due_at <= now() from dirty") == [
        (SKOLE, 0, "AFSTEMNING", True)
    ]
    assert sorted(ids(settings)) == ["malformed", "unknown_cvr"]


def test_all_of_it_is_tried_again_and_what_fails_again_stays(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    rows(settings, f"insert into anvenderkontekst values ('22222222', '{NABO}', null, 'KLAR')")

    asyncio.run(parking.retry(settings, [], alle=True))

    assert rows(settings, "select organisation, uuid from dirty order by 1") == [(KOMMUNE, SKOLE), (NABO, MADS)]
    assert rows(settings, "select attempts, reason like 'malformed: %' from parked") == [(2, True)]
    assert len(capsys.readouterr().out.splitlines()) == 3


def test_what_is_discarded_is_gone_and_the_log_says_so(settings: Settings, caplog: pytest.LogCaptureFixture) -> None:
    asyncio.run(parking.discard(settings, ["fremmed-1"]))

    assert sorted(ids(settings)) == ["malformed", "refused"]
    assert rows(settings, "select * from dirty") == []
    assert "discarded by an operator: fremmed-1, set aside as unknown_cvr" in caplog.text


ACTS: dict[str, Callable[[Settings, list[str]], Any]] = {
    "retry": lambda settings, ids: parking.retry(settings, ids, alle=False),
    "discard": parking.discard,
}


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)
def test_an_id_that_is_not_there_stops_all(settings: Settings, act: Callable[[Settings, list[str]], Any]) -> None:
    with pytest.raises(NotFound, match=r"nothing is set aside under nix; nothing was done"):
        asyncio.run(act(settings, ["fremmed-1", "nix"]))

    assert len(ids(settings)) == 3


LINES = {
    "neither an id nor all": ("parked", "retry"),
    "an id and all": ("parked", "retry", "x", "--all"),
}


@pytest.mark.parametrize("arguments", LINES.values(), ids=LINES)
def test_what_is_meant_must_be_said(
    arguments: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["orgraf", *arguments])

    with pytest.raises(SystemExit) as ended:
        main()

    assert ended.value.code == 1
    assert capsys.readouterr().err == "wanted ids as `orgraf parked` lists them, or --all\n"

"""`orgraf doctor` against a real database and a real simulator: what it tells, what it waits for, how it ends."""

import asyncio
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import asyncpg
import pytest

from fkorg.beskedfordeler.amqp import samme_login, se_efter
from fkorg.errors import NoAccess, NotFound, Unavailable
from model import eftersyn
from model.pool import Pool
from orgraf import doctor
from orgraf.settings import Settings
from simulator import noegler
from simulator.noegler import Noegler
from simulator.server import STS, Options, make_app, open_simulator
from simulator.sts import UDSTEDER
from tests.parts.rabbitmq import Broker
from tests.simulator.live import serving

CVR, KOMMUNE = "11111111", UUID(int=1)
NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
NOWHERE = "http://127.0.0.1:1"


def settings(dsn: str, **but: object) -> Settings:
    given = {"source_url": NOWHERE} | but
    return Settings(database_dsn=dsn, contexts={CVR: None}, **given)  # type: ignore[arg-type]


async def lines(found: Settings) -> dict[str, bool]:
    return {one.emne: one.ok async for _, one in doctor.undersoeg(found)}


async def test_a_database_that_is_away_is_a_line_and_hides_no_other() -> None:
    found = await lines(settings("postgresql://x@127.0.0.1:1/x"))

    assert found == {"database": False, "clock of the source": True, "source": False}


async def test_without_a_database_certificates_and_token_have_their_lines(signed: tuple[str, Noegler]) -> None:
    found = await lines(settings("postgresql://x@127.0.0.1:1/x", **med_noegler(*signed)))

    assert found == {
        "database": False,
        "certificate of ours": True,
        "certificate of the token service": True,
        "certificate of the source": True,
        "clock of the source": True,
        "token": True,
        "source": True,
    }


async def test_a_database_of_another_version_is_told(dsn: str) -> None:
    await execute(dsn, "update alembic_version set version_num = '0000'")

    found = await lines(settings(dsn))

    assert found["database"]
    assert not found["version"]
    assert not found["source"], "it is asked all the same"
    assert "model" not in found, "its tables cannot be asked"


async def test_every_part_has_a_line_and_one_that_is_away_hides_no_other(dsn: str) -> None:
    await execute(dsn, f"insert into anvenderkontekst values ('{CVR}', '{KOMMUNE}', null, 'KLAR')")
    await execute(
        dsn,
        f"insert into parked (organisation, besked_id, reason, first_at, last_at)"
        f" select '{KOMMUNE}', 'm' || n, 'malformed: x' || n, now(), now() from generate_series(1, 3) n",
    )

    found = await lines(settings(dsn, amqp_url="amqp://127.0.0.1:1/BF", amqp_queue="x"))

    assert {emne for emne, ok in found.items() if ok} >= {"database", "version", "clock of the database", "backlog"}
    assert {emne for emne, ok in found.items() if not ok} >= {
        *("queue", "source", "freshness", "leadership", "channel AMQP", "parked", "comparison"),
    }


@pytest.fixture
def signed(tmp_path: Path) -> Iterator[tuple[str, Noegler]]:
    """A source that takes signed calls alone: its address, and the keys."""
    options = Options(tmp_path / "sandhed", signed=True)
    simulator = open_simulator(options)
    assert simulator.sikkerhed is not None
    try:
        with serving(make_app(options, simulator)) as url:
            yield url, simulator.sikkerhed.noegler
    finally:
        simulator.close()


def med_noegler(url: str, kept: Noegler, **but: object) -> dict[str, object]:
    return {
        "source_url": f"{url}/organisation",
        "certificate": kept.certifikat(noegler.ANVENDER),
        "certificate_key": kept.privat(noegler.ANVENDER),
        "sts_url": url + STS,
        "sts_issuer": UDSTEDER,
        "sts_certificates": (kept.certifikat(noegler.STS),),
        "source_certificates": (kept.certifikat(noegler.TJENESTE),),
        **but,
    }


async def test_certificates_and_token_have_lines_of_their_own(dsn: str, signed: tuple[str, Noegler]) -> None:
    url, kept = signed
    found = await lines(settings(dsn, **med_noegler(url, kept)))
    egne = {"certificate of ours", "certificate of the token service", "certificate of the source", "token", "source"}
    assert {emne for emne in egne if found[emne]} == egne


async def test_what_is_wrong_with_a_token_hides_what_is_right(dsn: str, signed: tuple[str, Noegler]) -> None:
    url, kept = signed
    for but in (
        {"sts_url": NOWHERE},
        {"sts_issuer": "https://anden.invalid"},
        {"sts_certificates": (kept.certifikat(noegler.TJENESTE),)},
        {"source_audience": "http://andet.invalid"},
    ):
        found = await lines(settings(dsn, **med_noegler(url, kept, **but)))
        assert found["certificate of ours"]
        assert not found["source"]
        assert found["token"] is ("source_audience" in but), but


async def test_parked_messages_are_grouped_by_reason(dsn: str, capsys: pytest.CaptureFixture[str]) -> None:
    await test_every_part_has_a_line_and_one_that_is_away_hides_no_other(dsn)

    assert not await doctor.run(settings(dsn), as_json=True)

    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    (parked,) = [one for one in told if one["about"] == "parked"]
    assert parked["cvr"] == CVR
    assert parked["found"].startswith("3 x malformed, since")
    assert "orgraf parked retry" in parked["do"]


async def test_that_the_database_was_restored_can_be_said(dsn: str, capsys: pytest.CaptureFixture[str]) -> None:
    await execute(dsn, f"insert into anvenderkontekst values ('{CVR}', '{KOMMUNE}', null, 'KLAR')")

    await doctor.gendannet(settings(dsn))

    assert "incarnation 2 begins" in capsys.readouterr().out
    connection = await asyncpg.connect(dsn)
    assert await connection.fetchval("select incarnation from model_state") == 2
    assert await connection.fetchval("select straks from afstemning where finished_at is null")
    await connection.close()


async def execute(dsn: str, statement: str) -> None:
    connection = await asyncpg.connect(dsn)
    await connection.execute(statement)
    await connection.close()


@pytest.fixture(scope="module")
def koe(rabbitmq: Broker) -> str:
    """A mailbox with two messages and no consumer."""
    import aio_pika

    async def make() -> None:
        async with await aio_pika.connect(rabbitmq.admin_url) as connection:
            channel = await connection.channel()
            await channel.declare_queue("doctor", durable=True)
            for _ in range(2):
                await channel.default_exchange.publish(aio_pika.Message(b"x"), "doctor")

    asyncio.run(make())
    return "doctor"


async def test_the_queue_is_looked_at_and_not_made(rabbitmq: Broker, koe: str) -> None:
    assert await se_efter(samme_login(rabbitmq.url), koe) == (2, 0)
    with pytest.raises(NotFound):
        await se_efter(samme_login(rabbitmq.url), "nix")
    with pytest.raises(NotFound):
        await se_efter(samme_login(rabbitmq.url), "nix")


async def test_a_broker_that_is_shut_or_away_is_told(rabbitmq: Broker) -> None:
    user = rabbitmq.url.partition("//")[2].partition("@")[0]
    with pytest.raises(NoAccess):
        await se_efter(samme_login(rabbitmq.url.replace(user, "guest:wrong")), "x")
    with pytest.raises(Unavailable):
        await se_efter(samme_login("amqp://127.0.0.1:1/BF"), "x")


async def test_what_is_measured_comes_from_the_database(dsn: str) -> None:
    await execute(dsn, f"insert into anvenderkontekst values ('{CVR}', '{KOMMUNE}', null, 'KLAR')")
    await execute(dsn, f"insert into leader values ('{KOMMUNE}', 'INGEST', 1, 'x', now() - interval '1 minute')")
    await execute(
        dsn,
        "insert into write_request (organisation, id, caller, operation, input_hash, status, kvitteringer, started_at)"
        f" values ('{KOMMUNE}', '{KOMMUNE}', '', '', '', 'UVIS', '{{}}', '2026-06-01 11:50+00')",
    )
    await execute(
        dsn,
        "insert into afstemning"
        " (organisation, started_seq, started_at, finished_at, straks, phase, page_token, bremset, rettet)"
        f" values ('{KOMMUNE}', 0, '2026-06-01 10:00+00', '2026-06-01 11:00+00', false, '', '{{}}', 900, 0)",
    )
    async with await Pool.open(dsn, size=1) as pool, pool.connection() as connection:
        found = await eftersyn.maal(connection, NOW)

    (one,) = found.kommuner
    assert (one.cvr, one.bremset, one.i_tvivl, one.tabte) == (CVR, 900, 1, 0)
    assert one.leder_tavs is not None
    assert 59 < one.leder_tavs.total_seconds() < 120
    assert one.afstemt_at == datetime(2026, 6, 1, 10, tzinfo=UTC)
    assert (found.incarnation, found.ledige > 0) == (1, True)

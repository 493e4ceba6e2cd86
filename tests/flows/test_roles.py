"""Server and ingest with logins of their own in the database: all works, and neither can do what is not its own."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import asyncpg
import httpx
import pytest

from fkorg.besked import Besked
from fkorg.catalogue import Objekttype
from fkorg.errors import Unavailable
from fkorg.wire import besked_xml
from ingest.kanal import Kanal
from ingest.receive import Modtager
from model import opslag
from model.lease import Lease
from model.pool import Pool
from model.tables import metadata
from orgraf import roller
from orgraf.embedded import Embedded
from orgraf.settings import Settings
from simulator.server import Options
from tests.flows import verden as verdener
from tests.flows.conftest import _database, _truth
from tests.flows.frontend import DEADLINE_S, Frontend
from tests.flows.skrivning import goer, ny_enhed
from tests.flows.verden import CVR, Kilde, Verden
from tests.parts.postgres import as_role, make_role
from tests.simulator.fixtures import SEED

GRAPH, INGEST, READ = "flows_graph", "flows-ingest", "flows_read"


@pytest.fixture(scope="module")
def skilt(tmp_path_factory: pytest.TempPathFactory, server: Embedded, fyldt: tuple[Path, str]) -> Iterator[Verden]:
    """A world whose server, its answers, and ingest have logins of their own; messages come by push, to ingest."""
    mappe, (port, door, kilde) = tmp_path_factory.mktemp("skilt"), verdener.free_ports(3)
    push_url = f"http://127.0.0.1:{door}/beskedfordeler/modtag"
    options = Options(_truth(fyldt, mappe), kilde, seed=SEED, push_url=push_url)
    owner = verdener.make_settings(mappe, _database(server, fyldt, "flows_roles"), options, port)
    dsn = owner["ORGRAF_DATABASE_DSN"]
    for role in (GRAPH, INGEST, READ):
        asyncio.run(make_role(dsn, role))
    done = verdener.orgraf("roles", "--graph", GRAPH, "--ingest", INGEST, "--read", READ, settings=owner)
    assert done.returncode == 0, done.stderr
    push = {"ORGRAF_PUSH": "true", "ORGRAF_LISTEN_PORT": str(door), "ORGRAF_DATABASE_DSN": as_role(dsn, INGEST)}
    settings = owner | {"ORGRAF_DATABASE_DSN": as_role(dsn, GRAPH), "ORGRAF_READ_DSN": as_role(dsn, READ)}
    with verdener.running(Kilde(options), settings, mappe, **push) as running:
        yield running


@pytest.fixture
async def frontend(skilt: Verden) -> AsyncIterator[Frontend]:
    async with httpx.AsyncClient(base_url=skilt.url, timeout=DEADLINE_S) as http:
        yield Frontend(skilt, http)


async def test_a_change_is_made_told_and_read(frontend: Frontend) -> None:
    uuid = await ny_enhed(frontend, "Før")
    async with frontend.foelger(uuid=[uuid]) as abonnement:
        payload = await goer(frontend, "omdoebEnhed", uuid=uuid, enhedsnavn="Efter")
        told = await abonnement.naeste(uuid=uuid)
    assert payload["organisationEnhed"]["enhedsnavn"] == "Efter"
    assert told["objekt"]["enhedsnavn"] == "Efter"


async def test_a_name_is_read_and_the_read_is_kept(frontend: Frontend, skilt: Verden) -> None:
    query = (
        "query($cvr: CVR!) { brugerListe(cvr: $cvr, status: AKTIV, first: 5) { edges { node { person { navn } } } } }"
    )
    svar = await frontend.spoerg(query, token="persondata", cvr=CVR)
    assert any(edge["node"]["person"] for edge in svar.data["brugerListe"]["edges"])
    async with connected(skilt, GRAPH) as connection:
        assert await connection.fetchval("select count(*) from access_log") >= 1


async def test_ingest_puts_the_log_of_reads_in_order_though_it_is_not_its_own(skilt: Verden) -> None:
    async with connected(skilt, INGEST) as connection:
        await opslag.sorteres(connection)
        assert await connection.fetchval("select access_log_sorteres()") == 0, "nothing is left to sort"


async def test_a_server_with_the_push_door_keeps_messages_too(dsn: str) -> None:
    await make_role(dsn, "flows_push")
    connection = await asyncpg.connect(dsn)
    await connection.execute("insert into anvenderkontekst values ($1, $2, null, 'KLAR')", CVR, UUID(int=1))
    await connection.close()
    await roller.giv(Settings(database_dsn=dsn), "flows_push", None, push=True)
    async with await Pool.open(as_role(dsn, "flows_push")) as pool:
        body = besked_xml.write(Besked("en", UUID(int=2), (Objekttype.BRUGER,), None, CVR), push=True)
        now = datetime.now(UTC)
        outcomes = [await Modtager(pool, CVR).modtag(one, "PUSH", now) for one in (body, body, b"unreadable")]
        kanal = Kanal(pool, UUID(int=1), "PUSH", lambda: now)
        kanal.forbundet()
        kanal.tomt()
        await kanal.beat()
        rows = [
            await pool.fetchval(f"select count(*) from {one}") for one in ("inbox", "dirty", "parked", "feed_state")
        ]
    assert rows == [1, 1, 1, 1], outcomes


FORBIDDEN = {
    "a server changes an object": (GRAPH, "update person set navn = 'x'"),
    "a server removes one": (GRAPH, "delete from registrering"),
    "a server writes the change log": (GRAPH, "update aendring set art = 'AENDRET'"),
    "a server leads": (GRAPH, "update leader set epoch = epoch + 1"),
    "a server forgets what is to be read": (GRAPH, "delete from dirty"),
    "a server keeps a message": (GRAPH, "update inbox set status = 'ANVENDT'"),
    "a server forgets a read": (GRAPH, "delete from access_log"),
    "a server changes a read": (GRAPH, "update access_log set caller = 'x'"),
    "a server changes the key of hashes": (GRAPH, "update model_state set secret = 'x'"),
    "a server makes a table": (GRAPH, "create table public.x ()"),
    "an answer reads the log of reads": (READ, "select * from access_log"),
    "an answer reads messages": (READ, "select * from inbox"),
    "an answer reads the key of hashes": (READ, "select secret from model_state"),
    "an answer changes something": (READ, "update person set navn = 'x'"),
    "ingest invents a read": (INGEST, "insert into access_log default values"),
    "ingest changes a read": (INGEST, "update access_log set caller = 'x'"),
    "ingest records a write": (INGEST, "update write_request set status = 'UDFOERT'"),
}


@pytest.mark.parametrize("role, sql", FORBIDDEN.values(), ids=FORBIDDEN)
async def test_what_is_none_of_its_business_is_refused(skilt: Verden, role: str, sql: str) -> None:
    async with connected(skilt, role) as connection:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(sql)


async def test_an_answer_sees_the_rows_of_one_municipality_alone(skilt: Verden) -> None:
    organisation = skilt.kilde.sandhed.organisation
    text = "select count(*) as antal from bruger where organisation = $1"
    async with Lease(as_role(skilt.settings["ORGRAF_DATABASE_DSN"], READ), size=1, vaeg=True) as lease:
        egne, ingen, fremmed, igen = [
            (await lease.fetchrow(text, organisation, kommune=one))["antal"]  # type: ignore[index]  # a count is there
            for one in (organisation, None, UUID(int=1), organisation)
        ]
    assert egne == igen > 0
    assert (ingen, fremmed) == (0, 0)


async def test_the_wall_stands_before_every_table_that_an_answer_reads(skilt: Verden) -> None:
    async with connected(skilt, READ) as connection:
        for tabel, ret in roller.READ.items():
            if ret and "organisation" in metadata.tables[tabel].c and tabel not in roller.UDEN_VAEG:
                assert await connection.fetchval(f"select count(*) from {tabel}") == 0, tabel
    async with connected(skilt, GRAPH) as connection:
        assert await connection.fetchval("select count(*) from bruger") > 0


async def test_a_second_login_takes_no_wall_away(dsn: str) -> None:
    connection = await asyncpg.connect(dsn)
    await connection.execute(
        "insert into enhed_sti (organisation, enhed, sti, dybde) values ($1, $1, array[$1]::uuid[], 0)", UUID(int=1)
    )
    await connection.close()
    for role in ("flows_first", "flows_second"):
        await make_role(dsn, role)
        await roller.giv(Settings(database_dsn=dsn), None, None, role)
    for role in ("flows_first", "flows_second"):
        async with Lease(as_role(dsn, role), size=1, vaeg=True) as lease:
            seen = [await lease.fetchrow("select count(*) from enhed_sti", kommune=UUID(int=one)) for one in (1, 2)]
            async with lease.reader() as reader:
                unsaid = await reader.fetchval("select count(*) from enhed_sti")
        assert ([row[0] for row in seen if row is not None], unsaid) == ([1, 0], 0), role


async def test_roles_give_way_to_who_reads(dsn: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(roller, "FORSOEG", 2)
    monkeypatch.setattr(roller, "VENTER_MS", 50)
    await make_role(dsn, "flows_reader")
    async with await Pool.open(dsn, size=1) as pool:
        async with pool.transaction() as tx:
            await tx.execute("select from medlemskab")
            with pytest.raises(Unavailable, match="the tables were in use 2 times"):
                await roller.giv(Settings(database_dsn=dsn), None, None, "flows_reader")
            monkeypatch.setattr(roller, "FORSOEG", 200)
            given = asyncio.create_task(roller.giv(Settings(database_dsn=dsn), None, None, "flows_reader"))
            await asyncio.sleep(0.2)
            assert not given.done()
            await tx.execute("select from bruger")
        await given
        assert await pool.fetchval("select relrowsecurity from pg_class where relname = 'medlemskab'")


@pytest.mark.parametrize("tabeller", [roller.GRAPH, roller.PUSH, roller.READ, roller.INGEST])
def test_each_table_has_its_line(tabeller: Mapping[str, str]) -> None:
    assert set(tabeller) == set(metadata.tables)


def test_a_role_that_is_not_there_is_named(skilt: Verden) -> None:
    owner = dict(skilt.settings) | {"ORGRAF_DATABASE_DSN": as_role(skilt.settings["ORGRAF_DATABASE_DSN"], "orgraf")}
    done = verdener.orgraf("roles", "--graph", "nobody_here", settings=owner)
    assert (done.returncode, "no role 'nobody_here'" in done.stderr) == (1, True)


@asynccontextmanager
async def connected(verden: Verden, role: str) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    connection = await asyncpg.connect(as_role(verden.settings["ORGRAF_DATABASE_DSN"], role))
    try:
        yield connection
    finally:
        await connection.close()

"""upgrade: old and new side by side on one database, one process after the other, and nobody notices.

Old is the commit before the newest version of the tables, out of the repository's history; where that is not at hand
(a shallow clone) it is this checkout, and only the order of the steps is shown. As docs/operations.md tells to do it.
"""

import asyncio
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from pathlib import Path
from random import Random

import asyncpg
import httpx

import migrations
from model.stand import Segl
from tests.chaos import follower, oracle
from tests.chaos.changes import Changes
from tests.chaos.follower import Follower
from tests.chaos.process import Process
from tests.chaos.reader import during, reading
from tests.chaos.scene import Broken, Ground, Scene, scene, until
from tests.flows.verden import environment, free_ports
from tests.parts.missing import ROOT

ALONE = True

OLD_TEMPLATE = "skabelon_foer"
KNOWN = (
    "import dataclasses; from orgraf.settings import Settings; print(*(f.name for f in dataclasses.fields(Settings)))"
)
CONNECTED = "select count(*) > 0 from pg_stat_activity where application_name like '%-' || $1"
LEADS = "select holder like '%-' || $1 from leader"
CLIENTS = 3


async def run(ground: Ground, seed: int, full: bool) -> str:
    seconds = 30.0 if full else 1.0
    with _old(ground) as (root, name):
        old = replace(ground, template=await _template(ground, root))
        async with scene(old, "upgrade", seed=seed) as place, _new_server(place) as new:
            for one in (place.a, place.serve):
                await _let_be(one, root)
                one.start()
            await place.filled()
            await place.ready()
            baseline = await oracle.baseline(place)
            clients, changes = await _clients(place), Changes(place.kilde, seed)
            async with _following(clients):
                await until("every client follows", lambda: all(one.start for one in clients))
                async with during(changes.steadily(10**9, 20)), reading(place) as reads:
                    versions = await _step_by_step(place, new, seconds)
                verdict = await oracle.hold(place, baseline)
                log = await follower.log(place)
                await until(
                    "every client has heard the last", lambda: all(one.told[-1:] == log[-1:] for one in clients)
                )
            for one in clients:
                one.against(log)
    return (
        f"{name} and this one side by side, tables {versions}: {reads.shown()}; {CLIENTS} subscribers,"
        f" {sum(one.reconnects for one in clients)} reconnects, 0 gaps, 0 repeats; {changes.made} changes,"
        f" {verdict.objects} objects as at the source, 0 lost"
    )


async def _step_by_step(place: Scene, new: Process, seconds: float) -> str:
    """The tables, the server, then ingest: the one that does not lead first."""
    version = "select version_num from alembic_version"
    before = await place.fetchval(version)
    await asyncio.to_thread(migrations.upgrade, place.dsn)
    await asyncio.sleep(seconds)
    await place.ready()  # the old server, with tables newer than its own
    new.start()
    port = int(new.settings["ORGRAF_LISTEN_PORT"])
    await until("the new server is ready", lambda: _ready(port))
    await asyncio.sleep(seconds)
    place.web.upstreams = (port,)
    await place.serve.end()
    place.b.start()
    await until("the new ingest is there", lambda: place.fetchval(CONNECTED, str(place.b.pid)))
    await asyncio.sleep(seconds)
    await place.a.end()
    await until("the new ingest leads", lambda: place.fetchval(LEADS, str(place.b.pid)), 15)
    await asyncio.sleep(seconds)
    return f"{before} to {await place.fetchval(version)}"


@contextmanager
def _old(ground: Ground) -> Iterator[tuple[Path, str]]:
    """A checkout of the commit before the newest version of the tables, and what it is called."""
    newest = f"migrations/versions/{migrations.head()}_*.py"
    commit = _git("log", "--diff-filter=A", "--format=%H", "-1", "--", newest)
    before = _git("rev-parse", "--short", f"{commit}^") if commit else ""
    if not before:
        yield ROOT, "this checkout (no history at hand)"
        return
    folder = ground.folder / "old"
    folder.mkdir()
    archive = subprocess.run(["git", "archive", before], cwd=ROOT, capture_output=True, check=True)
    subprocess.run(["tar", "-x", "-C", folder], input=archive.stdout, check=True)
    static = Path("orgraf/page/static")  # built, so in no commit
    if (ROOT / static).exists():
        shutil.copytree(ROOT / static, folder / static)
    try:
        yield folder, before
    finally:
        shutil.rmtree(folder)


def _git(*arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else ""


async def _template(ground: Ground, root: Path) -> str:
    """A database with the old version's tables, made by it."""
    connection = await asyncpg.connect(ground.postgres.dsn("postgres"))
    try:
        await connection.execute(f"create database {OLD_TEMPLATE}")
    finally:
        await connection.close()
    settings = {"ORGRAF_DATABASE_DSN": ground.postgres.dsn(OLD_TEMPLATE)}
    await _python(root, "-m", "orgraf", "migrate", **settings)
    return OLD_TEMPLATE


async def _let_be(process: Process, root: Path) -> None:
    """Run it from there, with the settings that are known there."""
    known = {f"ORGRAF_{name.upper()}" for name in (await _python(root, "-c", KNOWN)).split()}
    process.root = root
    process.settings = {name: value for name, value in process.settings.items() if name in known}


async def _python(root: Path, *arguments: str, **settings: str) -> str:
    done = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, *arguments],
        cwd=root,
        env=environment(settings),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise Broken(f"{arguments} of the old version: {done.stderr[-500:]}")
    return done.stdout


@asynccontextmanager
async def _new_server(place: Scene) -> AsyncIterator[Process]:
    """A server of this version, on a port of its own."""
    (port,) = free_ports(1)
    settings = place.serve.settings | {"ORGRAF_LISTEN_PORT": str(port)}
    new = Process("serve_new", "serve", settings, place.folder / "serve_new.log")
    try:
        yield new
    finally:
        new.kill()


async def _ready(port: int) -> bool:
    try:
        async with httpx.AsyncClient() as http:
            return (await http.get(f"http://127.0.0.1:{port}/health/ready", timeout=2)).status_code == 200
    except httpx.HTTPError:
        return False


async def _clients(place: Scene) -> list[Follower]:
    segl = Segl.of(await place.fetchval("select secret from model_state"), place.kilde.sandhed.organisation)
    url = f"ws://127.0.0.1:{place.web.port}/graphql"
    return [Follower(url, place.tokens["laes"], segl, Random(number)) for number in range(CLIENTS)]


@asynccontextmanager
async def _following(clients: list[Follower]) -> AsyncIterator[None]:
    works = [asyncio.create_task(one.run()) for one in clients]
    try:
        yield
    finally:
        for task in works:
            task.cancel()
        await asyncio.gather(*works, return_exceptions=True)

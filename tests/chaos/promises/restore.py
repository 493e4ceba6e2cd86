"""restore: a backup taken under load is put on a fresh server after more changes; nothing that those told is lost.

By pg_dump: the new server shows itself, and a new incarnation begins by itself. By pg_basebackup (full form): nothing
differs, so the operator says it, by `orgraf doctor --gendannet`. Both as docs/operations.md tells to do it.
"""

import asyncio
import os
import pwd
import shutil
import subprocess
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from urllib.parse import urlsplit

import asyncpg
import httpx

from model.stand import Segl
from orgraf.embedded import Embedded
from tests.chaos import oracle
from tests.chaos.changes import Changes
from tests.chaos.follower import Follower
from tests.chaos.scene import Broken, Ground, Scene, scene, until
from tests.flows.verden import free_ports, orgraf

ASK = "query($s: Stand) { aendringer(efter: $s) { naeste } }"
LOST = "messages are not in the inbox"
"""What a restore cannot bring back, and the comparison makes good."""


@dataclass(frozen=True)
class Form:
    """Changes before the backup, while it is taken, and after it; at so many a second."""

    before: int
    during: int
    after: int
    per_second: float
    clients: int


SHORT, FULL = Form(20, 40, 40, 40, 3), Form(200, 400, 800, 20, 10)


async def run(ground: Ground, seed: int, full: bool) -> str:
    form = FULL if full else SHORT
    told = [await _once(ground, seed, form, base=False)]
    if full:
        told.append(await _once(ground, seed, form, base=True))
    return "; ".join(told)


async def _once(ground: Ground, seed: int, form: Form, *, base: bool) -> str:
    navn = "pg_basebackup" if base else "pg_dump"
    async with scene(ground, f"restore_{navn}", seed=seed) as place:
        place.a.start()
        place.serve.start()
        await place.filled()
        await place.ready()
        baseline = await oracle.baseline(place)
        changes = Changes(place.kilde, seed)
        async with _following(place, form.clients) as clients:
            await asyncio.to_thread(changes.some, form.before)
            changing = asyncio.create_task(changes.steadily(form.during, form.per_second))
            backup = place.folder / "backup"
            started = time.monotonic()
            await asyncio.to_thread(_base if base else _dump, place, backup)
            took_s = time.monotonic() - started
            await changing
            await changes.steadily(form.after, form.per_second)
            position = clients[0].stand
            for process in (place.a, place.serve):
                process.kill()
            async with _elsewhere(place, backup, base=base):
                lost = await _behind(place)
                started = time.monotonic()
                verdict = await _healed(place, baseline, base=base)
                healed_s = time.monotonic() - started
                await _told(place, clients, position)
    return (
        f"{navn} of {took_s:.1f} s under load, {changes.made} changes, {lost} of them lost with the old server:"
        f" incarnation 2, {len(clients)} subscribers told Gensynk, old positions refused,"
        f" {verdict.objects} objects as at the source {healed_s:.0f} s after the start"
    )


@asynccontextmanager
async def _following(place: Scene, count: int) -> AsyncIterator[list[Follower]]:
    segl = Segl.of(await place.fetchval("select secret from model_state"), place.kilde.sandhed.organisation)
    url = f"ws://127.0.0.1:{place.web.port}/graphql"
    clients = [Follower(url, place.tokens["laes"], segl, Random(number)) for number in range(count)]
    works = [asyncio.create_task(one.run()) for one in clients]
    try:
        await until("every client follows", lambda: all(one.start for one in clients))
        yield clients
    finally:
        for task in works:
            task.cancel()
        await asyncio.gather(*works, return_exceptions=True)


def _dump(place: Scene, to: Path) -> None:
    _run([place.ground.postgres.program("pg_dump"), "-Fc", "-d", place.dsn, "-f", to])


def _base(place: Scene, to: Path) -> None:
    server = place.ground.postgres
    _run([server.program("pg_basebackup"), "-d", server.dsn("postgres"), "-D", to, "-X", "stream", "-c", "fast"])


@asynccontextmanager
async def _elsewhere(place: Scene, backup: Path, *, base: bool) -> AsyncIterator[None]:
    """A fresh server with what the backup holds; from here on it is the scene's database."""
    old, database = place.ground.postgres, urlsplit(place.dsn).path[1:]
    (port,) = free_ports(1)
    new = Embedded(place.ground.folder / f"{database}_elsewhere", port=port)
    if base:
        await asyncio.to_thread(_unpack, backup, new, old)
    await asyncio.to_thread(new.start)
    try:
        if not base:
            known = f"alter role orgraf password '{urlsplit(old.tcp_dsn(database)).password}'"
            await _execute(new.dsn("postgres"), known, f"create database {database}")
            restore = [new.program("pg_restore"), "-d", new.dsn(database), "--no-owner", "--exit-on-error", backup]
            await asyncio.to_thread(_run, restore)
        place.connection.terminate()
        place.dsn, place.database.upstreams = new.dsn(database), (port,)
        place.database.cut()
        yield
    finally:
        place.connection.terminate()
        await asyncio.to_thread(new.stop)


def _unpack(backup: Path, new: Embedded, old: Embedded) -> None:
    """The files where the new server looks for them, belonging to whom it runs as."""
    new.directory.mkdir()
    new.directory.chmod(0o711)
    shutil.copytree(backup, new.directory / "data")
    shutil.copy(old.home / "password", new.directory / "password")
    if os.geteuid() == 0:
        owner = pwd.getpwnam(new.account)
        for path in (new.directory / "data", *(new.directory / "data").rglob("*")):
            os.chown(path, owner.pw_uid, owner.pw_gid)
    (new.directory / "data").chmod(0o700)
    (new.directory / "data" / "postmaster.pid").unlink(missing_ok=True)


async def _behind(place: Scene) -> int:
    """Messages that were kept and acknowledged, and of which the restored database knows nothing."""
    kept = {row["besked_id"] for row in await place.fetch("select besked_id from inbox")}
    sent = await asyncio.to_thread(place.kilde.sandhed.beskeder)
    lost = [one for one in sent if one.besked_id not in kept]
    if not lost:
        raise Broken("the backup holds everything: nothing is shown")
    return len(lost)


async def _healed(place: Scene, baseline: oracle.Baseline, *, base: bool) -> oracle.Verdict:
    """Start on it; the comparison that begins by itself, or by our word, puts everything right."""
    if base:
        done = await asyncio.to_thread(orgraf, "doctor", "--gendannet", settings=place.a.settings)
        if done.returncode != 0:
            raise Broken(f"doctor --gendannet: {done.stderr}")
    place.a.start()
    place.serve.start()
    await until("a new incarnation", lambda: place.fetchval("select incarnation = 2 from model_state"))
    compared = "select count(*) > 0 from afstemning where straks and rettet is not null"
    try:
        await until("everything is compared", lambda: place.fetchval(compared), 600)
    except Broken as late:
        rows = await place.fetch("select phase, skannet, (select count(*) from dirty) as dirty from afstemning")
        raise Broken(f"{late}: {[dict(row) for row in rows]}") from None
    await oracle.at_rest(place)
    verdict = await oracle.verify(place, baseline)
    verdict.broken = [one for one in verdict.broken if LOST not in one]
    if verdict.broken:
        raise Broken("; ".join(verdict.broken[: oracle.SHOWN]))
    return verdict


async def _told(place: Scene, clients: Sequence[Follower], position: str | None) -> None:
    """Subscribers were told to load anew, once; a position from before is refused."""
    await until("every subscriber is told", lambda: all(one.gensynk for one in clients))
    if more := [one.gensynk for one in clients if len(one.gensynk) != 1]:
        raise Broken(f"Gensynk more than once: {more[0]}")
    await place.ready()
    headers = {"authorization": f"Bearer {place.tokens['laes']}"}
    async with httpx.AsyncClient() as http:
        body = {"query": ASK, "variables": {"s": position}}
        answer = (await http.post(f"{place.url}/graphql", json=body, headers=headers)).json()
    koder = [error["extensions"].get("kode") for error in answer.get("errors", ())]
    if koder != ["STAND_INVALID"]:
        raise Broken(f"a position from before the restore is answered by {koder}")


def _run(command: Sequence[str | Path]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Broken(f"{command[0]}: {done.stderr[-500:]}")


async def _execute(dsn: str, *statements: str) -> None:
    connection = await asyncpg.connect(dsn)
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()

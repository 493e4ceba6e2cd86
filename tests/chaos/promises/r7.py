"""R7: the leader stands still and goes on at random, also inside a transaction: no write under an old epoch.

What was delivered to the one that stands still is in no queue: freshness claims nothing beyond the moment it stopped.
"""

import asyncio
import time
from random import Random

import httpx

from fkorg import tid
from tests.chaos import callers, oracle
from tests.chaos.changes import Changes
from tests.chaos.process import Process
from tests.chaos.scene import Broken, Ground, Scene, scene, until

ALONE = True

TAKEOVER_S = 10.0
QUERY = '{ organisationEnhedListe(cvr: "11111111", status: AKTIV, first: 5) { edges { node { uuid enhedsnavn } } } }'
INSIDE = ("refresh.applied", "refresh.settled", "worker.read")
WITNESS = """
create table witness (holder text not null, writer text not null);
create function witness() returns trigger language plpgsql as $$
begin
  insert into witness select l.holder, current_setting('application_name') from leader l
   where l.organisation = new.organisation;
  return new;
end $$;
create trigger witness after insert on aendring for each row execute function witness();
"""
"""Who wrote each row of the change log, and who led in that same transaction: the database tells, not the product."""


async def run(ground: Ground, seed: int, full: bool) -> str:
    """With the takeover that ships, 5 s."""
    stops = 10 if full else 1
    rnd = Random(seed)
    async with scene(ground, "r7", seed=seed, settings={"ORGRAF_TAKEOVER": "5s"}) as place:
        place.a.start()
        place.serve.start(database_dsn=place.past_the_proxy)
        await place.filled()
        await place.connection.execute(WITNESS)
        place.b.start()
        await place.ready()
        base = await oracle.baseline(place)
        changing = asyncio.create_task(Changes(place.kilde, seed).steadily(10**6, 10))
        reads: list[float] = []
        reading = asyncio.create_task(_read(place, reads))
        takeovers: list[float] = []
        for _ in range(stops):
            takeovers += await _stop_leader(place, rnd)
            takeovers += await _stop_inside(place, rnd)
        changing.cancel()
        reading.cancel()
        ended = await asyncio.gather(changing, reading, return_exceptions=True)
        for failure in (one for one in ended if isinstance(one, Exception)):
            raise failure
        verdict = await oracle.hold(place, base)
        written = await place.fetchval("select count(*) from witness")
        stray = await place.fetchval("select count(*) from witness where holder <> writer")
    if stray or not written:
        raise Broken(f"{stray} of {written} rows were written by another than the leader")
    if max(takeovers) > TAKEOVER_S or max(reads) > TAKEOVER_S:
        raise Broken(f"takeover took {max(takeovers):.1f} s, the longest read {max(reads):.1f} s")
    return (
        f"leader stopped {len(takeovers)} times, {stops} of them inside a transaction or a read: {written} rows"
        f" written, 0 under an old epoch; takeover at most {max(takeovers):.1f} s, longest of"
        f" {len(reads)} reads {max(reads) * 1000:.0f} ms;"
        f" {verdict.objects} objects as at the source"
    )


async def _stop_leader(place: Scene, rnd: Random) -> list[float]:
    """Stop whoever leads at any moment. The seconds until another does; then the old one wakes and has to find out."""
    old = await _leader(place)
    await asyncio.sleep(rnd.uniform(0, 0.5))
    old.stop()
    return [await _succeeded(place, old, rnd)]


async def _stop_inside(place: Scene, rnd: Random) -> list[float]:
    """As before; but the successor stops itself inside a transaction, or while it reads, and is succeeded too."""
    old = await _leader(place)
    other = place.b if old is place.a else place.a
    other.kill()
    other.start(failpoints=f"{rnd.choice(INSIDE)}=stop@{rnd.randint(1, 5)}")
    await asyncio.sleep(2)
    old.stop()
    first = await _succeeded(place, old, rnd)
    await until("it stopped inside", lambda: other.stopped, every_s=0.02)
    return [first, await _succeeded(place, other, rnd)]


async def _succeeded(place: Scene, old: Process, rnd: Random) -> float:
    """The seconds until another leads than the one that has just stopped, which then goes on."""
    started, stopped_ns = time.monotonic(), time.time_ns()

    async def another() -> bool:
        return await place.leading() not in (None, old)

    await until("another leads", another, every_s=0.02)
    took = time.monotonic() - started
    await asyncio.sleep(rnd.uniform(0, 1))
    til_ns = tid.parse_ns((await callers.freshness(place))["beskederTil"] or "1970-01-01T00:00:00Z")
    if til_ns > stopped_ns:
        raise Broken(f"messages said to be in {(til_ns - stopped_ns) / 1e9:.1f} s after one stopped that holds some")
    old.go_on()
    await asyncio.sleep(rnd.uniform(0.5, 2))
    return took


async def _leader(place: Scene) -> Process:
    await until("somebody leads", place.leading)
    found = await place.leading()
    assert found is not None
    return found


async def _read(place: Scene, reads: list[float]) -> None:
    """A reader who asks ten times a second; how long each took."""
    headers = {"authorization": f"Bearer {place.tokens['laes']}"}
    body = {"query": QUERY}
    async with httpx.AsyncClient(timeout=30) as http:
        while True:
            started = time.monotonic()
            answer = await http.post(f"{place.url}/graphql", json=body, headers=headers)
            reads.append(time.monotonic() - started)
            if answer.status_code != 200 or not answer.json()["data"]["organisationEnhedListe"]:
                raise Broken(f"a reader was refused: {answer.status_code} {answer.text[:200]}")
            await asyncio.sleep(0.1)

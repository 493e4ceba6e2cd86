"""How quickly changes get in: `scripts/bench --changes`.

What token and signature cost for a call. Messages kept: a queue full of them at a real broker, the source away, `orgraf
ingest` started. Objects applied: the source is back, with the delay that performance.md names, and all that was told of
is read and applied. A subtree moved, there and back: by the product's own way into the tables of the municipality that
the benchmark keeps.
"""

import asyncio
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from uuid import UUID, uuid4

import aio_pika
from rich.table import Table

from bench import municipality, report
from bench.load import cpu_s, tree_cpu_s
from bench.skriver import Skriver, skriver
from fkorg.besked import Besked
from fkorg.catalogue import Objekttype
from fkorg.operationer import Hierarki, Laes, operation
from fkorg.registrering import Reference, Registrering, Relation
from fkorg.security import saml
from fkorg.security.kald import Sikret
from fkorg.security.saml import Assertion, Krav
from fkorg.security.tokens import Tokens
from fkorg.wire import besked_xml
from fkorg.wire.anmodning_xml import write_anmodning
from fkorg.wire.soap_xml import Hoved, write_kuvert
from simulator.server import Options, Simulator, open_simulator
from simulator.sikkerhed import MODTAGER
from simulator.sts import UDSTEDER
from tests.chaos.changes import Changes
from tests.chaos.scene import Scene, ground, scene, until

MESSAGES: Final = 20_000
OBJECTS: Final = 800
SLOW_S: Final = 0.005
MOVES: Final = 3
"""There and back, so many times."""
BELOW: Final = 5_000
SUBTREES: Final = """select o.enhed, count(*) - 1 as antal from enhed_sti s cross join unnest(s.sti[2:]) o(enhed)
    where s.organisation = $1 group by o.enhed order by abs(count(*) - 1 - $2), o.enhed limit 1"""
ELSEWHERE: Final = """select over.sti[cardinality(over.sti) - 1] as her, s.enhed as der
    from enhed_sti over, enhed_sti s
    where over.organisation = $1 and over.enhed = $2 and s.organisation = $1 and not $2 = any (s.sti)
      and s.enhed <> over.sti[cardinality(over.sti) - 1] and s.dybde = 1 order by s.enhed limit 1"""
LOGGED: Final = "select count(*) from aendring where organisation = $1"


@dataclass(frozen=True)
class Indtag:
    """What came out: a name, how many a second or how many seconds, and who used the processor meanwhile."""

    name: str
    found: str
    cpu: str


def run(scale: str) -> None:
    """Measure and print."""
    short = scale == "short"
    messages, objects = (1_000, 100) if short else (MESSAGES, OBJECTS)
    rows = [*_signed(20 if short else 200), *asyncio.run(_messages(messages, objects))]
    with municipality.municipality(municipality.SIZES[scale]) as (postgres, filled):
        rows.append(asyncio.run(_moves(postgres.dsn(), UUID(filled.organisation), postgres.pid or 0)))
    table = Table("", "found", "CPU")
    for row in rows:
        table.add_row(row.name, row.found, row.cpu)
    report.CONSOLE.print(table)


def _signed(times: int) -> list[Indtag]:
    """What token and signature cost for each call: of one object, and of a page of the export."""
    with tempfile.TemporaryDirectory() as folder:
        simulator = open_simulator(Options(Path(folder), signed=True))
        try:
            uuid = simulator.sandhed.ramme.uuid("enhed", 3)
            laes, side = Laes(Objekttype.ORGANISATION_ENHED, uuid), Hierarki(0, 500)
            return [_one_signed(simulator, laes, times), _one_signed(simulator, side, max(times // 20, 1))]
        finally:
            simulator.close()


def _one_signed(simulator: Simulator, anmodning: Laes | Hierarki, times: int) -> Indtag:
    op, sikkerhed, now = operation(anmodning), simulator.sikkerhed, datetime.now(UTC)
    message_id = f"urn:uuid:{uuid4()}"
    assert sikkerhed is not None
    kept, adresse = sikkerhed.noegler, f"http://kilde.invalid/organisation/{op.sti}/6/"
    token = sikkerhed.tokens.udsted(kept.anvender.certifikat, sikkerhed.cvr, MODTAGER, now)
    assertion = saml.efterproev(token, Krav((kept.sts.certifikat,), UDSTEDER, MODTAGER), now)
    kuvert = write_kuvert(write_anmodning(anmodning), Hoved(str(uuid4()), op.soap_action, message_id, adresse))

    async def hent(modtager: str, cvr: str) -> Assertion:
        return assertion

    sikret = Sikret(kept.anvender, Tokens(hent, lambda: now), MODTAGER, [kept.tjeneste.certifikat], lambda: now)

    async def measured() -> tuple[float, float, int]:
        raw, _ = await sikret.underskriv(kuvert, sikkerhed.cvr)
        svar = simulator.tjeneste.sikret(op.sti, raw, adresse, sikkerhed).body
        began = time.process_time()
        for _ in range(times):
            await sikret.underskriv(kuvert, sikkerhed.cvr)
        between = time.process_time()
        for _ in range(times):
            await sikret.efterproev(svar, message_id, assertion)
        return (between - began) / times, (time.process_time() - between) / times, len(svar)

    signing, proving, length = asyncio.run(measured())
    return Indtag(
        f"{op.navn} signed, its answer of {length / 1000:,.0f} kB proved",
        f"{signing * 1000:.1f} + {proving * 1000:.1f} ms",
        "all of it",
    )


async def _messages(messages: int, objects: int) -> list[Indtag]:
    """Inbox and apply, with processes of their own on a municipality of their own."""
    async with AsyncExitStack() as stack:
        place_ground = stack.enter_context(ground())
        waits = {"ORGRAF_SETTLE": "60s", "ORGRAF_LEASE": "60s"}
        place = await stack.enter_async_context(scene(place_ground, "indtag", size="medium", settings=waits))
        place.a.start(database_dsn=place.past_the_proxy)
        await place.filled()
        place.a.kill()
        with place.kilde.borte():
            changes = Changes(place.kilde, 1, brugere=objects + 200)
            await _publish(place, changes.each_once(objects), messages)
            place.a.start(database_dsn=place.past_the_proxy)
            kept = await _kept(place, messages)
        with place.kilde.fejl(slow=SLOW_S):
            return [kept, await _applied(place, objects)]


async def _publish(place: Scene, changed: Sequence[tuple[Objekttype, UUID]], messages: int) -> None:
    """So many messages, each with an id of its own, about the objects that were changed."""
    async with await aio_pika.connect(place.ground.broker.admin_url) as connection:
        channel = await connection.channel(publisher_confirms=False)
        for number in range(messages):
            objekttype, uuid = changed[number % len(changed)]
            besked = Besked(str(uuid4()), uuid, (objekttype,), time.time_ns(), place.kilde.sandhed.cvr)
            message = aio_pika.Message(besked_xml.write(besked), delivery_mode=aio_pika.DeliveryMode.PERSISTENT)
            await channel.default_exchange.publish(message, place.queue)


async def _kept(place: Scene, messages: int) -> Indtag:
    """From the first message in the inbox to the last."""

    async def count() -> int:
        return int(await place.fetchval("select count(*) from inbox"))

    before = await count()
    await until("the first message is kept", lambda: _more(count, before), every_s=0.005)
    first, began, postgres = await count() - before, time.perf_counter(), _cpu(place)
    await until("all messages are kept", lambda: _more(count, before + messages - 1), every_s=0.02)
    took, spent = time.perf_counter() - began, _cpu(place)
    name = f"messages kept ({messages:,}, the source away)"
    return Indtag(name, f"{(messages - first) / took:,.0f} a second (goal 1,000)", _share(postgres, spent, took))


async def _applied(place: Scene, objects: int) -> Indtag:
    """From the source's first answer until all of them are as it says."""
    at = datetime.now(UTC)

    async def count() -> int:
        return int(await place.fetchval("select count(*) from objekt where anvendt_at > $1", at))

    await until("the first is applied", lambda: _more(count, 0), every_s=0.005)
    first, began, before = await count(), time.perf_counter(), _cpu(place)
    await until("all are applied", lambda: _more(count, objects - 1), every_s=0.02)
    took, spent = time.perf_counter() - began, _cpu(place)
    name = f"objects applied ({objects:,}, the source takes {SLOW_S * 1000:.0f} ms)"
    return Indtag(name, f"{(objects - first) / took:,.0f} a second (goal 50)", _share(before, spent, took))


async def _more(count: Callable[[], Awaitable[int]], than: int) -> bool:
    return await count() > than


def _cpu(place: Scene) -> tuple[float, float]:
    return cpu_s(place.a.pid or 0), tree_cpu_s(place.ground.postgres.pid or 0)


def _share(before: tuple[float, float], after: tuple[float, float], took: float) -> str:
    """Cores that ingest and Postgres used."""
    ingest, postgres = ((b - a) / took for a, b in zip(before, after, strict=True))
    return f"ingest {ingest:.2f}, Postgres {postgres:.2f}"


async def _moves(dsn: str, organisation: UUID, postmaster: int) -> Indtag:
    """The unit whose subtree is nearest to BELOW is moved under another one below the root, and back."""
    async with skriver(dsn, organisation) as ved:
        (top,) = await ved.pool.fetch(SUBTREES, organisation, BELOW)
        (places,) = await ved.pool.fetch(ELSEWHERE, organisation, top["enhed"])
        took = []
        logged, cpu, began = await ved.pool.fetchval(LOGGED, organisation), tree_cpu_s(postmaster), time.perf_counter()
        for over in (places["der"], places["her"]) * MOVES:
            took.append(await _move(ved, top["enhed"], over))
        logged = await ved.pool.fetchval(LOGGED, organisation) - logged
        share = (tree_cpu_s(postmaster) - cpu) / (time.perf_counter() - began)
    took.sort()
    return Indtag(
        f"a unit with {top['antal']:,} below it moved, {len(took)} times",
        f"{took[len(took) // 2]:.2f} s, at most {took[-1]:.2f} s (goal 1 s for 5,000);"
        f" {logged // len(took):,} rows of the log each",
        f"Postgres {share:.2f}",
    )


async def _move(ved: Skriver, enhed: UUID, over: UUID) -> float:
    def flyttet(reg: Registrering) -> Registrering:
        return replace(reg, relationer=tuple(_under(reg.relationer, over)))

    return await ved.ret(Objekttype.ORGANISATION_ENHED, enhed, flyttet)


def _under(relationer: Iterable[Relation], over: UUID) -> Iterable[Relation]:
    for one in relationer:
        yield replace(one, reference=Reference(str(over))) if one.navn == "Overordnet" else one

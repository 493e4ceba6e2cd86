"""What must be true of a scene when it has come to rest: tables, change log and inbox against the simulator's truth.

Owns the comparison, past every code path of the product but its canonical content. Refuses to know what was done to the
scene. `baseline` is taken after the first fill: what the walk does not reach, and nobody changes, is no loss.
"""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import asyncpg

from fkorg.catalogue import Objekttype
from model.indhold import indhold
from simulator.sandhed import BESKED_OM, Sandhed
from tests.chaos.scene import Broken, Scene, waiting
from tests.simulation.loefter import URETS, ude_af_orden

Noegle = tuple[str, UUID]
OWNERS = (Objekttype.ORGANISATION_ENHED, Objekttype.BRUGER, Objekttype.ORGANISATION_FUNKTION)
LEVENDE = ("OPSTAAET", "IMPORTERET")
SHOWN = 5


@dataclass(frozen=True)
class Baseline:
    """What differed before anything was done: objects that no walk reaches."""

    differing: frozenset[Noegle] = frozenset()
    seq: int = 0


@dataclass
class Verdict:
    """What was found; `broken` is empty when every promise holds."""

    objects: int = 0
    messages: int = 0
    changes: int = 0
    broken: list[str] = field(default_factory=list)


async def baseline(scene: Scene) -> Baseline:
    """After the first fill."""
    differing = [key async for key, _ in _differing(scene)]
    seq = await scene.fetchval("select coalesce(max(seq), 0) from aendring")
    return Baseline(frozenset(differing), seq)


async def at_rest(scene: Scene, within_s: float = 120.0) -> float:
    """Wait until every message was delivered, kept, applied and confirmed; the seconds it took. Raises Broken when for
    `within_s` no less was left to do than before: a crowded machine is waited for, what stands still is not."""
    loop = asyncio.get_running_loop()
    started = since = loop.time()
    least = float("inf")
    while left := await _left(scene):
        if left < least:
            least, since = left, loop.time()
        if loop.time() - since > within_s:
            raise Broken(f"nothing gets less for {within_s:.0f} s: {await _pending(scene)}")
        await asyncio.sleep(0.2)
    return loop.time() - started


async def _left(scene: Scene) -> float:
    """How much is left to do; infinite when nobody can be asked."""
    for channel in ("amqp", "push"):
        if await asyncio.to_thread(scene.kilde.sandhed.ventende, channel, 1):
            return float("inf")
    try:
        pending: int = await scene.fetchval(
            "select (select count(*) from dirty) + (select count(*) from confirm)"
            " + (select count(*) from inbox where status = 'MODTAGET')"
        )
        return pending + await waiting(scene.ground.broker, scene.queue)
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
        return float("inf")


async def verify(scene: Scene, base: Baseline) -> Verdict:
    """Compare everything."""
    verdict = Verdict()
    rows = await scene.fetch("select * from aendring order by incarnation, xid, seq")
    beskeder = await asyncio.to_thread(scene.kilde.sandhed.beskeder)
    changed = {(besked.objekttype.value, UUID(besked.uuid)) for besked in beskeder}
    verdict.objects = await scene.fetchval("select count(*) from objekt")
    verdict.messages, verdict.changes = len(beskeder), sum(row["seq"] > base.seq for row in rows)
    async for key, what in _differing(scene):
        if key not in base.differing or key in changed:
            verdict.broken.append(what)
    verdict.broken += [one async for one in _untrue(scene, rows)]
    verdict.broken += [*_disorder(rows), *_twice(rows)]
    kept = {row["besked_id"] for row in await scene.fetch("select besked_id from inbox")}
    lost = [besked.besked_id for besked in beskeder if not besked.slugt and besked.besked_id not in kept]
    if lost:
        verdict.broken.append(f"{len(lost)} messages are not in the inbox")
    return verdict


async def hold(scene: Scene, base: Baseline) -> Verdict:
    """Wait for rest and verify. Raises Broken with the first of what is broken."""
    await at_rest(scene)
    verdict = await verify(scene, base)
    if verdict.broken:
        more = f" and {len(verdict.broken) - SHOWN} more" if len(verdict.broken) > SHOWN else ""
        raise Broken("; ".join(verdict.broken[:SHOWN]) + more)
    return verdict


async def _pending(scene: Scene) -> str:
    counts = {
        name: await scene.fetchval(sql)
        for name, sql in {
            "dirty": "select count(*) from dirty",
            "confirm": "select count(*) from confirm",
            "not applied": "select count(*) from inbox where status = 'MODTAGET'",
        }.items()
    }
    undelivered = {c: len(scene.kilde.sandhed.ventende(c, 1000)) for c in ("amqp", "push")}
    return f"{counts}, undelivered {undelivered}, in the queue {await waiting(scene.ground.broker, scene.queue)}"


async def _differing(scene: Scene) -> AsyncIterator[tuple[Noegle, str]]:
    """Every object whose newest state is not the source's, in words."""
    secret = await scene.fetchval("select secret from model_state")
    stored = {(row["objekttype"], row["uuid"]): row for row in await scene.fetch("select * from objekt")}

    def compare() -> list[tuple[Noegle, str]]:
        found = []
        sandhed = scene.kilde.sandhed
        for objekttype in Objekttype:
            for uuid, true in sandhed.objekter(objekttype):
                key = (objekttype.value, uuid)
                row = stored.pop(key, None)
                if row is None:
                    if true.livscyklus.levende and _wanted(sandhed, objekttype, uuid):
                        found.append((key, f"{_name(key)} lives at the source and not here"))
                elif row["reg_ns"] != true.tidspunkt_ns or row["content_hash"] != indhold(true, secret).hash:
                    found.append((key, f"{_name(key)} is not as at the source"))
        found += [
            (key, f"{_name(key)} lives here and not at the source")
            for key, row in stored.items()
            if row["livscyklus"] in LEVENDE and key[0] != "ORGANISATION"
        ]
        return found

    for one in await asyncio.to_thread(compare):
        yield one


def _wanted(sandhed: Sandhed, objekttype: Objekttype, uuid: UUID) -> bool:
    """Must it be here? What only passive objects point at is read when one of them is revived."""
    if objekttype in BESKED_OM:
        return True
    owners = ((owner, one) for owner in OWNERS for one in sandhed.peger_paa(owner, uuid))
    newest = (sandhed.nyeste(owner, one) for owner, one in owners)
    return any(found is not None and found.livscyklus.levende for found in newest)


async def _untrue(scene: Scene, rows: list[asyncpg.Record]) -> AsyncIterator[str]:
    """Rows of the log whose content the source never had: nothing is removed there, so no absence was ever true."""
    secret = await scene.fetchval("select secret from model_state")
    by_object: defaultdict[Noegle, set[bytes]] = defaultdict(set)
    for row in rows:
        if row["aarsag"] not in URETS:
            by_object[row["objekttype"], row["uuid"]].add(row["content_hash"])

    def compare() -> list[str]:
        found = []
        for key, hashes in by_object.items():
            if len(hashes) == 1 and key not in scratched:
                continue
            true = {indhold(one, secret).hash for one in scene.kilde.sandhed.registreringer(Objekttype(key[0]), key[1])}
            if hashes - true:
                found.append(f"{_name(key)} is logged as it never was")
        return found

    scratched = {(row["objekttype"], row["uuid"]) for row in rows if row["aarsag"] not in ("BOOTSTRAP", *URETS)}
    for one in await asyncio.to_thread(compare):
        yield one


def _disorder(rows: list[asyncpg.Record]) -> Iterator[str]:
    """(rewind, registration time, tie) strictly rises per object in the order readers get (rules.md 29)."""
    by_object: defaultdict[Noegle, list[asyncpg.Record]] = defaultdict(list)
    for row in rows:
        if row["aarsag"] not in URETS:
            by_object[row["objekttype"], row["uuid"]].append(row)
    for key, told in by_object.items():
        for before, after in ude_af_orden(told):
            yield f"{_name(key)} is logged as {after} after {before}"


def _twice(rows: list[asyncpg.Record]) -> Iterator[str]:
    """AFLEDT: once per object and cause; the rest is `_disorder`'s."""
    seen: set[tuple[Any, ...]] = set()
    for row in rows:
        if row["aarsag"] == "AFLEDT":
            one = (row["objekttype"], row["uuid"], row["afledt_af"], row["art"])
            if one in seen:
                yield f"{_name((row['objekttype'], row['uuid']))} is told twice of change {row['afledt_af']}"
            seen.add(one)


def _name(key: Noegle) -> str:
    return f"{key[0]} {key[1]}"

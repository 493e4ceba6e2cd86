"""While the source shuts us out (no service agreement, no CVR context), what was told waits; then it comes in.
Over SOAP, from the running simulator."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import pytest

from fkorg.besked import Besked
from fkorg.catalogue import Objekttype
from fkorg.soap.client import Klient
from fkorg.soap.transport import Transport
from fkorg.wire import besked_xml
from ingest import kommune
from ingest.receive import Modtager
from ingest.worker import Worker
from model import feed_state, freshness, leader, snapshot
from model.feed_state import Tomt
from model.freshness import Friskhed
from model.pool import Pool
from simulator.sandhed import Sandhed
from tests.ingest.conftest import Ur
from tests.simulator.fixtures import Ur as Kildens_ur
from tests.simulator.fixtures import first, sandhed_in
from tests.simulator.live import Live, live

TYPER = (Objekttype.ORGANISATION_ENHED, Objekttype.BRUGER)


@dataclass
class By:
    """A municipality of the simulator, served and led."""

    sim: Live
    pool: Pool
    organisation: UUID
    worker: Worker
    modtager: Modtager
    ur: Ur

    async def besked(self, objekttype: Objekttype, uuid: UUID, reg_ns: int) -> None:
        told = Besked(str(uuid), uuid, (objekttype,), reg_ns, self.sim.simulator.sandhed.cvr)
        await self.modtager.modtag(besked_xml.write(told, push=True), feed_state.PUSH, self.ur())

    async def drained(self) -> None:
        """The channel holds nothing: what it told is in, or waits with us."""
        async with self.pool.transaction() as tx:
            await feed_state.connected(tx, self.organisation, feed_state.PUSH, self.ur())
            await feed_state.emptied(tx, self.organisation, feed_state.PUSH, Tomt(self.organisation, self.ur()))

    async def friskhed(self, now: datetime) -> Friskhed:
        facts = await freshness.read(self.pool, self.organisation)
        assert facts is not None
        return freshness.deduce(facts, now)

    async def antal(self, table: str) -> int:
        found: int = await self.pool.fetchval(f"select count(*) from {table} where uuid is not null")
        return found


@pytest.fixture(scope="module")
def sim(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    sandhed: Sandhed = sandhed_in(tmp_path_factory.mktemp("sim") / "sandhed", Kildens_ur())
    with live(sandhed) as running:
        yield running
    sandhed.close()


@pytest.fixture
async def by(sim: Live, pool: Pool, ur: Ur) -> AsyncIterator[By]:
    transport, cvr = Transport(), sim.simulator.sandhed.cvr
    klient = Klient(transport, f"{sim.url}/organisation", cvr=cvr)
    organisation = (await kommune.find(pool, klient, cvr, ur())).organisation
    async with pool.transaction() as tx:
        await snapshot.set_tilstand(tx, organisation, "KLAR")
    leder = await leader.take(pool, organisation, "ingest-test", seen_epoch=None)
    assert leder is not None
    worker = Worker(pool, klient, leder, chance=lambda: 1.0)
    yield By(sim, pool, organisation, worker, Modtager(pool, cvr), ur)
    await transport.aclose()


@pytest.mark.parametrize("fault", ["agreement", "context"])
async def test_what_is_told_while_we_have_no_access_waits_and_comes_in_by_itself(by: By, fault: str) -> None:
    sandhed = by.sim.simulator.sandhed
    told = {(type_, first(sandhed, type_)): sandhed.registreringer(type_, first(sandhed, type_))[-1] for type_ in TYPER}
    by.sim.simulator.fejl.set({fault: "1"})
    for (objekttype, uuid), registrering in told.items():
        await by.besked(objekttype, uuid, registrering.tidspunkt_ns)
    friskheder = []
    for hours in (0, 1, 20):
        by.ur.go(hours=hours)
        await by.worker.drain(by.ur())
        await by.drained()
        friskheder.append(await by.friskhed(by.ur()))
    away = (await by.antal("parked"), await by.antal("objekt"), await by.antal("dirty"))

    by.sim.simulator.fejl.set({fault: "off"})
    by.ur.go(seconds=61)
    await by.worker.drain(by.ur())
    await by.drained()
    back = await by.friskhed(by.ur())

    assert away == (0, 0, len(told))
    assert [f.status for f in friskheder] == ["BAGUD", "FORAELDET", "FORAELDET"]
    assert not any(f.kilde_tilgaengelig for f in friskheder)
    assert len({f.beskeder_til for f in friskheder}) == 1, "messages are in up to the first that waits"
    assert (back.status, back.ventende, back.parkerede) == ("FRISK", 0, 0)
    for (objekttype, uuid), registrering in told.items():
        stored = await by.pool.fetchval(
            "select reg_ns from objekt where objekttype = $1 and uuid = $2", objekttype, uuid
        )
        assert stored == registrering.tidspunkt_ns

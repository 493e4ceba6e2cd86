"""Any schedule of changes, messages (in any order, twice, or lost for those that are confirmed) and rounds of work ends
with the model equal to the source, and the log in order. A small forerunner of the simulation of ingest.md R5."""

from dataclasses import dataclass
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fkorg.catalogue import Objekttype
from fkorg.registrering import Livscyklus
from ingest.worker import Worker
from model import feed_state
from model.projection import Kontekst, project
from tests import registreringer as r
from tests.ingest.conftest import Hus
from tests.ingest.kilde import KildeIHukommelse
from tests.ingest.test_receive import besked
from tests.registreringer import uuid

ENHED = Objekttype.ORGANISATION_ENHED
UNITS = ["en", "to", "tre"]


@dataclass(frozen=True)
class Trin:
    """What happens next: a change at the source, the delivery of its message, a round of work, or time."""

    hvad: str
    enhed: str = ""
    lag: int = 0


steps = st.one_of(
    st.builds(Trin, st.just("aendr"), st.sampled_from(UNITS)),
    st.builds(Trin, st.just("slet"), st.sampled_from(UNITS)),
    st.builds(Trin, st.just("lever"), st.just(""), st.integers(0, 5)),
    st.builds(Trin, st.just("arbejd")),
    st.builds(Trin, st.just("tid")),
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(steps, min_size=3, max_size=25))
async def test_the_model_ends_as_the_source(fuldt_hus: Hus, trin: list[Trin]) -> None:
    hus = fuldt_hus
    await _begynd_forfra(hus)
    waiting: list[bytes] = []
    for number, one in enumerate(trin, 1):
        if one.hvad in ("aendr", "slet"):
            livscyklus = Livscyklus.SLETTET if one.hvad == "slet" else Livscyklus.IMPORTERET
            over = uuid(UNITS[number % 3]) if number % 2 else r.ROD
            reg = r.enhed(f"navn {number}", over, tid=150 + number / 1000, livscyklus=livscyklus)
            hus.kilde.put(ENHED, uuid(one.enhed), reg)
            waiting.append(besked(one.enhed, ENHED, id_=f"{id(hus)}{number}", tid=150 + number / 1000))
        elif one.hvad == "lever" and waiting:
            body = waiting[one.lag % len(waiting)]
            await hus.modtager.modtag(body, feed_state.AMQP, hus.ur())
            if one.lag % 3:
                waiting.remove(body)
        elif one.hvad == "arbejd":
            await hus.worker.once(hus.ur())
        else:
            hus.ur.go(seconds=7)
    for body in waiting:
        await hus.modtager.modtag(body, feed_state.AMQP, hus.ur())

    await hus.worker.drain(hus.ur())

    assert await hus.rows("select * from dirty") == []
    for navn in UNITS:
        assert await _kendt(hus, navn) == _sandt(hus.kilde, navn)
    assert await hus.rows(
        "select uuid from (select uuid, row(rewind, reg_ns, tie) > lag(row(rewind, reg_ns, tie))"
        " over (partition by objekttype, uuid order by xid, seq) as stiger from aendring"
        " where aarsag not in ('KALENDER', 'AFLEDT')) x where not stiger"
    ) == []  # fmt: skip


async def _begynd_forfra(hus: Hus) -> None:
    for navn in UNITS:
        hus.kilde.objekter.pop((ENHED, uuid(navn)), None)
        for tabel in ("organisation_enhed", "registrering", "objekt", "aendring", "inbox", "dirty", "confirm"):
            await hus.pool.execute(f"delete from {tabel} where uuid = $1", uuid(navn))
    assert isinstance(hus.worker, Worker)


async def _kendt(hus: Hus, navn: str) -> list[Any]:
    return await hus.rows(
        "select enhedsnavn, overordnet from organisation_enhed"
        " where uuid = $1 and registreret_til = 9223372036854775807 order by 1", uuid(navn)
    )  # fmt: skip


def _sandt(kilde: KildeIHukommelse, navn: str) -> list[Any]:
    regs = kilde.objekter.get((ENHED, uuid(navn)))
    if not regs:
        return []
    rows = project(ENHED, uuid(navn), regs[-1], Kontekst(r.KOMMUNE, r.ROD)).rows.get("organisation_enhed", [])
    return [(row[3], row[8]) for row in rows]

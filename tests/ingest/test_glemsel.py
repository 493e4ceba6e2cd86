"""A person that was made anonymous: forgotten in every stored version, and not restored by what is read later."""

import pytest

from fkorg.catalogue import Objekttype
from fkorg.registrering import Objekt
from ingest import rebuild
from ingest.afstemning import Gang
from model import anonymisering, dirty
from model.anonymisering import Maerke
from tests import registreringer as r
from tests.ingest.conftest import Hus
from tests.registreringer import dag, uuid

PERSON = Objekttype.PERSON
MADS = uuid("mads-person")
CPR = "0102031234"
STEDER = {
    "versions": "select string_agg(content::text, '') from registrering where uuid = $1",
    "rows": "select string_agg(concat(navn, cpr, brugervendt_noegle), '') from person where uuid = $1",
    "words": "select string_agg(ord, '') from soegetekst where uuid = $1",
    "cards": "select string_agg(person, '') from bruger_kort where person like '%' || $1::uuid::text || '%'",
    "inbox": "select string_agg(body::text, '') from inbox where uuid = $1",
    "parked": "select string_agg(body::text, '') from parked where uuid = $1",
}


async def hvor(hus: Hus) -> list[str]:
    """The places that say the name or the number."""
    found = {sted: str(await hus.pool.fetchval(sql, MADS)).lower() for sted, sql in STEDER.items()}
    return [sted for sted, said in found.items() if "mads" in said or "\\x" in said or CPR in said]


async def glem(hus: Hus, til_ns: int) -> None:
    async with hus.pool.transaction() as tx:
        await anonymisering.maerk(tx, r.KOMMUNE, Maerke(MADS, til_ns), hus.ur())


async def laes(hus: Hus) -> None:
    """Read the person back, as a message that cannot say more would have it."""
    async with hus.pool.transaction() as tx:
        await dirty.mark(tx, Objekt(r.KOMMUNE, PERSON, MADS), aarsag="BESKED", now=hus.ur())
    await hus.worker.drain(hus.ur())
    hus.ur.go(minutes=2)
    await hus.worker.drain(hus.ur())


@pytest.fixture
async def mads(fuldt_hus: Hus) -> Hus:
    """Mads has had two names, which his key repeats; messages about him are kept."""
    hus = fuldt_hus
    hus.kilde.put(PERSON, MADS, r.person("Mads Andersen Skjern", tid=100))
    await laes(hus)
    await hus.pool.execute(
        "insert into inbox (organisation, besked_id, kanal, modtaget_at, objekttype, uuid, body, body_hash, status)"
        " values ($1, 'b', 'AMQP', $2, 'PERSON', $3, 'mads', '', 'MODTAGET')", r.KOMMUNE, hus.ur(), MADS
    )  # fmt: skip
    await hus.pool.execute(
        "insert into parked (organisation, besked_id, objekttype, uuid, reason, body, first_at, last_at)"
        " values ($1, 'b', 'PERSON', $2, 'x', 'mads', $3, $3)", r.KOMMUNE, MADS, hus.ur()
    )  # fmt: skip
    while await hus.worker.fyld_kort(hus.ur()):
        pass
    assert set(await hvor(hus)) == set(STEDER)
    return hus


async def test_a_marked_person_is_forgotten_everywhere_and_the_log_says_so(mads: Hus) -> None:
    hus = mads
    (foer,) = await hus.rows("select max(seq) from aendring")
    await glem(hus, dag(200))

    await hus.worker.se_kalender(hus.ur(), efter_s=0)

    assert await hvor(hus) == []
    assert await hus.rows("select objekttype, uuid, art, felter from aendring where seq > $1", *foer) == [
        ("PERSON", MADS, "AENDRET", ["cpr", "navn"])
    ]
    assert await hus.rows("select glemt_at from anonymisering") == [(hus.ur(),)]
    assert await hus.rows("select navn from person where uuid = $1", uuid("ulla-person")) == [("Ulla Skjern",)]


async def test_a_source_that_still_shows_the_name_does_not_restore_it(mads: Hus) -> None:
    hus = mads
    await glem(hus, dag(200))
    await hus.worker.se_kalender(hus.ur(), efter_s=0)
    (foer,) = await hus.rows("select max(seq) from aendring")

    await laes(hus)
    hus.kilde.put(PERSON, MADS, r.person("Mads, for sent set", tid=150))
    await laes(hus)
    rapport = await Gang(hus.pool, hus.kilde, hus.leder, hus.ur).once()

    assert await hvor(hus) == []
    assert rapport.rettet == 0
    seneste = await hus.rows("select reg_ns, felter from aendring where uuid = $1 and seq > $2", MADS, *foer)
    assert seneste == [(dag(150), [])]


async def test_what_is_registered_later_is_a_new_name(mads: Hus) -> None:
    hus = mads
    await glem(hus, dag(200))
    await hus.worker.se_kalender(hus.ur(), efter_s=0)

    hus.kilde.put(PERSON, MADS, r.person("Matthias Holm", tid=201))
    await laes(hus)

    assert await hus.rows(
        "select navn from person where uuid = $1 and registreret_til = 9223372036854775807", MADS
    ) == [("Matthias Holm",)]
    assert await hus.rows("select count(*) from person where uuid = $1 and navn like 'Mads%'", MADS) == [(0,)]


async def test_a_name_given_before_the_mark_is_carried_out_stays(mads: Hus) -> None:
    hus = mads
    hus.kilde.put(PERSON, MADS, r.person("Matthias Holm", tid=201))
    await laes(hus)
    await glem(hus, dag(200))

    await hus.worker.se_kalender(hus.ur(), efter_s=0)

    navne = await hus.rows("select distinct navn from person where uuid = $1 and navn is not null", MADS)
    assert navne == [("Matthias Holm",)]
    assert await hus.rows("select ord from soegetekst where uuid = $1", MADS) == [(" matthias holm",)]
    (kort,) = await hus.rows("select person from bruger_kort where uuid = $1", uuid("mads"))
    assert "Matthias Holm" in kort[0]


async def test_the_first_read_of_a_person_marked_before_has_no_name(hus: Hus) -> None:
    await glem(hus, dag(200))

    await hus.fyld()

    assert await hvor(hus) == []
    assert await hus.rows("select count(*) from person where uuid = $1", MADS) == [(1,)]


async def test_the_model_made_anew_from_what_is_stored_has_forgotten_too(mads: Hus) -> None:
    hus = mads
    await glem(hus, dag(200))
    await hus.worker.se_kalender(hus.ur(), efter_s=0)

    await rebuild.run(hus.pool, hus.leder, hus.ur())

    assert await hvor(hus) == []

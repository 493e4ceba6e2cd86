"""From message to rows, and from an empty database to a full one, over a source in memory."""

from fkorg.besked import Besked
from fkorg.catalogue import Objekttype
from fkorg.wire import besked_xml
from fkorg.wire.besked_xml import Beskedkoder
from ingest.receive import Modtagelse
from model import feed_state
from tests import registreringer as r
from tests.ingest.conftest import Hus

ENHED = Objekttype.ORGANISATION_ENHED


def besked(navn: str, objekttype: Objekttype = ENHED, *, id_: str = "b1", tid: float | None = None) -> bytes:
    ns = None if tid is None else r.dag(tid)
    return besked_xml.write(Besked(str(r.uuid(id_)), r.uuid(navn), (objekttype,), ns, r.CVR), push=True)


async def test_bootstrap_fills_every_table_and_is_ready(hus: Hus) -> None:
    ud = await hus.fyld()

    assert ud.anvendt == len(hus.kilde.objekter)
    assert await hus.rows("select tilstand, rod from anvenderkontekst") == [("KLAR", r.ROD)]
    assert await hus.rows(
        "select e.enhedsnavn, s.dybde from enhed_sti s join organisation_enhed e on e.uuid = s.enhed"
        " order by s.dybde, e.sortering"
    ) == [("Korsbæk Kommune", 0), ("Rådhuset", 1), ("Skolen", 1), ("Borgerservice", 2)]
    assert await hus.rows("select count(*) from medlemskab where bruger is not null") == [(2,)]
    assert await hus.rows("select ord from soegetekst where felt = 'navn' order by 1") == [
        (" mads skjern",),
        (" ulla skjern",),
    ]


async def test_a_message_changes_the_rows_and_the_log(fuldt_hus: Hus) -> None:
    hus = fuldt_hus
    hus.kilde.put(ENHED, r.uuid("skole"), r.enhed("Friskolen", tid=100))

    modtaget = await hus.modtager.modtag(besked("skole", tid=100), feed_state.PUSH, hus.ur())
    await hus.worker.drain(hus.ur())

    assert modtaget is Modtagelse.NY
    assert await hus.rows(
        "select enhedsnavn, registreret_til = 9223372036854775807 from organisation_enhed where uuid = $1 order by 2",
        r.uuid("skole"),
    ) == [("Skolen", False), ("Friskolen", True)]
    assert await hus.rows("select art, aarsag, felter from aendring order by seq desc limit 1") == [
        ("AENDRET", "BESKED", ["brugervendtNoegle", "enhedsnavn"])
    ]
    assert await hus.rows("select status, body from inbox") == [("ANVENDT", None)]
    assert await hus.rows("select * from dirty") == []


async def test_a_message_without_a_time_about_what_the_source_has_not_yet_waits_for_it(fuldt_hus: Hus) -> None:
    hus = fuldt_hus
    await hus.modtager.modtag(besked("ny"), feed_state.PUSH, hus.ur())
    for _ in range(5):
        await hus.worker.drain(hus.ur())
        hus.ur.go(minutes=2)
    waiting = await hus.rows("select objekttype, uuid from dirty")
    hus.kilde.put(ENHED, r.uuid("ny"), r.enhed("Ny enhed"))

    await hus.worker.drain(hus.ur())

    assert waiting == [("ORGANISATION_ENHED", r.uuid("ny"))]
    assert await hus.rows("select enhedsnavn from organisation_enhed where uuid = $1", r.uuid("ny")) == [("Ny enhed",)]
    assert await hus.rows("select * from dirty") == await hus.rows("select * from parked") == []
    assert await hus.rows("select status from inbox") == [("ANVENDT",)]


async def test_what_a_message_without_a_time_told_of_in_vain_is_set_aside_and_heals(fuldt_hus: Hus) -> None:
    hus = fuldt_hus
    await hus.modtager.modtag(besked("ny"), feed_state.PUSH, hus.ur())
    hus.ur.go(minutes=16)
    await hus.worker.drain(hus.ur())
    parked = await hus.rows("select uuid, reason from parked")
    hus.kilde.put(ENHED, r.uuid("ny"), r.enhed("Ny enhed"))

    await hus.modtager.modtag(besked("ny", id_="b2"), feed_state.PUSH, hus.ur())
    await hus.worker.drain(hus.ur())

    assert parked == [(r.uuid("ny"), "not_found")]
    assert await hus.rows("select * from parked") == []


async def test_of_a_message_of_unknown_type_only_what_the_source_has_is_kept(fuldt_hus: Hus) -> None:
    hus, body = fuldt_hus, besked_xml.write(Besked("b1", r.uuid("ny"), (ENHED,)), Beskedkoder({}, {}), push=True)
    await hus.modtager.modtag(body, feed_state.PUSH, hus.ur())
    await hus.worker.drain(hus.ur())
    waiting = await hus.rows("select objekttype from dirty order by 1")
    hus.ur.go(minutes=16)
    await hus.worker.drain(hus.ur())
    parked = await hus.rows("select objekttype, reason from parked order by 1")
    hus.kilde.put(ENHED, r.uuid("ny"), r.enhed("Ny enhed"))

    await hus.modtager.modtag(body.replace(b"b1", b"b2"), feed_state.PUSH, hus.ur())
    await hus.worker.drain(hus.ur())
    hus.ur.go(seconds=1)
    await hus.worker.drain(hus.ur())

    assert waiting == [("BRUGER",), ("ORGANISATION_ENHED",)]
    assert parked == [("BRUGER", "not_found"), ("ORGANISATION_ENHED", "not_found")]
    assert await hus.rows("select enhedsnavn from organisation_enhed where uuid = $1", r.uuid("ny")) == [("Ny enhed",)]
    assert await hus.rows("select * from dirty") == await hus.rows("select * from parked") == []

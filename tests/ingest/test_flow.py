"""From message to rows, and from an empty database to a full one, over a source in memory."""

from fkorg.besked import Besked
from fkorg.catalogue import Objekttype
from fkorg.wire import besked_xml
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

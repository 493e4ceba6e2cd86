from datetime import timedelta
from uuid import uuid4

import pytest

from fkorg.besked import Besked
from fkorg.catalogue import Objekttype
from fkorg.errors import Unavailable
from fkorg.wire import besked_xml
from fkorg.wire.besked_xml import Beskedkoder
from ingest.receive import Modtagelse, Modtager
from model import feed_state, parked
from model.pool import Pool
from tests import registreringer as r
from tests.ingest.conftest import Hus, Ur

ENHED, BRUGER = Objekttype.ORGANISATION_ENHED, Objekttype.BRUGER
DTD = b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'
UDEN_ID = b'<Haendelsesbesked xmlns="urn:oio:besked:kuvert:1.0"/>'
UNREADABLE = {
    "no XML": (b"ikke xml", "wanted well-formed XML, found an error at line 1, column 1"),
    "a DTD": (DTD, "wanted XML without a DOCTYPE"),
    "no BeskedId": (UDEN_ID, "wanted a BeskedId in the Haendelsesbesked"),
    "empty": (b"", "wanted well-formed XML, found an error at line 1, column 1"),
}


def besked(
    navn: str = "mads", objekttype: Objekttype = BRUGER, *, id_: str = "b1", tid: float | None = 5,
    cvr: str | None = r.CVR,
) -> bytes:  # fmt: skip
    ns = None if tid is None else r.dag(tid)
    return besked_xml.write(Besked(str(r.uuid(id_)), r.uuid(navn), (objekttype,), ns, cvr), push=True)


async def modtag(hus: Hus, body: bytes) -> Modtagelse:
    return await hus.modtager.modtag(body, feed_state.PUSH, hus.ur())


async def test_a_message_is_kept_and_its_object_marked_in_one_transaction(hus: Hus) -> None:
    assert await modtag(hus, besked()) is Modtagelse.NY

    assert await hus.rows("select objekttype, uuid, want_ns, aarsag, due_at from dirty") == [
        ("BRUGER", r.uuid("mads"), r.dag(5), "BESKED", hus.ur())
    ]
    assert await hus.rows("select status, body is not null, kanal from inbox") == [("MODTAGET", True, "PUSH")]
    assert len(await hus.rows("select * from confirm")) == 1
    assert hus.kilde.kald == [("soeg", 0), ("list", 1), ("soeg", 0), ("list", 1), ("laes", 1)]


async def test_messages_about_one_object_are_one_row_that_wants_the_newest(hus: Hus) -> None:
    for number, tid in enumerate((5, 9, 7)):
        await modtag(hus, besked(id_=str(number), tid=tid))

    assert await hus.rows("select want_ns from dirty") == [(r.dag(9),)]


async def test_a_repeat_is_known_and_a_reused_id_is_a_message(hus: Hus) -> None:
    await modtag(hus, besked())

    assert await modtag(hus, besked()) is Modtagelse.GENTAGET
    assert await modtag(hus, besked("ulla")) is Modtagelse.GENBRUGT
    assert await modtag(hus, besked("ulla")) is Modtagelse.GENTAGET
    assert {uuid for (uuid,) in await hus.rows("select uuid from dirty")} == {r.uuid("mads"), r.uuid("ulla")}


async def test_messages_kept_together_become_what_they_would_have_become_one_by_one(hus: Hus) -> None:
    await modtag(hus, besked(id_="old"))
    bodies = [
        besked(id_="old"),
        besked("skole", ENHED, id_="b1", tid=9),
        b"ikke xml",
        besked("skole", ENHED, id_="b1", tid=9),
        besked("ulla", id_="b1"),
        besked("ulla", id_="b1"),
        besked("ulla", id_="old"),
        besked("mads", id_="foreign", cvr="99999999"),
        besked("skole", ENHED, id_="b2", tid=7),
    ]

    ud = await hus.modtager.modtag_mange(bodies, feed_state.AMQP, hus.ur())

    ny, gentaget, genbrugt, parkeret = Modtagelse
    assert ud == [gentaget, ny, parkeret, gentaget, genbrugt, gentaget, genbrugt, parkeret, ny]
    assert await hus.rows("select want_ns from dirty where uuid = $1", r.uuid("skole")) == [(r.dag(9),)]
    assert len(await hus.rows("select * from dirty")) == 3
    assert len(await hus.rows("select * from inbox where body is not null")) == 5
    assert len(await hus.rows("select * from parked")) == 2


async def test_messages_that_come_together_are_kept_all_or_none(hus: Hus) -> None:
    ours = Modtager(hus.pool, "99999999")

    with pytest.raises(Unavailable):
        await ours.modtag_mange([besked(id_="ours"), besked(id_="not served", cvr=None)], feed_state.AMQP, hus.ur())

    assert not await hus.rows("select * from inbox")


@pytest.mark.parametrize("body, why", UNREADABLE.values(), ids=UNREADABLE)
async def test_what_cannot_be_read_is_set_aside_and_acknowledged(hus: Hus, body: bytes, why: str) -> None:
    assert await modtag(hus, body) is Modtagelse.PARKERET
    assert await modtag(hus, body) is Modtagelse.PARKERET

    async with hus.pool.connection() as connection:
        (found,) = await parked.read(connection, r.KOMMUNE)
    assert (found.reason, found.body, found.attempts) == (f"malformed: {why}", body, 2)
    assert await hus.rows("select * from dirty") == []


async def test_a_message_of_unknown_type_marks_both_a_unit_and_a_user(hus: Hus) -> None:
    strange = Beskedkoder({str(uuid4()): ENHED}, {str(uuid4()): ENHED})
    body = besked_xml.write(Besked(str(uuid4()), r.uuid("x"), (ENHED,)), strange, push=True)

    await modtag(hus, body)

    assert {t for (t,) in await hus.rows("select objekttype from dirty")} == {"ORGANISATION_ENHED", "BRUGER"}


async def test_a_message_without_cvr_is_the_mailboxs(hus: Hus) -> None:
    assert await modtag(hus, besked(cvr=None)) is Modtagelse.NY


async def test_a_message_of_a_cvr_that_is_not_served_is_set_aside(hus: Hus) -> None:
    assert await modtag(hus, besked(cvr="99999999")) is Modtagelse.PARKERET

    assert await hus.rows("select reason, objekttype, uuid from parked") == [("unknown_cvr", "BRUGER", r.uuid("mads"))]


async def test_a_message_that_was_set_aside_is_received_again(hus: Hus) -> None:
    await modtag(hus, besked(cvr="99999999"))
    ours = Modtager(hus.pool, r.CVR, Beskedkoder())
    await hus.pool.execute("insert into anvenderkontekst values ('99999999', $1, null, 'KLAR')", r.uuid("nabo"))
    (beat,) = await hus.rows("select last_besked_at from feed_state") or [(None,)]

    assert await ours.igen(r.KOMMUNE, str(r.uuid("b1")), hus.ur()) is Modtagelse.NY
    assert await ours.igen(r.KOMMUNE, str(r.uuid("b1")), hus.ur()) is None

    assert await hus.rows("select * from parked") == []
    assert await hus.rows("select organisation, kanal, status from inbox") == [(r.uuid("nabo"), "PARKERET", "MODTAGET")]
    assert await hus.rows("select organisation, uuid from dirty") == [(r.uuid("nabo"), r.uuid("mads"))]
    assert beat == (None,), "no channel delivered it"


async def test_a_message_that_still_cannot_be_read_stays_set_aside_and_is_counted(hus: Hus) -> None:
    await modtag(hus, b"ikke xml")
    ((besked_id,),) = await hus.rows("select besked_id from parked")
    hus.ur.go(days=1)

    assert await hus.modtager.igen(r.KOMMUNE, besked_id, hus.ur()) is Modtagelse.PARKERET

    assert await hus.rows("select besked_id, attempts, last_at - first_at from parked") == [
        (besked_id, 2, timedelta(days=1))
    ]


async def test_a_message_is_not_lost_when_the_database_goes_while_it_is_received_again(hus: Hus) -> None:
    await modtag(hus, besked(cvr="99999999"))
    await hus.pool.execute("insert into anvenderkontekst values ('99999999', $1, null, 'KLAR')", r.uuid("nabo"))
    await hus.pool.execute(
        "create function nej() returns trigger language plpgsql as $$begin raise sqlstate '53100'; end$$"
    )
    await hus.pool.execute("create trigger nej before insert on dirty for each row execute function nej()")

    with pytest.raises(Unavailable):
        await hus.modtager.igen(r.KOMMUNE, str(r.uuid("b1")), hus.ur())

    assert await hus.rows("select attempts from parked") == [(1,)]
    assert await hus.rows("select * from inbox") == []


async def test_before_the_municipality_is_known_nothing_is_acknowledged(pool: Pool, ur: Ur) -> None:
    with pytest.raises(Unavailable):
        await Modtager(pool, r.CVR).modtag(besked(), feed_state.PUSH, ur())


async def test_without_database_nothing_is_acknowledged(pool: Pool, ur: Ur) -> None:
    await pool.close()

    with pytest.raises(Unavailable):
        await Modtager(pool, r.CVR).modtag(besked(), feed_state.PUSH, ur())


async def test_a_time_wanted_far_ahead_is_cut_to_five_minutes(hus: Hus) -> None:
    await modtag(hus, besked(tid=10_000))

    ((want_ns,),) = await hus.rows("select want_ns from dirty")
    assert 0 < want_ns / 10**9 - hus.ur().timestamp() <= 300

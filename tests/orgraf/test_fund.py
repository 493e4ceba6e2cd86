"""What an inspection's facts mean: each limit from both sides, each failure of the source with its own advice."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from fkorg.catalogue import Objekttype
from fkorg.errors import Conflict, FkorgError, Malformed, NoAccess, NotFound, Refused, Unavailable
from fkorg.registrering import Objekt
from fkorg.soap import faults
from fkorg.wire.soap_xml import SoapFejl
from ingest.bevaring import Bevaring
from model.afstemning import Afstemning, Rapport
from model.eftersyn import Aeldst, Kanalstand, Koe, Ledelse, Parkerede, Server
from model.freshness import Friskhed, Friskhedsstatus
from orgraf import fund
from orgraf.fund import Fund
from tests.fkorg.security.fixture import noegle

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
KOMMUNE = UUID(int=1)
DAG = timedelta(days=1)


def before(**ago: float) -> datetime:
    return NOW - timedelta(**ago)


def server(**but: Any) -> Server:
    well: dict[str, Any] = {
        "version": "16.2",
        "wal_level": "replica",
        "usikre": [],
        "pladser": 97,
        "optagne": 20,
        "replika": False,
        "ur": NOW,
        "aabent_siden": None,
        "stoerrelse_bytes": 10**9,
    }
    return Server(**(well | but))


def kanal(**but: Any) -> Kanalstand:
    well: dict[str, Any] = {
        "kanal": "AMQP",
        "connected_since": before(hours=1),
        "disconnected_at": None,
        "last_empty_at": NOW,
        "last_besked_at": None,
        "source_ok_at": None,
        "source_failed_at": None,
    }
    return Kanalstand(**(well | but))


def rapport(**but: Any) -> Rapport:
    well: dict[str, Any] = {
        "id": 1,
        "startet": before(hours=3),
        "afsluttet": before(hours=1),
        "skannet": 10,
        "mangler": 0,
        "foraeldet": 0,
        "ekstra": 0,
        "rettet": 0,
        "kort": 0,
        "bremset": None,
        "uden_besked": 0,
        "tabt_besked": [],
    }
    return Rapport(**(well | but))


def frisk(status: Friskhedsstatus) -> Friskhed:
    return Friskhed(status, NOW, NOW, timedelta(), 0, 0, True, True)


WELL: dict[str, Iterable[Fund]] = {
    "a server": fund.server(server(), 10, NOW),
    "a clock a little off": fund.server(server(ur=before(seconds=4)), 10, NOW),
    "a short transaction": fund.server(server(aabent_siden=timedelta(seconds=59)), 10, NOW),
    "a source that does not tell the time": [fund.kildens_ur(None, NOW)],
    "a leader": [fund.ledelse(Ledelse("orgraf-ingest-1", 3, timedelta(seconds=2)))],
    "a channel": [fund.kanal("AMQP", kanal(), NOW)],
    "a channel that came back": [fund.kanal("AMQP", kanal(disconnected_at=before(hours=2)), NOW)],
    "a queue": [fund.koe((17, 1))],
    "the source": [fund.kilde(None)],
    "freshness": [fund.friskhed(frisk(Friskhedsstatus.FRISK), NOW)],
    "a backlog that moves": [fund.arbejde(Koe(900, before(minutes=4), 0, before(minutes=-1)), NOW)],
    "nothing parked": fund.parkeret([], NOW),
    "little that is old": [fund.bevaring(Aeldst(before(days=8), before(days=30)), Bevaring(), NOW)],
    "nothing that is old": [fund.bevaring(Aeldst(None, None), Bevaring(), NOW)],
    "a comparison": fund.afstemning(rapport(), None, DAG, NOW),
    "the first comparison": fund.afstemning(None, Afstemning(KOMMUNE, 1, False, "EKSPORT", {}, NOW), DAG, NOW),
}


@pytest.mark.parametrize("found", WELL.values(), ids=WELL)
def test_all_is_well_with(found: Iterable[Fund]) -> None:
    assert [one for one in found if not one.ok] == []


TABT = [Objekt(KOMMUNE, Objekttype.BRUGER, UUID(int=5))]
TROUBLE: dict[str, tuple[Iterable[Fund], str, str]] = {
    "a replica": (fund.server(server(replika=True), 10, NOW), "database", "must name the primary"),
    "no fsync": (fund.server(server(usikre=["fsync"]), 10, NOW), "durability", "set fsync to on"),
    "values in its log": (
        [fund.serverlog(["log_parameter_max_length"])],
        "log of the database",
        "set log_parameter_max_length to 0",
    ),
    "no base backups": (fund.server(server(wal_level="minimal"), 10, NOW), "durability", "wal_level to replica"),
    "few connections": (fund.server(server(optagne=90), 10, NOW), "connections", "raise max_connections"),
    "its clock behind": (fund.server(server(ur=before(hours=1)), 10, NOW), "clock of the database", "NTP"),
    "its clock ahead": (fund.server(server(ur=before(hours=-1)), 10, NOW), "clock of the database", "NTP"),
    "a long transaction": (
        fund.server(server(aabent_siden=timedelta(minutes=2)), 10, NOW),
        "transactions",
        "no subscriber sees",
    ),
    "the source's clock": ([fund.kildens_ur(before(seconds=9), NOW)], "clock of the source", "NTP"),
    "no leader ever": ([fund.ledelse(None)], "leadership", "start `orgraf ingest`"),
    "no leader now": ([fund.ledelse(Ledelse("", 3, timedelta()))], "leadership", "start `orgraf ingest`"),
    "a silent leader": ([fund.ledelse(Ledelse("x", 3, timedelta(seconds=11)))], "leadership", "start `orgraf ingest`"),
    "no channel ever": ([fund.kanal("AMQP", None, NOW)], "channel AMQP", "is `orgraf ingest` running"),
    "a channel that is gone": (
        [fund.kanal("AMQP", kanal(connected_since=None, disconnected_at=before(hours=1)), NOW)],
        "channel AMQP",
        "messages wait in the mailbox",
    ),
    "a channel that is never empty": (
        [fund.kanal("PUSH", kanal(last_empty_at=before(minutes=6)), NOW)],
        "channel PUSH",
        "has not been drained",
    ),
    "no queue": ([fund.koe(NotFound("x"))], "queue", "check ORGRAF_AMQP_QUEUE"),
    "no way to the queue": ([fund.koe(NoAccess("x"))], "queue", "check the login"),
    "no broker": ([fund.koe(Unavailable("x"))], "queue", "is the broker up"),
    "a queue nobody empties": ([fund.koe((17, 0))], "queue", "start `orgraf ingest`"),
    "stale": ([fund.friskhed(frisk(Friskhedsstatus.FORAELDET), NOW)], "freshness", "see the other lines"),
    "old work": ([fund.arbejde(Koe(1, before(minutes=6), 0, None), NOW)], "backlog", "is the source slow"),
    "old looks": ([fund.arbejde(Koe(0, None, 3, before(minutes=6)), NOW)], "backlog", "is the source slow"),
    "old changes": ([fund.bevaring(Aeldst(before(days=10), NOW), Bevaring(), NOW)], "retention", "changes should"),
    "old messages": ([fund.bevaring(Aeldst(NOW, before(days=40)), Bevaring(), NOW)], "retention", "messages should"),
    "the brake": (fund.afstemning(rapport(bremset=900), None, DAG, NOW), "comparison", "is the export whole"),
    "wrong cards": (fund.afstemning(rapport(kort=3), None, DAG, NOW), "comparison", "a fault of ours"),
    "lost messages": (fund.afstemning(rapport(tabt_besked=TABT), None, DAG, NOW), "comparison", "is the mailbox whole"),
    "an old comparison": (fund.afstemning(rapport(startet=before(days=3)), None, DAG, NOW), "comparison", "overdue"),
    "no comparison": (fund.afstemning(None, None, DAG, NOW), "comparison", "`orgraf reconcile`"),
}


@pytest.mark.parametrize("found, emne, goer", TROUBLE.values(), ids=TROUBLE)
def test_something_is_to_be_done_about(found: Iterable[Fund], emne: str, goer: str) -> None:
    (one,) = [one for one in found if not one.ok]

    assert one.emne == emne
    assert goer in one.goer


REFUSALS: dict[type[FkorgError], str] = {
    NoAccess: "shut to us",
    NotFound: "ORGRAF_CONTEXTS",
    Conflict: "another state",
    Refused: "system's owner",
    Malformed: "breaks the contract",
    Unavailable: "out of reach",
}


@pytest.mark.parametrize("error, goer", REFUSALS.items(), ids=lambda value: getattr(value, "__name__", ""))
def test_failures_of_the_source_are_told_apart(error: type[FkorgError], goer: str) -> None:
    assert goer in fund.kilde(error("StatusKode 40")).goer


SHUT: dict[str, tuple[FkorgError, str]] = {
    "no agreement": (
        faults.fault_fejl(SoapFejl("Sender", "ServiceAgreementNotFound", "x"), "bruger laes", skriver=False),
        "have the municipality approve",
    ),
    "no such CVR": (
        faults.fault_fejl(SoapFejl("Sender", None, "5015: Usercontext doesn't exist"), "bruger laes", skriver=False),
        "ORGRAF_CONTEXTS",
    ),
    "no right in it": (NoAccess("bruger laes: StatusKode 41", status_kode=41), "Udstil"),
    "nobody there": (faults.http_fejl(404, "bruger laes", skriver=False), "ORGRAF_SOURCE_URL"),
    "moved": (faults.http_fejl(302, "bruger laes", skriver=False), "ORGRAF_SOURCE_URL"),
    "a door before it": (faults.http_fejl(403, "bruger laes", skriver=False), "our certificate"),
}


@pytest.mark.parametrize("error, goer", SHUT.values(), ids=SHUT)
def test_why_the_source_is_shut_to_us_is_told_apart(error: FkorgError, goer: str) -> None:
    assert isinstance(error, NoAccess)
    assert goer in fund.kilde(error).goer


REASONS = ["malformed", "unknown_cvr", "not_found", "source_behind_message", "refused", "source_fails", "bug:KeyError"]


def test_each_reason_to_be_set_aside_has_its_own_advice() -> None:
    found = [*fund.parkeret([Parkerede(reason, 2, before(hours=2), "x") for reason in REASONS], NOW)]

    assert len({one.goer for one in found}) == len(REASONS)
    assert found[0].tekst == "2 x malformed, since 2.0 h ago, e.g. x"


@pytest.mark.parametrize(
    ("dage", "ok", "tekst"),
    [(365, True, "good for 365 days"), (30, False, "ends in 30 days"), (-2, False, "expired 2")],
)
def test_a_certificate_is_renewed_in_time(dage: int, ok: bool, tekst: str) -> None:
    certifikat = noegle("os2").certifikat
    now = certifikat.not_valid_after_utc - timedelta(days=dage)
    found = fund.certifikat(fund.EGET, "ORGRAF_CERTIFICATE", certifikat, now)
    assert found.ok is ok
    assert tekst in found.tekst
    assert ok or "ORGRAF_CERTIFICATE" in found.goer


@pytest.mark.parametrize(
    ("fejl", "goer"),
    [
        (NoAccess("fault 101"), "registered"),
        (Unavailable("x"), "out of reach"),
        (Malformed("x"), "proves nothing"),
    ],
)
def test_each_failure_of_the_token_service_has_its_advice(fejl: FkorgError, goer: str) -> None:
    assert goer in fund.token(fejl, NOW).goer

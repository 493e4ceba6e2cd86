"""What the facts of an inspection mean, and what to do about each: pure judgements, one function per subject.

Owns the limits and the words of `orgraf doctor`. Refuses to ask anybody: facts and the moment are arguments.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from cryptography.x509 import Certificate

from fkorg.errors import Conflict, FkorgError, Malformed, NoAccess, NotFound, Refused
from fkorg.security.keys import dage_tilbage
from fkorg.security.saml import Assertion
from ingest.bevaring import Bevaring
from model.afstemning import Afstemning, Rapport
from model.eftersyn import Aeldst, Kanalstand, Koe, Ledelse, Parkerede, Server
from model.freshness import Friskhed, Friskhedsstatus
from model.freshness import Kanal as Kanalfakta
from orgraf import issuers
from orgraf.issuers import Issuer

EGET: Final = "ours"
UDLOEBER_DAGE: Final = 30
"""With fewer days left a certificate is to be renewed."""
SKAEVT: Final = timedelta(seconds=5)
"""How far two clocks may differ."""
TAVS: Final = timedelta(seconds=10)
"""A leader or channel not heard for so long is gone."""
VENTER: Final = timedelta(minutes=5)
"""Something that waits for longer is not being worked at."""
AABENT: Final = timedelta(minutes=1)
DAG: Final = timedelta(days=1)
LEDIGE: Final = 10
"""Fewer free connections than this is too few for one more process."""


@dataclass(frozen=True, slots=True)
class Fund:
    """One line. `goer`: what to do; empty = all is well."""

    emne: str
    tekst: str
    goer: str = ""

    @property
    def ok(self) -> bool:
        """Is there nothing to do?"""
        return not self.goer


def server(found: Server, pool: int, now: datetime) -> Iterable[Fund]:
    """The database server."""
    size = f"{found.stoerrelse_bytes / 1e9:.1f} GB"
    yield Fund(
        "database",
        f"Postgres {found.version}, {size}" + (", a replica" if found.replika else ""),
        "ORGRAF_DATABASE_DSN must name the primary: ingest and mutations write" if found.replika else "",
    )
    usikre = ", ".join(found.usikre)
    yield Fund(
        "durability",
        f"wal_level {found.wal_level}" + (f", not safe: {usikre}" if usikre else ", commits are durable"),
        f"set {usikre} to on: a crash may lose what was acknowledged"
        if usikre
        else "set wal_level to replica, for base backups"
        if found.wal_level == "minimal"
        else "",
    )
    ledige = found.pladser - found.optagne
    yield Fund(
        "connections",
        f"{found.optagne} of {found.pladser} in use; a process of ours takes up to {pool + 3}, a server {2 * pool + 3}",
        "raise max_connections or lower ORGRAF_DATABASE_POOL; see docs/operations.md" if ledige < LEDIGE else "",
    )
    yield _ur("clock of the database", found.ur, now)
    aabent = found.aabent_siden or timedelta()
    yield Fund(
        "transactions",
        f"the oldest one that writes is open for {_varighed(aabent)}",
        "end it (pg_stat_activity): until then no subscriber sees what was committed since" if aabent > AABENT else "",
    )


def serverlog(aabne: Sequence[str]) -> Fund:
    """Whether the server's log may hold values of statements: names and CPR numbers. `aabne`: what lets them in."""
    navne = ", ".join(aabne)
    return Fund(
        "log of the database",
        f"may hold values of statements: {navne}" if aabne else "holds no values of statements",
        f"set {navne} to 0: they may be CPR numbers" if aabne else "",
    )


def certifikat(navn: str, setting: str, found: Certificate, now: datetime) -> Fund:
    """One of ours, or a pinned one. Source: security.md 2."""
    dage, emne = dage_tilbage(found, now), f"certificate of {navn}"
    if dage < 0:
        return Fund(emne, f"has expired {-dage:.0f} days ago", f"put the new one into {setting}")
    if dage > UDLOEBER_DAGE:
        return Fund(emne, f"good for {dage:.0f} days")
    new = "order a new one and register it; then put it into" if navn == EGET else "put the new one beside it in"
    return Fund(emne, f"ends in {dage:.0f} days", f"{new} {setting}")


def token(found: Assertion | FkorgError, now: datetime) -> Fund:
    """What the token service gave for the municipality, or why it gave nothing."""
    if isinstance(found, FkorgError):
        goer = next(goer for kind, goer in _TOKEN.items() if isinstance(found, kind))
        return Fund("token", str(found), goer)
    return Fund("token", f"good for {_varighed(found.udloeber - now)}")


_TOKEN: Final[dict[type[FkorgError], str]] = {
    NoAccess: "is our certificate registered, the agreement of this CVR approved, ORGRAF_SOURCE_AUDIENCE right?",
    Malformed: "it proves nothing: compare ORGRAF_STS_ISSUER and ORGRAF_STS_CERTIFICATES with KOMBIT's, and the clocks",
    FkorgError: "it is out of reach: look at the network, ORGRAF_STS_URL, and its operating status",
}


def udsteder(one: Issuer, fejl: FkorgError | None) -> Fund:
    """An issuer of callers' tokens. `fejl`: why its keys cannot be had."""
    emne = f"issuer {one.regler.udsteder}"
    if fejl is None:
        return Fund(emne, issuers.told(one))
    goer = "is the address in ORGRAF_JWT_ISSUERS right, the issuer up, and reachable from here? Its keys hold for 24 h"
    return Fund(emne, str(fejl), goer)


def kildens_ur(found: datetime | None, now: datetime) -> Fund:
    """The Date header of the source."""
    if found is None:
        return Fund("clock of the source", "not told")
    return _ur("clock of the source", found, now)


def ledelse(found: Ledelse | None) -> Fund:
    """Who applies."""
    goer = "start `orgraf ingest`, or look at why it does not get to lead in its log"
    if found is None:
        return Fund("leadership", "nobody has ever led", goer)
    if not found.holder:
        return Fund("leadership", f"nobody leads; the last beat was {_varighed(found.tavs)} ago", goer)
    return Fund(
        "leadership",
        f"{found.holder} leads, epoch {found.epoch}, last beat {_varighed(found.tavs)} ago",
        goer if found.tavs > TAVS else "",
    )


def kanal(navn: str, found: Kanalstand | None, now: datetime) -> Fund:
    """A channel of messages that the settings open."""
    emne = f"channel {navn}"
    goer = "is `orgraf ingest` running, the broker up, the login right? Nothing is lost: messages wait in the mailbox"
    if found is None:
        return Fund(emne, "has never been connected", goer)
    forbundet = Kanalfakta(found.connected_since, found.disconnected_at, found.last_empty_at).forbundet
    empty = f"last empty {_siden(found.last_empty_at, now)}, last message {_siden(found.last_besked_at, now)}"
    if not forbundet:
        return Fund(emne, f"not connected since {_siden(found.disconnected_at, now)}; {empty}", goer)
    if found.last_empty_at is None or now - found.last_empty_at > VENTER:
        return Fund(emne, f"connected, {empty}", "it has not been drained: is there a flood, or does receiving fail?")
    return Fund(emne, f"connected, {empty}")


LUKKET: Final = (
    "check the login in ORGRAF_AMQP_URL and its rights to the queue; with a token: ORGRAF_AMQP_AUDIENCE, and whether"
    " the service agreement covers the mailbox"
)


def koe(found: tuple[int, int] | FkorgError) -> Fund:
    """The mailbox's queue: messages and consumers, or why it cannot be looked at."""
    if isinstance(found, NotFound):
        return Fund("queue", "does not exist", "check ORGRAF_AMQP_QUEUE; the mailbox is made by the Beskedfordeler")
    if isinstance(found, NoAccess):
        return Fund("queue", f"is closed to us: {found}", LUKKET)
    if isinstance(found, FkorgError):
        return Fund("queue", f"cannot be looked at: {found}", "is the broker up, and reachable from here?")
    beskeder, modtagere = found
    return Fund(
        "queue",
        f"{beskeder} messages wait, {modtagere} consumers",
        "" if modtagere else "nobody consumes: start `orgraf ingest`",
    )


def version(wanted: str, mangler: Sequence[str]) -> Fund:
    """Are the tables as new as we are? `mangler`: what is missing."""
    if mangler:
        return Fund("version", mangler[0], "run `orgraf migrate`")
    return Fund("version", f"the tables are of version {wanted} or newer")


def kilde(fejl: FkorgError | None) -> Fund:
    """What the source answered about the municipality. Source: domain.md 8.4."""
    if fejl is None:
        return Fund("source", "answers")
    told = f"{fejl} {fejl.tekst or ''}".lower()
    adgang = [goer for ord_, goer in _ADGANG.items() if ord_ in told] if isinstance(fejl, NoAccess) else []
    goer = next(goer for kind, goer in _KILDE.items() if isinstance(fejl, kind))
    return Fund("source", str(fejl), adgang[0] if adgang else goer)


_ADGANG: Final = {
    "serviceagreement": "no service agreement for this CVR is approved: have the municipality approve ours at KOMBIT",
    "usercontext": "FK Organisation knows no such CVR: is it right in ORGRAF_CONTEXTS?",
    "5015": "FK Organisation knows no such CVR: is it right in ORGRAF_CONTEXTS?",
    "statuskode 41": "the agreement does not give what we asked: it needs Udstil to read, and Rediger too to write",
    "http 404": "nobody answers there: is ORGRAF_SOURCE_URL right?",
    "http 3": "it has moved: is ORGRAF_SOURCE_URL right?",
    "http 4": "a door before it is shut: does it want our certificate, or our address to be let in?",
}
"""By a word of the refusal, what an operator can do about it. Source: domain.md 8.4."""
_KILDE: Final[dict[type[FkorgError], str]] = {
    NoAccess: "it is shut to us, and does not say in words that we know why: show them to the system's owner",
    NotFound: "it does not know the Organisation: is the UUID in ORGRAF_CONTEXTS right?",
    Conflict: "it sees another state than we ask about: ask again",
    Refused: "it refuses the question: show the code to the system's owner",
    Malformed: "it breaks the contract: compare its version with ours; nothing is applied that cannot be read",
    FkorgError: "it is out of reach: look at the network and at its operating status; ingest goes on by itself",
}


def friskhed(found: Friskhed, now: datetime) -> Fund:
    """How old the model is."""
    ok = found.status is Friskhedsstatus.FRISK
    til = f"messages up to {_siden(found.beskeder_til, now)} are in, verified {_siden(found.verificeret_til, now)}"
    return Fund(
        "freshness",
        f"{found.status.value}: {til}",
        "" if ok else "see the other lines: leadership, channel, source or backlog tells why",
    )


def arbejde(found: Koe, now: datetime) -> Fund:
    """What waits."""
    venter = timedelta() if found.venter_siden is None else now - found.venter_siden
    sent = timedelta() if found.bekraeftes_siden is None else now - found.bekraeftes_siden
    stuck = max(venter, sent) > VENTER
    return Fund(
        "backlog",
        f"{found.ventende} objects wait, the oldest for {_varighed(venter)}; {found.ubekraeftede} confirm reads due",
        "is the source slow or away, or nobody leading? What fails alone is set aside in time" if stuck else "",
    )


def parkeret(found: Sequence[Parkerede], now: datetime) -> Iterable[Fund]:
    """What is set aside, a line per reason."""
    if not found:
        yield Fund("parked", "nothing")
    for one in found:
        goer = _PARKERET.get(one.reason, "a bug of ours: report it with the log; then `orgraf parked retry`")
        yield Fund("parked", f"{one.antal} x {one.reason}, since {_siden(one.siden, now)}, e.g. {one.en}", goer)


_PARKERET: Final = {
    "malformed": "the sender breaks the contract: tell its owner; then `orgraf parked retry` or `discard`",
    "unknown_cvr": "serve that CVR (ORGRAF_CONTEXTS) and `orgraf parked retry`, or `discard` it",
    "not_found": "a message told of what the source does not know: ask its owner, then `retry` or `discard`",
    "source_behind_message": "the source is older than its message: the comparison heals it; `retry` to look now",
    "refused": "the source refuses this object alone: ask its owner, then `orgraf parked retry`",
    "source_fails": "the source fails on this object alone: ask its owner, then `orgraf parked retry`",
}


def bevaring(found: Aeldst, regler: Bevaring, now: datetime) -> Fund:
    """What is old has been forgotten."""
    levetid = {"changes": regler.aendringer + DAG, "messages": regler.beskeder}
    aeldst = {"changes": found.aendringer, "messages": found.beskeder}
    sent = [navn for navn, fra in aeldst.items() if fra is not None and now - fra > levetid[navn] + DAG]
    return Fund(
        "retention",
        ", ".join(f"{navn}: the oldest {_siden(fra, now)}" for navn, fra in aeldst.items()),
        f"{' and '.join(sent)} should have been forgotten: look for `not forgotten yet` in the log of ingest"
        if sent
        else "",
    )


def afstemning(sidste: Rapport | None, aaben: Afstemning | None, hver: timedelta, now: datetime) -> Iterable[Fund]:
    """The comparison with the source."""
    if aaben is not None:
        yield Fund("comparison", f"under way since {_siden(aaben.started_at, now)}, {aaben.skannet} objects so far")
    if sidste is None:
        goer = "" if aaben is not None else "none has ended: is `orgraf ingest` running? Or `orgraf reconcile`"
        yield Fund("comparison", "none has ended yet", goer)
        return
    if sidste.bremset is not None:
        yield Fund(
            "comparison",
            f"BRAKE: the source lacked {sidste.bremset} live objects, nothing of it was touched",
            "is the export whole? If so many are truly gone, have the source say so one by one; see docs/runbook.md",
        )
    if sidste.tabt_besked:
        yield Fund(
            "comparison",
            f"{len(sidste.tabt_besked)} changes were told by no message, and put right",
            "is the mailbox whole, its subscription complete? See docs/runbook.md",
        )
    if sidste.kort:
        yield Fund(
            "comparison",
            f"{sidste.kort} cards did not say what the tables say, and were made anew",
            "a fault of ours: set ORGRAF_CARDS=false until it is mended, and tell us of it; see docs/operations.md",
        )
    yield Fund(
        "comparison",
        f"ended {_siden(sidste.afsluttet, now)}: {sidste.skannet} objects, {sidste.rettet} put right",
        "it is overdue: look for `the comparison with the source waits` in the log of ingest"
        if now - sidste.startet > 2 * hver
        else "",
    )


def _ur(emne: str, theirs: datetime, now: datetime) -> Fund:
    skaev = theirs - now
    side = "ahead of" if skaev > timedelta() else "behind"
    return Fund(
        emne,
        f"{_varighed(abs(skaev))} {side} ours",
        "put the clocks right (NTP): times wanted, ages and the life of positions go by them"
        if abs(skaev) > SKAEVT
        else "",
    )


def _siden(moment: datetime | None, now: datetime) -> str:
    return "never" if moment is None else f"{_varighed(now - moment)} ago"


def _varighed(length: timedelta) -> str:
    seconds = max(length.total_seconds(), 0.0)
    size, unit = next(((s, u) for s, u in ((86400, "d"), (3600, "h"), (60, "min")) if seconds >= s), (1, "s"))
    return f"{seconds / size:.1f} {unit}"

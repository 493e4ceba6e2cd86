"""One write from its record to its outcome: the turns, the record, the run, what becomes of both.

A write that has begun is carried to its end even when the caller no longer waits. Refuses to know what is written, and
how the outcome is told.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import structlog

from fkorg import tid
from fkorg.catalogue import Objekttype
from fkorg.errors import FkorgError, Unavailable, Uncertain
from fkorg.failpoint import failpoint
from fkorg.forskelle import Forskel
from fkorg.kvittering import Kvittering
from fkorg.registrering import Objekt
from graph.caller import Principal
from graph.mutations import afklaring, journal
from graph.mutations.bog import Bog, laasenavn
from graph.mutations.fejl import Skrivefejl, oversat
from graph.mutations.forloeb import Forloeb, Maal, Roert
from graph.mutations.gang import Gang
from graph.mutations.kontekst import Kontekst, Skrivere
from graph.mutations.typer import Skrivevalg
from model import anonymisering, dirty, writes
from model.pool import Connection, translated
from model.writes import Anmodning, Begyndt, Status, Tidligere

LOG = structlog.get_logger()

Arbejde = Callable[[Gang], Awaitable[Maal]]


@dataclass(frozen=True, slots=True)
class Wish:
    """One mutation as asked. `indhold` tells it from others by its repr; `laase`: the objects that no other writer may
    have meanwhile; `maal_enhed`: whose subtree a dry run counts."""

    operation: str
    indhold: object
    valg: Skrivevalg | None
    laase: Iterable[UUID]
    arbejde: Arbejde
    maal_enhed: UUID | None = None


@dataclass(frozen=True, slots=True)
class Udfald:
    """What became of it: receipts (None = nothing was sent), differences, what was touched, and whether it ran."""

    maal: Maal
    kvitteringer: Sequence[Kvittering | None]
    roert: Sequence[Roert]
    forskelle: Sequence[tuple[Objekttype, Forskel]] = ()
    proeve: bool = False


async def proev(k: Kontekst, skrivere: Skrivere, organisation: UUID, wish: Wish) -> Udfald:
    """A dry run: it writes nothing, records nothing and waits for nobody."""
    gang = _gang(k, skrivere, organisation, wish)
    return _udfald(gang, await wish.arbejde(gang), proeve=True)


async def til_ende(k: Kontekst, skrivere: Skrivere, organisation: UUID, wish: Wish) -> Udfald:
    """The write as a task of its own: a caller who goes away or a time limit does not break it off half-way."""
    task = asyncio.create_task(_skriv(k, skrivere, organisation, wish))
    skrivere.i_gang.add(task)
    task.add_done_callback(lambda ended: _ended(skrivere, ended))
    return await asyncio.shield(task)


def _ended(skrivere: Skrivere, task: "asyncio.Task[Udfald]") -> None:
    """A failure that nobody waits for any longer is in the record of the write; the caller of others is told."""
    skrivere.i_gang.discard(task)
    if not task.cancelled():
        task.exception()


class Uindfoert(Uncertain):
    """The write was made, and its record does not say so: the database is away, or the writer had lost its session of
    it, was taken for dead, and another call with its key carries the write on. The receipts that count are those that
    the next call with the key is told."""


async def _skriv(k: Kontekst, skrivere: Skrivere, organisation: UUID, wish: Wish) -> Udfald:
    """From record to outcome, by the record: when that could not be told the outcome, by what it says afterwards."""
    try:
        return await _forsoeg(k, skrivere, organisation, wish)
    except Uindfoert as made:
        try:
            return await _forsoeg(k, skrivere, organisation, wish)
        except Unavailable as away:
            raise made from away


async def _forsoeg(k: Kontekst, skrivere: Skrivere, organisation: UUID, wish: Wish) -> Udfald:
    anmodning = _anmodning(k.principal, skrivere, organisation, wish)
    navne = [laasenavn(organisation, navn) for navn in (anmodning.id, *wish.laase)]
    if anmodning.noegle is not None:
        navne.append(laasenavn(organisation, f"{anmodning.caller}/{anmodning.noegle}"))
    async with skrivere.laas.holding(navne) as connection:
        begun = await _begynd(connection, k, skrivere, anmodning)
        if isinstance(begun, Tidligere):
            return Udfald(*journal.read(begun))
        gang = _gang(k, skrivere, organisation, wish, Bog(connection, skrivere, anmodning))
        gang.forloeb = journal.gjort(begun.kvitteringer)
        gang.tidligere = list(gang.forloeb.skrevet)
        return await _loeb(connection, skrivere, anmodning, gang, wish.arbejde)


async def _begynd(connection: Connection, k: Kontekst, skrivere: Skrivere, anmodning: Anmodning) -> Begyndt | Tidligere:
    """The record; an earlier one with the key that is in doubt is looked into first."""
    begun = await writes.begin(connection, anmodning, k.now)
    if not isinstance(begun, Tidligere) or not begun.samme or begun.status not in (Status.STARTET, Status.UVIS):
        return begun
    kilde = skrivere.kilder[k.principal.cvr]
    await afklaring.vent_paa(skrivere, kilde, anmodning.organisation, begun.id, k.now)
    return await writes.begin(connection, anmodning, k.now)


async def _loeb(
    connection: Connection, skrivere: Skrivere, anmodning: Anmodning, gang: Gang, arbejde: Arbejde
) -> Udfald:
    """The run, and its outcome in the record."""
    forloeb = gang.forloeb

    async def husk(status: Status, stored: dict[str, Any]) -> bool:
        return await _husk(connection, skrivere, anmodning, forloeb, status, stored, gang.now)

    try:
        maal = await arbejde(gang)
    except (FkorgError, Skrivefejl) as fejl:
        told = fejl if isinstance(fejl, Skrivefejl) else oversat(fejl)
        told.kvitteringer = [journal.from_kvittering(kvittering) for kvittering in forloeb.kvitteringer]
        status = Status.UVIS if forloeb.undervejs else Status.AFVIST
        await husk(status, journal.write(forloeb, fejl=told))
        raise told from fejl.__cause__ if told is fejl else fejl
    except BaseException:
        await husk(Status.UVIS, journal.write(forloeb))
        raise
    if not await husk(Status.UDFOERT, journal.write(forloeb, maal)) and anmodning.noegle is not None:
        raise Uindfoert("the write was made, and its record does not say so yet: call again with the same key")
    await failpoint("write.finished")
    return _udfald(gang, maal)


async def _husk(
    connection: Connection,
    skrivere: Skrivere,
    anmodning: Anmodning,
    forloeb: Forloeb,
    status: Status,
    stored: dict[str, Any],
    now: datetime,
) -> bool:
    """Mark what was written, or may have been, dirty, due now, and record the outcome, in one transaction. False: the
    outcome is not in the record.

    The source has answered: a database that is away changes nothing of that. Then the record stays without outcome,
    and whoever finds it reads back.
    """
    sent = [(Objekt(anmodning.organisation, r.objekttype, r.uuid), r.want_ns) for r in forloeb.roert if r.sendt]
    sent += [(Objekt(anmodning.organisation, t.objekttype, t.uuid), t.foer_ns) for t in forloeb.undervejs if t.uuid]

    async def store(tx: Connection) -> bool:
        for maerke in forloeb.anonyme(tid.from_datetime(now)):
            await anonymisering.maerk(tx, anmodning.organisation, maerke, now)
        await dirty.mark_many(tx, sent, aarsag="MUTATION", now=now, bundfaeldning=skrivere.bundfaeldning)
        return await writes.finish(tx, anmodning, status, stored, now)

    try:
        async with translated(), connection.transaction():
            return await store(connection)
    except Unavailable:  # the connection may have died while the source was called
        try:
            async with skrivere.pool.transaction() as tx:
                return await store(tx)
        except Unavailable as away:
            LOG.warning("the outcome of a write was not recorded", skrivning=str(anmodning.id), fejl=str(away))
            return False


def _anmodning(principal: Principal, skrivere: Skrivere, organisation: UUID, wish: Wish) -> Anmodning:
    noegle = wish.valg.idempotensnoegle if wish.valg else None
    hashed = writes.input_hash(skrivere.secret, wish.operation, repr(wish.indhold))
    return Anmodning(organisation, uuid4(), principal.caller, noegle, wish.operation, hashed)


def _gang(k: Kontekst, skrivere: Skrivere, organisation: UUID, wish: Wish, bog: Bog | None = None) -> Gang:
    valg = wish.valg or Skrivevalg()
    return Gang(
        kilde=skrivere.kilder[k.principal.cvr],
        organisation=organisation,
        now=k.now,
        bog=bog,
        forventet=valg.forventet_registrering,
        note=valg.note,
    )


def _udfald(gang: Gang, maal: Maal, *, proeve: bool = False) -> Udfald:
    return Udfald(maal, gang.forloeb.kvitteringer, gang.forloeb.roert, gang.forskelle, proeve)

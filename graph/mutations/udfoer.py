"""From a mutation's wish to its payload: rights, turn, record, the run itself, mark dirty, wait, answer by plan.

The one order in which every mutation happens (rules.md 31; design.md 3). A write that has begun is carried to its end
even when the caller no longer waits. Refuses to know what is written: that is the run's.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, TypeVar
from uuid import UUID, uuid4

import strawberry
import structlog
from graphql import GraphQLError

from fkorg.catalogue import Objekttype
from fkorg.errors import FkorgError, Unavailable, Uncertain
from fkorg.forskelle import Forskel as FkorgForskel
from fkorg.kvittering import Kvittering as FkorgKvittering
from fkorg.registrering import Objekt
from graph.caller import Principal, Ret
from graph.mutations import journal, vent
from graph.mutations.fejl import Kode, Skrivefejl, oversat, uden_ret, ugyldig
from graph.mutations.gang import UKENDT, Gang, Maal, Roert
from graph.mutations.kontekst import Kontekst, Skrivere, kontekst
from graph.mutations.tekster import api_navn
from graph.mutations.typer import Beroert, BeroertObjekt, Forskel, Kvittering, Skrivevalg, Skrivning
from model import dirty, writes
from model.pool import Connection, translated
from model.writes import Anmodning, Status

P = TypeVar("P", bound=Skrivning)
MASKERET: Final[Mapping[tuple[Objekttype, str], Ret]] = {
    (Objekttype.PERSON, "navn"): Ret.SENAVN,
    (Objekttype.PERSON, "cpr"): Ret.SECPR,
}
"""Differences shown only to who has the right. Source: rules.md 22."""
LAENGSTE_NOEGLE: Final = 200
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
class _Udfald:
    """What became of it: receipts (None = nothing was sent), differences, what was touched, and whether it ran."""

    maal: Maal
    kvitteringer: Sequence[FkorgKvittering | None]
    roert: Sequence[Roert]
    forskelle: Sequence[tuple[Objekttype, FkorgForskel]] = ()
    proeve: bool = False


async def udfoer(info: strawberry.Info, payload: type[P], wish: Wish) -> P:
    """Carry out a mutation and make its payload. Raises GraphQLError with the code of rules.md 21."""
    k = kontekst(info)
    try:
        skrivere, organisation = _adgang(k, wish)
        proeve = bool(wish.valg and wish.valg.proeve)
        udfald = await (_proev if proeve else _til_ende)(k, skrivere, organisation, wish)
        return await _payload(k, skrivere, organisation, payload, wish, udfald)
    except FkorgError as fejl:
        raise _graphql(oversat(fejl)) from fejl
    except Skrivefejl as fejl:
        raise _graphql(fejl) from fejl


def kontrol_cvr(info: strawberry.Info, cvr: str) -> None:
    """Raises GraphQLError when the input names another municipality than the token."""
    if cvr != kontekst(info).principal.cvr:
        raise _graphql(ugyldig("cvr", "wanted the CVR of the token: a token is for one municipality"))


def _adgang(k: Kontekst, wish: Wish) -> tuple[Skrivere, UUID]:
    if not k.principal.har(Ret.SKRIV):
        raise uden_ret("to write")
    if k.skrivere is None or k.principal.cvr not in k.skrivere.kilder or k.principal.organisation is None:
        raise Skrivefejl("this server cannot reach the municipality's source", "ServerError", Kode.UNAVAILABLE)
    noegle = wish.valg.idempotensnoegle if wish.valg else None
    if noegle is not None and not 0 < len(noegle) <= LAENGSTE_NOEGLE:
        raise ugyldig("valg.idempotensnoegle", f"wanted 1 to {LAENGSTE_NOEGLE} characters")
    return k.skrivere, k.principal.organisation


def _gang(
    k: Kontekst,
    skrivere: Skrivere,
    organisation: UUID,
    wish: Wish,
    laas: Callable[[UUID], Awaitable[None]],
    *,
    proeve: bool = False,
) -> Gang:
    valg = wish.valg or Skrivevalg()
    return Gang(
        skrivere.kilder[k.principal.cvr],
        organisation,
        k.now,
        laas,
        note=valg.note,
        proeve=proeve,
        forventet=valg.forventet_registrering,
    )


async def _proev(k: Kontekst, skrivere: Skrivere, organisation: UUID, wish: Wish) -> _Udfald:
    async def no_turn(uuid: UUID) -> None:
        """A dry run writes nothing and waits for nobody."""

    gang = _gang(k, skrivere, organisation, wish, no_turn, proeve=True)
    maal = await wish.arbejde(gang)
    return _Udfald(maal, gang.kvitteringer, gang.roert, gang.forskelle, proeve=True)


async def _til_ende(k: Kontekst, skrivere: Skrivere, organisation: UUID, wish: Wish) -> _Udfald:
    """The write as a task of its own: a caller who goes away or a time limit does not break it off half-way."""
    task = asyncio.create_task(_skriv(k, skrivere, organisation, wish))
    skrivere.i_gang.add(task)
    task.add_done_callback(lambda ended: _ended(skrivere, ended))
    return await asyncio.shield(task)


def _ended(skrivere: Skrivere, task: "asyncio.Task[_Udfald]") -> None:
    """A failure that nobody waits for any longer is in the record of the write; the caller of others is told."""
    skrivere.i_gang.discard(task)
    if not task.cancelled():
        task.exception()


async def _skriv(k: Kontekst, skrivere: Skrivere, organisation: UUID, wish: Wish) -> _Udfald:
    anmodning = _anmodning(k.principal, skrivere, organisation, wish)
    navne = [_navn(organisation, uuid) for uuid in wish.laase]
    if anmodning.noegle is not None:
        navne.append(f"{organisation}/{anmodning.caller}/{anmodning.noegle}")
    async with skrivere.laas.holding(navne) as connection:
        earlier = await writes.begin(connection, anmodning, k.now)
        if earlier is not None:
            return _Udfald(*journal.read(earlier))

        async def turn(uuid: UUID) -> None:
            await writes.lock(connection, _navn(organisation, uuid))

        gang = _gang(k, skrivere, organisation, wish, turn)
        try:
            maal = await wish.arbejde(gang)
        except (FkorgError, Skrivefejl) as fejl:
            told = fejl if isinstance(fejl, Skrivefejl) else oversat(fejl)
            told.kvitteringer = [journal.from_kvittering(kvittering) for kvittering in gang.kvitteringer]
            status = Status.UVIS if isinstance(fejl, Uncertain) else Status.AFVIST
            await _husk(connection, skrivere, anmodning, gang, status, journal.write(gang, fejl=told), k.now)
            raise told from fejl.__cause__ if told is fejl else fejl
        except BaseException:
            await _husk(connection, skrivere, anmodning, gang, Status.UVIS, journal.write(gang), k.now)
            raise
        await _husk(connection, skrivere, anmodning, gang, Status.UDFOERT, journal.write(gang, maal), k.now)
    return _Udfald(maal, gang.kvitteringer, gang.roert, gang.forskelle)


def _navn(organisation: UUID, uuid: UUID) -> str:
    """What the turn of one object is called on all servers."""
    return f"{organisation}/{uuid}"


def _anmodning(principal: Principal, skrivere: Skrivere, organisation: UUID, wish: Wish) -> Anmodning:
    noegle = wish.valg.idempotensnoegle if wish.valg else None
    hashed = writes.input_hash(skrivere.secret, wish.operation, repr(wish.indhold))
    return Anmodning(organisation, uuid4(), principal.caller, noegle, wish.operation, hashed)


async def _husk(
    connection: Connection,
    skrivere: Skrivere,
    anmodning: Anmodning,
    gang: Gang,
    status: Status,
    stored: dict[str, Any],
    now: datetime,
) -> None:
    """Mark what was written dirty, due now, and record the outcome, in one transaction.

    The source has answered: a database that is away changes nothing of that. Then the record stays STARTET, and the
    change comes by its message or by reconciliation.
    """
    sent = [(Objekt(anmodning.organisation, r.objekttype, r.uuid), r.want_ns) for r in gang.roert if r.sendt]

    async def store(tx: Connection) -> None:
        await dirty.mark_many(tx, sent, aarsag="MUTATION", now=now)
        await writes.finish(tx, anmodning, status, stored, now)

    try:
        async with translated(), connection.transaction():
            await store(connection)
    except Unavailable:  # the connection may have died while the source was called
        try:
            async with skrivere.pool.transaction() as tx:
                await store(tx)
        except Unavailable as away:
            LOG.warning("the outcome of a write was not recorded", skrivning=str(anmodning.id), fejl=str(away))


async def _payload(
    k: Kontekst, skrivere: Skrivere, organisation: UUID, payload: type[P], wish: Wish, udfald: _Udfald
) -> P:
    stand = None if udfald.proeve else await vent.set_i_model(skrivere, organisation, udfald.roert, k.now)
    vises = udfald.proeve or stand is not None
    if not vises:
        k.udvidelser["afventer"] = True

    async def laes(info: strawberry.Info, type_name: str, uuid: UUID | None) -> dict[str, Any] | None:
        if uuid is None or uuid == UKENDT or not vises:
            return None
        (found,) = await k.objekter(info, type_name, [uuid], k.principal, k.now)
        answer: dict[str, Any] | None = found
        return answer

    beroert = Beroert(
        objekter=[
            BeroertObjekt(objekttype=r.objekttype, uuid=None if r.uuid == UKENDT else r.uuid) for r in udfald.roert
        ]
    )
    if udfald.proeve and wish.maal_enhed is not None:
        async with skrivere.pool.connection() as connection:
            antal = await writes.touched(connection, organisation, wish.maal_enhed, k.now)
        beroert.enheder, beroert.brugere = antal.enheder, antal.brugere
    return payload(
        kvitteringer=[_kvittering(one) for one in udfald.kvitteringer],
        forskelle=[_forskel(k.principal, objekttype, one) for objekttype, one in udfald.forskelle],
        beroert=beroert,
        stand=stand,
        maal=udfald.maal.uuid,
        medlemskab_uuid=udfald.maal.medlemskab,
        laes=laes,
    )


def _kvittering(kvittering: FkorgKvittering | None) -> Kvittering:
    if kvittering is None:
        return Kvittering()
    return Kvittering(
        status_kode=kvittering.status_kode,
        tekst=kvittering.tekst,
        transaktions_id=UUID(kvittering.transaktions_id),
        sendt=True,
    )


def _forskel(principal: Principal, objekttype: Objekttype, forskel: FkorgForskel) -> Forskel:
    ret = MASKERET.get((objekttype, forskel.felt))
    seen = ret is None or principal.har(ret)
    return Forskel(
        felt=api_navn(forskel.felt),
        foer=forskel.foer if seen else None,
        efter=forskel.efter.replace(str(UKENDT), "(ny)") if seen and forskel.efter else None,
    )


def _graphql(fejl: Skrivefejl) -> GraphQLError:
    return GraphQLError(str(fejl), extensions=fejl.extensions)

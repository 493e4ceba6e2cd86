"""Read back, then apply: the one path that changes the read model. Thin: what to do is decided in `beslut`.

Owns the transaction in which an object is applied and its claim settled. Refuses to know queues and clocks: claims
come in, `now` is an argument, and so is `chance` (0 to 1, for the back-off's jitter).
"""

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

from fkorg.catalogue import Objekttype
from fkorg.errors import Unavailable
from fkorg.failpoint import failpoint
from fkorg.registrering import Objekt, Registrering
from ingest.beslut import (
    Bekraeft,
    Beslutning,
    Faerdig,
    Igen,
    Laesning,
    Parker,
    Regler,
    beslut,
    maa_gaa_tilbage,
    ved_fejl,
)
from ingest.laes import Hentet
from model import dirty, feed_state, inbox, parked, relateret
from model.dirty import Krav
from model.leader import Leder
from model.pool import Connection, Pool
from model.projection import apply
from model.projection.apply import Anvendt, Post
from model.projection.vaern import Udfald

LOG: Final = logging.getLogger(__name__)


@dataclass(slots=True)
class Resultat:
    """What a round came to, for logs and metrics: counts by outcome and by decision, oddities in the objects."""

    udfald: Counter[str] = field(default_factory=Counter)
    beslutninger: Counter[str] = field(default_factory=Counter)
    afvigelser: Counter[tuple[str, str]] = field(default_factory=Counter)

    def add(self, other: "Resultat") -> None:
        """Sum them up."""
        self.udfald += other.udfald
        self.beslutninger += other.beslutninger
        self.afvigelser += other.afvigelser


async def anvend(
    pool: Pool,
    leder: Leder,
    krav: Sequence[Krav],
    hentet: Hentet,
    regler: Regler,
    now: datetime,
    chance: Callable[[], float],
    *,
    ogsaa: Mapping[Objekt, Sequence[Objekt]] = {},
) -> Resultat:
    """Apply what was read of the claimed objects of one type and settle their claims, in one transaction.

    `ogsaa`: what the source said to hang on them. An object whose applying fails by a bug of ours is narrowed down and
    set aside; the others are applied. Raises Unavailable (Afloest too): nothing is done, the claims' lease runs out.
    """
    try:
        async with pool.transaction() as tx:
            ud = await _en_transaktion(tx, leder, krav, hentet, regler, now, chance, ogsaa)
            await failpoint("refresh.settled")
        await failpoint("refresh.committed")
        return ud
    except Unavailable:
        raise
    except Exception as error:
        if len(krav) == 1:
            LOG.exception("cannot apply %s %s: set aside", krav[0].objekt.objekttype, krav[0].objekt.uuid)
            uuid = krav[0].objekt.uuid
            failed = Hentet(fejl={uuid: error}, andet=True, skyld={uuid})
            async with pool.transaction() as tx:
                return await _en_transaktion(tx, leder, krav, failed, regler, now, chance, {})
    ud = Resultat()
    half = len(krav) // 2
    for part in (krav[:half], krav[half:]):
        ud.add(await anvend(pool, leder, part, hentet, regler, now, chance, ogsaa=ogsaa))
    return ud


async def _en_transaktion(
    tx: Connection,
    leder: Leder,
    krav: Sequence[Krav],
    hentet: Hentet,
    regler: Regler,
    now: datetime,
    chance: Callable[[], float],
    ogsaa: Mapping[Objekt, Sequence[Objekt]],
) -> Resultat:
    laeste = [one for one in krav if one.objekt.uuid in hentet.fundet]
    kontekst = await apply.kontekst_af(tx, leder.organisation)
    anvendt = await apply.anvend(
        tx, leder, kontekst, [_post(one, hentet.fundet[one.objekt.uuid]) for one in laeste], now
    )
    await failpoint("refresh.applied")
    anden_type = await _andre_typer(tx, leder, laeste, anvendt)
    beslutninger = [
        (one, beslut(one, _laesning(one, hentet, anvendt, anden_type), regler, now, chance())) for one in laeste
    ]
    beslutninger += [
        (one, ved_fejl(one, hentet.fejl[uuid], uuid in hentet.skyld, regler, now, chance()))
        for one, uuid in ((one, one.objekt.uuid) for one in krav)
        if uuid in hentet.fejl
    ]
    await _efter(tx, leder, laeste, anvendt, anden_type, ogsaa, now)
    await _udfoer(tx, beslutninger, now)
    await dirty.put_off(tx, _nye(laeste, anvendt), now + regler.bundfaeldning)
    await feed_state.source(tx, leder.organisation, now, ok=hentet.svarede())
    return Resultat(
        Counter(udfald.name for udfald in anvendt.udfald.values()),
        Counter(type(beslutning).__name__ for _, beslutning in beslutninger),
        anvendt.afvigelser,
    )


def _post(krav: Krav, registrering: Registrering | None) -> Post:
    return Post(
        krav.objekt.objekttype,
        krav.objekt.uuid,
        registrering,
        krav.aarsag,
        bekraefter=krav.bekraefter,
        tilbage=maa_gaa_tilbage(krav, findes=registrering is not None),
        mindst_ns=krav.want_ns if krav.aarsag == "MUTATION" else 0,
    )


def _laesning(krav: Krav, hentet: Hentet, anvendt: Anvendt, anden_type: set[UUID]) -> Laesning:
    key = (krav.objekt.objekttype, krav.objekt.uuid)
    return Laesning(
        anvendt.udfald[key],
        hentet.fundet[krav.objekt.uuid] is not None,
        anvendt.lagret_ns.get(key),
        krav.objekt.uuid in anden_type,
    )


async def _andre_typer(tx: Connection, leder: Leder, laeste: Sequence[Krav], anvendt: Anvendt) -> set[UUID]:
    ukendte = [
        one.objekt.uuid for one in laeste if anvendt.udfald[one.objekt.objekttype, one.objekt.uuid] is Udfald.UKENDT
    ]
    return await relateret.findes(tx, leder.organisation, ukendte) if ukendte else set()


def _nye(laeste: Sequence[Krav], anvendt: Anvendt) -> list[Objekt]:
    """What has just changed here, other than by a confirm read: the source may show more of it soon."""
    return [
        one.objekt
        for one in laeste
        if not one.bekraefter and anvendt.udfald[one.objekt.objekttype, one.objekt.uuid] is Udfald.NY
    ]


async def _udfoer(tx: Connection, beslutninger: Iterable[tuple[Krav, Beslutning]], now: datetime) -> None:
    """Carry the decisions out on the queue's tables."""
    faerdige: list[Krav] = []
    for krav, beslutning in beslutninger:
        match beslutning:
            case Faerdig():
                faerdige.append(krav)
            case Igen(due_at):
                await dirty.again(tx, krav, due_at)
            case Bekraeft(due_at, aeldre, behold):
                faerdige += [] if krav.bekraefter or behold else [krav]
                await dirty.confirm(tx, krav.objekt, due_at, aeldre=aeldre)
                if behold:
                    await dirty.again(tx, krav, due_at)
            case Parker(reason):
                faerdige.append(krav)
                await parked.objekt(tx, krav.objekt, reason, now)
    await dirty.clear(tx, faerdige)


async def _efter(
    tx: Connection,
    leder: Leder,
    laeste: Sequence[Krav],
    anvendt: Anvendt,
    anden_type: set[UUID],
    ogsaa: Mapping[Objekt, Sequence[Objekt]],
    now: datetime,
) -> None:
    """What an applied object means for its messages, for what was set aside, and for what hangs on it."""
    i_modellen = [
        (objekttype, uuid, anvendt.lagret_ns[objekttype, uuid])
        for (objekttype, uuid), udfald in anvendt.udfald.items()
        if udfald in (Udfald.NY, Udfald.SAMME)
    ]
    if i_modellen:
        await inbox.anvendt(tx, leder.organisation, i_modellen)
    if helede := _helede(laeste, anvendt, anden_type):
        await parked.remove(tx, leder.organisation, helede)
    beskeder = [one.objekt for one in laeste if one.aarsag == "BESKED" and not one.bekraefter]
    enheder = [one.uuid for one in beskeder if one.objekttype is Objekttype.ORGANISATION_ENHED]
    brugere = [one.uuid for one in beskeder if one.objekttype is Objekttype.BRUGER]
    more = [objekt for one in beskeder for objekt in ogsaa.get(one, ())]
    if enheder or brugere:
        more += await relateret.relaterede(tx, leder.organisation, enheder, brugere)
    nye = [uuid for (_, uuid), udfald in anvendt.udfald.items() if udfald is Udfald.NY]
    if nye:
        more += await relateret.dinglende(tx, leder.organisation, nye)
    wanted = [(objekt, dirty.UANSET) for objekt in dict.fromkeys(more)]
    await dirty.mark_many(tx, wanted, aarsag="BESKED", now=now, bundfaeldning=None)


def _helede(laeste: Sequence[Krav], anvendt: Anvendt, anden_type: set[UUID]) -> list[str]:
    """What need not stay aside: it was applied, or read as stored for another reason than to confirm, or turned out to
    be an object of another type."""
    helet = {False: (Udfald.NY, Udfald.SAMME), True: (Udfald.NY,)}
    return [
        parked.noegle(one.objekt)
        for one in laeste
        if anvendt.udfald[one.objekt.objekttype, one.objekt.uuid] in helet[one.bekraefter]
        or one.objekt.uuid in anden_type
    ]

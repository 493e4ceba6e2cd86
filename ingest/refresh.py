"""Read back, then apply: the one path that changes the read model. Thin: what to do is decided in `beslut`.

Owns the transaction in which an object is applied and its claim settled. Refuses to know queues and clocks: claims
come in, `now` is an argument, and so is `chance` (0 to 1, for the back-off's jitter).
"""

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, TypeAlias
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
from ingest.relateret import HAR_FUNKTIONER
from model import dirty, feed_state, inbox, parked, relateret
from model.dirty import Krav
from model.leader import Leder
from model.pool import Connection, Pool
from model.projection import apply
from model.projection.apply import Anvendt, Post
from model.projection.vaern import Udfald

LOG: Final = logging.getLogger(__name__)
LaestKrav: TypeAlias = tuple[Krav, Hentet]
"""A claimed object, and what was read with it."""


@dataclass(slots=True)
class Resultat:
    """What a round came to, for logs and metrics: counts by outcome and by decision, oddities in the objects."""

    udfald: Counter[str] = field(default_factory=Counter)
    beslutninger: Counter[str] = field(default_factory=Counter)
    afvigelser: Counter[tuple[str, str]] = field(default_factory=Counter)
    holdt: list[Krav] = field(default_factory=list)
    """Done but for what hangs on them: their claims are held until `fulgt`."""
    svarede: bool = False
    """Did the source answer at all?"""

    def add(self, other: "Resultat") -> None:
        """Sum them up."""
        self.udfald += other.udfald
        self.beslutninger += other.beslutninger
        self.afvigelser += other.afvigelser
        self.holdt += other.holdt
        self.svarede = self.svarede or other.svarede


async def anvend(
    pool: Pool,
    leder: Leder,
    laest: Sequence[LaestKrav],
    regler: Regler,
    now: datetime,
    chance: Callable[[], float],
) -> Resultat:
    """Apply what was read of the claimed objects and settle their claims, in one transaction.

    The claim of what a message told of is held: the source is still to be asked what hangs on it, and a crash must not
    forget that. An object whose applying fails by a bug of ours is narrowed down and set aside; the others are applied.
    Raises Unavailable (Afloest too): nothing is done, the claims' lease runs out.
    """
    try:
        async with pool.transaction() as tx:
            ud = await _en_transaktion(tx, leder, laest, regler, now, chance)
            await failpoint("refresh.settled")
        await failpoint("refresh.committed")
        return ud
    except Unavailable:
        raise
    except Exception as error:
        if len(laest) == 1:
            ((krav, _),) = laest
            LOG.exception("cannot apply %s %s: set aside", krav.objekt.objekttype, krav.objekt.uuid)
            failed = Hentet(fejl={krav.objekt.uuid: error}, andet=True, skyld={krav.objekt.uuid})
            async with pool.transaction() as tx:
                return await _en_transaktion(tx, leder, [(krav, failed)], regler, now, chance)
    ud = Resultat()
    half = len(laest) // 2
    for part in (laest[:half], laest[half:]):
        ud.add(await anvend(pool, leder, part, regler, now, chance))
    return ud


async def fulgt(pool: Pool, krav: Sequence[Krav], ogsaa: Iterable[Objekt], now: datetime) -> None:
    """The source was asked what hangs on these: that is to be read as well, and they are done. Raises Unavailable:
    nothing is done, the claims' lease runs out."""
    async with pool.transaction() as tx:
        wanted = [(objekt, dirty.UANSET) for objekt in dict.fromkeys(ogsaa)]
        await dirty.laas(tx, [*(one.objekt for one in krav), *(objekt for objekt, _ in wanted)])
        await dirty.mark_many(tx, wanted, aarsag="BESKED", now=now, bundfaeldning=None)
        await dirty.clear(tx, krav)


async def _en_transaktion(
    tx: Connection,
    leder: Leder,
    laest: Sequence[LaestKrav],
    regler: Regler,
    now: datetime,
    chance: Callable[[], float],
) -> Resultat:
    fundet = {one: hentet.fundet[one.objekt.uuid] for one, hentet in laest if one.objekt.uuid in hentet.fundet}
    kontekst = await apply.kontekst_af(tx, leder.organisation)
    anvendt = await apply.anvend(tx, leder, kontekst, [_post(one, reg) for one, reg in fundet.items()], now)
    await failpoint("refresh.applied")
    anden_type = await _andre_typer(tx, leder, fundet, anvendt)
    beslutninger = [
        (one, beslut(one, _laesning(one, reg, anvendt, anden_type), regler, now, chance()))
        for one, reg in fundet.items()
    ]
    beslutninger += [
        (one, ved_fejl(one, hentet.fejl[one.objekt.uuid], one.objekt.uuid in hentet.skyld, regler, now, chance()))
        for one, hentet in laest
        if one.objekt.uuid in hentet.fejl
    ]
    haenger = await _efter(tx, leder, list(fundet), anvendt, anden_type)
    await dirty.laas(tx, [*(one.objekt for one, _ in laest), *haenger])
    wanted = [(objekt, dirty.UANSET) for objekt in haenger]
    await dirty.mark_many(tx, wanted, aarsag="BESKED", now=now, bundfaeldning=None)
    faerdige = await _udfoer(tx, beslutninger, now)
    holdt = [one for one in faerdige if _har_mere(one, fundet)]
    await dirty.clear(tx, [one for one in faerdige if not _har_mere(one, fundet)])
    await dirty.put_off(tx, _nye(fundet, anvendt), now + regler.bundfaeldning)
    svarede = {hentet.svarede() for _, hentet in laest}
    for ok in sorted(svarede, reverse=True):
        await feed_state.source(tx, leder.organisation, now, ok=ok)
    return Resultat(
        Counter(udfald.name for udfald in anvendt.udfald.values()),
        Counter(type(beslutning).__name__ for _, beslutning in beslutninger),
        anvendt.afvigelser,
        holdt,
        True in svarede,
    )


def _har_mere(krav: Krav, fundet: Mapping[Krav, Registrering | None]) -> bool:
    """Functions may hang on it that send no message of their own."""
    return krav.fortalt and krav.objekt.objekttype in HAR_FUNKTIONER and fundet.get(krav) is not None


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


def _laesning(krav: Krav, registrering: Registrering | None, anvendt: Anvendt, anden_type: set[UUID]) -> Laesning:
    key = (krav.objekt.objekttype, krav.objekt.uuid)
    findes = registrering is not None
    return Laesning(anvendt.udfald[key], findes, anvendt.lagret_ns.get(key), krav.objekt.uuid in anden_type)


async def _andre_typer(tx: Connection, leder: Leder, laeste: Iterable[Krav], anvendt: Anvendt) -> set[UUID]:
    ukendte = [
        one.objekt.uuid for one in laeste if anvendt.udfald[one.objekt.objekttype, one.objekt.uuid] is Udfald.UKENDT
    ]
    return await relateret.findes(tx, leder.organisation, ukendte) if ukendte else set()


def _nye(laeste: Iterable[Krav], anvendt: Anvendt) -> list[Objekt]:
    """What has just changed here, other than by a confirm read: the source may show more of it soon."""
    return [
        one.objekt
        for one in laeste
        if not one.bekraefter and anvendt.udfald[one.objekt.objekttype, one.objekt.uuid] is Udfald.NY
    ]


async def _udfoer(tx: Connection, beslutninger: Iterable[tuple[Krav, Beslutning]], now: datetime) -> list[Krav]:
    """Carry the decisions out on the queue's tables; what is done is still to be cleared."""
    faerdige: list[Krav] = []
    igen: list[tuple[Krav, datetime]] = []
    for krav, beslutning in beslutninger:
        match beslutning:
            case Faerdig():
                faerdige.append(krav)
            case Igen(due_at):
                igen.append((krav, due_at))
            case Bekraeft(due_at, aeldre, behold):
                faerdige += [] if krav.bekraefter or behold else [krav]
                await dirty.confirm(tx, krav.objekt, due_at, aeldre=aeldre)
                if behold:
                    igen.append((krav, due_at))
            case Parker(reason):
                faerdige.append(krav)
                await parked.objekt(tx, krav.objekt, reason, now)
    await dirty.again(tx, igen)
    return faerdige


async def _efter(
    tx: Connection, leder: Leder, laeste: Sequence[Krav], anvendt: Anvendt, anden_type: set[UUID]
) -> list[Objekt]:
    """What an applied object means for its messages and for what was set aside; what hangs on it, and is to be read."""
    i_modellen = [
        (objekttype, uuid, anvendt.lagret_ns[objekttype, uuid])
        for (objekttype, uuid), udfald in anvendt.udfald.items()
        if udfald in (Udfald.NY, Udfald.SAMME)
    ]
    if i_modellen:
        await inbox.anvendt(tx, leder.organisation, i_modellen)
    if helede := _helede(laeste, anvendt, anden_type):
        await parked.remove(tx, leder.organisation, helede)
    beskeder = [one.objekt for one in laeste if one.fortalt]
    enheder = [one.uuid for one in beskeder if one.objekttype is Objekttype.ORGANISATION_ENHED]
    brugere = [one.uuid for one in beskeder if one.objekttype is Objekttype.BRUGER]
    nye = [uuid for (_, uuid), udfald in anvendt.udfald.items() if udfald is Udfald.NY]
    return await relateret.haengende(tx, leder.organisation, enheder=enheder, brugere=brugere, nye=nye)


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

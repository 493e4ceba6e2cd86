"""A message comes in by a door and is kept: commit first, then the door acknowledges. Source: ingest.md 3.

Owns what becomes of a body: into the inbox with its object marked dirty, or set aside. Refuses to know AMQP and HTTP,
and never asks the source. Returning means committed. Raises Unavailable when the database is away or the municipality
is not served yet: then the door does not acknowledge.
"""

import hashlib
import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import Final
from uuid import UUID

from fkorg.besked import Besked
from fkorg.catalogue import Objekttype
from fkorg.errors import Malformed, Unavailable
from fkorg.failpoint import failpoint
from fkorg.registrering import Objekt
from fkorg.wire import besked_xml
from fkorg.wire.besked_xml import DEFAULT, Beskedkoder
from model import dirty, feed_state, inbox, parked, snapshot
from model.inbox import Modtaget
from model.pool import TIDLIGST, Connection, Pool
from model.snapshot import Anvenderkontekst

LOG: Final = logging.getLogger(__name__)
PARKERET: Final = "PARKERET"
"""The `kanal` of a message that came in by neither door: it had been set aside."""


BESKED_SIGES: Final = timedelta(seconds=1)
"""How exactly `feed_state` says when the last message came in: many a second are not worth a row each."""


class Modtagelse(Enum):
    """What became of a body. All of them are to be acknowledged."""

    NY = auto()
    GENTAGET = auto()
    GENBRUGT = auto()
    """A BeskedId that was used before for another body: processed, and counted."""
    PARKERET = auto()


@dataclass(frozen=True, slots=True)
class Modtager:
    """Where messages go. `postkasse`: the CVR of the mailbox, for messages that name none (rules.md 33)."""

    pool: Pool
    postkasse: str
    koder: Beskedkoder = DEFAULT
    bundfaeldning: timedelta = dirty.BUNDFAELDNING
    _sagt: dict[tuple[UUID, str], datetime] = field(default_factory=dict, init=False, repr=False)
    """When it was last said in `feed_state` that a message came in."""

    async def modtag(self, body: bytes, kanal: str, now: datetime) -> Modtagelse:
        """Keep one message. `kanal`: feed_state.AMQP or PUSH."""
        (modtagelse,) = await self.modtag_mange([body], kanal, now)
        return modtagelse

    async def modtag_mange(self, bodies: Sequence[bytes], kanal: str, now: datetime) -> list[Modtagelse]:
        """Keep messages in one transaction, all of them or none. What became of each, in their order."""
        await failpoint("receive.delivered")
        laeste = [self._laest(body) for body in bodies]
        async with self.pool.transaction() as tx:
            ud = await self._modtag(tx, bodies, laeste, kanal, now)
            holdt = dict.fromkeys(sted.organisation for one, sted in ud if one is not Modtagelse.PARKERET)
            siges = [one for one in holdt if abs(now - self._sagt.get((one, kanal), TIDLIGST)) >= BESKED_SIGES]
            for organisation in siges:
                await feed_state.besked(tx, organisation, kanal, now)
            if holdt:
                await failpoint("receive.written")
        self._sagt.update({(organisation, kanal): now for organisation in siges})
        if holdt:
            await failpoint("receive.committed")
        return [modtagelse for modtagelse, _ in ud]

    async def igen(self, organisation: UUID, besked_id: str, now: datetime) -> Modtagelse | None:
        """Receive a message that is set aside once more, in one transaction; None when it is there no more."""
        async with self.pool.transaction() as tx:
            fundet = await parked.take(tx, organisation, besked_id)
            if fundet is None or fundet.body is None:
                return None
            ((modtagelse, sted),) = await self._modtag(tx, [fundet.body], [self._laest(fundet.body)], PARKERET, now)
            if modtagelse is not Modtagelse.PARKERET or sted != _Sted(organisation, besked_id):
                await parked.remove(tx, organisation, [besked_id])
        return modtagelse

    def _laest(self, body: bytes) -> Besked | Malformed:
        try:
            return besked_xml.read(body, self.koder)
        except Malformed as error:
            return error

    async def _modtag(
        self,
        tx: Connection,
        bodies: Sequence[bytes],
        laeste: Sequence[Besked | Malformed],
        kanal: str,
        now: datetime,
    ) -> list[tuple[Modtagelse, "_Sted"]]:
        """What became of each, and where it came to lie."""
        named = [besked.cvr for besked in laeste if isinstance(besked, Besked) and besked.cvr]
        kontekster, secret = await snapshot.modtagere(tx, [*dict.fromkeys((self.postkasse, *named))])
        ud: dict[int, tuple[Modtagelse, _Sted]] = {}
        gemmes: dict[int, tuple[UUID, Besked, bytes]] = {}
        for number, (body, besked) in enumerate(zip(bodies, laeste, strict=True)):
            if isinstance(besked, Malformed):
                reason = f"malformed: {besked}"
                ud[number] = await self._parker(tx, kontekster, body, besked.besked_id, reason, now)
            elif (kontekst := kontekster.get(besked.cvr or self.postkasse)) is not None:
                gemmes[number] = (kontekst.organisation, besked, body)
            elif besked.cvr is None or besked.cvr == self.postkasse:
                raise self._ubetjent()
            else:
                om = (besked.objekttyper[0], besked.uuid)
                ud[number] = await self._parker(tx, kontekster, body, besked.besked_id, "unknown_cvr", now, om)
        modtagne = await self._gem(tx, list(gemmes.values()), kanal, secret, now)
        for number, modtaget in zip(gemmes, modtagne, strict=True):
            organisation, besked, _ = gemmes[number]
            ud[number] = (Modtagelse[modtaget.name], _Sted(organisation, besked.besked_id))
        return [ud[number] for number in range(len(bodies))]

    async def _gem(
        self, tx: Connection, gemmes: Sequence[tuple[UUID, Besked, bytes]], kanal: str, secret: bytes, now: datetime
    ) -> list[Modtaget]:
        if not gemmes:
            return []
        objekter = [list(_objekter(organisation, besked)) for organisation, besked, _ in gemmes]
        poster = [
            inbox.Post(besked.besked_id, om[0][0], besked.registrering_ns, body)
            for (_, besked, body), om in zip(gemmes, objekter, strict=True)
        ]
        modtaget = await inbox.put(tx, poster, kanal=kanal, secret=secret, now=now)
        roert = [one for om, how in zip(objekter, modtaget, strict=True) if how is not Modtaget.GENTAGET for one in om]
        await dirty.mark_many(tx, roert, aarsag="BESKED", now=now, bundfaeldning=self.bundfaeldning)
        return modtaget

    async def _parker(
        self,
        tx: Connection,
        kontekster: Mapping[str, Anvenderkontekst],
        body: bytes,
        besked_id: str | None,
        reason: str,
        now: datetime,
        om: tuple[Objekttype, UUID] | None = None,
    ) -> tuple[Modtagelse, "_Sted"]:
        kontekst = kontekster.get(self.postkasse)
        if kontekst is None:
            raise self._ubetjent()
        key = besked_id or "sha256:" + hashlib.sha256(body).hexdigest()
        await parked.besked(tx, kontekst.organisation, key, reason, body, now, om=om)
        LOG.warning("a message is set aside: %s", reason)
        return Modtagelse.PARKERET, _Sted(kontekst.organisation, key)

    def _ubetjent(self) -> Unavailable:
        return Unavailable(f"CVR {self.postkasse} is not served yet: run `orgraf bootstrap`")


@dataclass(frozen=True, slots=True)
class _Sted:
    """Where a message came to lie: of whom, and under which id."""

    organisation: UUID
    besked_id: str


def _objekter(organisation: UUID, besked: Besked) -> Iterable[tuple[Objekt, int]]:
    """Every object the message may be about, with the registration it wants read: that of its time, or any."""
    for one in (besked, *besked.oevrige):
        want_ns = dirty.NOGET if one.registrering_ns is None else one.registrering_ns
        for objekttype in one.objekttyper:
            yield Objekt(organisation, objekttype, one.uuid), want_ns

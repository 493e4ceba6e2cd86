"""A message comes in by a door and is kept: commit first, then the door acknowledges. Source: ingest.md 3.

Owns what becomes of a body: into the inbox with its object marked dirty, or set aside. Refuses to know AMQP and HTTP,
and never asks the source. Returning means committed. Raises Unavailable when the database is away or the municipality
is not served yet: then the door does not acknowledge.
"""

import hashlib
import logging
from collections.abc import Iterable
from dataclasses import dataclass
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
from model import dirty, feed_state, inbox, parked, snapshot, state
from model.inbox import Modtaget
from model.pool import Connection, Pool

LOG: Final = logging.getLogger(__name__)
PARKERET: Final = "PARKERET"
"""The `kanal` of a message that came in by neither door: it had been set aside."""


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

    async def modtag(self, body: bytes, kanal: str, now: datetime) -> Modtagelse:
        """Keep one message. `kanal`: feed_state.AMQP or PUSH."""
        await failpoint("receive.delivered")
        laest = self._laest(body)
        async with self.pool.transaction() as tx:
            modtagelse, sted = await self._modtag(tx, body, laest, kanal, now)
            if modtagelse is not Modtagelse.PARKERET:
                await feed_state.besked(tx, sted.organisation, kanal, now)
                await failpoint("receive.written")
        if modtagelse is not Modtagelse.PARKERET:
            await failpoint("receive.committed")
        return modtagelse

    async def igen(self, organisation: UUID, besked_id: str, now: datetime) -> Modtagelse | None:
        """Receive a message that is set aside once more, in one transaction; None when it is there no more."""
        async with self.pool.transaction() as tx:
            fundet = await parked.take(tx, organisation, besked_id)
            if fundet is None or fundet.body is None:
                return None
            modtagelse, sted = await self._modtag(tx, fundet.body, self._laest(fundet.body), PARKERET, now)
            if modtagelse is not Modtagelse.PARKERET or sted != _Sted(organisation, besked_id):
                await parked.remove(tx, organisation, [besked_id])
        return modtagelse

    def _laest(self, body: bytes) -> Besked | Malformed:
        try:
            return besked_xml.read(body, self.koder)
        except Malformed as error:
            return error

    async def _modtag(
        self, tx: Connection, body: bytes, besked: Besked | Malformed, kanal: str, now: datetime
    ) -> tuple[Modtagelse, "_Sted"]:
        if isinstance(besked, Malformed):
            return await self._parker(tx, body, besked.besked_id, f"malformed: {besked}", now)
        kontekst = await snapshot.kontekst(tx, besked.cvr or self.postkasse)
        if kontekst is not None:
            modtagelse = await self._gem(tx, kontekst.organisation, besked, body, kanal, now)
            return modtagelse, _Sted(kontekst.organisation, besked.besked_id)
        if besked.cvr is None or besked.cvr == self.postkasse:
            raise Unavailable(f"CVR {self.postkasse} is not served yet: run `orgraf bootstrap`")
        om = (besked.objekttyper[0], besked.uuid)
        return await self._parker(tx, body, besked.besked_id, "unknown_cvr", now, om)

    async def _gem(
        self, tx: Connection, organisation: UUID, besked: Besked, body: bytes, kanal: str, now: datetime
    ) -> Modtagelse:
        objekter = list(_objekter(organisation, besked))
        modtaget = await inbox.put(
            tx,
            objekter[0][0],
            besked_id=besked.besked_id,
            kanal=kanal,
            reg_ns=besked.registrering_ns,
            body=body,
            secret=await state.secret(tx),
            now=now,
        )
        if modtaget is not Modtaget.GENTAGET:
            await dirty.mark_many(tx, objekter, aarsag="BESKED", now=now, bundfaeldning=self.bundfaeldning)
        return Modtagelse[modtaget.name]

    async def _parker(
        self,
        tx: Connection,
        body: bytes,
        besked_id: str | None,
        reason: str,
        now: datetime,
        om: tuple[Objekttype, UUID] | None = None,
    ) -> tuple[Modtagelse, "_Sted"]:
        kontekst = await snapshot.kontekst(tx, self.postkasse)
        if kontekst is None:
            raise Unavailable(f"CVR {self.postkasse} is not served yet: run `orgraf bootstrap`")
        key = besked_id or "sha256:" + hashlib.sha256(body).hexdigest()
        await parked.besked(tx, kontekst.organisation, key, reason, body, now, om=om)
        LOG.warning("a message is set aside: %s", reason)
        return Modtagelse.PARKERET, _Sted(kontekst.organisation, key)


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

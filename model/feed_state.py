"""What freshness is told from: when each channel was connected, drained, lost; when the source last answered.

Owns the tables `feed_state`, which `model/freshness` reads, and `feed_forbindelse`. Channels are AMQP and PUSH; the
source is the row SOAP. Several processes may empty one mailbox, each by a connection of its own: it is empty when none
of them holds a message, also one that has been stopped or cut off and that the broker has not given up yet.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from model import sql
from model.pool import Connection

SQL: Final = sql.load(__file__)
AMQP: Final = "AMQP"
PUSH: Final = "PUSH"
SOAP: Final = "SOAP"
FORGOTTEN_AFTER: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Tomt:
    """What one connection saw at a moment: nothing in the mailbox, nothing in its own hand.

    `forbindelser`: how many connections the broker counted before that, this one among them.
    """

    forbindelse: UUID
    at: datetime
    forbindelser: int = 1


async def connected(tx: Connection, organisation: UUID, kanal: str, now: datetime) -> None:
    """The channel is connected, since now unless it was before."""
    await SQL["connected"].execute(tx, organisation=organisation, kanal=kanal, now=now)


async def disconnected(tx: Connection, organisation: UUID, kanal: str, now: datetime) -> None:
    """The channel is lost: messages are known up to here and no further."""
    await SQL["disconnected"].execute(tx, organisation=organisation, kanal=kanal, now=now)


async def emptied(tx: Connection, organisation: UUID, kanal: str, tomt: Tomt) -> None:
    """A connection has drained the channel. The channel is claimed to be drained when as many connections as the
    broker counts have said so, and up to when the last of them did: those of the past said it earlier than any that
    lives, so the latest count."""
    om = {"organisation": organisation, "kanal": kanal}
    await SQL["said_empty"].execute(tx, **om, forbindelse=tomt.forbindelse, now=tomt.at)
    await SQL["emptied"].execute(tx, **om, now=tomt.at, forbindelser=tomt.forbindelser)
    await SQL["forget"].execute(tx, **om, before=tomt.at - FORGOTTEN_AFTER)


async def besked(tx: Connection, organisation: UUID, kanal: str, now: datetime) -> None:
    """A message came in."""
    await SQL["besked"].execute(tx, organisation=organisation, kanal=kanal, now=now)


async def source(tx: Connection, organisation: UUID, now: datetime, *, ok: bool) -> None:
    """The source answered, or did not."""
    await SQL["source_ok" if ok else "source_failed"].execute(tx, organisation=organisation, now=now)

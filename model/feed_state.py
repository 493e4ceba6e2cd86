"""What freshness is told from: when each channel was connected, drained, lost; when the source last answered.

Owns the table `feed_state`; `model/freshness` reads it. Channels are AMQP and PUSH; the source is the row SOAP.
"""

from datetime import datetime
from typing import Final
from uuid import UUID

from model import sql
from model.pool import Connection

SQL: Final = sql.load(__file__)
AMQP: Final = "AMQP"
PUSH: Final = "PUSH"
SOAP: Final = "SOAP"


async def connected(tx: Connection, organisation: UUID, kanal: str, now: datetime) -> None:
    """The channel is connected since now; it has not been drained yet."""
    await SQL["connected"].execute(tx, organisation=organisation, kanal=kanal, now=now)


async def disconnected(tx: Connection, organisation: UUID, kanal: str, now: datetime) -> None:
    """The channel is lost: messages are known up to here and no further."""
    await SQL["disconnected"].execute(tx, organisation=organisation, kanal=kanal, now=now)


async def emptied(tx: Connection, organisation: UUID, kanal: str, now: datetime) -> None:
    """The channel holds nothing for us at this moment."""
    await SQL["emptied"].execute(tx, organisation=organisation, kanal=kanal, now=now)


async def besked(tx: Connection, organisation: UUID, kanal: str, now: datetime) -> None:
    """A message came in."""
    await SQL["besked"].execute(tx, organisation=organisation, kanal=kanal, now=now)


async def source(tx: Connection, organisation: UUID, now: datetime, *, ok: bool) -> None:
    """The source answered, or did not."""
    await SQL["source_ok" if ok else "source_failed"].execute(tx, organisation=organisation, now=now)

"""Every message once, kept until its object is applied. Owns the inbox table; refuses to read a message's XML.

A reused BeskedId with another body is a message of its own: it is kept under the id and its hash. Source: ingest.md 3.
"""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto
from typing import Final
from uuid import UUID

from fkorg.catalogue import Objekttype
from fkorg.registrering import Objekt
from model import sql
from model.pool import Connection

SQL: Final = sql.load(__file__)


class Modtaget(Enum):
    """What a message was to the inbox."""

    NY = auto()
    GENTAGET = auto()
    """The same id and the same body: seen before."""
    GENBRUGT = auto()
    """The same id with another body: processed like a new one."""


@dataclass(frozen=True, slots=True)
class Post:
    """A message to be kept: the object it is about, the registration it tells of, its bytes."""

    besked_id: str
    objekt: Objekt
    reg_ns: int | None
    body: bytes


async def put(tx: Connection, poster: Sequence[Post], *, kanal: str, secret: bytes, now: datetime) -> list[Modtaget]:
    """Keep the messages, in the transaction that marks their objects dirty. What each was, in their order."""
    hashes = [hmac.digest(secret, post.body, hashlib.sha256) for post in poster]
    ud: list[Modtaget | None] = [None] * len(poster)
    for suffix, ny in ((False, Modtaget.NY), (True, Modtaget.GENBRUGT)):
        places: dict[tuple[UUID, str], list[int]] = {}
        for number, (post, body_hash) in enumerate(zip(poster, hashes, strict=True)):
            if ud[number] is None:
                besked_id = f"{post.besked_id}#{body_hash.hex()[:16]}" if suffix else post.besked_id
                places.setdefault((post.objekt.organisation, besked_id), []).append(number)
        stored = await _put(tx, {key: (poster[n[0]], hashes[n[0]]) for key, n in places.items()}, kanal, now)
        for key, (first, *rest) in places.items():
            ud[first] = ny if key not in stored else None
            known = stored.get(key, hashes[first])
            for number in (first, *rest):
                if ud[number] is None and (suffix or hashes[number] == known):
                    ud[number] = Modtaget.GENTAGET
    return [one for one in ud if one is not None]


async def _put(
    tx: Connection, rows: Mapping[tuple[UUID, str], tuple[Post, bytes]], kanal: str, now: datetime
) -> dict[tuple[UUID, str], bytes]:
    """The hashes of those that were here already."""
    if not rows:
        return {}
    rows = dict(sorted(rows.items()))  # one order for all who put, so that no two wait for each other
    found = await SQL["put"].fetch(
        tx,
        organisation=[organisation for organisation, _ in rows],
        besked_id=[besked_id for _, besked_id in rows],
        objekttype=[post.objekt.objekttype.value for post, _ in rows.values()],
        uuid=[post.objekt.uuid for post, _ in rows.values()],
        reg_ns=[post.reg_ns for post, _ in rows.values()],
        body=[post.body for post, _ in rows.values()],
        body_hash=[body_hash for _, body_hash in rows.values()],
        kanal=kanal,
        now=now,
    )
    return {(row["organisation"], row["besked_id"]): row["body_hash"] for row in found}


async def anvendt(tx: Connection, organisation: UUID, objekter: Sequence[tuple[Objekttype, UUID, int]]) -> None:
    """The messages of these objects up to these registrations are in the model: their bodies go."""
    await SQL["anvendt"].execute(
        tx,
        organisation=organisation,
        uuid=[uuid for _, uuid, _ in objekter],
        reg_ns=[reg_ns for *_, reg_ns in objekter],
    )


async def prune(tx: Connection, organisation: UUID, before: datetime, *, antal: int) -> int:
    """Forget applied messages received before that, `antal` of them at most; a repeat that comes later is applied
    again, to no effect. How many went."""
    return await SQL["prune"].execute(tx, organisation=organisation, before=before, antal=antal)

"""A page of objects that nobody asked for by message: applied in one transaction, guarded against what came meanwhile.

Owns the rule that an object marked since its page was asked for is left to the worker (ingest.md 5). Refuses to know
where pages come from: the export, `list`, the polling of functions.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final, TypeAlias
from uuid import UUID

from fkorg.catalogue import Objekttype
from fkorg.registrering import Objekt, Oejebliksbillede
from model import dirty
from model.leader import Leder
from model.pool import Connection, Pool
from model.projection import apply
from model.projection.apply import Anvendt, Post
from model.projection.vaern import Udfald

Side: TypeAlias = Sequence[tuple[Objekttype, Oejebliksbillede]]
Generationer: TypeAlias = dict[tuple[Objekttype, UUID], int]
PORTION: Final = 250
"""Objects projected between two statements: a transaction that idles for seconds is ended (rules.md 32)."""


async def generationer(pool: Pool, organisation: UUID) -> Generationer:
    """Before a page is asked for: the marks that stand."""
    async with pool.connection() as connection:
        return await dirty.generations(connection, organisation)


async def anvend(
    tx: Connection,
    leder: Leder,
    side: Side,
    foer: Generationer,
    aarsag: str,
    now: datetime,
    *,
    mange: bool = False,
) -> Anvendt:
    """Apply what of the page nobody has marked since `foer`; objects without registration are left out.

    Two contents of one time get a confirm read. Raises Afloest.
    """
    nu = await dirty.generations(tx, leder.organisation)
    poster: dict[tuple[Objekttype, UUID], Post] = {}
    for objekttype, billede in side:
        key = (objekttype, billede.uuid)
        if billede.nyeste is not None and nu.get(key) == foer.get(key):
            poster[key] = Post(objekttype, billede.uuid, billede.nyeste, aarsag)
    anvendt = Anvendt()
    listed = list(poster.values())
    for start in range(0, len(listed), PORTION):
        kontekst = await apply.kontekst_af(tx, leder.organisation)
        portion = listed[start : start + PORTION]
        anvendt.add(await apply.anvend(tx, leder, kontekst, portion, now, mange=mange))
    for key, udfald in anvendt.udfald.items():
        if udfald is Udfald.UENS:
            await dirty.confirm(tx, Objekt(leder.organisation, *key), now + dirty.BUNDFAELDNING)
    return anvendt

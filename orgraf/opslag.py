"""The log of reads for who answers for it: one JSON object a row, of everybody or of one person.

Owns its form on paper. Refuses to know how the log is written, and who may read it in the API (graph/indsigt.py): here
it is whoever can reach the database.
"""

import json
from datetime import datetime
from typing import Final
from uuid import UUID

import typer

from model import opslag, snapshot
from model.opslag import Fundet
from model.pool import Connection
from orgraf.service import open_pool
from orgraf.settings import Settings

SIDE: Final = 1000


async def show(settings: Settings, person: UUID | None, fra: datetime | None, til: datetime | None) -> None:
    """Each municipality's, between two moments: of everybody the earliest first, of one person the latest first."""
    async with open_pool(settings, "orgraf-opslag") as pool, pool.connection() as connection:
        for kontekst in await snapshot.kontekster(connection):
            if kontekst.cvr not in settings.contexts:
                continue
            nr: int | None = None
            while side := await _side(connection, kontekst.organisation, person, fra, til, nr):
                for one in side:
                    typer.echo(json.dumps(_vist(kontekst.cvr, one), ensure_ascii=False))
                nr = side[-1].nr


async def _side(
    connection: Connection,
    organisation: UUID,
    person: UUID | None,
    fra: datetime | None,
    til: datetime | None,
    nr: int | None,
) -> list[Fundet]:
    if person is None:
        return await opslag.alle(connection, organisation, fra=fra, til=til, efter=nr or 0, antal=SIDE)
    return await opslag.om(connection, organisation, person, fra=fra, til=til, foer=nr, antal=SIDE)


def _vist(cvr: str, one: Fundet) -> dict[str, object]:
    et = one.opslag
    return {
        "nr": one.nr,
        "cvr": cvr,
        "tidspunkt": et.tidspunkt.isoformat(),
        "system": et.caller,
        "operation": et.operation,
        "felter": list(et.felter),
        "personer": [str(uuid) for uuid in et.personer],
    }

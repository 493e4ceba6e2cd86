"""The one row of model_state: incarnation, the server it was made on, the key of hashes. And the classes built in.

Owns what every installation has before the first object. Refuses to know the objects.
"""

import secrets
from typing import Final

from fkorg import klassifikation
from model import sql
from model.pool import Connection

SQL: Final = sql.load(__file__)


async def begin(connection: Connection) -> None:
    """Put in the row of model_state and the classes we know; what is there already stays as it is."""
    await SQL["begin"].execute(connection, secret=secrets.token_bytes(32))
    await SQL["klasse"].executemany(
        connection,
        [
            {"uuid": k.uuid, "nummer": k.nummer, "titel": k.titel, "facet": k.facet, "aktiv": k.aktiv}
            for k in klassifikation.KENDTE
        ],
    )


async def secret(connection: Connection) -> bytes:
    """The key of content hashes and positions (rules.md 29, 35)."""
    found: bytes = await SQL["secret"].fetchval(connection)
    return found


async def incarnation(connection: Connection) -> int:
    """The incarnation of the change log (rules.md 30)."""
    found: int = await SQL["incarnation"].fetchval(connection)
    return found

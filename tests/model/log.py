"""Rows of the change log for tests, written as the apply path writes them."""

from datetime import UTC, datetime
from uuid import UUID

from model.pool import Connection
from tests.builders import REGISTRERET, Kommune

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


async def en_aendring(
    connection: Connection,
    by: Kommune,
    uuid: UUID | str,
    objekttype: str = "ORGANISATION_ENHED",
    *,
    art: str = "AENDRET",
    aarsag: str = "BESKED",
    reg_ns: int = REGISTRERET,
    felter: tuple[str, ...] = ("enhedsnavn",),
    afledt_af: int | None = None,
    anvendt_at: datetime = NOW,
    incarnation: int | None = None,
) -> int:
    """One change, in the transaction of the connection; its seq."""
    seq: int = await connection.fetchval(
        "insert into aendring (incarnation, organisation, objekttype, uuid, art, reg_ns, felter, aarsag, afledt_af,"
        " anvendt_at) values (coalesce($1, (select m.incarnation from model_state m)), $2, $3, $4, $5, $6, $7, $8, $9,"
        " $10) returning seq",
        incarnation,
        by.uuid,
        objekttype,
        uuid if isinstance(uuid, UUID) else UUID(uuid),
        art,
        reg_ns,
        list(felter),
        aarsag,
        afledt_af,
        anvendt_at,
    )
    return seq

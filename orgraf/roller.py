"""What the database lets servers and ingest do when each has a login of its own: as little as they need.

Owns the table of it, a line for each table; one that is missing is a failing test. The logins are made by whoever
administers the database. Refuses to know what the statements do that need it.
"""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Final

from fkorg.errors import NotFound, Unavailable
from model import pool
from model.lease import KOMMUNE
from model.pool import Connection
from model.tables import PROJEKTION, metadata
from orgraf.settings import Settings

LAES: Final = "select"
ALT: Final = "select, insert, update, delete"
_MAERK: Final = "select, insert, update"
_LAESES: Final = (
    "bruger_kort",
    "dirty",
    "enhed_kort",
    "enhed_sti",
    "klasse",
    "leader",
    "objekt",
    "registrering",
    "soegetekst",
)
VENTER_MS: Final = 300
"""So long for a table that is in use: less than Postgres's own second, after which it ends one of two that wait for
each other, and that could be a reader."""
FORSOEG: Final = 20
UDEN_VAEG: Final = frozenset({"soegetekst"})
"""Behind row-level security Postgres finds nothing by LIKE in an index: the comparison might give values away. Words
lead to uuids, whose rows are behind it."""
GRAPH: Final[Mapping[str, str]] = dict.fromkeys(metadata.tables, LAES) | {
    "access_log": "select, insert",
    "afstemning": _MAERK,
    "anonymisering": _MAERK,
    "confirm": _MAERK,
    "dirty": _MAERK,
    "model_state": "select, update (incarnation, system_identifier, timeline_id)",
    "write_request": _MAERK,
}
"""Of a server. It reads all; it marks objects to be read back and persons to be forgotten, records writes and
reads, and says that the database was restored, which asks for a comparison."""
PUSH: Final[Mapping[str, str]] = {
    **GRAPH,
    "feed_forbindelse": ALT,
    "feed_state": _MAERK,
    "inbox": _MAERK,
    "parked": _MAERK,
}
"""Of a server with the push door: it keeps messages too."""
READ: Final[Mapping[str, str]] = dict.fromkeys((*(one.name for one in PROJEKTION), *_LAESES), LAES) | dict.fromkeys(
    set(metadata.tables) - {one.name for one in PROJEKTION} - set(_LAESES), ""
)
"""Of the statements that answer callers: what they read, of the caller's municipality (`vaeg`)."""
INGEST: Final[Mapping[str, str]] = dict.fromkeys(metadata.tables, ALT) | {
    "access_log": "select, delete",
    "write_request": "select, delete",
}
"""Of ingest. What was read and written by callers it only forgets."""


def grants(rolle: str, tabeller: Mapping[str, str]) -> list[str]:
    """The statements that give a role this and take everything else of ours from it. `rolle` is quoted already."""
    given = [f"grant {ret} on {tabel} to {rolle}" for tabel, ret in sorted(tabeller.items()) if ret]
    return [
        f"revoke all on all tables in schema public from {rolle}",
        f"revoke all on all sequences in schema public from {rolle}",
        f"grant usage on schema public to {rolle}",
        f"grant select on alembic_version to {rolle}",
        f"grant usage on sequence generation to {rolle}",
        *given,
    ]


def vaeg(rolle: str) -> list[str]:
    """The statements by which a role sees the rows of the municipality in its session's setting alone, and of none
    without one. Other roles see what they saw: the policy has the role's name, a second login takes none away."""
    om = f"nullif(current_setting('{KOMMUNE}', true), '')::uuid"
    found = []
    for navn, tabel in sorted(metadata.tables.items()):
        if "organisation" in tabel.c and navn not in UDEN_VAEG:
            found += [
                f"drop policy if exists orgraf_alle on {navn}",
                f"drop policy if exists {rolle} on {navn}",
                f"create policy orgraf_alle on {navn} to public using (true) with check (true)",
                f"create policy {rolle} on {navn} as restrictive to {rolle} using (organisation = {om})",
                f"alter table {navn} enable row level security",
            ]
    return found


async def giv(
    settings: Settings, graph: str | None, ingest: str | None, read: str | None = None, *, push: bool = False
) -> None:
    """All of it, or nothing. Run by who owns the tables, beside readers too: who gives way is we.

    Raises NotFound for a role that is not there, Unavailable when the tables were in use all the time or the database
    went away.
    """
    wanted = {graph: PUSH if push else GRAPH, ingest: INGEST, read: READ}
    connection = await pool.connect(settings.database_dsn, application_name="orgraf-roles")
    try:
        saetninger: list[str] = []
        for rolle, tabeller in wanted.items():
            if rolle is not None:
                navn = await _quoted(connection, rolle)
                saetninger += [*grants(navn, tabeller), *(vaeg(navn) if rolle == read else ())]
        for _ in range(FORSOEG):
            try:
                return await _paa_een_gang(connection, saetninger)
            except Unavailable:
                if connection.is_closed():
                    raise
            await asyncio.sleep(VENTER_MS / 1000)
        raise Unavailable(f"the tables were in use {FORSOEG} times: nothing was changed, try again when it is calmer")
    finally:
        await pool.end(connection)


async def _paa_een_gang(connection: Connection, saetninger: Sequence[str]) -> None:
    async with pool.translated(), connection.transaction():
        await connection.execute(f"set local lock_timeout = {VENTER_MS}")
        for sql in saetninger:
            await connection.execute(sql)


async def _quoted(connection: Connection, rolle: str) -> str:
    navn: str | None = await connection.fetchval("select quote_ident(rolname) from pg_roles where rolname = $1", rolle)
    if navn is None:
        raise NotFound(f"the database has no role {rolle!r}: make it first (create role ... login)")
    return navn

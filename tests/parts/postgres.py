"""Databases for tests: one migrated template, a copy per test. Blocking, so that fixtures of any scope can use it."""

import asyncio
import threading
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

import asyncpg

from migrations import upgrade
from orgraf.embedded import Embedded

TEMPLATE = "skabelon"


def migrated_template(server: Embedded) -> str:
    """Make the template the way an installation gets its tables."""
    _run(_execute(server.dsn("postgres"), f"create database {TEMPLATE}"))
    upgrade(server.dsn(TEMPLATE))
    return TEMPLATE


def clone(server: Embedded, template: str, name: str) -> str:
    """A copy of the template; its address."""
    _run(_execute(server.dsn("postgres"), f"create database {name} template {template} strategy file_copy"))
    return server.dsn(name)


def drop(server: Embedded, dsn: str) -> None:
    """Throw the copy away, also when a test left connections open."""
    _run(_execute(server.dsn("postgres"), f"drop database {urlsplit(dsn).path.lstrip('/')} with (force)"))


async def _execute(dsn: str, sql: str) -> None:
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute(sql)
    finally:
        await connection.close()


def _run(work: Coroutine[Any, Any, None]) -> None:
    """In a thread of its own: the caller's thread may have an event loop of pytest-asyncio's."""
    failed: list[BaseException] = []

    def run() -> None:
        try:
            asyncio.run(work)
        except BaseException as error:  # noqa: BLE001  handed to the caller's thread
            failed.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    if failed:
        raise failed[0]


def as_role(dsn: str, role: str) -> str:
    """The same database, logged in as that role."""
    parts = urlsplit(dsn)
    return parts._replace(netloc=f"{role}@{parts.netloc.rpartition('@')[2]}").geturl()


async def make_role(dsn: str, role: str) -> None:
    """A login that may do nothing yet, unless there is one: roles are the server's, not the database's."""
    connection = await asyncpg.connect(dsn)
    with suppress(asyncpg.DuplicateObjectError, asyncpg.UniqueViolationError):
        await connection.execute(f'create role "{role}" login')
    await connection.close()

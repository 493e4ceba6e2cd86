"""A statement that runs longer than it may: 408 at both doors, and the next one is answered.

Source: rules.md 20.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import asyncpg
import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Route

from graph import http
from graph.answer import Svar
from graph.caller import Principal
from graph.documents import Dokumenter
from graph.execute import Udfoerer
from model.lease import Lease
from tests import builders
from tests.graph.fixture import ALT, CORE, NOW, By, korsbaek

SPOERG = {"query": '{ brugerListe(cvr: "11111111", status: AKTIV) { antal } }'}
HEADERS = {
    "authorization": "Bearer x",
    "x-TransaktionsId": "6f8a6f7e-3a0e-4f5f-8d5b-2f6a1f0c9a11",
    "x-TransaktionsTid": "2026-06-01T12:00:00Z",
}


@asynccontextmanager
async def klient(dsn: str, by: By, statement_timeout: timedelta) -> AsyncIterator[httpx.AsyncClient]:
    """Both doors over a database of these rows."""
    connection = await asyncpg.connect(dsn)
    await builders.insert(connection, by.rows())
    await connection.close()
    principal = Principal("test", by.kommune.cvr, by.kommune.uuid, ALT, NOW)

    async def friskhed(principal: Principal, svar: Svar) -> Mapping[str, Any]:
        return {}

    async def mindst(principal: Principal, stand: str) -> Svar | None:
        return None

    async with Lease(dsn, size=1, statement_timeout=statement_timeout) as lease:
        motor = Udfoerer(Dokumenter(CORE), lease, lambda principal, now: None)
        engine = http.Engine(
            lambda headers, now, certifikat: principal, motor.besvar, friskhed, mindst, lambda *told: None, lambda: NOW
        )
        app = Starlette(routes=[Route("/graphql", http.graphql(engine)), Route("/hent", http.organisationhent(engine))])
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
            yield client


@asynccontextmanager
async def laast(dsn: str) -> AsyncIterator[None]:
    """Nobody reads the users while the block runs."""
    connection = await asyncpg.connect(dsn)
    try:
        async with connection.transaction():
            await connection.execute("lock table bruger in access exclusive mode")
            yield
    finally:
        await connection.close()


@pytest.mark.parametrize("path", ["/graphql", "/hent"])
async def test_a_statement_beyond_its_time_is_a_request_that_asks_too_much(dsn: str, path: str) -> None:
    async with klient(dsn, korsbaek(), timedelta(milliseconds=100)) as client:
        async with laast(dsn):
            svar = await client.post(path, json=SPOERG, headers=HEADERS)
        naeste = await client.post(path, json=SPOERG, headers=HEADERS)

    assert (svar.status_code, "retry-after" in svar.headers) == (408, False)
    if path == "/graphql":
        (error,) = svar.json()["errors"]
        assert error["extensions"] == {
            "message": http.TIME_LIMIT,
            "kildeId": "orgraf",
            "id": None,
            "type": "ERROR",
            "classification": "ServerError",
        }
    else:
        told = svar.json()
        assert (told["status"], told["error"], told["message"]) == (408, "Request Timeout", http.TIME_LIMIT)
        assert set(told) == {"timestamp", "status", "error", "message", "path"}
    assert naeste.json()["data"] == {"brugerListe": {"antal": 2}}

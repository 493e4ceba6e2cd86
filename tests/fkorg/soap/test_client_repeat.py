"""What is sent once more, and what never: a read whose connection died before its answer began."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import aclosing, asynccontextmanager
from typing import Any

import aiohttp
import httpx
import pytest

from fkorg.catalogue import Objekttype
from fkorg.errors import FkorgError, Unavailable, Uncertain
from fkorg.operationer import LaesSvar, ListSvar
from fkorg.registrering import Lister, Oejebliksbillede
from fkorg.soap.client import Klient
from fkorg.soap.transport import Transport
from tests.fkorg import eksempler
from tests.fkorg.eksempler import OK, UUID_1
from tests.fkorg.soap.http import HttpHer
from tests.fkorg.soap.kilde import REFUSED, Kilde

ENHED = Objekttype.ORGANISATION_ENHED
BILLEDE = eksempler.billede(ENHED)
Call = Callable[[Klient], Coroutine[Any, Any, object]]


async def _hierarki(klient: Klient) -> list[tuple[Objekttype, Oejebliksbillede]]:
    async with aclosing(klient.hierarki()) as pairs:
        return [pair async for pair in pairs]


DEAD = {
    "closed before the answer": aiohttp.ServerDisconnectedError(),
    "reset before the answer": aiohttp.ClientOSError("x"),
    "reset while sending": aiohttp.ClientConnectionResetError("x"),
}
READS: dict[str, Call] = {
    "laes": lambda k: k.laes(ENHED, UUID_1),
    "list": lambda k: k.list(ENHED, [UUID_1]),
    "soeg": lambda k: k.soeg(ENHED),
    "the export": _hierarki,
}
ONCE: dict[str, tuple[Call, aiohttp.ClientError, type[FkorgError]]] = {
    "a write on a connection that died": (lambda k: k.slet(ENHED, UUID_1), aiohttp.ClientOSError("x"), Uncertain),
    "a change on a connection that died": (
        lambda k: k.ret(ENHED, UUID_1, Lister()),
        aiohttp.ServerDisconnectedError(),
        Uncertain,
    ),
    "a read whose answer does not come in time": (READS["laes"], aiohttp.SocketTimeoutError("x"), Unavailable),
    "a read without connection": (READS["laes"], REFUSED, Unavailable),
}


@pytest.mark.parametrize("dead", DEAD.values(), ids=DEAD)
async def test_a_read_is_sent_once_more_as_a_new_message_of_the_same_transaction(dead: aiohttp.ClientError) -> None:
    kilde, failing = Kilde(), Kilde()
    kilde.svar = LaesSvar(OK, BILLEDE)

    def answer(request: httpx.Request) -> httpx.Response:
        if len(failing.kuverter) == 0:
            failing.svar = dead
            return failing.answer(request)
        return kilde.answer(request)

    transport = Transport(http=HttpHer(answer))
    found = await Klient(transport, "http://kilde/organisation", cvr="11111111").laes(ENHED, UUID_1)

    first, second = failing.kuverter[0].hoved, kilde.kuverter[0].hoved
    assert found.uuid == UUID_1
    assert first.transaktions_id == second.transaktions_id
    assert first.message_id != second.message_id


@pytest.mark.parametrize("call", READS.values(), ids=READS)
async def test_a_read_that_dies_again_is_given_up(call: Call) -> None:
    kilde = Kilde()
    kilde.svar = aiohttp.ClientOSError("x")

    with pytest.raises(Unavailable):
        await call(kilde.klient())

    assert len(kilde.kuverter) == 2


@pytest.mark.parametrize("call, failure, error", ONCE.values(), ids=ONCE)
async def test_is_sent_once(call: Call, failure: aiohttp.ClientError, error: type[FkorgError]) -> None:
    kilde = Kilde()
    kilde.svar = failure

    with pytest.raises(error):
        await call(kilde.klient())

    assert len(kilde.kuverter) == 1


async def test_a_connection_that_the_service_closes_under_a_read_is_not_noticed() -> None:
    kilde = Kilde()
    kilde.svar = ListSvar(OK, (BILLEDE,))
    async with _closing_after_one(kilde) as (url, connections):
        transport = Transport()
        klient = Klient(transport, url, cvr="11111111")

        found = [len(await klient.list(ENHED, [UUID_1])) for _ in range(3)]

        await transport.aclose()
    assert found == [1, 1, 1]
    assert connections == [2, 2, 1], "each died under its second request"


@asynccontextmanager
async def _closing_after_one(kilde: Kilde) -> AsyncIterator[tuple[str, list[int]]]:
    """A server that answers one request on a connection and closes it when the next has come; how many came on each."""
    connections: list[int] = []
    ended = asyncio.Semaphore(0)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        number = len(connections)
        connections.append(0)
        while head := await _head(reader):
            length = next(int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:"))
            body = await reader.readexactly(length)
            connections[number] += 1
            if connections[number] > 1:
                break
            answer = kilde.answer(httpx.Request("POST", "http://kilde", content=body)).content
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(answer) + answer)
            await writer.drain()
        writer.close()
        await writer.wait_closed()
        ended.release()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/organisation", connections
        for _ in connections:
            await ended.acquire()


async def _head(reader: asyncio.StreamReader) -> bytes:
    try:
        return await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return b""

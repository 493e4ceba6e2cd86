"""The proxy does what its toxics say: the harness stands on it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tests.chaos.proxy import BLACKHOLE, HEALTHY, Proxy, Toxic, reset

LETTER = b"x" * 1000


@asynccontextmanager
async def echo() -> AsyncIterator[Proxy]:
    """A proxy before a server that answers what it is sent."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while piece := await reader.read(65536):
            writer.write(piece)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server, Proxy(server.sockets[0].getsockname()[1]) as proxy:
        yield proxy


async def sent(proxy: Proxy, letter: bytes = LETTER) -> bytes:
    """What comes back of a letter, until the connection ends or nothing comes for a moment."""
    reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
    try:
        writer.write(letter)
        got = b""
        async with asyncio.timeout(5):
            while len(got) < len(letter) and (piece := await reader.read(65536)):
                got += piece
        return got
    finally:
        writer.close()


async def test_what_is_sent_comes_through() -> None:
    async with echo() as proxy:
        assert await sent(proxy) == LETTER
        assert proxy.accepted == 1


async def test_a_cut_connection_is_reset_after_so_many_bytes() -> None:
    async with echo() as proxy:
        proxy.toxic = Toxic(cut_after=10)
        with pytest.raises(ConnectionResetError):
            await sent(proxy)


@pytest.mark.parametrize("toxic", [Toxic(truncate_after=10), Toxic(half_close_after=10)], ids=["truncate", "half"])
async def test_an_answer_that_is_cut_short_ends_in_order(toxic: Toxic) -> None:
    async with echo() as proxy:
        proxy.toxic = toxic
        assert await sent(proxy) == LETTER[:10]


async def test_a_half_closed_connection_still_takes_what_is_sent() -> None:
    async with echo() as proxy:
        proxy.toxic = Toxic(half_close_after=10)
        reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
        writer.write(LETTER)
        assert await reader.read() == LETTER[:10]

        writer.write(LETTER)
        await writer.drain()
        assert proxy.connections == 1
        writer.close()


async def test_a_blackhole_holds_until_it_is_healed() -> None:
    async with echo() as proxy:
        proxy.toxic = BLACKHOLE
        waiting = asyncio.create_task(sent(proxy))
        await asyncio.wait([waiting], timeout=0.1)
        assert not waiting.done()

        proxy.toxic = HEALTHY
        assert await waiting == LETTER


async def test_who_is_away_refuses_and_resets_until_back() -> None:
    async with echo() as proxy:
        reader, _ = await asyncio.open_connection("127.0.0.1", proxy.port)
        await sent(proxy)
        await proxy.away()

        with pytest.raises(ConnectionResetError):
            await reader.read()
        with pytest.raises(ConnectionRefusedError):
            await sent(proxy)

        await proxy.listen()
        assert await sent(proxy) == LETTER


async def test_a_neighbour_hears_that_a_client_was_reset() -> None:
    ended = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await reader.read()
        finally:
            ended.set()
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server, Proxy(server.sockets[0].getsockname()[1]) as proxy:
        _, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
        while not proxy.connections:
            await asyncio.sleep(0.01)
        reset(writer)

        async with asyncio.timeout(5):
            await ended.wait()


async def test_a_toxic_of_the_way_up_hurts_what_is_sent() -> None:
    async with echo() as proxy:
        proxy.toxic = Toxic(cut_after=10, up=True)
        with pytest.raises(ConnectionResetError):
            await sent(proxy)

"""Who may open a WebSocket, and how much one client and one caller may take: over real sockets."""

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from graph.betroet import Betroede
from graph.socket import Limits
from tests.graph.socket_world import INIT, World, client, closed, door, receive, send, subscribe, until

PAGES = {
    "no page": (None, True),
    "a page of ours": ("http://{host}", True),
    "a page of ours, behind TLS": ("https://{host}", True),
    "a page that is listed": ("https://known.invalid", True),
    "a page of another host": ("https://evil.invalid", False),
    "a page of another port": ("http://127.0.0.1:1", False),
    "a page whose name begins as ours": ("http://{host}.evil.invalid", False),
    "a page from nowhere": ("null", False),
    "a listed name over another scheme": ("http://known.invalid", False),
}


@pytest.mark.parametrize("page, may", PAGES.values(), ids=PAGES)
async def test_a_page_may_connect(page: str | None, may: bool) -> None:
    async with door(World(origins=("https://known.invalid",))) as address:
        host = address.removeprefix("ws://").partition("/")[0]
        headers = {} if page is None else {"origin": page.replace("{host}", host)}
        opening = connect(address, subprotocols=["graphql-transport-ws"], proxy=None, additional_headers=headers)  # type: ignore[list-item]
        if may:
            async with opening as ws:
                await send(ws, INIT)
                assert await receive(ws) == {"type": "connection_ack"}
            return
        with pytest.raises(InvalidStatus) as refused:
            await opening
        assert refused.value.response.status_code == 403


async def test_another_sub_protocol_is_not_spoken() -> None:
    async with door(World()) as address, connect(address, subprotocols=["graphql-ws"], proxy=None) as ws:  # type: ignore[list-item]
        assert (await closed(ws))[0] == 4406


async def test_a_client_that_sends_too_many_frames_is_let_go() -> None:
    async with client(World(Limits(frames=20))) as ws:
        await send(ws, *[{"type": "ping"}] * 40)

        assert await closed(ws) == (1008, "wanted at most 20 frames in 10 s")


async def test_a_caller_has_so_many_sockets_and_another_has_his_own() -> None:
    async with door(World(Limits(sockets=1))) as address:
        first, second, third = [
            await connect(address, subprotocols=["graphql-transport-ws"], proxy=None)  # type: ignore[list-item]
            for _ in range(3)
        ]
        await send(first, INIT)
        assert await receive(first) == {"type": "connection_ack"}
        await send(second, INIT)
        await send(third, {"type": "connection_init", "payload": {"token": "fremmed"}})

        assert await closed(second) == (1008, "wanted at most 1 sockets of one caller")
        assert await receive(third) == {"type": "connection_ack"}
        await send(first, subscribe("1", "{a}"))
        assert (await receive(first))["type"] == "next"
        await first.close()
        await third.close()


async def test_a_socket_that_is_closed_counts_no_more() -> None:
    world = World(Limits(sockets=1))
    async with door(world) as address:
        for _ in range(3):
            async with connect(address, subprotocols=["graphql-transport-ws"], proxy=None) as ws:  # type: ignore[list-item]
                await send(ws, INIT)
                assert await receive(ws) == {"type": "connection_ack"}
            await until(lambda: not world.open)


async def test_a_trusted_document_may_be_named() -> None:
    world = World(betroede=Betroede({"{a}": True}, {"kendt": "{a}"}))
    async with client(world) as ws:
        await send(ws, {"id": "1", "type": "subscribe", "payload": {"documentId": "kendt"}})

        assert (await receive(ws))["type"] == "next"
        assert world.asked == ["{a}"]

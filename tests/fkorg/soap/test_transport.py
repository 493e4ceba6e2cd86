import httpx
import pytest

from fkorg.soap.transport import Transport


class Broken(httpx.AsyncBaseTransport):
    """A connection that was reset before anything could be asked of its socket: anyio raises as it is here."""

    def __init__(self, name: str) -> None:
        self.name = name

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        raise AttributeError(f"'NoneType' object has no attribute '{self.name}'", name=self.name, obj=None)


async def send(name: str) -> None:
    transport = Transport(http=httpx.AsyncClient(transport=Broken(name)))
    try:
        await transport.send("http://127.0.0.1/x", "laes", b"", message_id="1", cvr="11111111")
    finally:
        await transport.aclose()


async def test_a_connection_reset_as_soon_as_it_stood_is_no_bug_but_nothing_sent() -> None:
    with pytest.raises(httpx.ConnectError):
        await send("getpeername")


async def test_a_bug_stays_a_bug() -> None:
    with pytest.raises(AttributeError):
        await send("another_name")

"""uvicorn's WebSocket, with its end as we want it: goodbye said by the application, also to slow readers, and bounded.

Owns when a connection that is to end is cut. Refuses to know what is said: the application (graph/socket.py) is told
by `websocket.disconnect` with code 1012 that the server goes down, with 1013 that the client takes nothing, and then
still sends its `websocket.close`.
"""

from random import uniform
from typing import Final

from uvicorn._types import ASGISendEvent  # uvicorn exports the type of its own method nowhere else
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import Frame
from websockets.protocol import State

from graph.socket import STRAKS
from graph.ws import Lukkekode

MEST_STYKKER: Final = 1_000
"""Pieces of one message: none takes the place of a byte, so that the size of a message does not bound them."""
FAREWELL_S: Final = 5.0
"""So long the client may take to read what was written and to answer the close frame."""


class Protocol(WebSocketsSansIOProtocol):
    """One connection."""

    def start_keepalive(self) -> None:
        """The first ping comes early, by chance: those who came together are not all asked in one breath."""
        if self.ping_interval:
            self.ping_timer = self.loop.call_later(uniform(0, self.ping_interval), self.send_keepalive_ping)

    def shutdown(self) -> None:
        """The server goes down: the application closes, with the last position of its client."""
        if not self.handshake_complete or self.close_sent or self.transport.is_closing():
            super().shutdown()
            return
        self.stop_keepalive()
        self.queue.put_nowait({"type": "websocket.disconnect", "code": Lukkekode.GAAR_NED})

    def keepalive_timeout(self) -> None:
        """No pong came back: the client is gone, or reads nothing. It may be told so, should it read again."""
        self.stop_keepalive()
        if not self.close_sent and not self.transport.is_closing():
            self.queue.put_nowait({"type": "websocket.disconnect", "code": Lukkekode.FOR_LANGSOM})

    def handle_cont(self, event: Frame) -> None:
        """A piece of a message."""
        if len(self.frames) >= MEST_STYKKER:
            self._afbryd(1008)
        elif not self.close_sent:
            super().handle_cont(event)

    def handle_ping(self) -> None:
        """The answer is left out while the client takes nothing: it would be kept for it."""
        output = self.conn.data_to_send()
        if self.writable.is_set():
            self.transport.write(b"".join(output))

    def send_receive_event_to_app(self) -> None:
        """A whole message; one that is no UTF-8 ends the connection, and is no error of ours."""
        if self.curr_msg_data_type == "text":
            try:
                b"".join(self.frames).decode()
            except UnicodeDecodeError:
                self._afbryd(1007)
                return
        super().send_receive_event_to_app()

    def _afbryd(self, code: int) -> None:
        """Goodbye from here, unless the client's own came in the same breath and is answered already."""
        self.frames = []
        if not self.close_sent and self.conn.state is State.OPEN:
            self.conn.send_close(code)
            self.handle_parser_exception()

    async def run_asgi(self) -> None:
        """The application is offered the short way out."""
        self.scope.setdefault("extensions", {})[STRAKS] = {"skriv": self.straks}
        await super().run_asgi()

    def straks(self, text: bytes) -> bool:
        """Write a text frame now; False when the client still has to read what was written before, or is going.

        What a server sends is not masked (RFC 6455, 5.3), and nothing here is compressed: the frame is a head and the
        text. It takes a tenth of the time of `send`.
        """
        if not self.writable.is_set() or self.close_sent or self.transport.is_closing():
            return False
        self.transport.write(_hoved(len(text)) + text)
        return True

    async def send(self, message: ASGISendEvent) -> None:
        """A close frame goes behind what waits to be read, without waiting for its reader."""
        last = message["type"] == "websocket.close"
        if last:
            self.writable.set()
        await super().send(message)
        if last:
            self.loop.call_later(FAREWELL_S, self.transport.abort)


def _hoved(size: int) -> bytes:
    """The head of a whole text frame of so many bytes."""
    if size < 126:
        return bytes((0x81, size))
    return b"\x81\x7e" + size.to_bytes(2, "big") if size < 2**16 else b"\x81\x7f" + size.to_bytes(8, "big")

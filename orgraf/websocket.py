"""uvicorn's WebSocket, with its end as we want it: goodbye said by the application, also to slow readers, and bounded.

Owns when a connection that is to end is cut. Refuses to know what is said: the application (graph/socket.py) is told
by `websocket.disconnect` with code 1012 that the server goes down, with 1013 that the client takes nothing, and then
still sends its `websocket.close`.
"""

from typing import Final

from uvicorn._types import ASGISendEvent  # uvicorn exports the type of its own method nowhere else
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from graph.ws import Lukkekode

FAREWELL_S: Final = 5.0
"""So long the client may take to read what was written and to answer the close frame."""


class Protocol(WebSocketsSansIOProtocol):
    """One connection."""

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

    async def send(self, message: ASGISendEvent) -> None:
        """A close frame goes behind what waits to be read, without waiting for its reader."""
        last = message["type"] == "websocket.close"
        if last:
            self.writable.set()
        await super().send(message)
        if last:
            self.loop.call_later(FAREWELL_S, self.transport.abort)

"""uvicorn's HTTP, with the bounds that a server needs whom strangers may reach.

Owns how long a request may take to come whole, how long its head may be, and how long an answer may wait for its
reader: whoever holds a connection without using it is cut off. What a request says is the application's.
"""

from asyncio import TimerHandle, Transport
from typing import Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

LANGSOM_S: Final = 30.0
"""A request must have come whole so long after the connection was made, or the answer before it was given. So long,
too, a reader may take nothing of an answer."""
HOVED_BYTES: Final = 64 * 1024
"""Of a request's line and headers together."""


class Protocol(HttpToolsProtocol):
    """One connection."""

    _frist: TimerHandle | None = None
    _laeser: TimerHandle | None = None
    _siden_s: float = 0.0
    _hoved_bytes: int = 0
    _i_hoved: bool = True

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        super().connection_made(transport)
        self._siden_s = self.loop.time()
        self._vent(LANGSOM_S)

    def connection_lost(self, exc: Exception | None) -> None:
        self._vent_ikke()
        super().connection_lost(exc)

    def handle_websocket_upgrade(self) -> None:
        """From here on it is a WebSocket's, which has bounds of its own."""
        self._vent_ikke()
        super().handle_websocket_upgrade()

    def data_received(self, data: bytes) -> None:
        if self._i_hoved:
            self._hoved_bytes += len(data)
        super().data_received(data)
        if self._i_hoved and self._hoved_bytes > HOVED_BYTES and not self.transport.is_closing():
            self.send_400_response(f"wanted a request line and headers of at most {HOVED_BYTES} bytes")

    def on_headers_complete(self) -> None:
        self._i_hoved = False
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        self._i_hoved, self._hoved_bytes = True, 0
        super().on_message_complete()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._siden_s = self.loop.time()

    def pause_writing(self) -> None:
        """The reader has yet to take what was written."""
        super().pause_writing()
        self._vent_paa_laeser(self.transport.get_write_buffer_size())

    def resume_writing(self) -> None:
        super().resume_writing()
        if self._laeser is not None:
            self._laeser.cancel()

    def _vent_paa_laeser(self, tilbage: int) -> None:
        self._laeser = self.loop.call_later(LANGSOM_S, self._laest, tilbage)

    def _laest(self, foer: int) -> None:
        """Has something been taken meanwhile? A long answer is written at once and read for minutes."""
        if (tilbage := self.transport.get_write_buffer_size()) < foer:
            self._vent_paa_laeser(tilbage)
        else:
            self.transport.abort()

    def _vent(self, endnu_s: float) -> None:
        self._frist = self.loop.call_later(endnu_s, self._for_langsom)

    def _vent_ikke(self) -> None:
        for timer in (self._frist, self._laeser):
            if timer is not None:
                timer.cancel()

    def _for_langsom(self) -> None:
        """A request that has come whole is answered, however long that takes."""
        under_vejs: RequestResponseCycle | None = self.cycle  # whatever its type says: None until a head was read
        if under_vejs is not None and not under_vejs.response_complete and not under_vejs.more_body:
            self._vent(LANGSOM_S)
        elif (endnu_s := self._siden_s + LANGSOM_S - self.loop.time()) > 0:
            self._vent(endnu_s)
        else:
            self.transport.close()

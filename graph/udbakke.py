"""What is written out to one client, in order: at once while he reads, else by a task with a bounded queue before it.

Owns the wait for a reader who is slow, and when he is too slow. Refuses to know what frames say: it tells what has been
written, by what came with it (`skrevet`). Queue and task are made when they are first needed: most readers never are
slow, and many of them only listen.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from starlette.types import Send

from fkorg.tasks import cancelled


@dataclass(slots=True)
class Udbakke:
    """One client's. `straks` writes a text now, or says that it cannot; `mest`: frames that may wait; `taalmod`:
    seconds in which he has to take one, else `for_langsom` is told, and nothing more is written."""

    send: Send
    straks: Callable[[bytes], bool] | None
    mest: int
    taalmod: float
    skrevet: Callable[[str, str | None], None]
    for_langsom: Callable[[], None]
    _koe: "asyncio.Queue[tuple[bytes, str, str | None]] | None" = field(default=None, init=False)
    _skriver: "asyncio.Task[None] | None" = field(default=None, init=False)
    _ventende: int = field(default=0, init=False)
    """Frames in the queue and before it, and the one that is being written out."""

    def nu(self, frame: bytes, id: str = "", stand: str | None = None) -> bool:
        """Write it out, or put it behind what waits; False when there is no room."""
        if not self._ventende and self.straks is not None and self.straks(frame):
            self.skrevet(id, stand)
            return True
        koe = self._aabnet()
        if koe.full():
            return False
        self._ventende += 1
        koe.put_nowait((frame, id, stand))
        return True

    async def put(self, frame: bytes, id: str = "", stand: str | None = None) -> None:
        """The same, and others have their turn; who finds no room waits here, and reads no further ahead."""
        if self.nu(frame, id, stand):
            await asyncio.sleep(0)
            return
        self._ventende += 1
        try:
            await self._aabnet().put((frame, id, stand))
        except BaseException:
            self._ventende -= 1
            raise

    async def toemt(self) -> None:
        """Wait until all is written out."""
        if self._koe is not None:
            await self._koe.join()

    async def luk(self) -> None:
        """Write no more."""
        if self._skriver is not None:
            await cancelled(self._skriver)

    def _aabnet(self) -> "asyncio.Queue[tuple[bytes, str, str | None]]":
        if self._koe is None:
            self._koe = asyncio.Queue(self.mest)
            self._skriver = asyncio.create_task(self._skriv(self._koe))
        return self._koe

    async def _skriv(self, koe: "asyncio.Queue[tuple[bytes, str, str | None]]") -> None:
        while True:
            frame, id, stand = await koe.get()
            try:
                async with asyncio.timeout(self.taalmod):
                    await self.send({"type": "websocket.send", "text": frame.decode()})
            except TimeoutError:
                self.for_langsom()
                return
            except OSError:  # the client is gone; who reads from him hears of it too
                return
            self.skrevet(id, stand)
            self._ventende -= 1
            koe.task_done()

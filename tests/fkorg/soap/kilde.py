"""A service in this process: it reads each request with our own code and answers what the test has laid out."""

from collections.abc import AsyncGenerator, Callable

import aiohttp
import httpx

from fkorg.operationer import EFTER_INPUT, Anmodning, Ethvertsvar
from fkorg.soap.client import Klient
from fkorg.soap.transport import Transport
from fkorg.wire import soap_xml, xml
from fkorg.wire.anmodning_xml import read_anmodning
from fkorg.wire.soap_xml import Hoved, Kuvert
from fkorg.wire.svar_xml import write_svar
from tests.fkorg.soap.http import HttpHer

REFUSED = aiohttp.ClientConnectorError(None, OSError("x"))  # type: ignore[arg-type]  # no connection, so no key of one
BASE = "http://kilde/organisation"


class Kilde:
    """`kuverter` and `urls` are what was received; `svar` is the next answer, or what makes one."""

    def __init__(self) -> None:
        self.kuverter: list[Kuvert] = []
        self.requests: list[httpx.Request] = []
        self.svar: Ethvertsvar | httpx.Response | Exception | Callable[[], httpx.Response] | None = None

    @property
    def anmodning(self) -> Anmodning:
        return read_anmodning(self.kuverter[-1].krop)

    def answer(self, request: httpx.Request) -> httpx.Response:
        kuvert = soap_xml.read_kuvert(request.content)
        self.requests.append(request)
        self.kuverter.append(kuvert)
        if isinstance(self.svar, Exception):
            raise self.svar
        if isinstance(self.svar, httpx.Response):
            return self.svar
        if callable(self.svar):
            return self.svar()
        assert self.svar is not None
        operation = EFTER_INPUT[xml.tag(kuvert.krop)]
        hoved = Hoved(kuvert.hoved.transaktions_id, relates_to=kuvert.hoved.message_id)
        return httpx.Response(200, content=soap_xml.write_kuvert(write_svar(operation, self.svar), hoved))

    def klient(self, *, timeout_s: float = 5, max_bytes: int = 50_000_000) -> Klient:
        transport = Transport(http=HttpHer(self.answer), timeout_s=timeout_s, max_svar_bytes=max_bytes)
        return Klient(transport, BASE, cvr="11111111")


async def pieces(*parts: bytes | Exception) -> AsyncGenerator[bytes, None]:
    """A body that arrives in pieces and may break off."""
    for part in parts:
        if isinstance(part, Exception):
            raise part
        yield part

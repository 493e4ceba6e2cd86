"""What the client's connections go to in tests: a function of this process. Requests and answers are those of httpx."""

from collections.abc import AsyncGenerator, Callable, Mapping

import httpx

Answer = Callable[[httpx.Request], httpx.Response]


class HttpHer:
    """`fkorg.soap.transport.Http` answered by a function, which may raise what a connection raises."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer

    async def send(self, metode: str, url: str, body: bytes | None, headers: Mapping[str, str]) -> "SvarHer":
        return SvarHer(self._answer(httpx.Request(metode, url, content=body, headers=dict(headers))))

    async def aclose(self) -> None:
        pass


class SvarHer:
    def __init__(self, response: httpx.Response) -> None:
        self.status = response.status_code
        self.headers = response.headers
        self._response = response

    async def stykker(self) -> AsyncGenerator[bytes]:
        async for piece in self._response.aiter_bytes():
            yield piece

    async def aclose(self) -> None:
        await self._response.aclose()

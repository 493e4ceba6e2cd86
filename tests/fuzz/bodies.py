"""Bodies: sent over a connection that is kept, one after the other, so that each one's CPU time can be told.

Now and then the request itself is odd: headers, methods, addresses, lengths.
"""

import asyncio
import random
from urllib.parse import quote

from tests.fuzz import mutate
from tests.fuzz.place import Place
from tests.fuzz.stock import Stock
from tests.fuzz.verdict import Verdict

PATIENCE_S = 30.0
AGAIN = 3
"""So often a dear body that was refused is asked again, and the least counts: collecting garbage is not its doing."""
TRANSAKTION = "x-TransaktionsId: 00000000-0000-4000-8000-000000000007\r\nx-TransaktionsTid: 2026-11-23T12:00:00Z\r\n"
ODD_HEADERS = (
    *("content-type: text/plain", "content-type: application/json; charset=latin-1", "content-type:", "x-mindst: x"),
    *("content-encoding: gzip", "transfer-encoding: chunked", "accept: */*;q=x", "x-forklar: 1", "if-none-match: *"),
    *("origin: https://evil.invalid", "expect: 100-continue", "authorization: Bearer x", "connection: close"),
    "x: \xff",
    *("content-type: application/x-www-form-urlencoded", "content-type: multipart/form-data; boundary=x", "x-mindst: "),
)  # fmt: skip
ADDRESSES = (
    *("documentId=kendt", "documentId=kendt", "documentId=skrivning", "documentId=", "query={__typename}", "a=b"),
    *("variables={}", "variables=[", "extensions={}", "extensions=null", "operationName=Kendt", "%ff=1"),
    'extensions={"persistedQuery":{"sha256Hash":"x"}}',
)


class Connection:
    """One connection at a time, opened anew when it ended."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, raw: bytes) -> tuple[int, bytes]:
        """Status and body; 0 when nothing came in time, or the server went away without a word."""
        for _ in range(2):  # a kept connection may have ended just before
            kept = self.streams is not None
            try:
                async with asyncio.timeout(PATIENCE_S):
                    status, body = await self._asked(raw)
            except (OSError, asyncio.IncompleteReadError, TimeoutError, ValueError):
                await self.close()
                if kept:
                    continue
                return 0, b""
            return status, body
        return 0, b""

    async def _asked(self, raw: bytes) -> tuple[int, bytes]:
        if self.streams is None:
            self.streams = await asyncio.open_connection("127.0.0.1", self.port)
        reader, writer = self.streams
        writer.write(raw)
        await writer.drain()
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        while head.startswith("http/1.1 100"):
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        status = int(head[9:12])
        length = head.partition("\r\ncontent-length:")[2].partition("\r\n")[0]
        body = await reader.readexactly(int(length)) if length and not raw.startswith(b"HEAD") else b""
        if (status == 400 and not length) or "connection: close" in head or "transfer-encoding" in head:
            await self.close()
        return status, body

    async def close(self) -> None:
        if self.streams is not None:
            self.streams[1].close()
            self.streams = None


async def run(place: Place, stock: Stock, count: int, verdict: Verdict) -> None:
    """So many bodies."""
    connection = Connection(place.port)
    for _ in range(count):
        raw, whole = _request(stock.rng, stock, place)
        if whole:
            before = place.cpu_s()
            status, answer = await connection.ask(raw)
            cpu_s = place.cpu_s() - before
            for _ in range(AGAIN if verdict.is_dearer(status, answer, cpu_s) else 0):
                before = place.cpu_s()
                await connection.ask(raw)
                cpu_s = min(cpu_s, place.cpu_s() - before)
        else:
            await connection.close()
            status, answer = await connection.ask(raw)
            status, cpu_s = status or 400, 0.0  # what is no request may be hung up on
            await connection.close()
        verdict.body(raw, status, answer, cpu_s)
        if not place.alive:
            break
    await connection.close()


def _request(rng: random.Random, stock: Stock, place: Place) -> tuple[bytes, bool]:
    """The bytes of a request, and whether it is a whole one that must be answered."""
    body = stock.question()
    compatible = rng.random() < 0.15
    path = "/organisation/organisationhent/1" if compatible else "/graphql"
    role = rng.choices(("persondata", "laes", "drift", "skriv"), (80, 10, 5, 5))[0]
    head = [f"authorization: Bearer {place.tokens[role]}", "content-type: application/json", "host: x"]
    odd = rng.random()
    if odd < 0.05:
        head.append(rng.choice(ODD_HEADERS))
    if 0.05 < odd < 0.07:
        return _by_address(rng, stock, head), True
    method = rng.choice(("PUT", "HEAD", "OPTIONS", "DELETE", "TRACE")) if 0.07 < odd < 0.075 else "POST"
    whole = not any("chunked" in one or "100-continue" in one or "close" in one for one in head)
    text = "\r\n".join([f"{method} {path} HTTP/1.1", *head, f"content-length: {len(body)}"]) + "\r\n"
    raw = (text + (TRANSAKTION if compatible else "") + "\r\n").encode("latin-1")
    if 0.075 < odd < 0.085:
        return mutate.octets(rng, raw) + b"\r\n\r\n" + body[: rng.randint(0, 40)] + b"\0" * 9, False
    return raw + body, whole


def _by_address(rng: random.Random, stock: Stock, head: list[str]) -> bytes:
    """GET, with a trusted document or something like it."""
    query = "&".join(quote(one, safe="=&%") for one in rng.sample(ADDRESSES, rng.randint(0, 4)))
    return ("\r\n".join([f"GET /graphql?{query} HTTP/1.1", *head]) + "\r\n\r\n").encode("latin-1")

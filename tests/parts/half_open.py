"""A relay before Postgres that can keep the client's side open when the server has closed its own, or fall silent."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit, urlunsplit


@dataclass
class Relay:
    """`dsn`: where it stands. `keeps`: the client's side open. `silent`: nothing passes, and nobody is told so."""

    dsn: str
    keeps: bool = True
    silent: bool = False


@asynccontextmanager
async def relay(dsn: str, folder: Path, *, keeps: bool = True) -> AsyncIterator[Relay]:
    """A relay whose socket is in `folder`."""
    parts = urlsplit(dsn)
    query = parse_qs(parts.query)
    socket = f".s.PGSQL.{query.get('port', ['5432'])[0]}"
    clients: list[asyncio.StreamWriter] = []
    made = Relay(urlunsplit(parts._replace(query=f"host={folder}&port={socket.rpartition('.')[2]}")), keeps)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        clients.append(writer)
        from_server, to_server = await asyncio.open_unix_connection(Path(query["host"][0]) / socket)
        with closing(to_server):
            both = [
                asyncio.create_task(_pump(made, reader, to_server)),
                asyncio.create_task(_pump(made, from_server, writer)),
            ]
            await asyncio.wait(both, return_when=asyncio.ALL_COMPLETED if keeps else asyncio.FIRST_COMPLETED)
            for pump in both:
                pump.cancel()
        if not keeps:
            writer.close()

    server = await asyncio.start_unix_server(serve, folder / socket)
    try:
        yield made
    finally:
        server.close()
        for client in clients:
            client.close()


async def _pump(relay: Relay, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await reader.read(65536):
            while relay.silent:
                await asyncio.sleep(0.01)
            writer.write(data)
            await writer.drain()

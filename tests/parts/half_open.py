"""A relay before Postgres that keeps the client's side open when the server has closed its own."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing, suppress
from pathlib import Path
from urllib.parse import parse_qs, urlsplit, urlunsplit


@asynccontextmanager
async def relay(dsn: str, folder: Path) -> AsyncIterator[str]:
    """The dsn of the relay, whose socket is in `folder`."""
    parts = urlsplit(dsn)
    query = parse_qs(parts.query)
    socket = f".s.PGSQL.{query.get('port', ['5432'])[0]}"
    clients: list[asyncio.StreamWriter] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        clients.append(writer)
        from_server, to_server = await asyncio.open_unix_connection(Path(query["host"][0]) / socket)
        with closing(to_server):
            await asyncio.gather(_pump(reader, to_server), _pump(from_server, writer))

    server = await asyncio.start_unix_server(serve, folder / socket)
    try:
        yield urlunsplit(parts._replace(query=f"host={folder}&port={socket.rpartition('.')[2]}"))
    finally:
        server.close()
        for client in clients:
            client.close()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()

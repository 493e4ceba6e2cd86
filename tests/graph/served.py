"""An ASGI application on a loopback port, served as in production, for tests with real clients."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import uvicorn
from starlette.types import ASGIApp

from orgraf import connection, websocket


@asynccontextmanager
async def served(app: ASGIApp, **more: Any) -> AsyncIterator[str]:
    """`127.0.0.1:port` while the block runs."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        config = uvicorn.Config(
            app,
            log_level="warning",
            access_log=False,
            lifespan="off",
            http=connection.Protocol,
            ws=websocket.Protocol,
            ws_per_message_deflate=False,
            **more,
        )
        server = uvicorn.Server(config)
        task = asyncio.create_task(server.serve(sockets=[listening]))
        try:
            async with asyncio.timeout(20):
                while not server.started:
                    await asyncio.sleep(0.005)
            yield f"127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            await task

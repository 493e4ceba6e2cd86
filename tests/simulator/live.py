"""Web applications that listen on a port of this machine for as long as a `with` block."""

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import uvicorn
from starlette.applications import Starlette

from simulator.fejl import Fejl
from simulator.sandhed import Sandhed
from simulator.server import Options, Simulator, make_app


@dataclass(frozen=True)
class Live:
    """Where a simulator is and what runs there."""

    url: str
    simulator: Simulator


@contextmanager
def serving(app: Starlette, tls: ssl.SSLContext | None = None) -> Iterator[str]:
    """Its address; of https with the context of a server."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(
        uvicorn.Config(app, log_level="warning", ssl_context_factory=None if tls is None else lambda *_: tls)
    )
    thread = threading.Thread(target=server.run, args=([listener],))
    thread.start()
    try:
        yield f"{'http' if tls is None else 'https'}://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
        listener.close()


@contextmanager
def live(sandhed: Sandhed, options: Options | None = None) -> Iterator[Live]:
    options = options or Options(Path(), seed=sandhed.seed)
    simulator = Simulator(sandhed, Fejl(options.seed, options.fault))
    with serving(make_app(options, simulator)) as url:
        yield Live(url, simulator)

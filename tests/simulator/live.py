"""Web applications that listen on a port of this machine for as long as a `with` block."""

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
import uvicorn
from starlette.applications import Starlette

from simulator import noegler
from simulator.fejl import Fejl
from simulator.noegler import Noegler
from simulator.sandhed import Sandhed
from simulator.server import Options, Simulator, make_app, open_simulator


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
        uvicorn.Config(
            app,
            log_level="warning",
            ssl_context_factory=None if tls is None else lambda *_: tls,
            timeout_graceful_shutdown=1,
        )
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


@contextmanager
def udsteder(mappe: Path) -> Iterator[tuple[str, str, Noegler]]:
    """A signed simulator, and its token service over TLS that this process trusts: both addresses, and its keys."""
    options = Options(mappe / "sandhed", signed=True, tokens_port=0)
    simulator = open_simulator(options)
    assert simulator.sikkerhed is not None
    kept = simulator.sikkerhed.noegler
    with closing(simulator), pytest.MonkeyPatch.context() as patch:
        patch.setenv("SSL_CERT_FILE", str(kept.certifikat(noegler.STS)))
        with serving(make_app(options, simulator)) as url:
            assert httpx.get(url).is_success
            yield url, f"https://127.0.0.1:{simulator.tokens_port}", kept

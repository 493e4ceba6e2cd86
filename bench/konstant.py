"""A floor: constant bytes over HTTP, by the server that the product runs on. Each question has its path and answer."""

import os
from pathlib import Path
from typing import Any


def app() -> Any:
    """The ASGI application; its answers lie in the folder BENCH_ANSWERS, one file a path."""
    answers = {f"/{path.name}": path.read_bytes() for path in Path(os.environ["BENCH_ANSWERS"]).iterdir()}
    heads = {
        path: [(b"content-type", b"application/json"), (b"content-length", str(len(answer)).encode())]
        for path, answer in answers.items()
    }

    async def serve(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        while (await receive()).get("more_body"):
            pass
        path = scope["path"]
        await send({"type": "http.response.start", "status": 200, "headers": heads[path]})
        await send({"type": "http.response.body", "body": answers[path]})

    return serve

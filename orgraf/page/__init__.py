"""The web page: GraphiQL with example queries, every byte of it served from here.

Owns the page's routes and what the server writes into it. Refuses to know the schema, the callers and their rights:
the token and the examples are arguments. The built files lie in `static`, made by scripts/page; without them the page
says so.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

STATIC = Path(__file__).parent / "static"
PLACEHOLDER = "<!--orgraf-->"
POLICY = "; ".join(
    (
        "default-src 'self'",
        "style-src 'self' 'unsafe-inline'",  # Monaco writes style elements
        "img-src 'self' data:",
        "font-src 'self' data:",
        "worker-src 'self' blob:",
        "connect-src 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "form-action 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Cache-Control": "no-store",  # the page may hold a token
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
MISSING = """<!doctype html><html lang="en"><meta charset="utf-8"><title>orgraf</title>
<h1>The try-out page is not built</h1>
<p>The server runs: GraphQL answers at <code>graphql</code>. Only this page's own files are missing,
<code>orgraf/page/static</code>.</p>
<p>To build them, run <code>scripts/page</code> in the source folder (it takes about a minute, and fetches GraphiQL from
the npm registry), and load this page again.</p></html>
"""


@dataclass(frozen=True)
class Example:
    """One tab: a document, its title being the name of its operation, and variables as JSON text."""

    query: str
    variables: str | None = None


def routes(token: str | None, examples: Sequence[Example], static: Path = STATIC) -> list[BaseRoute]:
    """`/` and `/assets/...`. The token is written into the page for all who can load it: for the demo only."""

    async def page(request: Request) -> Response:
        source = static / "index.html"
        if not source.exists():
            return HTMLResponse(MISSING, status_code=503, headers=HEADERS)
        return HTMLResponse(render(source.read_text("utf-8"), token, examples), headers=HEADERS)

    assets = _Assets(directory=static / "assets", check_dir=False)
    return [Route("/", page, name="page"), Mount("/assets", assets, name="assets")]


def render(source: str, token: str | None, examples: Sequence[Example]) -> str:
    """The page with token and examples in it, as JSON that no content can end early."""
    given = {"token": token, "examples": [asdict(example) for example in examples]}
    text = json.dumps(given, ensure_ascii=True).replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
    return source.replace(PLACEHOLDER, f'<script id="orgraf" type="application/json">{text}</script>')


class _Assets(StaticFiles):
    """The built files: a name holds its content's hash, so a browser may keep it."""

    async def check_config(self) -> None:
        """A missing folder is no fault of the server: its files are not found, that is all."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        if response.status_code in (200, 304):
            response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
            response.headers["X-Content-Type-Options"] = "nosniff"
        return response

import json
import threading
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
import strawberry
import uvicorn
from playwright.async_api import Browser, expect
from starlette.applications import Starlette
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.testclient import TestClient
from strawberry.asgi import GraphQL

from orgraf import page
from orgraf.page import Example
from tests.parts.tab import opened

EXAMPLES = [
    Example("query Navn($uuid: ID!) { enhed(uuid: $uuid) }", '{"uuid": "7"}'),
    Example("subscription Aendringer($efter: String) { aendringer(efter: $efter) }", "{}"),
]


@strawberry.type
class Query:
    @strawberry.field
    def enhed(self, uuid: strawberry.ID) -> str:
        return f"Enhed {uuid} på Ærø"


@strawberry.type
class Subscription:
    @strawberry.subscription
    async def aendringer(self, efter: str | None = None) -> AsyncIterator[str]:
        yield "første ændring"


class Watched(GraphQL):
    """Keeps the token of each request and of each socket."""

    seen: list[str | None]

    async def get_context(self, request: Any, response: Any) -> dict[str, Any]:
        if request.scope["type"] == "http":
            self.seen.append(request.headers.get("authorization"))
        return {}

    async def on_ws_connect(self, context: Any) -> Any:
        self.seen.append(context["connection_params"]["Authorization"])
        return None


@pytest.fixture(scope="module")
def site() -> Iterator[tuple[str, list[str | None]]]:
    """The page beside a small GraphQL server, on a port of its own."""
    if not (page.STATIC / "index.html").exists():
        pytest.skip("the try-out page is not built: run scripts/page")
    graphql = Watched(strawberry.Schema(Query, subscription=Subscription), graphql_ide=None)
    graphql.seen = []
    doors = [Route("/graphql", graphql), WebSocketRoute("/graphql", graphql)]
    behind = Mount("/bag", routes=[*doors, *page.routes("den.demo.token", EXAMPLES[::-1])])
    paths = [*doors, behind, *page.routes("den.demo.token", EXAMPLES)]
    server = uvicorn.Server(uvicorn.Config(Starlette(routes=paths), port=0, log_level="error", ws="websockets-sansio"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}", graphql.seen
    server.should_exit = True
    thread.join()


async def test_a_page_loaded_again_still_has_its_variables_and_token(
    browser: Browser, site: tuple[str, list[str | None]]
) -> None:
    address, seen = site
    tab = await opened(browser, address)
    await tab.page.reload()
    await tab.ready()
    await tab.page.get_by_role("button", name="Headers").click()
    await expect(tab.page.get_by_text("den.demo.token")).to_be_visible()

    await tab.execute()

    await tab.shows("Enhed 7 på Ærø")
    await expect(tab.page.get_by_role("tab")).to_have_count(len(EXAMPLES))
    assert [line for line in tab.wrong if "ERR_ABORTED" not in line and address not in line] == []
    assert set(seen) == {"Bearer den.demo.token"}


async def test_a_tab_is_run_as_what_it_is_however_soon_after_it_was_chosen(
    browser: Browser, site: tuple[str, list[str | None]]
) -> None:
    address, _ = site
    tab = await opened(browser, address)

    for name, text in (("Aendringer", "første ændring"), ("Navn", "Enhed 7 på Ærø")) * 2:
        await tab.choose(name)
        await tab.execute()
        await tab.shows(text)

    assert tab.wrong == []


async def test_a_subscription_is_run_in_a_browser_also_behind_a_path_prefix(
    browser: Browser, site: tuple[str, list[str | None]]
) -> None:
    address, seen = site
    tab = await opened(browser, f"{address}/bag/")

    await tab.execute()

    await tab.shows("første ændring")
    assert tab.wrong == []
    assert set(seen) == {"Bearer den.demo.token"}


def test_without_the_built_files_the_page_says_what_is_missing_and_how_to_get_it(tmp_path: Path) -> None:
    client = TestClient(Starlette(routes=page.routes(None, [], static=tmp_path / "static")))

    answer = client.get("/")

    assert answer.status_code == 503
    assert "orgraf/page/static" in answer.text
    assert "scripts/page" in answer.text
    assert client.get("/assets/index.js").status_code == 404


@pytest.mark.parametrize("name", ["../index.html", "..%2Findex.html", "%2e%2e/index.html", "/etc/passwd"])
def test_assets_are_served_from_their_folder_only(tmp_path: Path, name: str) -> None:
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text("secret")

    client = TestClient(Starlette(routes=[*page.routes("secret", [], static=tmp_path)][1:]))

    assert client.get(f"/assets/{name}").status_code == 404


HOSTILE = {
    "the end of the script": "</script><script>alert(1)</script>",
    "a comment": "<!-- <script>",
    "quotes and line ends": "\"'\u2028\n",
    "an entity": "&lt;",
    "Danish letters": "rødgrød",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_what_is_written_into_the_page_cannot_leave_its_place(text: str) -> None:
    rendered = page.render("<body><!--orgraf--></body>", None, [Example(text)])

    begin, end = '<body><script id="orgraf" type="application/json">', "</script></body>"
    assert rendered.startswith(begin)
    assert rendered.endswith(end)
    inside = rendered[len(begin) : -len(end)]
    assert "<" not in inside
    assert json.loads(inside)["examples"][0]["query"] == text


def test_the_page_may_not_be_kept_or_framed_and_loads_from_here_alone(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("<!--orgraf-->")

    headers = TestClient(Starlette(routes=page.routes("t", [], static=tmp_path))).get("/").headers

    assert headers["cache-control"] == "no-store"
    assert "default-src 'self'" in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]

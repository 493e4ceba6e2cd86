"""The try-out page in a tab of the browser: opened, ready to be used, and everything that goes wrong in it."""

import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.async_api import Browser, Page, expect

DEADLINE_MS = 60_000


@dataclass
class Tab:
    """The page. `wrong`: what it asked of other places, what failed, and what it complained of."""

    page: Page
    wrong: list[str] = field(default_factory=list)

    async def choose(self, name: str) -> None:
        """Another of its examples. It may be run at once."""
        await self.page.get_by_role("tab", name=name).click()

    async def execute(self) -> None:
        await self.page.get_by_role("button", name="Execute query").click()

    async def shows(self, *texts: str) -> None:
        """All of them stand in the answer, at once or soon."""
        for text in texts:
            await expect(self.page.locator(".graphiql-response")).to_contain_text(text, timeout=DEADLINE_MS)

    async def ready(self) -> None:
        """Both editors are there: before that, GraphiQL lets a click on Execute pass unheard."""
        written = self.page.locator(".graphiql-query-editor .view-line").first
        await expect(written).to_contain_text(re.compile(r"\w"), timeout=DEADLINE_MS)
        await expect(self.page.locator(".graphiql-response .monaco-editor").first).to_be_visible(timeout=DEADLINE_MS)


async def opened(browser: Browser, address: str) -> Tab:
    """The page at that address, ready."""
    tab = Tab(await browser.new_page())
    here, page, wrong = urlsplit(address).netloc, tab.page, tab.wrong

    def asked(url: str) -> None:
        if urlsplit(url).scheme not in ("data", "blob") and urlsplit(url).netloc != here:
            wrong.append(url)

    page.on("request", lambda request: asked(request.url))
    page.on("websocket", lambda socket: asked(socket.url))
    page.on("requestfailed", lambda request: wrong.append(request.url))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda message: wrong.append(message.text) if message.type in ("error", "warning") else None)
    await page.goto(address)
    await tab.ready()
    return tab

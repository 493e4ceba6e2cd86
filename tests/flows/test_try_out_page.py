"""The try-out page as its visitor has it: in a browser, on the whole thing, with the token and examples it is given."""

import pytest
from playwright.async_api import Browser, expect

from fkorg.catalogue import Objekttype
from orgraf import page
from tests.flows.verden import Verden
from tests.parts.tab import opened

NAVN = "Rådhusets nye navn"


async def test_its_examples_ask_and_follow_a_whole_municipality(browser: Browser, verden: Verden) -> None:
    if not (page.STATIC / "index.html").exists():
        pytest.skip("the try-out page is not built: run scripts/page")
    tab = await opened(browser, verden.url)

    await tab.execute()
    await tab.shows('"organisationsnavn": "Korsbæk Kommune"', '"effektivLeder"')

    await tab.choose("Medarbejdere")
    await tab.execute()
    await tab.shows('"organisationEnhedListe"', '"enhedsnavn": "Korsbæk Kommune"', '"adresseTekst"')

    await tab.choose("Aendringer")
    await tab.execute()
    await tab.shows('"__typename": "Puls"', '"status"')
    verden.kilde.saet(Objekttype.ORGANISATION_ENHED, verden.uuid("enhed", 17), enhedsnavn=NAVN)
    await tab.shows('"__typename": "Aendring"', '"aarsag": "BESKED"', f'"enhedsnavn": "{NAVN}"')

    await tab.page.get_by_role("button", name="Headers").click()
    await expect(tab.page.get_by_text("Bearer ey")).to_be_visible()
    assert tab.wrong == []
